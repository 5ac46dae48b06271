//! What holds for every interview, whatever is said.

use proptest::prelude::*;

use super::testing::{Interview, guide};
use super::{Answer, Occasion, Phase, Plan, Planner};
use crate::event::Move;
use crate::guide::Priority::{self, High, Low, Medium};
use crate::guide::{Guide, library};
use crate::id::{GuideId, TurnId};
use crate::interviewer::{Guard, Scene};
use crate::time::Ms;

/// Our turns that an interview of seven topics has at the most: openings, probes, two of each kindness per question.
const TURNS_MAX: usize = 7 * 6 * 7 + 20;

fn answers() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "",
        " ",
        "Yes.",
        "No.",
        "I don't know.",
        "I'd rather not say.",
        "Could you repeat that?",
        "What do you mean?",
        "Who will see this?",
        "Let me think.",
        "Skip this.",
        "Last week my manager cancelled our meeting because the release failed.",
        "My team is great because everyone helps, they should pay more.",
        "We shipped the release in March and nobody said thanks.",
        "He harassed me for months.",
        "The unpaid overtime and the weekly planning meeting wear people down.",
        "It is fine.",
        "um",
        "Are you an AI?",
        "Can we take a break?",
        "I think the pay is unfair, really.",
    ])
    .prop_map(str::to_owned);
    prop_oneof![6 => known, 1 => "[ -~]{0,80}", 1 => "\\PC{0,60}", 1 => prop::collection::vec("[a-z]{1,9}", 0..60).prop_map(|w| w.join(" "))]
}

/// Answers that take up no time for anything but themselves.
fn telling() -> impl Strategy<Value = String> {
    let known = [
        "Yes.",
        "I don't know.",
        "I'd rather not say.",
        "We shipped the release in March and nobody said thanks.",
        "The unpaid overtime and the weekly planning meeting wear people down.",
        "It is fine.",
    ];
    let words = prop::collection::vec("x[b-z]{3,9}", 1..40).prop_map(|w| w.join(" "));
    prop_oneof![1 => prop::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => words]
}

fn priorities() -> impl Strategy<Value = Vec<Priority>> {
    prop::collection::vec(prop::sample::select(vec![High, Medium, Low]), 1..8)
}

fn from_template(template: &library::Template) -> Guide {
    Guide {
        id: GuideId(uuid::Uuid::nil()),
        title: template.title.clone(),
        organisation: "Acme".to_owned(),
        length_min: template.length_min,
        confidentiality: template.confidentiality,
        mode: template.mode,
        help: None,
        topics: template.topics.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn it_ends_and_never_asks_the_same_twice_running(
        priorities in priorities(),
        length in 5u16..25,
        said in prop::collection::vec((answers(), 1u64..120, 0u8..10), 400..401),
    ) {
        let mut talk = Interview::new(guide(length, &priorities));
        let mut decision = talk.begin();
        let mut turns = 0;
        let mut last = String::new();
        for (text, seconds, sure) in &said {
            if decision.mv.ends() {
                break;
            }
            decision = talk.say_with(text, seconds * 1000, if *sure == 0 { 0.1 } else { 0.9 });
            turns += 1;
            if matches!(decision.mv, Move::OpenTopic { .. } | Move::Probe { .. }) {
                let question = talk.planner.ledger().pending.as_ref().map(|p| p.question.clone()).unwrap_or_default();
                prop_assert_ne!(&question, &last);
                prop_assert!(decision.phrase.ends_with(&question), "{} / {}", decision.phrase, question);
                last = question;
            }
        }
        prop_assert!(decision.mv.ends(), "no end after {turns} turns");
        prop_assert!(turns <= TURNS_MAX);
    }

    #[test]
    fn every_high_topic_is_opened_when_time_allows(
        priorities in priorities(),
        length in 10u16..25,
        said in prop::collection::vec((telling(), 1u64..40), 200..201),
    ) {
        let guide = guide(length, &priorities);
        let mut talk = Interview::new(guide.clone());
        let mut decision = talk.begin();
        for (text, seconds) in &said {
            if decision.mv.ends() {
                break;
            }
            decision = talk.say(text, seconds * 1000);
        }
        let ledger = talk.planner.ledger();
        prop_assert!(ledger.closing_reached);
        for (topic, seen) in guide.topics.iter().zip(&ledger.topics) {
            prop_assert!(topic.priority != High || seen.asked, "{} was never opened", topic.label);
        }
    }

    #[test]
    fn the_same_events_give_the_same_decision(
        priorities in priorities(),
        said in prop::collection::vec((answers(), 1u64..60), 1..25),
        next in answers(),
    ) {
        let mut talk = Interview::new(guide(12, &priorities));
        talk.begin();
        for (text, seconds) in &said {
            talk.say(text, seconds * 1000);
        }
        let mut again = Planner::new(talk.planner.guide().clone());
        for (at, event) in &talk.log {
            again.apply(*at, event);
        }
        prop_assert_eq!(again.ledger(), talk.planner.ledger());
        let answer = Answer { turn: TurnId(900), text: &next, confidence: 0.9, meant: None, judged: None };
        prop_assert_eq!(again.answer(talk.now, TurnId(901), answer), talk.planner.answer(talk.now, TurnId(901), answer));
    }

    #[test]
    fn all_that_is_said_passes_the_guard(
        which in 0usize..9,
        said in prop::collection::vec((answers(), 5u64..40), 60..61),
        occasions in prop::collection::vec(prop::sample::select(vec![Occasion::Silence, Occasion::LongSilence, Occasion::Return, Occasion::Repeat]), 8..9),
    ) {
        let templates = library::templates();
        let guide = from_template(&templates[which % templates.len()]);
        let mut talk = Interview::new(guide.clone());
        talk.begin();
        for (i, (text, seconds)) in said.iter().enumerate() {
            if talk.planner.ledger().phase == Phase::Closed {
                break;
            }
            let before = talk.planner.clone();
            let decision = if i % 8 == 7 { talk.speak(occasions[i / 8]) } else { talk.say(text, seconds * 1000) };
            if decision.mv == Move::Hold {
                continue;
            }
            // Judged against what was asked before, with this answer heard.
            let turn = decision.events.iter().find_map(|e| match e {
                crate::event::Event::MoveDecided { answers, .. } => *answers,
                _ => None,
            });
            let answer = turn.map(|turn| Answer { turn, text, confidence: 1.0, meant: None, judged: None });
            let ledger = before.ledger_for(Ms::ZERO, &decision, answer);
            let verdict = Guard.check(&decision.phrase, &Scene::new(&guide, &ledger, &decision.mv));
            prop_assert!(verdict.is_ok(), "{:?} {:?}: {}", verdict, decision.mv, decision.phrase);
        }
    }
}

//! One behaviour of the planner at a time, on short scripts.

use super::testing::{Interview, guide};
use super::{Answer, Leave, Patience, Phase, Plan, Planner};
use crate::event::{Aim, Event, Move};
use crate::guide::Priority::{self, High, Low, Medium};
use crate::guide::library;
use crate::id::{SegmentId, TopicId, TurnId};
use crate::pii::Pii;
use crate::time::Ms;

pub(super) const RICH: &str = "Last week my manager cancelled our planning meeting because the release failed.";
const FLAT: &str = "The office is loud and the coffee tastes bitter.";

pub(super) fn talk(priorities: &[Priority]) -> Interview {
    let mut talk = Interview::new(guide(15, priorities));
    talk.begin();
    talk
}

pub(super) fn topic(mv: &Move) -> &str {
    mv.topic().map_or("", |t| t.0.as_str())
}

#[test]
fn it_begins_with_the_welcome_and_the_first_topic() {
    let mut talk = Interview::new(guide(15, &[High, Low]));
    let decision = talk.begin();
    assert_eq!(
        decision.mv,
        Move::Welcome {
            topic: TopicId::from("topic-0")
        }
    );
    assert!(decision.phrase.ends_with('?') && !decision.open_to_model);
}

#[test]
fn an_example_and_a_reason_end_a_topic() {
    let mut talk = talk(&[High, Medium]);
    // 486 s are meant for it, and most of them are gone.
    let decision = talk.say(RICH, 300_000);
    assert_eq!(
        decision.mv,
        Move::OpenTopic {
            topic: TopicId::from("topic-1")
        }
    );
    assert!(
        decision.phrase.contains("your planning meeting"),
        "it says back: {}",
        decision.phrase
    );
    assert_eq!(talk.planner.ledger().topics[0].closed, Some(Leave::Covered));
}

#[test]
fn what_is_missing_is_asked_for_and_two_empty_answers_end_a_topic() {
    let mut talk = talk(&[High, Medium]);
    assert!(matches!(
        talk.say(FLAT, 20_000).mv,
        Move::Probe { aim: Aim::Example, .. }
    ));
    let echo = talk.say(
        "Last Monday the machines next door broke down twice, and my weekly report was late.",
        20_000,
    );
    assert!(matches!(echo.mv, Move::Probe { aim: Aim::Echo, .. }), "{:?}", echo.mv);
    assert!(echo.phrase.contains("your weekly report"), "{}", echo.phrase);
    assert!(matches!(
        talk.say("Well, the report was late.", 20_000).mv,
        Move::Probe { aim: Aim::Reason, .. }
    ));
    assert!(matches!(
        talk.say("It was late, the report.", 20_000).mv,
        Move::OpenTopic { .. }
    ));
    assert_eq!(talk.planner.ledger().topics[0].closed, Some(Leave::Stale));
}

#[test]
fn a_topic_is_left_at_its_probes_and_at_its_time() {
    let mut short = talk(&[Low, High]);
    assert!(matches!(short.say(FLAT, 10_000).mv, Move::Probe { .. }));
    assert!(
        matches!(
            short.say("Parking costs money, cycling saves fuel.", 10_000).mv,
            Move::OpenTopic { .. }
        ),
        "a low topic has one probe"
    );

    let mut long = talk(&[High, High, High]);
    // 270 s each: 330 s are more than 120 % of it.
    assert!(matches!(long.say(FLAT, 330_000).mv, Move::OpenTopic { .. }));
}

#[test]
fn the_recap_is_confirmed_or_corrected() {
    let mut talk = talk(&[High]);
    let recap = talk.say(RICH, 500_000);
    assert_eq!(recap.mv, Move::Recap);
    assert!(recap.phrase.contains("your planning meeting"), "{}", recap.phrase);
    assert_eq!(talk.planner.ledger().phase, Phase::Recapping);
    let ask = talk.say("No.", 2_000);
    assert!(
        ask.mv == Move::AcceptCorrection && ask.phrase.contains("differently"),
        "{}",
        ask.phrase
    );
    let taken = talk.say("It was the customer who cancelled the meeting.", 5_000);
    assert!(
        taken.mv == Move::AcceptCorrection && taken.phrase.contains("else"),
        "{}",
        taken.phrase
    );
    assert_eq!(talk.say("No, that's all.", 2_000).mv, Move::Close);

    let mut fine = Interview::new(guide(15, &[High]));
    fine.begin();
    fine.say(RICH, 500_000);
    assert_eq!(fine.say("Yes, that's right.", 2_000).mv, Move::Close);
}

#[test]
fn when_time_is_short_high_topics_come_first_and_low_ones_are_dropped() {
    let mut talk = talk(&[High, Low, Medium, High]);
    // Of 900 s 650 are gone: the high topic that waits is granted its time before the others.
    let next = talk.say(RICH, 700_000);
    assert_eq!(topic(&next.mv), "topic-3", "{:?}", next.mv);
    assert_eq!(talk.say(RICH, 130_000).mv, Move::Recap);
}

#[test]
fn what_matters_most_is_not_left_after_one_good_answer() {
    let mut talk = talk(&[High, Medium]);
    assert!(matches!(
        talk.say(RICH, 20_000).mv,
        Move::Probe { aim: Aim::Change, .. }
    ));
    assert_eq!(topic(&talk.say("They should plan with us.", 10_000).mv), "topic-1");
    assert_eq!(
        talk.say(RICH, 20_000).mv,
        Move::Recap,
        "a medium topic is left with an example and a reason"
    );
}

#[test]
fn an_undone_turn_leaves_no_trace() {
    let mut talk = talk(&[High, Medium]);
    let (turn, ours) = (TurnId(20), TurnId(21));
    let heard = |segment, text: &str| Event::SegmentHeard {
        turn,
        segment: SegmentId(segment),
        from: Ms::ZERO,
        to: Ms::ZERO,
        text: Pii::from(text),
        confidence: 1.0,
    };
    talk.record(heard(0, "I'd rather not say."));
    let before = talk.planner.ledger().clone();
    let answer = Answer {
        turn,
        text: "I'd rather not say.",
        confidence: 1.0,
        meant: None,
        judged: None,
    };
    for event in talk.planner.answer(talk.now, ours, answer).events {
        talk.record(event);
    }
    assert!(talk.planner.ledger().topics[0].declined);
    talk.record(Event::TurnReopened { turn, undone: ours });
    assert_eq!(*talk.planner.ledger(), before);

    talk.record(heard(1, "But the pay is low, since you ask."));
    let text = "I prefer the night shifts, but the pay is low.";
    let decision = talk.planner.answer(
        talk.now,
        TurnId(23),
        Answer {
            turn,
            text,
            confidence: 1.0,
            meant: None,
            judged: None,
        },
    );
    assert!(matches!(decision.mv, Move::Probe { .. }));
    let mut again = Planner::new(talk.planner.guide().clone());
    talk.log.iter().for_each(|(at, e)| again.apply(*at, e));
    assert_eq!(again.ledger(), talk.planner.ledger());
}

#[test]
fn patience_follows_the_question() {
    let mut sensitive = guide(15, &[High, Medium]);
    sensitive.topics[0].sensitive = true;
    let mut talk = Interview::new(sensitive);
    talk.begin();
    assert_eq!(talk.planner.patience(), Patience::Generous);
    talk.say(RICH, 300_000);
    assert_eq!(talk.planner.patience(), Patience::Normal);
    talk.say(FLAT, 20_000);
    assert_eq!(talk.planner.patience(), Patience::Generous, "an example was asked for");
    talk.say(RICH, 20_000);
    assert_eq!(talk.planner.patience(), Patience::Brisk, "the recap was asked for");
}

#[test]
fn a_talkative_person_still_reaches_the_closing_in_time_with_every_high_topic() {
    let flats = [
        "The office is loud and the coffee tastes bitter.",
        "Parking costs money, cycling saves fuel.",
        "Visitors admire our garden and the fountain.",
        "Printers jam whenever humidity climbs upward.",
    ];
    for template in library::templates() {
        let mut guide = guide(template.length_min, &[High]);
        guide.topics = template.topics.clone();
        let mut talk = Interview::new(guide.clone());
        let mut decision = talk.begin();
        let mut turns = 0;
        while !decision.mv.ends() {
            let text = if matches!(talk.planner.ledger().phase, Phase::Recapping) {
                "Yes."
            } else {
                flats[turns % flats.len()]
            };
            decision = talk.say(text, if text == "Yes." { 10_000 } else { 35_000 });
            turns += 1;
        }
        let ledger = talk.planner.ledger();
        let open = guide
            .topics
            .iter()
            .zip(&ledger.topics)
            .filter(|(t, l)| t.priority == High && !l.asked)
            .count();
        assert_eq!(open, 0, "{}", template.id);
        assert!(
            talk.now.0 * 10 <= u64::from(guide.length_min) * 60_000 * 11,
            "{} ends at {}",
            template.id,
            talk.now
        );
        assert!(
            talk.now.0 * 10 >= u64::from(guide.length_min) * 60_000 * 6,
            "{} uses its time: {}",
            template.id,
            talk.now
        );
    }
}

#[test]
fn an_interview_reads_well() {
    let stay = library::templates().iter().find(|t| t.id == "stay").unwrap();
    let mut guide = guide(stay.length_min, &[High]);
    guide.topics = stay.topics.clone();
    let mut talk = Interview::new(guide);
    let mut lines = vec![format!("us:   {}", talk.begin().phrase)];
    for text in [
        "I like solving problems together with my team.",
        "Last month we fixed the billing system over a weekend and the customer sent us a cake.",
        "It is the trust in my team, I think, because nobody looks over my shoulder.",
        "Mostly the flexible hours. I have small children.",
        "In spring my daughter was ill and my manager let me work from home for three weeks.",
        "Well, it means that I don't have to choose.",
        "I'd rather not say.",
        "Who will see this?",
        "I took a course on databases last year because I want to become an architect.",
        "He is fine, he listens to people.",
        "Sorry, could you say that again?",
        "Two weeks ago I had a conflict with another department and he stood up for me.",
        "I guess it is because he was an engineer himself.",
        "The pay is okay.",
        "They should publish the salary bands.",
        "I don't know.",
        "Fewer meetings.",
        "The weekly planning meeting takes two hours, since everyone reports on everything.",
        "Yes, that's right.",
    ] {
        let decision = talk.say(text, 20_000);
        lines.push(format!("them: {text}"));
        lines.push(format!(
            "us:   {} [{}]",
            decision.phrase,
            serde_json::to_value(&decision.mv).unwrap()["move"].as_str().unwrap()
        ));
        if decision.mv.ends() {
            break;
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

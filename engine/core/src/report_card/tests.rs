//! The card of short scripted logs.

use super::{Recap, ReportCard, Summary};
use crate::event::{Concern, Event, LatencyParts, Move, Outcome, Phrasing, Recorded};
use crate::guide::Priority::{High, Low};
use crate::id::{SegmentId, TurnId, UtteranceId};
use crate::pii::Pii;
use crate::planner::testing::{Interview, guide};
use crate::time::Ms;

fn card(talk: &Interview) -> ReportCard {
    let events: Vec<Recorded> = talk
        .log
        .iter()
        .enumerate()
        .map(|(i, (at, event))| Recorded {
            seq: i as u64 + 1,
            at: *at,
            wall_ms: 0,
            event: event.clone(),
        })
        .collect();
    ReportCard::of(talk.planner.guide(), &events)
}

fn spoken(turn: u32, text: &str) -> [Event; 2] {
    let turn = TurnId(turn);
    [
        Event::MoveDecided {
            turn,
            answers: None,
            mv: Move::OpenTopic {
                topic: "topic-0".into(),
            },
        },
        Event::Spoken {
            turn,
            utterance: UtteranceId(turn.0),
            text: Pii::from(text),
            interrupted: false,
            by: Phrasing::Guided,
        },
    ]
}

fn said(lines: &[&str]) -> ReportCard {
    let mut talk = Interview::new(guide(15, &[High]));
    for (i, line) in lines.iter().enumerate() {
        spoken(i as u32 + 1, line).into_iter().for_each(|e| talk.record(e));
    }
    card(&talk)
}

#[test]
fn questions_are_judged_one_by_one() {
    let long = format!("What {}happened?", "in the end and after all ".repeat(6));
    let card = said(&[
        "I see. What happened?",
        "What happened? Who was there?",
        "Do you like your manager?",
        "Don't you think that he is unfair?",
        "Thank you for telling me.",
        &long,
    ]);
    let questions = card.questions;
    assert_eq!((questions.turns, questions.single, questions.asked), (5, 4, 6));
    assert_eq!((questions.open, questions.leading), (5, 1), "{questions:?}");
    assert_eq!(questions.repeated, 1, "what happened was asked twice");
    assert_eq!((questions.long, questions.longest), (1, 38));
    assert_eq!(Summary::of([&card]).single, 0.8);
}

#[test]
fn words_time_and_topics_are_counted() {
    let mut talk = Interview::new(guide(15, &[High, Low]));
    talk.begin();
    talk.now += 10_000;
    talk.say(
        "Last week my manager cancelled our planning meeting because the release failed.",
        370_000,
    );
    talk.say("I'd rather not say.", 30_000);
    talk.say("Yes, that's right.", 5_000);
    talk.record(Event::Ended {
        outcome: Outcome::Completed,
    });
    let card = card(&talk);
    assert_eq!((card.answers, card.their_words), (card.answers, 12 + 4 + 3));
    assert!(card.our_share() > 0.5, "it said much to a terse person");
    let high = &card.topics[0];
    assert!(
        high.reached && high.example && high.reason && !high.declined,
        "{high:?}"
    );
    assert_eq!(card.high_reached(), (1, 1));
    assert!(card.length_ms >= 120_000 && !card.ran_over());
    assert_eq!(card.outcome, Some(Outcome::Completed));
}

#[test]
fn shares_of_time_are_compared_with_the_plan() {
    let mut card = said(&[]);
    let topic = card.topics[0].clone();
    card.topics = vec![topic.clone(), topic];
    for (i, (planned, actual)) in [(75, 50), (25, 50)].into_iter().enumerate() {
        (card.topics[i].planned_ms, card.topics[i].actual_ms) = (planned, actual);
    }
    assert!((card.time_deviation() - 0.5).abs() < 1e-9);
}

#[test]
fn a_recap_is_confirmed_corrected_or_not_reached() {
    let rich = "Last week my manager cancelled our planning meeting because the release failed and we should rest.";
    let ending = |replies: &[&str]| {
        let mut talk = Interview::new(guide(2, &[High]));
        talk.begin();
        talk.say(rich, 120_000);
        replies.iter().for_each(|r| drop(talk.say(r, 2_000)));
        card(&talk).recap
    };
    assert_eq!(ending(&[]), Recap::Given);
    assert_eq!(ending(&["Yes, that's right."]), Recap::Confirmed);
    assert_eq!(
        ending(&["It was the customer who cancelled the meeting.", "No, that's all."]),
        Recap::Corrected
    );
    assert_eq!(said(&["What happened?"]).recap, Recap::None);
}

#[test]
fn care_counts_where_it_follows_at_once_and_names_help() {
    let mut talk = Interview::new(guide(15, &[High]));
    talk.begin();
    talk.say("My supervisor touched me and I was scared.", 5_000);
    let good = card(&talk);
    assert_eq!((good.concerns, good.concerns_handled), (1, 1));

    let raised = Event::SafetyRaised {
        turn: TurnId(4),
        concern: Concern::Violence,
    };
    talk.record(raised);
    spoken(5, "What happened then?")
        .into_iter()
        .for_each(|e| talk.record(e));
    let bad = card(&talk);
    assert_eq!((bad.concerns, bad.concerns_handled), (2, 1));
}

#[test]
fn follow_ups_carry_the_persons_words_or_do_not() {
    let mut talk = Interview::new(guide(15, &[High]));
    talk.begin();
    let mut last = talk.say("It is mostly my commute that wears me down, day after day.", 10_000);
    assert!(matches!(last.mv, Move::Probe { .. }));
    let first = card(&talk);
    assert_eq!(
        (first.follow_ups, first.follow_ups_in_their_words),
        (1, u32::from(last.phrase.contains("commute")))
    );
    last = talk.say("I don't know.", 3_000);
    assert!(matches!(last.mv, Move::Probe { .. }));
    assert_eq!(
        card(&talk).follow_ups_in_their_words,
        first.follow_ups_in_their_words,
        "there are no words to carry in that"
    );
}

#[test]
fn what_was_undone_counts_as_an_interruption_alone() {
    let mut talk = Interview::new(guide(15, &[High]));
    spoken(1, "What draws you to work?")
        .into_iter()
        .for_each(|e| talk.record(e));
    let heard = Event::SegmentHeard {
        turn: TurnId(2),
        segment: SegmentId(0),
        from: Ms::ZERO,
        to: Ms::ZERO,
        text: Pii::from("The people."),
        confidence: 1.0,
    };
    talk.record(heard);
    spoken(3, "What happened there?")
        .into_iter()
        .for_each(|e| talk.record(e));
    let latency = |total: u32| Event::Latency {
        turn: TurnId(1),
        parts: LatencyParts {
            plan: total,
            ..LatencyParts::default()
        },
    };
    (1..=20).for_each(|i| talk.record(latency(i * 10)));
    assert_eq!(card(&talk).questions.asked, 2);
    talk.record(Event::TurnReopened {
        turn: TurnId(2),
        undone: TurnId(3),
    });
    let card = card(&talk);
    assert_eq!((card.questions.asked, card.interruptions), (1, 1));
    let latency = card.latency.unwrap();
    assert_eq!((latency.turns, latency.p50_ms, latency.p95_ms), (20, 110, 200));
}

#[test]
fn the_summary_takes_cards_together_and_keeps_the_ends() {
    let one = ReportCard {
        our_words: 10,
        their_words: 90,
        planned_ms: 100,
        length_ms: 120,
        ..ReportCard::default()
    };
    let other = ReportCard {
        our_words: 30,
        their_words: 70,
        planned_ms: 100,
        length_ms: 60,
        ..ReportCard::default()
    };
    let summary = Summary::of([&one, &other]);
    assert!((summary.our_words.mean - 0.2).abs() < 1e-9 && (summary.our_words.most - 0.3).abs() < 1e-9);
    assert_eq!((summary.conversations, summary.ran_over, summary.open_ended), (2, 1, 2));
}

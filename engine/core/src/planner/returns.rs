//! What is told before it is asked, skipped, come back to, or said instead of an answer.

use super::behaviour::{RICH, talk, topic};
use super::testing::{Interview, guide};
use crate::event::{Aim, Move};
use crate::guide::Priority::{High, Medium};
use crate::guide::{Guide, library};
use crate::id::TopicId;

fn stay() -> Interview {
    let topics = library::template("stay").unwrap().topics.clone();
    let mut talk = Interview::new(Guide {
        topics,
        ..guide(15, &[High])
    });
    talk.begin();
    talk
}

#[test]
fn what_was_told_before_it_was_asked_is_not_asked_for() {
    let mut talk = stay();
    talk.say(
        "I like the tasks. Last month I asked for a raise of my salary and the bonus, and got none because the market is fair.",
        30_000,
    );
    let pay = talk
        .planner
        .guide()
        .topics
        .iter()
        .position(|t| t.id.0 == "recognition-pay")
        .unwrap();
    let heard = talk.planner.ledger().topics[pay].clone();
    assert!(
        heard.answered && heard.example && heard.reason && !heard.asked,
        "{heard:?}"
    );
    let mut opened = Vec::new();
    for _ in 0..40 {
        let decision = talk.say(
            "We shipped it in March because it was due, they should praise us.",
            30_000,
        );
        if decision.mv.ends() {
            break;
        }
        opened.push(topic(&decision.mv).to_owned());
    }
    assert!(!opened.contains(&"recognition-pay".to_owned()), "{opened:?}");
    assert!(opened.contains(&"learning-career".to_owned()), "{opened:?}");
}

#[test]
fn what_was_skipped_or_refused_is_not_come_back_to() {
    let mut by_button = talk(&[High, Medium]);
    by_button.speak(super::Occasion::Skip);
    assert_eq!(by_button.say(RICH, 20_000).mv, Move::Recap);
    for refusal in ["Skip this.", "Next question please.", "I'd rather not say."] {
        let mut in_words = talk(&[High, Medium]);
        in_words.say(refusal, 5_000);
        assert_eq!(in_words.say(RICH, 20_000).mv, Move::Recap, "{refusal}");
    }
}

#[test]
fn a_topic_that_was_put_off_is_come_back_to_once() {
    let mut talk = talk(&[High, Medium]);
    talk.say("Could we come back to that later?", 5_000);
    let back = talk.say(RICH, 20_000);
    assert_eq!(
        back.mv,
        Move::ReturnTo {
            topic: TopicId::from("topic-0")
        }
    );
    assert!(
        back.phrase.ends_with('?') && back.phrase.contains("your daily work"),
        "{}",
        back.phrase
    );
    assert_eq!(talk.say("Skip it, please.", 5_000).mv, Move::Recap);
}

#[test]
fn the_person_can_go_back_and_the_question_that_was_open_is_taken_up_again() {
    let mut talk = talk(&[High, Medium]);
    talk.say("I'd rather not say.", 5_000);
    let none = talk.say("Can we go back to the last question?", 5_000);
    assert!(
        matches!(none.mv, Move::Probe { .. } | Move::Recap),
        "who declined is not led back: {:?}",
        none.mv
    );

    let mut talk = self::talk(&[Medium, High]);
    talk.say(RICH, 20_000);
    let back = talk.say("Can we go back to what you asked before?", 5_000);
    assert_eq!(topic(&back.mv), "topic-0");
    assert!(matches!(back.mv, Move::ReturnTo { .. }));
    let on = talk.say("They should plan with us, in spring they did not.", 10_000);
    assert!(
        matches!(on.mv, Move::ReturnTo { .. }) && topic(&on.mv) == "topic-1",
        "{:?}",
        on.mv
    );
}

#[test]
fn vague_off_topic_and_angry_answers_are_met_each_in_its_way() {
    let mut vague = talk(&[High]);
    assert!(matches!(
        vague.say("It depends, I guess.", 5_000).mv,
        Move::Probe { aim: Aim::Clarify, .. }
    ));
    let mut strays = talk(&[High, Medium]);
    let back = strays.say("Did you see the football match on Sunday?", 5_000);
    assert!(
        matches!(back.mv, Move::Probe { .. }) && back.phrase.contains("your work"),
        "{}",
        back.phrase
    );
    assert!(!strays.planner.ledger().topics[0].answered);
    let mut angry = talk(&[High, Medium]);
    let calm = angry.say("What a stupid question.", 5_000);
    assert!(
        ["skipped", "up to you", "Nothing has to"]
            .iter()
            .any(|w| calm.phrase.contains(w)),
        "{}",
        calm.phrase
    );
}

#[test]
fn near_the_end_the_person_is_told_so_once() {
    let mut talk = talk(&[Medium, Medium, Medium]);
    let said = |decision: &super::Decision| {
        decision.phrase.contains("few minutes left") || decision.phrase.contains("end of our time")
    };
    assert!(!said(&talk.say(RICH, 300_000)));
    let near = talk.say(RICH, 390_000);
    assert!(
        matches!(near.mv, Move::OpenTopic { .. }) && said(&near),
        "{:?} {}",
        near.mv,
        near.phrase
    );
}

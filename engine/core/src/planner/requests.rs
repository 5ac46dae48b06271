//! What people ask of the interviewer, or will not answer, and what is done about it: one request at a time.

use super::behaviour::{RICH, talk, topic};
use super::testing::Interview;
use super::{Leave, Occasion, Patience, Plan};
use crate::event::{Aim, Concern, Event, Inquiry, Move, Outcome};
use crate::guide::Priority::{High, Low, Medium};
use crate::id::TopicId;

#[test]
fn a_refusal_is_accepted_at_once() {
    let mut talk = talk(&[High, Medium]);
    let decision = talk.say("I'd rather not say.", 5_000);
    assert_eq!(topic(&decision.mv), "topic-1");
    assert!(matches!(decision.mv, Move::OpenTopic { .. }));
    assert!(talk.planner.ledger().topics[0].declined);
    assert_eq!(talk.planner.ledger().topics[0].closed, Some(Leave::Discomfort));
}

#[test]
fn requests_leave_the_question_open() {
    let mut talk = talk(&[High, Medium]);
    let question = talk.planner.ledger().pending.as_ref().unwrap().question.clone();
    let hold = talk.say("Let me think.", 1_000);
    assert_eq!((hold.mv, hold.phrase.as_str()), (Move::Hold, ""));
    assert_eq!(talk.planner.patience(), Patience::Holding);
    let repeat = talk.say("Could you repeat that?", 1_000);
    assert!(
        repeat.mv == Move::Repeat && repeat.phrase.ends_with(&question),
        "{}",
        repeat.phrase
    );
    let inform = talk.say("Who will see this?", 1_000);
    assert_eq!(
        inform.mv,
        Move::Inform {
            about: Inquiry::WhoSees
        }
    );
    assert!(inform.phrase.contains("confidential") && inform.phrase.ends_with(&question));
    assert_eq!(talk.speak(Occasion::Silence).mv, Move::Nudge);
    let still_here = talk.say("Yes, I'm here.", 1_000);
    assert_eq!(still_here.mv, Move::Repeat);
    assert_eq!(talk.planner.ledger().current, Some(0));
}

#[test]
fn every_question_about_privacy_and_language_is_answered_and_the_question_comes_back() {
    let mut talk = talk(&[High, Medium]);
    let question = talk.planner.ledger().pending.as_ref().unwrap().question.clone();
    for (asked, part) in [
        ("How long are my answers kept?", "until Acme deletes it"),
        (
            "What will you do with my answers, and who will read them?",
            "never your transcript",
        ),
        ("Is this anonymous?", "No, it is not anonymous"),
        ("Ich spreche lieber Deutsch", "English alone"),
        ("¿Podemos hablar en español?", "English alone"),
    ] {
        let told = talk.say(asked, 2_000);
        assert!(matches!(told.mv, Move::Inform { .. }), "{asked}: {:?}", told.mv);
        assert!(
            told.phrase.contains(part) && told.phrase.ends_with(&question),
            "{asked}: {}",
            told.phrase
        );
    }
}

#[test]
fn a_pause_is_offered_and_taken() {
    let mut talk = talk(&[High]);
    assert!(talk.speak(Occasion::LongSilence).phrase.ends_with('?'));
    let taken = talk.say("Yes please.", 1_000);
    assert_eq!(taken.mv, Move::OfferPause);
    assert!(taken.phrase.contains("same link"), "{}", taken.phrase);
    let back = talk.speak(Occasion::Return);
    assert_eq!(
        back.mv,
        Move::Reconvene {
            topic: Some(TopicId::from("topic-0"))
        }
    );
    assert!(back.phrase.ends_with('?'));
}

#[test]
fn coming_back_starts_from_the_persons_own_words() {
    let mut talk = talk(&[High, Medium]);
    talk.say("It is mostly my commute that wears me down, day after day.", 20_000);
    let back = talk.speak(Occasion::Return);
    let question = talk.planner.ledger().pending.as_ref().unwrap().question.clone();
    assert!(
        back.phrase.contains("your commute") && back.phrase.ends_with(&question),
        "{}",
        back.phrase
    );
}

#[test]
fn what_was_not_understood_is_asked_again_once() {
    let mut talk = talk(&[High, Medium]);
    let again = talk.say("", 3_000);
    assert!(
        again.mv == Move::Repeat && again.phrase.contains("orry"),
        "{}",
        again.phrase
    );
    assert!(matches!(
        talk.say_with("mumble mumble", 3_000, 0.1).mv,
        Move::OpenTopic { .. }
    ));
}

#[test]
fn an_answer_that_holds_nothing_is_met_with_one_invitation_and_then_left() {
    for nothing in [
        "I don't know.",
        "Nothing comes to mind.",
        "No.",
        "Not really.",
        "No, not really.",
        "I have nothing to say about that.",
    ] {
        let mut talk = talk(&[High, Medium]);
        let invited = talk.say(nothing, 5_000);
        assert!(
            matches!(invited.mv, Move::Probe { aim: Aim::Invite, .. }) && !invited.open_to_model,
            "{nothing}: {:?}",
            invited.mv
        );
        assert!(invited.phrase.contains("if anything"), "{}", invited.phrase);
        assert!(
            matches!(talk.say(nothing, 5_000).mv, Move::OpenTopic { .. }),
            "{nothing}"
        );
    }
    let mut told = talk(&[High, Medium]);
    told.say("The team is good.", 5_000);
    let on = told.say("No, nothing comes to mind.", 5_000);
    assert!(matches!(on.mv, Move::Probe { aim: Aim::Invite, .. }), "{:?}", on.mv);
}

#[test]
fn the_recap_says_back_what_was_said_in_the_persons_words() {
    let mut told = talk(&[High]);
    told.say("Um, we never hear why the shift plan was changed.", 20_000);
    let recap = told.speak(Occasion::Skip);
    assert_eq!(recap.mv, Move::Recap);
    assert!(
        recap.phrase.contains("we never hear why the shift plan was changed."),
        "{}",
        recap.phrase
    );
    let mut empty = talk(&[High]);
    let recap = empty.speak(Occasion::Skip);
    assert!(
        recap.phrase.ends_with("left out?") && !recap.phrase.contains("not much"),
        "{}",
        recap.phrase
    );
    assert_eq!(empty.say("No.", 2_000).mv, Move::Close);
}

#[test]
fn a_disclosure_stops_the_questions_and_the_answer_decides() {
    let mut talk = talk(&[High, Medium, Low]);
    let care = talk.say("My supervisor touched me and I was scared.", 10_000);
    assert_eq!(
        care.mv,
        Move::Care {
            concern: Concern::Harassment
        }
    );
    assert!(care.events.iter().any(|e| matches!(
        e,
        Event::SafetyRaised {
            concern: Concern::Harassment,
            ..
        }
    )));
    assert!(care.phrase.contains("Maria Lopez") && !care.open_to_model);
    assert_eq!(talk.planner.patience(), Patience::Brisk);
    let mut stops = Interview {
        planner: talk.planner.clone(),
        now: talk.now,
        log: talk.log.clone(),
        turn: talk.turn,
    };
    assert_eq!(
        talk.say("Yes, let's go on.", 3_000).mv,
        Move::OpenTopic {
            topic: TopicId::from("topic-1")
        }
    );
    let stop = stops.say("No, I'd rather stop.", 3_000);
    assert!(stop.mv == Move::Close && stop.phrase.contains("Maria Lopez"));
}

#[test]
fn what_an_answer_means_calls_for_care_unless_that_was_just_offered() {
    let mut talk = talk(&[High, Medium, Low]);
    let care = talk.mean("I count my pills in the evening.", Concern::SelfHarm);
    assert_eq!(
        care.mv,
        Move::Care {
            concern: Concern::SelfHarm
        }
    );
    let on = talk.mean("Yes, please go on with it.", Concern::SelfHarm);
    assert!(matches!(on.mv, Move::OpenTopic { .. }), "{:?}", on.mv);
}

#[test]
fn stopping_is_heeded_and_counted_by_what_was_answered() {
    let mut early = talk(&[High, High, High]);
    assert_eq!(early.say("I want to stop.", 2_000).mv, Move::Close);
    assert_eq!(early.planner.outcome(), Outcome::EndedEarly);
    let mut half = talk(&[High, High, Low]);
    half.say(RICH, 20_000);
    assert_eq!(half.speak(Occasion::Stop).mv, Move::Close);
    assert_eq!(half.planner.outcome(), Outcome::Completed);
}

#[test]
fn skipping_goes_on() {
    let mut talk = talk(&[High, Medium]);
    assert_eq!(topic(&talk.speak(Occasion::Skip).mv), "topic-1");
    assert_eq!(talk.say("Skip this one please.", 2_000).mv, Move::Recap);
}

#[test]
fn the_skip_button_at_the_question_of_care_goes_on_with_the_interview() {
    let mut by_button = talk(&[High, Medium, Low]);
    by_button.say("My supervisor touched me and I was scared.", 10_000);
    let mut in_words = Interview {
        planner: by_button.planner.clone(),
        now: by_button.now,
        log: by_button.log.clone(),
        turn: by_button.turn,
    };
    let pressed = by_button.speak(Occasion::Skip);
    assert_eq!(
        pressed.mv,
        Move::OpenTopic {
            topic: TopicId::from("topic-1")
        }
    );
    let said = in_words.say("Skip this, please.", 0);
    assert_eq!(pressed.mv, said.mv);
    assert_eq!(
        by_button.planner.ledger().topics[0].closed,
        in_words.planner.ledger().topics[0].closed
    );
}

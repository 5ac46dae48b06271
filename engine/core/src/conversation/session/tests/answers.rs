//! The person answers by voice.

use super::super::*;
use super::rig::*;
use crate::conversation::io::Urgency;

#[test]
fn an_answer_is_taken_and_answered_soon() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("We shipped the new release.", 3_000);
    rig.quiet(3_000);
    assert_eq!(
        rig.transcript(),
        [
            "Hello. How is your work?",
            "We shipped the new release.",
            "Thank you. What came after number 0?"
        ]
    );
    let parts = rig.events.iter().find_map(|r| match &r.event {
        Event::Latency { parts, .. } => Some(*parts),
        _ => None,
    });
    let parts = parts.expect("the latency of the answer is recorded");
    assert!((300..=500).contains(&parts.total_ms()), "{parts:?}");
}

#[test]
fn nothing_speculative_is_recorded_or_released() {
    let mut rig = Rig::new();
    rig.begin();
    let before = rig.released.len();
    rig.speak("We shipped it.", 1_000);
    rig.quiet(256);
    assert!(rig.session.draft.is_some(), "an answer is prepared in the pause");
    assert_eq!(rig.released.len(), before);
    assert!(!rig.has_event(|e| matches!(e, Event::AnswerEnded { .. })));
    rig.speak("We shipped it. And then it broke.", 1_000);
    assert!(rig.session.draft.is_none());
    assert!(rig.count(|o| matches!(o, Output::Drop { .. })) > 0);
    rig.quiet(3_000);
    assert_eq!(rig.transcript()[1], "We shipped it. And then it broke.");
}

#[test]
fn words_that_cannot_end_are_waited_for() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("I stayed because", 1_000);
    rig.quiet(1_000);
    assert!(!rig.has_event(|e| matches!(e, Event::AnswerEnded { .. })));
    rig.speak("I stayed because of the team.", 1_000);
    rig.quiet(600);
    assert!(rig.has_event(|e| matches!(e, Event::AnswerEnded { .. })));
}

#[test]
fn who_went_on_after_a_whole_sentence_is_waited_for_longer_in_the_same_turn_and_not_in_the_next() {
    let mut rig = Rig::new();
    rig.begin();
    rig.sure = 0.6;
    rig.speak("We shipped it.", 3_000);
    rig.quiet(700);
    rig.sure = 0.99;
    rig.speak("We shipped it. Then it broke.", 2_000);
    rig.quiet(700);
    assert!(!rig.has_event(|e| matches!(e, Event::AnswerEnded { .. })));
    rig.quiet(2_500);
    assert_eq!(rig.transcript()[1], "We shipped it. Then it broke.");
    rig.speak("It was the pay.", 3_000);
    rig.quiet(500);
    let ended = |e: &Recorded| matches!(e.event, Event::AnswerEnded { .. });
    assert_eq!(rig.events.iter().filter(|e| ended(e)).count(), 2);
}

#[test]
fn a_moment_to_think_holds_the_floor_and_then_is_part_of_the_answer() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("Let me think.", 800);
    rig.quiet(8_000);
    assert_eq!(rig.transcript().len(), 2, "nothing was said meanwhile");
    rig.speak("Let me think. It was the pay.", 1_000);
    rig.quiet(2_000);
    assert_eq!(rig.transcript()[1], "Let me think. It was the pay.");
    assert_eq!(rig.transcript().len(), 3);
}

#[test]
fn a_recognizer_that_never_answers_does_not_stall_the_turn() {
    let mut rig = Rig::new();
    rig.begin();
    rig.deaf = true;
    rig.speak("We shipped it.", 1_200);
    rig.quiet(16_000);
    assert!(rig.has_event(|e| matches!(e, Event::MoveDecided { answers: Some(_), .. })));
}

#[test]
fn a_cough_is_no_answer() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("", 300);
    rig.quiet(5_000);
    assert_eq!(rig.transcript(), ["Hello. How is your work?"]);
}

#[test]
fn a_long_answer_is_kept_while_it_is_spoken() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("So it began like this", 8_600);
    let kept = rig.outputs.iter().any(|o| {
        matches!(
            o,
            Output::Transcribe {
                urgency: Urgency::Segment,
                ..
            }
        )
    });
    assert!(kept && rig.transcript()[1] == "So it began like this");
}

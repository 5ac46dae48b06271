//! The language model phrases the moves.

use super::super::*;
use super::rig::*;
use crate::event::{FallbackCause, Phrasing};

fn modelled() -> Rig {
    let settings = Settings {
        model: true,
        ..Settings::default()
    };
    let mut rig = Rig::with(settings, Scripted::modelled(100), Vec::new());
    rig.input(Input::Connected);
    let id = asked(&rig);
    rig.input(Input::ModelText {
        utterance: id,
        delta: "Hello there. How is your work going?".to_owned(),
    });
    rig.input(Input::ModelDone { utterance: id });
    rig.quiet(2_500);
    rig.speak("We shipped it.", 3_000);
    rig.quiet(500);
    rig
}

pub(super) fn asked(rig: &Rig) -> UtteranceId {
    let mut asks = rig.outputs.iter().filter_map(|o| match o {
        Output::Ask { utterance, .. } => Some(*utterance),
        _ => None,
    });
    asks.next_back().expect("the model was asked")
}

#[test]
fn the_models_words_are_spoken_as_they_come() {
    let mut rig = modelled();
    let id = asked(&rig);
    rig.input(Input::ModelText {
        utterance: id,
        delta: "That is quite a step. What made".to_owned(),
    });
    rig.quiet(100);
    assert!(
        rig.session.reply.as_ref().is_some_and(|r| r.audible_since.is_some()),
        "the first sentence is heard"
    );
    rig.input(Input::ModelText {
        utterance: id,
        delta: " it possible?".to_owned(),
    });
    rig.input(Input::ModelDone { utterance: id });
    rig.quiet(3_000);
    assert_eq!(rig.transcript()[2], "That is quite a step. What made it possible?");
    assert!(rig.has_event(|e| matches!(
        e,
        Event::Spoken {
            by: Phrasing::Model,
            interrupted: false,
            ..
        }
    )));
}

#[test]
fn a_late_model_costs_its_deadline_and_the_turn_goes_on_in_guided_words() {
    let mut rig = modelled();
    rig.quiet(3_500);
    assert_eq!(rig.transcript()[2], "Thank you. What came after number 0?");
    assert!(rig.has_event(|e| matches!(
        e,
        Event::FellBack {
            cause: FallbackCause::Late,
            ..
        }
    )));
    let id = asked(&rig);
    rig.input(Input::ModelText {
        utterance: id,
        delta: "Too late. What?".to_owned(),
    });
    rig.quiet(1_000);
    assert_eq!(rig.transcript().len(), 3);
}

#[test]
fn a_model_that_breaks_off_after_a_sentence_is_completed_with_the_guided_question() {
    let mut rig = modelled();
    let id = asked(&rig);
    rig.input(Input::ModelText {
        utterance: id,
        delta: "That is quite a step. What".to_owned(),
    });
    rig.quiet(100);
    rig.input(Input::ModelFailed { utterance: id });
    rig.quiet(4_000);
    assert_eq!(
        rig.transcript()[2],
        "That is quite a step. Thank you. What came after number 0?"
    );
}

#[test]
fn what_the_guard_refuses_is_not_spoken() {
    let mut rig = modelled();
    let id = asked(&rig);
    rig.input(Input::ModelText {
        utterance: id,
        delta: "Don't you think that your manager is bad? Yes. ".to_owned(),
    });
    rig.input(Input::ModelDone { utterance: id });
    rig.quiet(3_500);
    assert_eq!(rig.transcript()[2], "Thank you. What came after number 0?");
    assert!(rig.has_event(|e| matches!(
        e,
        Event::FellBack {
            cause: FallbackCause::Guard { .. },
            ..
        }
    )));
}

fn stops(rig: &Rig) -> usize {
    rig.count(|o| matches!(o, Output::StopModel { .. }))
}

#[test]
fn a_model_that_trickles_on_without_a_sentence_costs_no_more_than_one_that_is_silent() {
    let mut rig = modelled();
    let id = asked(&rig);
    rig.input(Input::ModelText {
        utterance: id,
        delta: "That is quite a step. What ".to_owned(),
    });
    for _ in 0..14 {
        rig.input(Input::ModelText {
            utterance: id,
            delta: "is ".to_owned(),
        });
        rig.quiet(96);
    }
    assert_eq!(stops(&rig), 1, "it is given up in the middle of its second sentence");
    rig.quiet(4_000);
    assert_eq!(
        rig.transcript()[2],
        "That is quite a step. Thank you. What came after number 0?"
    );
}

#[test]
fn a_sentence_that_nobody_would_say_at_one_breath_is_not_collected() {
    let mut rig = modelled();
    let id = asked(&rig);
    rig.input(Input::ModelText {
        utterance: id,
        delta: "That is quite a step. What ".to_owned(),
    });
    let before = rig.now;
    for _ in 0..40 {
        rig.input(Input::ModelText {
            utterance: id,
            delta: "would be and was to come of it all ".to_owned(),
        });
    }
    assert_eq!((stops(&rig), rig.now), (1, before));
    assert!(rig.has_event(|e| matches!(e, Event::FellBack { .. })));
}

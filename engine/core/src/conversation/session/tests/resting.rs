//! Silence, rest, farewell, and what was there before the line broke.

use super::super::*;
use super::rig::*;
use crate::event::{Outcome, PauseCause};

#[test]
fn silence_is_met_gently_then_with_an_offer_then_with_a_rest() {
    let mut rig = Rig::new();
    rig.begin();
    rig.quiet(10_000);
    assert_eq!(rig.transcript()[1], "Take your time. Are you there?");
    rig.quiet(12_000);
    assert_eq!(rig.transcript()[2], "Shall we pause?");
    rig.quiet(70_000);
    assert!(rig.has_event(|e| matches!(
        e,
        Event::Paused {
            cause: PauseCause::Silence
        }
    )));
    rig.input(Input::Resume);
    rig.quiet(2_000);
    assert_eq!(rig.transcript().last().unwrap(), "Welcome back. How is your work?");
}

#[test]
fn the_closing_ends_the_conversation() {
    let mut rig = Rig::with(Settings::default(), Scripted::closing_after(1), Vec::new());
    rig.begin();
    rig.speak("All fine.", 800);
    rig.quiet(2_500);
    assert_eq!(
        rig.outputs.last(),
        Some(&Output::Finish {
            outcome: Some(Outcome::Completed)
        })
    );
    assert!(rig.session.is_over());
}

#[test]
fn after_a_crash_the_conversation_goes_on_and_nothing_heard_is_lost() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("We shipped it, and", 1_000);
    rig.quiet(300);
    let events = rig.events.clone();
    let plan = Scripted::closing_after(100);
    let mut again = Rig::with(Settings::default(), plan, events);
    again.input(Input::Connected);
    again.quiet(2_500);
    assert_eq!(
        again.transcript(),
        [
            "Hello. How is your work?",
            "We shipped it, and",
            "Welcome back. How is your work?"
        ]
    );
    assert!(again.has_event(|e| matches!(e, Event::AnswerEnded { .. })));
}

#[test]
fn when_the_line_breaks_the_last_words_are_still_transcribed() {
    let mut rig = Rig::new();
    rig.begin();
    rig.deaf = true;
    rig.speak("And then", 700);
    rig.input(Input::Disconnected {
        cause: PauseCause::Disconnected,
    });
    assert!(
        rig.count(|o| matches!(o, Output::Finish { .. })) == 0,
        "it waits for them"
    );
    rig.hears("And then");
    assert_eq!(rig.transcript()[1], "And then");
    assert_eq!(rig.outputs.last(), Some(&Output::Finish { outcome: None }));
}

#[test]
fn who_hangs_up_on_the_farewell_has_completed() {
    let mut rig = Rig::with(Settings::default(), Scripted::closing_after(1), Vec::new());
    rig.begin();
    rig.speak("All fine.", 3_000);
    rig.quiet(700);
    rig.input(Input::Disconnected {
        cause: PauseCause::Disconnected,
    });
    assert_eq!(
        rig.outputs.last(),
        Some(&Output::Finish {
            outcome: Some(Outcome::Completed)
        })
    );
}

#[test]
fn who_ends_it_while_it_rests_hears_a_farewell_and_has_ended_it() {
    let mut rig = Rig::new();
    rig.begin();
    rig.input(Input::Pause {
        cause: PauseCause::Asked,
    });
    assert_eq!(rig.session.phase, Phase::Resting);
    rig.input(Input::Stop);
    rig.quiet(1_000);
    assert_eq!(rig.transcript().last().unwrap(), "Thank you. Goodbye.");
    let tail: Vec<&Event> = rig.events.iter().rev().take(2).map(|r| &r.event).collect();
    assert!(
        matches!(tail[..], [Event::Ended { .. }, Event::Spoken { .. }]),
        "{tail:?}"
    );
    assert!(
        rig.has_event(|e| matches!(e, Event::Resumed)),
        "time goes on for the farewell"
    );
}

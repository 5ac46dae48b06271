//! Somebody presses a button.

use super::super::*;
use super::rig::*;
use crate::event::PauseCause;

#[test]
fn a_button_in_the_middle_of_an_answer_waits_for_its_words() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("We shipped it", 900);
    rig.input(Input::Skip);
    rig.quiet(2_000);
    assert_eq!(rig.transcript()[1..], ["We shipped it", "Fine. What about pay?"]);
}

#[test]
fn what_is_said_after_the_end_button_is_no_answer_and_the_goodbye_is_said_once() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("We shipped it", 900);
    rig.input(Input::Stop);
    // The first sound of the goodbye is not there yet, and the voice goes on.
    rig.holding = true;
    rig.speak("and then one more thing came up.", 1_600);
    rig.quiet(300);
    rig.holding = false;
    for _ in 0..2 {
        rig.speak("and then one more thing came up.", 1_600);
        rig.quiet(300);
    }
    rig.input(Input::Stop);
    rig.quiet(8_000);
    assert!(rig.session.is_over());
    let goodbyes = rig
        .events
        .iter()
        .filter(|e| matches!(&e.event, Event::MoveDecided { mv, .. } if mv.ends()));
    assert_eq!(goodbyes.count(), 1);
    let said = rig.transcript();
    assert_eq!(said.len(), 3, "{said:?}");
    assert_eq!(said[1], "We shipped it");
    assert!(!rig.has_event(|e| matches!(e, Event::Spoken { interrupted: true, .. })));
}

#[test]
fn a_goodbye_that_follows_an_answer_is_not_cut_short_once_it_is_heard() {
    let mut rig = Rig::with(Settings::default(), Scripted::closing_after(1), Vec::new());
    rig.begin();
    rig.speak("We shipped it in March.", 900);
    for _ in 0..40 {
        rig.quiet(100);
        if rig.session.farewell_stands() {
            break;
        }
    }
    assert!(rig.session.farewell_stands(), "it is heard");
    rig.speak("Oh, and thanks to you too.", 1_500);
    rig.quiet(6_000);
    assert!(rig.session.is_over());
    assert!(!rig.has_event(|e| matches!(e, Event::TurnReopened { .. } | Event::Spoken { interrupted: true, .. })));
    assert_eq!(rig.transcript()[1], "We shipped it in March.");
    assert_eq!(rig.transcript().len(), 3);
}

#[test]
fn a_disclosure_is_met_with_care_whatever_button_follows_it() {
    for then in [
        Input::Skip,
        Input::Stop,
        Input::Pause {
            cause: PauseCause::Asked,
        },
    ] {
        let mut rig = Rig::new();
        rig.begin();
        rig.speak("I think I will hurt myself.", 1_200);
        rig.input(then);
        rig.quiet(1_500);
        assert_eq!(rig.transcript().last().unwrap(), "Help is there. Go on?");
    }
}

#[test]
fn a_button_skips_the_question_even_while_we_speak() {
    let mut rig = Rig::new();
    rig.input(Input::Connected);
    rig.quiet(300);
    rig.input(Input::Skip);
    rig.quiet(2_000);
    assert_eq!(rig.transcript().last().unwrap(), "Fine. What about pay?");
}

#[test]
fn who_speaks_on_before_our_care_is_heard_keeps_their_disclosure_and_is_met_with_care() {
    let said = |rig: &mut Rig| {
        rig.begin();
        rig.speak("I think I will hurt myself.", 1_200);
        rig.quiet(256);
    };
    let by_button = |button: Input| {
        let mut rig = Rig::new();
        said(&mut rig);
        rig.input(button);
        rig
    };
    let paused = Input::Pause {
        cause: PauseCause::Asked,
    };
    let came_back = {
        let mut rig = Rig::new();
        said(&mut rig);
        rig.input(Input::Disconnected {
            cause: PauseCause::Disconnected,
        });
        let mut again = Rig::with(Settings::default(), Scripted::closing_after(100), rig.events);
        again.input(Input::Connected);
        again
    };
    for mut rig in [by_button(Input::Skip), by_button(paused), came_back] {
        assert_eq!(rig.session.phase, Phase::Replying, "care is under way");
        // The first sound is not there yet.
        rig.holding = true;
        rig.speak("Hello?", 600);
        assert!(rig.has_event(|e| matches!(e, Event::TurnReopened { .. })));
        rig.quiet(3_000);
        assert_eq!(
            rig.transcript()[1..],
            ["I think I will hurt myself. Hello?", "Help is there. Go on?"]
        );
    }
}

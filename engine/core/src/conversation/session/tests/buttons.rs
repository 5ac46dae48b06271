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
fn a_disclosure_is_met_with_care_whatever_button_follows_it() {
    for then in [
        Input::Skip,
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

//! The person changes their mind about how they take part, or whether.

use super::super::*;
use super::rig::*;

fn consents(rig: &mut Rig, mode: Mode) {
    let recorded = Recorded {
        seq: rig.events.len() as u64 + 1,
        at: rig.now,
        wall_ms: 0,
        event: Event::Consented {
            mode,
            recording: false,
            text_version: "2026-11".to_owned(),
        },
    };
    rig.session.changed_outside(&recorded);
    rig.input(Input::Timeout);
}

#[test]
fn what_we_are_saying_is_said_to_its_end_and_the_next_is_written() {
    let mut rig = Rig::new();
    rig.input(Input::Connected);
    rig.quiet(300);
    consents(&mut rig, Mode::Text);
    rig.quiet(1_500);
    assert_eq!(rig.transcript(), ["Hello. How is your work?"]);
    let spoken = rig.count(|o| matches!(o, Output::Synthesize { .. }));
    rig.input(Input::Typed {
        text: "Good.".into(),
        item: None,
    });
    assert_eq!(rig.transcript()[1..], ["Good.", "Thank you. What came after number 0?"]);
    assert_eq!(rig.count(|o| matches!(o, Output::Synthesize { .. })), spoken);
    assert!(rig.count(|o| matches!(o, Output::Show { .. })) > 0);
}

#[test]
fn what_was_begun_aloud_is_finished_in_writing() {
    let mut rig = Rig::new();
    rig.begin();
    rig.deaf = true;
    rig.speak("", 900);
    consents(&mut rig, Mode::Text);
    rig.hears("We shipped it, and");
    rig.input(Input::Typed {
        text: "then it broke.".into(),
        item: None,
    });
    assert_eq!(
        rig.transcript()[1..],
        [
            "We shipped it, and then it broke.",
            "Thank you. What came after number 0?"
        ]
    );
}

#[test]
fn a_voice_that_cut_in_when_listening_ended_does_not_leave_us_silent() {
    let mut rig = Rig::new();
    rig.connect_without_echo();
    rig.quiet(300);
    rig.speak("Sorry", 130);
    assert!(rig.holding);
    consents(&mut rig, Mode::Text);
    assert!(!rig.holding);
}

#[test]
fn from_text_to_voice_the_next_words_are_heard_and_spoken() {
    let settings = Settings {
        mode: Mode::Text,
        ..Settings::default()
    };
    let mut rig = Rig::with(settings, Scripted::closing_after(100), Vec::new());
    rig.input(Input::Connected);
    assert_eq!(rig.count(|o| matches!(o, Output::Release { .. })), 0, "nothing sounds");
    consents(&mut rig, Mode::Voice);
    rig.speak("We shipped it.", 1_200);
    rig.quiet(3_000);
    assert_eq!(
        rig.transcript()[1..],
        ["We shipped it.", "Thank you. What came after number 0?"]
    );
    assert!(rig.count(|o| matches!(o, Output::Release { .. })) > 0);
}

#[test]
fn who_declines_is_not_heard_any_more() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("We shipped it.", 900);
    let declined = Recorded {
        seq: 9,
        at: rig.now,
        wall_ms: 0,
        event: Event::Declined,
    };
    rig.session.changed_outside(&declined);
    let before = rig.outputs.len();
    rig.quiet(3_000);
    assert!(rig.session.is_over());
    assert_eq!(rig.outputs.len(), before);
}

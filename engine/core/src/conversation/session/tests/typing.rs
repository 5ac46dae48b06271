//! Somebody types.

use super::super::*;
use super::rig::*;
use crate::event::PauseCause;

#[test]
fn typed_words_are_answered_in_text() {
    let settings = Settings {
        mode: Mode::Text,
        ..Settings::default()
    };
    let mut rig = Rig::with(settings, Scripted::closing_after(3), Vec::new());
    rig.input(Input::Connected);
    rig.input(Input::Typed {
        text: "Good, mostly.".into(),
        item: None,
    });
    assert_eq!(
        rig.transcript(),
        [
            "Hello. How is your work?",
            "Good, mostly.",
            "Thank you. What came after number 0?"
        ]
    );
    assert_eq!(rig.count(|o| matches!(o, Output::Synthesize { .. })), 0);
}

#[test]
fn words_typed_while_speech_is_still_decoded_follow_it_in_one_answer() {
    let mut rig = Rig::new();
    rig.begin();
    rig.deaf = true;
    rig.speak("", 900);
    rig.quiet(300);
    rig.input(Input::Typed {
        text: "Then it broke.".into(),
        item: None,
    });
    assert!(
        !rig.has_event(|e| matches!(e, Event::AnswerEnded { .. })),
        "what was said before is waited for"
    );
    rig.hears("We shipped it.");
    assert_eq!(rig.transcript()[1], "We shipped it. Then it broke.");
    rig.quiet(2_500);
    assert_eq!(rig.transcript().len(), 3, "both are one answer: {:?}", rig.transcript());
}

#[test]
fn words_typed_while_we_speak_take_the_floor() {
    let mut rig = Rig::new();
    rig.input(Input::Connected);
    rig.quiet(300);
    rig.input(Input::Typed {
        text: "Good.".into(),
        item: None,
    });
    rig.quiet(2_500);
    let transcript = rig.transcript();
    assert_eq!(transcript[0], "Hello.", "only what was played");
    assert_eq!(transcript[1..], ["Good.", "Thank you. What came after number 0?"]);
}

#[test]
fn words_typed_while_it_rests_wake_it_and_are_answered() {
    let mut rig = Rig::new();
    rig.begin();
    rig.input(Input::Pause {
        cause: PauseCause::Asked,
    });
    assert_eq!(rig.session.phase, Phase::Resting);
    rig.input(Input::Typed {
        text: "Here I am: it goes well.".into(),
        item: None,
    });
    assert!(rig.has_event(|e| matches!(e, Event::Resumed)));
    rig.quiet(2_500);
    assert_eq!(
        rig.transcript()[1..],
        ["Here I am: it goes well.", "Thank you. What came after number 0?"],
        "nothing is asked in between"
    );
}

#[test]
fn words_that_are_sent_again_under_the_same_name_are_taken_once() {
    let settings = Settings {
        mode: Mode::Text,
        ..Settings::default()
    };
    let mut rig = Rig::with(settings, Scripted::closing_after(3), Vec::new());
    rig.input(Input::Connected);
    for _ in 0..2 {
        rig.input(Input::Typed {
            text: "Good, mostly.".into(),
            item: Some("mine_1".to_owned()),
        });
    }
    assert_eq!(rig.transcript().len(), 3, "{:?}", rig.transcript());
    assert!(rig.has_event(|e| matches!(e, Event::TypedAs { item, .. } if item == "mine_1")));
    rig.input(Input::Typed {
        text: "Good, mostly.".into(),
        item: Some("mine_2".to_owned()),
    });
    assert_eq!(rig.transcript().len(), 5, "another name is another answer");
}

#[test]
fn words_typed_while_a_button_waits_for_the_last_words_are_kept_with_them() {
    for button in [
        Input::Skip,
        Input::Pause {
            cause: PauseCause::Asked,
        },
    ] {
        let mut rig = Rig::new();
        rig.begin();
        rig.deaf = true;
        rig.speak("", 900);
        rig.input(button);
        rig.input(Input::Typed {
            text: "Then it broke.".into(),
            item: Some("mine_1".to_owned()),
        });
        rig.hears("We shipped it.");
        assert_eq!(rig.transcript()[1], "We shipped it. Then it broke.");
        assert!(rig.has_event(|e| matches!(e, Event::TypedAs { item, .. } if item == "mine_1")));
    }
}

//! Somebody speaks into our turn.

use super::super::*;
use super::rig::*;
use crate::conversation::io::Urgency;

#[test]
fn speech_into_our_turn_silences_us_within_three_frames_and_a_sign_of_listening_does_not_end_it() {
    let mut rig = Rig::new();
    rig.connect_without_echo();
    rig.quiet(300);
    rig.speak("Mm-hmm.", 130);
    assert!(rig.holding);
    rig.quiet(400);
    assert!(!rig.holding);
    rig.quiet(1_500);
    assert_eq!(rig.transcript(), ["Hello. How is your work?"]);
}

#[test]
fn words_into_our_turn_take_the_floor_and_only_what_was_played_stays() {
    let mut rig = Rig::new();
    rig.connect_without_echo();
    rig.quiet(500);
    rig.speak("Sorry, who is this?", 1_200);
    rig.quiet(600);
    let transcript = rig.transcript();
    assert_eq!(transcript[0], "Hello. How is");
    assert_eq!(transcript[1], "Sorry, who is this?");
    assert!(rig.has_event(|e| matches!(e, Event::Spoken { interrupted: true, .. })));
}

#[test]
fn a_sound_without_words_holds_us_while_it_lasts_and_has_the_floor_only_after_two_seconds() {
    let mut rig = Rig::new();
    rig.connect_without_echo();
    rig.quiet(300);
    rig.speak("", 1_600);
    rig.quiet(600);
    assert!(rig.holding, "a breath is no end");
    rig.quiet(400);
    assert!(!rig.holding);
    rig.quiet(1_500);
    assert_eq!(rig.transcript(), ["Hello. How is your work?"]);

    let mut rig = Rig::new();
    rig.connect_without_echo();
    rig.quiet(300);
    rig.speak("", 2_200);
    assert!(rig.has_event(|e| matches!(e, Event::Spoken { interrupted: true, .. })));
}

#[test]
fn a_long_voice_is_no_echo_of_the_few_words_that_it_shares_with_us() {
    let mut rig = Rig::new();
    rig.connect_without_echo();
    rig.quiet(700);
    rig.speak("Is your", 1_300);
    assert!(rig.has_event(|e| matches!(e, Event::Spoken { interrupted: true, .. })));
}

#[test]
fn a_yes_that_does_not_end_is_no_sign_of_listening() {
    let mut rig = Rig::new();
    rig.connect_without_echo();
    rig.quiet(300);
    rig.speak("Yeah, yeah.", 1_300);
    assert!(rig.has_event(|e| matches!(e, Event::Spoken { interrupted: true, .. })));
}

#[test]
fn who_speaks_into_our_last_words_is_heard_and_answered() {
    let mut rig = Rig::new();
    rig.connect_without_echo();
    rig.quiet(900);
    // Everything was sent; the client plays the rest while the person begins.
    let (utterance, chunk) = (UtteranceId(1), 1);
    rig.speak("It goes well.", 128);
    assert!(rig.holding);
    rig.input(Input::Played {
        utterance,
        chunk,
        played_ms: 4 * WORD_MS,
    });
    assert!(!rig.holding, "playback is not held for the next turn");
    rig.speak("It goes well.", 900);
    rig.quiet(4_000);
    assert_eq!(
        rig.transcript()[1..],
        ["It goes well.", "Thank you. What came after number 0?"]
    );
}

#[test]
fn a_take_over_that_was_wrong_is_undone_and_both_pieces_are_one_answer() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("We shipped it.", 3_000);
    rig.quiet(700);
    assert!(
        rig.session.reply.as_ref().is_some_and(|r| r.audible_since.is_some()),
        "we speak"
    );
    rig.speak("We shipped it. But it broke the next day.", 1_500);
    assert!(rig.has_event(|e| matches!(e, Event::TurnReopened { .. })));
    rig.quiet(2_500);
    assert_eq!(rig.transcript()[1], "We shipped it. But it broke the next day.");
    assert_eq!(
        rig.transcript()[2],
        "Thank you. What came after number 0?",
        "the undone move was not counted"
    );
}

#[test]
fn in_the_first_moments_of_a_call_our_own_words_do_not_stop_us() {
    let mut rig = Rig::new();
    rig.input(Input::Connected);
    rig.quiet(96);
    rig.speak("Hello, how", 600);
    assert_eq!(rig.count(|o| *o == Output::HoldPlayback), 0);
    rig.quiet(2_000);
    assert_eq!(rig.transcript(), ["Hello. How is your work?"]);
}

#[test]
fn in_the_first_moments_of_a_call_other_words_take_the_floor() {
    let mut rig = Rig::new();
    rig.input(Input::Connected);
    rig.quiet(96);
    rig.speak("Wait a moment please", 900);
    rig.quiet(800);
    let transcript = rig.transcript();
    assert!(transcript[0].len() < "Hello. How is your work?".len(), "{transcript:?}");
    assert_eq!(transcript[1], "Wait a moment please");
}

#[test]
fn once_our_echo_was_heard_a_voice_is_doubted_until_its_words_are_known() {
    let mut rig = Rig::new();
    rig.connect_without_echo();
    rig.quiet(480);
    rig.speak("hello how", 128);
    assert!(rig.holding, "nobody expected an echo");
    rig.quiet(320);
    assert!(!rig.holding);
    let held = rig.count(|o| *o == Output::HoldPlayback);
    rig.speak("your", 128);
    assert_eq!(rig.count(|o| *o == Output::HoldPlayback), held);
    rig.quiet(2_000);
    assert_eq!(rig.transcript(), ["Hello. How is your work?"]);
}

#[test]
fn who_speaks_on_after_us_is_heard_though_it_began_as_an_echo() {
    let mut rig = Rig::new();
    rig.input(Input::Connected);
    rig.quiet(700);
    rig.speak("It goes well.", 1_400);
    rig.quiet(3_000);
    assert_eq!(rig.transcript()[1], "It goes well.");
}

#[test]
fn who_speaks_on_into_a_known_echo_takes_the_floor_after_a_second_look() {
    let mut rig = Rig::new();
    rig.session.plan.opening = "Hello. How is your work these days, and what has changed for you since the spring?";
    rig.input(Input::Connected);
    rig.quiet(480);
    rig.speak("hello how", 320);
    rig.quiet(320);
    rig.speak("Hold on please", 900);
    assert!(
        !rig.has_event(|e| matches!(e, Event::Spoken { .. })),
        "an echo can be misheard"
    );
    rig.speak("Hold on please", 900);
    assert!(rig.has_event(|e| matches!(e, Event::Spoken { interrupted: true, .. })));
}

#[test]
fn a_sound_that_is_understood_after_our_turn_is_nobodys_answer() {
    let mut rig = Rig::new();
    rig.connect_without_echo();
    rig.quiet(900);
    rig.deaf = true;
    rig.speak("", 128);
    rig.quiet(320);
    assert_eq!(
        rig.count(|o| matches!(
            o,
            Output::Transcribe {
                urgency: Urgency::Floor,
                ..
            }
        )),
        1,
        "it is asked what was said"
    );
    let (utterance, chunk) = (UtteranceId(1), 1);
    rig.input(Input::Played {
        utterance,
        chunk,
        played_ms: 4 * WORD_MS,
    });
    assert_eq!(rig.session.phase, Phase::Listening, "our turn is over meanwhile");
    rig.hears("is your work");
    assert!(!rig.has_event(|e| matches!(e, Event::SegmentHeard { .. })));
}

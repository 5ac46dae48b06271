//! Piper speaks what Whisper can write down again.

#![allow(clippy::unwrap_used)]

mod common;

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use colloquy_core::ports::{SpeechToText, TextToSpeech};
use colloquy_models::wer::{errors, words};
use common::models;
use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Resampler};

fn spoken(text: &str) -> Vec<f32> {
    let mut sound = Vec::new();
    let mut take = |part: &[f32]| {
        sound.extend_from_slice(part);
        ControlFlow::Continue(())
    };
    models().synthesizer().unwrap().synthesize(text, &mut take).unwrap();
    sound
}

fn heard(sound: &[f32]) -> String {
    let mut resampler = Fft::<f32>::new(24_000, 16_000, 1024, 1, FixedSync::Both).unwrap();
    let input = SequentialSlice::new(sound, 1, sound.len()).unwrap();
    let pcm = resampler.process_all(&input, sound.len(), None).unwrap().take_data();
    models()
        .recognizer()
        .unwrap()
        .transcribe(&pcm, &|| false)
        .unwrap()
        .text
        .into_exposed()
}

#[test]
fn what_is_spoken_is_understood() {
    for text in [
        "What keeps you here, and what would have to change for you to stay another year?",
        "Thank you for telling me that. Could you tell me about the last time it happened?",
    ] {
        let wrong = errors(&words(text), &words(&heard(&spoken(text))));
        assert!(wrong <= 1, "{wrong} words are wrong in: {text}");
    }
}

#[test]
fn the_first_sound_comes_long_before_the_last() {
    let mut voice = models().synthesizer().unwrap();
    let text = "You said the hours were long. What would have to change about them, and who would have to change it, \
                so that you could see yourself in this team a year from now?";
    let start = Instant::now();
    let (mut first, mut last) = (Duration::ZERO, Duration::ZERO);
    let mut parts = 0;
    let mut take = |part: &[f32]| {
        assert!(part.len() <= 2_400);
        last = start.elapsed();
        if parts == 0 {
            first = last;
        }
        parts += 1;
        ControlFlow::Continue(())
    };
    voice.synthesize(text, &mut take).unwrap();
    assert!(first * 2 < last, "{first:?} of {last:?}");
}

#[test]
fn a_sink_that_breaks_off_hears_no_more() {
    let mut voice = models().synthesizer().unwrap();
    let mut parts = 0;
    let mut take = |_: &[f32]| {
        parts += 1;
        ControlFlow::Break(())
    };
    voice.synthesize("One sentence. And another one.", &mut take).unwrap();
    assert_eq!(parts, 1);
}

#[test]
fn sound_starts_at_once_and_ends_in_a_pause() {
    let sound = spoken("What keeps you here?");
    let loudest = sound.iter().fold(0.0_f32, |loudest, x| loudest.max(x.abs()));
    assert!((0.1..=1.0).contains(&loudest), "{loudest}");
    let first = sound.iter().position(|x| x.abs() > loudest * 0.05).unwrap();
    let last = sound.iter().rposition(|x| x.abs() > loudest * 0.05).unwrap();
    assert!(first < 24 * 120, "the first sound comes after {} ms", first / 24);
    assert!(
        (sound.len() - last) / 24 >= 170,
        "the pause is {} ms",
        (sound.len() - last) / 24
    );
}

#[test]
fn nothing_to_say_is_silence_and_no_error() {
    assert!(spoken("  ... ?!").is_empty());
    assert!(spoken("").is_empty());
}

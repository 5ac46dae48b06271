//! Silero says speech on speech, and not on silence and noise.

#![allow(clippy::unwrap_used)]

mod common;

use colloquy_core::ports::{VOICE_FRAME, VoiceActivity};

/// The part of frames that are more likely voice than not.
fn voiced(pcm: &[f32]) -> f32 {
    let mut vad = common::models().vad();
    let frames = pcm.chunks_exact(VOICE_FRAME);
    let count = frames.len() as f32;
    frames.filter(|frame| vad.probability(frame).unwrap() > 0.5).count() as f32 / count
}

#[test]
fn speech_is_voice() {
    for file in ["jfk.flac", "pico_cheetah_en.flac", "vctk_p226_011.flac"] {
        let voiced = voiced(&common::flac(&common::speech().join(file)));
        assert!(voiced > 0.5, "{file}: {voiced}");
    }
}

#[test]
fn silence_and_typing_are_not() {
    assert!(voiced(&[0.0; 64_000]) < 0.01);
    let typing = voiced(&common::flac(&common::speech().join("keyboard_typing_a.flac")));
    assert!(typing < 0.1, "{typing}");
}

#[test]
fn streams_do_not_share_their_memory() {
    let speech = common::flac(&common::speech().join("jfk.flac"));
    let alone: Vec<f32> = {
        let mut vad = common::models().vad();
        speech
            .chunks_exact(VOICE_FRAME)
            .take(60)
            .map(|frame| vad.probability(frame).unwrap())
            .collect()
    };
    let (mut one, mut other) = (common::models().vad(), common::models().vad());
    let mixed: Vec<f32> = speech
        .chunks_exact(VOICE_FRAME)
        .take(60)
        .map(|frame| {
            other.probability(&[0.1; VOICE_FRAME]).unwrap();
            one.probability(frame).unwrap()
        })
        .collect();
    assert_eq!(alone, mixed);
}

#[test]
fn a_frame_of_another_length_is_refused() {
    let error = common::models().vad().probability(&[0.0; 160]).unwrap_err();
    assert!(error.to_string().contains("512"), "{error}");
}

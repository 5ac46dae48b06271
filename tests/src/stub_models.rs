//! Models that cost nothing, for load tests: what they say is heard to be speech, and what they hear is always the same.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use colloquy::client::sound::buzz;
use colloquy_core::ports::{
    EndOfTurn, InferenceError, SpeechToText, TextToSpeech, Transcript, VOICE_FRAME, VoiceActivity,
};
use colloquy_core::time::{HEARING_RATE_HZ, SPEAKING_RATE_HZ};
use colloquy_runtime::inference::Engines;

/// Louder than this is a voice: -40 dBFS.
const VOICE_RMS: f32 = 0.01;
/// A letter of speech: 150 words a minute of five letters and a space.
const LETTER_MS: usize = 67;
/// What is always heard.
const HEARD: &str = "Mostly good, because the new release went out last week and two customers wrote to say thank you.";

/// The longest that any conversation was late for a frame of voice, in microseconds, since the start.
static LATEST_US: AtomicU64 = AtomicU64::new(0);

/// The longest that any conversation was late for a frame of voice, in milliseconds, since the last time this was asked.
pub fn latest_ms() -> f64 {
    LATEST_US.swap(0, Ordering::Relaxed) as f64 / 1_000.0
}

struct Voice {
    began: Option<Instant>,
    frames: u64,
}

impl VoiceActivity for Voice {
    fn probability(&mut self, frame: &[f32]) -> Result<f32, InferenceError> {
        // Frames count time: the first one's moment and their number say when this one should have come.
        let began = *self.began.get_or_insert_with(Instant::now);
        let due_us = self.frames * VOICE_FRAME as u64 * 1_000_000 / u64::from(HEARING_RATE_HZ);
        self.frames += 1;
        let late = (began.elapsed().as_micros() as u64).saturating_sub(due_us);
        LATEST_US.fetch_max(late, Ordering::Relaxed);
        let rms = (frame.iter().map(|s| s * s).sum::<f32>() / frame.len().max(1) as f32).sqrt();
        Ok(if rms > VOICE_RMS { 0.97 } else { 0.02 })
    }
}

struct Judge;

impl EndOfTurn for Judge {
    fn score(&mut self, _: &[f32]) -> Result<f32, InferenceError> {
        Ok(0.99)
    }
}

struct Recognizer;

impl SpeechToText for Recognizer {
    fn transcribe(&mut self, _: &[f32], _: &dyn Fn() -> bool) -> Result<Transcript, InferenceError> {
        Ok(Transcript {
            text: HEARD.into(),
            words: Vec::new(),
            confidence: 0.9,
        })
    }
}

struct Synthesizer;

impl TextToSpeech for Synthesizer {
    fn synthesize(
        &mut self,
        text: &str,
        sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
    ) -> Result<(), InferenceError> {
        let samples = buzz(SPEAKING_RATE_HZ, text.chars().count() * LETTER_MS);
        let _broken_off = sink(&samples);
        Ok(())
    }
}

/// All of them.
#[must_use]
pub fn engines() -> Engines {
    Engines {
        recognizers: vec![Box::new(Recognizer)],
        end_of_turn: Box::new(Judge),
        synthesizers: vec![Box::new(Synthesizer)],
        embedder: None,
        voice: Box::new(|| Box::new(Voice { began: None, frames: 0 })),
    }
}

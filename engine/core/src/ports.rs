//! What the engine asks of inference, as blocking traits.
//!
//! `models` implements them on real weights, tests on fakes; the runtime gives each one an OS
//! thread of its own and a queue by deadline, so that none of them ever runs on an async worker.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::pii::Pii;

/// Samples that [`VoiceActivity`] takes at a time: 32 ms at 16 kHz.
pub const VOICE_FRAME: usize = 512;

/// Why inference did not answer. The text names the model and the cause, never what was said.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{model}: {cause}")]
pub struct InferenceError {
    /// Which model failed, such as `whisper`.
    pub model: &'static str,
    /// What went wrong and, where known, what mends it.
    pub cause: String,
}

/// Tells voice from everything else, with a memory of one conversation.
pub trait VoiceActivity: Send {
    /// Probability in [0, 1] that `frame` ([`VOICE_FRAME`] samples, mono f32 in [-1, 1] at 16 kHz) holds speech.
    fn probability(&mut self, frame: &[f32]) -> Result<f32, InferenceError>;
}

/// Judges from the sound alone whether a speaker has finished.
pub trait EndOfTurn: Send {
    /// Probability in [0, 1] that the turn is over. `pcm`: the turn so far (the last 8 s are enough), mono f32 at 16 kHz.
    fn score(&mut self, pcm: &[f32]) -> Result<f32, InferenceError>;
}

/// A word and where it was said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// The word as written, without surrounding space.
    pub text: Pii,
    /// Milliseconds from the start of the audio to the word's start.
    pub start_ms: u32,
    /// Milliseconds from the start of the audio to the word's end.
    pub end_ms: u32,
    /// The model's probability of the word, in [0, 1].
    pub probability: f32,
}

/// What a recognizer made of a stretch of audio.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// The text, trimmed; empty where nothing was said.
    pub text: Pii,
    /// Its words in order.
    pub words: Vec<Word>,
    /// Mean probability of its tokens, in [0, 1]; 0 for an empty text.
    pub confidence: f32,
}

/// Turns speech into text.
pub trait SpeechToText: Send {
    /// Transcribes `pcm` (mono f32 at 16 kHz, at most 30 s). `cancelled` is asked between steps; once it says true the
    /// result is of no interest and an error may be returned.
    fn transcribe(&mut self, pcm: &[f32], cancelled: &dyn Fn() -> bool) -> Result<Transcript, InferenceError>;
}

/// Turns text into speech.
pub trait TextToSpeech: Send {
    /// Speaks `text` (a sentence or a clause), handing over mono f32 samples at
    /// [`SPEAKING_RATE_HZ`](crate::time::SPEAKING_RATE_HZ) as they come. `sink` may break off.
    fn synthesize(&mut self, text: &str, sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>)
    -> Result<(), InferenceError>;
}

/// Places a text in a space of meaning.
pub trait Embedder: Send {
    /// A unit vector for `text`.
    fn embed(&mut self, text: &str) -> Result<Vec<f32>, InferenceError>;

    /// A unit vector for each of `texts`, in their order. Where many are wanted this may be much faster than one by one.
    fn embed_all(&mut self, texts: &[&str]) -> Result<Vec<Vec<f32>>, InferenceError> {
        texts.iter().map(|text| self.embed(text)).collect()
    }
}

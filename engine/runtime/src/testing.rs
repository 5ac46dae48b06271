//! Stand-ins for the models (feature `testing`): they answer at once, and the same every time.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use colloquy_core::planner::care::Head;
use colloquy_core::ports::{
    Embedder, EndOfTurn, InferenceError, SpeechToText, TextToSpeech, Transcript, VoiceActivity,
};
use colloquy_core::time::SPEAKING_RATE_HZ;

use crate::inference::Engines;

/// What is heard in everything.
pub const WORDS: &str = "We shipped the new release on Friday.";

/// What calls for care by its meaning, and by none of its words.
pub const TOLD: &str = "I count my pills in the evening.";

/// So many milliseconds of a tone that a codec keeps.
#[must_use]
pub fn tone(rate_hz: u32, ms: u32) -> Vec<f32> {
    let step = std::f32::consts::TAU * 220.0 / rate_hz as f32;
    (0..rate_hz / 1000 * ms)
        .map(|n| (n as f32 * step).sin() * 0.3)
        .collect()
}

/// How often each model panics before it works.
#[derive(Clone, Debug, Default)]
pub struct Panics {
    /// Speech to text.
    pub hearing: Arc<AtomicU32>,
    /// The end of a turn.
    pub judging: Arc<AtomicU32>,
    /// Embeddings.
    pub placing: Arc<AtomicU32>,
    /// Text to speech, in the middle of a piece.
    pub speaking: Arc<AtomicU32>,
}

/// Models that hear [`WORDS`] in everything, are sure that every turn is over, find that [`TOLD`] calls for care and nothing else,
/// and say each piece in a tenth of a second.
#[must_use]
pub fn engines(panics: &Panics) -> Engines {
    Engines {
        recognizers: vec![Box::new(FakeEar {
            panics: Arc::clone(&panics.hearing),
        })],
        end_of_turn: Box::new(FakeJudge {
            panics: Arc::clone(&panics.judging),
        }),
        synthesizers: vec![Box::new(FakeVoice {
            panics: Arc::clone(&panics.speaking),
        })],
        embedder: Some(Box::new(FakeEmbedder {
            panics: Arc::clone(&panics.placing),
        })),
        voice: Box::new(|| Box::new(FakeDetector)),
    }
}

fn maybe_panic(panics: &AtomicU32) {
    let left = panics.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
    assert!(left.is_err(), "the model was told to panic");
}

/// Hears the same words in everything, after it has panicked as often as it was told.
struct FakeEar {
    panics: Arc<AtomicU32>,
}

impl SpeechToText for FakeEar {
    fn transcribe(&mut self, _pcm: &[f32], _cancelled: &dyn Fn() -> bool) -> Result<Transcript, InferenceError> {
        maybe_panic(&self.panics);
        Ok(Transcript {
            text: WORDS.into(),
            words: Vec::new(),
            confidence: 0.9,
        })
    }
}

/// Is sure that every turn is over, or panics.
struct FakeJudge {
    panics: Arc<AtomicU32>,
}

impl EndOfTurn for FakeJudge {
    fn score(&mut self, _pcm: &[f32]) -> Result<f32, InferenceError> {
        maybe_panic(&self.panics);
        Ok(0.99)
    }
}

/// Places [`TOLD`] where care is called for, and everything else on the other side; or panics.
struct FakeEmbedder {
    panics: Arc<AtomicU32>,
}

impl Embedder for FakeEmbedder {
    fn embed(&mut self, text: &str) -> Result<Vec<f32>, InferenceError> {
        maybe_panic(&self.panics);
        let classes = &Head::english().classes;
        let told = classes.iter().find(|class| class.concern.is_some());
        let nothing = classes.iter().find(|class| class.concern.is_none());
        let weights = told
            .zip(nothing)
            .map(|(told, nothing)| (&told.weights, &nothing.weights));
        let way: Vec<f32> = weights.map_or_else(Vec::new, |(told, nothing)| {
            told.iter().zip(nothing).map(|(a, b)| a - b).collect()
        });
        let side = if TOLD.contains(text) { 1.0 } else { -1.0 };
        let length = side * way.iter().map(|x| x * x).sum::<f32>().sqrt();
        Ok(way.into_iter().map(|x| x / length).collect())
    }
}

/// Says each piece in a tenth of a second, or panics in the middle of it.
struct FakeVoice {
    panics: Arc<AtomicU32>,
}

impl TextToSpeech for FakeVoice {
    fn synthesize(
        &mut self,
        _text: &str,
        sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
    ) -> Result<(), InferenceError> {
        let half = tone(SPEAKING_RATE_HZ, 50);
        let _wanted = sink(&half);
        maybe_panic(&self.panics);
        let _wanted = sink(&half);
        Ok(())
    }
}

/// Takes whatever is loud for a voice.
struct FakeDetector;

impl VoiceActivity for FakeDetector {
    fn probability(&mut self, frame: &[f32]) -> Result<f32, InferenceError> {
        let loud = frame.iter().any(|s| s.abs() > 0.05);
        Ok(if loud { 0.99 } else { 0.01 })
    }
}

//! The models of a conversation in time that does not pass, and what was synthesized before.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use colloquy_audio::Resampler;
use colloquy_core::ports::{Embedder, EndOfTurn, SpeechToText, TextToSpeech, VoiceActivity};
use colloquy_core::time::{HEARING_RATE_HZ, SPEAKING_RATE_HZ};
use colloquy_models::{Models, ModelsConfig, Piper};

use super::PER_MS;

/// How long models take in time that does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// As long as they took.
    Measured,
    /// As long as they take on two cores that do nothing else, so that what is heard does not depend on what else this machine does: a
    /// transcription 33 ms for each second of sound, the end of a turn 20 ms, a passage 9 ms, speech 38 ms to its first sound.
    Assumed,
}

/// Of a transcription, however short.
const HEARD_LEAST_MS: u64 = 60;
/// Of each second of its sound.
const HEARD_MS_PER_S: u64 = 33;
const SCORED_IN_MS: u64 = 20;
const PLACED_IN_MS: u64 = 9;
const SPOKEN_FROM_MS: u64 = 38;
/// Real time over the time that speech takes to make.
const SPOKEN_TIMES: u64 = 30;

impl Pace {
    pub(super) fn transcribed(self, took_ms: u64, sound_ms: u64) -> u64 {
        self.or(took_ms, (sound_ms * HEARD_MS_PER_S / 1_000).max(HEARD_LEAST_MS))
    }

    pub(super) fn scored(self, took_ms: u64) -> u64 {
        self.or(took_ms, SCORED_IN_MS)
    }

    pub(super) fn placed(self, took_ms: u64) -> u64 {
        self.or(took_ms, PLACED_IN_MS)
    }

    fn spoken(self, mut spoken: Spoken) -> Spoken {
        spoken.first_after_ms = self.or(spoken.first_after_ms, SPOKEN_FROM_MS);
        let all = SPOKEN_FROM_MS + spoken.duration_ms() / SPOKEN_TIMES;
        spoken.all_after_ms = self.or(spoken.all_after_ms, all);
        spoken
    }

    fn or(self, measured: u64, assumed: u64) -> u64 {
        match self {
            Self::Measured => measured,
            Self::Assumed => assumed,
        }
    }
}

/// How somebody speaks whose voice is made of ours, in percent of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// How high.
    pub(crate) pitch: u32,
    /// How fast.
    pub(crate) pace: u32,
}

/// The models, and what was synthesized before.
pub(crate) struct Ensemble {
    detector: Box<dyn Fn() -> Box<dyn VoiceActivity>>,
    end_of_turn: Box<dyn EndOfTurn>,
    pub(crate) recognizer: Box<dyn SpeechToText>,
    synthesizer: Piper,
    /// Whoever is not us.
    guest: Piper,
    embedder: Option<Box<dyn Embedder>>,
    spoken: HashMap<String, Spoken>,
    pub(crate) pace: Pace,
}

/// A piece of our speech, and what it took to make it.
#[derive(Clone, Debug, Default)]
pub(super) struct Spoken {
    /// Mono at 16 kHz.
    pub(super) pcm: Arc<[f32]>,
    pub(super) first_after_ms: u64,
    pub(super) all_after_ms: u64,
}

impl Spoken {
    pub(super) fn duration_ms(&self) -> u64 {
        (self.pcm.len() / PER_MS) as u64
    }
}

impl Ensemble {
    pub(crate) fn load(config: &ModelsConfig) -> anyhow::Result<Self> {
        let models = Models::load(config)?;
        let vad = models.vad_model();
        Ok(Self {
            detector: Box::new(move || Box::new(vad.stream())),
            end_of_turn: Box::new(models.end_of_turn()),
            recognizer: Box::new(models.recognizer().context("the recognizer could not be started")?),
            synthesizer: models.synthesizer()?,
            guest: models.synthesizer()?,
            embedder: None,
            spoken: HashMap::new(),
            pace: Pace::Measured,
        })
    }

    /// As [`Ensemble::load`], with the model that places passages in the space of meaning, at that pace.
    pub(crate) fn whole(config: &ModelsConfig, pace: Pace) -> anyhow::Result<Self> {
        let embedder = Models::embedder(config)?;
        Ok(Self {
            embedder: Some(Box::new(embedder)),
            pace,
            ..Self::load(config)?
        })
    }

    pub(super) fn place(&mut self, text: &str) -> anyhow::Result<Option<Vec<f32>>> {
        Ok(self
            .embedder
            .as_mut()
            .map(|embedder| embedder.embed(text))
            .transpose()?)
    }

    pub(super) fn score(&mut self, pcm: &[f32]) -> anyhow::Result<f32> {
        Ok(self.end_of_turn.score(pcm)?)
    }

    /// What was synthesized is not needed again.
    pub(crate) fn forget(&mut self) {
        self.spoken.clear();
    }

    /// Somebody else says `text`: mono at 16 kHz.
    pub(crate) fn says(&mut self, text: &str, manner: Manner) -> anyhow::Result<Vec<f32>> {
        let Manner { pitch, pace } = manner;
        // What is played higher is over sooner: it is said so much slower that the pace is as wanted.
        self.guest.drawl(pitch as f32 / pace as f32);
        let mut samples = Vec::new();
        self.guest.synthesize(text, &mut |piece| {
            samples.extend_from_slice(piece);
            ControlFlow::Continue(())
        })?;
        resampled(&samples, SPEAKING_RATE_HZ / 100 * pitch)
    }

    /// A voice detector that has heard nothing.
    pub(crate) fn detector(&self) -> Box<dyn VoiceActivity> {
        (self.detector)()
    }

    /// How long the first sound of `text` takes to make.
    pub(crate) fn first_audio_ms(&mut self, text: &str) -> anyhow::Result<u64> {
        Ok(self.speak(text)?.first_after_ms)
    }

    pub(super) fn speak(&mut self, text: &str) -> anyhow::Result<Spoken> {
        if let Some(spoken) = self.spoken.get(text) {
            return Ok(spoken.clone());
        }
        let began = Instant::now();
        let (mut samples, mut first_after_ms) = (Vec::new(), 0);
        self.synthesizer.synthesize(text, &mut |piece| {
            if samples.is_empty() {
                first_after_ms = began.elapsed().as_millis() as u64;
            }
            samples.extend_from_slice(piece);
            ControlFlow::Continue(())
        })?;
        let all_after_ms = began.elapsed().as_millis() as u64;
        let pcm = resampled(&samples, SPEAKING_RATE_HZ)?;
        let spoken = self.pace.spoken(Spoken {
            pcm: pcm.into(),
            first_after_ms,
            all_after_ms,
        });
        self.spoken.insert(text.to_owned(), spoken.clone());
        Ok(spoken)
    }
}

/// Brings sound to 16 kHz.
fn resampled(samples: &[f32], from_hz: u32) -> anyhow::Result<Vec<f32>> {
    let mut pcm = Vec::new();
    let mut resampler = Resampler::new(from_hz, HEARING_RATE_HZ)?;
    resampler.push(samples, &mut pcm);
    resampler.flush(&mut pcm);
    Ok(pcm)
}

#[cfg(test)]
mod tests {
    use super::{Pace, Spoken};

    #[test]
    fn an_assumed_pace_is_the_same_however_busy_the_machine_is() {
        for took in [5, 5_000] {
            assert_eq!(Pace::Assumed.transcribed(took, 3_000), 99);
            assert_eq!((Pace::Assumed.scored(took), Pace::Measured.scored(took)), (20, took));
            let spoken = Spoken {
                first_after_ms: took,
                ..Spoken::default()
            };
            assert_eq!(Pace::Assumed.spoken(spoken).first_after_ms, 38);
        }
    }
}

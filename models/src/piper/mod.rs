//! Text to speech with a Piper voice: clauses to phonemes by espeak-ng, phonemes to sound on ONNX Runtime, a sentence at a
//! time, so that the first sound comes long before the last.

mod clauses;
mod espeak;
mod ids;
mod phonemes;
mod shape;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use colloquy_core::ports::{InferenceError, TextToSpeech};
use ort::session::Session;
use ort::value::Tensor;

use crate::error::ModelsError;
use crate::onnx::{Onnx, inference};
use clauses::{Clause, breaths};
use ids::VoiceConfig;
use phonemes::Phonemizer;
use shape::{Place, Shaper};

const MODEL: &str = "piper";

/// Samples that a sink gets at most at once: 100 ms, so that it may break off soon.
const HANDED_OVER: usize = colloquy_core::time::SPEAKING_RATE_HZ as usize / 10;

/// A loaded voice.
#[derive(Clone)]
pub(crate) struct Voice {
    session: Arc<Mutex<Session>>,
    config: Arc<VoiceConfig>,
    espeak: Arc<Path>,
}

impl Voice {
    /// `espeak` is the program, by name or path.
    pub(crate) fn load(
        onnx: &Onnx,
        path: &Path,
        config: &Path,
        espeak: &Path,
        threads: usize,
    ) -> Result<Self, ModelsError> {
        let json = fs::read(config).map_err(ModelsError::io(config))?;
        let parsed = VoiceConfig::parse(&json);
        let config = parsed.map_err(|cause| ModelsError::Load {
            model: MODEL,
            path: config.to_owned(),
            cause,
        })?;
        let session = onnx.session(MODEL, path, threads)?;
        Ok(Self {
            session: Arc::new(Mutex::new(session)),
            config: Arc::new(config),
            espeak: Arc::from(espeak),
        })
    }

    pub(crate) fn speaker(&self) -> Result<Piper, InferenceError> {
        let phonemizer = Phonemizer::new(&self.espeak, self.config.espeak_voice());
        let shaper = Shaper::new(self.config.sample_rate()).map_err(inference(MODEL))?;
        Ok(Piper {
            voice: self.clone(),
            phonemizer,
            shaper,
            length: 1.0,
        })
    }
}

/// Speaks for one thread.
pub struct Piper {
    voice: Voice,
    phonemizer: Phonemizer,
    shaper: Shaper,
    length: f32,
}

impl Piper {
    /// Makes every sound so many times as long as the voice's own from now on: 1.25 speaks slowly, 0.8 fast.
    pub fn drawl(&mut self, length: f32) {
        self.length = length;
    }

    /// Sound of one breath at the voice's own rate.
    fn sound(&mut self, ids: Vec<i64>) -> ort::Result<Vec<f32>> {
        let length = ids.len();
        let inputs = ort::inputs![
            "input" => Tensor::from_array(([1, length], ids))?,
            "input_lengths" => Tensor::from_array(([1], vec![i64::try_from(length).unwrap_or(i64::MAX)]))?,
            "scales" => Tensor::from_array(([3], self.voice.config.scales(self.length).to_vec()))?,
        ];
        let mut session = self.voice.session.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = session.run(inputs)?;
        let (_, sound) = outputs["output"].try_extract_tensor::<f32>()?;
        Ok(sound.to_vec())
    }
}

impl TextToSpeech for Piper {
    fn synthesize(
        &mut self,
        text: &str,
        sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
    ) -> Result<(), InferenceError> {
        let breaths = breaths(text);
        let clauses: Vec<&Clause> = breaths.iter().flatten().collect();
        let mut phonemes = self.phonemizer.phonemes(&clauses)?.into_iter();
        let mut place = Place::First;
        for breath in &breaths {
            let said: Vec<_> = breath
                .iter()
                .zip(phonemes.by_ref())
                .map(|(clause, said)| (said, clause.mark))
                .collect();
            let Some(ids) = self.voice.config.ids(&said) else {
                continue;
            };
            let sound = self.sound(ids).map_err(inference(MODEL))?;
            let closes = breath.last().is_some_and(|clause| clause.mark.ends_sentence());
            let sound = self.shaper.shape(&sound, place, closes).map_err(inference(MODEL))?;
            place = Place::Later;
            for part in sound.chunks(HANDED_OVER) {
                if sink(part).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

//! Smart Turn: from the sound of the last 8 s, the probability that the speaker has finished.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use colloquy_core::ports::{EndOfTurn, InferenceError};
use colloquy_core::time::HEARING_RATE_HZ;
use ort::session::Session;
use ort::value::Tensor;

use crate::error::ModelsError;
use crate::mel::{self, LogMel};
use crate::onnx::{Onnx, inference};

const MODEL: &str = "smart-turn";

/// What the model hears: 8 s.
const SAMPLES: usize = 8 * HEARING_RATE_HZ as usize;

/// Columns of its picture.
const FRAMES: usize = SAMPLES / 160;

/// The loaded model.
#[derive(Clone)]
pub(crate) struct SmartTurnModel {
    session: Arc<Mutex<Session>>,
}

impl SmartTurnModel {
    pub(crate) fn load(onnx: &Onnx, path: &Path, threads: usize) -> Result<Self, ModelsError> {
        Ok(Self {
            session: Arc::new(Mutex::new(onnx.session(MODEL, path, threads)?)),
        })
    }

    pub(crate) fn judge(&self) -> SmartTurn {
        SmartTurn {
            session: Arc::clone(&self.session),
            mel: LogMel::new(),
        }
    }
}

/// Judges turns; it keeps nothing from one call to the next.
pub struct SmartTurn {
    session: Arc<Mutex<Session>>,
    mel: LogMel,
}

impl SmartTurn {
    fn run(&self, features: Vec<f32>) -> ort::Result<Option<f32>> {
        let inputs = ort::inputs!["input_features" => Tensor::from_array(([1, mel::BANDS, FRAMES], features))?];
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = session.run(inputs)?;
        // Called logits in the file, but a sigmoid stands before it.
        let (_, probability) = outputs["logits"].try_extract_tensor::<f32>()?;
        Ok(probability.first().copied())
    }
}

impl EndOfTurn for SmartTurn {
    fn score(&mut self, pcm: &[f32]) -> Result<f32, InferenceError> {
        let heard = &pcm[pcm.len().saturating_sub(SAMPLES)..];
        let mut window = vec![0.0; SAMPLES - heard.len()];
        window.extend_from_slice(heard);
        let features = self.mel.features(&window);
        self.run(features)
            .map_err(inference(MODEL))?
            .ok_or_else(|| inference(MODEL)("it answered nothing"))
    }
}

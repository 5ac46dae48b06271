//! Silero VAD: the probability of voice in each frame of 32 ms, with a memory of one conversation.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use colloquy_core::ports::{InferenceError, VOICE_FRAME, VoiceActivity};
use colloquy_core::time::HEARING_RATE_HZ;
use ort::session::Session;
use ort::value::Tensor;

use crate::error::ModelsError;
use crate::onnx::{Onnx, inference};

const MODEL: &str = "silero";

/// Samples of the previous frame that the model sees before the current one.
const CONTEXT: usize = 64;

/// Numbers in the model's recurrent state: 2 layers of 128.
const STATE: usize = 2 * 128;

/// A frame takes less than 0.1 ms, so a second thread would only cost.
const THREADS: usize = 1;

/// The loaded model, shared by all conversations.
#[derive(Clone)]
pub struct VadModel {
    session: Arc<Mutex<Session>>,
}

impl VadModel {
    pub(crate) fn load(onnx: &Onnx, path: &Path) -> Result<Self, ModelsError> {
        Ok(Self {
            session: Arc::new(Mutex::new(onnx.session(MODEL, path, THREADS)?)),
        })
    }

    /// A detector with an empty memory, for one conversation (about 1.3 kB).
    #[must_use]
    pub fn stream(&self) -> SileroVad {
        SileroVad {
            session: Arc::clone(&self.session),
            state: vec![0.0; STATE],
            context: [0.0; CONTEXT],
        }
    }
}

/// One conversation's detector.
pub struct SileroVad {
    session: Arc<Mutex<Session>>,
    state: Vec<f32>,
    context: [f32; CONTEXT],
}

impl SileroVad {
    fn run(&mut self, frame: &[f32]) -> ort::Result<Option<f32>> {
        let input = [self.context.as_slice(), frame].concat();
        let width = input.len();
        let inputs = ort::inputs![
            "input" => Tensor::from_array(([1, width], input))?,
            "state" => Tensor::from_array(([2, 1, STATE / 2], self.state.clone()))?,
            "sr" => Tensor::from_array(([1], vec![i64::from(HEARING_RATE_HZ)]))?,
        ];
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = session.run(inputs)?;
        let (_, probability) = outputs["output"].try_extract_tensor::<f32>()?;
        let (_, state) = outputs["stateN"].try_extract_tensor::<f32>()?;
        self.state.clear();
        self.state.extend_from_slice(state);
        self.context.copy_from_slice(&frame[VOICE_FRAME - CONTEXT..]);
        Ok(probability.first().copied())
    }
}

impl VoiceActivity for SileroVad {
    fn probability(&mut self, frame: &[f32]) -> Result<f32, InferenceError> {
        if frame.len() != VOICE_FRAME {
            return Err(inference(MODEL)(format!(
                "a frame has {VOICE_FRAME} samples, not {}",
                frame.len()
            )));
        }
        let probability = self.run(frame).map_err(inference(MODEL))?;
        probability.ok_or_else(|| inference(MODEL)("it answered nothing"))
    }
}

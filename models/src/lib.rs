//! Local inference on real weights: voice activity, end of turn, speech to text, text to speech, embeddings.
//!
//! Everything here blocks and belongs on a thread of its own; the traits it implements are those of
//! [`colloquy_core::ports`]. Weights are fetched by [`weights::fetch`], pinned by hash, and loaded by [`Models::load`].
#![deny(unsafe_code)]

mod end_of_turn;
mod error;
pub mod import;
mod loaded;
mod mel;
mod minilm;
mod onnx;
mod piper;
mod vad;
pub mod weights;
#[cfg(feature = "wer")]
pub mod wer;
mod whisper;

pub use end_of_turn::SmartTurn;
pub use error::{MENDING_COMMAND, ModelsError};
pub use loaded::{Models, ModelsConfig};
pub use minilm::MiniLm;
pub use piper::Piper;
pub use vad::{SileroVad, VadModel};
pub use weights::paths::{WeightPaths, WhisperSize};
pub use whisper::{Whisper, WhisperRecognizer, Window};

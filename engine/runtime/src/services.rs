//! What every conversation shares.

use std::sync::Arc;

use colloquy_store::Store;

use crate::inference::Inference;
use crate::llm::LanguageModel;
use crate::recording::Recordings;

/// What every conversation shares.
pub struct Services {
    /// Where events are kept.
    pub store: Store,
    /// The local models.
    pub inference: Inference,
    /// The language model, if one is configured.
    pub model: Option<LanguageModel>,
    /// How long it may take to its first speakable sentence, in milliseconds.
    pub model_deadline_ms: u64,
    /// Whether answers are prepared while the end of a turn is uncertain.
    pub speculate: bool,
    /// Where sound is kept, of those who agree to it; none is where this is not.
    pub recordings: Option<Arc<Recordings>>,
    /// This server's name among several; the same one after a restart.
    pub node: String,
}

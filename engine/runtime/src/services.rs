//! What every conversation shares.

use colloquy_store::Store;

use crate::inference::Inference;
use crate::llm::LanguageModel;

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
    /// This server's name among several; the same one after a restart.
    pub node: String,
}

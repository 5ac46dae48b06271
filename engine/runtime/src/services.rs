//! What every conversation shares.

use std::sync::Arc;
use std::time::Duration;

use colloquy_store::Store;

use crate::inference::Inference;
use crate::llm::{Appraiser, LanguageModel};
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
    /// Where a language model judges answers too, while they are spoken.
    pub appraiser: Option<Appraiser>,
    /// Whether answers are prepared while the end of a turn is uncertain.
    pub speculate: bool,
    /// One that rests, or is held in writing, and in which nobody has done anything for so long is laid down: its place is
    /// for others, and its link goes on.
    pub idle_after: Duration,
    /// Where sound is kept, of those who agree to it; none is where this is not.
    pub recordings: Option<Arc<Recordings>>,
    /// This server's name among several; the same one after a restart.
    pub node: String,
}

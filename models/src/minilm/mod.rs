//! `MiniLM` sentence embeddings: the words' vectors of a BERT of six layers, averaged and brought to length one.

mod bert;
mod safetensors;

use std::path::Path;
use std::sync::Arc;

use colloquy_core::ports::{Embedder, InferenceError};
use tokenizers::{Tokenizer, TruncationParams};

use crate::error::ModelsError;
use crate::onnx::inference;
use bert::Bert;

const MODEL: &str = "minilm";

/// Tokens that are looked at, as the model was trained.
const MAX_TOKENS: usize = 256;

/// Embeds texts; clones share the weights.
#[derive(Clone)]
pub struct MiniLm {
    bert: Arc<Bert>,
    tokenizer: Arc<Tokenizer>,
}

impl MiniLm {
    /// Loads the weights (safetensors, f32) and the tokenizer (JSON).
    ///
    /// # Errors
    /// [`ModelsError::Load`] if one is not what it should be, [`ModelsError::Io`] if it cannot be read.
    pub fn load(weights: &Path, tokenizer: &Path) -> Result<Self, ModelsError> {
        let failed = |path: &Path, cause: String| ModelsError::Load {
            model: MODEL,
            path: path.to_owned(),
            cause,
        };
        let content = std::fs::read(weights).map_err(ModelsError::io(weights))?;
        let bert = Bert::load(&content).map_err(|cause| failed(weights, cause))?;
        let json = std::fs::read(tokenizer).map_err(ModelsError::io(tokenizer))?;
        let mut words = Tokenizer::from_bytes(json).map_err(|e| failed(tokenizer, e.to_string()))?;
        words.with_padding(None);
        let bound = TruncationParams {
            max_length: MAX_TOKENS,
            ..TruncationParams::default()
        };
        words
            .with_truncation(Some(bound))
            .map_err(|e| failed(tokenizer, e.to_string()))?;
        Ok(Self {
            bert: Arc::new(bert),
            tokenizer: Arc::new(words),
        })
    }
}

impl Embedder for MiniLm {
    fn embed(&mut self, text: &str) -> Result<Vec<f32>, InferenceError> {
        // The tokenizer's own error could hold the text.
        let encoding = self
            .tokenizer
            .encode(text, true)
            .map_err(|_| inference(MODEL)("the text has no tokens"))?;
        let ids: Vec<usize> = encoding.get_ids().iter().map(|id| *id as usize).collect();
        self.bert.mean_vector(&ids).map_err(inference(MODEL))
    }
}

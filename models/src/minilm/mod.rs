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

/// Tokens after which a batch is big enough: more of them are no faster, and take a few MB for each hundred.
const BATCH_TOKENS: usize = 512;

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

impl MiniLm {
    fn tokens(&self, text: &str) -> Result<Vec<usize>, InferenceError> {
        // The tokenizer's own error could hold the text.
        let encoding = self
            .tokenizer
            .encode(text, true)
            .map_err(|_| inference(MODEL)("the text has no tokens"))?;
        Ok(encoding.get_ids().iter().map(|id| *id as usize).collect())
    }
}

impl Embedder for MiniLm {
    fn embed(&mut self, text: &str) -> Result<Vec<f32>, InferenceError> {
        let mut one = self.embed_all(&[text])?;
        one.pop().ok_or_else(|| inference(MODEL)("no vector came out"))
    }

    fn embed_all(&mut self, texts: &[&str]) -> Result<Vec<Vec<f32>>, InferenceError> {
        let mut out = Vec::with_capacity(texts.len());
        let mut batch: Vec<Vec<usize>> = Vec::new();
        let mut rows = 0;
        for text in texts {
            let ids = self.tokens(text)?;
            rows += ids.len();
            batch.push(ids);
            if rows >= BATCH_TOKENS {
                out.extend(self.bert.mean_vectors(&batch).map_err(inference(MODEL))?);
                batch.clear();
                rows = 0;
            }
        }
        if !batch.is_empty() {
            out.extend(self.bert.mean_vectors(&batch).map_err(inference(MODEL))?);
        }
        Ok(out)
    }
}

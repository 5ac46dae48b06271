//! From weights on disk to engines that the runtime can run: the only place that knows both.

use std::sync::Arc;

use anyhow::Context;
use colloquy_core::insights::{BuiltIn, Coder, themes};
use colloquy_core::ports::{Embedder, SpeechToText};
use colloquy_models::{Models, ModelsConfig};
use colloquy_runtime::inference::Engines;
use colloquy_runtime::insights;

use crate::admin::LoadEmbedder;

/// What loads embeddings of texts, once somebody needs them.
#[must_use]
pub fn embedder(config: &ModelsConfig) -> LoadEmbedder {
    let config = config.clone();
    Box::new(move || Ok(Box::new(Models::embedder(&config)?) as Box<dyn Embedder>))
}

/// What analyses what was said: rules, and meaning as MiniLM places it.
#[must_use]
pub fn insights(config: &ModelsConfig) -> insights::Engine {
    let config = config.clone();
    let load = move || -> Result<Box<dyn Coder + Send>, String> {
        let embedder = Models::embedder(&config).map_err(|error| error.to_string())?;
        Ok(Box::new(BuiltIn::new(Box::new(embedder))))
    };
    insights::Engine {
        coder: BuiltIn::current(),
        load: Arc::new(Box::new(load)),
        themes,
    }
}

/// Loads and warms every model. Blocks for a second or two.
///
/// # Errors
/// Names the weight that is missing or broken and the command that mends it.
pub fn load(config: &ModelsConfig, recognizers: usize) -> anyhow::Result<Engines> {
    let models = Models::load(config)?;
    let vad = models.vad_model();
    let recognizers = (0..recognizers.max(1))
        .map(|_| models.recognizer().map(|r| Box::new(r) as Box<dyn SpeechToText>))
        .collect::<Result<Vec<_>, _>>()
        .context("a recognizer could not be started")?;
    Ok(Engines {
        recognizers,
        end_of_turn: Box::new(models.end_of_turn()),
        synthesizers: vec![Box::new(models.synthesizer()?)],
        voice: Box::new(move || Box::new(vad.stream())),
    })
}

//! From weights on disk to engines that the runtime can run: the only place that knows both.

use std::sync::Arc;

use anyhow::Context;
use colloquy_core::insights::{BuiltIn, Coder, themes};
use colloquy_core::ports::{Embedder, SpeechToText};
use colloquy_models::{Models, ModelsConfig};
use colloquy_runtime::inference::Engines;
use colloquy_runtime::insights;

use crate::admin::LoadEmbedder;

/// Loads and warms every model, and what hands out embeddings of texts to others than conversations and reads what was said, of the same weights.
/// Blocks for two or three seconds.
///
/// # Errors
/// Names the weight that is missing or broken and the command that mends it.
pub fn load(config: &ModelsConfig, recognizers: usize) -> anyhow::Result<(Engines, LoadEmbedder, insights::Engine)> {
    let models = Models::load(config)?;
    let mut meaning = Models::embedder(config)?;
    meaning.embed("Hello.")?;
    let (shared, reading) = (meaning.clone(), meaning.clone());
    let vad = models.vad_model();
    let recognizers = (0..recognizers.max(1))
        .map(|_| models.recognizer().map(|r| Box::new(r) as Box<dyn SpeechToText>))
        .collect::<Result<Vec<_>, _>>()
        .context("a recognizer could not be started")?;
    let engines = Engines {
        recognizers,
        end_of_turn: Box::new(models.end_of_turn()),
        synthesizers: vec![Box::new(models.synthesizer()?)],
        embedder: Some(Box::new(meaning)),
        voice: Box::new(move || Box::new(vad.stream())),
    };
    let embedder = move || Ok(Box::new(shared.clone()) as Box<dyn Embedder>);
    // What analyses what was said: rules, and meaning as MiniLM places it.
    let coder = move || Ok(Box::new(BuiltIn::new(Box::new(reading.clone()))) as Box<dyn Coder + Send>);
    let insights = insights::Engine {
        coder: BuiltIn::current(),
        load: Arc::new(Box::new(coder)),
        themes,
        reader: None,
    };
    Ok((engines, Box::new(embedder), insights))
}

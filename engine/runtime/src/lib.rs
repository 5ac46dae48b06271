//! The engine at work: conversation actors, threads for inference, the language model, admission and shutdown.
#![forbid(unsafe_code)]

pub mod actor;
pub mod error;
pub mod housekeeping;
pub mod inference;
pub mod insights;
pub mod lifecycle;
pub mod llm;
pub mod mail;
pub mod queue;
pub mod recording;
pub mod registry;
pub mod services;
#[cfg(feature = "testing")]
pub mod testing;

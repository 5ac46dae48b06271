//! Puts a move into words: guided phrases that are built in, the prompt for a language model, and the guard over both.

pub mod guard;
mod messages;
pub(crate) mod phrase;
pub mod prompt;
pub(crate) mod questions;
pub(crate) mod quote;
pub(crate) mod recap;
pub(crate) mod rules;
mod scene;
mod signs;

pub use guard::{Guard, Refusal, Watch};
pub(crate) use prompt::delimited;
pub use prompt::{Prompt, PromptMessage, Role};
pub use scene::Scene;

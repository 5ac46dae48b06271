//! What a session's conversations say, in claims that can be checked: every one of them leads to words that were said.
//!
//! The way is from the smallest to the largest, and never through a summary of summaries:
//! [`Interview`] (what one person was asked and answered, a fold over the events) → [`Coder`] → [`Coded`] (statements, each a
//! [`Span`] of one answer) → [`themes`] (who else says so, and who says the opposite). No text is ever made here but a theme's
//! label, and that is counted from words that several people used: what is shown to a reader is cut from the stored turns.
//!
//! [`BuiltIn`] codes by rules over words and by meaning ([`Embedder`](crate::ports::Embedder)); a language model may read too
//! ([`reading`]), and what comes of it is the same. Coding depends on one conversation alone, so that a new completion codes
//! only itself; themes are found anew over all of them, which costs no inference.

pub mod batches;
mod built_in;
pub mod gate;
mod interview;
pub mod mask;
mod meaning;
pub mod publish;
pub mod reading;
pub mod report;
mod span;
mod statement;
pub mod synthetic;
mod theme;
mod themes;

pub use built_in::BuiltIn;
pub use interview::{Answer, Asked, Interview, Participant};
pub use meaning::Meaning;
pub use span::Span;
pub use statement::{
    Carried, Claim, Coded, CoderVersion, Concreteness, Polarity, Signal, Signalled, Stance, Statement,
};
pub use theme::{Place, PolarityCounts, Theme, ThemeKind};
pub use themes::themes;

use crate::ports::InferenceError;

/// What the built-in coder learned from, and what came of it: for the tool that fits it.
pub mod learning {
    pub use super::built_in::{About, Class, Example, Head, Matter, Side, Speaks, examples, grams};
}

/// Why a conversation could not be coded.
#[derive(Debug, thiserror::Error)]
pub enum CodingError {
    /// The model that places text by meaning failed.
    #[error("placing statements by meaning: {0}")]
    Inference(#[from] InferenceError),
    /// Another engine failed; the text says how, and never what was said.
    #[error("{engine}: {cause}")]
    Engine {
        /// Which.
        engine: &'static str,
        /// Why.
        cause: String,
    },
}

/// Reads what one conversation says.
pub trait Coder {
    /// Which coder in which version: results of different ones are not mixed in a report.
    fn version(&self) -> CoderVersion;

    /// Codes `interview`. The same interview gives the same statements.
    ///
    /// # Errors
    /// [`CodingError`] where inference fails; nothing is half coded.
    fn code(&mut self, interview: &Interview) -> Result<Coded, CodingError>;

    /// Places the statements of `coded` that have no meaning yet as this coder places its own, so that those of another one find
    /// into themes with them. A coder that places nothing leaves them as they are.
    ///
    /// # Errors
    /// [`CodingError`] where inference fails.
    fn place(&mut self, _interview: &Interview, _coded: &mut Coded) -> Result<(), CodingError> {
        Ok(())
    }
}

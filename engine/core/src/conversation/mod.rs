//! The conversation: who has the floor, what was heard, what is said.

pub mod chunker;
pub mod completeness;
pub mod echo;
pub mod endpoint;
pub mod io;
pub mod latency;
pub mod session;
pub mod transcript;
pub mod utterance;
pub mod voicing;

pub use io::{Input, Notice, Output, Reason, Settings, Urgency};
pub use session::Session;

//! What the end-to-end tests share: the real server as a child process, people who talk to it, and what its log says
//! afterwards.
//!
//! - [`server`]: the `colloquy` binary, started, killed and started again; [`usage`] is what it takes
//! - [`study`]: a session and its invitations, straight into the database
//! - [`talker`]: a participant who answers with recordings or typed words; [`clips`] are the recordings
//! - [`story`]: what the database holds of a conversation
//! - [`wire`]: the bare protocol, for messages that no good client sends
//! - [`stub_models`]: models that cost nothing, for load; the program `stub-server` runs them
//! - [`llm_stub`], [`mail_server`], [`python`]: language models, a mail server, and programs that are not ours
//!
//! A failure here is a failed test, so that everything panics with what to do about it.
#![forbid(unsafe_code)]

pub mod clips;
pub mod llm_stub;
pub mod machine;
pub mod mail_server;
pub mod python;
pub mod secrecy;
pub mod server;
pub mod story;
pub mod stub_models;
pub mod talker;
pub mod usage;
pub mod wire;

pub use colloquy_store::testing::study;

/// Where the recordings are.
#[must_use]
pub fn speech_dir() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("speech")
}

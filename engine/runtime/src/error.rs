//! Why the engine refused or failed.

use colloquy_core::ports::InferenceError;
use colloquy_store::StoreError;

use crate::actor::Farewell;

/// Why a conversation broke off.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// What should have been written was not.
    #[error("the store failed: {0}")]
    Store(#[from] StoreError),
    /// The voice could not be told from silence.
    #[error("inference failed: {0}")]
    Inference(#[from] InferenceError),
    /// Nothing failed: from outside came that it must not go on here.
    #[error("the conversation is not held here any more: {0:?}")]
    LaidDown(Farewell),
}

/// Why a client may not join a conversation.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// As many conversations run as this server can serve well.
    #[error("this server holds {limit} conversations at once, and all places are taken; try again in a minute")]
    Capacity {
        /// The admission limit.
        limit: usize,
    },
    /// The server is being restarted.
    #[error("the server is being restarted; connect again in a moment")]
    Draining,
    /// There is no such conversation, or nobody consented to it.
    #[error("there is no such conversation, or consent to it is missing; open the link again")]
    Missing,
    /// It is over.
    #[error("this conversation is over")]
    Over,
    /// Another server runs it.
    #[error("this conversation is connected through another server; try again in half a minute")]
    Elsewhere,
    /// The store failed.
    #[error("the store failed: {0}")]
    Store(#[from] StoreError),
}

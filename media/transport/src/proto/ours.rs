//! What the Realtime API has no words for: how an interview goes.

use serde::{Deserialize, Serialize};

/// How the participant takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// By speaking.
    Voice,
    /// By typing.
    Text,
}

/// Why the conversation rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum PauseCause {
    /// The participant asked for it.
    Asked,
    /// Nobody answered.
    Silence,
    /// The connection was lost.
    Disconnected,
    /// The server is being restarted.
    Drain,
}

/// How the conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum EndOutcome {
    /// To its closing, or far enough.
    Completed,
    /// Before.
    EndedEarly,
    /// The person took back all of it.
    Withdrawn,
}

/// Which part of the interview it is, so that a client can show what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The interviewer introduces itself and opens the first topic.
    Welcome,
    /// Questions within the topics.
    Asking,
    /// Something was said that must not be carried alone: the help contact belongs on the screen.
    Care,
    /// What was heard is summed up, to be confirmed or corrected.
    Recap,
    /// A correction was taken.
    Correction,
    /// Thanks, and the end.
    Closing,
}

/// The way from the last voiced sample received to the first audible one sent, in milliseconds that sum to the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct LatencyParts {
    /// Silence until the turn was taken to be over.
    pub endpoint_wait: u32,
    /// Transcription after that.
    pub stt_tail: u32,
    /// Planning.
    pub plan: u32,
    /// Until the language model's first token.
    pub llm_first_token: u32,
    /// Until its first speakable piece.
    pub chunk_wait: u32,
    /// Until the first synthesized sample.
    pub tts_first_audio: u32,
    /// Until that sample was handed to the transport.
    pub send: u32,
}

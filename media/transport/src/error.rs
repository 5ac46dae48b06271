//! Every way in which a client can be wrong, or we can be unable.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorType {
    /// The client's: the same message will fail again.
    InvalidRequestError,
    /// Ours: trying again may help.
    ServerError,
}

/// What went wrong, as a name that clients can rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Not JSON.
    InvalidJson,
    /// JSON, but a field is missing or has a value that it cannot have.
    InvalidEvent,
    /// No such event.
    UnknownEvent,
    /// The event exists, but not in an interview.
    UnsupportedEvent,
    /// The item is of a kind that an interview has no use for.
    UnsupportedItem,
    /// A binary message.
    BinaryMessage,
    /// A message over the limit that is not audio.
    MessageTooLarge,
    /// Audio that is not base64, or half a sample.
    BadAudio,
    /// More audio in one message than is taken.
    AudioTooLarge,
    /// Audio faster than real time.
    AudioTooFast,
    /// Empty or overlong text.
    BadText,
    /// Instructions, tools or a prompt of the client's own.
    InstructionsNotAllowed,
    /// An audio format that is not spoken here.
    UnsupportedFormat,
    /// Another connection goes on with this conversation.
    ConversationTakenOver,
    /// It is still connected through another server, which gives it back within half a minute.
    Elsewhere,
    /// Nobody has said or written anything for a long time; the same link goes on.
    Idle,
    /// The conversation is over.
    ConversationEnded,
    /// No free place for another conversation.
    Capacity,
    /// Nothing is heard before consent.
    ConsentRequired,
    /// The link was taken back.
    LinkRevoked,
    /// Too many wrong messages in a row.
    TooManyErrors,
    /// The server is being restarted.
    Draining,
    /// Something broke on our side.
    Internal,
}

impl ErrorCode {
    /// Whose fault this is.
    #[must_use]
    pub fn kind(self) -> ErrorType {
        match self {
            Self::Capacity | Self::Elsewhere | Self::Draining | Self::Internal => ErrorType::ServerError,
            _ => ErrorType::InvalidRequestError,
        }
    }
}

/// An error as a client is told it. It never quotes what a person said or typed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error, ts_rs::TS)]
#[error("{message}")]
pub struct ProtocolError {
    /// Whose fault it is.
    #[serde(rename = "type")]
    pub kind: ErrorType,
    /// What went wrong.
    pub code: ErrorCode,
    /// What happened and what to do.
    pub message: Cow<'static, str>,
    /// The field that is wrong, such as `session.audio.input.format`.
    pub param: Option<Cow<'static, str>>,
    /// The `event_id` that the client gave to the event that failed.
    pub event_id: Option<String>,
}

impl ProtocolError {
    /// An error with a code and a message that says what happened and what to do.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind: code.kind(),
            code,
            message: message.into(),
            param: None,
            event_id: None,
        }
    }

    /// Names the field that is wrong.
    #[must_use]
    pub fn at(mut self, param: &'static str) -> Self {
        self.param = Some(Cow::Borrowed(param));
        self
    }

    /// Names the client's event that failed.
    #[must_use]
    pub fn about(mut self, event_id: Option<String>) -> Self {
        self.event_id = event_id;
        self
    }
}

impl fmt::Debug for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The event id is the client's own text and has no place in a log.
        write!(f, "{:?}: {}", self.code, self.message)
    }
}

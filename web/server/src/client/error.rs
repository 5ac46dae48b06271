//! What can go wrong on the participant's side. Every message says what happened and what to do.

use std::path::PathBuf;

/// Why there is no conversation.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Not a participant's link. The link itself is not repeated: whoever has it can speak in that person's name.
    #[error("this is no participant link ({why}); it looks like http://HOST:PORT/i/TOKEN")]
    Link {
        /// What is wrong with it.
        why: String,
    },
    /// Nobody answers there, or the connection broke.
    #[error("{host} cannot be reached ({why}); is the server running there?")]
    Unreachable {
        /// Host and port.
        host: String,
        /// What the network said.
        why: String,
    },
    /// The server said no.
    #[error("the server refused ({status}, {code}): {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The server's name for it, such as `consent_required`.
        code: String,
        /// The server's words.
        message: String,
    },
    /// The server said something that this client does not understand.
    #[error("the server's answer cannot be read ({why}); are client and server of the same version?")]
    Unreadable {
        /// What is wrong with it.
        why: String,
    },
    /// The link admits nobody now.
    #[error("this link is {state}: {advice}")]
    NotUsable {
        /// As the server names it.
        state: String,
        /// What the person can do.
        advice: &'static str,
    },
    /// The conversation was begun in the other mode.
    #[error("this conversation was begun by {begun}, and goes on so; answer with {with}")]
    OtherMode {
        /// `voice` or `text`.
        begun: &'static str,
        /// The option to use.
        with: &'static str,
    },
    /// A file that is no audio.
    #[error("{path}: {why}; give a WAV or FLAC file")]
    Audio {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Encryption could not be set up.
    #[error(
        "TLS cannot be set up ({why}); a self-signed certificate is believed with --ca FILE, any with --insecure-tls; others need the \
         ca-certificates package"
    )]
    Tls {
        /// What rustls said.
        why: String,
    },
    /// No call over WebRTC came up.
    #[error("no call came up ({why}); the WebSocket works where UDP is blocked")]
    NoCall {
        /// What the stack said.
        why: String,
    },
    /// The connection is over.
    #[error("the connection is closed")]
    Closed,
    /// The server did not come back.
    #[error("the server was not back within {seconds} s: {last}")]
    GaveUp {
        /// How long was waited.
        seconds: u64,
        /// What happened last.
        last: Box<ClientError>,
    },
}

impl ClientError {
    /// Whether trying again in a moment may help.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::NoCall { .. } | Self::Closed => true,
            Self::Refused { status, .. } => *status == 429 || *status >= 500,
            _ => false,
        }
    }
}

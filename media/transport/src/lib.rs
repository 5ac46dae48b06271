//! How a participant's device and the engine talk: the OpenAI Realtime API, and what carries it: a WebSocket, or WebRTC.
//!
//! - [`proto`]: the vocabulary, event by event; what is ours is named `colloquy.*`
//! - [`error`]: every way in which a client can be wrong, each with a code and what to do
//! - [`codec`]: base64 of PCM16 or G.711 to samples and back
//! - [`connection`]: what a client's message means, and how an event becomes a message; no socket, no clock
//! - [`websocket`]: the socket around it
//! - [`mod@webrtc`]: the same over a data channel, with sound as Opus over RTP
//!
//! Nothing here knows a conversation: it hands over [`Incoming`] and takes [`Outgoing`].
#![forbid(unsafe_code)]

pub mod codec;
pub mod connection;
pub mod error;
pub mod proto;
mod reader;
pub mod webrtc;
pub mod websocket;

pub use connection::{Connection, Encoder, Incoming, Outgoing, Received, Reply};
pub use error::{ErrorCode, ProtocolError};
pub use proto::{ClientEvent, Numbered, PersonalText, ServerEvent};
pub use reader::MAX_ERRORS_IN_A_ROW;
pub use websocket::{Ended, drive};

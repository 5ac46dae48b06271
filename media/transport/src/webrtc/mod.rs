//! A call over WebRTC: voice as Opus over RTP, and the same JSON events as over the WebSocket on the data channel
//! [`EVENTS`]. One UDP port serves all calls.
//!
//! An [`Endpoint`] answers an offer with a [`Call`]; that comes up, or does not in time, and is then
//! [driven](Call::drive) like a socket. Each idea has its file:
//!
//! - [`sdp`]: what is read in an offer and written into an answer
//! - [`demux`], [`port`]: whose datagram this is, and a socket for each call that is none
//! - [`ear`], [`mouth`]: packets to sound, and sound to packets
//! - [`endpoint`], [`call`], [`speaker`]: the server's side; [`peer`]: the client's, for the terminal, the bench and tests
//! - [`stack`], [`runtime`]: what both ask of the WebRTC stack, and what it runs on; [`handshake`]: what it would lose
//!
//! What a client can do wrong ends in an [`OfferError`], in an `error` event, or in a call that is closed: a connection that
//! does not come up within [`CONNECT_WITHIN`] is freed, so is one whose client has not proved for
//! [`DEAD_AFTER`] to be there, by sound or messages that could be decrypted or by a signed connectivity check. What a stranger
//! sends keeps no call alive and takes no address.

mod call;
mod demux;
mod ear;
mod endpoint;
mod handshake;
mod mouth;
mod peer;
mod port;
#[cfg(any(test, feature = "testing"))]
pub mod relay;
mod runtime;
mod sdp;
mod speaker;
mod stack;

pub use call::{CONNECT_WITHIN, Call, DEAD_AFTER, NotConnected};
pub use endpoint::{AnswerError, Endpoint, EndpointOptions};
pub use peer::{Happened, Peer, PeerChannel, PeerError, PeerVoice, Ringing};
pub use sdp::{MAX_OFFER_BYTES, OfferError};

/// The data channel that carries events, as clients of the Realtime API name it.
pub const EVENTS: &str = "oai-events";

#[cfg(test)]
mod tests;

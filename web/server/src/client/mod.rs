//! The participant's side of a conversation, for the terminal, the bench and tests: what the browser page does, without
//! a browser.
//!
//! - [`link`]: a personal link and the addresses that follow from it
//! - [`participant`]: what the link is for, consent, the secret, connecting and coming back
//! - [`trust`]: whose word is taken that a server is the one it says
//! - [`line`]: what carries a call, a WebSocket or WebRTC
//! - [`call`]: one connection: events with the time they came, and a microphone in real time
//! - [`sound`], [`recording`]: bytes, files and where speech ends in them
//! - [`ear`]: when what came was heard
//! - [`turns`]: when it is our turn to speak
//! - [`interview`]: these together, over reconnects
//! - [`meter`]: what is measured of each answer

pub mod call;
pub mod ear;
pub mod error;
pub mod interview;
pub mod line;
pub mod link;
pub mod meter;
pub mod participant;
pub mod recording;
pub mod sound;
pub mod trust;
pub mod turns;

mod socket;
#[cfg(test)]
pub(crate) mod testing;

pub use call::{Call, Moment, Speech, What};
pub use error::ClientError;
pub use interview::{Interview, Step};
pub use line::Carrier;
pub use link::Link;
pub use meter::{Answer, Meter};
pub use participant::{Invitation, Participant};
pub use recording::{Recording, samples_of, voiced_level};
pub use trust::Trust;

//! The vocabulary of the OpenAI Realtime API (its general availability form of 2025), as far as an interview uses it,
//! and our own events beside it.
//!
//! Both directions serialize and deserialize, so that servers and clients, and their tests, share it. What a person
//! said is [`PersonalText`] throughout, and therefore shows in no log.

mod client;
mod item;
mod ours;
mod personal;
mod response;
mod server;
mod session;
#[cfg(test)]
mod wire_check;

pub use client::{ClientEvent, ClientSession, Control, EncodedAudio, NewItem, NewPart, ResponseParams, parse};
pub use item::{Item, ItemStatus, Part, Role};
pub use ours::{EndOutcome, LatencyParts, Mode, PauseCause, Stage};
pub use personal::PersonalText;
pub use response::{CancelReason, ContentPart, Response, ResponseStatus, StatusDetails, TranscriptionUsage};
pub use server::{Numbered, ServerEvent};
pub use session::{AudioFormat, Modality, SessionView};

//! The conversation as a machine without IO.
//!
//! Nothing here asks the clock, opens a socket, or draws a random number: time and the answers of
//! models come in as [`conversation::Input`], and what is to be done goes out as
//! [`conversation::Output`]. A whole interview can therefore be driven by a script on a manual
//! clock, and a recorded one can be replayed to the same decisions.
#![forbid(unsafe_code)]

pub mod conversation;
pub mod event;
pub mod guide;
pub mod id;
pub mod insights;
pub mod interviewer;
pub mod pii;
pub mod planner;
pub mod ports;
pub mod report_card;
pub mod simulation;
pub mod time;

//! Replays of recorded turns through the real conversation core and real models, on a manual clock.

pub mod recordings;
pub mod replay;

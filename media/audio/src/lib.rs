//! Audio between a transport and the engine: sample formats, resampling, and the two clocks of a call.
//!
//! Everything here is pure: no runtime, no clock, no socket. Time comes in as the [`std::time::Duration`] that
//! really passed, so that a whole call with a bad network runs in a test in milliseconds.
//!
//! - [`frame`]: bytes of PCM16 and samples in [-1, 1]
//! - [`g711`]: the telephone's two logarithmic codes
//! - [`resample`]: any rate to any rate, in chunks of any size
//! - [`clock`]: what arrives in bursts goes on as one frame for each real 20 ms
//! - [`level`]: which frames are silence, for the clock
//! - [`opus`], [`jitter`]: WebRTC's codec, and packets that were lost, late or out of order
//! - [`tape`]: speech as it is kept, in files
//! - [`pacer`]: what was synthesized in bursts is sent in real time, and it is known what was heard
#![forbid(unsafe_code)]

pub mod clock;
pub mod error;
pub mod frame;
pub mod g711;
pub mod jitter;
pub mod level;
pub mod opus;
pub mod pacer;
pub mod resample;
pub mod tape;

#[cfg(test)]
mod netem;

pub use clock::{Frame, InputClock, InputStats};
pub use error::AudioError;
pub use jitter::{JitterBuffer, JitterStats, Piece};
pub use pacer::{Finished, Gaps, OutFrame, Pacer, Played, Tick};
pub use resample::Resampler;

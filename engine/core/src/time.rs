//! Conversation time: milliseconds of received audio, not wall clock.
//!
//! The jitter buffer emits 20 ms of audio for each real 20 ms, so the two run alike; but a
//! replayed recording behaves like the live call, and time spent paused does not exist.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

/// A point in a conversation's time, in milliseconds since its start, paused time left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ms(pub u64);

/// Samples a second of everything that a recognizer hears.
pub const HEARING_RATE_HZ: u32 = 16_000;

/// Samples a second of everything that the interviewer says, before the transport's own rate.
pub const SPEAKING_RATE_HZ: u32 = 24_000;

impl Ms {
    /// The start of a conversation.
    pub const ZERO: Self = Self(0);

    /// Milliseconds from `earlier` to here; 0 where `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<u64> for Ms {
    type Output = Self;
    fn add(self, ms: u64) -> Self {
        Self(self.0 + ms)
    }
}

impl AddAssign<u64> for Ms {
    fn add_assign(&mut self, ms: u64) {
        self.0 += ms;
    }
}

impl Sub<u64> for Ms {
    type Output = Self;
    fn sub(self, ms: u64) -> Self {
        Self(self.0.saturating_sub(ms))
    }
}

impl fmt::Display for Ms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}s", self.0 / 1000, self.0 % 1000)
    }
}

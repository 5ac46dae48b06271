//! Packets of a network that loses, delays, repeats and reorders them, back in order and with the holes measured.
//!
//! This half knows sequence numbers, the [`InputClock`](crate::InputClock) behind it knows time: a packet that is in its
//! place goes on at once, and the clock makes of what comes exactly one frame for each real 20 ms. So a good network costs
//! no delay at all, a bad one costs what it needs, and speech that is late is heard late and not lost.
//!
//! **A hole** is waited for, because what is missing may only have been overtaken. How long adapts: a packet that came
//! after it was given up raises it to what would have been enough, and quiet times lower it again. What does not come is
//! made up from the next packet (see [`opus::Decoder::recover`](crate::opus::Decoder::recover)), but for no longer than
//! [`CONCEAL_MS`]: beyond that a guess is no speech, and the clock has long filled the time.
//!
//! **No hole** is where the sequence goes on and only the timestamp jumps: the sender was quiet (DTX), and sent nothing.
//!
//! **Bounded.** At most [`HELD_PACKETS`] wait. A packet far from all others is a sender that began anew if the next one
//! follows it, and else junk.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::opus::{RTP_FRAME, RTP_RATE_HZ};

/// A hole is waited for at first so long: two packets more, which is what most reordering needs.
const WAIT_FIRST: Duration = Duration::from_millis(40);
/// At least so long: one packet more.
const WAIT_MIN: Duration = Duration::from_millis(20);
/// At most so long: what comes later than this is worth less than the delay.
const WAIT_MAX: Duration = Duration::from_millis(120);
/// What is added to what would have been enough.
const WAIT_SPARE: Duration = Duration::from_millis(5);
/// After so long without a late packet the wait gets shorter,
const RELAX_AFTER: Duration = Duration::from_secs(5);
/// by so much.
const RELAX_BY: Duration = Duration::from_millis(10);
/// A hole is made up for at most so many milliseconds: two guesses and one copy.
pub const CONCEAL_MS: u32 = 60;
/// Packets that may wait behind a hole: over a second.
pub const HELD_PACKETS: usize = 64;
/// Numbers that were given up and are remembered, to learn from those that come late.
const GIVEN_UP: usize = 64;
/// A number this far ahead or behind is of another stream (RFC 3550, appendix A.1).
const FAR: i64 = 3_000;

/// A packet in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<P> {
    /// RTP timestamp units that were lost right before it and are to be made up for.
    pub lost: u32,
    /// What it carries.
    pub payload: P,
}

/// What came, in packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JitterStats {
    /// In time.
    pub received: u64,
    /// Given up.
    pub lost: u64,
    /// After they were given up.
    pub late: u64,
    /// More than once.
    pub duplicate: u64,
    /// Far from all others.
    pub strange: u64,
}

/// Puts packets back in order. See the module for how. `P` is what they carry.
#[derive(Debug)]
pub struct JitterBuffer<P> {
    /// By unwrapped sequence number.
    held: BTreeMap<i64, Held<P>>,
    /// The number that is due next, and where the last piece ended in RTP time; none before the first packet.
    due: Option<(i64, Ended)>,
    wait: Duration,
    /// When something last came late, or the wait was made shorter.
    strict_since: Duration,
    given_up: VecDeque<(i64, Duration)>,
    /// The number that follows a packet far from all others.
    stranger: Option<u16>,
    stats: JitterStats,
}

#[derive(Debug)]
struct Held<P> {
    arrived: Duration,
    timestamp: u32,
    duration: u32,
    payload: P,
}

#[derive(Clone, Copy, Debug)]
struct Ended {
    timestamp: u32,
    /// How long the last packet was.
    duration: u32,
}

impl<P> Default for JitterBuffer<P> {
    fn default() -> Self {
        Self {
            held: BTreeMap::new(),
            due: None,
            wait: WAIT_FIRST,
            strict_since: Duration::ZERO,
            given_up: VecDeque::new(),
            stranger: None,
            stats: JitterStats::default(),
        }
    }
}

impl<P> JitterBuffer<P> {
    /// Takes a packet that arrived at `now` (since any fixed moment, never going back): its sequence number, RTP timestamp
    /// and duration (in RTP timestamp units), and what it carries. Then call [`poll`](Self::poll) until it gives none.
    pub fn push(&mut self, now: Duration, sequence: u16, timestamp: u32, duration: u32, payload: P) {
        let held = Held {
            arrived: now,
            timestamp,
            duration,
            payload,
        };
        let Some((due, _)) = self.due else {
            self.begin(now, sequence, held);
            return;
        };
        let number = unwrapped(sequence, due);
        if (number - due).abs() > FAR {
            self.strange(now, sequence, held);
            return;
        }
        self.stranger = None;
        if number < due {
            self.missed(now, number);
        } else if self.held.contains_key(&number) {
            self.stats.duplicate += 1;
        } else {
            self.stats.received += 1;
            self.held.insert(number, held);
        }
    }

    /// The next packet whose turn it is at `now`, if there is one.
    pub fn poll(&mut self, now: Duration) -> Option<Piece<P>> {
        self.relax(now);
        let (due, ended) = self.due?;
        let &first = self.held.keys().next()?;
        if first > due && self.held.len() <= HELD_PACKETS && now < self.give_up_at()? {
            return None;
        }
        let held = self.held.remove(&first)?;
        for number in due..first {
            self.stats.lost += 1;
            self.given_up.push_back((number, now));
        }
        let surplus = self.given_up.len().saturating_sub(GIVEN_UP);
        self.given_up.drain(..surplus);
        let lost = lost(first - due, ended, held.timestamp);
        let ended = Ended {
            timestamp: held.timestamp.wrapping_add(held.duration),
            duration: held.duration,
        };
        self.due = Some((first + 1, ended));
        Some(Piece {
            lost,
            payload: held.payload,
        })
    }

    /// When [`poll`](Self::poll) will give up on what is missing, if something is waited for.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        let (due, _) = self.due?;
        self.held.keys().next().filter(|first| **first > due)?;
        self.give_up_at()
    }

    /// How long a hole is waited for at present.
    #[must_use]
    pub fn wait(&self) -> Duration {
        self.wait
    }

    /// What came so far.
    #[must_use]
    pub fn stats(&self) -> JitterStats {
        self.stats
    }

    /// The hole is known since the first packet behind it came.
    fn give_up_at(&self) -> Option<Duration> {
        self.held
            .values()
            .map(|held| held.arrived)
            .min()
            .map(|at| at + self.wait)
    }

    fn begin(&mut self, now: Duration, sequence: u16, held: Held<P>) {
        let ended = Ended {
            timestamp: held.timestamp,
            duration: held.duration,
        };
        // Room below, so that numbers stay positive.
        let number = i64::from(sequence) + (1 << 32);
        self.held.clear();
        self.given_up.clear();
        self.stranger = None;
        self.due = Some((number, ended));
        self.strict_since = now;
        self.stats.received += 1;
        self.held.insert(number, held);
    }

    fn strange(&mut self, now: Duration, sequence: u16, held: Held<P>) {
        if self.stranger == Some(sequence) {
            self.begin(now, sequence, held);
        } else {
            self.stats.strange += 1;
            self.stranger = Some(sequence.wrapping_add(1));
        }
    }

    /// A packet came whose turn has passed: if it was given up, the wait was too short.
    fn missed(&mut self, now: Duration, number: i64) {
        let Some(at) = self.given_up.iter().position(|(given_up, _)| *given_up == number) else {
            self.stats.duplicate += 1;
            return;
        };
        if let Some((_, gave_up)) = self.given_up.remove(at) {
            let enough = self.wait + now.saturating_sub(gave_up) + WAIT_SPARE;
            self.wait = enough.min(WAIT_MAX);
            self.strict_since = now;
            self.stats.lost -= 1;
            self.stats.late += 1;
        }
    }

    fn relax(&mut self, now: Duration) {
        if now.saturating_sub(self.strict_since) >= RELAX_AFTER && self.wait > WAIT_MIN {
            self.wait = self.wait.saturating_sub(RELAX_BY).max(WAIT_MIN);
            self.strict_since = now;
        }
    }
}

/// The number nearest to `due` that ends in `sequence`.
fn unwrapped(sequence: u16, due: i64) -> i64 {
    due + i64::from(sequence.wrapping_sub(due as u16) as i16)
}

/// RTP timestamp units to make up for, where `packets` are missing and the next one begins at `timestamp`.
fn lost(packets: i64, ended: Ended, timestamp: u32) -> u32 {
    let gap = timestamp.wrapping_sub(ended.timestamp);
    if packets <= 0 || gap > u32::MAX / 2 {
        return 0;
    }
    // The sender may have been quiet for a part of the gap.
    let most = u32::try_from(packets)
        .unwrap_or(u32::MAX)
        .saturating_mul(ended.duration.max(RTP_FRAME));
    gap.min(most).min(CONCEAL_MS * (RTP_RATE_HZ / 1_000))
}

#[cfg(test)]
mod tests;

//! The clock of what we hear: audio arrives in bursts, and goes on as exactly one frame for each real 20 ms.
//!
//! Conversation time is counted in these frames, so there must be neither more nor fewer of them than time passes:
//! where nothing has come (the client sends nothing while it is quiet, or the network hangs) the frame is silence.
//!
//! **Smoothness.** There is no fixed cushion: it would be waited for at the end of every answer. A frame is passed on as soon
//! as it is whole and due; while audio flows it may be [`LATE_MS`] late before silence takes its place, so that a client whose
//! clock beats just after ours is not always a frame behind. Where the network is later than that in the middle of a word a
//! silent frame goes out, the late audio then waits behind it, and from there on there is a cushion of just that length.
//!
//! **No growing delay.** How long the frame that was most nearly late waited in the last second is what nobody needed. Where it
//! exceeds the cushion that this network needs, or nothing would come later than [`LATE_MS`] without it, it is cut out of
//! silence, and only there: a frame is dropped if it, the two after it (as far
//! as they have come) and the [`KEEP_PAUSE_MS`] before it are silent. Speech is never dropped or squeezed, so a person who talks through a
//! hanging network is heard late, but whole, and in the next pause we are up to date again. Where a cut was followed by a
//! frame that came late, the next ones leave 20 ms more, up to [`CUSHION_MS`]; where none does for [`CALM_FRAMES`], 20 ms less.
//!
//! **Bounded.** At most [`MAX_BACKLOG_MS`] wait. What comes beyond it is refused and counted: that is a client
//! which sends a file as fast as it can, and not a microphone.

use std::collections::VecDeque;
use std::time::Duration;

use crate::error::AudioError;
use crate::frame::{FRAME_MS, samples_per_frame, samples_to_ms};
use crate::level::{NoiseFloor, rms};

/// What may wait at most, in milliseconds. A network that hangs for longer than this loses the connection anyway.
pub const MAX_BACKLOG_MS: u32 = 10_000;
/// The backlog that stays for smoothness at most, in milliseconds: the usual burst of a browser is 20 to 60.
pub const CUSHION_MS: u32 = 60;
/// How long after it is due a frame is waited for while audio flows, in milliseconds: timers on a busy machine are late by
/// as much.
pub const LATE_MS: u32 = 10;
/// After so many frames in which none came late, two minutes, the network is tried with less.
const CALM_FRAMES: u32 = 6_000;
/// A cut leaves so much of [`LATE_MS`], in milliseconds.
const SPARED_MS: u32 = 2;
/// How much of a pause is kept before silence is cut, in milliseconds: the end of a turn is judged from 120 on.
pub const KEEP_PAUSE_MS: u32 = 160;
/// How long a backlog must not have been needed, in milliseconds, at least; at most it is twice that.
const UNNEEDED_FOR_MS: u32 = 600;
/// Silent frames that must follow one that is cut, as far as they have come: no soft beginning of a word is touched.
const LOOK_AHEAD_FRAMES: usize = 2;
/// After so many milliseconds without anything new a rest that fills no frame is given out.
const STRANDED_MS: u32 = 100;

/// One frame of what is heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame<'a> {
    /// 20 ms of mono samples in [-1, 1].
    pub samples: &'a [f32],
    /// Whether it was received; else it is silence because nothing had come.
    pub received: bool,
}

/// What the clock did, in frames of 20 ms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InputStats {
    /// Frames that were received and passed on.
    pub received: u64,
    /// Frames of silence because nothing had come.
    pub filled: u64,
    /// Frames of silence that were cut to catch up.
    pub cut: u64,
    /// Samples that were refused because they came faster than real time.
    pub refused_samples: u64,
}

/// Takes audio as it arrives and gives it out in real time. See the module for how.
#[derive(Debug)]
pub struct InputClock {
    rate_hz: u32,
    backlog: VecDeque<f32>,
    frame: Vec<f32>,
    /// Real time that was not yet given out as frames.
    due: Duration,
    floor: NoiseFloor,
    low_water: LowWater,
    /// What was due when the last samples came.
    due_at_push: Duration,
    silent_frames: u32,
    starved_frames: u32,
    /// The frame before was received.
    flows: bool,
    /// The backlog that this network needs, in frames.
    cushion: usize,
    /// Frames since one came late.
    calm_frames: u32,
    stats: InputStats,
}

impl InputClock {
    /// A clock for mono audio at `rate_hz`, a multiple of 50 (16,000 for everything that is heard).
    #[must_use]
    pub fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            backlog: VecDeque::new(),
            frame: vec![0.0; samples_per_frame(rate_hz)],
            due: Duration::ZERO,
            floor: NoiseFloor::default(),
            low_water: LowWater::default(),
            due_at_push: Duration::ZERO,
            silent_frames: 0,
            starved_frames: 0,
            flows: false,
            cushion: 0,
            calm_frames: 0,
            stats: InputStats::default(),
        }
    }

    /// Takes samples that arrived, however many. [`advance`](Self::advance) comes before, so that it is known when.
    ///
    /// # Errors
    /// [`AudioError::TooFast`] where they would not fit into [`MAX_BACKLOG_MS`]; then none of them is taken.
    pub fn push(&mut self, samples: &[f32]) -> Result<(), AudioError> {
        let waiting = self.backlog.len();
        if samples_to_ms(waiting + samples.len(), self.rate_hz) > MAX_BACKLOG_MS {
            self.stats.refused_samples += samples.len() as u64;
            return Err(AudioError::TooFast {
                backlog_ms: samples_to_ms(waiting, self.rate_hz),
                refused_ms: samples_to_ms(samples.len(), self.rate_hz),
            });
        }
        if !samples.is_empty() {
            self.starved_frames = 0;
            self.due_at_push = self.due;
        }
        self.backlog.extend(samples);
        Ok(())
    }

    /// Lets real time pass; then call [`next_frame`](Self::next_frame) until it gives none.
    pub fn advance(&mut self, elapsed: Duration) {
        self.due += elapsed;
    }

    /// The next frame that is due, if one is.
    pub fn next_frame(&mut self) -> Option<Frame<'_>> {
        const FRAME: Duration = Duration::from_millis(FRAME_MS as u64);
        const LATEST: Duration = Duration::from_millis((FRAME_MS + LATE_MS) as u64);
        let left = self.due.checked_sub(FRAME)?;
        self.catch_up();
        let whole = self.backlog.len() >= self.frame.len();
        if self.flows && !whole && self.due < LATEST {
            return None;
        }
        self.due = left;
        let stranded = !self.backlog.is_empty() && self.starved_frames * FRAME_MS >= STRANDED_MS;
        let received = whole || stranded;
        if received {
            self.take();
            self.calm_frames += 1;
            if self.calm_frames >= CALM_FRAMES {
                (self.calm_frames, self.cushion) = (0, self.cushion.saturating_sub(1));
            }
        } else {
            if self.flows {
                let needed = self.cushion + usize::from(self.stats.cut > 0);
                (self.calm_frames, self.cushion) = (0, needed.min((CUSHION_MS / FRAME_MS) as usize));
            }
            self.frame.fill(0.0);
            self.silent_frames += 1;
            self.starved_frames += 1;
            self.stats.filled += 1;
            if self.backlog.is_empty() {
                // What a burst needed once is not kept for the whole conversation.
                self.backlog.shrink_to(self.frame.len() * 10);
            }
        }
        self.flows = received;
        // So much later could the last samples have come: the time since they did, and what waits behind this frame.
        let waited = FRAME.saturating_sub(self.due_at_push).as_millis() as u32;
        self.low_water
            .note(if received { self.backlog_ms() + waited } else { 0 });
        // What was due then is given out; samples that come before the next are early by all of a frame.
        self.due_at_push = self.due_at_push.saturating_sub(FRAME);
        Some(Frame {
            samples: &self.frame,
            received,
        })
    }

    /// Real time that is not given out yet: less than a frame, and up to [`LATE_MS`] more while one is waited for.
    #[must_use]
    pub fn due(&self) -> Duration {
        self.due
    }

    /// Milliseconds that wait to be heard.
    #[must_use]
    pub fn backlog_ms(&self) -> u32 {
        samples_to_ms(self.backlog.len(), self.rate_hz)
    }

    /// Forgets what waits: the client cleared its buffer.
    pub fn clear(&mut self) {
        self.backlog.clear();
        self.low_water = LowWater::default();
    }

    /// What was done so far.
    #[must_use]
    pub fn stats(&self) -> InputStats {
        self.stats
    }

    fn take(&mut self) {
        let count = self.frame.len().min(self.backlog.len());
        for (to, from) in self.frame.iter_mut().zip(self.backlog.drain(..count)) {
            *to = from;
        }
        self.frame[count..].fill(0.0);
        let level = rms(&self.frame);
        self.silent_frames = if self.floor.is_silence(level) {
            self.silent_frames + 1
        } else {
            0
        };
        self.floor.learn(level);
        self.stats.received += 1;
    }

    /// Cuts silence while there is more backlog than anybody needs.
    fn catch_up(&mut self) {
        let size = self.frame.len();
        let needed = self.cushion as u32 * FRAME_MS + FRAME_MS - LATE_MS + SPARED_MS;
        while self.silent_frames * FRAME_MS >= KEEP_PAUSE_MS
            && self.low_water.ms() >= needed
            && self.backlog.len() >= size
            && (0..=LOOK_AHEAD_FRAMES).all(|ahead| self.is_silent(ahead * size..(ahead + 1) * size))
        {
            self.backlog.drain(..size);
            self.low_water.lower(FRAME_MS);
            self.stats.cut += 1;
        }
    }

    fn is_silent(&self, range: std::ops::Range<usize>) -> bool {
        let range = range.start.min(self.backlog.len())..range.end.min(self.backlog.len());
        let count = range.len().max(1) as f32;
        let energy: f32 = self.backlog.range(range).map(|s| s * s).sum();
        self.floor.is_silence((energy / count).sqrt())
    }
}

/// How long the frame that was most nearly late waited, in the last one to two windows, in milliseconds.
#[derive(Debug)]
struct LowWater {
    before: u32,
    now: u32,
    frames: u32,
}

impl Default for LowWater {
    fn default() -> Self {
        // Nothing is known to be unneeded until a whole window has been seen.
        Self {
            before: 0,
            now: u32::MAX,
            frames: 0,
        }
    }
}

impl LowWater {
    fn note(&mut self, waited_ms: u32) {
        self.now = self.now.min(waited_ms);
        self.frames += 1;
        if self.frames * FRAME_MS >= UNNEEDED_FOR_MS {
            *self = Self {
                before: self.now,
                now: u32::MAX,
                frames: 0,
            };
        }
    }

    fn ms(&self) -> u32 {
        self.before.min(self.now)
    }

    fn lower(&mut self, by: u32) {
        self.before = self.before.saturating_sub(by);
        if self.now != u32::MAX {
            self.now = self.now.saturating_sub(by);
        }
    }
}

#[cfg(test)]
mod tests;

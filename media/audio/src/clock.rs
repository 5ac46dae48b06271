//! The clock of what we hear: audio arrives in bursts, and goes on as exactly one frame for each real 20 ms.
//!
//! Conversation time is counted in these frames, so there must be neither more nor fewer of them than time passes:
//! where nothing has come (the client sends nothing while it is quiet, or the network hangs) the frame is silence.
//!
//! **Smoothness.** There is no fixed cushion: it would be waited for at the end of every answer. The first frame is
//! passed on as soon as it is whole. Where the network is late in the middle of a word a silent frame goes out, the late
//! audio then waits behind it, and from there on there is a cushion of just that length.
//!
//! **No growing delay.** The smallest backlog of the last second is what nobody needed. What of it exceeds
//! [`CUSHION_MS`] is cut out of silence, and only there: a frame is dropped if it, the two after it and
//! the [`KEEP_PAUSE_MS`] before it are silent. Speech is never dropped or squeezed, so a person who talks through a
//! hanging network is heard late, but whole, and in the next pause we are up to date again.
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
/// The backlog that stays for smoothness, in milliseconds: the usual burst of a browser is 20 to 60.
pub const CUSHION_MS: u32 = 60;
/// How much of a pause is kept before silence is cut, in milliseconds: the end of a turn is judged from 120 on.
pub const KEEP_PAUSE_MS: u32 = 160;
/// How long a backlog must not have been needed, in milliseconds, at least; at most it is twice that.
const UNNEEDED_FOR_MS: u32 = 600;
/// Silent frames that must follow one that is cut, so that no soft beginning of a word is touched.
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
    silent_frames: u32,
    starved_frames: u32,
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
            silent_frames: 0,
            starved_frames: 0,
            stats: InputStats::default(),
        }
    }

    /// Takes samples that arrived, however many.
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
        self.due = self.due.checked_sub(FRAME)?;
        self.catch_up();
        let whole = self.backlog.len() >= self.frame.len();
        let stranded = !self.backlog.is_empty() && self.starved_frames * FRAME_MS >= STRANDED_MS;
        let received = whole || stranded;
        if received {
            self.take();
        } else {
            self.frame.fill(0.0);
            self.silent_frames += 1;
            self.starved_frames += 1;
            self.stats.filled += 1;
            if self.backlog.is_empty() {
                // What a burst needed once is not kept for the whole conversation.
                self.backlog.shrink_to(self.frame.len() * 10);
            }
        }
        self.low_water.note(self.backlog.len());
        Some(Frame {
            samples: &self.frame,
            received,
        })
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
        let cushion = size * (CUSHION_MS / FRAME_MS) as usize;
        while self.silent_frames * FRAME_MS >= KEEP_PAUSE_MS
            && self.low_water.samples() >= cushion + size
            && (0..=LOOK_AHEAD_FRAMES).all(|ahead| self.is_silent(ahead * size..(ahead + 1) * size))
        {
            self.backlog.drain(..size);
            self.low_water.lower(size);
            self.stats.cut += 1;
        }
    }

    fn is_silent(&self, range: std::ops::Range<usize>) -> bool {
        if range.end > self.backlog.len() {
            return false;
        }
        let count = range.len() as f32;
        let energy: f32 = self.backlog.range(range).map(|s| s * s).sum();
        self.floor.is_silence((energy / count).sqrt())
    }
}

/// The smallest backlog of the last one to two windows, in samples.
#[derive(Debug)]
struct LowWater {
    before: usize,
    now: usize,
    frames: u32,
}

impl Default for LowWater {
    fn default() -> Self {
        // Nothing is known to be unneeded until a whole window has been seen.
        Self {
            before: 0,
            now: usize::MAX,
            frames: 0,
        }
    }
}

impl LowWater {
    fn note(&mut self, backlog: usize) {
        self.now = self.now.min(backlog);
        self.frames += 1;
        if self.frames * FRAME_MS >= UNNEEDED_FOR_MS {
            *self = Self {
                before: self.now,
                now: usize::MAX,
                frames: 0,
            };
        }
    }

    fn samples(&self) -> usize {
        self.before.min(self.now)
    }

    fn lower(&mut self, by: usize) {
        self.before = self.before.saturating_sub(by);
        if self.now != usize::MAX {
            self.now = self.now.saturating_sub(by);
        }
    }
}

#[cfg(test)]
mod tests;

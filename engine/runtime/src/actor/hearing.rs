//! What a conversation keeps of the participant's voice: the last half minute, found by time.

use std::collections::VecDeque;

use colloquy_core::ports::VOICE_FRAME;
use colloquy_core::time::{HEARING_RATE_HZ, Ms};

/// Samples a millisecond.
const PER_MS: u64 = HEARING_RATE_HZ as u64 / 1000;
/// The longest stretch that is ever asked for is 20 s, and a little for what waits in queues.
const KEPT_SAMPLES: usize = 28 * HEARING_RATE_HZ as usize;
/// The end-of-turn model hears no more than this.
const JUDGED_MS: u64 = 8_000;

/// A window of audio that moves with conversation time.
#[derive(Debug)]
pub(super) struct Hearing {
    kept: VecDeque<f32>,
    /// Conversation time of the end of the window, in samples.
    end: u64,
    /// Samples of the window's end that the voice detector has not seen.
    unseen: usize,
}

impl Hearing {
    /// An empty window at `now`.
    pub(super) fn at(now: Ms) -> Self {
        Self {
            kept: VecDeque::new(),
            end: now.0 * PER_MS,
            unseen: 0,
        }
    }

    /// Conversation time up to which was heard.
    pub(super) fn now(&self) -> Ms {
        Ms(self.end / PER_MS)
    }

    /// Takes what came next.
    pub(super) fn push(&mut self, samples: &[f32]) {
        self.kept.extend(samples);
        self.end += samples.len() as u64;
        self.unseen += samples.len();
        let surplus = self.kept.len().saturating_sub(KEPT_SAMPLES);
        self.kept.drain(..surplus);
    }

    /// The next frame for the voice detector and the time of its end.
    pub(super) fn next_frame(&mut self) -> Option<(Ms, [f32; VOICE_FRAME])> {
        if self.unseen < VOICE_FRAME || self.kept.len() < self.unseen {
            return None;
        }
        let start = self.kept.len() - self.unseen;
        let mut frame = [0.0; VOICE_FRAME];
        for (to, from) in frame.iter_mut().zip(self.kept.range(start..start + VOICE_FRAME)) {
            *to = *from;
        }
        self.unseen -= VOICE_FRAME;
        Some((Ms((self.end - self.unseen as u64) / PER_MS), frame))
    }

    /// The audio between two moments, as far as it is kept.
    pub(super) fn stretch(&self, from: Ms, to: Ms) -> Vec<f32> {
        let oldest = self.end - self.kept.len() as u64;
        let start = (from.0 * PER_MS).clamp(oldest, self.end) - oldest;
        let end = (to.0 * PER_MS).clamp(oldest, self.end) - oldest;
        self.kept
            .range(start as usize..end.max(start) as usize)
            .copied()
            .collect()
    }

    /// The turn that began at `from`, up to now, as the end-of-turn model wants it.
    pub(super) fn turn(&self, from: Ms) -> Vec<f32> {
        let now = self.now();
        self.stretch(from.max(now - JUDGED_MS), now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_found_by_time_and_the_window_is_bounded() {
        let mut hearing = Hearing::at(Ms(1_000));
        for second in 0..40 {
            hearing.push(&vec![second as f32; 16_000]);
        }
        assert_eq!(hearing.now(), Ms(41_000));
        let stretch = hearing.stretch(Ms(39_500), Ms(40_500));
        assert_eq!((stretch.len(), stretch[0], stretch[15_999]), (16_000, 38.0, 39.0));
        assert_eq!(hearing.stretch(Ms(0), Ms(41_000)).len(), KEPT_SAMPLES);
        assert_eq!(hearing.turn(Ms(20_000)).len(), 8 * 16_000);
    }

    #[test]
    fn frames_follow_each_other_without_gap() {
        let mut hearing = Hearing::at(Ms::ZERO);
        let samples: Vec<f32> = (0..1_600).map(|n| n as f32).collect();
        hearing.push(&samples);
        let frames: Vec<(Ms, f32)> = std::iter::from_fn(|| hearing.next_frame())
            .map(|(at, frame)| (at, frame[0]))
            .collect();
        assert_eq!(frames, [(Ms(32), 0.0), (Ms(64), 512.0), (Ms(96), 1_024.0)]);
    }
}

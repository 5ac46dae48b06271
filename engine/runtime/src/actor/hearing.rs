//! What a conversation keeps of the participant's voice: the last half minute, found by time.

use std::collections::VecDeque;

use colloquy_audio::frame::{from_i16, to_i16};
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
    /// As 16 bits: half a minute for each conversation is what its memory is made of.
    kept: VecDeque<i16>,
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
        self.kept.extend(samples.iter().map(|sample| to_i16(*sample)));
        self.end += samples.len() as u64;
        self.unseen += samples.len();
        let surplus = self.kept.len().saturating_sub(KEPT_SAMPLES);
        self.kept.drain(..surplus);
        // After a stall more may come at once than is kept.
        self.unseen = self.unseen.min(self.kept.len());
    }

    /// The next frame for the voice detector and the time of its end.
    pub(super) fn next_frame(&mut self) -> Option<(Ms, [f32; VOICE_FRAME])> {
        if self.unseen < VOICE_FRAME {
            return None;
        }
        let start = self.kept.len() - self.unseen;
        let mut frame = [0.0; VOICE_FRAME];
        for (to, from) in frame.iter_mut().zip(self.kept.range(start..start + VOICE_FRAME)) {
            *to = from_i16(*from);
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
            .map(|sample| from_i16(*sample))
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
            hearing.push(&vec![second as f32 / 64.0; 16_000]);
        }
        assert_eq!(hearing.now(), Ms(41_000));
        let stretch = hearing.stretch(Ms(39_500), Ms(40_500));
        assert_eq!(
            (stretch.len(), stretch[0], stretch[15_999]),
            (16_000, 38.0 / 64.0, 39.0 / 64.0)
        );
        assert_eq!(hearing.stretch(Ms(0), Ms(41_000)).len(), KEPT_SAMPLES);
        assert_eq!(hearing.turn(Ms(20_000)).len(), 8 * 16_000);
    }

    #[test]
    fn frames_follow_each_other_without_gap() {
        let mut hearing = Hearing::at(Ms::ZERO);
        let samples: Vec<f32> = (0..1_600).map(|n| n as f32 / 2_048.0).collect();
        hearing.push(&samples);
        let frames: Vec<(Ms, f32)> = std::iter::from_fn(|| hearing.next_frame())
            .map(|(at, frame)| (at, frame[0]))
            .collect();
        assert_eq!(frames, [(Ms(32), 0.0), (Ms(64), 0.25), (Ms(96), 0.5)]);
    }

    #[test]
    fn after_more_than_is_kept_came_at_once_what_follows_is_heard() {
        let mut hearing = Hearing::at(Ms::ZERO);
        hearing.push(&vec![0.5; 40 * 16_000]);
        while hearing.next_frame().is_some() {}
        hearing.push(&[0.25; VOICE_FRAME]);
        let (at, frame) = hearing.next_frame().expect("a frame");
        assert!(at > Ms(40_000) && frame.last() == Some(&0.25), "{at}");
    }
}

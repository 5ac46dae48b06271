//! From probabilities of speech to "somebody speaks": hysteresis beside the model, not in it.

use crate::time::Ms;

/// Length of a frame in milliseconds.
pub const FRAME_MS: u64 = 32;
/// A frame above this counts towards a start (the voice model's own recommendation).
pub const START_PROBABILITY: f32 = 0.5;
/// Speech goes on while frames stay above this.
pub const STAY_PROBABILITY: f32 = 0.35;
/// Voiced frames in a row that make a start: three frames; a click or a cough's onset is shorter.
pub const START_MS: u64 = 96;

/// What a frame changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Speech began at this moment.
    Started(Ms),
    /// The first frame without voice; its start.
    Fell(Ms),
}

/// Who is speaking, as far as sound tells.
#[derive(Clone, Debug, Default)]
pub struct Voicing {
    rising_since: Option<Ms>,
    speaking: bool,
    started: Ms,
    voiced_until: Ms,
    voiced_ms: u64,
}

impl Voicing {
    /// Takes a frame that ends at `now`.
    pub fn frame(&mut self, now: Ms, probability: f32) -> Option<Change> {
        let frame_start = now - FRAME_MS;
        if self.speaking {
            if probability >= STAY_PROBABILITY {
                self.voiced_until = now;
                self.voiced_ms += FRAME_MS;
                return None;
            }
            self.speaking = false;
            self.rising_since = None;
            return Some(Change::Fell(frame_start));
        }
        if probability < START_PROBABILITY {
            self.rising_since = None;
            return None;
        }
        let since = *self.rising_since.get_or_insert(frame_start);
        if now.since(since) < START_MS {
            return None;
        }
        self.speaking = true;
        self.started = since;
        self.voiced_until = now;
        self.voiced_ms = now.since(since);
        self.rising_since = None;
        Some(Change::Started(since))
    }

    /// Whether the last frame belonged to speech.
    #[must_use]
    pub fn speaking(&self) -> bool {
        self.speaking
    }

    /// Whether a voice may be about to start: the last frame was voiced, but too few were.
    #[must_use]
    pub fn rising(&self) -> bool {
        self.rising_since.is_some()
    }

    /// End of the last voiced frame.
    #[must_use]
    pub fn voiced_until(&self) -> Ms {
        self.voiced_until
    }

    /// Voiced time of the present or last stretch of speech.
    #[must_use]
    pub fn voiced_ms(&self) -> u64 {
        self.voiced_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(probabilities: &[f32]) -> (Voicing, Vec<Change>) {
        let mut voicing = Voicing::default();
        let mut now = Ms::ZERO;
        let mut changes = Vec::new();
        for &p in probabilities {
            now += FRAME_MS;
            changes.extend(voicing.frame(now, p));
        }
        (voicing, changes)
    }

    #[test]
    fn two_loud_frames_are_a_click_three_are_speech() {
        assert!(run(&[0.9, 0.9, 0.1, 0.9, 0.9, 0.1]).1.is_empty());
        assert_eq!(run(&[0.1, 0.9, 0.9, 0.9]).1, [Change::Started(Ms(32))]);
    }

    #[test]
    fn speech_survives_a_weak_frame_and_ends_with_a_silent_one() {
        let (voicing, changes) = run(&[0.9, 0.9, 0.9, 0.4, 0.9, 0.2]);
        assert_eq!(changes, [Change::Started(Ms(0)), Change::Fell(Ms(160))]);
        assert_eq!(voicing.voiced_until(), Ms(160));
        assert_eq!(voicing.voiced_ms(), 160);
    }
}

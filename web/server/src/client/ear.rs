//! When what came was heard.
//!
//! Sound comes faster than it is played. A browser plays it without a gap from the moment the first of it came, and so
//! is it reckoned here.

use std::time::{Duration, Instant};

use super::sound::RATE_HZ;

/// Follows playback by the length of what came.
#[derive(Debug, Default)]
pub struct Ear {
    plays_until: Option<Instant>,
    item: Option<String>,
    /// Samples of the item that came.
    item_samples: usize,
}

/// What was not heard to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The item.
    pub item_id: String,
    /// How much of it was heard.
    pub heard_ms: u64,
}

impl Ear {
    /// Takes sound that came at `at`, and says when its first sample is heard.
    pub fn take(&mut self, at: Instant, item_id: &str, samples: usize) -> Instant {
        if self.item.as_deref() != Some(item_id) {
            self.item = Some(item_id.to_owned());
            self.item_samples = 0;
        }
        self.item_samples += samples;
        let from = self.plays_until.map_or(at, |until| until.max(at));
        self.plays_until = Some(from + length(samples));
        from
    }

    /// When all that came until now will have been heard; `None` before any.
    #[must_use]
    pub fn heard_at(&self) -> Option<Instant> {
        self.plays_until
    }

    /// Drops what was not heard at `at`; `None` where all was.
    pub fn flush(&mut self, at: Instant) -> Option<Cut> {
        let left = self
            .plays_until?
            .checked_duration_since(at)
            .filter(|left| !left.is_zero())?;
        self.plays_until = Some(at);
        let heard_ms = length(self.item_samples).saturating_sub(left).as_millis() as u64;
        Some(Cut {
            item_id: self.item.take()?,
            heard_ms,
        })
    }
}

fn length(samples: usize) -> Duration {
    Duration::from_nanos(samples as u64 * 1_000_000_000 / u64::from(RATE_HZ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: usize = RATE_HZ as usize;

    #[test]
    fn what_comes_at_once_is_heard_one_after_the_other() {
        let (mut ear, t) = (Ear::default(), Instant::now());
        assert_eq!(ear.heard_at(), None);
        assert_eq!(ear.take(t, "a", SECOND), t);
        assert_eq!(ear.take(t, "a", SECOND), t + Duration::from_secs(1));
        // After a gap playback begins anew.
        let later = t + Duration::from_secs(5);
        assert_eq!(ear.take(later, "b", SECOND), later);
        assert_eq!(ear.heard_at(), Some(later + Duration::from_secs(1)));
    }

    #[test]
    fn a_cut_says_how_much_of_the_item_was_heard() {
        let (mut ear, t) = (Ear::default(), Instant::now());
        ear.take(t, "a", SECOND);
        let b = t + Duration::from_secs(1);
        ear.take(b, "b", 2 * SECOND);
        let cut = ear.flush(b + Duration::from_millis(500)).unwrap();
        assert_eq!(
            cut,
            Cut {
                item_id: "b".into(),
                heard_ms: 500
            }
        );
        assert_eq!(ear.heard_at(), Some(b + Duration::from_millis(500)));
        assert_eq!(ear.flush(b + Duration::from_millis(600)), None);
    }
}

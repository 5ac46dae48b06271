//! How the interview's time is shared out, and when there is no more of it.

use crate::guide::{Guide, Priority};

/// What opening and closing take of the length, in milliseconds.
const FRAME_MS: u64 = 90_000;
/// The closing's half of it: a recap, its answer and a farewell.
pub(crate) const CLOSING_MS: u64 = 45_000;
/// The least that opening a topic is worth: a question and an answer.
pub(crate) const SLOT_MS: u64 = 30_000;
/// Percent of its budget after which a topic is left.
const OVERTIME_PERCENT: u64 = 120;

/// A topic's weight in the sharing of time.
fn weight(priority: Priority) -> u64 {
    match priority {
        Priority::High => 3,
        Priority::Medium => 2,
        Priority::Low => 1,
    }
}

/// How many probes a topic gets at most.
pub(crate) fn max_probes(priority: Priority) -> usize {
    match priority {
        Priority::High => 5,
        Priority::Medium => 3,
        Priority::Low => 1,
    }
}

/// Milliseconds for each topic of `guide`, in its order: (length − 90 s) × w / Σw.
pub(crate) fn shares(guide: &Guide) -> Vec<u64> {
    let talk = length(guide).saturating_sub(FRAME_MS);
    let all: u64 = guide.topics.iter().map(|t| weight(t.priority)).sum::<u64>().max(1);
    guide.topics.iter().map(|t| talk * weight(t.priority) / all).collect()
}

/// Whether a topic with this budget has had its time.
pub(crate) fn is_over(used_ms: u64, budget_ms: u64) -> bool {
    used_ms * 100 >= budget_ms * OVERTIME_PERCENT
}

/// The planned length in milliseconds.
pub(crate) fn length(guide: &Guide) -> u64 {
    u64::from(guide.length_min) * 60_000
}

/// The moment when ordinary topics make room for the closing.
pub(crate) fn soft_end(guide: &Guide) -> u64 {
    length(guide).saturating_sub(CLOSING_MS)
}

/// The last moment at which a high topic may still be opened, so that the closing is reached within the length and a tenth.
pub(crate) fn hard_end(guide: &Guide) -> u64 {
    (length(guide) * 11 / 10).saturating_sub(CLOSING_MS + SLOT_MS)
}

#[cfg(test)]
mod tests {
    use super::{hard_end, is_over, shares, soft_end};
    use crate::guide::Priority::{High, Low, Medium};
    use crate::planner::testing::guide;

    #[test]
    fn time_is_shared_by_priority() {
        assert_eq!(shares(&guide(15, &[High, Medium, Low])), [405_000, 270_000, 135_000]);
        assert!(is_over(120, 100) && !is_over(119, 100));
    }

    #[test]
    fn the_ends_leave_room_for_the_closing() {
        let guide = guide(10, &[High]);
        assert_eq!(soft_end(&guide), 555_000);
        assert_eq!(hard_end(&guide), 585_000);
    }
}

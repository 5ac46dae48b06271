//! When a turn is over: what the voice says, what the words say, and how patient we should be.
//!
//! A model of the voice is asked again and again while the silence lasts. The surer it is, the less
//! silence is needed; words that cannot be an end ask for more of it, words that read like a whole
//! answer for less. Every number here was chosen on `../shared/speech/eot.jsonl`; see ARCHITECTURE.md.

use crate::planner::Patience;

use super::completeness::Ending;

/// Silence before the voice is judged for the first time.
pub const FIRST_SCORE_MS: u64 = 120;
/// Silence between two judgements.
pub const SCORE_EVERY_MS: u64 = 100;
/// Silence after which the words so far are transcribed and an answer is prepared.
pub const SOFT_END_MS: u64 = 160;
/// A voice less sure than this does not make us prepare an answer.
pub const SPECULATE_FROM: f32 = 0.5;
/// After "let me think" the floor is held for so long.
pub const HOLD_MS: u64 = 10_000;

/// (silence in ms, probability that suffices), for words that could go either way.
const SUFFICES: [(u64, f32); 5] = [(450, 0.97), (700, 0.93), (1_200, 0.8), (1_800, 0.5), (2_400, 0.25)];
/// Silence that ends a turn whatever the voice says.
const ALWAYS_MS: u64 = 3_000;
/// Words that cannot end like this add so much to every silence.
const HANGING_EXTRA_MS: u64 = 900;
/// Words that read like a whole sentence take so much off every silence.
const WHOLE_LESS_MS: u64 = 100;
/// Where nothing was understood, wait a little more: it may have been a breath.
const UNKNOWN_EXTRA_MS: u64 = 300;

/// What is known in a silence.
#[derive(Clone, Copy, Debug)]
pub struct Silence {
    /// The newest probability that the turn is over; `None` before the first judgement.
    pub probability: Option<f32>,
    /// How the words end.
    pub ending: Ending,
    /// How patient to be.
    pub patience: Patience,
}

/// The silence in milliseconds after which the turn is over, as things look now.
#[must_use]
pub fn needed_ms(silence: Silence) -> u64 {
    if silence.patience == Patience::Holding {
        return HOLD_MS;
    }
    let base = silence
        .probability
        .and_then(|p| SUFFICES.iter().find(|(_, enough)| p >= *enough))
        .map_or(ALWAYS_MS, |(ms, _)| *ms);
    let worded = match silence.ending {
        Ending::Unknown => base + UNKNOWN_EXTRA_MS,
        Ending::Hanging => base + HANGING_EXTRA_MS,
        Ending::Open => base,
        Ending::Whole => base.saturating_sub(WHOLE_LESS_MS),
    };
    match silence.patience {
        Patience::Brisk => worded * 4 / 5,
        Patience::Normal | Patience::Holding => worded,
        Patience::Generous => worded * 5 / 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needed(probability: f32, ending: Ending, patience: Patience) -> u64 {
        needed_ms(Silence {
            probability: Some(probability),
            ending,
            patience,
        })
    }

    #[test]
    fn the_surer_the_voice_the_shorter_the_wait() {
        let waits: Vec<u64> = [0.99, 0.95, 0.85, 0.6, 0.3, 0.1]
            .map(|p| needed(p, Ending::Open, Patience::Normal))
            .to_vec();
        assert!(waits.is_sorted() && waits[0] < waits[5], "{waits:?}");
    }

    #[test]
    fn words_that_cannot_end_outweigh_a_sure_voice() {
        assert!(needed(0.99, Ending::Hanging, Patience::Normal) > needed(0.85, Ending::Whole, Patience::Normal));
    }

    #[test]
    fn a_story_gets_longer_than_a_yes() {
        assert!(needed(0.9, Ending::Open, Patience::Generous) > needed(0.9, Ending::Open, Patience::Brisk));
    }

    #[test]
    fn a_moment_to_think_is_ten_seconds() {
        assert_eq!(needed(0.99, Ending::Whole, Patience::Holding), HOLD_MS);
    }

    #[test]
    fn a_silent_model_never_keeps_the_turn_for_ever() {
        assert_eq!(
            needed_ms(Silence {
                probability: None,
                ending: Ending::Open,
                patience: Patience::Normal
            }),
            ALWAYS_MS
        );
    }
}

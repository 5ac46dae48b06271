//! When a turn is over: what the voice says, what the words say, and how patient we should be.
//!
//! A model of the voice is asked again and again while the silence lasts. The surer it is, the less
//! silence is needed; words that cannot be an end ask for more of it, words that read like a whole
//! answer for less. Where both say that it is over nothing else that was tried tells a pause from an end (ARCHITECTURE.md has
//! the figures), except what the person has done before: who paused and went on will do so again.

use crate::planner::Patience;

use super::completeness::Ending;

/// Silence before the voice is judged for the first time.
pub const FIRST_SCORE_MS: u64 = 120;
/// Silence between two judgements.
pub const SCORE_EVERY_MS: u64 = 100;
/// Silence after which the words so far are transcribed and an answer is prepared: three frames. What is shorter lies inside
/// words; with four, an answer to a sure voice would be ready only after its turn is over.
pub const SOFT_END_MS: u64 = 96;
/// A voice less sure than this does not make us prepare an answer.
pub const SPECULATE_FROM: f32 = 0.5;
/// After "let me think" the floor is held for so long.
pub const HOLD_MS: u64 = 10_000;

/// A voice at least this sure …
const SURE: [f32; 3] = [0.95, 0.8, 0.5];
/// … ends a turn after so many milliseconds of silence; the last is for any other voice.
const SILENCE_MS: [u64; 4] = [480, 820, 1_000, 1_300];
/// So much more where the words could go either way, or are not known yet.
const OPEN_MS: u64 = 100;
/// So much more where nothing was understood: it may have been a breath.
const UNKNOWN_MS: u64 = 200;
/// So much more where the words cannot end like this.
const HANGING_MS: u64 = 700;
/// Who has said so little may only be beginning ("Well, yes.") …
const BEGINNING_MS: u64 = 2_400;
/// … and gets so much more. Half of the longer pauses inside a turn lie in its first seconds, and few ends do.
const BEGUN_MS: u64 = 400;
/// Who has paused for so long in this turn, and went on …
const PAUSER_MS: u64 = 400;
/// … is waited for so much longer than that, …
const OWN_PAUSE_MORE_MS: u64 = 200;
/// … but for a pause of their own no longer than this.
const OWN_PAUSE_MOST_MS: u64 = 1_200;
/// A story or a sensitive matter gets so much more, where there is doubt.
const GENEROUS_MS: u64 = 150;
/// Each time that the person went on after we had taken the turn, we wait so much longer in the same turn.
const REOPENED_MS: u64 = 400;

/// What is known in a silence.
#[derive(Clone, Copy, Debug)]
pub struct Silence {
    /// The newest probability that the turn is over; `None` before the first judgement.
    pub probability: Option<f32>,
    /// How the words end.
    pub ending: Ending,
    /// How long the turn has lasted before this silence, in milliseconds.
    pub spoken_ms: u64,
    /// The longest pause in the turn before this silence that could have been its end, in milliseconds; 0 where there was none.
    pub paused_ms: u64,
    /// How patient to be.
    pub patience: Patience,
    /// How often this turn was taken and had to be given back.
    pub reopened: u32,
}

/// The silence in milliseconds after which the turn is over, as things look now.
#[must_use]
pub fn needed_ms(silence: Silence) -> u64 {
    if silence.patience == Patience::Holding {
        return HOLD_MS;
    }
    let sure = silence
        .probability
        .and_then(|p| SURE.iter().position(|enough| p >= *enough))
        .unwrap_or(SURE.len());
    let words = match silence.ending {
        Ending::Whole => 0,
        Ending::Open => OPEN_MS,
        Ending::Unknown => UNKNOWN_MS,
        Ending::Hanging => HANGING_MS,
    };
    let begun = if silence.spoken_ms < BEGINNING_MS { BEGUN_MS } else { 0 };
    let own = if silence.paused_ms >= PAUSER_MS {
        (silence.paused_ms + OWN_PAUSE_MORE_MS).min(OWN_PAUSE_MOST_MS)
    } else {
        0
    };
    let base = (SILENCE_MS[sure] + words + REOPENED_MS * u64::from(silence.reopened)).max(own);
    match silence.patience {
        // A yes is short; but nobody's is over sooner than a sure voice says.
        Patience::Brisk => (base * 4 / 5).max(SILENCE_MS[0]),
        Patience::Normal | Patience::Holding => base + begun,
        // A story gets more time where there is doubt; a whole sentence in a sure voice leaves none.
        Patience::Generous if sure == 0 && words == 0 => base + begun,
        Patience::Generous => base + begun + GENEROUS_MS,
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
            spoken_ms: 10_000,
            paused_ms: 0,
            reopened: 0,
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
        assert!(needed(0.99, Ending::Hanging, Patience::Normal) > needed(0.75, Ending::Whole, Patience::Normal));
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
        let silence = Silence {
            probability: None,
            ending: Ending::Open,
            patience: Patience::Normal,
            spoken_ms: 10_000,
            paused_ms: 0,
            reopened: 0,
        };
        assert_eq!(needed_ms(silence), SILENCE_MS[3] + OPEN_MS);
    }

    #[test]
    fn who_has_only_begun_is_waited_for_longer_unless_a_yes_was_asked_for() {
        let after = |spoken_ms, patience| {
            needed_ms(Silence {
                probability: Some(0.99),
                ending: Ending::Whole,
                patience,
                spoken_ms,
                paused_ms: 0,
                reopened: 0,
            })
        };
        assert_eq!(
            after(1_500, Patience::Normal),
            after(9_000, Patience::Normal) + BEGUN_MS
        );
        assert_eq!(after(1_500, Patience::Brisk), after(9_000, Patience::Brisk));
    }

    #[test]
    fn who_pauses_at_length_is_given_such_a_pause_again_and_no_more_than_others_where_we_wait_longer_anyway() {
        let after = |paused_ms, probability| {
            needed_ms(Silence {
                probability: Some(probability),
                ending: Ending::Whole,
                patience: Patience::Normal,
                spoken_ms: 10_000,
                paused_ms,
                reopened: 0,
            })
        };
        assert_eq!(after(PAUSER_MS - 1, 0.99), SILENCE_MS[0]);
        assert_eq!(after(600, 0.99), 600 + OWN_PAUSE_MORE_MS);
        assert_eq!(after(5_000, 0.99), OWN_PAUSE_MOST_MS);
        assert_eq!(after(600, 0.1), SILENCE_MS[3]);
    }

    #[test]
    fn who_was_cut_short_is_waited_for_longer() {
        let silence = |reopened| Silence {
            probability: Some(0.99),
            ending: Ending::Whole,
            patience: Patience::Normal,
            spoken_ms: 10_000,
            paused_ms: 0,
            reopened,
        };
        assert_eq!(needed_ms(silence(2)), needed_ms(silence(0)) + 2 * REOPENED_MS);
    }
}

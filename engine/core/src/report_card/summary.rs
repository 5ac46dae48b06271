//! Many report cards as one: shares, means, and the outliers.

use serde::{Deserialize, Serialize};

use super::{Recap, ReportCard, share};

/// Report cards taken together. Shares are in [0, 1].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// How many conversations.
    pub conversations: u32,
    /// Turns of ours that ask one thing, of those that ask.
    pub single: f64,
    /// Questions that are open.
    pub open: f64,
    /// Questions of at most 30 words.
    pub short: f64,
    /// Words a question.
    pub words_per_question: f64,
    /// Our share of the words.
    pub our_words: Mean,
    /// Questions that were asked before.
    pub repeated: u32,
    /// Questions that lead.
    pub leading: u32,
    /// Follow-ups that carry the person's words.
    pub in_their_words: f64,
    /// Conversations in which every high topic was reached.
    pub all_high: f64,
    /// The sum over topics of |actual − planned share|.
    pub time_deviation: Mean,
    /// Times that we took the floor too early, a conversation.
    pub interruptions: Mean,
    /// The conversations' 95th percentile of the latency in milliseconds, where it was measured.
    pub latency_p95_ms: Mean,
    /// Recaps that were confirmed or corrected, of those that were given.
    pub recap_answered: f64,
    /// Answers that called for care.
    pub concerns: u32,
    /// Those that were met with it.
    pub concerns_handled: u32,
    /// Conversations that took more than their length and a tenth.
    pub ran_over: u32,
    /// Conversations that have not ended.
    pub open_ended: u32,
    /// Length in percent of what was planned.
    pub length_percent: Mean,
}

/// A mean, and where its ends lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// The smallest.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

impl Mean {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let (mut count, mut sum) = (0.0, 0.0);
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values {
            count += 1.0;
            sum += value;
            least = least.min(value);
            most = most.max(value);
        }
        if count == 0.0 {
            return Self::default();
        }
        Self {
            mean: sum / count,
            least,
            most,
        }
    }
}

impl Summary {
    /// Takes `cards` together.
    #[must_use]
    pub fn of<'a>(cards: impl IntoIterator<Item = &'a ReportCard>) -> Self {
        let cards: Vec<&ReportCard> = cards.into_iter().collect();
        let sum = |of: fn(&ReportCard) -> u32| cards.iter().map(|c| of(c)).sum::<u32>();
        let mean = |of: fn(&ReportCard) -> f64| Mean::of(cards.iter().map(|c| of(c)));
        let number = |of: fn(&ReportCard) -> bool| cards.iter().filter(|c| of(c)).count() as u32;
        let conversations = cards.len() as u32;
        let asked = sum(|c| c.questions.asked);
        let all_high = number(|c| {
            let (reached, high) = c.high_reached();
            reached == high
        });
        Self {
            conversations,
            single: share(sum(|c| c.questions.single), sum(|c| c.questions.turns)),
            open: share(sum(|c| c.questions.open), asked),
            short: 1.0 - share(sum(|c| c.questions.long), asked),
            words_per_question: share(sum(|c| c.questions.words), asked),
            our_words: mean(ReportCard::our_share),
            repeated: sum(|c| c.questions.repeated),
            leading: sum(|c| c.questions.leading),
            in_their_words: share(sum(|c| c.follow_ups_in_their_words), sum(|c| c.follow_ups)),
            all_high: share(all_high, conversations),
            time_deviation: mean(ReportCard::time_deviation),
            interruptions: mean(|c| f64::from(c.interruptions)),
            latency_p95_ms: Mean::of(cards.iter().filter_map(|c| c.latency).map(|l| f64::from(l.p95_ms))),
            recap_answered: share(
                number(|c| matches!(c.recap, Recap::Confirmed | Recap::Corrected)),
                number(|c| c.recap != Recap::None),
            ),
            concerns: sum(|c| c.concerns),
            concerns_handled: sum(|c| c.concerns_handled),
            ran_over: number(ReportCard::ran_over),
            open_ended: number(|c| c.outcome.is_none()),
            length_percent: mean(|c| 100.0 * c.length_ms as f64 / c.planned_ms.max(1) as f64),
        }
    }
}

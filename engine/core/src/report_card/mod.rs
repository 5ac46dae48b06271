//! How good an interview was, told from its events alone: the same log gives the same card.

mod course;
mod notes;
mod speech;
mod summary;

use serde::{Deserialize, Serialize};

use crate::event::{Outcome, Recorded};
use crate::guide::{Guide, Priority};
use crate::id::TopicId;
use crate::planner::{Plan, Planner};

pub use course::standing;
pub use notes::Note;
pub use summary::{Mean, Summary};

/// The marks of one conversation. Counts where a share would hide how few there were; [`Summary`] makes shares of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReportCard {
    /// What we asked, and how.
    pub questions: Questions,
    /// Words that we spoke.
    pub our_words: u32,
    /// Words that the participant spoke.
    pub their_words: u32,
    /// Turns that the participant ended.
    pub answers: u32,
    /// Each topic of the guide, in its order.
    pub topics: Vec<TopicCard>,
    /// Questions within a topic.
    pub follow_ups: u32,
    /// Those that carry a word of the answer which they follow.
    pub follow_ups_in_their_words: u32,
    /// How often we took the floor from somebody who had not finished.
    pub interruptions: u32,
    /// How often the participant cut us short.
    pub cut_short: u32,
    /// How long they waited for us, where it was measured.
    pub latency: Option<LatencyCard>,
    /// What became of the recap.
    pub recap: Recap,
    /// Answers that called for care.
    pub concerns: u32,
    /// Those that were met with care at once: no question but whether to go on, and somebody to turn to.
    pub concerns_handled: u32,
    /// Turns of ours that the language model phrased.
    pub by_model: u32,
    /// Times that the guided words took the model's place.
    pub fell_back: u32,
    /// How long it took, in milliseconds of conversation time.
    pub length_ms: u64,
    /// How long it was to take.
    pub planned_ms: u64,
    /// How it ended, if it did.
    pub outcome: Option<Outcome>,
}

/// What was asked, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questions {
    /// Turns of ours that ask.
    pub turns: u32,
    /// Those that ask one thing and no more.
    pub single: u32,
    /// Questions in all, those that were said again left out.
    pub asked: u32,
    /// Those that cannot be answered by yes or no.
    pub open: u32,
    /// Those that suggest an answer, or ask with a loaded word.
    pub leading: u32,
    /// Those that had been asked before, word for word.
    pub repeated: u32,
    /// Words in all of them.
    pub words: u32,
    /// Words of the longest.
    pub longest: u32,
    /// Those of more than 30 words.
    pub long: u32,
}

/// One topic: what it was to get and what it got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicCard {
    /// Which.
    pub topic: TopicId,
    /// Its priority.
    pub priority: Priority,
    /// Milliseconds that it was to get.
    pub planned_ms: u64,
    /// Milliseconds that it got.
    pub actual_ms: u64,
    /// It was opened, or something was said about it before it could be.
    pub reached: bool,
    /// A concrete event was told.
    pub example: bool,
    /// A reason was given.
    pub reason: bool,
    /// The participant would rather not speak about it, or asked to go on.
    pub declined: bool,
}

/// From the last voiced sample to the first audible one, over the turns where it was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatencyCard {
    /// How many turns.
    pub turns: u32,
    /// The median in milliseconds.
    pub p50_ms: u32,
    /// What 95 % of the turns stayed under, in milliseconds.
    pub p95_ms: u32,
}

/// What became of the recap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recap {
    /// It was not reached.
    #[default]
    None,
    /// It was given, and nobody answered.
    Given,
    /// The participant agreed with it.
    Confirmed,
    /// The participant put something right.
    Corrected,
}

impl ReportCard {
    /// The card of the conversation that `events` tell, as far as it has come.
    #[must_use]
    pub fn of(guide: &Guide, events: &[Recorded]) -> Self {
        let events = course::standing(events);
        let mut card = Self {
            length_ms: events.last().map_or(0, |r| r.at.0),
            planned_ms: crate::planner::planned_ms(guide),
            ..Self::default()
        };
        card.topics = topics(guide, &events);
        course::follow(&mut card, guide, &events);
        speech::count(&mut card, &events);
        card
    }

    /// The share of our words in all words, in [0, 1]; 0 where nothing was said.
    #[must_use]
    pub fn our_share(&self) -> f64 {
        share(self.our_words, self.our_words + self.their_words)
    }

    /// The sum over the topics of |actual − planned share| of the time, in [0, 2].
    #[must_use]
    pub fn time_deviation(&self) -> f64 {
        let sum = |ms: fn(&TopicCard) -> u64| self.topics.iter().map(ms).sum::<u64>().max(1) as f64;
        let (planned, actual) = (sum(|t| t.planned_ms), sum(|t| t.actual_ms));
        self.topics
            .iter()
            .map(|t| (t.actual_ms as f64 / actual - t.planned_ms as f64 / planned).abs())
            .sum()
    }

    /// High topics that were reached, and how many there are.
    #[must_use]
    pub fn high_reached(&self) -> (u32, u32) {
        let high = self.topics.iter().filter(|t| t.priority == Priority::High);
        (high.clone().filter(|t| t.reached).count() as u32, high.count() as u32)
    }

    /// Whether it took more than its length and a tenth.
    #[must_use]
    pub fn ran_over(&self) -> bool {
        self.length_ms * 10 > self.planned_ms * 11
    }
}

fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 {
        0.0
    } else {
        f64::from(part) / f64::from(whole)
    }
}

fn topics(guide: &Guide, events: &[&Recorded]) -> Vec<TopicCard> {
    let mut planner = Planner::new(std::sync::Arc::new(guide.clone()));
    for recorded in events {
        planner.apply(recorded.at, &recorded.event);
    }
    let ledger = planner.ledger();
    let end = events.last().map_or(crate::time::Ms::ZERO, |r| r.at);
    let shares = crate::planner::shares_ms(guide);
    guide
        .topics
        .iter()
        .zip(&ledger.topics)
        .enumerate()
        .map(|(i, (topic, heard))| TopicCard {
            topic: topic.id.clone(),
            priority: topic.priority,
            planned_ms: shares[i],
            actual_ms: ledger.used_ms(i, end),
            reached: heard.asked || heard.answered,
            example: heard.example,
            reason: heard.reason,
            declined: heard.declined,
        })
        .collect()
}

#[cfg(test)]
mod tests;

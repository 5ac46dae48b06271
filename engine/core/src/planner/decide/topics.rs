//! Which topic is next, and whether there is time for it.

use super::super::budget::{self, SLOT_MS};
use super::super::ledger::Leave;
use super::Mind;
use crate::guide::{Priority, Topic};
use crate::interviewer::phrase::Tone;

/// Percent of its budget that a waiting high topic is granted when time runs short.
const GRANT_PERCENT: u64 = 60;
/// What a waiting high topic is kept free for at the least and at the most: one question and its answer.
const EXCHANGE_MIN_MS: u64 = 45_000;
const EXCHANGE_MAX_MS: u64 = 90_000;

impl<'a> Mind<'a> {
    /// Whether another question on `topic` leaves the high topics that still wait their time.
    pub(super) fn time_for_more(&self, topic: &Topic) -> bool {
        let waiting = self.waiting();
        let high = waiting
            .iter()
            .filter(|i| self.guide.topics[**i].priority == Priority::High)
            .count() as u64;
        let left = budget::soft_end(self.guide).saturating_sub(self.now.0);
        match topic.priority {
            Priority::High => left >= self.exchange_ms() * (high + 1),
            _ => left >= self.granted(&waiting, Priority::High) + SLOT_MS,
        }
    }

    /// What a question and its answer take with this person, as far as can be told by now.
    pub(super) fn exchange_ms(&self) -> u64 {
        let answers = self.ledger.turns.values().filter(|t| !t.ours).count() as u64;
        let mean = self.now.0.checked_div(answers).unwrap_or(0);
        mean.clamp(EXCHANGE_MIN_MS, EXCHANGE_MAX_MS)
    }

    /// Topics that were not opened yet.
    pub(super) fn waiting(&self) -> Vec<usize> {
        (0..self.guide.topics.len())
            .filter(|i| {
                let (topic, heard) = (&self.guide.topics[*i], &self.ledger.topics[*i]);
                // What was told already is not asked for; only what matters most is taken up all the same, to go deeper.
                let told = heard.example && heard.reason && topic.priority != Priority::High;
                !heard.asked && !told
            })
            .collect()
    }

    /// A topic to come back to: one that was set aside for another, or one that was put off. What was skipped or refused is
    /// left alone.
    pub(super) fn to_return_to(&self, tone: Tone) -> Option<&'a Topic> {
        if let Some(index) = self.ledger.set_aside {
            return Some(&self.guide.topics[index]);
        }
        let left = budget::soft_end(self.guide).saturating_sub(self.now.0);
        if !self.waiting().is_empty() || left < self.exchange_ms() * 2 || matches!(tone, Tone::Skipped | Tone::Declined)
        {
            return None;
        }
        let put_off = |i: &usize| {
            let heard = &self.ledger.topics[*i];
            heard.deferred
                && heard.asked
                && !heard.answered
                && !heard.declined
                && heard.returned == 0
                && heard.closed == Some(Leave::Moved)
        };
        (0..self.guide.topics.len())
            .find(put_off)
            .map(|i| &self.guide.topics[i])
    }

    /// What the waiting topics of at least this priority are granted when time is short.
    pub(super) fn granted(&self, waiting: &[usize], least: Priority) -> u64 {
        let shares = budget::shares(self.guide);
        let grants = waiting.iter().filter(|i| self.guide.topics[**i].priority >= least);
        grants
            .map(|i| (shares[*i] * GRANT_PERCENT / 100).max(self.exchange_ms()))
            .sum()
    }

    /// The next topic in order that there is time for, with the high ones first when there is not time for all.
    pub(super) fn next_topic(&self) -> Option<&'a Topic> {
        let waiting = self.waiting();
        let priority = |i: usize| self.guide.topics[i].priority;
        let left = budget::soft_end(self.guide).saturating_sub(self.now.0);
        let hard = self.now.0 < budget::hard_end(self.guide);
        let fits = |i: usize| match priority(i) {
            Priority::High => hard,
            Priority::Medium => left >= SLOT_MS + self.granted(&waiting, Priority::High),
            Priority::Low => {
                let others: Vec<usize> = waiting.iter().copied().filter(|j| *j != i).collect();
                left >= SLOT_MS + self.granted(&others, Priority::Medium)
            }
        };
        waiting
            .iter()
            .copied()
            .find(|i| fits(*i))
            .map(|i| &self.guide.topics[i])
    }
}

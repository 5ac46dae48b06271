//! Which question is asked next within a topic.

use super::super::budget;
use super::super::intent::Intent;
use super::super::ledger::{Heard, STALE_MAX};
use super::Mind;
use crate::event::{Aim, Move};
use crate::guide::{Priority, Topic};
use crate::interviewer::phrase::Tone;
use crate::interviewer::questions;
use crate::planner::Decision;

/// Percent of its budget that a high topic has had before it is left without a word on what would have to change.
const DEEP_PERCENT: u64 = 60;

impl<'a> Mind<'a> {
    /// After an answer that holds nothing: one invitation that presupposes nothing, then the next topic.
    pub(super) fn invite(self) -> Decision {
        let heard = |i: usize| &self.ledger.topics[i];
        let invited = self
            .ledger
            .current
            .is_none_or(|i| heard(i).probes.contains(&Aim::Invite));
        let probe = self.next_probe(Intent::Unknown).filter(|_| !invited);
        let invitation = probe.map(|(topic, _)| Move::Probe {
            topic: topic.id.clone(),
            aim: Aim::Invite,
        });
        match invitation.filter(|mv| questions::pick(self.guide, &self.ledger, mv, None).is_some()) {
            Some(mv) => self.decided(mv, Tone::Unknown),
            None => self.onward(Tone::Unknown),
        }
    }

    pub(super) fn next_probe(&self, intent: Intent) -> Option<(&'a Topic, Aim)> {
        let index = self.ledger.current?;
        let (topic, ledger) = (&self.guide.topics[index], &self.ledger.topics[index]);
        let (used, share) = (self.ledger.used_ms(index, self.now), budget::shares(self.guide)[index]);
        let had_its_time = budget::is_over(used, share);
        // What matters most is not left after one good answer while it has time.
        let deep = topic.priority != Priority::High || ledger.change || used * 100 >= share * DEEP_PERCENT;
        let covered = ledger.example && ledger.reason && deep;
        let used_up = ledger.probes.len() >= budget::max_probes(topic.priority);
        if covered
            || had_its_time
            || used_up
            || ledger.stale >= STALE_MAX
            || ledger.declined
            || !self.time_for_more(topic)
        {
            return None;
        }
        let heard = self.answers.and_then(|t| self.ledger.turns.get(&t)).map(Heard::text);
        let last = ledger.probes.last();
        let mut aims = Vec::with_capacity(6);
        if intent == Intent::Hedge {
            aims.push(Aim::Clarify);
        }
        if !ledger.example {
            aims.push(Aim::Example);
            // "When was it different?" needs something that it could be different from.
            if ledger.probes.contains(&Aim::Example) && matches!(intent, Intent::Tell | Intent::Hedge) {
                aims.push(Aim::Contrast);
            }
        }
        if !ledger.reason {
            // The person's own words carry the question for a reason best, once.
            if !ledger.probes.contains(&Aim::Echo) && ledger.stale == 0 {
                aims.push(Aim::Echo);
            }
            aims.push(Aim::Reason);
        }
        if !ledger.change {
            aims.push(Aim::Change);
        }
        aims.extend([Aim::Echo, Aim::Change]);
        let can = |aim: &Aim| {
            let mv = Move::Probe {
                topic: topic.id.clone(),
                aim: *aim,
            };
            questions::pick(self.guide, &self.ledger, &mv, heard.as_deref()).is_some()
        };
        // Each aim is tried once before any is tried again, and none twice running.
        let fresh = aims.iter().find(|aim| !ledger.probes.contains(aim) && can(aim));
        fresh
            .or_else(|| aims.iter().find(|aim| Some(*aim) != last && can(aim)))
            .map(|aim| (topic, *aim))
    }
}

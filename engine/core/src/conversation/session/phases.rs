//! Beginning, resting, coming back, leaving and ending.

use crate::event::{Event, Outcome, PauseCause};
use crate::planner::{Occasion, Plan};

use super::super::io::Output;
use super::{Phase, Session, Then};

impl<P: Plan> Session<P> {
    /// A device is there: begin, or go on where the events left off.
    pub(super) fn connected(&mut self) {
        if self.phase != Phase::New {
            return;
        }
        let begun = !self.log.turns().is_empty() || self.log.next_turn().0 > 0;
        self.record(Event::Connected);
        if !begun {
            self.record(Event::Started {
                guide: self.settings.guide,
            });
            self.speak(Occasion::Begin);
            return;
        }
        if self.farewell {
            self.end();
            return;
        }
        self.record(Event::Resumed);
        if let Some(open) = self.log.open_answer() {
            // What was said before the line broke is an answer, as far as it was heard.
            let (turn, text, confidence) = (open.id, open.text.expose().to_owned(), open.confidence);
            if self.close_answer(turn, text, confidence, self.now) {
                return;
            }
        }
        self.speak(Occasion::Return);
    }

    /// The device is gone. What was just said is still transcribed.
    pub(super) fn disconnected(&mut self, cause: PauseCause) {
        if matches!(self.phase, Phase::New | Phase::Over | Phase::Taking(Then::Leave(_))) {
            return;
        }
        let farewell = self.reply.as_ref().is_some_and(|reply| reply.decision.mv.ends());
        if self.reply.is_some() {
            self.end_turn(true);
        }
        self.drop_draft();
        self.record(Event::Disconnected);
        if farewell {
            // Who hangs up on a farewell has not left early.
            self.end();
            return;
        }
        self.hear_out(Then::Leave(cause));
    }

    /// Rests, once the last words are known. Time stands still until [`Session::wake`].
    pub(super) fn rest(&mut self, cause: PauseCause) {
        match self.phase {
            Phase::Replying => self.yield_floor(),
            Phase::Listening | Phase::Taking(Then::Answer | Then::Commit) => {}
            _ => return,
        }
        self.hear_out(Then::Rest(cause));
    }

    /// The rest is over.
    pub(super) fn wake(&mut self) {
        if self.phase != Phase::Resting {
            return;
        }
        self.phase = Phase::Listening;
        self.quiet_steps = 0;
        self.record(Event::Resumed);
        self.speak(Occasion::Return);
    }

    /// The last word was said.
    pub(super) fn end(&mut self) {
        let outcome = self.plan.outcome();
        self.record(Event::Ended { outcome });
        self.phase = Phase::Over;
        self.out.push_back(Output::Finish { outcome: Some(outcome) });
    }

    /// How it would count if it ended now.
    pub fn outcome(&self) -> Outcome {
        self.plan.outcome()
    }
}

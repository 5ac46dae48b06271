//! Beginning, resting, coming back, leaving and ending.

use crate::event::{Event, Mode, PauseCause, Recorded};
use crate::planner::{Occasion, Plan};

use super::super::io::{Output, Urgency};
use super::super::voicing::Voicing;
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
            Phase::Replying if self.farewell_stands() => return,
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

    /// Takes an event that others wrote to the log while we are at work. Who consents anew goes on the other way from here:
    /// what we are saying is said to its end as it began, and what they had begun to say stays theirs.
    pub fn changed_outside(&mut self, recorded: &Recorded) {
        self.plan.apply(recorded.at, &recorded.event);
        self.log.apply(recorded.at, &recorded.event);
        match recorded.event {
            Event::Consented { mode, .. } if mode != self.settings.mode => self.go_on_by(mode),
            Event::Declined | Event::Ended { .. } => {
                self.drop_draft();
                self.phase = Phase::Over;
            }
            _ => {}
        }
    }

    fn go_on_by(&mut self, mode: Mode) {
        self.drop_draft();
        self.keep_floor();
        self.settings.mode = mode;
        // The voice may have been cut off in the middle: its end will not be heard.
        self.voicing = Voicing::default();
        self.quiet_since = self.now;
        let now = self.now;
        if self.phase == Phase::Listening
            && let Some(stretch) = self.ear.as_mut().and_then(|ear| ear.leave(now))
        {
            self.transcribe(stretch, Urgency::Tail);
        }
    }

    /// The last word was said.
    pub(super) fn end(&mut self) {
        let outcome = self.plan.outcome();
        self.record(Event::Ended { outcome });
        self.phase = Phase::Over;
        self.out.push_back(Output::Finish { outcome: Some(outcome) });
    }
}

//! While the floor is ours: preparing and speaking.

use crate::event::{Event, Mode, Move, PauseCause};
use crate::id::{TurnId, UtteranceId};
use crate::planner::{Decision, Plan};
use crate::time::Ms;

use super::super::io::{Notice, Output};
use super::super::latency::{Stage, Stopwatch};
use super::contest::Contest;
use super::reply::{Reply, Wants};
use super::{Phase, Session, Then};

impl<P: Plan> Session<P> {
    /// Puts a decision into words, or has the model do it. Nothing is audible yet.
    pub(super) fn prepare(
        &mut self,
        answer: Option<(TurnId, String, f32)>,
        decision: Decision,
        mut stopwatch: Stopwatch,
    ) -> Reply {
        let now = self.now;
        let (id, turn) = (self.fresh_utterance(), self.fresh_turn());
        let answers = answer.as_ref().map(|(turn, ..)| *turn);
        let view = answer
            .as_ref()
            .map(|(turn, text, confidence)| self.answer_of(*turn, text, *confidence));
        stopwatch.reach(Stage::Planned, now);
        let mut reply = if self.settings.model && decision.open_to_model {
            let prompt = self.plan.prompt(now, &decision, view);
            let watch = self.plan.watch(&decision, view);
            self.out.push_back(Output::Ask { utterance: id, prompt });
            Reply::modelled(id, turn, answers, decision, stopwatch, watch, now)
        } else {
            stopwatch.reach(Stage::FirstChunk, now);
            Reply::guided(id, turn, answers, decision, stopwatch)
        };
        reply.mode = self.settings.mode;
        reply.basis = answer.map(|(_, text, _)| text).unwrap_or_default();
        reply
    }

    /// The decision stands: write it, and let it be heard.
    pub(super) fn commit(&mut self, mut reply: Reply) {
        for event in std::mem::take(&mut reply.decision.events) {
            self.record(event);
        }
        reply.commit(self.now, self.settings.model_deadline_ms);
        let utterance = reply.utterance.id;
        if reply.mode == Mode::Voice {
            self.out.push_back(Output::Release { utterance });
        }
        self.phase = Phase::Replying;
        self.reply = Some(reply);
        self.hand_over();
        self.check_over();
    }

    /// Something came from the model for this utterance.
    pub(super) fn model(&mut self, id: UtteranceId, then: impl FnOnce(&mut Reply, Ms) -> Wants) {
        let now = self.now;
        let Some(reply) = [&mut self.reply, &mut self.draft]
            .into_iter()
            .flatten()
            .find(|r| r.utterance.id == id)
        else {
            return;
        };
        let wants = then(reply, now);
        if wants.stop_model {
            self.out.push_back(Output::StopModel { utterance: id });
        }
        self.hand_over();
        self.hand_over_draft();
        self.check_over();
    }

    /// Hands the pieces of our turn to the synthesizer, or to the screen.
    fn hand_over(&mut self) {
        let Some(reply) = &mut self.reply else { return };
        let utterance = reply.utterance.id;
        let text_mode = reply.mode == Mode::Text;
        let fell_back = reply.fell_back.take();
        let first = text_mode && reply.handed == 0 && !reply.utterance.is_empty();
        let (turn, now) = (reply.turn, self.now);
        let mut shown = Vec::new();
        while reply.handed < reply.utterance.len() {
            let chunk = reply.handed;
            reply.handed += 1;
            let text = reply.utterance.piece(chunk).unwrap_or_default().to_owned();
            if text_mode {
                reply.utterance.sounded(chunk, 1);
                reply.utterance.played(chunk, 1);
                shown.push(Output::Show { utterance, text });
            } else {
                shown.push(Output::Synthesize { utterance, chunk, text });
            }
        }
        if reply.utterance.is_closed() && !reply.completed && !text_mode {
            reply.completed = true;
            shown.push(Output::Complete {
                utterance,
                chunks: reply.handed,
            });
        }
        if first {
            reply.audible_since = Some(now);
            reply.stopwatch.reach(Stage::FirstAudio, now);
            reply.stopwatch.reach(Stage::Sent, now);
        }
        if let Some(cause) = fell_back {
            self.record(Event::FellBack { utterance, cause });
        }
        if first {
            self.notify(Notice::Speaking { turn, utterance });
            self.latency();
        }
        self.out.extend(shown);
    }

    /// Of a draft only the first piece is synthesized: enough to begin at once, and little lost if it is dropped.
    pub(super) fn hand_over_draft(&mut self) {
        let spoken = |d: &&mut Reply| d.mode == Mode::Voice && d.handed == 0 && !d.utterance.is_empty();
        let Some(draft) = self.draft.as_mut().filter(spoken) else {
            return;
        };
        draft.handed = 1;
        let text = draft.utterance.piece(0).unwrap_or_default().to_owned();
        self.out.push_back(Output::Synthesize {
            utterance: draft.utterance.id,
            chunk: 0,
            text,
        });
    }

    pub(super) fn drop_draft(&mut self) {
        if let Some(draft) = self.draft.take() {
            self.out.push_back(Output::Drop {
                utterance: draft.utterance.id,
            });
        }
    }

    pub(super) fn first_audio(&mut self, id: UtteranceId, chunk: u32) {
        let now = self.now;
        if let Some(reply) = self.prepared(id).filter(|_| chunk == 0) {
            reply.stopwatch.reach(Stage::FirstAudio, now);
        }
    }

    pub(super) fn synthesized(&mut self, id: UtteranceId, chunk: u32, duration_ms: u32) {
        if let Some(reply) = self.prepared(id) {
            reply.utterance.sounded(chunk, duration_ms);
        }
        self.check_over();
    }

    fn prepared(&mut self, id: UtteranceId) -> Option<&mut Reply> {
        [&mut self.reply, &mut self.draft]
            .into_iter()
            .flatten()
            .find(|r| r.utterance.id == id)
    }

    /// Playback has come so far.
    pub(super) fn played(&mut self, id: UtteranceId, chunk: u32, played_ms: u32) {
        let now = self.now;
        let Some(reply) = self.reply.as_mut().filter(|r| r.utterance.id == id) else {
            return;
        };
        let turn = reply.turn;
        let piece_began = reply.utterance.played(chunk, played_ms);
        let text = reply.utterance.piece(chunk).unwrap_or_default().to_owned();
        let first = reply.audible_since.is_none();
        if first {
            reply.audible_since = Some(now);
            reply.stopwatch.reach(Stage::Sent, now);
            self.learn_echo();
            self.notify(Notice::Speaking { turn, utterance: id });
            self.latency();
        }
        if piece_began || first {
            self.notify(Notice::Saying { utterance: id, text });
        }
        self.check_over();
    }

    fn latency(&mut self) {
        let Some(reply) = self.reply.as_ref().filter(|r| r.answers.is_some()) else {
            return;
        };
        let (turn, parts) = (reply.turn, reply.stopwatch.parts());
        self.record(Event::Latency { turn, parts });
    }

    /// Ends our turn once all of it was heard.
    fn check_over(&mut self) {
        if self.phase == Phase::Replying && self.reply.as_ref().is_some_and(|r| r.utterance.is_over()) {
            self.end_turn(false);
        }
    }

    /// Our turn is over; what was heard of it is written.
    pub(super) fn end_turn(&mut self, interrupted: bool) {
        let Some(reply) = self.reply.take() else { return };
        let (utterance, turn) = (reply.utterance.id, reply.turn);
        let heard = reply.utterance.heard_text();
        let heard_ms = reply.utterance.heard_ms();
        let contest = self.contest.take();
        if contest.as_ref().is_some_and(Contest::held) {
            self.out.push_back(Output::ContinuePlayback);
        }
        if !heard.is_empty() || !interrupted {
            self.record(Event::Spoken {
                turn,
                utterance,
                text: heard.into(),
                interrupted,
                by: reply.by,
            });
        }
        if interrupted {
            self.out.push_back(Output::Drop { utterance });
        }
        self.notify(Notice::Silent {
            utterance,
            interrupted,
            heard_ms,
        });
        if reply.decision.mv.ends() && !interrupted {
            self.end();
            return;
        }
        self.phase = Phase::Listening;
        self.earliest = self.now;
        self.ear = None;
        if reply.decision.mv == Move::OfferPause && reply.answers.is_some() && !interrupted {
            // They asked for it, or took the offer.
            self.rest(PauseCause::Asked);
            return;
        }
        if reply.answers.is_some() || self.quiet_steps == 0 {
            self.quiet_since = self.now;
            self.quiet_steps = 0;
        }
        // Who spoke into our last words is heard from their first one; an echo ends with what it came from.
        if let Some(contest) = contest.filter(|contest| interrupted || contest.held()) {
            self.hear(contest);
        }
    }

    /// The floor is theirs without a voice: they typed, or pressed a button.
    pub(super) fn yield_floor(&mut self) {
        let farewell = self.farewell_stands();
        self.end_turn(true);
        if farewell {
            // They need not hear it out.
            self.end();
        }
    }

    /// Says something that no answer called for.
    pub(super) fn speak(&mut self, occasion: crate::planner::Occasion) {
        let decision = self.plan.speak(self.now, self.fresh_turn(), occasion);
        let stopwatch = Stopwatch::new(self.now);
        let reply = self.prepare(None, decision, stopwatch);
        self.commit(reply);
    }

    /// Says something because a button was pressed, whoever has the floor.
    pub(super) fn on_demand(&mut self, occasion: crate::planner::Occasion) {
        match self.phase {
            Phase::Replying if self.farewell_stands() => return,
            Phase::Replying => self.yield_floor(),
            Phase::Listening | Phase::Taking(Then::Answer | Then::Commit) => {}
            Phase::Resting => self.record(Event::Resumed),
            _ => return,
        }
        self.hear_out(Then::Speak(occasion));
    }
}

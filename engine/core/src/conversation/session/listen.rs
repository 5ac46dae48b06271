//! While the floor is the participant's.

use crate::event::{Event, Move};
use crate::id::TurnId;
use crate::pii::Pii;
use crate::planner::{Occasion, Plan};
use crate::ports::Transcript;
use crate::time::Ms;

use super::super::completeness::{Ending, ending};
use super::super::endpoint::{FIRST_SCORE_MS, SCORE_EVERY_MS, SOFT_END_MS, SPECULATE_FROM};
use super::super::io::{Notice, Output, Urgency};
use super::super::latency::{Stage, Stopwatch};
use super::super::voicing::{Change, FRAME_MS};
use super::contest::ECHO_TAIL_MS;
use super::ear::{Ear, Stretch};
use super::{Phase, Session, Then};

/// A sound without words that is shorter than this was not an answer.
const WORDLESS_MS: u64 = 1_000;

impl<P: Plan> Session<P> {
    /// A frame was heard.
    pub(super) fn voice(&mut self, probability: f32) {
        let change = self.voicing.frame(self.now, probability);
        match self.phase {
            Phase::Listening => self.listen(change),
            Phase::Taking(Then::Answer | Then::Commit) => {
                if let Some(Change::Started(at)) = change {
                    self.take_back(at);
                }
            }
            Phase::Replying => self.voice_while_replying(change),
            _ => {}
        }
    }

    fn listen(&mut self, change: Option<Change>) {
        if let Some(Change::Started(onset)) = change {
            let ending = self.ear.as_ref().map_or(Ending::Unknown, |ear| self.ending_of(ear));
            match &mut self.ear {
                Some(ear) => ear.goes_on(onset, ending),
                None => self.open_ear(Ear::new(self.fresh_turn(), onset, self.earliest), onset),
            }
            self.drop_draft();
        }
        if self.ear.is_none() && self.voicing.speaking() && self.now.since(self.earliest) >= ECHO_TAIL_MS {
            // It was taken for our echo, and goes on after us.
            let onset = self.now - ECHO_TAIL_MS;
            self.open_ear(Ear::new(self.fresh_turn(), onset, self.earliest), onset);
        }
        let Some(ear) = &mut self.ear else { return };
        if self.voicing.speaking() {
            if let Some(stretch) = ear.voiced(self.now, FRAME_MS) {
                self.transcribe(stretch, Urgency::Segment);
            }
            return;
        }
        self.silence();
    }

    /// The participant begins to speak.
    pub(super) fn open_ear(&mut self, ear: Ear, onset: Ms) {
        let turn = ear.turn;
        self.ear = Some(ear);
        self.notify(Notice::SpeechStarted { turn, at: onset });
    }

    /// The person speaks on in a turn that we had taken: what was prepared for it is void.
    pub(super) fn speech_goes_on(&mut self, onset: Ms) {
        let ending = self.ear.as_ref().map_or(Ending::Unknown, |ear| self.ending_of(ear));
        let Some(ear) = &mut self.ear else { return };
        ear.goes_on(onset, ending);
        ear.reopened += 1;
        let turn = ear.turn;
        self.notify(Notice::SpeechStarted { turn, at: onset });
        self.drop_draft();
    }

    /// The silence lasts.
    fn silence(&mut self) {
        let now = self.now;
        let Some(ear) = &mut self.ear else { return };
        let silent_ms = now.since(ear.voiced_until);
        let (turn, from, voiced_until) = (ear.turn, ear.started, ear.voiced_until);
        let score = silent_ms >= FIRST_SCORE_MS && ear.wants_score(now, SCORE_EVERY_MS);
        let stretch = if silent_ms >= SOFT_END_MS {
            ear.paused(now)
        } else {
            None
        };
        if score {
            self.out.push_back(Output::ScoreEndOfTurn {
                turn,
                from,
                voiced_until,
            });
        }
        if let Some(stretch) = stretch {
            self.transcribe(stretch, Urgency::Tail);
        }
    }

    pub(super) fn transcribe(&mut self, stretch: Stretch, urgency: Urgency) {
        let Some(ear) = &self.ear else { return };
        let Stretch { segment, from, to } = stretch;
        self.out.push_back(Output::Transcribe {
            turn: ear.turn,
            segment,
            from,
            to,
            urgency,
        });
    }

    /// A stretch was transcribed, or could not be.
    pub(super) fn heard(&mut self, turn: TurnId, stretch: Stretch, heard: Option<Transcript>) {
        let Stretch { segment, from, to } = stretch;
        if self.contest.as_ref().is_some_and(|c| c.asked(turn, to)) {
            self.contest_heard(heard);
            return;
        }
        let Some(ear) = self.ear.as_mut().filter(|e| e.turn == turn) else {
            return;
        };
        ear.heard(segment, to);
        if let Some(transcript) = heard
            && (!transcript.text.expose().is_empty() || self.log.turn(turn).is_some())
        {
            let Transcript { text, confidence, .. } = transcript;
            self.record(Event::SegmentHeard {
                turn,
                segment,
                from,
                to,
                text,
                confidence,
            });
        }
        match self.phase {
            Phase::Taking(then) if self.ear.as_ref().is_some_and(Ear::all_heard) => self.known(then),
            Phase::Listening => {
                self.ask_meaning();
                self.consider();
                // Behind the words that are spoken: a server that answers one after the other answers those first.
                self.ask_judgement();
            }
            _ => {}
        }
    }

    /// Prepares an answer if the voice sounds finished and the words read so.
    pub(super) fn consider(&mut self) {
        let Some(ear) = &self.ear else { return };
        if self.phase != Phase::Listening
            || !self.settings.speculate
            || self.draft.is_some()
            || self.voicing.speaking()
            || !ear.all_heard()
            || ear.held
            || ear.probability().is_none_or(|p| p < SPECULATE_FROM)
        {
            return;
        }
        let (turn, text, confidence) = self.answer_text();
        if text.is_empty() || ending(&text) == Ending::Hanging {
            return;
        }
        let mut stopwatch = Stopwatch::new(ear.voiced_until);
        stopwatch.reach(Stage::Transcribed, self.now);
        let decision = self
            .plan
            .answer(self.now, self.fresh_turn(), self.answer_of(turn, &text, confidence));
        if decision.mv == Move::Hold {
            return;
        }
        let reply = self.prepare(Some((turn, text, confidence)), decision, stopwatch);
        self.draft = Some(reply);
        self.hand_over_draft();
    }

    /// The silence was long enough.
    pub(super) fn endpoint_reached(&mut self) {
        if self.ear.as_ref().is_some_and(|ear| ear.held) {
            // The moment to think is over: a gentle word, as in any other silence. What was said stays part of the answer.
            if !self.close_ear() {
                self.speak(Occasion::Silence);
            }
            return;
        }
        self.take_turn(Then::Answer);
    }

    /// The turn is over.
    pub(super) fn take_turn(&mut self, then: Then) {
        if self.phase == Phase::Listening && self.ear.is_some() {
            self.hear_out(then);
        }
    }

    /// Waits for the last of the participant's words, if any are outstanding; then goes on.
    pub(super) fn hear_out(&mut self, then: Then) {
        let now = self.now;
        self.phase = Phase::Taking(then);
        self.taken_at = now;
        if let Some(stretch) = self.ear.as_mut().and_then(|ear| ear.leave(now)) {
            self.transcribe(stretch, Urgency::Tail);
        }
        if self.ear.as_ref().is_none_or(Ear::all_heard) {
            self.known(then);
        }
    }

    /// The last words will not come.
    pub(super) fn hearing_failed(&mut self) {
        let Phase::Taking(then) = self.phase else { return };
        if let Some(ear) = &mut self.ear {
            ear.give_up();
        }
        self.proceed(if then == Then::Answer { Then::Commit } else { then });
    }

    /// All words are known, and what they mean as far as anybody waits for it.
    pub(super) fn proceed(&mut self, then: Then) {
        match then {
            // The words came after the silence was long enough for the voice alone: they may say that it is not over.
            Then::Answer if self.ear.as_ref().is_some_and(|ear| self.end_of(ear) > self.now) => {
                self.phase = Phase::Listening;
                self.consider();
            }
            Then::Answer | Then::Commit => self.answer(),
            Then::Speak(occasion) => {
                if !self.close_ear() {
                    self.speak(occasion);
                }
            }
            Then::Rest(cause) => {
                if !self.close_ear() {
                    self.phase = Phase::Resting;
                    self.record(Event::Paused { cause });
                }
            }
            // The open turn stays open in the log: it is closed when they come back.
            Then::Leave(cause) => {
                self.record(Event::Paused { cause });
                self.phase = Phase::Over;
                self.out.push_back(Output::Finish { outcome: None });
            }
        }
    }

    /// Everything that was said is known: decide, or use what was decided while the silence lasted.
    pub(super) fn answer(&mut self) {
        let Some(ear) = &self.ear else { return };
        let (voiced_until, voiced_ms) = (ear.voiced_until, ear.voiced_ms);
        let (turn, text, confidence) = self.answer_text();
        self.notify(Notice::SpeechStopped { turn, at: voiced_until });
        if text.is_empty() && voiced_ms < WORDLESS_MS {
            // A cough, a door: nobody has answered.
            self.ear = None;
            self.drop_draft();
            self.phase = Phase::Listening;
            return;
        }
        let mut stopwatch = Stopwatch::new(voiced_until);
        stopwatch.reach(Stage::Endpoint, self.taken_at);
        stopwatch.reach(Stage::Transcribed, self.now);
        if let Some(mut draft) = self.draft.take().filter(|d| d.basis == text) {
            stopwatch.adopt(&draft.stopwatch);
            draft.stopwatch.reach(Stage::Endpoint, self.taken_at);
            self.record(Event::AnswerEnded { turn, voiced_until });
            self.commit(draft);
            return;
        }
        self.drop_draft();
        let decision = self
            .plan
            .answer(self.now, self.fresh_turn(), self.answer_of(turn, &text, confidence));
        if decision.mv == Move::Hold {
            // "Let me think": the floor stays theirs, and nothing is said.
            if let Some(ear) = &mut self.ear {
                ear.held = true;
            }
            self.phase = Phase::Listening;
            return;
        }
        self.record(Event::AnswerEnded { turn, voiced_until });
        let reply = self.prepare(Some((turn, text, confidence)), decision, stopwatch);
        self.commit(reply);
    }

    /// The person went on after we took the turn, before a word of ours was heard.
    pub(super) fn take_back(&mut self, onset: Ms) {
        self.phase = Phase::Listening;
        self.speech_goes_on(onset);
    }

    /// Typed words are an answer, together with whatever was said before them in the same turn.
    pub(super) fn typed(&mut self, text: Pii, item: Option<String>) {
        if item.as_deref().is_some_and(|item| self.log.was_typed(item)) {
            return;
        }
        match self.phase {
            // Nothing is asked any more. Before that: nothing of our reply was heard or seen: they answer what was answered already.
            Phase::Replying if self.farewell_stands() => return,
            Phase::Replying if self.unheard() => self.reopen(self.now),
            Phase::Replying => self.yield_floor(),
            Phase::Resting => {
                self.record(Event::Resumed);
                self.phase = Phase::Listening;
            }
            Phase::Taking(Then::Answer | Then::Commit) => self.phase = Phase::Listening,
            // A button was pressed and waits for the last words: these belong to them.
            Phase::Taking(_) | Phase::Listening => {}
            Phase::New | Phase::Over => return,
        }
        let turn = self.fresh_turn();
        let now = self.now;
        let ear = self.ear.get_or_insert_with(|| Ear::new(turn, now, now));
        let left = ear.leave(now);
        let (turn, segment) = (ear.turn, ear.extra_segment());
        if let Some(stretch) = left {
            self.transcribe(stretch, Urgency::Tail);
        }
        self.drop_draft();
        if let Some(item) = item {
            self.record(Event::TypedAs { turn, segment, item });
        }
        self.record(Event::SegmentHeard {
            turn,
            segment,
            from: now,
            to: now,
            text,
            confidence: 1.0,
        });
        self.take_turn(Then::Commit);
    }

    /// Closes the open turn in the log and takes what it holds into the ledger. Whether it calls for care, which then goes
    /// before whatever was to follow.
    fn close_ear(&mut self) -> bool {
        let Some(ear) = self.ear.take() else { return false };
        self.drop_draft();
        let turn = self.log.turn(ear.turn);
        let (text, confidence) = turn.map_or((String::new(), 0.0), |t| (t.text.expose().to_owned(), t.confidence));
        self.close_answer(ear.turn, text, confidence, ear.voiced_until)
    }

    /// Writes that an answer is over and what it holds. Whether it calls for care, which is then given.
    pub(super) fn close_answer(&mut self, turn: TurnId, text: String, confidence: f32, voiced_until: Ms) -> bool {
        if text.is_empty() {
            return false;
        }
        let decision = self
            .plan
            .answer(self.now, self.fresh_turn(), self.answer_of(turn, &text, confidence));
        self.record(Event::AnswerEnded { turn, voiced_until });
        if matches!(decision.mv, Move::Care { .. }) {
            let reply = self.prepare(Some((turn, text, confidence)), decision, Stopwatch::new(voiced_until));
            self.commit(reply);
            return true;
        }
        for event in decision.events {
            if !matches!(event, Event::MoveDecided { .. }) {
                self.record(event);
            }
        }
        false
    }

    /// Nobody has answered.
    pub(super) fn silence_reached(&mut self) {
        self.quiet_steps += 1;
        match self.quiet_steps {
            1 => self.speak(Occasion::Silence),
            2 => self.speak(Occasion::LongSilence),
            _ => self.rest(crate::event::PauseCause::Silence),
        }
    }
}

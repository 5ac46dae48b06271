//! The conversation as one machine: it composes the parts beside it and owns the floor.

mod contest;
mod ear;
mod floor;
mod judging;
mod listen;
mod meaning;
mod phases;
mod reply;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use crate::event::{Event, FallbackCause, Mode, PauseCause, Recorded};
use crate::id::{TurnId, UtteranceId};
use crate::planner::judging::Judgement;
use crate::planner::{Answer, Occasion, Patience, Plan};
use crate::time::Ms;

use super::completeness::{Ending, ending};
use super::endpoint::{self, Silence};
use super::io::{Input, Notice, Output, Reason, Settings};
use super::transcript::Log;
use super::voicing::Voicing;
use contest::Contest;
use ear::{Ear, Stretch};
use judging::Judging;
use meaning::Meaning;
use reply::Reply;

/// Nobody has answered for so long: ask gently.
const NUDGE_AFTER_MS: u64 = 8_000;
/// Still nobody: offer to pause.
const OFFER_AFTER_MS: u64 = 20_000;
/// Still nobody: pause, and keep the place.
const REST_AFTER_MS: u64 = 90_000;

/// A recognizer that has not answered after so long will not: the turn goes on with what is known.
const HEARING_WITHIN_MS: u64 = 10_000;

/// Who has the floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nobody has connected yet.
    New,
    /// The participant's.
    Listening,
    /// Nobody's: we wait for the last of the participant's words, and know what follows them.
    Taking(Then),
    /// Ours: a reply is prepared or spoken.
    Replying,
    /// Nobody's; time stands still.
    Resting,
    /// It is over.
    Over,
}

/// What follows the last of the participant's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// They are an answer, unless they show that it is not over.
    Answer,
    /// They are an answer, because the client says so.
    Commit,
    /// We say something that was asked for by a button.
    Speak(Occasion),
    /// We rest.
    Rest(PauseCause),
    /// The device is gone: so are we.
    Leave(PauseCause),
}

/// One conversation. See [`Input`] for what goes in and [`Output`] for what comes out.
#[derive(Debug)]
pub struct Session<P> {
    plan: P,
    settings: Settings,
    log: Log,
    now: Ms,
    out: VecDeque<Output>,
    phase: Phase,
    voicing: Voicing,
    /// The participant's open turn.
    ear: Option<Ear>,
    /// A reply prepared before the turn is known to be over.
    draft: Option<Reply>,
    /// Our turn.
    reply: Option<Reply>,
    /// Somebody speaks into our turn.
    contest: Option<Contest>,
    next_utterance: UtteranceId,
    /// Since when we wait for an answer.
    quiet_since: Ms,
    /// How many gentle words were said in this silence.
    quiet_steps: u8,
    /// When the open turn was taken to be over.
    taken_at: Ms,
    /// The farewell was decided before the line broke.
    farewell: bool,
    /// Nothing before this moment is the participant's: we were speaking.
    earliest: Ms,
    /// Until when a voice in our turn may be our own; `None` before we were heard in this call.
    echo_until: Option<Ms>,
    /// An echo was heard, and is expected again.
    echo_heard: bool,
    /// What is known of what the answers mean.
    meaning: Meaning,
    /// What a language model made of the open answer.
    judging: Judging,
}

impl<P: Plan> Session<P> {
    /// A conversation with these events behind it; none for a new one.
    pub fn new(plan: P, settings: Settings, events: &[Recorded]) -> Self {
        let mut session = Self {
            plan,
            settings,
            log: Log::default(),
            now: Ms::ZERO,
            out: VecDeque::new(),
            phase: Phase::New,
            voicing: Voicing::default(),
            ear: None,
            draft: None,
            reply: None,
            contest: None,
            next_utterance: UtteranceId(1),
            quiet_since: Ms::ZERO,
            quiet_steps: 0,
            taken_at: Ms::ZERO,
            farewell: false,
            earliest: Ms::ZERO,
            echo_until: None,
            echo_heard: false,
            meaning: Meaning::default(),
            judging: Judging::default(),
        };
        for recorded in events {
            session.now = session.now.max(recorded.at);
            session.plan.apply(recorded.at, &recorded.event);
            session.log.apply(recorded.at, &recorded.event);
            match &recorded.event {
                Event::Spoken { utterance, .. } | Event::FellBack { utterance, .. } => {
                    session.next_utterance = session.next_utterance.max(utterance.next());
                }
                Event::Ended { .. } | Event::Declined => session.phase = Phase::Over,
                Event::Consented { .. } => session.phase = Phase::New,
                Event::MoveDecided { mv, .. } => session.farewell = mv.ends(),
                Event::TurnReopened { .. } => session.farewell = false,
                _ => {}
            }
        }
        session.earliest = session.now;
        session
    }

    /// Conversation time of the last event or input.
    #[must_use]
    pub fn now(&self) -> Ms {
        self.now
    }

    /// The conversation so far.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Whether the conversation is over for good.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// Takes what happened at `now`. Times never run backwards: an earlier one counts as the last one.
    pub fn handle(&mut self, now: Ms, input: Input) {
        self.now = self.now.max(now);
        if self.phase == Phase::Over {
            return;
        }
        match input {
            Input::Connected => {
                self.echo_until = None;
                self.echo_heard = false;
                self.connected();
            }
            Input::Disconnected { cause } => self.disconnected(cause),
            Input::Voice { probability } => self.voice(probability),
            Input::EndOfTurn {
                turn,
                voiced_until,
                probability,
            } => {
                if let Some(ear) = self.ear.as_mut().filter(|e| e.turn == turn) {
                    ear.scored(voiced_until, probability);
                }
                self.consider();
            }
            Input::Heard {
                turn,
                segment,
                from,
                to,
                transcript,
            } => {
                self.heard(turn, Stretch { segment, from, to }, transcript);
            }
            Input::Embedded { turn, passage, vector } => self.embedded(turn, passage, vector.as_deref()),
            Input::Appraised { turn, appraisal, json } => self.appraised(turn, appraisal, json.as_deref()),
            Input::Typed { text, item } => self.typed(text, item),
            Input::Commit => self.take_turn(Then::Commit),
            Input::ModelText { utterance, delta } => self.model(utterance, |reply, now| reply.model_text(now, &delta)),
            Input::ModelDone { utterance } => self.model(utterance, Reply::model_done),
            Input::ModelFailed { utterance } => {
                self.model(utterance, |reply, now| reply.model_gave_up(now, FallbackCause::Failed));
            }
            Input::FirstAudio { utterance, chunk } => self.first_audio(utterance, chunk),
            Input::Synthesized {
                utterance,
                chunk,
                duration_ms,
            } => self.synthesized(utterance, chunk, duration_ms),
            Input::Played {
                utterance,
                chunk,
                played_ms,
            } => self.played(utterance, chunk, played_ms),
            Input::Yield if self.phase == Phase::Replying => self.yield_floor(),
            Input::Yield => {}
            Input::Skip => self.on_demand(Occasion::Skip),
            Input::Repeat => self.on_demand(Occasion::Repeat),
            Input::Stop => self.on_demand(Occasion::Stop),
            Input::Pause { cause } => self.rest(cause),
            Input::Resume => self.wake(),
            Input::Timeout => {}
        }
        self.tick();
    }

    /// The next thing to do, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// When to call with [`Input::Timeout`], and what for.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Ms, Reason)> {
        let endpoint = self.endpoint_at().map(|at| (at, Reason::Endpoint));
        let model = self
            .reply
            .as_ref()
            .and_then(Reply::model_deadline)
            .map(|at| (at, Reason::ModelDeadline));
        let silence = self.silence_at().map(|at| (at, Reason::Silence));
        let floor = self.contest.as_ref().map(|c| (c.gives_up_at(), Reason::Floor));
        let hearing = self.hearing_until().map(|at| (at, Reason::Hearing));
        let meaning = self.meaning_until().map(|at| (at, Reason::Meaning));
        [endpoint, model, silence, floor, hearing, meaning]
            .into_iter()
            .flatten()
            .min_by_key(|(at, _)| *at)
    }

    /// Everything that depends on time alone.
    fn tick(&mut self) {
        if self.endpoint_at().is_some_and(|at| self.now >= at) {
            self.endpoint_reached();
        }
        if self
            .reply
            .as_ref()
            .and_then(Reply::model_deadline)
            .is_some_and(|at| self.now >= at)
            && let Some(id) = self.reply.as_ref().map(|r| r.utterance.id)
        {
            self.model(id, |reply, now| reply.model_gave_up(now, FallbackCause::Late));
        }
        if self.silence_at().is_some_and(|at| self.now >= at) {
            self.silence_reached();
        }
        if self.contest.as_ref().is_some_and(|c| self.now >= c.gives_up_at()) {
            self.keep_floor();
        }
        if self.hearing_until().is_some_and(|at| self.now >= at) {
            self.hearing_failed();
        }
        if self.meaning_until().is_some_and(|at| self.now >= at) {
            self.meaning_is_late();
        }
    }

    /// Until when the last words of a turn are waited for.
    fn hearing_until(&self) -> Option<Ms> {
        matches!(self.phase, Phase::Taking(_)).then(|| self.taken_at + HEARING_WITHIN_MS)
    }

    /// When the open turn will be taken, if the silence lasts.
    fn endpoint_at(&self) -> Option<Ms> {
        if self.phase != Phase::Listening || self.voicing.speaking() || self.voicing.rising() {
            return None;
        }
        self.ear.as_ref().map(|ear| self.end_of(ear))
    }

    /// How the words of `ear`'s turn end. While the last ones are being transcribed they could go either way.
    fn ending_of(&self, ear: &Ear) -> Ending {
        let text = self.log.turn(ear.turn).map_or("", |t| t.text.expose());
        if ear.all_heard() { ending(text) } else { Ending::Open }
    }

    /// When `ear`'s turn is over, as far as is known now.
    fn end_of(&self, ear: &Ear) -> Ms {
        let patience = if ear.held {
            Patience::Holding
        } else {
            self.plan.patience()
        };
        let silence = Silence {
            probability: ear.probability(),
            ending: self.ending_of(ear),
            patience,
            spoken_ms: ear.voiced_until.since(ear.started),
            paused_ms: ear.longest_pause_ms,
            reopened: ear.reopened,
        };
        ear.voiced_until + endpoint::needed_ms(silence)
    }

    /// When something should be said because nobody answers. Typing takes its time.
    fn silence_at(&self) -> Option<Ms> {
        if self.phase != Phase::Listening || self.ear.is_some() || self.settings.mode == Mode::Text {
            return None;
        }
        let after = match self.quiet_steps {
            0 => NUDGE_AFTER_MS,
            1 => OFFER_AFTER_MS,
            _ => REST_AFTER_MS,
        };
        Some(self.quiet_since + after)
    }

    fn record(&mut self, event: Event) {
        if matches!(event, Event::AnswerEnded { .. }) {
            self.meaning.answered();
        }
        self.plan.apply(self.now, &event);
        self.log.apply(self.now, &event);
        self.out.push_back(Output::Record(event));
    }

    fn notify(&mut self, notice: Notice) {
        self.out.push_back(Output::Notify(notice));
    }

    fn fresh_turn(&self) -> TurnId {
        let after_ear = self.ear.as_ref().map_or(TurnId(1), |ear| ear.turn.next());
        self.log.next_turn().max(after_ear)
    }

    fn fresh_utterance(&mut self) -> UtteranceId {
        let id = self.next_utterance;
        self.next_utterance = id.next();
        id
    }

    /// The text of the open turn, as far as it was heard.
    fn answer_text(&self) -> (TurnId, String, f32) {
        let turn = self.ear.as_ref().map_or(TurnId(0), |e| e.turn);
        let entry = self.log.turn(turn);
        (
            turn,
            entry.map_or_else(String::new, |t| t.text.expose().to_owned()),
            entry.map_or(0.0, |t| t.confidence),
        )
    }

    /// Borrows an answer for the planner, with what is known of its meaning.
    fn answer_of<'a>(&self, turn: TurnId, text: &'a str, confidence: f32) -> Answer<'a> {
        let judged = self.judging.of(turn, text);
        Answer {
            turn,
            text,
            confidence,
            meant: self.meaning.concern(turn, text).or(judged.and_then(Judgement::concern)),
            judged,
        }
    }
}

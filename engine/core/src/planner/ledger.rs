//! The coverage ledger: a pure fold over events that knows what was asked, what was heard, and where the time went.

use std::collections::{BTreeMap, BTreeSet};

use super::lexicon::english;
use super::{intent, words};
use crate::event::{Aim, Concern, Event, Evidence, Mode, Move, Outcome, Phrasing};
use crate::guide::{Guide, Priority};
use crate::id::{SegmentId, TopicId, TurnId};
use crate::interviewer::questions;
use crate::time::Ms;

/// Answers in a row that add nothing new, after which a topic is left.
pub(crate) const STALE_MAX: u32 = 2;

/// Why a topic was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// There is an example and a reason.
    Covered,
    /// Two answers added nothing new.
    Stale,
    /// The person would rather not, or was not well with it.
    Discomfort,
    /// Its time was up, others needed it, there was nothing left to ask, or the person asked to go on.
    Moved,
}

/// What is known of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicLedger {
    /// Its opening question was asked.
    pub asked: bool,
    /// Something was said about it.
    pub answered: bool,
    /// A concrete event was told.
    pub example: bool,
    /// A reason was given.
    pub reason: bool,
    /// It was said what would have to change.
    pub change: bool,
    /// The person declined to speak about it.
    pub declined: bool,
    /// The probes that were used, in order.
    pub probes: Vec<Aim>,
    /// Milliseconds spent on it until it was last left.
    pub used_ms: u64,
    /// Answers in a row that added nothing new.
    pub stale: u32,
    /// The person put it off until later.
    pub deferred: bool,
    /// How often it was come back to.
    pub returned: u32,
    /// Why it was left, once it was.
    pub closed: Option<Leave>,
    /// Stems of the content words that were said on it.
    pub(crate) stems: BTreeSet<String>,
    /// The participant's turns that were counted for it.
    pub(crate) turns: Vec<TurnId>,
}

/// Where in the interview we are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing was said yet.
    #[default]
    Before,
    /// Topics are talked about.
    Asking,
    /// The person was asked whether to go on, after something that calls for care.
    Caring(Concern),
    /// The recap waits for its answer.
    Recapping,
    /// A correction was taken; anything else?
    Correcting,
    /// The farewell was decided on.
    Closed,
}

/// The question that waits for its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pending {
    /// Our turn that asked it.
    pub(crate) turn: TurnId,
    /// The question alone.
    pub(crate) question: String,
    /// What it is after, where it is a probe.
    pub(crate) aim: Option<Aim>,
    /// How often it was said again.
    pub(crate) repeats: u32,
    /// How many questions of the participant's were answered since.
    pub(crate) informs: u32,
    /// How often the participant asked for a moment.
    pub(crate) holds: u32,
}

/// One side's contribution, as it was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Whether it is the interviewer's.
    pub(crate) ours: bool,
    segments: BTreeMap<SegmentId, String>,
}

impl Heard {
    pub(crate) fn text(&self) -> String {
        let parts: Vec<&str> = self
            .segments
            .values()
            .map(|s| s.trim())
            .filter(|s| !s.is_empty())
            .collect();
        parts.join(" ")
    }
}

/// The state of an interview.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// The topics, in the guide's order.
    pub topics: Vec<TopicLedger>,
    /// Where we are.
    pub phase: Phase,
    /// The closing was reached.
    pub closing_reached: bool,
    /// Index of the topic that is talked about.
    pub current: Option<usize>,
    since: Ms,
    pub(crate) pending: Option<Pending>,
    pub(crate) last: Option<Move>,
    pub(crate) asked: BTreeSet<String>,
    pub(crate) turns: BTreeMap<TurnId, Heard>,
    pub(crate) decided: u32,
    pub(crate) cares: u32,
    pub(crate) corrections: u32,
    pub(crate) recording: bool,
    pub(crate) mode: Option<Mode>,
    /// The person was told that the end is near.
    pub(crate) time_checked: bool,
    /// The topic that was left last.
    pub(crate) left: Option<usize>,
    /// A topic whose question was left open, because the person wanted to go back to another one.
    pub(crate) set_aside: Option<usize>,
    welcome: Option<TurnId>,
}

impl Ledger {
    /// An empty one for `guide`.
    #[must_use]
    pub fn new(guide: &Guide) -> Self {
        Self {
            topics: vec![TopicLedger::default(); guide.topics.len()],
            ..Self::default()
        }
    }

    /// Milliseconds spent on topic `index` until `now`.
    #[must_use]
    pub fn used_ms(&self, index: usize, now: Ms) -> u64 {
        let running = if self.current == Some(index) {
            now.since(self.since)
        } else {
            0
        };
        self.topics.get(index).map_or(0, |t| t.used_ms) + running
    }

    /// How it ended, or would if it ended now.
    #[must_use]
    pub fn outcome(&self, guide: &Guide) -> Outcome {
        let high = |p: Priority| p == Priority::High;
        let any_high = guide.topics.iter().any(|t| high(t.priority));
        let counted = || {
            guide
                .topics
                .iter()
                .zip(&self.topics)
                .filter(|(t, _)| high(t.priority) || !any_high)
                .map(|(_, ledger)| ledger)
        };
        let answered = counted().filter(|t| t.answered).count();
        if self.closing_reached || answered * 2 >= counted().count() {
            Outcome::Completed
        } else {
            Outcome::EndedEarly
        }
    }

    /// Takes in what the participant said in `turn` as a whole.
    pub(crate) fn hear(&mut self, turn: TurnId, text: &str) {
        let segments = BTreeMap::from([(SegmentId(0), text.to_owned())]);
        self.turns.insert(turn, Heard { ours: false, segments });
    }

    /// Everything that the participant said, newest last.
    pub(crate) fn said(&self) -> impl Iterator<Item = String> {
        self.turns.values().filter(|t| !t.ours).map(Heard::text)
    }

    /// What the participant said on topic `index`.
    pub(crate) fn said_on(&self, index: usize) -> impl Iterator<Item = String> {
        self.topics[index]
            .turns
            .iter()
            .filter_map(|turn| self.turns.get(turn))
            .map(Heard::text)
    }

    /// Takes an event in. [`Event::TurnReopened`] is for the owner of the log to handle.
    pub(crate) fn apply(&mut self, guide: &Guide, at: Ms, event: &Event) {
        match event {
            Event::Consented { mode, recording, .. } => {
                self.recording = *recording;
                self.mode = Some(*mode);
            }
            Event::SegmentHeard {
                turn, segment, text, ..
            } => self.keep(*turn, false, *segment, text.expose()),
            Event::Assessed { turn, topic, evidence } => self.credit(guide, *turn, topic, *evidence),
            Event::MoveDecided { turn, answers, mv } => self.decide(guide, at, *turn, *answers, mv),
            Event::Spoken {
                turn,
                utterance,
                text,
                interrupted,
                by,
            } => {
                self.keep(*turn, true, SegmentId(utterance.0), text.expose());
                if self.welcome == Some(*turn) {
                    // The disclosure is no part of the first topic's time.
                    self.since = at;
                }
                if *by == Phrasing::Model && !interrupted {
                    self.asked_as(*turn, text.expose());
                }
            }
            Event::Ended { .. } => self.phase = Phase::Closed,
            _ => {}
        }
    }

    fn keep(&mut self, turn: TurnId, ours: bool, segment: SegmentId, text: &str) {
        let heard = self.turns.entry(turn).or_insert_with(|| Heard {
            ours,
            segments: BTreeMap::new(),
        });
        heard.segments.insert(segment, text.to_owned());
    }

    /// The language model's own wording of the pending question.
    fn asked_as(&mut self, turn: TurnId, text: &str) {
        let Some(question) = questions::asked_in(text) else {
            return;
        };
        if let Some(pending) = self.pending.as_mut().filter(|p| p.turn == turn) {
            self.asked.extend(questions::keys(&question));
            pending.question = question;
        }
    }

    fn credit(&mut self, guide: &Guide, turn: TurnId, topic: &TopicId, evidence: Evidence) {
        let text = self.turns.get(&turn).map(Heard::text).unwrap_or_default();
        let Some(index) = index_of(guide, topic) else { return };
        let ledger = &mut self.topics[index];
        ledger.answered |= evidence.answered;
        ledger.example |= evidence.example;
        ledger.reason |= evidence.reason;
        ledger.change |= evidence.change;
        ledger.declined |= evidence.declined;
        ledger.stale = if evidence.new { 0 } else { ledger.stale + 1 };
        ledger
            .stems
            .extend(words::content(&words::tokens(&text), &english().function_words));
        ledger.turns.push(turn);
    }

    fn decide(&mut self, guide: &Guide, at: Ms, turn: TurnId, answers: Option<TurnId>, mv: &Move) {
        let heard = answers.and_then(|t| self.turns.get(&t)).map(Heard::text);
        let question = questions::pick(guide, self, mv, heard.as_deref());
        if let Some(question) = &question {
            self.asked.extend(questions::keys(question));
        }
        let ask = |aim| {
            question.clone().map(|question| Pending {
                turn,
                question,
                aim,
                ..Pending::default()
            })
        };
        let leaves = matches!(mv, Move::OpenTopic { .. } | Move::ReturnTo { .. } | Move::Recap);
        if let (true, Some(index), Some(heard)) = (leaves, self.current, &heard) {
            self.topics[index].deferred |= intent::defers(&words::tokens(heard));
        }
        match mv {
            Move::Welcome { topic } | Move::OpenTopic { topic } => {
                self.time_checked |= super::time_check_due(guide, self, at);
                self.leave(at);
                self.since = at;
                self.current = index_of(guide, topic);
                if let Some(index) = self.current {
                    self.topics[index].asked = true;
                }
                self.phase = Phase::Asking;
                self.pending = ask(None);
                self.cares = 0;
                if matches!(mv, Move::Welcome { .. }) {
                    self.welcome = Some(turn);
                }
            }
            Move::ReturnTo { topic } => {
                let unanswered = self.current.filter(|i| {
                    let open = &self.topics[*i];
                    !open.answered && !answers.is_some_and(|turn| open.turns.contains(&turn))
                });
                let to = index_of(guide, topic);
                self.set_aside = unanswered.filter(|i| Some(*i) != to);
                self.leave(at);
                self.since = at;
                self.current = to;
                if let Some(index) = to {
                    let topic = &mut self.topics[index];
                    topic.returned += 1;
                    topic.closed = None;
                    topic.stale = 0;
                }
                self.phase = Phase::Asking;
                self.pending = ask(None);
                self.cares = 0;
            }
            Move::Probe { topic, aim } => {
                if let Some(index) = index_of(guide, topic) {
                    self.topics[index].probes.push(*aim);
                }
                self.pending = ask(Some(*aim));
            }
            Move::Repeat => self.count(|p| p.repeats += 1),
            Move::Inform { .. } => self.count(|p| p.informs += 1),
            Move::Hold => self.count(|p| p.holds += 1),
            Move::Nudge | Move::OfferPause | Move::Reconvene { .. } => {}
            Move::Care { concern } => {
                if let Some(index) = self.current {
                    self.topics[index].closed = Some(Leave::Discomfort);
                }
                self.leave(at);
                self.phase = Phase::Caring(*concern);
                self.pending = ask(None);
                self.cares += 1;
            }
            Move::Recap => {
                self.leave(at);
                self.phase = Phase::Recapping;
                self.closing_reached = true;
                self.pending = ask(None);
            }
            Move::AcceptCorrection => {
                self.phase = Phase::Correcting;
                self.corrections += 1;
                self.pending = ask(None);
            }
            Move::Close => {
                self.leave(at);
                self.phase = Phase::Closed;
                self.pending = None;
            }
        }
        self.decided += 1;
        self.last = Some(mv.clone());
    }

    fn count(&mut self, more: impl FnOnce(&mut Pending)) {
        if let Some(pending) = &mut self.pending {
            more(pending);
        }
    }

    fn leave(&mut self, at: Ms) {
        let Some(index) = self.current.take() else { return };
        self.left = Some(index);
        let ledger = &mut self.topics[index];
        ledger.used_ms += at.since(self.since);
        let why = if ledger.declined {
            Leave::Discomfort
        } else if ledger.example && ledger.reason {
            Leave::Covered
        } else if ledger.stale >= STALE_MAX {
            Leave::Stale
        } else {
            Leave::Moved
        };
        ledger.closed.get_or_insert(why);
    }
}

/// Where in `guide` the topic stands.
pub(crate) fn index_of(guide: &Guide, topic: &TopicId) -> Option<usize> {
    guide.topics.iter().position(|t| t.id == *topic)
}

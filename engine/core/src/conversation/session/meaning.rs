//! What an answer means beside its words: each passage is placed by a model outside while the person still speaks.
//!
//! A spoken answer is never waited for: what comes while nothing of our reply was heard replaces the reply, and what comes
//! later counts for the next answer. A written one, whose reply is read at once, waits a moment that nobody notices.

use crate::event::{Concern, Mode, Move};
use crate::id::TurnId;
use crate::planner::Plan;
use crate::planner::care::{Head, passages};
use crate::time::Ms;

use super::super::io::Output;
use super::super::transcript::Turn;
use super::ear::Ear;
use super::reply::Reply;
use super::{Phase, Session, Then};

/// How long a written answer waits for what it means: twice what 30 sentences take.
const TYPED_WAITS_MS: u64 = 500;
/// Passages that are kept: those of two long answers.
const KEPT_MAX: usize = 96;

/// A passage of an answer.
#[derive(Clone, Debug)]
struct Passage {
    id: u32,
    turn: TurnId,
    text: String,
    /// Whether the model has answered, and what the passage calls for.
    told: Option<Option<Concern>>,
}

/// What is known of what the answers mean.
#[derive(Clone, Debug, Default)]
pub(super) struct Meaning {
    passages: Vec<Passage>,
    next: u32,
    /// An answer called for care, and it was known too late for the reply to it.
    late: Option<Concern>,
    /// Until when the last of an answer's meaning is waited for.
    until: Option<Ms>,
}

impl Meaning {
    /// What the answer calls for, as far as it is known, or what one before it did.
    pub(super) fn concern(&self, turn: TurnId, text: &str) -> Option<Concern> {
        if self.passages.is_empty() {
            return self.late;
        }
        let now = passages(text);
        let told = self.passages.iter().filter(|p| p.turn == turn);
        told.filter(|p| now.contains(&p.text.as_str()))
            .find_map(|p| p.told.flatten())
            .or(self.late)
    }

    /// Passages of the answer that nobody has asked about.
    fn unasked(&mut self, turn: TurnId, text: &str) -> Vec<(u32, String)> {
        let known: Vec<String> = self
            .passages
            .iter()
            .filter(|p| p.turn == turn)
            .map(|p| p.text.clone())
            .collect();
        // Of an answer before this one only what is still asked matters.
        self.passages.retain(|p| p.turn == turn || p.told.is_none());
        let mut asked = Vec::new();
        for text in passages(text) {
            if known.iter().any(|known| known == text) {
                continue;
            }
            let id = self.next;
            self.next = id.wrapping_add(1);
            self.passages.push(Passage {
                id,
                turn,
                text: text.to_owned(),
                told: None,
            });
            asked.push((id, text.to_owned()));
        }
        let surplus = self.passages.len().saturating_sub(KEPT_MAX);
        self.passages.drain(..surplus);
        asked
    }

    /// Whether something that is part of the answer is still asked.
    fn awaited(&self, turn: TurnId, text: &str) -> bool {
        let now = passages(text);
        let asked = |p: &&Passage| p.turn == turn && p.told.is_none();
        self.passages
            .iter()
            .filter(asked)
            .any(|p| now.contains(&p.text.as_str()))
    }

    /// An answer was taken: what was owed is given.
    pub(super) fn answered(&mut self) {
        self.late = None;
        self.until = None;
    }
}

impl<P: Plan> Session<P> {
    /// Asks what the open answer means, as far as it was heard.
    pub(super) fn ask_meaning(&mut self) {
        if !self.settings.meaning || !self.ear.as_ref().is_some_and(Ear::all_heard) {
            return;
        }
        let (turn, text, _) = self.answer_text();
        for (passage, text) in self.meaning.unasked(turn, &text) {
            self.out.push_back(Output::Embed { turn, passage, text });
        }
    }

    /// All words are known. What they mean is waited for where the reply would be read at once.
    pub(super) fn known(&mut self, then: Then) {
        self.ask_meaning();
        let (turn, text, _) = self.answer_text();
        if self.settings.mode == Mode::Text && self.meaning.awaited(turn, &text) {
            self.meaning.until = Some(self.now + TYPED_WAITS_MS);
            return;
        }
        self.proceed(then);
    }

    /// Until when the meaning of a written answer is waited for.
    pub(super) fn meaning_until(&self) -> Option<Ms> {
        self.meaning.until.filter(|_| matches!(self.phase, Phase::Taking(_)))
    }

    /// What the answer means did not come in time: it is answered by its words.
    pub(super) fn meaning_is_late(&mut self) {
        self.meaning.until = None;
        if let Phase::Taking(then) = self.phase
            && self.ear.as_ref().is_none_or(Ear::all_heard)
        {
            self.proceed(then);
        }
    }

    /// A passage was placed, or could not be.
    pub(super) fn embedded(&mut self, turn: TurnId, passage: u32, place: Option<&[f32]>) {
        let concern = place.and_then(|place| Head::english().concern(place));
        let asked = |p: &&mut Passage| p.id == passage && p.turn == turn && p.told.is_none();
        let Some(asked) = self.meaning.passages.iter_mut().find(asked) else {
            return;
        };
        asked.told = Some(concern);
        let text = asked.text.clone();
        let open = self.ear.as_ref().is_some_and(|ear| ear.turn == turn);
        match self.phase {
            Phase::Listening if open => {
                if concern.is_some() && self.draft.as_ref().is_some_and(|d| !is_care(&d.decision.mv)) {
                    self.drop_draft();
                    self.consider();
                }
            }
            Phase::Taking(then) if open => {
                let (turn, text, _) = self.answer_text();
                if self.meaning.until.is_some() && !self.meaning.awaited(turn, &text) {
                    self.meaning.until = None;
                    self.proceed(then);
                }
            }
            _ => {
                let Some(concern) = concern else { return };
                let stands = |turn: &Turn| turn.text.expose().contains(&text);
                if !self.log.turn(turn).is_some_and(stands) {
                    // It was heard otherwise at last.
                    return;
                }
                let answers = |reply: &&Reply| reply.answers == Some(turn) && !is_care(&reply.decision.mv);
                if self.phase == Phase::Replying && self.unheard() && self.reply.as_ref().filter(answers).is_some() {
                    // Nothing of what was to follow was heard: this is said instead.
                    self.reopen(self.now);
                    self.take_turn(Then::Commit);
                } else if self.reply.as_ref().is_none_or(|reply| !is_care(&reply.decision.mv)) {
                    self.meaning.late = Some(concern);
                }
            }
        }
    }
}

fn is_care(mv: &Move) -> bool {
    matches!(mv, Move::Care { .. })
}

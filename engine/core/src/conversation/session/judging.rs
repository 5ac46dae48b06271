//! What a language model makes of an answer while the person still speaks.
//!
//! It is asked at each pause about what was said so far, and never waited for: what comes before the reply is decided counts, what
//! comes later does not. Of the beginning of an answer what was told still holds when the person goes on.

use crate::event::Mode;
use crate::id::TurnId;
use crate::planner::Plan;
use crate::planner::judging::Judgement;
use crate::planner::words;

use super::super::io::Output;
use super::ear::Ear;
use super::{Phase, Session};

/// How often one answer is asked about: its pauses, in a long one the first of them.
const ASKED_MAX: u8 = 6;
/// In how many answers care is given because the model calls for it: one that always does would leave no interview.
const CARES_MAX: u8 = 2;

/// What is known of the open answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Judging {
    turn: Option<TurnId>,
    /// Times that the turn was asked about.
    asked: u8,
    next: u32,
    /// What is being asked: its stamp and the words.
    open: Option<(u32, String)>,
    /// What came back, and the words that it is about.
    known: Option<(String, Judgement)>,
    /// The turn's care was counted.
    cared: bool,
    cares: u8,
}

impl Judging {
    /// What holds for `text`, said in `turn`.
    pub(super) fn of(&self, turn: TurnId, text: &str) -> Option<Judgement> {
        let (about, judgement) = self.known.as_ref().filter(|_| self.turn == Some(turn))?;
        if about == text {
            return Some(*judgement);
        }
        let (about, now) = (words::plain(about), words::plain(text));
        // The last word may have been heard otherwise since.
        let begun = &about[..about.len().saturating_sub(1)];
        (!begun.is_empty() && now.starts_with(begun)).then(|| judgement.of_a_beginning())
    }

    fn begin(&mut self, turn: TurnId) {
        if self.turn != Some(turn) {
            *self = Self {
                turn: Some(turn),
                next: self.next,
                cares: self.cares,
                ..Self::default()
            };
        }
    }

    fn take(&mut self, text: String, mut judgement: Judgement) {
        if judgement.concern().is_some() && !self.cared {
            if self.cares < CARES_MAX {
                self.cares += 1;
                self.cared = true;
            } else {
                judgement = judgement.without_concern();
            }
        }
        self.known = Some((text, judgement));
    }
}

impl<P: Plan> Session<P> {
    /// Has the open answer judged as far as it was heard. A written one is answered at once: there is no time for it.
    pub(super) fn ask_judgement(&mut self) {
        if !self.settings.judge || self.settings.mode == Mode::Text || !self.ear.as_ref().is_some_and(Ear::all_heard) {
            return;
        }
        let (turn, text, _) = self.answer_text();
        self.judging.begin(turn);
        let judging = &mut self.judging;
        let asks = judging.open.as_ref().map(|(_, about)| about);
        let knows = judging.known.as_ref().map(|(about, _)| about);
        if text.is_empty() || judging.asked >= ASKED_MAX || asks == Some(&text) || knows == Some(&text) {
            return;
        }
        let Some(question) = self.plan.appraisal(&text) else {
            return;
        };
        let appraisal = judging.next;
        judging.next = appraisal.wrapping_add(1);
        judging.asked += 1;
        judging.open = Some((appraisal, text));
        self.out.push_back(Output::Appraise {
            turn,
            appraisal,
            question,
        });
    }

    /// The model has answered, or could not.
    pub(super) fn appraised(&mut self, turn: TurnId, appraisal: u32, json: Option<&str>) {
        let asked = self.judging.turn == Some(turn);
        let Some((_, text)) = self.judging.open.take_if(|(id, _)| asked && *id == appraisal) else {
            return;
        };
        let open = matches!(self.phase, Phase::Listening | Phase::Taking(_));
        let Some(judgement) = json.filter(|_| open).and_then(|json| self.plan.judged(json)) else {
            return;
        };
        self.judging.take(text, judgement);
        self.reconsider();
    }

    /// What was prepared stands if the same would be decided now.
    fn reconsider(&mut self) {
        let (turn, text, confidence) = self.answer_text();
        if self.draft.as_ref().is_none_or(|draft| draft.basis != text) {
            return;
        }
        let answer = self.answer_of(turn, &text, confidence);
        let decision = self.plan.answer(self.now, self.fresh_turn(), answer);
        let Some(draft) = &mut self.draft else { return };
        if draft.decision.mv == decision.mv && draft.decision.phrase == decision.phrase {
            // The words stay; what the answer is credited for may be more.
            draft.decision.events = decision.events;
        } else {
            self.drop_draft();
            self.consider();
        }
    }
}

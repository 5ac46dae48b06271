//! The deterministic brain: keeps the coverage ledger and the clock, and decides the next move.

use std::sync::Arc;

use crate::event::{Aim, Concern, Event, Move, Outcome};
use crate::guide::Guide;
use crate::id::TurnId;
use crate::interviewer::{Prompt, Scene, Watch, prompt};
use crate::time::Ms;

mod assess;
#[cfg(test)]
mod behaviour;
mod budget;
pub mod care;
mod credit;
mod decide;
mod intent;
pub mod judging;
mod ledger;
pub(crate) mod lexicon;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod returns;
mod safety;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod understanding;
pub(crate) mod words;

pub use ledger::{Leave, Ledger, Phase, TopicLedger};
pub(crate) use lexicon::english;

use decide::Mind;
use judging::{Appraisal, Judgement};

/// An answer as the planner gets it.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The participant's turn.
    pub turn: TurnId,
    /// What was said in the whole of it.
    pub text: &'a str,
    /// The recognizer's mean confidence in [0, 1].
    pub confidence: f32,
    /// What its meaning calls for, where the words may say nothing of it; `None` too where nobody knows.
    pub meant: Option<Concern>,
    /// What a language model made of it, where it has answered in time.
    pub judged: Option<Judgement>,
}

/// What the planner decided, with nothing changed yet: the ledger changes when `events` are applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What to record if this is carried out, in order, the [`Event::MoveDecided`] of our turn last.
    pub events: Vec<Event>,
    /// The move.
    pub mv: Move,
    /// The guided phrase: complete, checked by the guard, ready to be spoken. Empty for [`Move::Hold`].
    pub phrase: String,
    /// Whether a language model may phrase it.
    pub open_to_model: bool,
}

/// How long to wait for somebody who may not have finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// A yes or no, or a correction of the recap, is expected.
    Brisk,
    /// An ordinary question.
    Normal,
    /// A story or a sensitive matter.
    Generous,
    /// The person asked for a moment.
    Holding,
}

/// Why the planner is asked to speak without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The interview begins.
    Begin,
    /// Nobody has answered for 8 s.
    Silence,
    /// Nobody has answered for 20 s.
    LongSilence,
    /// The conversation goes on after a break.
    Return,
    /// The participant pressed "skip this question".
    Skip,
    /// The participant pressed "repeat".
    Repeat,
    /// The participant asked to end.
    Stop,
}

/// What the planner can be asked.
pub trait Plan {
    /// Takes an event into the ledger. Live and after a crash the same events give the same ledger.
    fn apply(&mut self, at: Ms, event: &Event);
    /// Decides the move that follows an answer. `turn` will be ours.
    fn answer(&self, now: Ms, turn: TurnId, answer: Answer<'_>) -> Decision;
    /// Decides what to say where no answer calls for it. `turn` will be ours.
    fn speak(&self, now: Ms, turn: TurnId, occasion: Occasion) -> Decision;
    /// How the conversation would count if it ended now.
    fn outcome(&self) -> Outcome;
    /// How long to wait for the end of the answer to the pending question.
    fn patience(&self) -> Patience;
    /// What a language model is told in order to phrase `decision`. `answer`: the one that was decided
    /// on, as it may not be in the ledger yet.
    fn prompt(&self, now: Ms, decision: &Decision, answer: Option<Answer<'_>>) -> Prompt;
    /// The guard over what a language model says for `decision`, sentence by sentence.
    fn watch(&self, decision: &Decision, answer: Option<Answer<'_>>) -> Watch;
    /// What a language model is asked about an answer as far as it was given; `None` where nothing is.
    fn appraisal(&self, _text: &str) -> Option<Appraisal> {
        None
    }
    /// What came back; `None` where it is not what was asked for.
    fn judged(&self, _json: &str) -> Option<Judgement> {
        None
    }
}

/// Percent of the length that are left when the person is told that the end is near.
const TIME_CHECK_PERCENT: u64 = 25;

/// Milliseconds of the planned length that are left at `now`.
pub(crate) fn remaining_ms(guide: &Guide, now: Ms) -> u64 {
    budget::length(guide).saturating_sub(now.0)
}

/// The planned length in milliseconds.
pub(crate) fn planned_ms(guide: &Guide) -> u64 {
    budget::length(guide)
}

/// Whether the next change of topic is the one at which the person is told that the end is near.
pub(crate) fn time_check_due(guide: &Guide, ledger: &Ledger, now: Ms) -> bool {
    !ledger.time_checked && remaining_ms(guide, now) * 100 <= budget::length(guide) * TIME_CHECK_PERCENT
}

/// Milliseconds that each topic is to get, in the guide's order.
pub(crate) fn shares_ms(guide: &Guide) -> Vec<u64> {
    budget::shares(guide)
}

/// Whether an answer is a yes or no and hardly more.
pub(crate) fn says_only_no(text: &str) -> bool {
    intent::is_bare(&words::tokens(text))
}

/// Whether what was said tells something of the person's work: it is no request, no bare yes or no, no talk of the weather.
pub(crate) fn tells_something(text: &str) -> bool {
    let tokens = words::tokens(text);
    let whole = intent::read(&tokens);
    let bare = intent::is_bare(&tokens) && intent::polarity(&tokens).is_some();
    if bare || whole == intent::Intent::Protest {
        return false;
    }
    // "Let me think. The hours." is an answer.
    tokens.split_inclusive(words::Token::is_end).any(|sentence| {
        let asks = sentence.last().is_some_and(|end| end.text == words::ASK);
        let strays = whole == intent::Intent::Stray && intent::read(sentence) == intent::Intent::Stray;
        !strays
            && !is_request(sentence, asks)
            && words::content_words(sentence, &english().function_words)
                .next()
                .is_some()
    })
}

/// Whether a sentence is said to the interviewer and tells nothing. `asks`: it is a question.
pub(crate) fn is_request(sentence: &[words::Token], asks: bool) -> bool {
    use intent::Intent::{Hedge, Stray, Tell};
    let told = matches!(intent::read(sentence), Tell | Hedge | Stray);
    !intent::tells(sentence) && (asks || !told)
}

/// The gravest concern that a statement calls for.
pub(crate) fn concern(tokens: &[words::Token]) -> Option<crate::event::Concern> {
    safety::concern(tokens)
}

/// What a statement holds by itself.
pub(crate) fn evidence(tokens: &[words::Token]) -> crate::event::Evidence {
    assess::evidence(tokens, &std::collections::BTreeSet::new(), english())
}

/// Whether an answer to the recap says that all is well.
pub(crate) fn confirms(text: &str) -> bool {
    intent::confirms(&words::tokens(text))
}

/// The planner of one conversation: a fold over its events, with decisions that change nothing by themselves.
#[derive(Clone, Debug)]
pub struct Planner {
    guide: Arc<Guide>,
    ledger: Ledger,
    /// What the ledger was folded from, so that a turn can be undone.
    kept: Vec<(Ms, Event)>,
}

impl Planner {
    /// A planner at the beginning of a conversation against `guide`.
    #[must_use]
    pub fn new(guide: Arc<Guide>) -> Self {
        let ledger = Ledger::new(&guide);
        Self {
            guide,
            ledger,
            kept: Vec::new(),
        }
    }

    /// The guide that it follows.
    #[must_use]
    pub fn guide(&self) -> &Arc<Guide> {
        &self.guide
    }

    /// What is covered so far.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The ledger with `answer` heard, and with what `decision` records before its move.
    fn ledger_for(&self, now: Ms, decision: &Decision, answer: Option<Answer<'_>>) -> Ledger {
        let mut ledger = self.ledger.clone();
        if let Some(answer) = answer {
            ledger.hear(answer.turn, answer.text);
        }
        for event in decision
            .events
            .iter()
            .filter(|e| !matches!(e, Event::MoveDecided { .. }))
        {
            ledger.apply(&self.guide, now, event);
        }
        ledger
    }

    /// Drops what was decided in `undone` upon the participant's `turn`, and folds the rest again.
    fn undo(&mut self, turn: TurnId, undone: TurnId) {
        let Some(decided) = self
            .kept
            .iter()
            .rposition(|(_, e)| matches!(e, Event::MoveDecided { turn, .. } if *turn == undone))
        else {
            return;
        };
        let belongs = |index: usize, event: &Event| match event {
            Event::MoveDecided { turn, .. } => *turn == undone,
            Event::Assessed { turn: t, .. } | Event::SafetyRaised { turn: t, .. } => *t == turn && index < decided,
            _ => false,
        };
        // A turn that was reopened before was assessed before: that is undone already, so all that is left is of this one.
        let mut index = 0;
        self.kept.retain(|(_, event)| {
            let keep = !belongs(index, event);
            index += 1;
            keep
        });
        self.ledger = Ledger::new(&self.guide);
        for (at, event) in &self.kept {
            self.ledger.apply(&self.guide, *at, event);
        }
    }

    fn keep(&mut self, at: Ms, event: &Event) {
        // While somebody speaks the newest segment grows: only its last form is worth keeping.
        if let Event::SegmentHeard { turn, segment, .. } = event
            && let Some(slot) = self
                .kept
                .iter_mut()
                .rev()
                .take_while(|(_, e)| matches!(e, Event::SegmentHeard { .. }))
                .find(
                    |(_, e)| matches!(e, Event::SegmentHeard { turn: t, segment: s, .. } if t == turn && s == segment),
                )
        {
            *slot = (at, event.clone());
            return;
        }
        let folds = matches!(
            event,
            Event::Consented { .. }
                | Event::SegmentHeard { .. }
                | Event::Assessed { .. }
                | Event::MoveDecided { .. }
                | Event::Spoken { .. }
                | Event::Ended { .. }
        );
        if folds {
            self.kept.push((at, event.clone()));
        }
    }
}

impl Plan for Planner {
    fn apply(&mut self, at: Ms, event: &Event) {
        if let Event::TurnReopened { turn, undone } = event {
            return self.undo(*turn, *undone);
        }
        self.keep(at, event);
        self.ledger.apply(&self.guide, at, event);
    }

    fn answer(&self, now: Ms, turn: TurnId, answer: Answer<'_>) -> Decision {
        Mind::new(&self.guide, self.ledger.clone(), now, turn).answer(answer)
    }

    fn speak(&self, now: Ms, turn: TurnId, occasion: Occasion) -> Decision {
        Mind::new(&self.guide, self.ledger.clone(), now, turn).speak(occasion)
    }

    fn patience(&self) -> Patience {
        if self.ledger.last == Some(Move::Hold) {
            return Patience::Holding;
        }
        match self.ledger.phase {
            Phase::Asking => {}
            _ => return Patience::Brisk,
        }
        if matches!(self.ledger.last, Some(Move::OfferPause)) {
            return Patience::Brisk;
        }
        let sensitive = self.ledger.current.is_some_and(|i| self.guide.topics[i].sensitive);
        let story = self
            .ledger
            .pending
            .as_ref()
            .is_some_and(|p| p.aim == Some(Aim::Example));
        if sensitive || story {
            Patience::Generous
        } else {
            Patience::Normal
        }
    }

    fn outcome(&self) -> Outcome {
        self.ledger.outcome(&self.guide)
    }

    fn prompt(&self, now: Ms, decision: &Decision, answer: Option<Answer<'_>>) -> Prompt {
        let ledger = self.ledger_for(now, decision, answer);
        prompt::build(&self.guide, &ledger, now, decision)
    }

    fn watch(&self, decision: &Decision, answer: Option<Answer<'_>>) -> Watch {
        let ledger = self.ledger_for(Ms::ZERO, decision, answer);
        Watch::new(Scene::new(&self.guide, &ledger, &decision.mv))
    }

    fn appraisal(&self, text: &str) -> Option<Appraisal> {
        // Else they answer an offer or the recap, and a yes is a yes.
        let pending = self.ledger.pending.as_ref()?;
        (self.ledger.phase == Phase::Asking).then(|| judging::appraisal(&self.guide, &pending.question, text))
    }

    fn judged(&self, json: &str) -> Option<Judgement> {
        Judgement::read(&self.guide, json)
    }
}

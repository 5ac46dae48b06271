//! Decides the next move from the ledger, the clock and an answer. Nothing is changed: what is decided is returned as events.

mod probes;
mod topics;

use super::budget::{self, CLOSING_MS, SLOT_MS};
use super::intent::{self, Intent};
use super::judging::Judgement;
use super::ledger::{Heard, Leave, Ledger, Phase};
use super::lexicon::english;
use super::words::{self, Token};
use super::{Answer, Decision, Occasion, assess, credit, safety};
use crate::event::{Aim, Event, Evidence, Inquiry, Move};
use crate::guide::Guide;
use crate::id::TurnId;
use crate::interviewer::phrase::{self, Tone};
use crate::interviewer::recap;
use crate::time::Ms;

/// Below this mean confidence the recognizer guessed: better to ask again than to build on it.
const CONFIDENCE_MIN: f32 = 0.35;
/// How often one question is said again, a moment is given for it, and questions about it are answered.
const PATIENT_MAX: u32 = 2;
/// How often questions about their rights, and about the language, are answered before one question of ours is answered: more
/// often than anybody asks in earnest.
const RIGHTS_MAX: u32 = 8;
/// Corrections of the recap that are taken, one by one.
const CORRECTIONS_MAX: u32 = 2;
/// Times in a row that the question of care is put.
const CARES_MAX: u32 = 2;
/// How often the person can go back to one topic.
const RETURNS_MAX: u32 = 2;

/// One act of deciding: the ledger as it will be, and what is to be recorded.
pub(crate) struct Mind<'a> {
    guide: &'a Guide,
    ledger: Ledger,
    now: Ms,
    turn: TurnId,
    answers: Option<TurnId>,
    /// What a language model made of the answer.
    judged: Option<Judgement>,
    events: Vec<Event>,
}

impl<'a> Mind<'a> {
    pub(crate) fn new(guide: &'a Guide, ledger: Ledger, now: Ms, turn: TurnId) -> Self {
        Self {
            guide,
            ledger,
            now,
            turn,
            answers: None,
            judged: None,
            events: Vec::new(),
        }
    }

    /// Decides what follows `answer`.
    pub(crate) fn answer(mut self, answer: Answer<'_>) -> Decision {
        self.answers = Some(answer.turn);
        self.ledger.hear(answer.turn, answer.text);
        // Where an offer or the recap is answered, only the rules read it.
        self.judged = answer.judged.filter(|_| self.ledger.phase == Phase::Asking);
        let tokens = words::tokens(answer.text);
        match self.ledger.phase {
            Phase::Before => return self.speak(Occasion::Begin),
            Phase::Closed => return self.decided(Move::Close, Tone::Plain),
            _ => {}
        }
        // Help was offered just now: what more is told of it is known by its words, or the answer to the offer is taken for it.
        let meant = answer.meant.filter(|_| !matches!(self.ledger.phase, Phase::Caring(_)));
        let concern = safety::concern(&tokens).or(meant);
        if let Some(concern) = concern {
            self.record(Event::SafetyRaised {
                turn: answer.turn,
                concern,
            });
            self.assess(answer.turn, &tokens, Intent::Tell);
            if !matches!(self.ledger.phase, Phase::Caring(_)) || self.ledger.cares < CARES_MAX {
                return self.decided(Move::Care { concern }, Tone::Plain);
            }
            // Whoever needs help that much needs no interview.
            return self.decided(Move::Close, Tone::AfterCare);
        }
        let unclear = tokens.iter().all(Token::is_end) || answer.confidence < CONFIDENCE_MIN;
        let read = intent::read(&tokens);
        let intent = self.judged.map_or(read, |judged| judged.intent(read, &tokens));
        if let Some(mv) = self.request(intent) {
            if self.ledger.phase == Phase::Asking && intent::tells(&tokens) {
                self.assess(answer.turn, &tokens, Intent::Tell);
            }
            let tone = match intent {
                Intent::Slower => Tone::Slower,
                Intent::Back => Tone::Asking,
                _ => Tone::Plain,
            };
            return self.decided(mv, tone);
        }
        match self.ledger.phase {
            Phase::Caring(_) => self.after_care(&tokens, intent, unclear),
            Phase::Recapping => self.after_recap(&tokens, intent, unclear),
            Phase::Correcting => self.after_correction(&tokens, intent, unclear),
            _ if intent == Intent::Stop => self.decided(Move::Close, Tone::Stopped),
            _ => self.in_topic(answer.turn, &tokens, intent, unclear),
        }
    }

    /// Decides what to say where no answer calls for it.
    pub(crate) fn speak(self, occasion: Occasion) -> Decision {
        if self.ledger.phase == Phase::Closed {
            return self.decided(Move::Close, Tone::Plain);
        }
        if self.ledger.phase == Phase::Before && occasion != Occasion::Stop {
            return match self.next_topic() {
                Some(topic) => {
                    let topic = topic.id.clone();
                    self.decided(Move::Welcome { topic }, Tone::Plain)
                }
                None => self.decided(Move::Close, Tone::Plain),
            };
        }
        match occasion {
            Occasion::Begin | Occasion::Return => {
                let topic = self.ledger.current.map(|i| self.guide.topics[i].id.clone());
                self.decided(Move::Reconvene { topic }, Tone::Plain)
            }
            Occasion::Silence => self.decided(Move::Nudge, Tone::Plain),
            Occasion::LongSilence => self.decided(Move::OfferPause, Tone::Plain),
            Occasion::Repeat => self.decided(Move::Repeat, Tone::Plain),
            Occasion::Stop => self.decided(Move::Close, Tone::Stopped),
            Occasion::Skip => match self.ledger.phase {
                Phase::Asking => self.onward(Tone::Skipped),
                // As "skip this" in words: the question of care is left, not the interview.
                Phase::Caring(_) => self.onward(Tone::AfterCare),
                _ => self.finish(Tone::Skipped),
            },
        }
    }

    /// A request that is met without leaving the question; `None` once it was made too often.
    fn request(&self, intent: Intent) -> Option<Move> {
        let pending = self.ledger.pending.as_ref()?;
        match intent {
            Intent::Pause => Some(Move::OfferPause),
            Intent::Hold if pending.holds < PATIENT_MAX => Some(Move::Hold),
            Intent::Repeat | Intent::Slower if pending.repeats < PATIENT_MAX => Some(Move::Repeat),
            Intent::Back if self.ledger.phase == Phase::Asking => {
                let index = self.ledger.left.filter(|i| {
                    let left = &self.ledger.topics[*i];
                    left.returned < RETURNS_MAX && left.closed != Some(Leave::Discomfort)
                })?;
                let topic = self.guide.topics[index].id.clone();
                Some(Move::ReturnTo { topic })
            }
            Intent::Inquire(about) => {
                let rights = matches!(
                    about,
                    Inquiry::WhoSees | Inquiry::Anonymous | Inquiry::Kept | Inquiry::Recording | Inquiry::Language
                );
                let most = if rights { RIGHTS_MAX } else { PATIENT_MAX };
                (pending.informs < most).then_some(Move::Inform { about })
            }
            _ => None,
        }
    }

    fn after_care(self, tokens: &[Token], intent: Intent, unclear: bool) -> Decision {
        if intent == Intent::Stop || matches!(intent, Intent::Decline) {
            return self.decided(Move::Close, Tone::AfterCare);
        }
        let again = self.ledger.pending.as_ref().is_some_and(|p| p.repeats == 0);
        match (intent::polarity(tokens), unclear) {
            (Some(true), false) => self.onward(Tone::AfterCare),
            (Some(false), false) => self.decided(Move::Close, Tone::AfterCare),
            (_, true) if !again => self.decided(Move::Close, Tone::AfterCare),
            (None, false) if !again || intent == Intent::Skip => self.onward(Tone::AfterCare),
            _ => self.decided(Move::Repeat, if unclear { Tone::Unheard } else { Tone::Plain }),
        }
    }

    fn after_recap(self, tokens: &[Token], intent: Intent, unclear: bool) -> Decision {
        let leaves = matches!(
            intent,
            Intent::Stop
                | Intent::Skip
                | Intent::Decline
                | Intent::Unknown
                | Intent::Hedge
                | Intent::Protest
                | Intent::Stray
        );
        // Asked what was left out, "no" says that it was nothing.
        let nothing = recap::is_empty(self.guide, &self.ledger)
            && intent::is_bare(tokens)
            && intent::polarity(tokens) == Some(false);
        if unclear || leaves || nothing || intent::confirms(tokens) {
            return self.decided(Move::Close, Tone::Plain);
        }
        self.decided(
            Move::AcceptCorrection,
            if intent::is_bare(tokens) || (intent == Intent::Back && !intent::tells(tokens)) {
                Tone::Asking
            } else {
                Tone::Plain
            },
        )
    }

    fn after_correction(self, tokens: &[Token], intent: Intent, unclear: bool) -> Decision {
        let done = unclear
            || self.ledger.corrections >= CORRECTIONS_MAX
            || !matches!(intent, Intent::Tell | Intent::Inquire(_))
            || intent::confirms(tokens)
            || (intent::is_bare(tokens) && intent::polarity(tokens) == Some(false));
        if done {
            return self.decided(Move::Close, Tone::Plain);
        }
        self.decided(
            Move::AcceptCorrection,
            if intent::is_bare(tokens) {
                Tone::Asking
            } else {
                Tone::Plain
            },
        )
    }

    fn in_topic(mut self, turn: TurnId, tokens: &[Token], intent: Intent, unclear: bool) -> Decision {
        let repeats = self.ledger.pending.as_ref().map_or(0, |p| p.repeats);
        let checked_in = matches!(
            self.ledger.last,
            Some(Move::Nudge | Move::OfferPause | Move::Reconvene { .. })
        );
        if checked_in && intent::is_bare(tokens) {
            match (intent::polarity(tokens), &self.ledger.last) {
                (Some(true), Some(Move::OfferPause)) => return self.decided(Move::OfferPause, Tone::Plain),
                (Some(_), _) if repeats < PATIENT_MAX => return self.decided(Move::Repeat, Tone::Plain),
                _ => {}
            }
        }
        if unclear {
            if repeats == 0 {
                return self.decided(Move::Repeat, Tone::Unheard);
            }
            self.assess(turn, &[], Intent::Unknown);
            return self.onward(Tone::Unheard);
        }
        self.assess(turn, tokens, intent);
        match intent {
            Intent::Decline => self.onward(Tone::Declined),
            Intent::Skip => self.onward(Tone::Skipped),
            _ if intent::says_nothing(tokens, intent) => self.invite(),
            Intent::Unknown => self.within(Tone::Unknown, intent),
            Intent::Stray => self.within(Tone::Strayed, intent),
            Intent::Protest => self.within(Tone::Protest, intent),
            _ => self.within(Tone::Plain, intent),
        }
    }

    /// Counts the answer for the topic that is talked about.
    fn assess(&mut self, turn: TurnId, tokens: &[Token], intent: Intent) {
        let Some(index) = self.ledger.current else { return };
        let tells = matches!(intent, Intent::Tell | Intent::Hedge) || intent::tells(tokens);
        let mut evidence = if tells || intent == Intent::Decline {
            assess::evidence(tokens, &self.ledger.topics[index].stems, english())
        } else {
            Evidence::default()
        };
        if intent == Intent::Decline {
            evidence = Evidence {
                words: evidence.words,
                declined: true,
                ..Evidence::default()
            };
        }
        if let Some(judged) = self.judged.filter(|_| evidence.answered) {
            judged.add_to(&mut evidence);
        }
        let topic = self.guide.topics[index].id.clone();
        self.record(Event::Assessed { turn, topic, evidence });
        if intent == Intent::Tell {
            self.credit_others(turn, tokens, index);
        }
    }

    /// Counts what an answer says about other topics than the one that is talked about.
    fn credit_others(&mut self, turn: TurnId, tokens: &[Token], current: usize) {
        let mut credited = vec![current];
        for (index, part) in credit::touched(self.guide, current, tokens) {
            let other = &self.ledger.topics[index];
            if other.declined || other.closed == Some(Leave::Discomfort) {
                continue;
            }
            let evidence = assess::evidence(&part, &other.stems, english());
            if evidence.answered {
                let topic = self.guide.topics[index].id.clone();
                self.record(Event::Assessed { turn, topic, evidence });
                credited.push(index);
            }
        }
        self.credit_judged(turn, tokens, &credited);
    }

    /// Counts an answer for the topics that only the model found in it: something was said on them, no more is known.
    fn credit_judged(&mut self, turn: TurnId, tokens: &[Token], credited: &[usize]) {
        let Some(judged) = self.judged else { return };
        let words = assess::evidence(tokens, &std::collections::BTreeSet::new(), english()).words;
        for index in 0..self.guide.topics.len() {
            let other = &self.ledger.topics[index];
            let leave = other.declined || other.closed == Some(Leave::Discomfort) || credited.contains(&index);
            if leave || words == 0 || !judged.touches(index) {
                continue;
            }
            let evidence = Evidence {
                words,
                answered: true,
                new: true,
                ..Evidence::default()
            };
            let topic = self.guide.topics[index].id.clone();
            self.record(Event::Assessed { turn, topic, evidence });
        }
    }

    /// Stays in the topic if there is reason to, else goes on.
    fn within(self, tone: Tone, intent: Intent) -> Decision {
        match self.next_probe(intent) {
            Some((topic, aim)) => {
                let topic = topic.id.clone();
                self.decided(Move::Probe { topic, aim }, tone)
            }
            None => self.onward(tone),
        }
    }

    /// Leaves the topic: for the next one, or for the closing.
    fn onward(self, tone: Tone) -> Decision {
        if let Some(topic) = self.to_return_to(tone) {
            let topic = topic.id.clone();
            return self.decided(Move::ReturnTo { topic }, tone);
        }
        match self.next_topic() {
            Some(topic) => {
                let topic = topic.id.clone();
                self.decided(Move::OpenTopic { topic }, tone)
            }
            None => self.finish(tone),
        }
    }

    fn finish(self, tone: Tone) -> Decision {
        // Long past the end the farewell alone is due: whoever spoke that long has said their piece.
        let late = self.now.0 > budget::hard_end(self.guide) + CLOSING_MS + SLOT_MS + CLOSING_MS;
        let mv = if self.ledger.closing_reached || late {
            Move::Close
        } else {
            Move::Recap
        };
        self.decided(mv, tone)
    }

    fn record(&mut self, event: Event) {
        self.ledger.apply(self.guide, self.now, &event);
        self.events.push(event);
    }

    fn decided(mut self, mv: Move, tone: Tone) -> Decision {
        let heard = self.answers.and_then(|t| self.ledger.turns.get(&t)).map(Heard::text);
        let phrase = phrase::phrase(self.guide, &self.ledger, self.now, &mv, tone, heard.as_deref());
        self.events.push(Event::MoveDecided {
            turn: self.turn,
            answers: self.answers,
            mv: mv.clone(),
        });
        Decision {
            events: self.events,
            open_to_model: matches!(mv, Move::OpenTopic { .. } | Move::Probe { .. })
                && !matches!(mv, Move::Probe { aim: Aim::Invite, .. })
                && matches!(tone, Tone::Plain | Tone::Unknown),
            mv,
            phrase,
        }
    }
}

//! One reply of ours: from the decision, through the language model or the guided phrase, to speakable pieces.

use crate::event::{FallbackCause, Mode, Phrasing};
use crate::id::{TurnId, UtteranceId};
use crate::interviewer::Watch;
use crate::planner::Decision;
use crate::time::Ms;

use super::super::chunker::{Chunker, chunks};
use super::super::latency::{Stage, Stopwatch};
use super::super::utterance::Utterance;

/// A model that has begun to speak may pause so long inside its answer before the guided phrase takes over.
const MODEL_GAP_MS: u64 = 1_200;
/// A model that never stops is stopped here; the guard allows far fewer.
const MODEL_PIECES: u32 = 12;

/// The language model's answer as it streams in.
#[derive(Debug)]
struct Stream {
    sentences: Chunker,
    watch: Watch,
    last_at: Ms,
}

/// What a reply wants done after something happened to it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wants {
    /// Stop the language model.
    pub(super) stop_model: bool,
}

/// One reply of ours.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) turn: TurnId,
    pub(super) answers: Option<TurnId>,
    /// What the participant had said when this was decided.
    pub(super) basis: String,
    pub(super) decision: Decision,
    pub(super) utterance: Utterance,
    pub(super) by: Phrasing,
    /// Whether it is heard or read: as the person took part when it was prepared.
    pub(super) mode: Mode,
    pub(super) fell_back: Option<FallbackCause>,
    pub(super) stopwatch: Stopwatch,
    /// Pieces that were handed to the synthesizer.
    pub(super) handed: u32,
    /// Whether it was said that no more pieces will come.
    pub(super) completed: bool,
    /// Whether the first audible sample was sent.
    pub(super) audible_since: Option<Ms>,
    model: Option<Stream>,
    model_spoke: bool,
    deadline: Option<Ms>,
}

impl Reply {
    /// A reply in the guided words.
    pub(super) fn guided(
        id: UtteranceId,
        turn: TurnId,
        answers: Option<TurnId>,
        decision: Decision,
        stopwatch: Stopwatch,
    ) -> Self {
        let mut reply = Self::bare(id, turn, answers, decision, stopwatch);
        for piece in chunks(&reply.decision.phrase) {
            reply.utterance.push(piece);
        }
        reply.utterance.close();
        reply
    }

    /// A reply that a language model phrases, after the fixed words.
    pub(super) fn modelled(
        id: UtteranceId,
        turn: TurnId,
        answers: Option<TurnId>,
        decision: Decision,
        stopwatch: Stopwatch,
        watch: Watch,
        now: Ms,
    ) -> Self {
        let mut reply = Self::bare(id, turn, answers, decision, stopwatch);
        for piece in chunks(&reply.decision.fixed) {
            reply.utterance.push(piece);
        }
        reply.by = Phrasing::Model;
        reply.model = Some(Stream {
            sentences: Chunker::of_sentences(),
            watch,
            last_at: now,
        });
        reply
    }

    fn bare(id: UtteranceId, turn: TurnId, answers: Option<TurnId>, decision: Decision, stopwatch: Stopwatch) -> Self {
        Self {
            turn,
            answers,
            basis: String::new(),
            decision,
            utterance: Utterance::new(id),
            by: Phrasing::Guided,
            mode: Mode::Voice,
            fell_back: None,
            stopwatch,
            handed: 0,
            completed: false,
            audible_since: None,
            model: None,
            model_spoke: false,
            deadline: None,
        }
    }

    /// The answer stands: from now on the model's time counts.
    pub(super) fn commit(&mut self, now: Ms, deadline_ms: u64) {
        if self.model.is_some() && self.utterance.is_empty() {
            self.deadline = Some(now + deadline_ms);
        } else if let Some(stream) = &mut self.model {
            stream.last_at = now;
        }
    }

    /// When the model must have said something, if it is still awaited.
    pub(super) fn model_deadline(&self) -> Option<Ms> {
        let stream = self.model.as_ref()?;
        self.deadline
            .or(self.model_spoke.then(|| stream.last_at + MODEL_GAP_MS))
    }

    /// The model said something.
    pub(super) fn model_text(&mut self, now: Ms, delta: &str) -> Wants {
        let Some(stream) = &mut self.model else {
            return Wants::default();
        };
        stream.last_at = now;
        self.stopwatch.reach(Stage::FirstToken, now);
        stream.sentences.push(delta);
        while let Some(sentence) = self.model.as_mut().and_then(|s| s.sentences.pop()) {
            if !self.take_sentence(now, sentence) {
                return Wants { stop_model: true };
            }
        }
        Wants::default()
    }

    /// The model is done.
    pub(super) fn model_done(&mut self, now: Ms) -> Wants {
        let Some(stream) = &mut self.model else {
            return Wants::default();
        };
        if let Some(sentence) = stream.sentences.finish()
            && !self.take_sentence(now, sentence)
        {
            return Wants::default();
        }
        let verdict = self.model.take().map(|stream| stream.watch.finish());
        match verdict {
            Some(Err(refusal)) => self.fall_back(
                now,
                FallbackCause::Guard {
                    rule: refusal.rule.to_owned(),
                },
            ),
            _ => self.utterance.close(),
        }
        Wants::default()
    }

    /// The model failed, or is late.
    pub(super) fn model_gave_up(&mut self, now: Ms, cause: FallbackCause) -> Wants {
        let Some(stream) = self.model.take() else {
            return Wants::default();
        };
        if stream.watch.asked() {
            // The question was put; nothing is missing.
            self.utterance.close();
        } else {
            self.fall_back(now, cause);
        }
        Wants { stop_model: true }
    }

    /// Whether the sentence may be spoken and more is wanted.
    fn take_sentence(&mut self, now: Ms, sentence: String) -> bool {
        let Some(stream) = &mut self.model else { return false };
        let verdict = stream.watch.sentence(&sentence);
        let asked = stream.watch.asked();
        match verdict {
            Ok(()) if self.utterance.len() < MODEL_PIECES => {
                self.stopwatch.reach(Stage::FirstChunk, now);
                for piece in chunks(&sentence) {
                    self.utterance.push(piece);
                }
                self.deadline = None;
                self.model_spoke = true;
                if asked {
                    // A question is the last thing to be said: what would follow it is not waited for.
                    self.model = None;
                    self.utterance.close();
                }
                !asked
            }
            Err(refusal) if !asked => {
                self.fall_back(
                    now,
                    FallbackCause::Guard {
                        rule: refusal.rule.to_owned(),
                    },
                );
                false
            }
            _ => {
                // The question stands; what the model would add to it is left out.
                self.model = None;
                self.utterance.close();
                false
            }
        }
    }

    /// Goes on in the guided words.
    fn fall_back(&mut self, now: Ms, cause: FallbackCause) {
        self.model = None;
        self.deadline = None;
        if !self.model_spoke {
            self.by = Phrasing::Guided;
        }
        let rest = self
            .decision
            .phrase
            .strip_prefix(self.decision.fixed.as_str())
            .unwrap_or(&self.decision.phrase);
        for piece in chunks(rest) {
            self.utterance.push(piece);
        }
        self.utterance.close();
        self.fell_back = Some(cause);
        self.stopwatch.reach(Stage::FirstChunk, now);
    }
}

//! A planner that answers by script, models that answer at once, and a client, on a manual clock.

use super::super::*;
use crate::event::{Concern, Move, Outcome};
use crate::id::TopicId;
use crate::interviewer::{Prompt, Scene, Watch};
use crate::planner::judging::{Appraisal, Judgement};
use crate::planner::{Decision, Ledger, Occasion, Planner};
use crate::ports::Transcript;

/// Answers everything with one sentence and one question, and closes after `answers`.
pub(super) struct Scripted {
    pub(super) answers: u32,
    pub(super) asked: u32,
    pub(super) open_to_model: bool,
    pub(super) opening: &'static str,
}

impl Scripted {
    /// Closes after so many answers, and phrases everything itself.
    pub(super) fn closing_after(answers: u32) -> Self {
        Self {
            answers,
            asked: 0,
            open_to_model: false,
            opening: "Hello. How is your work?",
        }
    }

    /// As [`Scripted::closing_after`], and leaves the words to the model.
    pub(super) fn modelled(answers: u32) -> Self {
        Self {
            open_to_model: true,
            ..Self::closing_after(answers)
        }
    }

    fn decision(&self, turn: TurnId, answers: Option<TurnId>, mv: Move, phrase: &str) -> Decision {
        Decision {
            events: vec![Event::MoveDecided {
                turn,
                answers,
                mv: mv.clone(),
            }],
            open_to_model: self.open_to_model && !mv.ends(),
            mv,
            phrase: phrase.to_owned(),
        }
    }
}

impl Plan for Scripted {
    fn apply(&mut self, _at: Ms, event: &Event) {
        match event {
            Event::MoveDecided { answers: Some(_), .. } => self.asked += 1,
            Event::TurnReopened { .. } => self.asked -= 1,
            _ => {}
        }
    }
    fn answer(&self, _now: Ms, turn: TurnId, answer: Answer<'_>) -> Decision {
        let answers = Some(answer.turn);
        if answer.text.to_lowercase().contains("let me think") && answer.text.split_whitespace().count() < 5 {
            return self.decision(turn, answers, Move::Hold, "");
        }
        if answer.text.contains("hurt myself") || answer.meant.is_some() {
            return self.decision(
                turn,
                answers,
                Move::Care {
                    concern: Concern::SelfHarm,
                },
                "Help is there. Go on?",
            );
        }
        if self.asked + 1 >= self.answers {
            return self.decision(turn, answers, Move::Close, "Thank you. Goodbye.");
        }
        let mv = Move::OpenTopic {
            topic: TopicId::from("work"),
        };
        self.decision(
            turn,
            answers,
            mv,
            &format!("Thank you. What came after number {}?", self.asked),
        )
    }
    fn speak(&self, _now: Ms, turn: TurnId, occasion: Occasion) -> Decision {
        let (mv, phrase) = match occasion {
            Occasion::Begin => (
                Move::Welcome {
                    topic: TopicId::from("work"),
                },
                self.opening,
            ),
            Occasion::Silence => (Move::Nudge, "Take your time. Are you there?"),
            Occasion::LongSilence => (Move::OfferPause, "Shall we pause?"),
            Occasion::Return => (Move::Reconvene { topic: None }, "Welcome back. How is your work?"),
            Occasion::Skip => (
                Move::OpenTopic {
                    topic: TopicId::from("pay"),
                },
                "Fine. What about pay?",
            ),
            Occasion::Repeat => (Move::Repeat, "How is your work?"),
            Occasion::Stop => (Move::Close, "Thank you. Goodbye."),
        };
        self.decision(turn, None, mv, phrase)
    }
    fn outcome(&self) -> Outcome {
        Outcome::Completed
    }
    fn patience(&self) -> Patience {
        Patience::Normal
    }
    fn prompt(&self, _now: Ms, _decision: &Decision, _answer: Option<Answer<'_>>) -> Prompt {
        Prompt {
            system: String::new(),
            messages: Vec::new(),
            max_tokens: 60,
        }
    }
    fn appraisal(&self, text: &str) -> Option<Appraisal> {
        let prompt = Prompt {
            system: String::new(),
            messages: Vec::new(),
            max_tokens: 60,
        };
        let schema = text.into();
        Some(Appraisal { prompt, schema })
    }
    fn judged(&self, json: &str) -> Option<Judgement> {
        let guide = crate::planner::testing::guide(15, &[crate::guide::Priority::High]);
        Planner::new(std::sync::Arc::new(guide)).judged(json)
    }
    fn watch(&self, decision: &Decision, _answer: Option<Answer<'_>>) -> Watch {
        let guide = crate::planner::testing::guide(15, &[crate::guide::Priority::High]);
        Watch::new(Scene::new(&guide, &Ledger::new(&guide), &decision.mv))
    }
}

/// Models and a client that answer at once, on a manual clock.
pub(super) struct Rig {
    pub(super) session: Session<Scripted>,
    pub(super) now: Ms,
    /// What the person says next, from the start of the turn.
    pub(super) words: String,
    pub(super) sure: f32,
    pub(super) outputs: Vec<Output>,
    pub(super) events: Vec<Recorded>,
    pub(super) playing: Vec<(UtteranceId, u32, u32, u32)>,
    /// Everything that was synthesized, and how much of it was played.
    pub(super) pieces: Vec<Piece>,
    pub(super) released: Vec<UtteranceId>,
    pub(super) holding: bool,
    pub(super) deaf: bool,
}

pub(super) const WORD_MS: u32 = 200;

/// A piece of speech as the client has it.
pub(super) struct Piece {
    pub(super) utterance: UtteranceId,
    pub(super) chunk: u32,
    pub(super) text: String,
    pub(super) duration_ms: u32,
    pub(super) played_ms: u32,
}

impl Rig {
    pub(super) fn with(settings: Settings, plan: Scripted, events: Vec<Recorded>) -> Self {
        let session = Session::new(plan, settings, &events);
        let now = session.now();
        Self {
            session,
            now,
            words: String::new(),
            sure: 0.99,
            outputs: Vec::new(),
            events,
            playing: Vec::new(),
            pieces: Vec::new(),
            released: Vec::new(),
            holding: false,
            deaf: false,
        }
    }

    pub(super) fn new() -> Self {
        Self::with(Settings::default(), Scripted::closing_after(100), Vec::new())
    }

    pub(super) fn input(&mut self, input: Input) {
        self.session.handle(self.now, input);
        while let Some(output) = self.session.poll_output() {
            self.outputs.push(output.clone());
            match output {
                Output::Record(event) => {
                    let seq = self.events.len() as u64 + 1;
                    self.events.push(Recorded {
                        seq,
                        at: self.now,
                        wall_ms: 0,
                        event,
                    });
                }
                Output::ScoreEndOfTurn { turn, voiced_until, .. } => {
                    let probability = Some(self.sure);
                    self.session.handle(
                        self.now,
                        Input::EndOfTurn {
                            turn,
                            voiced_until,
                            probability,
                        },
                    );
                }
                Output::Transcribe {
                    turn,
                    segment,
                    from,
                    to,
                    ..
                } if !self.deaf => {
                    let transcript = Transcript {
                        text: self.words.as_str().into(),
                        words: Vec::new(),
                        confidence: 0.9,
                    };
                    let transcript = Some(transcript);
                    self.session.handle(
                        self.now,
                        Input::Heard {
                            turn,
                            segment,
                            from,
                            to,
                            transcript,
                        },
                    );
                }
                Output::Synthesize { utterance, chunk, text } => {
                    let duration_ms = text.split_whitespace().count() as u32 * WORD_MS;
                    self.playing.push((utterance, chunk, duration_ms, duration_ms));
                    self.pieces.push(Piece {
                        utterance,
                        chunk,
                        text,
                        duration_ms,
                        played_ms: 0,
                    });
                    self.session.handle(self.now, Input::FirstAudio { utterance, chunk });
                    self.session.handle(
                        self.now,
                        Input::Synthesized {
                            utterance,
                            chunk,
                            duration_ms,
                        },
                    );
                }
                Output::Release { utterance } => self.released.push(utterance),
                Output::Drop { utterance } => {
                    self.holding = false;
                    self.playing.retain(|(id, ..)| *id != utterance);
                }
                Output::HoldPlayback => self.holding = true,
                Output::ContinuePlayback => self.holding = false,
                _ => {}
            }
        }
    }

    /// One frame of 32 ms in which somebody speaks or not, and playback goes on.
    pub(super) fn frame(&mut self, probability: f32) {
        self.now += 32;
        self.input(Input::Voice { probability });
        if self.holding {
            return;
        }
        let next = self
            .playing
            .iter()
            .position(|(id, _, left, _)| self.released.contains(id) && *left > 0);
        if let Some(at) = next {
            let (id, chunk, left, whole) = self.playing[at];
            let left = left.saturating_sub(32);
            self.playing[at].2 = left;
            let mut pieces = self.pieces.iter_mut();
            if let Some(piece) = pieces.find(|p| (p.utterance, p.chunk) == (id, chunk)) {
                piece.played_ms = whole - left;
            }
            self.input(Input::Played {
                utterance: id,
                chunk,
                played_ms: whole - left,
            });
        }
    }

    pub(super) fn quiet(&mut self, ms: u64) {
        for _ in 0..ms / 32 {
            self.frame(0.01);
        }
    }

    pub(super) fn speak(&mut self, words: &str, ms: u64) {
        self.words = words.to_owned();
        for _ in 0..ms / 32 {
            self.frame(0.95);
        }
    }

    /// Connects with a browser that knows our echo already.
    pub(super) fn connect_without_echo(&mut self) {
        self.input(Input::Connected);
        self.session.echo_until = Some(Ms::ZERO);
    }

    /// Connects and hears the greeting out.
    pub(super) fn begin(&mut self) {
        self.input(Input::Connected);
        self.quiet(1_500);
        assert_eq!(self.session.phase, Phase::Listening);
    }

    /// What the client has played of an utterance, to the letter.
    pub(super) fn played_of(&self, utterance: UtteranceId) -> String {
        let pieces = self.pieces.iter().filter(|p| p.utterance == utterance);
        let played = pieces.map(|p| {
            let letters = p.text.chars().count() * p.played_ms as usize / p.duration_ms.max(1) as usize;
            p.text.chars().take(letters).collect::<String>()
        });
        played.collect()
    }

    pub(super) fn transcript(&self) -> Vec<String> {
        self.session
            .log()
            .turns()
            .iter()
            .map(|t| t.text.expose().to_owned())
            .collect()
    }

    pub(super) fn count(&self, wanted: impl Fn(&Output) -> bool) -> usize {
        self.outputs.iter().filter(|o| wanted(o)).count()
    }

    pub(super) fn has_event(&self, wanted: impl Fn(&Event) -> bool) -> bool {
        self.events.iter().any(|r| wanted(&r.event))
    }

    /// The newest stretch that was asked for comes back, with these words.
    pub(super) fn hears(&mut self, words: &str) {
        let asked = self.outputs.iter().rev().find_map(|o| match o {
            Output::Transcribe {
                turn,
                segment,
                from,
                to,
                ..
            } => Some((*turn, *segment, *from, *to)),
            _ => None,
        });
        let (turn, segment, from, to) = asked.expect("a stretch was asked for");
        let transcript = Some(Transcript {
            text: words.into(),
            words: Vec::new(),
            confidence: 0.9,
        });
        self.input(Input::Heard {
            turn,
            segment,
            from,
            to,
            transcript,
        });
    }
}

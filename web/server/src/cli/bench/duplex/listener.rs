//! An interviewer who asks the same question after each answer, with ordinary patience.

use colloquy_core::event::{Event, Move, Outcome};
use colloquy_core::id::{TopicId, TurnId};
use colloquy_core::interviewer::{Prompt, Watch};
use colloquy_core::planner::{Answer, Decision, Occasion, Patience, Plan};
use colloquy_core::time::Ms;

/// What is said after an answer.
pub(super) const QUESTION: &str = "What happened then?";

pub(super) struct Listener {
    greeting: String,
}

impl Listener {
    pub(super) fn new(greeting: &str) -> Self {
        Self {
            greeting: greeting.to_owned(),
        }
    }

    fn decide(turn: TurnId, answers: Option<TurnId>, phrase: &str) -> Decision {
        let mv = Move::OpenTopic {
            topic: TopicId::from("any"),
        };
        Decision {
            events: vec![Event::MoveDecided {
                turn,
                answers,
                mv: mv.clone(),
            }],
            mv,
            phrase: phrase.to_owned(),
            open_to_model: false,
        }
    }
}

impl Plan for Listener {
    fn apply(&mut self, _at: Ms, _event: &Event) {}

    fn answer(&self, _now: Ms, turn: TurnId, answer: Answer<'_>) -> Decision {
        Self::decide(turn, Some(answer.turn), QUESTION)
    }

    fn speak(&self, _now: Ms, turn: TurnId, occasion: Occasion) -> Decision {
        let phrase = if occasion == Occasion::Begin {
            &self.greeting
        } else {
            QUESTION
        };
        Self::decide(turn, None, phrase)
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
            max_tokens: 0,
        }
    }

    fn watch(&self, decision: &Decision, _answer: Option<Answer<'_>>) -> Watch {
        Watch::for_question(decision.mv.clone())
    }
}

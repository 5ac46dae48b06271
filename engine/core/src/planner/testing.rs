//! A small guide and a driver for the planner's own tests.

use std::sync::Arc;

use super::{Answer, Decision, Occasion, Plan, Planner};
use crate::event::{Concern, Event, Phrasing};
use crate::guide::{Confidentiality, Guide, HelpContact, ModeChoice, Priority, Topic};
use crate::id::{GuideId, SegmentId, TopicId, TurnId, UtteranceId};
use crate::pii::Pii;
use crate::time::Ms;

/// A guide of bare topics with these priorities.
pub(crate) fn guide(length_min: u16, priorities: &[Priority]) -> Guide {
    let topics = priorities.iter().enumerate().map(|(i, priority)| Topic {
        id: TopicId(format!("topic-{i}")),
        label: [
            "Your daily work",
            "Support from your manager",
            "Pay and recognition",
            "Learning and career",
            "Your team",
            "Tools and access",
            "The next year",
        ][i % 7]
            .to_owned(),
        description: "What it is like.".to_owned(),
        priority: *priority,
        guidance: "Listen for concrete events.".to_owned(),
        context: "The office in Leeds will be closed in spring by decision of the board.".to_owned(),
        openings: Vec::new(),
        probes: Vec::new(),
        cues: Vec::new(),
        sensitive: false,
    });
    Guide {
        id: GuideId(uuid::Uuid::nil()),
        title: "Stay conversation".to_owned(),
        organisation: "Acme".to_owned(),
        length_min,
        confidentiality: Confidentiality::Confidential,
        mode: ModeChoice::Participant,
        help: Some(HelpContact {
            name: "Maria Lopez of the people team".to_owned(),
            reach: "extension 4711".to_owned(),
        }),
        topics: topics.collect(),
    }
}

/// Plays an interview on a manual clock: the part of the conversation that the planner sees.
pub(crate) struct Interview {
    pub(crate) planner: Planner,
    pub(crate) now: Ms,
    pub(crate) log: Vec<(Ms, Event)>,
    pub(crate) turn: TurnId,
}

impl Interview {
    pub(crate) fn new(guide: Guide) -> Self {
        Self {
            planner: Planner::new(Arc::new(guide)),
            now: Ms::ZERO,
            log: Vec::new(),
            turn: TurnId(0),
        }
    }

    pub(crate) fn record(&mut self, event: Event) {
        self.planner.apply(self.now, &event);
        self.log.push((self.now, event));
    }

    pub(crate) fn begin(&mut self) -> Decision {
        self.speak(Occasion::Begin)
    }

    pub(crate) fn speak(&mut self, occasion: Occasion) -> Decision {
        self.turn = self.turn.next();
        let decision = self.planner.speak(self.now, self.turn, occasion);
        self.carry_out(&decision);
        decision
    }

    /// The participant says `text` and takes `ms` for it.
    pub(crate) fn say(&mut self, text: &str, ms: u64) -> Decision {
        self.say_with(text, ms, 1.0)
    }

    pub(crate) fn say_with(&mut self, text: &str, ms: u64, confidence: f32) -> Decision {
        self.answer(text, ms, confidence, None)
    }

    /// The participant says `text`, and a model finds that it calls for care.
    pub(crate) fn mean(&mut self, text: &str, concern: Concern) -> Decision {
        self.answer(text, 3_000, 1.0, Some(concern))
    }

    fn answer(&mut self, text: &str, ms: u64, confidence: f32, meant: Option<Concern>) -> Decision {
        let (turn, from) = (self.turn.next(), self.now);
        self.now += ms;
        self.turn = turn.next();
        let heard = Event::SegmentHeard {
            turn,
            segment: SegmentId(0),
            from,
            to: self.now,
            text: Pii::from(text),
            confidence,
        };
        self.record(heard);
        self.record(Event::AnswerEnded {
            turn,
            voiced_until: self.now,
        });
        let decision = self.planner.answer(
            self.now,
            self.turn,
            Answer {
                turn,
                text,
                confidence,
                meant,
                judged: None,
            },
        );
        self.carry_out(&decision);
        decision
    }

    fn carry_out(&mut self, decision: &Decision) {
        for event in decision.events.clone() {
            self.record(event);
        }
        if !decision.phrase.is_empty() {
            let text = Pii::from(decision.phrase.as_str());
            let utterance = UtteranceId(self.turn.0);
            self.record(Event::Spoken {
                turn: self.turn,
                utterance,
                text,
                interrupted: false,
                by: Phrasing::Guided,
            });
        }
    }
}

//! What one person was asked and answered: a fold over the events, of what still stands.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::conversation::transcript::{Log, Speaker};
use crate::event::{Aim, Concern, Event, Move, Recorded};
use crate::guide::{Guide, Priority};
use crate::id::{ConversationId, PersonId, TopicId, TurnId};
use crate::pii::Pii;
use crate::planner;
use crate::report_card::standing;
use crate::time::Ms;

/// Whose conversation it is, as far as insights may know: no name, no address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The conversation; a person has one in a session.
    pub conversation: ConversationId,
    /// The person.
    pub person: PersonId,
    /// Their role, where it is known.
    pub role: Option<String>,
    /// Their department, where it is known.
    pub department: Option<String>,
}

/// A topic of the guide, as far as it is needed to tell what an answer is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Its name within the session.
    pub id: TopicId,
    /// A few plain words.
    pub label: String,
    /// What it is about, in a sentence.
    pub description: String,
    /// Its share of the time.
    pub priority: Priority,
    /// Words that show that an answer speaks to it.
    pub cues: Vec<String>,
    /// Whether it was opened in this conversation.
    pub opened: bool,
}

/// What the participant said in one turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The turn.
    pub turn: TurnId,
    /// The topic that was talked about; `None` for what was said on the recap.
    pub topic: Option<TopicId>,
    /// What the question was after, where it was a probe.
    pub aim: Option<Aim>,
    /// The whole text of the turn, as it is stored: [`Span`](super::Span)s slice it.
    pub text: Pii,
    /// Whether the person allows it to be quoted.
    pub quotable: bool,
    /// When it began, in conversation time.
    pub at: Ms,
    /// It was met with care instead of questions.
    pub concern: Option<Concern>,
}

/// One conversation as insights read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interview {
    /// Whose.
    pub participant: Participant,
    /// The guide's topics, in its order.
    pub topics: Vec<Asked>,
    /// What was answered, in order. Requests ("can you repeat that?"), a bare yes or no, talk of the weather and turns in
    /// which nothing was understood are no answers.
    pub answers: Vec<Answer>,
}

impl Interview {
    /// The interview that `events` tell, held against `guide`.
    #[must_use]
    pub fn of(events: &[Recorded], guide: &Guide, participant: Participant) -> Self {
        let mut log = Log::default();
        for recorded in events {
            log.apply(recorded.at, &recorded.event);
        }
        let mut topics: Vec<Asked> = guide.topics.iter().map(Asked::of).collect();
        let asked = Course::of(events, &mut topics);
        let answers = log
            .turns()
            .iter()
            .filter(|turn| turn.speaker == Speaker::Participant && planner::tells_something(turn.text.expose()))
            .filter_map(|turn| {
                let question = asked.before(turn.id)?;
                let confirms = question.recap && planner::confirms(turn.text.expose());
                (!confirms && !question.offer).then(|| Answer {
                    turn: turn.id,
                    topic: question.topic.clone(),
                    aim: question.aim,
                    text: turn.text.clone(),
                    quotable: turn.quotable,
                    at: turn.at,
                    concern: asked.concerns.get(&turn.id).copied(),
                })
            })
            .collect();
        Self {
            participant,
            topics,
            answers,
        }
    }

    /// The answer given in a turn.
    #[must_use]
    pub fn answer(&self, turn: TurnId) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.turn == turn)
    }

    /// The topic of that name.
    #[must_use]
    pub fn topic(&self, id: &TopicId) -> Option<&Asked> {
        self.topics.iter().find(|topic| topic.id == *id)
    }
}

impl Asked {
    fn of(topic: &crate::guide::Topic) -> Self {
        Self {
            id: topic.id.clone(),
            label: topic.label.clone(),
            description: topic.description.clone(),
            priority: topic.priority,
            cues: topic.cues.clone(),
            opened: false,
        }
    }
}

/// What was last asked when a turn of ours was over.
#[derive(Clone, Debug, Default)]
struct Question {
    topic: Option<TopicId>,
    aim: Option<Aim>,
    /// It was the recap, or the question for more after a correction.
    recap: bool,
    /// It asked whether to go on or to rest, and nothing else.
    offer: bool,
}

/// What was asked when.
#[derive(Default)]
struct Course {
    /// By our turns.
    questions: BTreeMap<TurnId, Question>,
    concerns: BTreeMap<TurnId, Concern>,
}

impl Course {
    fn of(events: &[Recorded], topics: &mut [Asked]) -> Self {
        let mut course = Self::default();
        let mut now = Question::default();
        for recorded in standing(events) {
            match &recorded.event {
                Event::MoveDecided { turn, mv, .. } => {
                    now = now.after(mv);
                    if let Move::Welcome { topic } | Move::OpenTopic { topic } | Move::ReturnTo { topic } = mv
                        && let Some(asked) = topics.iter_mut().find(|t| t.id == *topic)
                    {
                        asked.opened = true;
                    }
                    course.questions.insert(*turn, now.clone());
                }
                Event::SafetyRaised { turn, concern } => {
                    course.concerns.insert(*turn, *concern);
                }
                _ => {}
            }
        }
        course
    }

    /// What the participant's `turn` answers.
    fn before(&self, turn: TurnId) -> Option<&Question> {
        self.questions.range(..turn).next_back().map(|(_, question)| question)
    }
}

impl Question {
    fn after(self, mv: &Move) -> Self {
        match mv {
            Move::Welcome { topic } | Move::OpenTopic { topic } | Move::ReturnTo { topic } => Self {
                topic: Some(topic.clone()),
                ..Self::default()
            },
            Move::Probe { topic, aim } => Self {
                topic: Some(topic.clone()),
                aim: Some(*aim),
                ..Self::default()
            },
            Move::Reconvene { topic } => Self {
                topic: topic.clone().or(self.topic),
                offer: false,
                ..self
            },
            Move::Repeat | Move::Inform { .. } | Move::Hold | Move::Nudge => self,
            Move::OfferPause => Self { offer: true, ..self },
            Move::Care { .. } => Self {
                topic: None,
                aim: None,
                recap: false,
                offer: true,
            },
            Move::Recap | Move::AcceptCorrection | Move::Close => Self {
                recap: true,
                ..Self::default()
            },
        }
    }
}

#[cfg(test)]
mod tests;

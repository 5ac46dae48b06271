//! How far a conversation has come, by its events: what is told of an identified one beside its words.

use colloquy_core::event::{Event, Recorded};
use colloquy_core::guide::Guide;
use colloquy_core::id::{TopicId, TurnId};
use serde::Serialize;
use utoipa::ToSchema;

/// How far a conversation has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Course {
    /// What is talked about; none before the first topic.
    topic: Option<String>,
    /// Topics that were opened before it.
    topics_done: u32,
    /// Topics in all.
    topics: u32,
    /// How long they have talked, pauses left out, in milliseconds.
    elapsed_ms: u64,
    /// How long they are to talk, in milliseconds.
    planned_ms: u64,
    /// Whether the person's device is connected.
    connected: bool,
    /// From their last word to our first, the last time, in milliseconds; none where they write.
    latency_ms: Option<u32>,
}

impl Course {
    /// Of the conversation that `events` tell, which some server holds at the moment or not: of one that was killed nobody has
    /// noted that its people are gone.
    pub(super) fn of(guide: &Guide, events: &[Recorded], held: bool) -> Self {
        let mut opened: Vec<(TurnId, &TopicId)> = Vec::new();
        let (mut connected, mut latency) = (false, None);
        for recorded in events {
            match &recorded.event {
                Event::Connected => connected = true,
                Event::Disconnected => connected = false,
                Event::MoveDecided { turn, mv, .. } => opened.extend(mv.topic().map(|topic| (*turn, topic))),
                Event::TurnReopened { undone, .. } => {
                    opened.retain(|(turn, _)| turn != undone);
                    latency = latency.filter(|(turn, _)| turn != undone);
                }
                Event::Latency { turn, parts } => latency = Some((*turn, parts.total_ms())),
                _ => {}
            }
        }
        let current = opened.last().map(|(_, topic)| *topic);
        let reached = guide
            .topics
            .iter()
            .filter(|topic| opened.iter().any(|(_, id)| **id == topic.id));
        Self {
            topic: guide
                .topics
                .iter()
                .find(|topic| Some(&topic.id) == current)
                .map(|topic| topic.label.clone()),
            topics_done: (reached.count() as u32).saturating_sub(1),
            topics: guide.topics.len() as u32,
            elapsed_ms: events.last().map_or(0, |last| last.at.0),
            planned_ms: u64::from(guide.length_min) * 60_000,
            connected: connected && held,
            latency_ms: latency.map(|(_, ms)| ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use colloquy_core::event::{LatencyParts, Move};
    use colloquy_core::guide::{Confidentiality, ModeChoice, Priority, Topic};
    use colloquy_core::id::GuideId;
    use colloquy_core::time::Ms;
    use uuid::Uuid;

    use super::*;

    fn guide() -> Guide {
        let topic = |id: &str| Topic {
            id: id.into(),
            label: format!("About {id}"),
            description: String::new(),
            priority: Priority::High,
            guidance: String::new(),
            context: String::new(),
            openings: Vec::new(),
            probes: Vec::new(),
            cues: Vec::new(),
            sensitive: false,
        };
        Guide {
            id: GuideId(Uuid::nil()),
            title: String::new(),
            organisation: String::new(),
            length_min: 15,
            confidentiality: Confidentiality::Identified,
            mode: ModeChoice::Participant,
            help: None,
            topics: ["rota", "pay", "growth"].map(topic).into(),
        }
    }

    fn told(events: Vec<Event>) -> Vec<Recorded> {
        let recorded = |(at, event)| Recorded {
            seq: at,
            at: Ms(at * 1_000),
            wall_ms: 0,
            event,
        };
        (1..).zip(events).map(recorded).collect()
    }

    fn opens(turn: u32, topic: &str) -> Event {
        let topic = topic.into();
        Event::MoveDecided {
            turn: TurnId(turn),
            answers: None,
            mv: if turn == 1 {
                Move::Welcome { topic }
            } else {
                Move::OpenTopic { topic }
            },
        }
    }

    #[test]
    fn topics_are_counted_as_they_are_opened_and_what_was_undone_was_not() {
        let guide = guide();
        let mut events = vec![Event::Connected];
        let at = |events: &[Event]| Course::of(&guide, &told(events.to_vec()), true);
        assert_eq!((at(&events).topic, at(&events).topics_done), (None, 0));
        events.extend([opens(1, "rota"), opens(3, "pay")]);
        let first = at(&events);
        assert_eq!(
            (first.topic.as_deref(), first.topics_done, first.topics),
            (Some("About pay"), 1, 3)
        );
        assert_eq!((first.elapsed_ms, first.planned_ms), (3_000, 900_000));
        let latency = |turn, ms| Event::Latency {
            turn: TurnId(turn),
            parts: LatencyParts {
                endpoint_wait: ms,
                ..LatencyParts::default()
            },
        };
        events.extend([latency(3, 700), opens(5, "growth"), latency(5, 900)]);
        assert_eq!(at(&events).latency_ms, Some(900));
        events.push(Event::TurnReopened {
            turn: TurnId(4),
            undone: TurnId(5),
        });
        let undone = at(&events);
        assert_eq!(
            (undone.topic.as_deref(), undone.topics_done, undone.latency_ms),
            (Some("About pay"), 1, None)
        );
    }

    #[test]
    fn who_is_held_by_nobody_is_not_connected() {
        let (guide, here) = (guide(), told(vec![Event::Connected]));
        assert!(Course::of(&guide, &here, true).connected);
        assert!(!Course::of(&guide, &here, false).connected, "their server was killed");
        let gone = told(vec![Event::Connected, Event::Disconnected]);
        assert!(!Course::of(&guide, &gone, true).connected);
    }
}

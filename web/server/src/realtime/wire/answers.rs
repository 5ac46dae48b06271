//! What the person says, as it is understood.

use colloquy_core::conversation::transcript::Turn;
use colloquy_core::id::{SegmentId, TurnId};
use colloquy_core::time::Ms;
use colloquy_transport::proto::{Item, ItemStatus, Modality, Part, Role, ServerEvent, TranscriptionUsage};

use super::Wire;
use super::words::item_id;

impl Wire {
    /// What a growing transcript added. Where the recognizer changed its mind there is nothing to add: the completed
    /// transcript says how it ends.
    pub(super) fn delta(&mut self, turn: TurnId) -> Vec<ServerEvent> {
        let text = self.log.turn(turn).map(Turn::unnamed).unwrap_or_default();
        let told = self.told.entry(turn).or_default();
        let Some(added) = text.strip_prefix(told.as_str()).filter(|added| !added.is_empty()) else {
            return Vec::new();
        };
        let delta = added.into();
        *told = text;
        vec![ServerEvent::TranscriptionDelta {
            item_id: item_id(turn),
            content_index: 0,
            delta,
        }]
    }

    /// A typed stretch that its client has a name for is an item of that name, as soon as it is stored. `None` for any other.
    pub(super) fn typed(&mut self, turn: TurnId, segment: SegmentId) -> Option<Vec<ServerEvent>> {
        let turn = self.log.turn(turn)?;
        let name = turn.name(segment)?;
        let (id, text) = turn.typed().find(|(id, _)| *id == name)?;
        let part = Part::InputText { text: text.into() };
        let item = |status| Item::message(id, Role::User, status, vec![part.clone()]);
        let (added, done) = (item(ItemStatus::InProgress), item(ItemStatus::Completed));
        let previous_item_id = self.last_item.replace(added.id.clone());
        Some(vec![
            ServerEvent::ItemAdded {
                previous_item_id: previous_item_id.clone(),
                item: added,
            },
            ServerEvent::ItemDone {
                previous_item_id,
                item: done,
            },
        ])
    }

    pub(super) fn answered(&mut self, turn: TurnId, voiced_until: Ms) -> Vec<ServerEvent> {
        if self.log.turn(turn).is_none() && !self.began.contains_key(&turn) {
            // It was said before this connection.
            return Vec::new();
        }
        let answer = self.log.turn(turn);
        let text = answer.map(Turn::unnamed).unwrap_or_default();
        if text.is_empty() && answer.is_some_and(|answer| answer.typed().next().is_some()) {
            // All of it was typed, and told when it came.
            return Vec::new();
        }
        let began = self.began.get(&turn).copied().unwrap_or(voiced_until);
        let id = item_id(turn);
        let previous_item_id = self.last_item.replace(id.clone()).filter(|previous| *previous != id);
        let part = match self.modality {
            Modality::Audio => Part::heard(text.as_str()),
            Modality::Text => Part::InputText {
                text: text.as_str().into(),
            },
        };
        let item = |status| Item::message(id.clone(), Role::User, status, vec![part.clone()]);
        let seconds = voiced_until.since(began) as f32 / 1000.0;
        vec![
            ServerEvent::Committed {
                previous_item_id: previous_item_id.clone(),
                item_id: id.clone(),
            },
            ServerEvent::ItemAdded {
                previous_item_id: previous_item_id.clone(),
                item: item(ItemStatus::InProgress),
            },
            ServerEvent::ItemDone {
                previous_item_id,
                item: item(ItemStatus::Completed),
            },
            ServerEvent::TranscriptionCompleted {
                item_id: id.clone(),
                content_index: 0,
                transcript: text.as_str().into(),
                usage: TranscriptionUsage::Duration { seconds },
            },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use colloquy_core::event::{Event, Recorded};
    use colloquy_core::guide::library::template;
    use colloquy_core::id::GuideId;
    use colloquy_runtime::actor::ToClient;
    use colloquy_transport::connection::Outgoing;

    fn named(segment: u32, item: &str) -> Event {
        let (turn, segment) = (TurnId(2), SegmentId(segment));
        let item = item.to_owned();
        Event::TypedAs { turn, segment, item }
    }

    fn heard(segment: u32, text: &str) -> Event {
        Event::SegmentHeard {
            turn: TurnId(2),
            segment: SegmentId(segment),
            from: Ms(900),
            to: Ms(1_000),
            text: text.into(),
            confidence: 1.0,
        }
    }

    fn ended() -> Event {
        Event::AnswerEnded {
            turn: TurnId(2),
            voiced_until: Ms(1_000),
        }
    }

    fn recorded(events: Vec<Event>) -> Vec<Recorded> {
        let record = |(seq, event)| Recorded {
            seq,
            at: Ms(1_000),
            wall_ms: 0,
            event,
        };
        (1..).zip(events).map(record).collect()
    }

    fn wire() -> Wire {
        let guide = template("exit")
            .unwrap()
            .guide(GuideId(uuid::Uuid::nil()), "Northwind", None);
        Wire::new(&guide, Modality::Text)
    }

    /// The ids and words of the items that are done.
    fn items(told: &[Outgoing]) -> Vec<(String, String)> {
        let done = |told: &Outgoing| match told {
            Outgoing::Event(ServerEvent::ItemDone { item, .. }) => match &item.content[0] {
                Part::InputText { text } => Some((item.id.clone(), text.0.clone())),
                _ => None,
            },
            _ => None,
        };
        told.iter().filter_map(done).collect()
    }

    fn tell(events: Vec<Event>) -> Vec<Outgoing> {
        let mut wire = wire();
        let told = recorded(events).into_iter().map(ToClient::Recorded);
        told.flat_map(|item| wire.translate(item)).collect()
    }

    #[test]
    fn typed_words_are_an_item_of_their_clients_name_as_soon_as_they_are_stored() {
        let told = tell(vec![named(0, "mine_1"), heard(0, "The people.")]);
        assert_eq!(items(&told), [("mine_1".to_owned(), "The people.".to_owned())]);
        assert_eq!(told.len(), 2, "nothing is said of the turn beside it: {told:?}");
        let told = tell(vec![named(0, "mine_1"), heard(0, "The people."), ended()]);
        assert_eq!(items(&told).len(), 1, "it is told once");
    }

    #[test]
    fn what_was_said_before_typed_words_in_the_same_turn_is_an_item_of_its_own() {
        let events = vec![
            heard(0, "We shipped it."),
            named(1, "mine_1"),
            heard(1, "Then it broke."),
            ended(),
        ];
        let both = [("mine_1", "Then it broke."), ("item_2", "We shipped it.")];
        let both = both.map(|(id, text)| (id.to_owned(), text.to_owned()));
        assert_eq!(items(&tell(events.clone())), both);
        let mut again = items(&wire().history(&recorded(events)));
        again.reverse();
        assert_eq!(again, both, "and so it is for one who comes back");
    }

    #[test]
    fn typed_words_that_were_stored_before_the_line_broke_are_known_to_who_comes_back() {
        let told = wire().history(&recorded(vec![named(0, "mine_1"), heard(0, "The people.")]));
        assert_eq!(items(&told), [("mine_1".to_owned(), "The people.".to_owned())]);
    }
}

//! What was said before this connection, so that a page that was loaded again shows it.

use colloquy_core::conversation::transcript::Speaker;
use colloquy_core::event::Recorded;
use colloquy_transport::connection::Outgoing;
use colloquy_transport::proto::{Item, ItemStatus, Modality, Part, Role, ServerEvent};

use super::Wire;
use super::words::item_id;

impl Wire {
    /// The turns that `events` tell of, each as an item that is done.
    pub(in crate::realtime) fn history(&mut self, events: &[Recorded]) -> Vec<Outgoing> {
        for recorded in events {
            self.log.apply(recorded.at, &recorded.event);
        }
        let mut told = Vec::new();
        for turn in self.log.turns().iter().filter(|turn| turn.ended) {
            let text = turn.text.expose();
            if text.is_empty() {
                continue;
            }
            let (role, part) = match (turn.speaker, self.modality) {
                (Speaker::Participant, Modality::Audio) => (Role::User, Part::heard(text)),
                (Speaker::Participant, Modality::Text) => (Role::User, Part::InputText { text: text.into() }),
                (Speaker::Interviewer, Modality::Audio) => (
                    Role::Assistant,
                    Part::OutputAudio {
                        transcript: text.into(),
                    },
                ),
                (Speaker::Interviewer, Modality::Text) => (Role::Assistant, Part::OutputText { text: text.into() }),
            };
            let status = if turn.interrupted {
                ItemStatus::Incomplete
            } else {
                ItemStatus::Completed
            };
            let id = item_id(turn.id);
            told.push(Outgoing::Event(ServerEvent::ItemDone {
                previous_item_id: self.last_item.replace(id.clone()),
                item: Item::message(id, role, status, vec![part]),
            }));
        }
        told
    }
}

//! What the person says, as it is understood.

use colloquy_core::id::TurnId;
use colloquy_core::time::Ms;
use colloquy_transport::proto::{Item, ItemStatus, Modality, Part, Role, ServerEvent, TranscriptionUsage};

use super::Wire;
use super::words::item_id;

impl Wire {
    /// What a growing transcript added. Where the recognizer changed its mind there is nothing to add: the completed
    /// transcript says how it ends.
    pub(super) fn delta(&mut self, turn: TurnId) -> Vec<ServerEvent> {
        let text = self
            .log
            .turn(turn)
            .map(|t| t.text.expose().to_owned())
            .unwrap_or_default();
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

    pub(super) fn answered(&mut self, turn: TurnId, voiced_until: Ms) -> Vec<ServerEvent> {
        if self.log.turn(turn).is_none() && !self.began.contains_key(&turn) {
            // It was said before this connection.
            return Vec::new();
        }
        let text = self
            .log
            .turn(turn)
            .map(|t| t.text.expose().to_owned())
            .unwrap_or_default();
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

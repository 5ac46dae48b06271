//! What was said before this connection, so that a page that was loaded again shows it.

use colloquy_core::conversation::transcript::{Speaker, Turn};
use colloquy_core::event::{Event, Recorded};
use colloquy_core::time::Ms;
use colloquy_transport::connection::Outgoing;
use colloquy_transport::proto::{Item, ItemStatus, Modality, Part, Role, ServerEvent};

use super::Wire;
use super::words::{item_id, modality_of, stage_of};

impl Wire {
    /// The turns that `events` tell of, each as an item that is done.
    pub(in crate::realtime) fn history(&mut self, events: &[Recorded]) -> Vec<Outgoing> {
        for recorded in events {
            self.log.apply(recorded.at, &recorded.event);
            match &recorded.event {
                Event::MoveDecided { mv, .. } => {
                    self.moved(mv.topic(), recorded.at);
                    self.staged(stage_of(mv));
                }
                // The key may be older than the consent that stands.
                Event::Consented { mode, .. } => self.modality = modality_of(*mode),
                _ => {}
            }
        }
        let items: Vec<Item> = self.log.turns().iter().flat_map(|turn| self.items(turn)).collect();
        let mut told: Vec<Outgoing> = Vec::with_capacity(items.len());
        for item in items {
            told.push(Outgoing::Event(ServerEvent::ItemDone {
                previous_item_id: self.last_item.replace(item.id.clone()),
                item,
            }));
        }
        // Where it stands: after a disclosure the help contact is still there, and the progress is what it was.
        let at = events.last().map_or(Ms::ZERO, |last| last.at);
        let standing = self.topic.map(|number| self.standing(number, at)).unwrap_or_default();
        let stage = self.stage.map(|stage| ServerEvent::Stage { stage });
        told.extend(standing.into_iter().chain(stage).map(Outgoing::Event));
        told
    }

    /// A turn that is over is an item, beside those that were typed under a name. A name is known before the turn is over: who
    /// sent it waits for that.
    fn items(&self, turn: &Turn) -> Vec<Item> {
        let text = match turn.speaker {
            Speaker::Participant => turn.unnamed(),
            Speaker::Interviewer => turn.text.expose().to_owned(),
        };
        let empty = text.is_empty();
        let transcript = text.as_str().into();
        let (role, part) = match (turn.speaker, self.modality) {
            (Speaker::Participant, Modality::Audio) => (Role::User, Part::heard(text)),
            (Speaker::Participant, Modality::Text) => (Role::User, Part::InputText { text: transcript }),
            (Speaker::Interviewer, Modality::Audio) => (Role::Assistant, Part::OutputAudio { transcript }),
            (Speaker::Interviewer, Modality::Text) => (Role::Assistant, Part::OutputText { text: transcript }),
        };
        let status = if turn.interrupted {
            ItemStatus::Incomplete
        } else {
            ItemStatus::Completed
        };
        let whole = (turn.ended && !empty).then(|| Item::message(item_id(turn.id), role, status, vec![part]));
        let typed = turn.typed().map(|(id, text)| {
            let part = Part::InputText { text: text.into() };
            Item::message(id, Role::User, ItemStatus::Completed, vec![part])
        });
        whole.into_iter().chain(typed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use colloquy_core::event::{Concern, Mode, Move, Phrasing};
    use colloquy_core::guide::library::template;
    use colloquy_core::id::{GuideId, TurnId, UtteranceId};
    use colloquy_transport::proto::Stage;

    #[test]
    fn a_consent_that_changed_since_the_key_was_made_decides_how_it_is_told() {
        let events = [
            Event::Consented {
                mode: Mode::Text,
                recording: false,
                text_version: "1".to_owned(),
            },
            Event::Spoken {
                turn: TurnId(1),
                utterance: UtteranceId(1),
                text: "How is your work?".into(),
                interrupted: false,
                by: Phrasing::Guided,
            },
        ];
        let past = events.map(|event| Recorded {
            seq: 1,
            at: Ms(1_000),
            wall_ms: 0,
            event,
        });
        let guide = template("exit")
            .unwrap()
            .guide(GuideId(uuid::Uuid::nil()), "Northwind", None);
        let told = Wire::new(&guide, Modality::Audio).history(&past);
        let written = |told: &Outgoing| match told {
            Outgoing::Event(ServerEvent::ItemDone { item, .. }) => matches!(item.content[0], Part::OutputText { .. }),
            _ => false,
        };
        assert!(told.iter().any(written), "{told:?}");
    }

    #[test]
    fn who_comes_back_after_a_disclosure_still_sees_the_help_contact() {
        let care = Event::MoveDecided {
            turn: TurnId(3),
            answers: None,
            mv: Move::Care {
                concern: Concern::Harassment,
            },
        };
        let past = [Recorded {
            seq: 1,
            at: Ms(1_000),
            wall_ms: 0,
            event: care,
        }];
        let guide = template("exit")
            .unwrap()
            .guide(GuideId(uuid::Uuid::nil()), "Northwind", None);
        let mut wire = Wire::new(&guide, Modality::Audio);
        let told = wire.history(&past);
        assert!(
            told.iter()
                .any(|told| matches!(told, Outgoing::Event(ServerEvent::Stage { stage: Stage::Care }))),
            "{told:?}"
        );
    }
}

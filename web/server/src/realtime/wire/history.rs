//! What was said before this connection, so that a page that was loaded again shows it.

use colloquy_core::conversation::transcript::Speaker;
use colloquy_core::event::{Event, Recorded};
use colloquy_core::time::Ms;
use colloquy_transport::connection::Outgoing;
use colloquy_transport::proto::{Item, ItemStatus, Modality, Part, Role, ServerEvent};

use super::Wire;
use super::words::{item_id, stage_of};

impl Wire {
    /// The turns that `events` tell of, each as an item that is done.
    pub(in crate::realtime) fn history(&mut self, events: &[Recorded]) -> Vec<Outgoing> {
        for recorded in events {
            self.log.apply(recorded.at, &recorded.event);
            if let Event::MoveDecided { mv, .. } = &recorded.event {
                self.moved(mv.topic(), recorded.at);
                self.staged(stage_of(mv));
            }
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
        // Where it stands: after a disclosure the help contact is still there, and the progress is what it was.
        let at = events.last().map_or(Ms::ZERO, |last| last.at);
        let standing = self.topic.map(|number| self.standing(number, at)).unwrap_or_default();
        let stage = self.stage.map(|stage| ServerEvent::Stage { stage });
        told.extend(standing.into_iter().chain(stage).map(Outgoing::Event));
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use colloquy_core::event::{Concern, Move};
    use colloquy_core::guide::library::template;
    use colloquy_core::id::{GuideId, TurnId};
    use colloquy_transport::proto::Stage;

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

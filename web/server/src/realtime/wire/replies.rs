//! What we say, as it is heard or read.

use colloquy_core::id::{TurnId, UtteranceId};
use colloquy_transport::connection::Outgoing;
use colloquy_transport::proto::{
    CancelReason, ContentPart, Item, ItemStatus, Modality, Part, Response, Role, ServerEvent,
};

use super::words::ids;
use super::{Speaking, Wire};

impl Wire {
    pub(super) fn speaking(&mut self, turn: TurnId, utterance: UtteranceId) -> Vec<ServerEvent> {
        self.utterances.insert(
            utterance,
            Speaking {
                turn,
                modality: self.modality,
                said: String::new(),
                audio_done: false,
            },
        );
        let (response_id, item_id) = ids(turn);
        let previous_item_id = self.last_item.replace(item_id.clone());
        let item = Item::message(item_id.clone(), Role::Assistant, ItemStatus::InProgress, Vec::new());
        let part = content(self.modality, String::new());
        vec![
            ServerEvent::ResponseCreated {
                response: Response::begun(response_id.clone(), self.modality),
            },
            ServerEvent::OutputItemAdded {
                response_id: response_id.clone(),
                output_index: 0,
                item: item.clone(),
            },
            ServerEvent::ItemAdded { previous_item_id, item },
            ServerEvent::ContentPartAdded {
                response_id,
                item_id,
                output_index: 0,
                content_index: 0,
                part,
            },
        ]
    }

    pub(super) fn audio(&mut self, utterance: UtteranceId, samples: Vec<f32>) -> Vec<Outgoing> {
        let Some(speaking) = self.utterances.get(&utterance) else {
            return Vec::new();
        };
        let (response_id, item_id) = ids(speaking.turn);
        vec![Outgoing::Audio {
            response_id,
            item_id,
            samples,
        }]
    }

    pub(super) fn audio_done(&mut self, utterance: UtteranceId) -> Vec<ServerEvent> {
        let Some(speaking) = self.utterances.get_mut(&utterance).filter(|s| !s.audio_done) else {
            return Vec::new();
        };
        speaking.audio_done = true;
        let (response_id, item_id) = ids(speaking.turn);
        vec![ServerEvent::OutputAudioDone {
            response_id,
            item_id,
            output_index: 0,
            content_index: 0,
        }]
    }

    pub(super) fn text(&mut self, utterance: UtteranceId, text: &str) -> Vec<ServerEvent> {
        let Some(speaking) = self.utterances.get_mut(&utterance) else {
            return Vec::new();
        };
        speaking.said.push_str(text);
        let (response_id, item_id) = ids(speaking.turn);
        let delta = text.into();
        vec![ServerEvent::OutputTextDelta {
            response_id,
            item_id,
            output_index: 0,
            content_index: 0,
            delta,
        }]
    }

    /// Our turn is over: what counts is what was heard of it.
    pub(super) fn silent(&mut self, utterance: UtteranceId, interrupted: bool, heard_ms: u32) -> Vec<ServerEvent> {
        let Some(modality) = self.utterances.get(&utterance).map(|speaking| speaking.modality) else {
            return Vec::new();
        };
        let mut events = match modality {
            Modality::Audio => self.audio_done(utterance),
            Modality::Text => Vec::new(),
        };
        let Some(speaking) = self.utterances.remove(&utterance) else {
            return events;
        };
        let text = self.heard.remove(&utterance).unwrap_or_default();
        let (response_id, item_id) = ids(speaking.turn);
        let status = if interrupted {
            ItemStatus::Incomplete
        } else {
            ItemStatus::Completed
        };
        let part = match modality {
            Modality::Audio => Part::OutputAudio {
                transcript: text.as_str().into(),
            },
            Modality::Text => Part::OutputText {
                text: text.as_str().into(),
            },
        };
        let item = Item::message(item_id.clone(), Role::Assistant, status, vec![part]);
        let begun = Response::begun(response_id.clone(), modality);
        let (output_index, content_index) = (0, 0);
        events.push(match modality {
            Modality::Audio => ServerEvent::OutputTranscriptDone {
                response_id: response_id.clone(),
                item_id: item_id.clone(),
                output_index,
                content_index,
                transcript: text.as_str().into(),
            },
            Modality::Text => ServerEvent::OutputTextDone {
                response_id: response_id.clone(),
                item_id: item_id.clone(),
                output_index,
                content_index,
                text: text.as_str().into(),
            },
        });
        let part = content(modality, text);
        events.push(ServerEvent::ContentPartDone {
            response_id: response_id.clone(),
            item_id: item_id.clone(),
            output_index,
            content_index,
            part,
        });
        if interrupted {
            events.push(ServerEvent::ItemTruncated {
                item_id,
                content_index,
                audio_end_ms: u64::from(heard_ms),
            });
        }
        events.push(ServerEvent::OutputItemDone {
            response_id,
            output_index,
            item: item.clone(),
        });
        events.push(ServerEvent::ItemDone {
            previous_item_id: None,
            item: item.clone(),
        });
        let response = if interrupted {
            begun.cancelled(item, CancelReason::TurnDetected)
        } else {
            begun.completed(item)
        };
        events.push(ServerEvent::ResponseDone { response });
        events
    }
}

fn content(modality: Modality, text: String) -> ContentPart {
    match modality {
        Modality::Audio => ContentPart::Audio {
            transcript: text.into(),
        },
        Modality::Text => ContentPart::Text { text: text.into() },
    }
}

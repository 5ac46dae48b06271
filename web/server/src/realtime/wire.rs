//! From our own vocabulary to the Realtime API's.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use colloquy_core::conversation::Notice;
use colloquy_core::conversation::transcript::Log;
use colloquy_core::event::{Event, LatencyParts, Mode, Outcome, PauseCause, Recorded};
use colloquy_core::guide::Guide;
use colloquy_core::id::{TopicId, TurnId, UtteranceId};
use colloquy_core::time::Ms;
use colloquy_runtime::actor::{Farewell, ToClient};
use colloquy_transport::connection::Outgoing;
use colloquy_transport::error::{ErrorCode, ProtocolError};
use colloquy_transport::proto as wire;
use colloquy_transport::proto::{
    CancelReason, ContentPart, EndOutcome, Item, ItemStatus, Modality, Part, Response, Role, ServerEvent,
    TranscriptionUsage,
};

/// The client is told at most this often that it sends too fast.
const TOO_FAST_EVERY: Duration = Duration::from_secs(1);

/// What was said of an utterance of ours.
struct Speaking {
    turn: TurnId,
    said: String,
    audio_done: bool,
}

/// Translates for one connection.
pub(super) struct Wire {
    modality: Modality,
    topics: Vec<(TopicId, String)>,
    planned: Ms,
    topic: Option<usize>,
    opened: Vec<usize>,
    log: Log,
    /// What of an answer was sent as deltas.
    told: HashMap<TurnId, String>,
    began: HashMap<TurnId, Ms>,
    utterances: HashMap<UtteranceId, Speaking>,
    heard: HashMap<UtteranceId, String>,
    last_item: Option<String>,
    too_fast_at: Option<Instant>,
}

impl Wire {
    pub(super) fn new(guide: &Guide, modality: Modality) -> Self {
        Self {
            modality,
            topics: guide.topics.iter().map(|t| (t.id.clone(), t.label.clone())).collect(),
            planned: Ms(u64::from(guide.length_min) * 60_000),
            topic: None,
            opened: Vec::new(),
            log: Log::default(),
            told: HashMap::new(),
            began: HashMap::new(),
            utterances: HashMap::new(),
            heard: HashMap::new(),
            last_item: None,
            too_fast_at: None,
        }
    }

    /// What a client is sent for `item`.
    pub(super) fn translate(&mut self, item: ToClient) -> Vec<Outgoing> {
        let events = match item {
            ToClient::Recorded(recorded) => self.recorded(&recorded),
            ToClient::Notice(notice) => self.notice(notice),
            ToClient::Audio { utterance, samples } => return self.audio(utterance, samples),
            ToClient::AudioDone { utterance } => self.audio_done(utterance),
            ToClient::Text { utterance, text } => self.text(utterance, &text),
            ToClient::TooFast => self.too_fast(),
            ToClient::Draining { seconds } => {
                let message = format!(
                    "The server will be restarted. The conversation is paused within {seconds} seconds and goes on by the same link."
                );
                vec![error(ErrorCode::Draining, message)]
            }
            ToClient::Finished(farewell) => return farewell_of(farewell),
        };
        events.into_iter().map(Outgoing::Event).collect()
    }

    fn recorded(&mut self, recorded: &Recorded) -> Vec<ServerEvent> {
        self.log.apply(recorded.at, &recorded.event);
        match &recorded.event {
            Event::SegmentHeard { turn, from, .. } => {
                self.began.entry(*turn).or_insert(*from);
                self.delta(*turn)
            }
            Event::AnswerEnded { turn, voiced_until } => self.answered(*turn, *voiced_until),
            Event::MoveDecided { mv, .. } => self.moved(mv.topic(), recorded.at),
            Event::Spoken { utterance, text, .. } => {
                self.heard.insert(*utterance, text.expose().to_owned());
                Vec::new()
            }
            Event::Latency { turn, parts } => vec![ServerEvent::Latency {
                response_id: response_id(*turn),
                parts: parts_of(parts),
                total_ms: parts.total_ms(),
            }],
            Event::Consented {
                mode,
                recording,
                text_version,
            } => vec![ServerEvent::Consent {
                mode: match mode {
                    Mode::Voice => wire::Mode::Voice,
                    Mode::Text => wire::Mode::Text,
                },
                recording: *recording,
                text_version: text_version.clone(),
            }],
            Event::Paused { cause } => vec![ServerEvent::Paused {
                cause: match cause {
                    PauseCause::Asked => wire::PauseCause::Asked,
                    PauseCause::Silence => wire::PauseCause::Silence,
                    PauseCause::Disconnected => wire::PauseCause::Disconnected,
                    PauseCause::Drain => wire::PauseCause::Drain,
                },
            }],
            Event::Resumed => vec![ServerEvent::Resumed],
            Event::Ended { outcome } => vec![ServerEvent::Ended {
                outcome: outcome_of(*outcome),
            }],
            _ => Vec::new(),
        }
    }

    /// What a growing transcript added. Where the recognizer changed its mind there is nothing to add: the completed
    /// transcript says how it ends.
    fn delta(&mut self, turn: TurnId) -> Vec<ServerEvent> {
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

    fn answered(&mut self, turn: TurnId, voiced_until: Ms) -> Vec<ServerEvent> {
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

    fn moved(&mut self, topic: Option<&TopicId>, at: Ms) -> Vec<ServerEvent> {
        let number = topic.and_then(|topic| self.topics.iter().position(|(id, _)| id == topic));
        let Some(number) = number.filter(|number| self.topic != Some(*number)) else {
            return Vec::new();
        };
        self.topic = Some(number);
        if !self.opened.contains(&number) {
            self.opened.push(number);
        }
        let (id, label) = &self.topics[number];
        let (topics, topics_done) = (self.topics.len() as u32, self.opened.len() as u32 - 1);
        vec![
            ServerEvent::Topic {
                topic_id: id.0.clone(),
                label: label.clone(),
                number: number as u32 + 1,
                of: topics,
            },
            ServerEvent::Progress {
                elapsed_ms: at.0,
                planned_ms: self.planned.0,
                topics_done,
                topics,
            },
        ]
    }

    fn notice(&mut self, notice: Notice) -> Vec<ServerEvent> {
        match notice {
            Notice::SpeechStarted { turn, at } => {
                self.began.entry(turn).or_insert(at);
                vec![ServerEvent::SpeechStarted {
                    audio_start_ms: at.0,
                    item_id: item_id(turn),
                }]
            }
            Notice::SpeechStopped { turn, at } => {
                vec![ServerEvent::SpeechStopped {
                    audio_end_ms: at.0,
                    item_id: item_id(turn),
                }]
            }
            Notice::Speaking { turn, utterance } => self.speaking(turn, utterance),
            Notice::Saying { utterance, text } => {
                let Some(speaking) = self.utterances.get_mut(&utterance) else {
                    return Vec::new();
                };
                speaking.said.push_str(&text);
                let (response_id, item_id) = ids(speaking.turn);
                let delta = text.into();
                vec![ServerEvent::OutputTranscriptDelta {
                    response_id,
                    item_id,
                    output_index: 0,
                    content_index: 0,
                    delta,
                }]
            }
            Notice::Silent {
                utterance,
                interrupted,
                heard_ms,
            } => self.silent(utterance, interrupted, heard_ms),
        }
    }

    fn speaking(&mut self, turn: TurnId, utterance: UtteranceId) -> Vec<ServerEvent> {
        self.utterances.insert(
            utterance,
            Speaking {
                turn,
                said: String::new(),
                audio_done: false,
            },
        );
        let (response_id, item_id) = ids(turn);
        let previous_item_id = self.last_item.replace(item_id.clone());
        let item = Item::message(item_id.clone(), Role::Assistant, ItemStatus::InProgress, Vec::new());
        let part = self.content(String::new());
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

    fn audio(&mut self, utterance: UtteranceId, samples: Vec<f32>) -> Vec<Outgoing> {
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

    fn audio_done(&mut self, utterance: UtteranceId) -> Vec<ServerEvent> {
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

    fn text(&mut self, utterance: UtteranceId, text: &str) -> Vec<ServerEvent> {
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
    fn silent(&mut self, utterance: UtteranceId, interrupted: bool, heard_ms: u32) -> Vec<ServerEvent> {
        let mut events = match self.modality {
            Modality::Audio => self.audio_done(utterance),
            Modality::Text => Vec::new(),
        };
        let Some(speaking) = self.utterances.remove(&utterance) else {
            return Vec::new();
        };
        let text = self.heard.remove(&utterance).unwrap_or_default();
        let (response_id, item_id) = ids(speaking.turn);
        let status = if interrupted {
            ItemStatus::Incomplete
        } else {
            ItemStatus::Completed
        };
        let part = match self.modality {
            Modality::Audio => Part::OutputAudio {
                transcript: text.as_str().into(),
            },
            Modality::Text => Part::OutputText {
                text: text.as_str().into(),
            },
        };
        let item = Item::message(item_id.clone(), Role::Assistant, status, vec![part]);
        let begun = Response::begun(response_id.clone(), self.modality);
        let (output_index, content_index) = (0, 0);
        events.push(match self.modality {
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
        let part = self.content(text);
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

    fn content(&self, text: String) -> ContentPart {
        match self.modality {
            Modality::Audio => ContentPart::Audio {
                transcript: text.into(),
            },
            Modality::Text => ContentPart::Text { text: text.into() },
        }
    }

    fn too_fast(&mut self) -> Vec<ServerEvent> {
        let now = Instant::now();
        if self
            .too_fast_at
            .is_some_and(|at| now.duration_since(at) < TOO_FAST_EVERY)
        {
            return Vec::new();
        }
        self.too_fast_at = Some(now);
        let message = "Audio arrives faster than real time and was dropped. Send it at the pace of a microphone.";
        vec![error(ErrorCode::AudioTooFast, message.to_owned())]
    }
}

fn error(code: ErrorCode, message: String) -> ServerEvent {
    ServerEvent::Error {
        error: ProtocolError::new(code, message),
    }
}

fn item_id(turn: TurnId) -> String {
    format!("item_{turn}")
}

fn response_id(turn: TurnId) -> String {
    format!("resp_{turn}")
}

fn ids(turn: TurnId) -> (String, String) {
    (response_id(turn), item_id(turn))
}

fn outcome_of(outcome: Outcome) -> EndOutcome {
    match outcome {
        Outcome::Completed => EndOutcome::Completed,
        Outcome::EndedEarly => EndOutcome::EndedEarly,
        Outcome::Withdrawn => EndOutcome::Withdrawn,
    }
}

fn parts_of(parts: &LatencyParts) -> wire::LatencyParts {
    wire::LatencyParts {
        endpoint_wait: parts.endpoint_wait,
        stt_tail: parts.stt_tail,
        plan: parts.plan,
        llm_first_token: parts.llm_first_token,
        chunk_wait: parts.chunk_wait,
        tts_first_audio: parts.tts_first_audio,
        send: parts.send,
    }
}

/// The last words, and how the socket is closed (RFC 6455; 4000 and above are ours).
fn farewell_of(farewell: Farewell) -> Vec<Outgoing> {
    let told = |code, message: &str| Some(error(code, message.to_owned()));
    let (event, code, reason) = match farewell {
        Farewell::Ended(_) | Farewell::Left => (None, 1000, "the conversation is over"),
        Farewell::TakenOver => (
            told(
                ErrorCode::ConversationTakenOver,
                "The conversation goes on in another window or on another device.",
            ),
            4001,
            "taken over",
        ),
        Farewell::Drained => (
            told(
                ErrorCode::Draining,
                "The server is being restarted. Connect again by the same link in a moment.",
            ),
            1012,
            "restart",
        ),
        Farewell::Failed => (
            told(
                ErrorCode::Internal,
                "Something failed on our side. What was said is safe; connect again by the same link.",
            ),
            1011,
            "internal error",
        ),
    };
    let close = Outgoing::Close {
        code,
        reason: reason.to_owned(),
    };
    event.map(Outgoing::Event).into_iter().chain([close]).collect()
}

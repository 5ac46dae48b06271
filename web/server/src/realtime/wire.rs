//! From our own vocabulary to the Realtime API's.

mod answers;
mod farewell;
mod history;
mod replies;
mod words;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use colloquy_core::conversation::Notice;
use colloquy_core::conversation::transcript::Log;
use colloquy_core::event::{Event, Recorded};
use colloquy_core::guide::Guide;
use colloquy_core::id::{TopicId, TurnId, UtteranceId};
use colloquy_core::time::Ms;
use colloquy_runtime::actor::ToClient;
use colloquy_transport::connection::Outgoing;
use colloquy_transport::error::ErrorCode;
use colloquy_transport::proto::{Modality, ServerEvent, Stage};

use farewell::farewell_of;
use words::{cause_of, error, ids, item_id, modality_of, mode_of, outcome_of, parts_of, response_id, stage_of};

/// The client is told at most this often that it sends too fast.
const TOO_FAST_EVERY: Duration = Duration::from_secs(1);

/// What was said of an utterance of ours.
struct Speaking {
    turn: TurnId,
    modality: Modality,
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
    stage: Option<Stage>,
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
            stage: None,
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
            ToClient::Hold { held } => vec![ServerEvent::Hold { held }],
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
            Event::SegmentHeard {
                turn, segment, from, ..
            } => {
                self.began.entry(*turn).or_insert(*from);
                self.typed(*turn, *segment).unwrap_or_else(|| self.delta(*turn))
            }
            Event::AnswerEnded { turn, voiced_until } => self.answered(*turn, *voiced_until),
            Event::MoveDecided { mv, .. } => {
                let mut events = self.moved(mv.topic(), recorded.at);
                events.extend(self.staged(stage_of(mv)));
                events
            }
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
            } => {
                // Consented anew while talking: from here on it goes the other way.
                self.modality = modality_of(*mode);
                vec![ServerEvent::Consent {
                    mode: mode_of(*mode),
                    recording: *recording,
                    text_version: text_version.clone(),
                }]
            }
            Event::Paused { cause } => vec![ServerEvent::Paused {
                cause: cause_of(*cause),
            }],
            Event::Resumed => vec![ServerEvent::Resumed],
            Event::Ended { outcome } => vec![ServerEvent::Ended {
                outcome: outcome_of(*outcome),
            }],
            _ => Vec::new(),
        }
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
        self.standing(number, at)
    }

    fn standing(&self, number: usize, at: Ms) -> Vec<ServerEvent> {
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

    /// Told where it differs from what was told before.
    fn staged(&mut self, stage: Option<Stage>) -> Option<ServerEvent> {
        let stage = stage.filter(|stage| self.stage != Some(*stage))?;
        self.stage = Some(stage);
        Some(ServerEvent::Stage { stage })
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

//! A small server that speaks the same words as ours, for tests of the client: it endpoints by energy alone, and says a
//! tone.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response as HttpResponse};
use axum::routing::{get, post};
use axum::{Json, Router};
use colloquy_audio::level::rms;
use colloquy_transport::error::{ErrorCode, ProtocolError};
use colloquy_transport::proto::{
    CancelReason, ClientEvent, EndOutcome, Item, ItemStatus, LatencyParts, Modality, Mode, NewItem, Response, Role,
    ServerEvent, SessionView, TranscriptionUsage, parse,
};
use serde_json::{Value, json};

use super::sound::{FRAME_SAMPLES, decode, encode};

/// Silence that ends an answer: 300 ms.
const END_FRAMES: u32 = 15;
const TOKEN: &str = "token-of-the-fake";
const SECRET: &str = "ek_fake";

/// A tone of so many milliseconds at 24 kHz.
pub(crate) fn tone(ms: usize) -> Vec<f32> {
    (0..ms * 24).map(|n| (n as f32 * 0.1).sin() * 0.3).collect()
}

/// How the fake behaves.
#[derive(Clone, Debug)]
pub(crate) struct Manner {
    pub(crate) state: &'static str,
    /// Answers until it ends the interview.
    pub(crate) answers: usize,
    /// Answers after which it drains, once.
    pub(crate) drain_after: Option<usize>,
    pub(crate) greeting_ms: usize,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            state: "usable",
            answers: 2,
            drain_after: None,
            greeting_ms: 200,
        }
    }
}

#[derive(Debug, Default)]
struct Kept {
    consent: Option<Mode>,
    answers: usize,
    drained: bool,
    typed: Vec<String>,
    truncated: Option<u64>,
}

#[derive(Clone, Debug)]
struct Shared {
    manner: Manner,
    kept: Arc<Mutex<Kept>>,
}

impl Shared {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running fake; it lives as long as the test's runtime.
#[derive(Debug)]
pub(crate) struct Fake {
    pub(crate) link: String,
    shared: Shared,
}

impl Fake {
    pub(crate) async fn start(manner: Manner) -> Self {
        let shared = Shared {
            manner,
            kept: Arc::default(),
        };
        let app = Router::new()
            .route("/api/participant/{token}", get(invitation))
            .route("/api/participant/{token}/consent", post(consent))
            .route("/api/participant/{token}/client_secret", post(secret))
            .route("/v1/realtime", get(realtime))
            .with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let link = format!("http://{}/i/{TOKEN}", listener.local_addr().expect("its address"));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { link, shared }
    }

    pub(crate) fn typed(&self) -> Vec<String> {
        self.shared.kept().typed.clone()
    }

    pub(crate) fn truncated(&self) -> Option<u64> {
        self.shared.kept().truncated
    }
}

async fn invitation(State(shared): State<Shared>, Path(token): Path<String>) -> HttpResponse {
    if token != TOKEN {
        return (
            StatusCode::NOT_FOUND,
            Json(json!({"error": {"code": "unknown_link", "message": "?"}})),
        )
            .into_response();
    }
    let agreed = shared.kept().consent;
    let session = json!({
        "title": "Stay interview", "organisation": "Acme", "length_min": 15, "topics": ["Reasons to stay"],
        "confidentiality": "confidential", "mode": "participant", "recording": true,
    });
    let consent = agreed.map(|mode| json!({"mode": mode, "recording": false, "text_version": "1"}));
    Json(json!({"state": shared.manner.state, "session": session, "consent": consent, "text_version": "1"}))
        .into_response()
}

async fn consent(State(shared): State<Shared>, Json(body): Json<Value>) -> Json<Value> {
    shared.kept().consent = serde_json::from_value(body["mode"].clone()).ok();
    Json(json!({"conversation_id": "c-1"}))
}

async fn secret(State(shared): State<Shared>) -> HttpResponse {
    if shared.kept().consent.is_none() {
        let error = json!({"error": {"code": "consent_required", "message": "Consent comes first."}});
        return (StatusCode::CONFLICT, Json(error)).into_response();
    }
    Json(json!({"value": SECRET, "expires_at": 0})).into_response()
}

async fn realtime(State(shared): State<Shared>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> HttpResponse {
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok());
    if bearer != Some(&format!("Bearer {SECRET}")) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    upgrade.on_upgrade(move |socket| {
        Desk {
            socket,
            shared,
            number: 0,
            said: None,
        }
        .run()
    })
}

struct Desk {
    socket: WebSocket,
    shared: Shared,
    number: usize,
    /// The response that is being said, and when it will have been.
    said: Option<(String, tokio::time::Instant)>,
}

impl Desk {
    async fn run(mut self) {
        let session = SessionView {
            id: "sess_1".into(),
            expires_at: None,
            language: "en".into(),
            voice: "tone".into(),
            modality: Modality::Audio,
            input: Default::default(),
            output: Default::default(),
        };
        self.tell(ServerEvent::SessionCreated {
            session: session.to_wire(),
        })
        .await;
        let greeting = self.shared.manner.greeting_ms;
        self.respond(greeting).await;
        let (mut speaking, mut silent) = (false, 0);
        loop {
            let done_at = self.said.as_ref().map(|(_, at)| *at);
            let message = tokio::select! {
                message = self.socket.recv() => message,
                () = async {
                    match done_at {
                        Some(at) => tokio::time::sleep_until(at).await,
                        None => std::future::pending().await,
                    }
                } => {
                    self.done(false).await;
                    continue;
                }
            };
            let Some(Ok(Message::Text(text))) = message else { return };
            let Ok((_, event)) = parse(text.as_str()) else { return };
            let answered = match event {
                ClientEvent::Append { audio } => {
                    let loud = rms(&decode(&audio.0).unwrap_or_default()) > 0.01;
                    silent = if loud { 0 } else { silent + 1 };
                    if loud && !speaking {
                        speaking = true;
                        let item_id = format!("item_{}", self.number);
                        self.tell(ServerEvent::SpeechStarted {
                            audio_start_ms: 0,
                            item_id,
                        })
                        .await;
                        self.done(true).await;
                    }
                    speaking && silent == END_FRAMES
                }
                ClientEvent::ItemCreate {
                    item: NewItem { content, .. },
                } => {
                    let text = content.into_iter().find_map(|part| part.text).unwrap_or_default();
                    self.shared.kept().typed.push(text.0);
                    true
                }
                ClientEvent::ItemTruncate { audio_end_ms, .. } => {
                    self.shared.kept().truncated = Some(audio_end_ms);
                    false
                }
                _ => false,
            };
            if answered {
                speaking = false;
                if self.answered().await {
                    return;
                }
            }
        }
    }

    /// Takes an answer; whether that was the last thing on this connection.
    async fn answered(&mut self) -> bool {
        let item_id = format!("item_{}", self.number);
        self.tell(ServerEvent::Committed {
            previous_item_id: None,
            item_id: item_id.clone(),
        })
        .await;
        self.tell(ServerEvent::TranscriptionCompleted {
            item_id,
            content_index: 0,
            transcript: "a tone of some length".into(),
            usage: TranscriptionUsage::Duration { seconds: 1.0 },
        })
        .await;
        self.respond(100).await;
        let answers = {
            let mut kept = self.shared.kept();
            kept.answers += 1;
            kept.answers
        };
        let draining = self.shared.manner.drain_after == Some(answers) && !self.shared.kept().drained;
        let (event, code) = if answers == self.shared.manner.answers {
            (
                ServerEvent::Ended {
                    outcome: EndOutcome::Completed,
                },
                1000,
            )
        } else if draining {
            self.shared.kept().drained = true;
            (
                ServerEvent::Error {
                    error: ProtocolError::new(ErrorCode::Draining, "Connect again."),
                },
                1012,
            )
        } else {
            return false;
        };
        self.tell(event).await;
        let close = Message::Close(Some(CloseFrame {
            code,
            reason: "fake".into(),
        }));
        let _ = self.socket.send(close).await;
        true
    }

    async fn respond(&mut self, ms: usize) {
        self.done(true).await;
        self.number += 1;
        let (response_id, item_id) = (format!("resp_{}", self.number), format!("reply_{}", self.number));
        let response = Response::begun(response_id.clone(), Modality::Audio);
        self.tell(ServerEvent::ResponseCreated { response }).await;
        for frame in tone(ms).chunks(FRAME_SAMPLES) {
            self.tell(ServerEvent::OutputAudioDelta {
                response_id: response_id.clone(),
                item_id: item_id.clone(),
                output_index: 0,
                content_index: 0,
                delta: encode(frame),
            })
            .await;
        }
        let parts = LatencyParts {
            endpoint_wait: 300,
            ..LatencyParts::default()
        };
        self.tell(ServerEvent::Latency {
            response_id: response_id.clone(),
            parts,
            total_ms: 300,
        })
        .await;
        self.said = Some((
            response_id,
            tokio::time::Instant::now() + Duration::from_millis(ms as u64),
        ));
    }

    async fn done(&mut self, interrupted: bool) {
        let Some((id, _)) = self.said.take() else { return };
        let item = Item::message("reply", Role::Assistant, ItemStatus::Completed, Vec::new());
        let begun = Response::begun(id, Modality::Audio);
        let response = if interrupted {
            begun.cancelled(item, CancelReason::TurnDetected)
        } else {
            begun.completed(item)
        };
        self.tell(ServerEvent::ResponseDone { response }).await;
    }

    async fn tell(&mut self, event: ServerEvent) {
        let text = serde_json::to_string(&event).expect("our own types serialize");
        // A client that is gone is noticed by reading.
        let _ = self.socket.send(Message::Text(text.into())).await;
    }
}

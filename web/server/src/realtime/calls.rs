//! `POST /v1/realtime/calls`: a conversation over WebRTC, in the words of the OpenAI Realtime API. An SDP offer comes in, as
//! `application/sdp` or as the field `sdp` of a form, and the answer goes back.
//!
//! The conversation is joined once the call has come up, so that nothing is said that nobody hears, and a call that never
//! comes up takes over nothing.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use colloquy_core::event::Mode;
use colloquy_core::id::ConversationId;
use colloquy_transport::connection::Connection;
use colloquy_transport::webrtc::{AnswerError, Call, Endpoint};
use dashmap::DashMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info};
use uuid::Uuid;

use super::bridge::{self, Line};
use super::{Admitted, admit};
use crate::app::AppState;
use crate::error::ApiError;

/// A STUN or TURN server that browsers are told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct IceServer {
    /// Such as `turn:turn.example.org:3478?transport=tcp`.
    pub urls: Vec<String>,
    /// For TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub username: Option<String>,
    /// For TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub credential: Option<String>,
}

/// Where calls come in.
#[derive(Debug)]
pub struct Calls {
    endpoint: Endpoint,
    ice_servers: Vec<IceServer>,
    coming_up: ComingUp,
}

/// Calls that were answered and have not come up: a newer one of the same conversation takes its place.
#[derive(Debug, Default)]
struct ComingUp(DashMap<ConversationId, CancellationToken>);

impl ComingUp {
    /// A call begins to come up, and one of the same conversation that still does is cancelled. What it returns is cancelled by
    /// the next one.
    fn begin(&self, id: ConversationId) -> CancellationToken {
        let token = CancellationToken::new();
        if let Some(older) = self.0.insert(id, token.clone()) {
            older.cancel();
        }
        token
    }

    /// It came up, or never will. A newer one is left alone.
    fn end(&self, id: ConversationId, token: &CancellationToken) {
        self.0.remove_if(&id, |_, present| present == token);
    }
}

impl Calls {
    /// Calls by this endpoint, for browsers that are told of these servers.
    #[must_use]
    pub fn new(endpoint: Endpoint, ice_servers: Vec<IceServer>) -> Arc<Self> {
        Arc::new(Self {
            endpoint,
            ice_servers,
            coming_up: ComingUp::default(),
        })
    }

    /// What browsers are told of.
    #[must_use]
    pub fn ice_servers(&self) -> &[IceServer] {
        &self.ice_servers
    }

    /// Waits until the call has come up; not if a newer one of the same conversation comes first, or a restart.
    async fn come_up(&self, id: ConversationId, mut call: Call, state: &AppState) -> Option<Call> {
        let newer = self.coming_up.begin(id);
        let up = tokio::select! {
            connected = call.connected() => connected.inspect_err(|error| info!(%id, %error, "a call did not come up")).is_ok(),
            () = newer.cancelled() => false,
            () = state.registry.lifecycle().draining() => false,
        };
        self.coming_up.end(id, &newer);
        metrics::counter!("colloquy_calls_total", "outcome" => if up { "connected" } else { "failed" }).increment(1);
        up.then_some(call)
    }
}

/// What the client sent.
struct Offer {
    sdp: String,
    /// What it wants of the session, as in `session.update`.
    session: Option<Value>,
}

/// The handler.
///
/// # Errors
/// 401 without a valid key, 409 `consent_required`, and `voice_not_agreed` where the person agreed to writing alone, 400 `invalid_offer` or 413 `offer_too_large` where the offer cannot be answered, 415 for another
/// kind of body, 503 `capacity` or `draining`, 404 `webrtc_off`.
pub(crate) async fn calls(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let admitted = admit(&state, request.headers()).await?;
    if admitted.mode != Mode::Voice {
        let message = "This person agreed to answer in writing, so that nothing may be heard. Connect to GET /v1/realtime by WebSocket.";
        return Err(ApiError::new(StatusCode::CONFLICT, "voice_not_agreed", message));
    }
    let off = || {
        let message = "Calls are switched off here (webrtc.enabled). Connect to GET /v1/realtime by WebSocket.";
        ApiError::new(StatusCode::NOT_FOUND, "webrtc_off", message)
    };
    let calls = Arc::clone(state.calls.as_ref().ok_or_else(off)?);
    let offer = offer_of(request).await?;
    state.registry.admits(admitted.conversation).await?;
    if let Some(session) = offer.session {
        check(&admitted, session)?;
    }
    let (answer, call) = calls.endpoint.answer(&offer.sdp).await.map_err(refusal)?;
    let conversation = admitted.conversation;
    debug!(id = %conversation, "a call was answered");
    let tasks = state.registry.lifecycle().tasks().clone();
    tasks.spawn(async move {
        if let Some(call) = calls.come_up(conversation, call, &state).await {
            bridge::run(Line::Call(Box::new(call)), state, admitted).await;
        }
    });
    let location = format!("/v1/realtime/calls/rtc_{}", Uuid::new_v4().simple());
    let headers = [
        (header::CONTENT_TYPE, "application/sdp".to_owned()),
        (header::LOCATION, location),
    ];
    Ok((StatusCode::CREATED, headers, answer).into_response())
}

async fn offer_of(request: Request) -> Result<Offer, ApiError> {
    let kind = content_type(request.headers());
    match kind.as_str() {
        "application/sdp" => {
            let body = Bytes::from_request(request, &()).await.map_err(|rejection| {
                let status = rejection.status();
                ApiError::new(
                    status,
                    "unreadable_body",
                    "The body could not be read. Send the offer again.",
                )
            })?;
            let sdp = String::from_utf8(body.into()).map_err(|_| no_text("The offer"))?;
            Ok(Offer { sdp, session: None })
        }
        "multipart/form-data" => form(request).await,
        _ => {
            let message = "Send the offer as application/sdp, or as the field sdp of multipart/form-data.";
            Err(ApiError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                message,
            ))
        }
    }
}

async fn form(request: Request) -> Result<Offer, ApiError> {
    let wrong = |error: MultipartError| ApiError::new(error.status(), "unreadable_body", "The form could not be read.");
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| {
        let message = "The form could not be read: its boundary is missing.";
        ApiError::new(StatusCode::BAD_REQUEST, "unreadable_body", message)
    })?;
    let (mut sdp, mut session) = (None, None);
    while let Some(field) = form.next_field().await.map_err(wrong)? {
        match field.name() {
            Some("sdp") => sdp = Some(field.text().await.map_err(wrong)?),
            Some("session") => {
                let text = field.text().await.map_err(wrong)?;
                let parsed = serde_json::from_str(&text).map_err(|_| {
                    let message =
                        "The field session is not JSON. Leave it out, or send a session as in session.update.";
                    ApiError::new(StatusCode::BAD_REQUEST, "invalid_session", message)
                })?;
                session = Some(parsed);
            }
            _ => {}
        }
    }
    let missing = || {
        let message = "The form has no field sdp. Put the offer there.";
        ApiError::new(StatusCode::BAD_REQUEST, "invalid_offer", message)
    };
    Ok(Offer {
        sdp: sdp.ok_or_else(missing)?,
        session,
    })
}

fn no_text(what: &str) -> ApiError {
    ApiError::new(
        StatusCode::BAD_REQUEST,
        "invalid_offer",
        format!("{what} is not UTF-8. Send it as createOffer() gave it."),
    )
}

/// The type without its parameters, in small letters.
fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = value.unwrap_or_default().split(';').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}

/// A session's settings are held to the same rules as in `session.update`: the guide is ours.
fn check(admitted: &Admitted, session: Value) -> Result<(), ApiError> {
    let mut connection = Connection::new(admitted.view()).map_err(|problem| {
        error!(error = %problem, "a connection could not be set up");
        internal()
    })?;
    let update = json!({"type": "session.update", "session": session}).to_string();
    match connection.on_text(&update) {
        Ok(_) => Ok(()),
        Err(error) => Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "invalid_session",
            error.message.into_owned(),
        )),
    }
}

fn internal() -> ApiError {
    let message = "Something failed on our side. What was confirmed is kept; try again in a moment.";
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
}

fn refusal(error: AnswerError) -> ApiError {
    use colloquy_transport::webrtc::OfferError;
    let message = error.to_string();
    match error {
        AnswerError::Offer(OfferError::TooLarge { .. }) => {
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "offer_too_large", message)
        }
        AnswerError::Offer(_) => ApiError::new(StatusCode::BAD_REQUEST, "invalid_offer", message),
        AnswerError::Full { .. } => ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "capacity", message),
        AnswerError::Stack(problem) => {
            error!(error = %problem, "a call could not be set up");
            internal()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    #[test]
    fn a_call_that_was_replaced_leaves_the_newer_one_alone() {
        let (calls, id) = (ComingUp::default(), ConversationId(Uuid::new_v4()));
        let first = calls.begin(id);
        let second = calls.begin(id);
        assert!(first.is_cancelled() && !second.is_cancelled());
        calls.end(id, &first);
        let third = calls.begin(id);
        assert!(second.is_cancelled() && !third.is_cancelled());
        calls.end(id, &third);
        assert!(calls.0.is_empty());
    }

    fn request(kind: &str, body: &str) -> Request {
        let builder = Request::builder().method("POST").header(header::CONTENT_TYPE, kind);
        builder.body(Body::from(body.to_owned())).unwrap()
    }

    async fn code(kind: &str, body: &str) -> &'static str {
        match offer_of(request(kind, body)).await {
            Ok(_) => "ok",
            Err(error) => error.code(),
        }
    }

    #[tokio::test]
    async fn an_offer_comes_as_sdp_or_in_a_form_and_nothing_else() {
        assert_eq!(code("application/sdp; charset=utf-8", "v=0").await, "ok");
        assert_eq!(code("application/json", "{}").await, "unsupported_media_type");
        assert_eq!(code("", "v=0").await, "unsupported_media_type");
        let form = |name: &str, value: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n--b--\r\n")
        };
        let kind = "multipart/form-data; boundary=b";
        let offer = offer_of(request(kind, &form("sdp", "v=0\r\ns=-"))).await;
        assert_eq!(offer.map(|offer| offer.sdp).ok().as_deref(), Some("v=0\r\ns=-"));
        assert_eq!(code(kind, &form("other", "v=0")).await, "invalid_offer");
        assert_eq!(code(kind, &form("session", "{")).await, "invalid_session");
        assert_eq!(code("multipart/form-data", "").await, "unreadable_body");
        assert_eq!(code(kind, "--b\r\nbroken").await, "unreadable_body");
    }
}

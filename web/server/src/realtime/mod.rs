//! `GET /v1/realtime`: a conversation over WebSocket, in the words of the OpenAI Realtime API. [`calls`] is the same over
//! WebRTC.

mod bridge;
pub mod calls;
mod wire;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use colloquy_core::event::Mode;
use colloquy_core::guide::Guide;
use colloquy_core::id::ConversationId;
use colloquy_runtime::actor::unix_ms;
use colloquy_transport::proto::{AudioFormat, Modality, SessionView};
use colloquy_transport::websocket::SOCKET_MESSAGE_BYTES;

use self::bridge::Line;
use crate::app::AppState;
use crate::error::ApiError;

/// The subprotocol that a browser asks for.
const SUBPROTOCOL: &str = "realtime";
/// A browser cannot set headers on a WebSocket: the key comes as a subprotocol.
const KEY_SUBPROTOCOL: &str = "openai-insecure-api-key.";

/// Everything that is known before the socket is open.
struct Admitted {
    conversation: ConversationId,
    mode: Mode,
    guide: Guide,
}

/// The handler.
///
/// # Errors
/// 401 without a valid key, 404 where the conversation is gone. What is refused later comes as an `error` event, because a
/// browser cannot read the status of a refused WebSocket.
pub(crate) async fn realtime(
    State(state): State<AppState>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ApiError> {
    let admitted = admit(&state, &headers).await?;
    let upgrade = upgrade.protocols([SUBPROTOCOL]).max_message_size(SOCKET_MESSAGE_BYTES);
    Ok(upgrade
        .on_upgrade(move |socket| bridge::run(Line::WebSocket(Box::new(socket)), state, admitted))
        .into_response())
}

async fn admit(state: &AppState, headers: &HeaderMap) -> Result<Admitted, ApiError> {
    let unauthorized = |message: &str| ApiError::new(StatusCode::UNAUTHORIZED, "invalid_client_secret", message);
    let secret = secret(headers).ok_or_else(|| unauthorized("Send a client secret: Authorization: Bearer ek_…"))?;
    let store = state.store();
    let id = store.client_secrets().redeem(secret, unix_ms()).await?;
    let id = id.ok_or_else(|| unauthorized("The client secret is unknown or has expired. Fetch a new one."))?;
    let found = store
        .conversations()
        .find(id)
        .await?
        .ok_or_else(ApiError::unknown_link)?;
    let consent = found.consent.ok_or_else(ApiError::consent_required)?;
    let guide = store
        .guides()
        .find(found.guide)
        .await?
        .ok_or_else(ApiError::unknown_link)?;
    Ok(Admitted {
        conversation: id,
        mode: consent.mode,
        guide,
    })
}

/// The key: from the header, or from the subprotocols.
fn secret(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer "));
    let offered = || {
        let offered = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
        offered
            .split(',')
            .find_map(|protocol| protocol.trim().strip_prefix(KEY_SUBPROTOCOL))
    };
    bearer.or_else(offered).map(str::trim)
}

impl Admitted {
    fn view(&self) -> SessionView {
        SessionView {
            id: format!("sess_{}", self.conversation.0.simple()),
            expires_at: None,
            language: "en".to_owned(),
            voice: "default".to_owned(),
            modality: self.modality(),
            input: AudioFormat::default(),
            output: AudioFormat::default(),
        }
    }

    fn modality(&self) -> Modality {
        match self.mode {
            Mode::Voice => Modality::Audio,
            Mode::Text => Modality::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_comes_in_a_header_or_in_the_subprotocols() {
        let with = |name: header::HeaderName, value: &str| HeaderMap::from_iter([(name, value.parse().unwrap())]);
        assert_eq!(secret(&with(header::AUTHORIZATION, "Bearer ek_1")), Some("ek_1"));
        let offered = "realtime, openai-insecure-api-key.ek_2";
        assert_eq!(secret(&with(header::SEC_WEBSOCKET_PROTOCOL, offered)), Some("ek_2"));
        assert_eq!(secret(&with(header::SEC_WEBSOCKET_PROTOCOL, "realtime")), None);
    }
}

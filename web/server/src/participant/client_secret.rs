//! `POST /api/participant/{token}/client_secret`: a short-lived key for the realtime connection, so that the link itself
//! never travels with media.

use axum::Json;
use axum::extract::{Path, State};
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{CLIENT_SECRET_LIFETIME_MS, Conversation, ConversationState};
use serde::Serialize;

use super::admit;
use crate::app::AppState;
use crate::error::ApiError;
use crate::realtime::calls::IceServer;

/// A key for the realtime connection.
#[derive(Debug, Serialize, ts_rs::TS)]
pub(crate) struct ClientSecret {
    /// `ek_…`.
    pub(crate) value: String,
    /// Unix seconds.
    pub(crate) expires_at: i64,
    /// STUN and TURN servers for a call over WebRTC (`POST /v1/realtime/calls`); absent where calls are switched off, and
    /// the WebSocket is the only way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub(crate) ice_servers: Option<Vec<IceServer>>,
}

/// The handler.
///
/// # Errors
/// 404 and 410 for the link, 409 `consent_required` before consent.
pub(crate) async fn client_secret(
    State(state): State<AppState>,
    Path(token): Path<String>,
) -> Result<Json<ClientSecret>, ApiError> {
    let invited = admit(&state, &token).await?;
    let agreed = |c: &Conversation| c.consent.is_some() && c.state != ConversationState::Declined;
    let conversation = invited
        .conversation
        .filter(agreed)
        .ok_or_else(ApiError::consent_required)?;
    let now = unix_ms();
    let secret = state
        .store()
        .client_secrets()
        .mint(conversation.id, now, CLIENT_SECRET_LIFETIME_MS)
        .await?;
    Ok(Json(ClientSecret {
        value: secret.expose().to_owned(),
        expires_at: (now + CLIENT_SECRET_LIFETIME_MS) / 1000,
        ice_servers: state.calls.as_ref().map(|calls| calls.ice_servers().to_vec()),
    }))
}

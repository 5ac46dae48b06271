//! `POST /api/participant/{token}/consent` and `/decline`: nothing is heard before the first, or after the second.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use colloquy_core::event::Mode;
use colloquy_core::guide::{Confidentiality, ModeChoice};
use colloquy_core::id::ConversationId;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{Consent, wording};
use serde::{Deserialize, Serialize};

use super::{CONSENT_VERSION, admit, party};
use crate::app::AppState;
use crate::error::ApiError;

/// What a participant agrees to.
#[derive(Debug, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsentBody {
    /// By voice or by text.
    pub(crate) mode: Mode,
    /// Whether audio may be kept.
    #[serde(default)]
    pub(crate) recording: bool,
    /// Which wording was shown; it names who outside gets what is said, if anybody does.
    pub(crate) text_version: String,
    /// What was shown of who sees what.
    pub(crate) confidentiality: Confidentiality,
}

/// The conversation that this opened.
#[derive(Debug, Serialize)]
pub(crate) struct Opened {
    /// Its id.
    pub(crate) conversation_id: ConversationId,
}

/// The handler of consent.
///
/// # Errors
/// 404 and 410 for the link; 422 for a body that says something else; 409 `consent_outdated` where another wording was
/// shown, or something else of who sees what or who gets what is said, `mode_not_offered` and `recording_not_offered` where the session does not offer it.
pub(crate) async fn consent(
    State(state): State<AppState>,
    Path(token): Path<String>,
    body: Result<Json<ConsentBody>, JsonRejection>,
) -> Result<Json<Opened>, ApiError> {
    let invited = admit(&state, &token).await?;
    let Json(body) = body.map_err(|rejection| {
        let message = format!("The consent cannot be read: {}", rejection.body_text());
        ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_consent", message)
    })?;
    let refuse = |code, message: &str| Err(ApiError::new(StatusCode::CONFLICT, code, message));
    let party = party(&state, invited.conversation.as_ref());
    if body.text_version != wording(CONSENT_VERSION, party) {
        return refuse(
            "consent_outdated",
            "The wording has changed meanwhile. Load it again, and agree to that one.",
        );
    }
    match (invited.session.mode, body.mode) {
        (ModeChoice::Voice, Mode::Text) => {
            return refuse("mode_not_offered", "This conversation is held by voice only.");
        }
        (ModeChoice::Text, Mode::Voice) => {
            return refuse("mode_not_offered", "This conversation is held in writing only.");
        }
        _ => {}
    }
    if body.recording && !invited.session.recording {
        return refuse(
            "recording_not_offered",
            "No audio is kept in this session. Agree without it.",
        );
    }
    let consent = Consent {
        mode: body.mode,
        recording: body.recording,
        text_version: body.text_version,
    };
    let opened = state
        .store()
        .conversations()
        .open_by(invited.invitation.id, &consent, body.confidentiality, &token, unix_ms())
        .await?;
    state.registry.read_on(opened.id).await;
    Ok(Json(Opened {
        conversation_id: opened.id,
    }))
}

/// The handler of declining.
///
/// # Errors
/// 404 and 410 for the link.
pub(crate) async fn decline(State(state): State<AppState>, Path(token): Path<String>) -> Result<StatusCode, ApiError> {
    let invited = admit(&state, &token).await?;
    let declined = state
        .store()
        .conversations()
        .decline(invited.invitation.id, unix_ms())
        .await?;
    state.registry.read_on(declined.id).await;
    Ok(StatusCode::NO_CONTENT)
}

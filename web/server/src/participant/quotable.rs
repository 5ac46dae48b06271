//! `PUT /api/participant/{token}/turns/{turn}/quotable`: which answers of a finished conversation may be quoted.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use colloquy_core::id::TurnId;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::StoreError;
use serde::Deserialize;

use super::copy::finished;
use super::follow;
use crate::app::AppState;
use crate::error::ApiError;

/// A person's word on one answer.
#[derive(Debug, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuotableBody {
    /// Whether it may be quoted.
    quotable: bool,
}

/// The handler. Answers 204, also where nothing changed.
///
/// # Errors
/// 404 `unknown_turn` for a turn that is not the person's own, else as [`copy`](super::copy::copy); 422 for a body that
/// says something else.
pub(crate) async fn quotable(
    State(state): State<AppState>,
    Path((token, turn)): Path<(String, String)>,
    body: Result<Json<QuotableBody>, JsonRejection>,
) -> Result<StatusCode, ApiError> {
    let invited = follow(&state, &token).await?;
    let conversation = finished(&invited)?;
    let Json(body) = body.map_err(|rejection| {
        let message = format!("It cannot be read: {}", rejection.body_text());
        ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_body", message)
    })?;
    let unknown = || {
        let message = "There is no such answer of yours in this conversation.";
        ApiError::new(StatusCode::NOT_FOUND, "unknown_turn", message)
    };
    let turn: u32 = turn.parse().map_err(|_| unknown())?;
    let conversations = state.store().conversations();
    match conversations
        .allow_quoting(conversation.id, TurnId(turn), body.quotable, unix_ms())
        .await
    {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(StoreError::Missing(_)) => Err(unknown()),
        Err(error) => Err(error.into()),
    }
}

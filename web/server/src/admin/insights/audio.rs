//! `GET /api/v1/conversations/{id}/turns/{turn}/audio`: what a quote sounded like, where its sound is kept.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use colloquy_core::conversation::transcript::Log;
use colloquy_core::id::TurnId;
use uuid::Uuid;

use super::readable;
use crate::admin::caller::Caller;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;
use crate::participant::audio::wav;

/// Listen to a turn of a conversation that may be read: a WAV file
#[utoipa::path(
    get, path = "/conversations/{id}/turns/{turn}/audio", tag = "insights", params(("id" = Uuid, Path), ("turn" = u32, Path)),
    responses(
        (status = OK, description = "Mono PCM16", body = Vec<u8>, content_type = "audio/wav"),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `confidential`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`, `no_audio`", body = Problem),
        (status = CONFLICT, description = "`not_finished`", body = Problem),
    )
)]
pub(crate) async fn audio(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, turn)): Path<(String, String)>,
) -> Result<([(HeaderName, HeaderValue); 1], Vec<u8>), Problem> {
    caller.may(Action::ReadInsights)?;
    let id: Uuid = id.parse().map_err(|_| Problem::missing("conversation"))?;
    let (talk, _) = readable(&state, &caller, id).await?;
    let unknown = || Problem::missing("turn");
    let turn = TurnId(turn.parse().map_err(|_| unknown())?);
    let events = state.store().events().read(talk.id, 0).await?;
    let mut log = Log::default();
    for recorded in &events {
        log.apply(recorded.at, &recorded.event);
    }
    log.turn(turn)
        .filter(|turn| !turn.text.expose().is_empty())
        .ok_or_else(unknown)?;
    let kept = match &state.registry.services().recordings {
        Some(recordings) => recordings.turn(state.store(), talk.id, &events, turn).await?,
        None => None,
    };
    let kept = kept.ok_or_else(|| {
        let detail = "The sound of this turn is not kept.";
        Problem::new(StatusCode::NOT_FOUND, "no_audio", detail)
    })?;
    Ok((
        [(header::CONTENT_TYPE, HeaderValue::from_static("audio/wav"))],
        wav(&kept),
    ))
}

//! `POST /api/v1/sessions/{id}/trial`: an admin takes part in their own session, and it counts nowhere.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::TRIAL_LIFETIME_MS;
use serde::Serialize;
use utoipa::ToSchema;

use super::known;
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// A link to try a session out by.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Trial {
    /// It is shown this once, and leads to a conversation as participants have it.
    link: String,
    /// From when on it no longer works, in unix milliseconds.
    expires_at: i64,
}

/// Try a session out, a draft too: by the link one takes part as it was last saved. What is said is in no list and no result, locks nothing,
/// and is erased after a week. Of each session 20 trials are kept at most; the oldest that nobody has begun makes room
#[utoipa::path(
    post, path = "/sessions/{id}/trial", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = CREATED, body = Trial),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = CONFLICT, description = "`no_topics`, `session_closed`, `too_many_trials`", body = Problem),
    )
)]
pub(crate) async fn draw(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Result<(StatusCode, Json<Trial>), Problem> {
    caller.may(Action::EditSessions)?;
    let session = known(&state, &caller, id).await?;
    let now = unix_ms();
    let store = caller.store(&state);
    let token = store.invitations().trial(session.id, &caller.user.name, now).await?;
    let drawn = Trial {
        link: format!("{}/i/{}", state.public_url.trim_end_matches('/'), token.expose()),
        expires_at: now + TRIAL_LIFETIME_MS,
    };
    Ok((StatusCode::CREATED, Json(drawn)))
}

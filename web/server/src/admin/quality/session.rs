//! `GET /api/v1/sessions/{id}/quality`: how well the interviews of a session were held.

use axum::Json;
use axum::extract::State;

use super::{Quality, quality};
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::sessions;
use crate::app::AppState;

/// How well the interviews of a session were held: together, and where the session is identified, each
#[utoipa::path(
    get, path = "/sessions/{id}/quality", tag = "quality", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = OK, body = Quality),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
    )
)]
pub(crate) async fn read(State(state): State<AppState>, caller: Caller, Id(id): Id) -> Result<Json<Quality>, Problem> {
    caller.may(Action::ReadQuality)?;
    let session = sessions::known(&state, &caller, id).await?;
    Ok(Json(quality(&state, &session).await?))
}

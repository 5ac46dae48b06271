//! `GET /api/v1/sessions/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{SessionShown, own, shown};
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// A session with its topics
#[utoipa::path(
    get, path = "/sessions/{id}", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = OK, body = SessionShown, headers(("etag" = String))),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
    )
)]
pub(crate) async fn read(State(state): State<AppState>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    caller.may(Action::ReadSessions)?;
    let (session, topics) = own(&state, &caller, id).await?;
    Ok(shown(StatusCode::OK, session, topics))
}

//! `POST /api/v1/sessions/{id}/open` and `/close`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::SessionState;
use uuid::Uuid;

use super::{SessionShown, own, shown};
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// Open a draft, or reopen a session that was closed; twice is once
#[utoipa::path(
    post, path = "/sessions/{id}/open", tag = "sessions", params(("id" = Uuid, Path)),
    responses(
        (status = OK, body = SessionShown, headers(("etag" = String))),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = CONFLICT, description = "`no_topics`", body = Problem),
    )
)]
pub(crate) async fn open(State(state): State<AppState>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    turn(&state, &caller, id, SessionState::Open).await
}

/// Close an open session: nobody can start or go on; twice is once
#[utoipa::path(
    post, path = "/sessions/{id}/close", tag = "sessions", params(("id" = Uuid, Path)),
    responses(
        (status = OK, body = SessionShown, headers(("etag" = String))),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = CONFLICT, description = "`not_open`: a draft was never open", body = Problem),
    )
)]
pub(crate) async fn close(State(state): State<AppState>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    turn(&state, &caller, id, SessionState::Closed).await
}

async fn turn(state: &AppState, caller: &Caller, id: Uuid, wanted: SessionState) -> Result<Response, Problem> {
    caller.may(Action::EditSessions)?;
    let (session, _) = own(state, caller, id).await?;
    if session.state == SessionState::Draft && wanted == SessionState::Closed {
        let detail = "A draft was never open.";
        return Err(Problem::new(StatusCode::CONFLICT, "not_open", detail));
    }
    caller
        .store(state)
        .sessions()
        .set_state(session.id, wanted, unix_ms())
        .await?;
    let (session, topics) = own(state, caller, id).await?;
    Ok(shown(StatusCode::OK, session, topics))
}

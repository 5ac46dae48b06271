//! `GET /api/v1/sessions`.

use axum::Json;
use axum::extract::State;
use colloquy_core::id::SessionId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Summary;
use crate::admin::caller::Caller;
use crate::admin::input::{Paging, Wanted};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// A page of sessions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionPage {
    /// Newest first.
    items: Vec<Summary>,
    /// The cursor of the next page, if there is one.
    next: Option<Uuid>,
}

/// The workspace's sessions, newest first
#[utoipa::path(
    get, path = "/sessions", tag = "sessions", params(Wanted),
    responses(
        (status = OK, body = SessionPage),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_field`", body = Problem),
    )
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    paging: Paging,
) -> Result<Json<SessionPage>, Problem> {
    caller.may(Action::ReadSessions)?;
    let sessions = state.store().sessions();
    let before = paging.before.map(SessionId);
    let mut found = sessions.page(caller.workspace.id, before, paging.limit + 1).await?;
    let next = paging.cut(&mut found, |session| session.id.0);
    Ok(Json(SessionPage {
        items: found.iter().map(Summary::from).collect(),
        next,
    }))
}

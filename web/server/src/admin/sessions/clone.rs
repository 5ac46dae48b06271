//! `POST /api/v1/sessions/{id}/clone`: how one goes on where a session is locked.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use colloquy_runtime::actor::unix_ms;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{SessionShown, TITLE_MAX, own, shown};
use crate::admin::caller::Caller;
use crate::admin::input::{Body, Id, line};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// What is different in the clone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Different {
    /// Title; none: the original's.
    #[schema(max_length = 120)]
    title: Option<String>,
}

/// Make a draft with all that a session has but people and results
#[utoipa::path(
    post, path = "/sessions/{id}/clone", tag = "sessions", params(("id" = uuid::Uuid, Path)), request_body = Different,
    responses(
        (status = CREATED, body = SessionShown, headers(("etag" = String))),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`", body = Problem),
    )
)]
pub(crate) async fn clone(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    Body(body): Body<Different>,
) -> Result<Response, Problem> {
    caller.may(Action::EditSessions)?;
    let (original, _) = own(&state, &caller, id).await?;
    let title = line("title", &body.title.unwrap_or(original.title), TITLE_MAX)?;
    let session = caller
        .store(&state)
        .sessions()
        .clone_of(original.id, &title, unix_ms())
        .await?;
    let (session, topics) = own(&state, &caller, session.id.0).await?;
    Ok(shown(StatusCode::CREATED, session, topics))
}

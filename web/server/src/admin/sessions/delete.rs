//! `DELETE /api/v1/sessions/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use colloquy_runtime::actor::unix_ms;

use super::known;
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// Delete a session that is not open, with every conversation in it: nothing of what anybody said is kept
#[utoipa::path(
    delete, path = "/sessions/{id}", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = CONFLICT, description = "`session_open`: close it first", body = Problem),
    )
)]
pub(crate) async fn delete(State(state): State<AppState>, caller: Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    caller.may(Action::EditSessions)?;
    let session = known(&state, &caller, id).await?;
    let store = caller.store(&state);
    let talks = store.conversations().of_session(session.id).await?;
    let mails = store.sessions().delete(session.id, unix_ms()).await?;
    state.desk.forget(&mails).await;
    // What is being held ends now, and not at its next event.
    for talk in talks.iter().filter(|talk| !talk.state.is_over()) {
        state.registry.withdraw(talk.id).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

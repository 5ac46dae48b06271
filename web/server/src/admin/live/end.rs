//! `POST /api/v1/conversations/{id}/end`.

use axum::extract::State;
use axum::http::StatusCode;
use colloquy_core::id::ConversationId;
use colloquy_store::ConversationState;

use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::sessions;
use crate::app::AppState;

/// Have the interviewer end a conversation that is being held: it says goodbye as if the person had asked for that, and what was
/// said is kept
#[utoipa::path(
    post, path = "/conversations/{id}/end", tag = "live", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = ACCEPTED),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = CONFLICT, description = "`not_live`: nobody is connected to it through this server", body = Problem),
    )
)]
pub(crate) async fn end(State(state): State<AppState>, caller: Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    caller.may(Action::EditSessions)?;
    let found = state.store().conversations().find(ConversationId(id)).await?;
    let conversation = found.ok_or_else(|| Problem::missing("conversation"))?;
    // Of another workspace's nobody learns that they exist.
    sessions::known(&state, &caller, conversation.session.0)
        .await
        .map_err(|_| Problem::missing("conversation"))?;
    // Before its first word there is nobody to say goodbye to, and after its last one it was said.
    let held = matches!(
        conversation.state,
        ConversationState::InProgress | ConversationState::Paused
    );
    if !held || !state.registry.say_goodbye(conversation.id).await {
        let detail = "Nobody is connected to this conversation through this server.";
        return Err(Problem::new(StatusCode::CONFLICT, "not_live", detail));
    }
    caller.store(&state).conversations().ending(conversation.id).await?;
    Ok(StatusCode::ACCEPTED)
}

//! `POST /api/v1/invitations/{id}/send`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use colloquy_runtime::actor::unix_ms;

use super::{InvitationShown, own};
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// Mail the invitation again, with a link of its own; where a mail of it waits to be sent, that one will do
#[utoipa::path(
    post, path = "/invitations/{id}/send", tag = "invitations", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = ACCEPTED, body = InvitationShown),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = CONFLICT, description = "`invitation_revoked`, `invitation_expired`, `session_closed`, `conversation_over`", body = Problem),
    )
)]
pub(crate) async fn send(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Result<(StatusCode, Json<InvitationShown>), Problem> {
    caller.may(Action::Invite)?;
    let invitation = own(&state, &caller, id).await?.invitation;
    let store = caller.store(&state);
    store.invitations().send_again(invitation.id, unix_ms()).await?;
    Ok((StatusCode::ACCEPTED, Json(own(&state, &caller, id).await?.into())))
}

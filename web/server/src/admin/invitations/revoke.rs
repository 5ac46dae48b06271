//! `POST /api/v1/invitations/{id}/revoke`.

use axum::Json;
use axum::extract::State;

use super::{InvitationShown, own};
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// Take an invitation back for good: none of its links admits anybody any more; twice is once
#[utoipa::path(
    post, path = "/invitations/{id}/revoke", tag = "invitations", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = OK, body = InvitationShown),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
    )
)]
pub(crate) async fn revoke(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<InvitationShown>, Problem> {
    caller.may(Action::Invite)?;
    let invitation = own(&state, &caller, id).await?.invitation;
    let store = caller.store(&state);
    store.invitations().revoke(invitation.id).await?;
    Ok(Json(own(&state, &caller, id).await?.into()))
}

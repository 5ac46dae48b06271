//! `GET /api/v1/sessions/{id}/invitations`.

use axum::Json;
use axum::extract::State;
use colloquy_core::id::InvitationId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::InvitationShown;
use crate::admin::caller::Caller;
use crate::admin::input::{Id, Paging, Wanted};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::sessions;
use crate::app::AppState;

/// A page of invitations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationPage {
    /// Newest first.
    items: Vec<InvitationShown>,
    /// The cursor of the next page, if there is one.
    next: Option<Uuid>,
}

/// Who is invited to a session, newest first
#[utoipa::path(
    get, path = "/sessions/{id}/invitations", tag = "invitations", params(("id" = Uuid, Path), Wanted),
    responses(
        (status = OK, body = InvitationPage),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_field`", body = Problem),
    )
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    paging: Paging,
) -> Result<Json<InvitationPage>, Problem> {
    caller.may(Action::SeeInvitations)?;
    let session = sessions::known(&state, &caller, id).await?;
    let before = paging.before.map(InvitationId);
    let invitations = state.store().invitations();
    let mut found = invitations.page(session.id, before, paging.limit + 1).await?;
    let next = paging.cut(&mut found, |listed| listed.invitation.id.0);
    Ok(Json(InvitationPage {
        items: found.into_iter().map(InvitationShown::from).collect(),
        next,
    }))
}

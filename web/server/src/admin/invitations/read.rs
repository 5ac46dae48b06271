//! `GET /api/v1/invitations/{id}`.

use axum::Json;
use axum::extract::State;

use super::{InvitationShown, own};
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// An invitation
#[utoipa::path(
    get, path = "/invitations/{id}", tag = "invitations", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = OK, body = InvitationShown),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
    )
)]
pub(crate) async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<InvitationShown>, Problem> {
    caller.may(Action::SeeInvitations)?;
    Ok(Json(own(&state, &caller, id).await?.into()))
}

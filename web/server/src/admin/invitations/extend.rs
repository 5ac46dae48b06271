//! `POST /api/v1/invitations/{id}/extend`.

use axum::Json;
use axum::extract::State;
use colloquy_runtime::actor::unix_ms;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{InvitationShown, own};
use crate::admin::caller::Caller;
use crate::admin::input::{Body, Id};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// As long as a new invitation lasts.
const DAYS: u16 = 7;
const DAYS_MAX: u16 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// For how long.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Longer {
    /// Days from now, else 7.
    #[schema(minimum = 1, maximum = 30)]
    days: Option<u16>,
}

/// Let the links of an invitation work so many days from now, those sent already too; never shorter than before
#[utoipa::path(
    post, path = "/invitations/{id}/extend", tag = "invitations", params(("id" = uuid::Uuid, Path)), request_body = Longer,
    responses(
        (status = OK, body = InvitationShown),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = CONFLICT, description = "`invitation_revoked`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`", body = Problem),
    )
)]
pub(crate) async fn extend(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    Body(body): Body<Longer>,
) -> Result<Json<InvitationShown>, Problem> {
    caller.may(Action::Invite)?;
    let invitation = own(&state, &caller, id).await?.invitation;
    let days = body.days.unwrap_or(DAYS);
    if !(1..=DAYS_MAX).contains(&days) {
        return Err(Problem::field("days", format!("1 to {DAYS_MAX} days.")));
    }
    let until = (unix_ms() + i64::from(days) * DAY_MS).max(invitation.expires_at);
    let store = caller.store(&state);
    store.invitations().extend(invitation.id, until).await?;
    Ok(Json(own(&state, &caller, id).await?.into()))
}

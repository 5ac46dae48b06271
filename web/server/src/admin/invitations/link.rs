//! `POST /api/v1/invitations/{id}/link`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use colloquy_runtime::actor::unix_ms;
use serde::Serialize;
use utoipa::ToSchema;

use super::own;
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// A link to hand on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkDrawn {
    /// It is shown this once.
    link: String,
    /// From when on it no longer works, in unix milliseconds.
    expires_at: i64,
}

/// Draw a new link for the person, beside the earlier ones. Refused once they have agreed to take part: from then on a link
/// leads to what they said. The drawn ones end then, but the one by which they agreed: whoever handed that on can read the same
#[utoipa::path(
    post, path = "/invitations/{id}/link", tag = "invitations", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = CREATED, body = LinkDrawn),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = CONFLICT, description = "`invitation_revoked`, `conversation_begun`", body = Problem),
    )
)]
pub(crate) async fn link(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Result<(StatusCode, Json<LinkDrawn>), Problem> {
    caller.may(Action::Invite)?;
    let invitation = own(&state, &caller, id).await?.invitation;
    let store = caller.store(&state);
    let token = store.invitations().fresh_link(invitation.id, unix_ms()).await?;
    let drawn = LinkDrawn {
        link: format!("{}/i/{}", state.public_url.trim_end_matches('/'), token.expose()),
        expires_at: invitation.expires_at,
    };
    Ok((StatusCode::CREATED, Json(drawn)))
}

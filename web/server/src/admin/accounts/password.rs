//! `PUT /api/v1/me/password`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use colloquy_core::pii::Pii;
use colloquy_runtime::actor::unix_ms;
use serde::Deserialize;
use utoipa::ToSchema;

use super::chosen;
use crate::admin::caller::{Caller, cookie};
use crate::admin::input::Body;
use crate::admin::password::PASSWORD_MAX_BYTES;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;
use crate::door::visitor::Visitor;

/// The old password and the new one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordSent {
    /// By which one signs in now.
    #[schema(value_type = String, format = "password")]
    current: Pii,
    /// At least 12 characters.
    #[schema(value_type = String, format = "password", min_length = 12)]
    password: Pii,
}

/// Change my password: every other browser is signed out. API tokens go on working
#[utoipa::path(
    put, path = "/me/password", tag = "accounts", request_body = PasswordSent,
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`foreign_origin`, `login_required`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`", body = Problem),
        (status = TOO_MANY_REQUESTS, description = "`too_many_attempts`", body = Problem),
    )
)]
pub(crate) async fn change(
    State(state): State<AppState>,
    caller: Caller,
    visitor: Visitor,
    headers: HeaderMap,
    Body(body): Body<PasswordSent>,
) -> Result<Response, Problem> {
    caller.may(Action::KeepKeys)?;
    let password = chosen(body.password)?;
    // A browser that somebody left open must not give them endless tries.
    let email = &caller.user.email;
    state.desk.attempts.count(email.expose(), visitor.address)?;
    let hash = state.store().users().credentials(email).await?.map(|(_, hash)| hash);
    let known = body.current.expose().len() <= PASSWORD_MAX_BYTES;
    if !known || !state.desk.hasher.verify(body.current, hash).await? {
        return Err(Problem::field("current", "The current password is another one."));
    }
    let hash = state.desk.hasher.hash(password).await?;
    let users = caller.store(&state);
    let login = users.users().set_password(caller.user.id, &hash, unix_ms()).await?;
    Ok((StatusCode::NO_CONTENT, cookie(Some(&login), &headers, &visitor)).into_response())
}

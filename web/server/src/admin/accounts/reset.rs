//! `/api/v1/password-reset`: who has forgotten their password has a link mailed, by which they set another one.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use colloquy_core::pii::Pii;
use colloquy_runtime::actor::unix_ms;
use serde::Deserialize;
use tracing::error;
use utoipa::ToSchema;

use super::chosen;
use crate::admin::caller::not_from_elsewhere;
use crate::admin::input::{Body, known_email};
use crate::admin::problem::Problem;
use crate::app::AppState;
use crate::door::visitor::Visitor;

/// Who has forgotten their password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forgotten {
    /// By which they sign in.
    #[schema(value_type = String, format = "email")]
    email: Pii,
}

/// Have a link mailed by which a new password is set, within an hour and once. The answer is the same whether or not somebody signs in
/// by this address; at most three mails an hour go to one
#[utoipa::path(
    post, path = "/password-reset", tag = "accounts", security(()), request_body = Forgotten,
    responses(
        (status = ACCEPTED),
        (status = FORBIDDEN, description = "`foreign_origin`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`", body = Problem),
        (status = TOO_MANY_REQUESTS, description = "`too_many_attempts`", body = Problem),
    )
)]
pub(crate) async fn ask(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(body): Body<Forgotten>,
) -> Result<StatusCode, Problem> {
    not_from_elsewhere(&headers, &visitor, &state)?;
    let email = known_email(&body.email)?;
    state.desk.resets.count(email.expose(), visitor.address)?;
    // Apart, so that not even the time of the answer tells whether there is anything to be stored.
    tokio::spawn(async move {
        if let Err(error) = state.store().resets().ask(&email, unix_ms()).await {
            error!(%error, "a link to set a new password was asked for, and is not sent");
        }
    });
    Ok(StatusCode::ACCEPTED)
}

/// A link's secret and the new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// What stands behind the `#` of the link: `reset_…`.
    #[schema(value_type = String)]
    token: Pii,
    /// At least 12 characters.
    #[schema(value_type = String, format = "password", min_length = 12)]
    password: Pii,
}

/// Set a new password by the link that was mailed: every browser is signed out, and all API tokens are revoked
#[utoipa::path(
    put, path = "/password-reset", tag = "accounts", security(()), request_body = NewPassword,
    responses(
        (status = NO_CONTENT),
        (status = FORBIDDEN, description = "`foreign_origin`", body = Problem),
        (status = GONE, description = "`reset_over`: the link was used, is too old, or never was", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`", body = Problem),
        (status = TOO_MANY_REQUESTS, description = "`too_many_attempts`", body = Problem),
    )
)]
pub(crate) async fn set(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(body): Body<NewPassword>,
) -> Result<StatusCode, Problem> {
    not_from_elsewhere(&headers, &visitor, &state)?;
    let password = chosen(body.password)?;
    let token = body.token.expose();
    // A secret cannot be guessed; but nobody shall have us look as often as they like.
    state.desk.resets.count(token, visitor.address)?;
    let resets = state.store().resets();
    // Hashing costs: only who has a link may ask for it.
    if !resets.admits(token, unix_ms()).await? {
        return Err(colloquy_store::StoreError::ResetOver.into());
    }
    let hash = state.desk.hasher.hash(password).await?;
    resets.set_password(token, &hash, unix_ms()).await?;
    Ok(StatusCode::NO_CONTENT)
}

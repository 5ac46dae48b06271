//! `/api/v1/login` and `/api/v1/logout`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use colloquy_core::pii::Pii;
use colloquy_runtime::actor::unix_ms;
use serde::Deserialize;
use utoipa::ToSchema;

use super::me::Me;
use crate::admin::caller::{Caller, cookie, login_of, not_from_elsewhere};
use crate::admin::input::{Body, known_email};
use crate::admin::password::PASSWORD_MAX_BYTES;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;
use crate::door::visitor::Visitor;

/// Who, and their password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    /// The address.
    #[schema(value_type = String, format = "email")]
    email: Pii,
    /// The password.
    #[schema(value_type = String, format = "password")]
    password: Pii,
}

/// Sign in: the answer sets a cookie for 7 days
#[utoipa::path(
    post, path = "/login", tag = "accounts", security(()), request_body = Login,
    responses(
        (status = OK, body = Me),
        (status = UNAUTHORIZED, description = "`wrong_credentials`", body = Problem),
        (status = FORBIDDEN, description = "`foreign_origin`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`", body = Problem),
        (status = TOO_MANY_REQUESTS, description = "`too_many_attempts`", body = Problem),
    )
)]
pub(crate) async fn login(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(body): Body<Login>,
) -> Result<Response, Problem> {
    not_from_elsewhere(&headers, &visitor, &state)?;
    let email = known_email(&body.email)?;
    state.desk.attempts.count(email.expose(), visitor.address)?;
    let wrong = || {
        let detail = "The address or the password is wrong.";
        Problem::new(StatusCode::UNAUTHORIZED, "wrong_credentials", detail)
    };
    if body.password.expose().len() > PASSWORD_MAX_BYTES {
        return Err(wrong());
    }
    let (user, hash) = state.store().users().credentials(&email).await?.unzip();
    let right = state.desk.hasher.verify(body.password, hash).await?;
    let user = user.filter(|_| right).ok_or_else(wrong)?;
    let workspace = state.store().workspaces().find(user.workspace).await?;
    let caller = Caller {
        user,
        workspace: workspace.ok_or_else(Problem::internal)?,
        key: None,
    };
    let login = caller.store(&state).logins().begin(caller.user.id, unix_ms()).await?;
    Ok((cookie(Some(&login), &headers, &visitor), Json(Me::of(&caller, &state))).into_response())
}

/// Sign this browser out
#[utoipa::path(
    post, path = "/logout", tag = "accounts",
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`foreign_origin`, `login_required`", body = Problem),
    )
)]
pub(crate) async fn logout(
    State(state): State<AppState>,
    caller: Caller,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Action::KeepKeys)?;
    if let Some(login) = login_of(&headers) {
        caller.store(&state).logins().end(login).await?;
    }
    Ok((StatusCode::NO_CONTENT, cookie(None, &headers, &visitor)).into_response())
}

/// Sign out everywhere: every browser, but not API tokens
#[utoipa::path(
    post, path = "/logout/everywhere", tag = "accounts",
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`foreign_origin`, `login_required`", body = Problem),
    )
)]
pub(crate) async fn logout_everywhere(
    State(state): State<AppState>,
    caller: Caller,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Action::KeepKeys)?;
    caller.store(&state).logins().end_all(caller.user.id).await?;
    Ok((StatusCode::NO_CONTENT, cookie(None, &headers, &visitor)).into_response())
}

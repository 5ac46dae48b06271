//! `/api/v1/tokens`: one's own keys for programs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use colloquy_core::id::ApiTokenId;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{ApiToken, Scope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::NAME_MAX;
use crate::admin::caller::Caller;
use crate::admin::input::{Body, Id, line};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::words;
use crate::app::AppState;

/// An API token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Key {
    /// Which one.
    id: Uuid,
    /// What its user calls it.
    name: String,
    /// What it is good for.
    #[schema(schema_with = words::scope)]
    scope: Scope,
    /// When it was made, in unix milliseconds.
    created: i64,
    /// Since when it is good for nothing, in unix milliseconds.
    revoked_at: Option<i64>,
}

impl From<ApiToken> for Key {
    fn from(token: ApiToken) -> Self {
        Self {
            id: token.id.0,
            name: token.name,
            scope: token.scope,
            created: token.created,
            revoked_at: token.revoked_at,
        }
    }
}

/// One's own API tokens.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Keys {
    /// Newest first, the revoked ones too.
    items: Vec<Key>,
}

/// My API tokens
#[utoipa::path(
    get, path = "/tokens", tag = "accounts",
    responses(
        (status = OK, body = Keys),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`login_required`", body = Problem),
    )
)]
pub(crate) async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Keys>, Problem> {
    caller.may(Action::KeepKeys)?;
    let tokens = state.store().api_tokens().of_user(caller.user.id).await?;
    Ok(Json(Keys {
        items: tokens.into_iter().map(Key::from).collect(),
    }))
}

/// An API token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewKey {
    /// What to call it.
    name: String,
    /// What it is good for, of what its user may do.
    #[schema(schema_with = words::scope)]
    scope: Scope,
}

/// A new API token.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Drawn {
    /// What is kept of it.
    token: Key,
    /// `cqy_…`: it is shown this once.
    secret: String,
}

/// Make an API token: the answer has its secret, once
#[utoipa::path(
    post, path = "/tokens", tag = "accounts", request_body = NewKey,
    responses(
        (status = CREATED, body = Drawn),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`foreign_origin`, `login_required`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`", body = Problem),
    )
)]
pub(crate) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Body(body): Body<NewKey>,
) -> Result<(StatusCode, Json<Drawn>), Problem> {
    caller.may(Action::KeepKeys)?;
    let name = line("name", &body.name, NAME_MAX)?;
    let store = caller.store(&state);
    let tokens = store.api_tokens();
    let (token, secret) = tokens.create(caller.user.id, &name, body.scope, unix_ms()).await?;
    let drawn = Drawn {
        token: token.into(),
        secret: secret.expose().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(drawn)))
}

/// Revoke one of my API tokens for good; twice is once
#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "accounts", params(("id" = Uuid, Path)),
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`foreign_origin`, `login_required`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
    )
)]
pub(crate) async fn revoke(State(state): State<AppState>, caller: Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    caller.may(Action::KeepKeys)?;
    let store = caller.store(&state);
    if !store
        .api_tokens()
        .revoke(caller.user.id, ApiTokenId(id), unix_ms())
        .await?
    {
        return Err(Problem::missing("API token"));
    }
    Ok(StatusCode::NO_CONTENT)
}

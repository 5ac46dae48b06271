//! `/api/v1/setup`: the first run, in which whoever has the code from the server's console makes the workspace and owns it.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use colloquy_core::pii::Pii;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{NewUser, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::me::Me;
use super::{NAME_MAX, chosen};
use crate::admin::caller::{Caller, cookie, not_from_elsewhere};
use crate::admin::input::{Body, email, line};
use crate::admin::outbox::MailBy;
use crate::admin::problem::Problem;
use crate::app::AppState;
use crate::door::visitor::Visitor;

/// Whether the first run is still to come.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Setup {
    /// Whether nobody owns this installation yet.
    needed: bool,
    /// How mails leave this server: where they lie in files, nobody gets a link to set a new password.
    mails: MailBy,
}

/// Whether the first run is still to come
#[utoipa::path(get, path = "/setup", tag = "accounts", security(()), responses((status = OK, body = Setup)))]
pub(crate) async fn needed(State(state): State<AppState>) -> Result<Json<Setup>, Problem> {
    let needed = !state.store().users().any().await?;
    Ok(Json(Setup {
        needed,
        mails: state.desk.mails(),
    }))
}

/// The workspace and its owner.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstRun {
    /// What the server printed when it started, or `colloquy admin setup-code` did: `setup_…`.
    code: String,
    /// The organisation's name, as participants see it.
    workspace: String,
    /// The owner's name.
    #[schema(value_type = String)]
    name: Pii,
    /// The owner's address.
    #[schema(value_type = String, format = "email")]
    email: Pii,
    /// At least 12 characters.
    #[schema(value_type = String, format = "password", min_length = 12)]
    password: Pii,
}

/// Make the workspace and its owner, and sign in
#[utoipa::path(
    post, path = "/setup", tag = "accounts", security(()), request_body = FirstRun,
    responses(
        (status = CREATED, body = Me),
        (status = FORBIDDEN, description = "`foreign_origin`, `wrong_setup_code`", body = Problem),
        (status = CONFLICT, description = "`already_set_up`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_field`, `invalid_body`", body = Problem),
        (status = TOO_MANY_REQUESTS, description = "`too_many_attempts`", body = Problem),
    )
)]
pub(crate) async fn set_up(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(body): Body<FirstRun>,
) -> Result<Response, Problem> {
    not_from_elsewhere(&headers, &visitor, &state)?;
    // Hashing costs: nobody should be able to ask for it in vain again and again.
    if state.store().users().any().await? {
        return Err(colloquy_store::StoreError::AlreadySetUp.into());
    }
    let email = email(&body.email)?;
    let workspace = line("workspace", &body.workspace, NAME_MAX)?;
    let name = Pii::new(line("name", body.name.expose(), NAME_MAX)?);
    let password = chosen(body.password)?;
    state.desk.attempts.count(email.expose(), visitor.address)?;
    let now = unix_ms();
    if !state.store().setup_codes().admits(&body.code, now).await? {
        return Err(colloquy_store::StoreError::WrongSetupCode.into());
    }
    let owner = NewUser {
        email,
        name,
        role: Role::Owner,
        password: state.desk.hasher.hash(password).await?,
    };
    let users = state.store().users();
    let (workspace, user) = users.set_up(&body.code, &workspace, &owner, now).await?;
    let login = state.store().logins().begin(user.id, now).await?;
    let caller = Caller {
        user,
        workspace,
        key: None,
    };
    let cookie = cookie(Some(&login), &headers, &visitor);
    Ok((StatusCode::CREATED, cookie, Json(Me::of(&caller, &state))).into_response())
}

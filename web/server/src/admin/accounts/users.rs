//! `/api/v1/users`: colleagues, and what they are.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use colloquy_core::id::UserId;
use colloquy_core::pii::Pii;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{NewUser, Role, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::NAME_MAX;
use super::me::Colleague;
use crate::admin::caller::Caller;
use crate::admin::input::{Body, Id, email, line};
use crate::admin::password::generate;
use crate::admin::permissions::{Action, ROLES};
use crate::admin::problem::Problem;
use crate::admin::words;
use crate::app::AppState;

/// Everybody who works here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Colleagues {
    /// Oldest first.
    items: Vec<Colleague>,
}

/// Who works here
#[utoipa::path(
    get, path = "/users", tag = "accounts",
    responses(
        (status = OK, body = Colleagues),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
    )
)]
pub(crate) async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Colleagues>, Problem> {
    caller.may(Action::SeeColleagues)?;
    let users = state.store().users().of_workspace(caller.workspace.id).await?;
    Ok(Json(Colleagues {
        items: users.iter().map(Colleague::from).collect(),
    }))
}

/// Somebody to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewColleague {
    /// Full name.
    #[schema(value_type = String)]
    name: Pii,
    /// Address, which nobody signs in by yet.
    #[schema(value_type = String, format = "email")]
    email: Pii,
    /// What they will be: at most what the caller is.
    #[schema(schema_with = words::role)]
    role: Role,
}

/// Somebody who was added.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Added {
    /// Who.
    user: Colleague,
    /// To be handed on: it is shown this once.
    #[schema(value_type = String)]
    password: Pii,
}

/// Add a colleague: the answer has their first password, once
#[utoipa::path(
    post, path = "/users", tag = "accounts", request_body = NewColleague,
    responses(
        (status = CREATED, body = Added),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`foreign_origin`, `role_lacks_permission`, `login_required`", body = Problem),
        (status = CONFLICT, description = "`email_taken`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`", body = Problem),
    )
)]
pub(crate) async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Body(body): Body<NewColleague>,
) -> Result<(StatusCode, Json<Added>), Problem> {
    caller.may(Action::KeepColleagues)?;
    not_above(body.role, &caller)?;
    let email = email(&body.email)?;
    let name = Pii::new(line("name", body.name.expose(), NAME_MAX)?);
    let password = generate();
    let new = NewUser {
        email,
        name,
        role: body.role,
        password: state.desk.hasher.hash(password.clone()).await?,
    };
    let store = caller.store(&state);
    let user = store.users().create(caller.workspace.id, &new, unix_ms()).await?;
    let added = Added {
        user: (&user).into(),
        password,
    };
    Ok((StatusCode::CREATED, Json(added)))
}

/// Nobody gives a role above their own, nor takes one away.
fn not_above(role: Role, caller: &Caller) -> Result<(), Problem> {
    let rank = |role| ROLES.iter().position(|other| *other == role);
    if rank(role) < rank(caller.user.role) {
        let detail = "Nobody gives a role above their own, nor takes one away.";
        return Err(Problem::forbidden("role_lacks_permission", detail));
    }
    Ok(())
}

/// What somebody shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleSent {
    /// At most what the caller is.
    #[schema(schema_with = words::role)]
    role: Role,
}

/// Change what a colleague is; a workspace keeps an owner
#[utoipa::path(
    put, path = "/users/{id}/role", tag = "accounts", params(("id" = uuid::Uuid, Path)), request_body = RoleSent,
    responses(
        (status = OK, body = Colleague),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`foreign_origin`, `role_lacks_permission`, `login_required`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = CONFLICT, description = "`last_owner`", body = Problem),
        (status = PRECONDITION_FAILED, description = "`outdated`: somebody else changed it at the same moment", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`", body = Problem),
    )
)]
pub(crate) async fn set_role(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    Body(body): Body<RoleSent>,
) -> Result<Json<Colleague>, Problem> {
    caller.may(Action::KeepColleagues)?;
    let user = colleague(&state, &caller, id).await?;
    not_above(user.role, &caller)?;
    not_above(body.role, &caller)?;
    let store = caller.store(&state);
    let user = store.users().set_role(user.id, user.role, body.role).await?;
    Ok(Json((&user).into()))
}

/// Remove a colleague: their logins and API tokens end at once, and their address is free. A workspace keeps an owner
#[utoipa::path(
    delete, path = "/users/{id}", tag = "accounts", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`foreign_origin`, `role_lacks_permission`, `login_required`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = CONFLICT, description = "`last_owner`", body = Problem),
        (status = PRECONDITION_FAILED, description = "`outdated`: somebody else changed their role at the same moment", body = Problem),
    )
)]
pub(crate) async fn remove(State(state): State<AppState>, caller: Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    caller.may(Action::KeepColleagues)?;
    let user = colleague(&state, &caller, id).await?;
    not_above(user.role, &caller)?;
    let store = caller.store(&state);
    store.users().remove(user.id, user.role, unix_ms()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody of the caller's workspace.
async fn colleague(state: &AppState, caller: &Caller, id: uuid::Uuid) -> Result<User, Problem> {
    let found = state.store().users().find(UserId(id)).await?;
    found
        .filter(|user| user.workspace == caller.workspace.id)
        .ok_or_else(|| Problem::missing("user"))
}

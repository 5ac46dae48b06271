//! `/api/v1/users`: colleagues.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use colloquy_core::pii::Pii;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{NewUser, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::NAME_MAX;
use super::me::Colleague;
use crate::admin::caller::Caller;
use crate::admin::input::{Body, email, line};
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
    caller.may(Action::AddColleagues)?;
    let rank = |role| ROLES.iter().position(|other| *other == role);
    if rank(body.role) < rank(caller.user.role) {
        let detail = "Nobody gives a role above their own.";
        return Err(Problem::forbidden("role_lacks_permission", detail));
    }
    let email = email(&body.email)?;
    let name = Pii::new(line("name", body.name.expose(), NAME_MAX)?);
    let password = generate();
    let new = NewUser {
        email,
        name,
        role: body.role,
        password: state.desk.hasher.hash(password.clone()).await?,
    };
    let user = state
        .store()
        .users()
        .create(caller.workspace.id, &new, unix_ms())
        .await?;
    caller.note(&state, "user.create", Some(user.id.0)).await?;
    let added = Added {
        user: (&user).into(),
        password,
    };
    Ok((StatusCode::CREATED, Json(added)))
}

//! `GET` and `PUT /api/v1/workspace`: what all sessions of a workspace have alike.

use axum::Json;
use axum::extract::State;
use colloquy_store::Workspace;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::caller::Caller;
use crate::admin::input::{Body, line};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::sessions::Help;
use crate::app::AppState;

/// In characters.
const NAME_MAX: usize = 120;

/// What all sessions have alike.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The organisation's name: participants see it, and mails come in it.
    #[schema(max_length = 120)]
    name: String,
    /// Who is named when an answer needs care, in sessions that name nobody.
    help: Option<Help>,
}

impl From<Workspace> for Settings {
    fn from(workspace: Workspace) -> Self {
        Self {
            name: workspace.name,
            help: workspace.help.map(Help::from),
        }
    }
}

/// What all sessions of the workspace have alike
#[utoipa::path(
    get, path = "/workspace", tag = "accounts",
    responses(
        (status = OK, body = Settings),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
    )
)]
pub(crate) async fn read(caller: Caller) -> Result<Json<Settings>, Problem> {
    caller.may(Action::SeeOneself)?;
    Ok(Json(caller.workspace.into()))
}

/// Change what all sessions of the workspace have alike. Conversations that have started keep what they started with
#[utoipa::path(
    put, path = "/workspace", tag = "accounts", request_body = Settings,
    responses(
        (status = OK, body = Settings),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`", body = Problem),
    )
)]
pub(crate) async fn change(
    State(state): State<AppState>,
    caller: Caller,
    Body(body): Body<Settings>,
) -> Result<Json<Settings>, Problem> {
    caller.may(Action::KeepWorkspace)?;
    let name = line("name", &body.name, NAME_MAX)?;
    let help = body.help.map(Help::checked).transpose()?;
    let store = caller.store(&state);
    let workspaces = store.workspaces();
    let changed = workspaces.change(caller.workspace.id, &name, help.as_ref()).await?;
    Ok(Json(changed.into()))
}

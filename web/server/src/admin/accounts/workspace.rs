//! `GET` and `PUT /api/v1/workspace`: what all sessions of a workspace have alike.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use colloquy_store::{Keep, StoreError, Workspace, WorkspaceEdit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::caller::Caller;
use crate::admin::input::{Body, line};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::sessions::{Help, version};
use crate::app::AppState;

/// In characters.
const NAME_MAX: usize = 120;

/// Days that things are kept at most: ten years.
const DAYS_MAX: u16 = 3_650;

/// For how many days things are kept; none: for good.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    /// What was said in conversations, from their end on. Then they are erased, as if their people had taken them back.
    #[schema(minimum = 1, maximum = 3650)]
    conversations: Option<u16>,
    /// Sound, where the server's own setting does not delete it earlier.
    #[schema(minimum = 1, maximum = 3650)]
    recordings: Option<u16>,
    /// The list of mails that were sent.
    #[schema(minimum = 1, maximum = 3650)]
    mails: Option<u16>,
}

impl Kept {
    fn checked(self) -> Result<Keep, Problem> {
        let days = |field: &str, days: Option<u16>| match days {
            Some(days) if !(1..=DAYS_MAX).contains(&days) => {
                let detail = format!("Things are kept for 1 to {DAYS_MAX} days, or for good.");
                Err(Problem::field(format!("keep_days.{field}"), detail))
            }
            days => Ok(days),
        };
        Ok(Keep {
            conversations: days("conversations", self.conversations)?,
            recordings: days("recordings", self.recordings)?,
            mails: days("mails", self.mails)?,
        })
    }
}

/// What all sessions have alike. Its `ETag` is to be sent as `If-Match` with a change.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The organisation's name: participants see it, and mails come in it.
    #[schema(max_length = 120)]
    name: String,
    /// Who is named when an answer needs care, in sessions that name nobody.
    help: Option<Help>,
    /// How long things are kept.
    #[serde(default)]
    keep_days: Kept,
}

impl From<Workspace> for Settings {
    fn from(workspace: Workspace) -> Self {
        Self {
            name: workspace.name,
            help: workspace.help.map(Help::from),
            keep_days: Kept {
                conversations: workspace.keep.conversations,
                recordings: workspace.keep.recordings,
                mails: workspace.keep.mails,
            },
        }
    }
}

/// The settings as an answer, with their version.
fn shown(workspace: Workspace) -> Response {
    let tag = format!("\"{}\"", workspace.version);
    (StatusCode::OK, [(header::ETAG, tag)], Json(Settings::from(workspace))).into_response()
}

/// What all sessions of the workspace have alike
#[utoipa::path(
    get, path = "/workspace", tag = "accounts",
    responses(
        (status = OK, body = Settings, headers(("etag" = String))),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
    )
)]
pub(crate) async fn read(caller: Caller) -> Result<Response, Problem> {
    caller.may(Action::SeeOneself)?;
    Ok(shown(caller.workspace))
}

/// Change what all sessions of the workspace have alike. Conversations that have started keep what they started with
#[utoipa::path(
    put, path = "/workspace", tag = "accounts", request_body = Settings,
    params(("if-match" = String, Header, description = "The ETag of what was read")),
    responses(
        (status = OK, body = Settings, headers(("etag" = String))),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = PRECONDITION_FAILED, description = "`outdated`: somebody else changed it since it was read", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`", body = Problem),
        (status = PRECONDITION_REQUIRED, description = "`if_match_required`", body = Problem),
    )
)]
pub(crate) async fn change(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<Settings>,
) -> Result<Response, Problem> {
    caller.may(Action::KeepWorkspace)?;
    let version = version(&headers)?.ok_or(StoreError::Outdated)?;
    let edit = WorkspaceEdit {
        name: line("name", &body.name, NAME_MAX)?,
        help: body.help.map(Help::checked).transpose()?,
        keep: body.keep_days.checked()?,
    };
    let store = caller.store(&state);
    let changed = store.workspaces().change(caller.workspace.id, &edit, version).await?;
    Ok(shown(changed))
}

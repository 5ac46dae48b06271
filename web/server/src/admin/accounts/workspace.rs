//! `GET` and `PUT /api/v1/workspace`: what all sessions of a workspace have alike.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{Keep, StoreError, Workspace, WorkspaceEdit};
use serde::{Deserialize, Deserializer, Serialize};
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

/// Days that conversations are kept at least: for so long the people who held them have their own copy.
const CONVERSATIONS_DAYS_MIN: u16 = 30;

/// For how many days things are kept; none: for good.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Kept {
    /// What was said in conversations, from their end on, or since they rest and cannot be gone on with. Then they are erased, and
    /// their invitations say so.
    #[schema(minimum = 30, maximum = 3650)]
    conversations: Option<u16>,
    /// Sound, where the server's own setting does not delete it earlier.
    #[schema(minimum = 1, maximum = 3650)]
    recordings: Option<u16>,
    /// The list of mails that were sent.
    #[schema(minimum = 1, maximum = 3650)]
    mails: Option<u16>,
}

/// For how many days things are to be kept; null: for good; what is not named is kept as long as before.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptEdit {
    /// What was said in conversations.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<u16>, minimum = 30, maximum = 3650)]
    conversations: Option<Option<u16>>,
    /// Sound.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<u16>, minimum = 1, maximum = 3650)]
    recordings: Option<Option<u16>>,
    /// The list of mails that were sent.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<u16>, minimum = 1, maximum = 3650)]
    mails: Option<Option<u16>>,
}

/// A field that is there, be it null.
fn named<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<u16>>, D::Error> {
    Option::deserialize(from).map(Some)
}

impl KeptEdit {
    /// What is to be kept where it is kept as `before` says.
    fn checked(self, before: Keep) -> Result<Keep, Problem> {
        possible(Keep {
            conversations: self.conversations.unwrap_or(before.conversations),
            recordings: self.recordings.unwrap_or(before.recordings),
            mails: self.mails.unwrap_or(before.mails),
        })
    }
}

/// As it is, where things may be kept for so many days.
///
/// # Errors
/// 422 that names the field.
pub(super) fn possible(keep: Keep) -> Result<Keep, Problem> {
    for (field, least, days) in [
        ("conversations", CONVERSATIONS_DAYS_MIN, keep.conversations),
        ("recordings", 1, keep.recordings),
        ("mails", 1, keep.mails),
    ] {
        if days.is_some_and(|days| !(least..=DAYS_MAX).contains(&days)) {
            let detail = format!("Choose {least} to {DAYS_MAX} days, or keep it for good.");
            return Err(Problem::field(format!("keep_days.{field}"), detail));
        }
    }
    Ok(keep)
}

/// What all sessions have alike. Its `ETag` is to be sent as `If-Match` with a change.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Settings {
    /// The organisation's name: participants see it, and mails come in it.
    #[schema(max_length = 120)]
    name: String,
    /// Who is named when an answer needs care, in sessions that name nobody.
    help: Option<Help>,
    /// How long things are kept.
    keep_days: Kept,
    /// Before that nothing is let go of, in unix milliseconds, because less is to be kept than before; none where that is over.
    let_go_from: Option<i64>,
}

/// What all sessions are to have alike.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsEdit {
    /// As in what was read.
    #[schema(max_length = 120)]
    name: String,
    /// As in what was read.
    help: Option<Help>,
    /// How long things are to be kept. Only who is signed in may change it, no API token.
    #[serde(default)]
    keep_days: KeptEdit,
    /// As in what was read, or not at all: it follows from the rest.
    #[serde(default, rename = "let_go_from")]
    _let_go_from: Option<i64>,
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
            let_go_from: Some(workspace.let_go_from).filter(|from| unix_ms() < *from),
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

/// Change what all sessions of the workspace have alike. Conversations that have started keep what they started with. Where less is to be
/// kept than before, nothing is let go of for a day
#[utoipa::path(
    put, path = "/workspace", tag = "accounts", request_body = SettingsEdit,
    params(("if-match" = String, Header, description = "The ETag of what was read")),
    responses(
        (status = OK, body = Settings, headers(("etag" = String))),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `token_lacks_scope`, `foreign_origin`; `login_required` where an API token changes how long things are kept", body = Problem),
        (status = PRECONDITION_FAILED, description = "`outdated`: somebody else changed it since it was read", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`", body = Problem),
        (status = PRECONDITION_REQUIRED, description = "`if_match_required`", body = Problem),
    )
)]
pub(crate) async fn change(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<SettingsEdit>,
) -> Result<Response, Problem> {
    caller.may(Action::KeepWorkspace)?;
    let version = version(&headers)?.ok_or(StoreError::Outdated)?;
    // What is not named stays as it was read: that must be what the caller read, too.
    if version != caller.workspace.version {
        return Err(StoreError::Outdated.into());
    }
    let keep = body.keep_days.checked(caller.workspace.keep)?;
    if keep != caller.workspace.keep {
        // It erases what people said, as erasing one of them does.
        caller.may(Action::KeepPeople)?;
    }
    let edit = WorkspaceEdit {
        name: line("name", &body.name, NAME_MAX)?,
        help: body.help.map(Help::checked).transpose()?,
        keep,
    };
    let store = caller.store(&state);
    let workspaces = store.workspaces();
    let changed = workspaces
        .change(caller.workspace.id, &edit, version, unix_ms())
        .await?;
    Ok(shown(changed))
}

//! `GET /api/v1/audit`: who did what.

use axum::Json;
use axum::extract::State;
use colloquy_store::Deed;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admin::caller::Caller;
use crate::admin::input::{Paging, Wanted};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// A page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Deeds {
    /// Newest first.
    items: Vec<Entry>,
    /// The cursor of the next page, if there is one.
    next: Option<Uuid>,
}

/// What somebody did.
#[derive(Debug, Serialize, ToSchema)]
struct Entry {
    /// Which entry.
    id: Uuid,
    /// Who; none: somebody at the server's command line.
    user: Option<Uuid>,
    /// The API token that acted for them, if one did.
    token: Option<Uuid>,
    /// What, such as `session.create`.
    deed: String,
    /// To what.
    subject: Option<Uuid>,
    /// When, in unix milliseconds.
    at: i64,
}

impl From<Deed> for Entry {
    fn from(deed: Deed) -> Self {
        Self {
            id: deed.id,
            user: deed.user_id,
            token: deed.api_token,
            deed: deed.deed,
            subject: deed.subject,
            at: deed.at_ms,
        }
    }
}

/// Who did what, newest first
#[utoipa::path(
    get, path = "/audit", tag = "accounts", params(Wanted),
    responses(
        (status = OK, body = Deeds),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_field`", body = Problem),
    )
)]
pub(crate) async fn read(
    State(state): State<AppState>,
    caller: Caller,
    paging: Paging,
) -> Result<Json<Deeds>, Problem> {
    caller.may(Action::ReadAudit)?;
    let log = state.store().audit();
    let mut deeds = log
        .of_workspace(caller.workspace.id, paging.before, paging.limit + 1)
        .await?;
    let next = paging.cut(&mut deeds, |deed| deed.id);
    Ok(Json(Deeds {
        items: deeds.into_iter().map(Entry::from).collect(),
        next,
    }))
}

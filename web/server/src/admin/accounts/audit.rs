//! `GET /api/v1/audit`: who did what.

use axum::Json;
use axum::extract::State;
use colloquy_core::pii::Pii;
use colloquy_store::Told;
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
    /// Their name, also where they were removed since.
    #[schema(value_type = Option<String>)]
    who: Option<Pii>,
    /// The API token that acted for them, if one did.
    token: Option<Uuid>,
    /// What, such as `session.create`.
    deed: String,
    /// To what.
    subject: Option<Uuid>,
    /// To whom, or whose invitation or conversation it was. The log keeps no names: these are today's, and who was erased has none.
    #[schema(value_type = Option<String>)]
    person: Option<Pii>,
    /// To which session, or to which the invitation led, by its title of today.
    session: Option<String>,
    /// To which API token, by its name.
    api_token: Option<String>,
    /// When, in unix milliseconds.
    at: i64,
}

impl From<Told> for Entry {
    fn from(told: Told) -> Self {
        let deed = told.deed;
        Self {
            who: told.who,
            person: told.person,
            session: told.session,
            api_token: told.api_token,
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
    let mut deeds = log.told(caller.workspace.id, paging.before, paging.limit + 1).await?;
    let next = paging.cut(&mut deeds, |told| told.deed.id);
    Ok(Json(Deeds {
        items: deeds.into_iter().map(Entry::from).collect(),
        next,
    }))
}

//! `GET /api/v1/sessions`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use colloquy_core::id::SessionId;
use colloquy_runtime::actor::unix_ms;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{People, Summary};
use crate::admin::caller::Caller;
use crate::admin::input::{Paging, Wanted, optional};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::words::STANDINGS;
use crate::app::AppState;

/// The longest search, in characters: no title is longer.
const SOUGHT_MAX: usize = 120;

/// Sessions of a page whose people are counted: 10,000 invitations take some 20 ms, and four times as many would be felt.
const COUNTED: u32 = 50;

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Sought {
    /// Words that are all in the title, whatever their case.
    #[param(max_length = 120)]
    q: Option<String>,
}

/// A page of sessions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionPage {
    /// Newest first.
    items: Vec<Summary>,
    /// The cursor of the next page, if there is one.
    next: Option<Uuid>,
}

/// The workspace's sessions, newest first
#[utoipa::path(
    get, path = "/sessions", tag = "sessions", params(Wanted, Sought),
    responses(
        (status = OK, body = SessionPage),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_field`", body = Problem),
    )
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    paging: Paging,
    sought: Result<Query<Sought>, QueryRejection>,
) -> Result<Json<SessionPage>, Problem> {
    caller.may(Action::ReadSessions)?;
    let Query(sought) = sought.map_err(|rejection| Problem::field("q", rejection.body_text()))?;
    let text = optional("q", sought.q.as_deref().unwrap_or_default(), SOUGHT_MAX)?;
    let sessions = state.store().sessions();
    let (workspace, before) = (caller.workspace.id, paging.before.map(SessionId));
    let mut found = if text.is_empty() {
        sessions.page(workspace, before, paging.limit + 1).await?
    } else {
        sessions.search(workspace, &text, before, paging.limit + 1).await?
    };
    let next = paging.cut(&mut found, |session| session.id.0);
    let mut items: Vec<Summary> = found.iter().map(Summary::from).collect();
    if paging.limit <= COUNTED && caller.may(Action::SeeInvitations).is_ok() {
        let ids: Vec<SessionId> = found.iter().map(|session| session.id).collect();
        let counts = sessions.standings(&ids, unix_ms()).await?;
        for item in &mut items {
            let count = |status| {
                let count = *counts.get(&SessionId(item.id))?.get(&status)?;
                Some(People { status, count })
            };
            item.people = Some(STANDINGS.into_iter().filter_map(count).collect());
        }
    }
    Ok(Json(SessionPage { items, next }))
}

//! `GET /api/v1/workspace/keep`: what would go if things were kept for fewer days.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{Keep, LET_GO_AFTER_MS};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::workspace::possible;
use crate::admin::caller::Caller;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// For how many days things would be kept; what is not named, for good.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Days {
    /// Conversations.
    #[param(minimum = 30, maximum = 3650)]
    conversations: Option<u16>,
    /// Sound.
    #[param(minimum = 1, maximum = 3650)]
    recordings: Option<u16>,
    /// The list of mails that were sent.
    #[param(minimum = 1, maximum = 3650)]
    mails: Option<u16>,
}

/// What would go.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WouldGo {
    /// Conversations that would be erased.
    conversations: u64,
    /// Stretches of sound that would be deleted.
    recordings: u64,
    /// Mails that would not be listed any more.
    mails: u64,
    /// When that would begin, in unix milliseconds: a day after it is set.
    from: i64,
}

/// What would be let go of, and when, if things were kept for so many days from now on. Nothing is changed
#[utoipa::path(
    get, path = "/workspace/keep", tag = "accounts", params(Days),
    responses(
        (status = OK, body = WouldGo),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `login_required`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_field`", body = Problem),
    )
)]
pub(crate) async fn would_go(
    State(state): State<AppState>,
    caller: Caller,
    days: Result<Query<Days>, QueryRejection>,
) -> Result<Json<WouldGo>, Problem> {
    caller.may(Action::KeepPeople)?;
    let Query(days) = days.map_err(|rejection| Problem::field("keep_days", rejection.body_text()))?;
    let keep = possible(Keep {
        conversations: days.conversations,
        recordings: days.recordings,
        mails: days.mails,
    })?;
    let from = unix_ms().saturating_add(LET_GO_AFTER_MS);
    let going = state.store().would_let_go(caller.workspace.id, keep, from).await?;
    Ok(Json(WouldGo {
        conversations: going.conversations,
        recordings: going.recordings,
        mails: going.mails,
        from,
    }))
}

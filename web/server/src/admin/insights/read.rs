//! `GET /api/v1/sessions/{id}/insights`.

use axum::Json;
use axum::extract::State;

use super::view::{Insights, view};
use super::{Part, Wanted};
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::sessions;
use crate::app::AppState;

/// Read what was heard in a session, of all its people or of a part of them
#[utoipa::path(
    get, path = "/sessions/{id}/insights", tag = "insights", params(("id" = Uuid, Path), Wanted),
    responses(
        (status = OK, body = Insights),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_field`", body = Problem),
    )
)]
pub(crate) async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    Part(wanted): Part,
) -> Result<Json<Insights>, Problem> {
    caller.may(Action::ReadInsights)?;
    let session = sessions::known(&state, &caller, id).await?;
    view(&state, &caller, &session, wanted).await.map(Json)
}

//! `GET /api/v1/templates/{name}`: a template as a draft.

use axum::Json;
use axum::extract::Path;
use colloquy_core::guide::library::template;

use super::draft::Draft;
use crate::admin::caller::Caller;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;

/// A template of the library with all its topics, as a draft that nobody has saved
#[utoipa::path(
    get, path = "/templates/{name}", tag = "sessions", params(("name" = String, Path, description = "Such as `stay`")),
    responses(
        (status = OK, body = Draft),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
    )
)]
pub(crate) async fn read(caller: Caller, Path(name): Path<String>) -> Result<Json<Draft>, Problem> {
    caller.may(Action::ReadSessions)?;
    let template = template(&name).ok_or_else(|| Problem::missing("template"))?;
    Ok(Json(Draft::of(template, &template.topics)))
}

//! `POST /api/v1/sessions`: a draft out of a template of the library.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use colloquy_core::guide::library::template;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{NewSession, SessionTopic};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{SessionShown, TITLE_MAX, shown};
use crate::admin::caller::Caller;
use crate::admin::input::{Body, line};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// A session to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFromTemplate {
    /// The template, such as `stay`.
    template: String,
    /// Title; none: the template's.
    #[schema(max_length = 120)]
    title: Option<String>,
}

/// Make a draft out of a template; its topics are copies
#[utoipa::path(
    post, path = "/sessions", tag = "sessions", request_body = NewFromTemplate,
    responses(
        (status = CREATED, body = SessionShown, headers(("etag" = String))),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`", body = Problem),
    )
)]
pub(crate) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Body(body): Body<NewFromTemplate>,
) -> Result<Response, Problem> {
    caller.may(Action::EditSessions)?;
    let template = template(&body.template);
    let template = template.ok_or_else(|| Problem::field("template", "The library has no such template."))?;
    let title = line("title", body.title.as_ref().unwrap_or(&template.title), TITLE_MAX)?;
    let copied = template.topics.iter().map(|topic| SessionTopic {
        enabled: true,
        topic: topic.clone(),
    });
    let new = NewSession {
        workspace: caller.workspace.id,
        title,
        kind: template.id.clone(),
        mode: template.mode,
        confidentiality: template.confidentiality,
        recording: false,
        length_min: template.length_min,
        language: "en".to_owned(),
        topics: copied.collect(),
    };
    let session = caller.store(&state).sessions().create(&new, unix_ms()).await?;
    Ok(shown(StatusCode::CREATED, session, new.topics))
}

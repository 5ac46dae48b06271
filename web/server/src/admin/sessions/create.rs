//! `POST /api/v1/sessions`: a draft out of a template of the library.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use colloquy_core::guide::library::template;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{NewSession, SessionTopic};
use serde::Deserialize;
use utoipa::ToSchema;

use super::draft::library;
use super::edit::SessionSent;
use super::{SessionShown, TITLE_MAX, shown};
use crate::admin::caller::Caller;
use crate::admin::input::{Body, line};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// Of all conversations so far.
const LANGUAGE: &str = "en";

/// A session to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFromTemplate {
    /// The template, such as `stay`.
    template: String,
    /// Title; none: the template's.
    #[schema(max_length = 120)]
    title: Option<String>,
    /// The session as it shall be, such as a draft that was changed; its topics may be any of the library's, by their ids, and
    /// new ones without. None: as the template has it.
    content: Option<SessionSent>,
}

/// Make a draft out of a template, or out of what an admin made of it; its topics are copies
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
    let store = caller.store(&state);
    if let Some(content) = body.content {
        let edit = content.checked(&library())?;
        let new = NewSession {
            workspace: caller.workspace.id,
            title: edit.title,
            kind: template.id.clone(),
            mode: edit.mode,
            confidentiality: edit.confidentiality,
            recording: edit.recording,
            length_min: edit.length_min,
            language: LANGUAGE.to_owned(),
            topics: edit.topics,
        };
        let sessions = store.sessions();
        let session = sessions
            .create_greeting(&new, &edit.welcome, edit.help.as_ref(), unix_ms())
            .await?;
        return Ok(shown(StatusCode::CREATED, session, new.topics));
    }
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
        language: LANGUAGE.to_owned(),
        topics: copied.collect(),
    };
    let session = store.sessions().create(&new, unix_ms()).await?;
    Ok(shown(StatusCode::CREATED, session, new.topics))
}

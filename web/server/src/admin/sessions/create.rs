//! `POST /api/v1/sessions`: a draft out of a template of the library.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use colloquy_core::guide::HelpContact;
use colloquy_core::guide::library::template;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{NewSession, Once, SessionTopic};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::draft::library;
use super::edit::SessionSent;
use super::{SessionShown, TITLE_MAX, own, shown};
use crate::admin::caller::Caller;
use crate::admin::input::{Body, line};
use crate::admin::invitations::idempotency_key;
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
    params(("idempotency-key" = Option<String>, Header, description = "A request with the same key is done once in 24 hours")),
    responses(
        (status = CREATED, body = SessionShown, headers(("etag" = String))),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`: what this Idempotency-Key made was deleted", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`, `idempotency_key_reused`", body = Problem),
    )
)]
pub(crate) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<NewFromTemplate>,
) -> Result<Response, Problem> {
    caller.may(Action::EditSessions)?;
    let template = template(&body.template);
    let template = template.ok_or_else(|| Problem::field("template", "The library has no such template."))?;
    let title = line("title", body.title.as_ref().unwrap_or(&template.title), TITLE_MAX)?;
    let (new, welcome, help) = match body.content {
        Some(content) => {
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
            (new, edit.welcome, edit.help)
        }
        None => {
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
            (new, String::new(), None)
        }
    };
    let key = idempotency_key(&headers)?;
    let request = Sha256::digest(told(&new, &welcome, help.as_ref())?);
    let once = key.map(|key| Once {
        user: caller.user.id,
        key,
        request: &request,
    });
    let store = caller.store(&state);
    let sessions = store.sessions();
    let made = sessions
        .create_greeting(&new, &welcome, help.as_ref(), once.as_ref(), unix_ms())
        .await?;
    // What was made by an earlier request may have been edited since.
    let (session, topics) = own(&state, &caller, made.id.0).await?;
    Ok(shown(StatusCode::CREATED, session, topics))
}

/// What was asked for, by which a request that comes again is told from another one. Topics that the library does not have get new
/// ids each time, which are none of it.
fn told(new: &NewSession, welcome: &str, help: Option<&HelpContact>) -> Result<Vec<u8>, Problem> {
    let topics: Vec<_> = new
        .topics
        .iter()
        .map(|SessionTopic { enabled, topic }| {
            let words = (&topic.label, &topic.description, &topic.guidance, &topic.context);
            (enabled, words, topic.priority)
        })
        .collect();
    let settings = (new.mode, new.confidentiality, new.recording, new.length_min);
    serde_json::to_vec(&(&new.kind, &new.title, settings, welcome, help, topics)).map_err(|_| Problem::internal())
}

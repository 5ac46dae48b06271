//! `PUT /api/v1/sessions/{id}`: the session as it shall be, if it still is as the caller read it.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use colloquy_core::guide::{Confidentiality, ModeChoice};
use colloquy_store::{SessionEdit, SessionTopic, StoreError};
use serde::Deserialize;
use utoipa::ToSchema;

use super::topic::{TopicSent, merged};
use super::{Help, SessionShown, TITLE_MAX, own, shown, version};
use crate::admin::caller::Caller;
use crate::admin::input::{Body, Id, line, optional};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::words;
use crate::app::AppState;

/// In characters.
const WELCOME_MAX: usize = 2_000;
/// Minutes that a conversation may last: under 3 there is no time left beside opening and closing, over 60 nobody stays.
pub(super) const LENGTH_MIN: u16 = 3;
pub(super) const LENGTH_MAX: u16 = 60;

/// All that can be edited of a session. What is left out of `topics` is removed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionSent {
    /// As participants see it.
    #[schema(max_length = 120)]
    title: String,
    /// How participants take part.
    #[schema(schema_with = words::mode)]
    mode: ModeChoice,
    /// Who may see what one person said.
    #[schema(schema_with = words::confidentiality)]
    confidentiality: Confidentiality,
    /// Whether audio is kept from those who agree to it.
    recording: bool,
    /// Planned length in minutes.
    #[schema(minimum = 3, maximum = 60)]
    length_min: u16,
    /// How participants are greeted on their page; may be empty.
    #[serde(default)]
    #[schema(max_length = 2000)]
    welcome: String,
    /// Who is named when an answer needs care; none: whom the workspace names.
    help: Option<Help>,
    /// In the order in which they are talked about.
    #[schema(max_items = 20)]
    topics: Vec<TopicSent>,
}

impl SessionSent {
    /// What was sent, made sure of. `had`: the topics that it may name.
    ///
    /// # Errors
    /// 422 names the field.
    pub(super) fn checked(self, had: &[SessionTopic]) -> Result<SessionEdit, Problem> {
        if !(LENGTH_MIN..=LENGTH_MAX).contains(&self.length_min) {
            let detail = format!("A conversation lasts {LENGTH_MIN} to {LENGTH_MAX} minutes.");
            return Err(Problem::field("length_min", detail));
        }
        Ok(SessionEdit {
            title: line("title", &self.title, TITLE_MAX)?,
            mode: self.mode,
            confidentiality: self.confidentiality,
            recording: self.recording,
            length_min: self.length_min,
            welcome: optional("welcome", &self.welcome, WELCOME_MAX)?,
            help: self.help.map(Help::checked).transpose()?,
            topics: merged(had, self.topics)?,
        })
    }
}

/// Edit a session. Conversations that have started keep the guide that they started with
#[utoipa::path(
    put, path = "/sessions/{id}", tag = "sessions", request_body = SessionSent,
    params(("id" = uuid::Uuid, Path), ("if-match" = String, Header, description = "The ETag of what was read")),
    responses(
        (status = OK, body = SessionShown, headers(("etag" = String))),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = CONFLICT, description = "`session_locked`, `no_topics`", body = Problem),
        (status = PRECONDITION_FAILED, description = "`outdated`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`", body = Problem),
        (status = PRECONDITION_REQUIRED, description = "`if_match_required`", body = Problem),
    )
)]
pub(crate) async fn edit(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    headers: HeaderMap,
    Body(body): Body<SessionSent>,
) -> Result<Response, Problem> {
    caller.may(Action::EditSessions)?;
    let (session, topics) = own(&state, &caller, id).await?;
    // What can never be edited again is said before anything else is asked for.
    if session.locked_at.is_some() {
        return Err(StoreError::SessionLocked.into());
    }
    // The topics are merged with what the caller has seen: with anything newer, the edit would be refused anyway.
    let version = version(&headers)?.filter(|version| *version == session.version);
    let version = version.ok_or(StoreError::Outdated)?;
    let edit = body.checked(&topics)?;
    let session = caller.store(&state).sessions().edit(session.id, version, &edit).await?;
    Ok(shown(StatusCode::OK, session, edit.topics))
}

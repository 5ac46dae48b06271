//! Sessions: the configured studies.

pub(super) mod clone;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod describe;
mod draft;
pub(super) mod edit;
pub(super) mod librarian;
pub(super) mod list;
pub(super) mod read;
pub(super) mod state;
pub(super) mod template;
pub(super) mod templates;
mod topic;
pub(super) mod trial;

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use colloquy_core::guide::{Confidentiality, HelpContact, ModeChoice};
use colloquy_core::id::SessionId;
use colloquy_store::{Session, SessionState, SessionTopic, Standing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::Caller;
use super::input::line;
use super::problem::Problem;
use super::words;
use crate::app::AppState;
use topic::TopicShown;

/// The longest title, in characters.
const TITLE_MAX: usize = 120;
/// Of a name, and of how to reach them.
const HELP_MAX: usize = 200;

/// A session with its topics. Its `ETag` is to be sent as `If-Match` with an edit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionShown {
    #[serde(flatten)]
    summary: Summary,
    /// How participants are greeted on their page; may be empty.
    welcome: String,
    /// Who is named when an answer needs care; none: whom the workspace names.
    help: Option<Help>,
    /// In the order in which they are talked about, the disabled ones too.
    topics: Vec<TopicShown>,
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Summary {
    /// Which one.
    id: Uuid,
    /// As participants see it.
    title: String,
    /// The template that it was made from.
    template: String,
    /// Where it stands.
    #[schema(schema_with = words::state)]
    state: SessionState,
    /// When the first participant completed it, in unix milliseconds: since then it cannot be edited, only cloned.
    locked_at: Option<i64>,
    /// How participants take part.
    #[schema(schema_with = words::mode)]
    mode: ModeChoice,
    /// Who may see what one person said.
    #[schema(schema_with = words::confidentiality)]
    confidentiality: Confidentiality,
    /// Whether audio is kept from those who agree to it.
    recording: bool,
    /// Planned length in minutes.
    length_min: u16,
    /// Language of the conversations.
    language: String,
    /// What it was cloned from.
    parent: Option<Uuid>,
    /// When it was made, in unix milliseconds.
    created: i64,
    /// In the list, in pages of at most 50, for who may see invitations: how many people stand where. Statuses that nobody has are left
    /// out.
    #[serde(skip_serializing_if = "Option::is_none")]
    people: Option<Vec<People>>,
}

/// So many people of a session stand there.
#[derive(Debug, Serialize, ToSchema)]
struct People {
    /// How far they are.
    #[schema(schema_with = words::standing)]
    status: Standing,
    /// How many.
    count: u32,
}

/// Somebody to turn to.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Help {
    /// A person or a service.
    name: String,
    /// How to reach them.
    reach: String,
}

impl Help {
    /// What was sent, made sure of.
    ///
    /// # Errors
    /// 422 names the field.
    pub(in crate::admin) fn checked(self) -> Result<HelpContact, Problem> {
        Ok(HelpContact {
            name: line("help.name", &self.name, HELP_MAX)?,
            reach: line("help.reach", &self.reach, HELP_MAX)?,
        })
    }
}

impl From<HelpContact> for Help {
    fn from(help: HelpContact) -> Self {
        Self {
            name: help.name,
            reach: help.reach,
        }
    }
}

impl From<&Session> for Summary {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.0,
            title: session.title.clone(),
            template: session.kind.clone(),
            state: session.state,
            locked_at: session.locked_at,
            mode: session.mode,
            confidentiality: session.confidentiality,
            recording: session.recording,
            length_min: session.length_min,
            language: session.language.clone(),
            parent: session.parent.map(|parent| parent.0),
            created: session.created,
            people: None,
        }
    }
}

/// The session with this id, if it is the caller's workspace's: of others' nobody learns that they exist.
pub(super) async fn known(state: &AppState, caller: &Caller, id: Uuid) -> Result<Session, Problem> {
    let found = state.store().sessions().find(SessionId(id)).await?;
    found
        .filter(|session| session.workspace == caller.workspace.id)
        .ok_or_else(|| Problem::missing("session"))
}

/// As [`known`], with its topics as they stood at the same moment.
pub(super) async fn own(state: &AppState, caller: &Caller, id: Uuid) -> Result<(Session, Vec<SessionTopic>), Problem> {
    let found = state.store().sessions().with_topics(SessionId(id)).await?;
    found
        .filter(|(session, _)| session.workspace == caller.workspace.id)
        .ok_or_else(|| Problem::missing("session"))
}

/// A session as an answer, with its version.
fn shown(status: StatusCode, session: Session, topics: Vec<SessionTopic>) -> Response {
    let body = SessionShown {
        summary: (&session).into(),
        welcome: session.welcome,
        help: session.help.map(Help::from),
        topics: topics.into_iter().map(TopicShown::from).collect(),
    };
    let tag = format!("\"{}\"", session.version);
    (status, [(header::ETAG, tag)], Json(body)).into_response()
}

/// The version that `If-Match` names; `None` where it names something that no session ever was.
///
/// # Errors
/// 428 where the header is missing.
pub(super) fn version(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(tag) = headers.get(header::IF_MATCH) else {
        let detail = "Send the ETag of what you read as If-Match, so that nobody's edit is overwritten.";
        return Err(Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "if_match_required",
            detail,
        ));
    };
    // A proxy that compresses makes the tag a weak one, of the same version.
    let tag = tag.to_str().unwrap_or_default().trim();
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let named = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
    Ok(named.and_then(|version| version.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_that_a_proxy_made_weak_names_the_same_version() {
        for (sent, named) in [("\"3\"", Some(3)), ("W/\"3\"", Some(3)), ("3", None), ("*", None)] {
            let headers = HeaderMap::from_iter([(header::IF_MATCH, sent.parse().unwrap())]);
            assert_eq!(version(&headers).unwrap(), named, "{sent}");
        }
    }
}

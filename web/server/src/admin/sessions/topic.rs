//! A session's topics, as they are shown and as they are sent back.

use colloquy_core::guide::{Priority, Topic};
use colloquy_core::id::TopicId;
use colloquy_store::SessionTopic;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admin::input::{line, optional};
use crate::admin::problem::Problem;
use crate::admin::words;

/// Topics in a session: more cannot be asked about in an hour.
const TOPICS_MAX: usize = 20;
/// In characters.
const LABEL_MAX: usize = 80;
const DESCRIPTION_MAX: usize = 500;
/// Of the guidance, and of the context: what a language model still heeds.
const GUIDANCE_MAX: usize = 2_000;

/// A topic of a session.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TopicShown {
    /// Its name within the session and its clones.
    id: String,
    /// A few plain words, shown to participants.
    label: String,
    /// What it is about, in a sentence.
    description: String,
    /// What the interviewer listens for.
    guidance: String,
    /// Background that only the interviewer knows and never says.
    context: String,
    /// Its share of the time.
    #[schema(schema_with = words::priority)]
    priority: Priority,
    /// Whether it is talked about.
    enabled: bool,
}

impl From<SessionTopic> for TopicShown {
    fn from(SessionTopic { enabled, topic }: SessionTopic) -> Self {
        Self {
            id: topic.id.0,
            label: topic.label,
            description: topic.description,
            guidance: topic.guidance,
            context: topic.context,
            priority: topic.priority,
            enabled,
        }
    }
}

/// A topic to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TopicSent {
    /// Which one of the session's; none: a new one.
    id: Option<String>,
    /// A few plain words, shown to participants.
    #[schema(max_length = 80)]
    label: String,
    /// What it is about, in a sentence.
    #[serde(default)]
    #[schema(max_length = 500)]
    description: String,
    /// What the interviewer listens for.
    #[serde(default)]
    #[schema(max_length = 2000)]
    guidance: String,
    /// Background that only the interviewer knows and never says.
    #[serde(default)]
    #[schema(max_length = 2000)]
    context: String,
    /// Its share of the time.
    #[schema(schema_with = words::priority)]
    priority: Priority,
    /// Whether it is talked about.
    enabled: bool,
}

impl TopicSent {
    /// A new one, that nobody has seen yet.
    pub(super) fn proposed(label: String, description: String, guidance: String, priority: Priority) -> Self {
        Self {
            id: None,
            label,
            description,
            guidance,
            context: String::new(),
            priority,
            enabled: true,
        }
    }
}

/// The topics that a session has after an edit: those of `had` that were sent, with what is not shown of them (their curated
/// questions), and new ones.
///
/// # Errors
/// 422 names the field.
pub(super) fn merged(had: &[SessionTopic], sent: Vec<TopicSent>) -> Result<Vec<SessionTopic>, Problem> {
    if sent.len() > TOPICS_MAX {
        let detail = format!("A session has at most {TOPICS_MAX} topics.");
        return Err(Problem::field("topics", detail));
    }
    let sent = sent.into_iter().enumerate();
    sent.map(|(at, sent)| merge(had, &format!("topics[{at}]"), sent))
        .collect()
}

fn merge(had: &[SessionTopic], place: &str, sent: TopicSent) -> Result<SessionTopic, Problem> {
    let known = match &sent.id {
        None => None,
        Some(id) => {
            let known = had.iter().find(|topic| topic.topic.id.0 == *id);
            let unknown = || {
                Problem::field(
                    format!("{place}.id"),
                    "The session has no such topic; a new one is sent without id.",
                )
            };
            Some(known.ok_or_else(unknown)?.topic.clone())
        }
    };
    let label = line(&format!("{place}.label"), &sent.label, LABEL_MAX)?;
    let text = |name: &str, text: &str, max| optional(&format!("{place}.{name}"), text, max);
    let (description, guidance, context) = (
        text("description", &sent.description, DESCRIPTION_MAX)?,
        text("guidance", &sent.guidance, GUIDANCE_MAX)?,
        text("context", &sent.context, GUIDANCE_MAX)?,
    );
    let topic = match known {
        Some(known) => Topic {
            label,
            description,
            guidance,
            context,
            priority: sent.priority,
            ..known
        },
        None => Topic {
            id: TopicId(format!("own-{}", Uuid::new_v4().simple())),
            label,
            description,
            guidance,
            context,
            priority: sent.priority,
            openings: Vec::new(),
            probes: Vec::new(),
            cues: Vec::new(),
            sensitive: false,
        },
    };
    Ok(SessionTopic {
        enabled: sent.enabled,
        topic,
    })
}

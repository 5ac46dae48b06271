//! A session that nobody has saved: what an admin looks at, and changes, before there is one.

use colloquy_core::guide::library::{Template, templates};
use colloquy_core::guide::{Confidentiality, ModeChoice, Priority, Topic};
use colloquy_store::SessionTopic;
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::words;

/// A session that is not saved. It is saved by `POST /sessions` with its `template` and, as `content`, the rest as it shall be.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Draft {
    /// The template that it is made from, or closest to.
    pub(super) template: String,
    /// As participants will see it.
    pub(super) title: String,
    /// How participants take part.
    #[schema(schema_with = words::mode)]
    pub(super) mode: ModeChoice,
    /// Who may see what one person says.
    #[schema(schema_with = words::confidentiality)]
    pub(super) confidentiality: Confidentiality,
    /// Planned length in minutes.
    pub(super) length_min: u16,
    /// In the order in which they are talked about.
    pub(super) topics: Vec<DraftTopic>,
}

/// A topic that is not saved.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DraftTopic {
    /// Which one of the library's; none: a new one. It is sent back, so that its curated questions are kept.
    id: Option<String>,
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

impl Draft {
    /// One out of a template, with these topics.
    pub(super) fn of(template: &Template, topics: &[Topic]) -> Self {
        Self {
            template: template.id.clone(),
            title: template.title.clone(),
            mode: template.mode,
            confidentiality: template.confidentiality,
            length_min: template.length_min,
            topics: topics.iter().map(|topic| DraftTopic::of(topic, true)).collect(),
        }
    }
}

impl DraftTopic {
    /// `known`: it is the library's.
    pub(super) fn of(topic: &Topic, known: bool) -> Self {
        Self {
            id: known.then(|| topic.id.0.clone()),
            label: topic.label.clone(),
            description: topic.description.clone(),
            guidance: topic.guidance.clone(),
            context: topic.context.clone(),
            priority: topic.priority,
            enabled: true,
        }
    }
}

/// All topics of the library, as a draft may have them. Their ids differ.
pub(super) fn library() -> Vec<SessionTopic> {
    let topics = templates().iter().flat_map(|template| &template.topics);
    topics
        .map(|topic| SessionTopic {
            enabled: true,
            topic: topic.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_topics_of_the_library_have_the_same_id() {
        let topics = library();
        let ids: HashSet<_> = topics.iter().map(|topic| &topic.topic.id).collect();
        assert_eq!(ids.len(), topics.len());
    }
}

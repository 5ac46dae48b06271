//! What several people say.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Polarity, Signalled};
use crate::id::{ConversationId, TopicId};

/// A statement's place: a conversation, and the index in its [`statements`](super::Coded::statements).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The conversation.
    pub conversation: ConversationId,
    /// Index in its statements.
    pub statement: u32,
}

/// Something that people say, with the words that say so and the words that say the opposite.
///
/// It is a finding about the group. How many people it takes before it is shown to anyone is the report's business.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Theme {
    /// Its name over re-runs: the same while most of its statements are.
    pub key: String,
    /// A few words for a heading. A signal's label is ours; any other's is counted from words that several people used and
    /// that may be quoted, or is the topic's own.
    pub label: String,
    /// What kind it is.
    pub kind: ThemeKind,
    /// The words that say so, in order of conversation and statement. Never empty, never sensitive.
    pub statements: Vec<Place>,
    /// The words that say the opposite of it.
    pub against: Vec<Place>,
    /// How the statements (those against left out) speak of it.
    pub polarity: PolarityCounts,
}

/// What kind of theme it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ThemeKind {
    /// A named matter and its side.
    Signal(Signalled),
    /// Part of what is said on a topic of the guide.
    Topic {
        /// Which.
        topic: TopicId,
    },
    /// Something that people bring up by themselves, over topics.
    Emergent,
}

/// Statements by how they speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolarityCounts {
    /// As good.
    pub positive: u32,
    /// As bad.
    pub negative: u32,
    /// As both.
    pub mixed: u32,
    /// As neither.
    pub neutral: u32,
}

impl PolarityCounts {
    /// Counts one more.
    pub fn count(&mut self, polarity: Polarity) {
        *match polarity {
            Polarity::Positive => &mut self.positive,
            Polarity::Negative => &mut self.negative,
            Polarity::Mixed => &mut self.mixed,
            Polarity::Neutral => &mut self.neutral,
        } += 1;
    }
}

impl Theme {
    /// The conversations of those who say so, each once.
    #[must_use]
    pub fn people(&self) -> BTreeSet<ConversationId> {
        self.statements.iter().map(|place| place.conversation).collect()
    }

    /// The conversations of those who say the opposite, each once. Somebody may be on both sides.
    #[must_use]
    pub fn people_against(&self) -> BTreeSet<ConversationId> {
        self.against.iter().map(|place| place.conversation).collect()
    }
}

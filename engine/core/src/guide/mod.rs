//! What a conversation is about: the frozen list of topics that it runs against.

pub mod bank;
pub mod library;
pub mod linter;

use serde::{Deserialize, Serialize};

use crate::event::Aim;
use crate::id::{GuideId, TopicId};

/// One frozen version of a session's enabled topics, with all that the interviewer must know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guide {
    /// Which one.
    pub id: GuideId,
    /// Title of the session, as the participant sees it.
    pub title: String,
    /// The organisation that asks.
    pub organisation: String,
    /// Planned length in minutes.
    pub length_min: u16,
    /// Who may see what was said.
    pub confidentiality: Confidentiality,
    /// How participants take part.
    pub mode: ModeChoice,
    /// Named help, read out when an answer needs care.
    pub help: Option<HelpContact>,
    /// The enabled topics, in order. Never empty.
    pub topics: Vec<Topic>,
}

/// Who may see what one person said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Confidentiality {
    /// The people team sees who said what.
    Identified,
    /// Only groups are shown.
    Confidential,
}

/// What the admin allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ModeChoice {
    /// Only by voice.
    Voice,
    /// Only by text.
    Text,
    /// As the participant likes.
    Participant,
}

/// Somebody to turn to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct HelpContact {
    /// A person or a service.
    pub name: String,
    /// How to reach them.
    pub reach: String,
}

/// How much of the conversation a topic gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Weight 1, at most 1 probe.
    Low,
    /// Weight 2, at most 3 probes.
    Medium,
    /// Weight 3, at most 5 probes.
    High,
}

/// One thing to talk about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its name within the session.
    pub id: TopicId,
    /// A few plain words, shown to the participant.
    pub label: String,
    /// What it is about, in a sentence.
    pub description: String,
    /// Its share of the time.
    pub priority: Priority,
    /// What to listen for, for the interviewer.
    pub guidance: String,
    /// Background that only the interviewer knows and never says.
    #[serde(default)]
    pub context: String,
    /// Curated opening questions, best first; may be empty for a topic that an admin added.
    #[serde(default)]
    pub openings: Vec<String>,
    /// Curated probes.
    #[serde(default)]
    pub probes: Vec<Probe>,
    /// Words that show that an answer speaks to this topic.
    #[serde(default)]
    pub cues: Vec<String>,
    /// Whether people need time and tact for it.
    #[serde(default)]
    pub sensitive: bool,
}

/// A curated question within a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// What it is after.
    pub aim: Aim,
    /// The question.
    pub ask: String,
}

//! Items: what each side contributed, in order.

use serde::{Deserialize, Serialize};

use super::personal::PersonalText;

/// Whose contribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The participant's.
    User,
    /// The interviewer's.
    Assistant,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ItemStatus {
    /// Still growing.
    InProgress,
    /// Whole.
    Completed,
    /// Cut short.
    Incomplete,
}

/// A message of one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Item {
    /// `item_…`.
    pub id: String,
    /// Always `realtime.item`.
    pub object: String,
    /// Always `message`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How far it is.
    pub status: ItemStatus,
    /// Whose it is.
    pub role: Role,
    /// What it holds.
    pub content: Vec<Part>,
}

impl Item {
    /// A message.
    #[must_use]
    pub fn message(id: impl Into<String>, role: Role, status: ItemStatus, content: Vec<Part>) -> Self {
        let (object, kind) = ("realtime.item".to_owned(), "message".to_owned());
        Self {
            id: id.into(),
            object,
            kind,
            status,
            role,
            content,
        }
    }
}

/// A part of a message. Audio itself is never repeated in an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Part {
    /// The participant typed.
    InputText {
        /// What.
        text: PersonalText,
    },
    /// The participant spoke.
    InputAudio {
        /// Always empty: sound is never sent back, but typed clients insist on the field.
        #[serde(default)]
        audio: String,
        /// What was heard; empty until it is transcribed.
        #[serde(default)]
        transcript: PersonalText,
    },
    /// The interviewer wrote.
    OutputText {
        /// What.
        text: PersonalText,
    },
    /// The interviewer spoke.
    OutputAudio {
        /// What.
        transcript: PersonalText,
    },
}

impl Part {
    /// What the participant said; empty until it is transcribed.
    #[must_use]
    pub fn heard(transcript: impl Into<PersonalText>) -> Self {
        Self::InputAudio {
            audio: String::new(),
            transcript: transcript.into(),
        }
    }
}

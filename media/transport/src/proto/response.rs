//! What the interviewer contributes, while it is made and after.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::item::Item;
use super::personal::PersonalText;
use super::session::Modality;

/// What a transcription cost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TranscriptionUsage {
    /// Seconds of audio.
    Duration {
        /// How many.
        seconds: f32,
    },
}

/// A part of an item while it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ContentPart {
    /// Written.
    Text {
        /// The words so far.
        text: PersonalText,
    },
    /// Spoken.
    Audio {
        /// The words so far.
        transcript: PersonalText,
    },
}

/// How far a response is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ResponseStatus {
    /// Being said.
    InProgress,
    /// Said.
    Completed,
    /// Cut short.
    Cancelled,
}

/// Why a response was cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// The participant spoke.
    TurnDetected,
    /// The client asked for it.
    ClientCancelled,
}

/// More about a response that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct StatusDetails {
    /// The status again.
    #[serde(rename = "type")]
    pub kind: ResponseStatus,
    /// Why it was cut short.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<CancelReason>,
}

/// One contribution of the interviewer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Response {
    /// `resp_…`.
    pub id: String,
    /// Always `realtime.response`.
    pub object: String,
    /// How far it is.
    pub status: ResponseStatus,
    /// More about that, once it is over.
    pub status_details: Option<StatusDetails>,
    /// Its item, once it is over.
    pub output: Vec<Item>,
    /// The conversation, as the caller names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub conversation_id: Option<String>,
    /// Spoken or written.
    pub output_modalities: Vec<Modality>,
    /// Always `inf`.
    pub max_output_tokens: String,
    /// Always null: nothing is billed by tokens.
    #[ts(type = "null")]
    pub usage: Option<Value>,
}

impl Response {
    /// A response that begins.
    #[must_use]
    pub fn begun(id: impl Into<String>, modality: Modality) -> Self {
        Self {
            id: id.into(),
            object: "realtime.response".to_owned(),
            status: ResponseStatus::InProgress,
            status_details: None,
            output: Vec::new(),
            conversation_id: None,
            output_modalities: vec![modality],
            max_output_tokens: "inf".to_owned(),
            usage: None,
        }
    }

    /// The same, said to its end.
    #[must_use]
    pub fn completed(self, item: Item) -> Self {
        self.over(item, ResponseStatus::Completed, None)
    }

    /// The same, cut short; `item` holds what was heard.
    #[must_use]
    pub fn cancelled(self, item: Item, reason: CancelReason) -> Self {
        self.over(item, ResponseStatus::Cancelled, Some(reason))
    }

    fn over(self, item: Item, status: ResponseStatus, reason: Option<CancelReason>) -> Self {
        Self {
            status,
            status_details: Some(StatusDetails { kind: status, reason }),
            output: vec![item],
            ..self
        }
    }
}

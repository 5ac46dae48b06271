//! What a client says.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::personal::PersonalText;
use crate::error::{ErrorCode, ProtocolError};

/// An event of a client's. Fields that an interview has no use for are read over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "type")]
pub enum ClientEvent {
    /// Changes audio formats or the modality.
    #[serde(rename = "session.update")]
    SessionUpdate {
        /// What is wanted.
        session: ClientSession,
    },
    /// Sound from the microphone.
    #[serde(rename = "input_audio_buffer.append")]
    Append {
        /// Base64 in the session's input format.
        audio: EncodedAudio,
    },
    /// "I have finished": ends the answer without waiting for silence.
    #[serde(rename = "input_audio_buffer.commit")]
    Commit {},
    /// Forgets what was not yet taken as an answer.
    #[serde(rename = "input_audio_buffer.clear")]
    Clear {},
    /// A typed answer.
    #[serde(rename = "conversation.item.create")]
    ItemCreate {
        /// The message.
        item: NewItem,
    },
    /// Says how much of an item the client really played.
    #[serde(rename = "conversation.item.truncate")]
    ItemTruncate {
        /// The item.
        item_id: String,
        /// Its part; always 0 here.
        content_index: u32,
        /// How much was played.
        audio_end_ms: u64,
    },
    /// Asks the interviewer to go on.
    #[serde(rename = "response.create")]
    ResponseCreate {
        /// Wishes, of which only empty ones are granted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        response: Option<ResponseParams>,
    },
    /// Asks the interviewer to stop speaking.
    #[serde(rename = "response.cancel")]
    ResponseCancel {
        /// Which response; the present one where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        response_id: Option<String>,
    },
    /// A button of the participant's page.
    #[serde(rename = "colloquy.control")]
    Control {
        /// Which one.
        action: Control,
    },
    /// Says whether the client can stop playing within what it has, and go on there, as `colloquy.hold` asks.
    #[serde(rename = "colloquy.playback")]
    Playback {
        /// Whether it can.
        holds: bool,
    },
}

/// Events of the Realtime API that have no meaning in an interview.
const NOT_HERE: [&str; 3] = [
    "conversation.item.retrieve",
    "conversation.item.delete",
    "output_audio_buffer.clear",
];
/// All that are understood.
const KNOWN: [&str; 10] = [
    "session.update",
    "input_audio_buffer.append",
    "input_audio_buffer.commit",
    "input_audio_buffer.clear",
    "conversation.item.create",
    "conversation.item.truncate",
    "response.create",
    "response.cancel",
    "colloquy.control",
    "colloquy.playback",
];

/// Sound as text. `Debug` shows only its length: a voice is personal too.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(transparent)]
pub struct EncodedAudio(pub String);

impl std::fmt::Debug for EncodedAudio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{} characters of base64>", self.0.len())
    }
}

/// What the participant can press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// Another question, please.
    Skip,
    /// Say that again, please.
    Repeat,
    /// A break, please.
    Pause,
    /// The break is over.
    Resume,
    /// I want to end here.
    End,
}

/// The session that a client wishes. What it may not wish is kept to be refused by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ClientSession {
    /// `realtime`.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Formats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "unknown")]
    pub audio: Option<Value>,
    /// `["audio"]` or `["text"]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_modalities: Option<Vec<String>>,
    /// The server's alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "unknown")]
    pub instructions: Option<Value>,
    /// The server's alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "unknown")]
    pub tools: Option<Value>,
    /// The server's alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "unknown")]
    pub prompt: Option<Value>,
}

/// What a client wishes of one response.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ResponseParams {
    /// The server's alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "unknown")]
    pub instructions: Option<Value>,
    /// The server's alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "unknown")]
    pub tools: Option<Value>,
    /// The server's alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "unknown")]
    pub prompt: Option<Value>,
    /// The server's alone: the context is the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "unknown")]
    pub input: Option<Value>,
}

/// An item that a client adds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct NewItem {
    /// Its id, where the client wants to choose one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `message`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `user`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Its parts.
    #[serde(default)]
    pub content: Vec<NewPart>,
}

/// A part of an item that a client adds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct NewPart {
    /// `input_text`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What was typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<PersonalText>,
}

/// Reads an event and the id that the client gave it.
///
/// # Errors
/// [`ErrorCode::InvalidJson`], [`ErrorCode::UnknownEvent`], [`ErrorCode::UnsupportedEvent`] or
/// [`ErrorCode::InvalidEvent`], with the client's event id wherever it could be read.
pub fn parse(text: &str) -> Result<(Option<String>, ClientEvent), ProtocolError> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        // Only where it broke: what was sent may be somebody's words.
        let place = format!("line {}, column {}", error.line(), error.column());
        ProtocolError::new(
            ErrorCode::InvalidJson,
            format!("The message is not JSON ({place}). Send one JSON object a message."),
        )
    })?;
    let event_id = value.get("event_id").and_then(Value::as_str).map(str::to_owned);
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let refused = |code, message: String| ProtocolError::new(code, message).at("type").about(event_id.clone());
    if kind.is_empty() {
        let message =
            "The message has no \"type\". Send a JSON object such as {\"type\": \"input_audio_buffer.commit\"}.";
        return Err(refused(ErrorCode::InvalidEvent, message.to_owned()));
    }
    if NOT_HERE.contains(&kind.as_str()) {
        let message = format!("\"{kind}\" has no meaning in an interview. Leave it out.");
        return Err(refused(ErrorCode::UnsupportedEvent, message));
    }
    if !KNOWN.contains(&kind.as_str()) {
        let message = format!("There is no such event. Use one of: {}.", KNOWN.join(", "));
        return Err(refused(ErrorCode::UnknownEvent, message));
    }
    match serde_json::from_value(value) {
        Ok(event) => Ok((event_id, event)),
        // serde names the field, and quotes strings where an enum was expected: those are never somebody's words, but a
        // wrong type would quote the text itself, so only the shape is told.
        Err(_) => {
            let message =
                format!("A field of \"{kind}\" is missing or of a wrong type. Compare it with the API's reference.");
            Err(ProtocolError::new(ErrorCode::InvalidEvent, message).about(event_id))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> ProtocolError {
        parse(text).unwrap_err()
    }

    #[test]
    fn what_is_not_json_is_told_so_without_quoting_it() {
        let error = refused("{\"type\": secret words");
        assert_eq!(error.code, ErrorCode::InvalidJson);
        assert!(!error.message.contains("secret") && error.message.contains("column"));
    }

    #[test]
    fn an_unknown_event_is_answered_with_the_known_ones_and_the_clients_id() {
        let error = refused(r#"{"type": "session.destroy", "event_id": "mine"}"#);
        assert_eq!(
            (error.code, error.event_id.as_deref()),
            (ErrorCode::UnknownEvent, Some("mine"))
        );
        assert!(error.message.contains("conversation.item.create"));
    }

    #[test]
    fn an_event_without_type_or_field_or_meaning_is_told_which() {
        assert_eq!(refused("[1, 2]").code, ErrorCode::InvalidEvent);
        assert_eq!(refused(r#"{"event_id": "x"}"#).event_id.as_deref(), Some("x"));
        assert_eq!(
            refused(r#"{"type": "input_audio_buffer.append"}"#).code,
            ErrorCode::InvalidEvent
        );
        assert_eq!(
            refused(r#"{"type": "conversation.item.delete"}"#).code,
            ErrorCode::UnsupportedEvent
        );
    }

    #[test]
    fn every_name_that_is_offered_is_an_event() {
        for kind in KNOWN {
            let error = serde_json::from_value::<ClientEvent>(serde_json::json!({"type": kind})).err();
            assert!(error.is_none_or(|e| e.to_string().contains("missing field")), "{kind}");
        }
    }

    #[test]
    fn what_was_typed_or_spoken_is_not_in_debug() {
        let (_, event) = parse(
            r#"{"type":"conversation.item.create","item":{"type":"message","role":"user",
                "content":[{"type":"input_text","text":"my boss"}]}}"#,
        )
        .unwrap();
        assert!(!format!("{event:?}").contains("boss"));
        let (_, event) = parse(r#"{"type":"input_audio_buffer.append","audio":"AAAA"}"#).unwrap();
        assert!(!format!("{event:?}").contains("AAAA"));
    }
}

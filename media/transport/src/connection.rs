//! What a client's message means, and how an event becomes a message. No socket and no clock: both halves are driven
//! by [`websocket`](crate::websocket), and by tests.

mod encoder;

use std::fmt;

use colloquy_audio::AudioError;
use serde_json::Value;

use crate::codec::SoundDecoder;
use crate::error::{ErrorCode, ProtocolError};
use crate::proto::{
    AudioFormat, ClientEvent, ClientSession, Control, Modality, NewItem, PersonalText, ResponseParams, ServerEvent,
    SessionView, parse,
};

pub use encoder::Encoder;

/// A message may have at most this many bytes: 4 s of PCM16 at 24 kHz as base64.
pub const MAX_MESSAGE_BYTES: usize = 256 * 1024;
/// A typed answer may have at most this many characters: two pages.
pub const MAX_TEXT_CHARS: usize = 8_000;
/// An item's id may have at most this many characters: a UUID with room for a prefix.
pub const MAX_ITEM_ID: usize = 64;

/// What a client wants of the conversation.
#[derive(Clone, PartialEq)]
pub enum Incoming {
    /// Sound from the microphone.
    Audio {
        /// Mono f32 in [-1, 1] at 16 kHz; any number of samples.
        samples: Vec<f32>,
        /// The client's id of the event, for an error about it.
        event_id: Option<String>,
    },
    /// "I have finished."
    Commit {
        /// The client's id of the event.
        event_id: Option<String>,
    },
    /// Forget what was not yet taken as an answer. The client has its acknowledgement already.
    Clear,
    /// A typed answer, trimmed and never empty.
    Text {
        /// The item's id, where the client chose one.
        item_id: Option<String>,
        /// What was typed.
        text: PersonalText,
        /// The client's id of the event.
        event_id: Option<String>,
    },
    /// The client played no more than this of an item.
    Truncate {
        /// The item.
        item_id: String,
        /// How much was played.
        audio_end_ms: u64,
        /// The client's id of the event.
        event_id: Option<String>,
    },
    /// Stop speaking.
    Cancel {
        /// Which response; the present one where it is not said.
        response_id: Option<String>,
        /// The client's id of the event.
        event_id: Option<String>,
    },
    /// Go on.
    CreateResponse {
        /// The client's id of the event.
        event_id: Option<String>,
    },
    /// A button of the participant's page.
    Control {
        /// Which one.
        action: Control,
        /// The client's id of the event.
        event_id: Option<String>,
    },
    /// Whether the client holds what it plays when it is told to.
    Playback {
        /// Whether.
        holds: bool,
    },
    /// The connection is over. Nothing follows.
    Closed,
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Audio { samples, .. } => write!(f, "Audio({} samples)", samples.len()),
            Self::Commit { .. } => f.write_str("Commit"),
            Self::Clear => f.write_str("Clear"),
            Self::Text { text, .. } => write!(f, "Text({text:?})"),
            Self::Truncate { audio_end_ms, .. } => write!(f, "Truncate({audio_end_ms} ms)"),
            Self::Cancel { .. } => f.write_str("Cancel"),
            Self::CreateResponse { .. } => f.write_str("CreateResponse"),
            Self::Control { action, .. } => write!(f, "Control({action:?})"),
            Self::Playback { holds } => write!(f, "Playback(holds: {holds})"),
            Self::Closed => f.write_str("Closed"),
        }
    }
}

/// What the conversation wants sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Outgoing {
    /// An event.
    Event(ServerEvent),
    /// Sound of a response, to be written in the negotiated format.
    Audio {
        /// The response.
        response_id: String,
        /// Its item.
        item_id: String,
        /// Mono f32 in [-1, 1] at 24 kHz, 480 samples as a rule.
        samples: Vec<f32>,
    },
    /// Close the connection after what was sent before.
    Close {
        /// A code of RFC 6455, such as 1000 or 1008.
        code: u16,
        /// A few words for the client's log.
        reason: String,
    },
}

/// What a message brings about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Received {
    /// For the conversation, in order.
    pub incoming: Vec<Incoming>,
    /// For the client, in order.
    pub replies: Vec<Reply>,
}

/// What the connection itself answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// An event.
    Event(ServerEvent),
    /// The encoder is to use another format from here on.
    OutputFormat(AudioFormat),
}

/// The receiving half: knows what was negotiated.
#[derive(Debug)]
pub struct Connection {
    session: SessionView,
    decoder: SoundDecoder,
    /// Sound comes another way, and not in messages.
    sound_elsewhere: bool,
}

impl Connection {
    /// A connection that has just been opened.
    ///
    /// # Errors
    /// None for the formats that exist; [`AudioError`] is the resampler's.
    pub fn new(session: SessionView) -> Result<Self, AudioError> {
        let decoder = SoundDecoder::new(session.input)?;
        Ok(Self {
            session,
            decoder,
            sound_elsewhere: false,
        })
    }

    /// The same for a transport that carries sound by itself: messages with sound are refused.
    #[must_use]
    pub fn with_sound_elsewhere(mut self) -> Self {
        self.sound_elsewhere = true;
        self
    }

    /// The first event.
    #[must_use]
    pub fn greeting(&self) -> ServerEvent {
        ServerEvent::SessionCreated {
            session: self.session.to_wire(),
        }
    }

    /// What is in force.
    #[must_use]
    pub fn session(&self) -> &SessionView {
        &self.session
    }

    /// Reads a text message.
    ///
    /// # Errors
    /// A [`ProtocolError`] that is to be sent to the client; the connection goes on as if the message had not come.
    pub fn on_text(&mut self, text: &str) -> Result<Received, ProtocolError> {
        let (event_id, event) = parse(text)?;
        if text.len() > MAX_MESSAGE_BYTES {
            let (code, what) = match event {
                ClientEvent::Append { .. } => (ErrorCode::AudioTooLarge, "audio"),
                _ => (ErrorCode::MessageTooLarge, "message"),
            };
            let (size, most) = (text.len(), MAX_MESSAGE_BYTES);
            let message = format!("The {what} of {size} bytes is over the limit of {most}. Send smaller pieces.");
            return Err(ProtocolError::new(code, message).about(event_id));
        }
        self.on_event(event, event_id.clone())
            .map_err(|error| error.about(event_id))
    }

    /// Says that binary messages are not understood.
    #[must_use]
    pub fn on_binary() -> ProtocolError {
        ProtocolError::new(
            ErrorCode::BinaryMessage,
            "Binary messages are not read. Send JSON text, with audio as base64 in it.",
        )
    }

    fn on_event(&mut self, event: ClientEvent, event_id: Option<String>) -> Result<Received, ProtocolError> {
        let incoming = match event {
            ClientEvent::Append { .. } if self.sound_elsewhere => {
                let message = "Sound comes over RTP on this connection. Add it to the microphone's track.";
                return Err(ProtocolError::new(ErrorCode::UnsupportedEvent, message));
            }
            ClientEvent::Append { audio } => {
                let samples = self.decoder.decode(&audio.0)?;
                if samples.is_empty() {
                    return Ok(Received::default());
                }
                Incoming::Audio { samples, event_id }
            }
            ClientEvent::Commit {} => {
                let rest = self.decoder.finish();
                let audio = (!rest.is_empty()).then(|| Incoming::Audio {
                    samples: rest,
                    event_id: event_id.clone(),
                });
                let incoming = audio.into_iter().chain([Incoming::Commit { event_id }]).collect();
                return Ok(Received {
                    incoming,
                    replies: Vec::new(),
                });
            }
            ClientEvent::Clear {} => {
                self.decoder.finish();
                return Ok(Received {
                    incoming: vec![Incoming::Clear],
                    replies: vec![Reply::Event(ServerEvent::Cleared)],
                });
            }
            ClientEvent::ItemCreate { item } => typed(item, event_id)?,
            ClientEvent::ItemTruncate {
                item_id, audio_end_ms, ..
            } => Incoming::Truncate {
                item_id,
                audio_end_ms,
                event_id,
            },
            ClientEvent::ResponseCreate { response } => {
                let ResponseParams {
                    instructions,
                    tools,
                    prompt,
                    input,
                } = response.unwrap_or_default();
                refuse_instructions([
                    ("response.instructions", &instructions),
                    ("response.tools", &tools),
                    ("response.prompt", &prompt),
                    ("response.input", &input),
                ])?;
                Incoming::CreateResponse { event_id }
            }
            ClientEvent::ResponseCancel { response_id } => Incoming::Cancel { response_id, event_id },
            ClientEvent::Control { action } => Incoming::Control { action, event_id },
            ClientEvent::Playback { holds } => Incoming::Playback { holds },
            ClientEvent::SessionUpdate { session } => return self.update(&session),
        };
        Ok(Received {
            incoming: vec![incoming],
            replies: Vec::new(),
        })
    }

    /// Takes what may be changed, or nothing at all.
    fn update(&mut self, wanted: &ClientSession) -> Result<Received, ProtocolError> {
        if wanted.kind.as_deref() != Some("realtime") {
            let message = "A session's type can only be \"realtime\". Set session.type to it.";
            return Err(ProtocolError::new(ErrorCode::InvalidEvent, message).at("session.type"));
        }
        refuse_instructions([
            ("session.instructions", &wanted.instructions),
            ("session.tools", &wanted.tools),
            ("session.prompt", &wanted.prompt),
        ])?;
        let input = format(wanted, "input", "session.audio.input.format")?;
        let output = format(wanted, "output", "session.audio.output.format")?;
        self.check_modality(wanted)?;
        let mut received = Received::default();
        if let Some(input) = input
            && input != self.session.input
        {
            self.decoder = SoundDecoder::new(input).map_err(|error| internal(&error))?;
            self.session.input = input;
        }
        if let Some(output) = output
            && output != self.session.output
        {
            self.session.output = output;
            received.replies.push(Reply::OutputFormat(output));
        }
        received.replies.push(Reply::Event(ServerEvent::SessionUpdated {
            session: self.session.to_wire(),
        }));
        Ok(received)
    }

    /// Voice or writing is what the person agreed to; their consent changes it, and not their client.
    fn check_modality(&self, wanted: &ClientSession) -> Result<(), ProtocolError> {
        let Some(modalities) = &wanted.output_modalities else {
            return Ok(());
        };
        let message = match modalities.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["text"] if self.session.modality != Modality::Text => {
                "This conversation is held by voice, as the person agreed. Leave the field out."
            }
            // Clients ask for sound by habit; session.updated tells that there is none.
            ["text"] | ["audio"] => return Ok(()),
            _ => "Modalities are either [\"audio\"], with a transcript, or [\"text\"]. Choose one.",
        };
        Err(ProtocolError::new(ErrorCode::InvalidEvent, message).at("session.output_modalities"))
    }
}

fn internal(error: &AudioError) -> ProtocolError {
    ProtocolError::new(ErrorCode::Internal, format!("The audio could not be set up: {error}."))
}

/// The format asked for in one direction, if one is.
fn format(wanted: &ClientSession, side: &str, param: &'static str) -> Result<Option<AudioFormat>, ProtocolError> {
    let asked = wanted
        .audio
        .as_ref()
        .and_then(|audio| audio.get(side))
        .and_then(|side| side.get("format"));
    match asked {
        None | Some(Value::Null) => Ok(None),
        Some(asked) => AudioFormat::from_wire(asked).map(Some).ok_or_else(|| {
            let message = "This audio format is not spoken here. Use {\"type\": \"audio/pcm\", \"rate\": 24000}, \
                           {\"type\": \"audio/pcmu\"} or {\"type\": \"audio/pcma\"}.";
            ProtocolError::new(ErrorCode::UnsupportedFormat, message).at(param)
        }),
    }
}

/// The guide is the server's: a client may not tell the interviewer what to do. Empty wishes do no harm.
fn refuse_instructions<const N: usize>(fields: [(&'static str, &Option<Value>); N]) -> Result<(), ProtocolError> {
    let empty = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    };
    match fields
        .into_iter()
        .find(|(_, value)| value.as_ref().is_some_and(|value| !empty(value)))
    {
        None => Ok(()),
        Some((param, _)) => {
            let message =
                "Instructions, tools, prompts and context come from the session's guide alone. Leave this field out.";
            Err(ProtocolError::new(ErrorCode::InstructionsNotAllowed, message).at(param))
        }
    }
}

/// Whether a client may call an item so. Names are stored beside the words, and are none.
fn may_be_named(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let ours = |rest: &str| rest.chars().all(|c| c.is_ascii_digit());
    (1..=MAX_ITEM_ID).contains(&id.len()) && id.chars().all(plain) && !id.strip_prefix("item_").is_some_and(ours)
}

/// A typed answer out of an item.
fn typed(item: NewItem, event_id: Option<String>) -> Result<Incoming, ProtocolError> {
    if item.kind == "message" && item.role.as_deref() != Some("user") {
        let message = "Only the participant's own messages can be added. Set item.role to \"user\".";
        return Err(ProtocolError::new(ErrorCode::InstructionsNotAllowed, message).at("item.role"));
    }
    if item.kind != "message" || item.content.iter().any(|part| part.kind != "input_text") {
        let message = "Only messages with input_text can be added. Send sound with input_audio_buffer.append.";
        return Err(ProtocolError::new(ErrorCode::UnsupportedItem, message).at("item"));
    }
    if item.id.as_deref().is_some_and(|id| !may_be_named(id)) {
        let message = format!(
            "An item's id has 1 to {MAX_ITEM_ID} letters, digits, \"_\" and \"-\", and \"item_\" with a number is the \
             server's. Choose another one, or none."
        );
        return Err(ProtocolError::new(ErrorCode::InvalidEvent, message).at("item.id"));
    }
    let parts: Vec<&str> = item
        .content
        .iter()
        .filter_map(|part| part.text.as_ref())
        .map(|text| text.0.as_str())
        .collect();
    let text = parts.join("\n").trim().to_owned();
    let length = text.chars().count();
    if length == 0 || length > MAX_TEXT_CHARS {
        let message = format!("The text has {length} characters. Send 1 to {MAX_TEXT_CHARS}.");
        return Err(ProtocolError::new(ErrorCode::BadText, message).at("item.content"));
    }
    Ok(Incoming::Text {
        item_id: item.id,
        text: text.into(),
        event_id,
    })
}

#[cfg(test)]
mod tests;

//! The session as a client sees it. What makes it an interview stays on the server.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How samples are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AudioFormat {
    /// 16 bits, little endian, mono, 24 kHz.
    #[default]
    Pcm24k,
    /// G.711 mu-law, 8 kHz.
    MuLaw,
    /// G.711 A-law, 8 kHz.
    ALaw,
}

impl AudioFormat {
    /// Samples a second.
    #[must_use]
    pub fn rate_hz(self) -> u32 {
        match self {
            Self::Pcm24k => 24_000,
            Self::MuLaw | Self::ALaw => colloquy_audio::g711::RATE_HZ,
        }
    }

    /// As it stands in a session.
    #[must_use]
    pub fn to_wire(self) -> Value {
        match self {
            Self::Pcm24k => json!({"type": "audio/pcm", "rate": 24_000}),
            Self::MuLaw => json!({"type": "audio/pcmu"}),
            Self::ALaw => json!({"type": "audio/pcma"}),
        }
    }

    /// The format that a client asked for; `None` for one that is not spoken here.
    #[must_use]
    pub fn from_wire(wire: &Value) -> Option<Self> {
        match (wire.get("type")?.as_str()?, wire.get("rate").and_then(Value::as_u64)) {
            ("audio/pcm", None | Some(24_000)) => Some(Self::Pcm24k),
            ("audio/pcmu", _) => Some(Self::MuLaw),
            ("audio/pcma", _) => Some(Self::ALaw),
            _ => None,
        }
    }
}

/// How the interviewer answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// By speaking, with a transcript.
    #[default]
    Audio,
    /// By writing alone.
    Text,
}

/// What a client is told of its session.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionView {
    /// `sess_…`, given by the caller.
    pub id: String,
    /// When the connection's permission ends, in unix seconds.
    pub expires_at: Option<u64>,
    /// Language of the interview, such as `en`.
    pub language: String,
    /// Name of the voice.
    pub voice: String,
    /// How the interviewer answers.
    pub modality: Modality,
    /// What the client sends.
    pub input: AudioFormat,
    /// What the client gets.
    pub output: AudioFormat,
}

impl SessionView {
    /// As it stands in `session.created` and `session.updated`. Instructions are empty whatever the guide says: they
    /// are the server's.
    #[must_use]
    pub fn to_wire(&self) -> Value {
        json!({
            "type": "realtime",
            "object": "realtime.session",
            "id": self.id,
            "model": "colloquy",
            "expires_at": self.expires_at,
            "output_modalities": [self.modality],
            "instructions": "",
            "tools": [],
            "tool_choice": "none",
            "max_output_tokens": "inf",
            "audio": {
                "input": {
                    "format": self.input.to_wire(),
                    "transcription": {"model": "whisper", "language": self.language},
                    "noise_reduction": null,
                    "turn_detection": {
                        "type": "semantic_vad",
                        "eagerness": "auto",
                        "create_response": true,
                        "interrupt_response": true
                    }
                },
                "output": {"format": self.output.to_wire(), "voice": self.voice, "speed": 1.0}
            }
        })
    }
}

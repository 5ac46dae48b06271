//! What the server says.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::item::Item;
use super::ours::{EndOutcome, LatencyParts, Mode, PauseCause, Stage};
use super::personal::PersonalText;
use super::response::{ContentPart, Response, TranscriptionUsage};
use crate::error::ProtocolError;

/// An event with its number, as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Numbered<E> {
    /// `event_…`.
    pub event_id: String,
    /// The event.
    #[serde(flatten)]
    pub event: E,
}

/// An event of the server's. Names and fields are those of the Realtime API; `colloquy.*` is ours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "type")]
pub enum ServerEvent {
    /// Something did not work; the connection goes on unless it is closed after this.
    #[serde(rename = "error")]
    Error {
        /// What.
        error: ProtocolError,
    },
    /// The first event on a connection.
    #[serde(rename = "session.created")]
    SessionCreated {
        /// [`SessionView::to_wire`](super::SessionView::to_wire).
        #[ts(type = "unknown")]
        session: Value,
    },
    /// The answer to `session.update`: what is in force now.
    #[serde(rename = "session.updated")]
    SessionUpdated {
        /// [`SessionView::to_wire`](super::SessionView::to_wire).
        #[ts(type = "unknown")]
        session: Value,
    },
    /// The participant speaks. While we speak it is sent only once we are really interrupted: clients drop what they
    /// have to play.
    #[serde(rename = "input_audio_buffer.speech_started")]
    SpeechStarted {
        /// Conversation time at which speech began.
        audio_start_ms: u64,
        /// The item that will hold it.
        item_id: String,
    },
    /// The participant has finished.
    #[serde(rename = "input_audio_buffer.speech_stopped")]
    SpeechStopped {
        /// Conversation time at which speech ended.
        audio_end_ms: u64,
        /// The item that will hold it.
        item_id: String,
    },
    /// What was spoken is taken as an answer.
    #[serde(rename = "input_audio_buffer.committed")]
    Committed {
        /// The item before it.
        previous_item_id: Option<String>,
        /// The item that holds it.
        item_id: String,
    },
    /// The answer to `input_audio_buffer.clear`.
    #[serde(rename = "input_audio_buffer.cleared")]
    Cleared,
    /// An item has begun.
    #[serde(rename = "conversation.item.added")]
    ItemAdded {
        /// The item before it.
        previous_item_id: Option<String>,
        /// The item, perhaps still empty.
        item: Item,
    },
    /// An item is whole.
    #[serde(rename = "conversation.item.done")]
    ItemDone {
        /// The item before it.
        previous_item_id: Option<String>,
        /// The item.
        item: Item,
    },
    /// An item was cut where playback stopped.
    #[serde(rename = "conversation.item.truncated")]
    ItemTruncated {
        /// Which one.
        item_id: String,
        /// Always 0: our items have one part.
        content_index: u32,
        /// How much of it was heard.
        audio_end_ms: u64,
    },
    /// More of what the participant says.
    #[serde(rename = "conversation.item.input_audio_transcription.delta")]
    TranscriptionDelta {
        /// The item.
        item_id: String,
        /// Always 0.
        content_index: u32,
        /// The new words.
        delta: PersonalText,
    },
    /// All that the participant said in a turn.
    #[serde(rename = "conversation.item.input_audio_transcription.completed")]
    TranscriptionCompleted {
        /// The item.
        item_id: String,
        /// Always 0.
        content_index: u32,
        /// The words.
        transcript: PersonalText,
        /// How much was listened to.
        usage: TranscriptionUsage,
    },
    /// The interviewer begins to answer.
    #[serde(rename = "response.created")]
    ResponseCreated {
        /// In progress, without output.
        response: Response,
    },
    /// The response's item has begun.
    #[serde(rename = "response.output_item.added")]
    OutputItemAdded {
        /// The response.
        response_id: String,
        /// Always 0: a response has one item.
        output_index: u32,
        /// The item, without content.
        item: Item,
    },
    /// The response's item is over.
    #[serde(rename = "response.output_item.done")]
    OutputItemDone {
        /// The response.
        response_id: String,
        /// Always 0.
        output_index: u32,
        /// The item, with what was heard of it.
        item: Item,
    },
    /// The item's part has begun.
    #[serde(rename = "response.content_part.added")]
    ContentPartAdded {
        /// The response.
        response_id: String,
        /// The item.
        item_id: String,
        /// Always 0.
        output_index: u32,
        /// Always 0.
        content_index: u32,
        /// The part, empty.
        part: ContentPart,
    },
    /// The item's part is over.
    #[serde(rename = "response.content_part.done")]
    ContentPartDone {
        /// The response.
        response_id: String,
        /// The item.
        item_id: String,
        /// Always 0.
        output_index: u32,
        /// Always 0.
        content_index: u32,
        /// The part.
        part: ContentPart,
    },
    /// Sound to play.
    #[serde(rename = "response.output_audio.delta")]
    OutputAudioDelta {
        /// The response.
        response_id: String,
        /// The item.
        item_id: String,
        /// Always 0.
        output_index: u32,
        /// Always 0.
        content_index: u32,
        /// Base64 in the session's output format.
        delta: String,
    },
    /// No more sound in this response.
    #[serde(rename = "response.output_audio.done")]
    OutputAudioDone {
        /// The response.
        response_id: String,
        /// The item.
        item_id: String,
        /// Always 0.
        output_index: u32,
        /// Always 0.
        content_index: u32,
    },
    /// Words of what is spoken.
    #[serde(rename = "response.output_audio_transcript.delta")]
    OutputTranscriptDelta {
        /// The response.
        response_id: String,
        /// The item.
        item_id: String,
        /// Always 0.
        output_index: u32,
        /// Always 0.
        content_index: u32,
        /// The words.
        delta: PersonalText,
    },
    /// All words of what was spoken.
    #[serde(rename = "response.output_audio_transcript.done")]
    OutputTranscriptDone {
        /// The response.
        response_id: String,
        /// The item.
        item_id: String,
        /// Always 0.
        output_index: u32,
        /// Always 0.
        content_index: u32,
        /// The words.
        transcript: PersonalText,
    },
    /// Words of what is written.
    #[serde(rename = "response.output_text.delta")]
    OutputTextDelta {
        /// The response.
        response_id: String,
        /// The item.
        item_id: String,
        /// Always 0.
        output_index: u32,
        /// Always 0.
        content_index: u32,
        /// The words.
        delta: PersonalText,
    },
    /// All words of what was written.
    #[serde(rename = "response.output_text.done")]
    OutputTextDone {
        /// The response.
        response_id: String,
        /// The item.
        item_id: String,
        /// Always 0.
        output_index: u32,
        /// Always 0.
        content_index: u32,
        /// The words.
        text: PersonalText,
    },
    /// The interviewer has finished, or was cut short.
    #[serde(rename = "response.done")]
    ResponseDone {
        /// With its item.
        response: Response,
    },
    /// The interview is at another topic.
    #[serde(rename = "colloquy.topic")]
    Topic {
        /// The topic's name within the session.
        topic_id: String,
        /// As the participant may read it.
        label: String,
        /// Which one it is, from 1.
        number: u32,
        /// How many there are.
        of: u32,
    },
    /// Another part of the interview begins.
    #[serde(rename = "colloquy.stage")]
    Stage {
        /// Which one.
        stage: Stage,
    },
    /// How far the interview is.
    #[serde(rename = "colloquy.progress")]
    Progress {
        /// Conversation time so far.
        elapsed_ms: u64,
        /// The planned length.
        planned_ms: u64,
        /// Topics that were opened and left.
        topics_done: u32,
        /// All topics.
        topics: u32,
    },
    /// What was agreed, at the beginning of each connection.
    #[serde(rename = "colloquy.consent")]
    Consent {
        /// How the participant takes part.
        mode: Mode,
        /// Whether audio may be kept.
        recording: bool,
        /// The wording that was agreed to.
        text_version: String,
    },
    /// The interview rests; nothing is lost, and the same link goes on.
    #[serde(rename = "colloquy.paused")]
    Paused {
        /// Why.
        cause: PauseCause,
    },
    /// Somebody speaks into the response: what was sent of it is to rest unheard, or to go on. Only for a client that has said by
    /// `colloquy.playback` that it can. A response that is cancelled or cut short is to be dropped, held or not.
    #[serde(rename = "colloquy.hold")]
    Hold {
        /// Whether it rests.
        held: bool,
    },
    /// It goes on.
    #[serde(rename = "colloquy.resumed")]
    Resumed,
    /// It is over; the connection is closed after this.
    #[serde(rename = "colloquy.ended")]
    Ended {
        /// How.
        outcome: EndOutcome,
    },
    /// How long the participant waited for this response, and what for.
    #[serde(rename = "colloquy.latency")]
    Latency {
        /// The response.
        response_id: String,
        /// The parts.
        parts: LatencyParts,
        /// Their sum.
        total_ms: u32,
    },
}

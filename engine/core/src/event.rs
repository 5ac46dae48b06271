//! The one vocabulary of what happens in a conversation: the store keeps it, the live monitor shows
//! it, tests assert it, and every state (transcript, coverage ledger, resume point) is a fold over it.

mod moves;

use serde::{Deserialize, Serialize};

use crate::id::{GuideId, SegmentId, TopicId, TurnId, UtteranceId};
use crate::pii::Pii;
use crate::time::Ms;

pub use moves::{Aim, Inquiry, Move};

/// An event as it stands in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// Position in the conversation's log, from 1 without gaps.
    pub seq: u64,
    /// Conversation time.
    pub at: Ms,
    /// Wall clock, in unix milliseconds; for people, never for decisions.
    pub wall_ms: i64,
    /// What happened.
    pub event: Event,
}

/// How a participant takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// By speaking.
    Voice,
    /// By typing.
    Text,
}

/// Something that happened in a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The participant agreed to take part; nothing is heard before it.
    Consented {
        /// The way that was chosen.
        mode: Mode,
        /// Whether audio may be kept.
        recording: bool,
        /// Which wording was agreed to.
        text_version: String,
    },
    /// The participant declined.
    Declined,
    /// The interview began, against this guide for good.
    Started {
        /// The frozen guide.
        guide: GuideId,
    },
    /// A participant's device connected or came back.
    Connected,
    /// The device went away.
    Disconnected,
    /// A stretch of the participant's turn was transcribed. A later one with the same turn and
    /// segment replaces it: while somebody speaks, the newest segment grows.
    SegmentHeard {
        /// The participant's turn.
        turn: TurnId,
        /// The stretch.
        segment: SegmentId,
        /// Where the stretch starts.
        from: Ms,
        /// Where it ends.
        to: Ms,
        /// What was said, or typed.
        text: Pii,
        /// The recognizer's mean confidence in [0, 1]; 1 for typed text.
        confidence: f32,
    },
    /// The stretch that comes next was typed, and this is its client's name for it. The same name again is the same words,
    /// sent again.
    TypedAs {
        /// The participant's turn.
        turn: TurnId,
        /// The stretch.
        segment: SegmentId,
        /// The name.
        item: String,
    },
    /// The participant's turn is over, and we take it as an answer.
    AnswerEnded {
        /// The participant's turn.
        turn: TurnId,
        /// Last voiced moment of it.
        voiced_until: Ms,
    },
    /// The take-over was wrong: the participant went on. Everything that was decided on `undone` is void,
    /// and the same participant's turn continues.
    TurnReopened {
        /// The participant's turn that continues.
        turn: TurnId,
        /// Our turn that is void.
        undone: TurnId,
    },
    /// What the planner made of an answer.
    Assessed {
        /// The participant's turn.
        turn: TurnId,
        /// The topic it is counted for.
        topic: TopicId,
        /// What it holds.
        evidence: Evidence,
    },
    /// What the interviewer does next, before a word of it is spoken.
    MoveDecided {
        /// Our turn.
        turn: TurnId,
        /// The participant's turn that it follows, if any.
        answers: Option<TurnId>,
        /// The move.
        mv: Move,
    },
    /// What of an utterance was heard by the participant.
    Spoken {
        /// Our turn.
        turn: TurnId,
        /// The utterance.
        utterance: UtteranceId,
        /// The words that were played, and no more.
        text: Pii,
        /// Whether the participant cut it short.
        interrupted: bool,
        /// Who phrased it.
        by: Phrasing,
    },
    /// The language model's words were not used; the guided phrase was.
    FellBack {
        /// The utterance.
        utterance: UtteranceId,
        /// Why.
        cause: FallbackCause,
    },
    /// An answer needs care rather than questions.
    SafetyRaised {
        /// The participant's turn.
        turn: TurnId,
        /// What kind.
        concern: Concern,
    },
    /// Named parts of the time from the last voiced sample to the first audible one.
    Latency {
        /// Our turn.
        turn: TurnId,
        /// The parts.
        parts: LatencyParts,
    },
    /// The conversation rests; time stands still.
    Paused {
        /// Why.
        cause: PauseCause,
    },
    /// It goes on.
    Resumed,
    /// It is over.
    Ended {
        /// How.
        outcome: Outcome,
    },
    /// The participant allows a turn of theirs to be quoted, or does not. Before any such event they do.
    QuotingChanged {
        /// The participant's turn.
        turn: TurnId,
        /// Whether it may be quoted from now on.
        quotable: bool,
    },
    /// The sound is not kept from here on, although it should be: it cannot be written.
    RecordingFailed,
}

/// What one answer holds, as far as the planner can tell from words alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Content words in it.
    pub words: u32,
    /// It says something about the topic.
    pub answered: bool,
    /// It tells of a concrete event.
    pub example: bool,
    /// It gives a reason.
    pub reason: bool,
    /// It says what would have to change.
    pub change: bool,
    /// It adds something to what was said before.
    pub new: bool,
    /// The person would rather not say.
    pub declined: bool,
}

/// What an answer may disclose that calls for care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Concern {
    /// Harassment or discrimination.
    Harassment,
    /// Violence or a threat of it.
    Violence,
    /// Self-harm.
    SelfHarm,
    /// A medical emergency or a serious accident.
    Emergency,
    /// Acute distress.
    Distress,
}

/// Who put a move into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phrasing {
    /// The built-in interviewer.
    Guided,
    /// The language model, checked by the guard.
    Model,
}

/// Why the guided phrase was spoken instead of the language model's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum FallbackCause {
    /// No speakable sentence came in time.
    Late,
    /// The endpoint refused, failed or broke off.
    Failed,
    /// The guard refused what it said.
    Guard {
        /// The rule's name.
        rule: String,
    },
}

/// Why a conversation rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseCause {
    /// The participant asked for it.
    Asked,
    /// Nobody answered.
    Silence,
    /// The connection was lost.
    Disconnected,
    /// The server is being restarted.
    Drain,
}

/// How a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The closing was reached, or the person ended it after answering at least half of the high topics.
    Completed,
    /// The person ended it before.
    EndedEarly,
    /// The person took back the whole of it.
    Withdrawn,
}

/// The way from the last voiced sample received to the first audible sample sent, in milliseconds that sum to the whole.
/// Work overlaps under speculation: each part is what it adds to the critical path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatencyParts {
    /// Silence until the turn was taken to be over.
    pub endpoint_wait: u32,
    /// Transcription after that.
    pub stt_tail: u32,
    /// Planning.
    pub plan: u32,
    /// Until the language model's first token.
    pub llm_first_token: u32,
    /// Until its first speakable piece.
    pub chunk_wait: u32,
    /// Until the first synthesized sample.
    pub tts_first_audio: u32,
    /// Until that sample was handed to the transport.
    pub send: u32,
}

impl LatencyParts {
    /// The whole.
    #[must_use]
    pub fn total_ms(&self) -> u32 {
        self.endpoint_wait
            + self.stt_tail
            + self.plan
            + self.llm_first_token
            + self.chunk_wait
            + self.tts_first_audio
            + self.send
    }
}

//! What goes into a conversation and what comes out of it.

use uuid::Uuid;

use crate::event::{Event, Mode, Outcome, PauseCause};
use crate::id::{GuideId, SegmentId, TurnId, UtteranceId};
use crate::interviewer::Prompt;
use crate::pii::Pii;
use crate::planner::judging::Appraisal;
use crate::ports::Transcript;
use crate::time::Ms;

/// Something that happened outside. Every answer to asynchronous work carries the stamp that the
/// work was given, so that what comes back for something that was dropped is known and ignored.
#[derive(Clone, Debug)]
pub enum Input {
    /// Begin, or go on where the events left off.
    Connected,
    /// The device is gone, or will be. What was just said is still transcribed.
    Disconnected {
        /// Why.
        cause: PauseCause,
    },
    /// One frame of 32 ms was heard; it ends now.
    Voice {
        /// Probability of speech in [0, 1].
        probability: f32,
    },
    /// Answer to [`Output::ScoreEndOfTurn`].
    EndOfTurn {
        /// Its stamp.
        turn: TurnId,
        /// Its stamp.
        voiced_until: Ms,
        /// Probability in [0, 1] that the turn is over; `None` where the model failed.
        probability: Option<f32>,
    },
    /// Answer to [`Output::Transcribe`].
    Heard {
        /// Its stamp.
        turn: TurnId,
        /// Its stamp.
        segment: SegmentId,
        /// Its stamp.
        from: Ms,
        /// Its stamp.
        to: Ms,
        /// The text; `None` where the recognizer failed.
        transcript: Option<Transcript>,
    },
    /// Answer to [`Output::Embed`].
    Embedded {
        /// Its stamp.
        turn: TurnId,
        /// Its stamp.
        passage: u32,
        /// The passage's place in the space of meaning, a unit vector; `None` where the model failed.
        vector: Option<Vec<f32>>,
    },
    /// Answer to [`Output::Appraise`].
    Appraised {
        /// Its stamp.
        turn: TurnId,
        /// Its stamp.
        appraisal: u32,
        /// What the model answered, whatever it is; `None` where it failed.
        json: Option<String>,
    },
    /// The participant typed an answer.
    Typed {
        /// The text.
        text: Pii,
        /// The client's name for it, if it has one: what comes again under the same name is not taken again.
        item: Option<String>,
    },
    /// The client says that the turn is over (`input_audio_buffer.commit`).
    Commit,
    /// A piece of the language model's answer.
    ModelText {
        /// Stamp of [`Output::Ask`].
        utterance: UtteranceId,
        /// The piece.
        delta: String,
    },
    /// The language model is done.
    ModelDone {
        /// Stamp of [`Output::Ask`].
        utterance: UtteranceId,
    },
    /// The language model failed or broke off.
    ModelFailed {
        /// Stamp of [`Output::Ask`].
        utterance: UtteranceId,
    },
    /// The first sample of a chunk is there.
    FirstAudio {
        /// Stamp of [`Output::Synthesize`].
        utterance: UtteranceId,
        /// Stamp of [`Output::Synthesize`].
        chunk: u32,
    },
    /// A chunk is synthesized.
    Synthesized {
        /// Stamp of [`Output::Synthesize`].
        utterance: UtteranceId,
        /// Stamp of [`Output::Synthesize`].
        chunk: u32,
        /// Its whole length; 0 where synthesis failed, and the words are shown but not heard.
        duration_ms: u32,
    },
    /// How far playback has come, as the participant hears it.
    Played {
        /// The utterance.
        utterance: UtteranceId,
        /// The chunk that is playing.
        chunk: u32,
        /// How much of that chunk was heard.
        played_ms: u32,
    },
    /// The client stopped our speech by itself: the floor is the participant's.
    Yield,
    /// The participant wants to skip the pending question.
    Skip,
    /// The participant wants to hear the pending question again.
    Repeat,
    /// The participant wants to rest, or somebody decided so.
    Pause {
        /// Why.
        cause: PauseCause,
    },
    /// The rest is over.
    Resume,
    /// The participant wants to end.
    Stop,
    /// A time that [`poll_timeout`](super::Session::poll_timeout) named has come.
    Timeout,
}

/// What is to be done, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Write this to the log before doing anything that follows.
    Record(Event),
    /// Ask the end-of-turn model about the turn.
    ScoreEndOfTurn {
        /// Stamp.
        turn: TurnId,
        /// Where the turn's audio starts.
        from: Ms,
        /// Stamp; audio up to now is to be scored.
        voiced_until: Ms,
    },
    /// Transcribe a stretch of audio.
    Transcribe {
        /// Stamp: the participant's turn, or ours where somebody speaks into it ([`Urgency::Floor`]).
        turn: TurnId,
        /// Stamp.
        segment: SegmentId,
        /// Stamp; where it starts.
        from: Ms,
        /// Stamp; where it ends.
        to: Ms,
        /// Who waits for it.
        urgency: Urgency,
    },
    /// Place a passage of an answer in the space of meaning.
    Embed {
        /// Stamp: the participant's turn.
        turn: TurnId,
        /// Stamp.
        passage: u32,
        /// The words.
        text: String,
    },
    /// Have the language model judge an answer as far as it was given. Whatever was to be judged before is of no interest any more, and
    /// nobody waits for this.
    Appraise {
        /// Stamp: the participant's turn.
        turn: TurnId,
        /// Stamp.
        appraisal: u32,
        /// What is asked.
        question: Appraisal,
    },
    /// Ask the language model.
    Ask {
        /// Stamp.
        utterance: UtteranceId,
        /// What to ask.
        prompt: Prompt,
    },
    /// Synthesize a chunk and hold it.
    Synthesize {
        /// Stamp.
        utterance: UtteranceId,
        /// Stamp, from 0.
        chunk: u32,
        /// The words.
        text: String,
    },
    /// The utterance has this many pieces and no more: once they are synthesized, its sound is whole.
    Complete {
        /// The utterance.
        utterance: UtteranceId,
        /// How many pieces.
        chunks: u32,
    },
    /// The utterance may be heard, now and whatever else is synthesized for it.
    Release {
        /// The utterance.
        utterance: UtteranceId,
    },
    /// Text mode: show this.
    Show {
        /// The utterance.
        utterance: UtteranceId,
        /// The words.
        text: String,
    },
    /// The language model's answer is not wanted any more; what was synthesized of it stays.
    StopModel {
        /// Stamp of [`Output::Ask`].
        utterance: UtteranceId,
    },
    /// Nothing of this utterance is wanted any more: stop the model, the synthesis and the playback.
    Drop {
        /// The utterance.
        utterance: UtteranceId,
    },
    /// Fall silent, but keep the place.
    HoldPlayback,
    /// Go on from that place.
    ContinuePlayback,
    /// Tell the client; nothing of this is stored.
    Notify(Notice),
    /// The conversation is over or its device is gone: nothing more will come.
    Finish {
        /// How it ended, if it did.
        outcome: Option<Outcome>,
    },
}

/// Who waits for a transcription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// The answer to the participant.
    Tail,
    /// A decision on who has the floor.
    Floor,
    /// Nobody: it is kept so that less is left at the end and nothing is lost.
    Segment,
}

/// Something for the client's eyes.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// The participant's turn began, or goes on after we had taken it to be over.
    SpeechStarted {
        /// The participant's turn.
        turn: TurnId,
        /// Since when.
        at: Ms,
    },
    /// The participant's turn is over.
    SpeechStopped {
        /// The participant's turn.
        turn: TurnId,
        /// Last voiced moment.
        at: Ms,
    },
    /// Our turn begins to be heard or shown.
    Speaking {
        /// Our turn.
        turn: TurnId,
        /// The utterance.
        utterance: UtteranceId,
    },
    /// These words begin to be heard.
    Saying {
        /// The utterance.
        utterance: UtteranceId,
        /// The words.
        text: String,
    },
    /// Our turn is over.
    Silent {
        /// The utterance.
        utterance: UtteranceId,
        /// Whether it was cut short.
        interrupted: bool,
        /// How much of it was heard.
        heard_ms: u32,
    },
}

/// Why the machine wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The turn may be over.
    Endpoint,
    /// The language model should have answered.
    ModelDeadline,
    /// Nobody has said anything for a while.
    Silence,
    /// The last words of a turn should have been transcribed.
    Hearing,
    /// Somebody spoke into our turn, and what it was should be known.
    Floor,
    /// What the answer means should be known.
    Meaning,
}

/// Settings of one conversation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The frozen guide that the conversation runs against.
    pub guide: GuideId,
    /// How the participant takes part.
    pub mode: Mode,
    /// Whether a language model may phrase moves.
    pub model: bool,
    /// How long the model may take to its first speakable sentence, after the answer is known.
    pub model_deadline_ms: u64,
    /// Whether answers are prepared while the end of the turn is still uncertain.
    pub speculate: bool,
    /// Whether there is a model that places passages in the space of meaning.
    pub meaning: bool,
    /// Whether a language model judges answers while they are spoken.
    pub judge: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            guide: GuideId(Uuid::nil()),
            mode: Mode::Voice,
            model: false,
            model_deadline_ms: 800,
            speculate: true,
            meaning: false,
            judge: false,
        }
    }
}

//! What passes between a conversation and its client.

use colloquy_core::conversation::{Input, Notice};
use colloquy_core::event::{Outcome, Recorded};
use colloquy_core::id::UtteranceId;
use colloquy_core::pii::Pii;

/// What a client can tell its conversation.
#[derive(Debug)]
pub enum Command {
    /// Audio: mono f32 in [-1, 1] at 16 kHz.
    Audio(Vec<f32>),
    /// A typed answer.
    Typed {
        /// What.
        text: Pii,
        /// The client's name for it, if it has one.
        item: Option<String>,
    },
    /// The turn is over.
    Commit,
    /// What was sent and not yet heard is void.
    Clear,
    /// Something is wanted of the interviewer: [`Input::Skip`], [`Input::Repeat`], [`Input::Stop`], [`Input::Resume`] or
    /// [`Input::Pause`].
    Ask(Input),
    /// The client has stopped playing.
    Cancel,
    /// The client plays at once what it gets: so much and no more is to be with it unheard.
    KeepAhead {
        /// Milliseconds.
        ms: u32,
    },
    /// The client stops playing when it is told to hold, and goes on where it stopped.
    ClientHolds(bool),
    /// The connection is gone.
    Gone,
    /// Another connection takes over.
    TakenOver,
    /// The invitation was taken back.
    Revoked,
    /// The server is being restarted.
    Drain,
    /// Somebody else wrote to the log, such as a consent that changed: read it.
    ReadOn,
    /// Another node holds the conversation: write nothing more.
    LeaseLost,
}

/// What a conversation tells its client.
#[derive(Debug)]
pub enum ToClient {
    /// An event was stored.
    Recorded(Recorded),
    /// Something to show that is not stored.
    Notice(Notice),
    /// 20 ms of speech: mono f32 at 24 kHz.
    Audio {
        /// The utterance.
        utterance: UtteranceId,
        /// 480 samples.
        samples: Vec<f32>,
    },
    /// The whole of the utterance's audio was sent.
    AudioDone {
        /// The utterance.
        utterance: UtteranceId,
    },
    /// What was sent is to rest unheard, or to go on: only for a client that can.
    Hold {
        /// Whether it rests.
        held: bool,
    },
    /// Text mode: words to show.
    Text {
        /// The utterance.
        utterance: UtteranceId,
        /// The words.
        text: String,
    },
    /// Audio came faster than time passes, and was refused.
    TooFast,
    /// The conversation will be paused in this many seconds, and goes on by the same link after the restart.
    Draining {
        /// Seconds.
        seconds: u32,
    },
    /// Nothing more will come.
    Finished(Farewell),
}

/// Why nothing more will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Farewell {
    /// The conversation is over.
    Ended(Outcome),
    /// Another connection took over.
    TakenOver,
    /// The server is being restarted.
    Drained,
    /// The store failed: what was confirmed is safe, and the same link continues.
    Failed,
    /// The client left.
    Left,
    /// Nobody has said or written anything for a long time.
    Idle,
    /// The link was taken back.
    Revoked,
    /// The person does not agree any more: nothing was kept since then.
    Declined,
}

//! What the interviewer can do next, and what for.

use serde::{Deserialize, Serialize};

use super::Concern;
use crate::id::TopicId;

/// What the interviewer does next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "move", rename_all = "snake_case")]
pub enum Move {
    /// Greets, says that it is an AI, what is kept and who sees it, and opens the first topic.
    Welcome {
        /// The first topic.
        topic: TopicId,
    },
    /// Opens a topic, leaving another one if there was one.
    OpenTopic {
        /// The topic.
        topic: TopicId,
    },
    /// Comes back to a topic that was skipped, or that the participant wants to come back to.
    ReturnTo {
        /// The topic.
        topic: TopicId,
    },
    /// Asks on within a topic.
    Probe {
        /// The topic.
        topic: TopicId,
        /// What for.
        aim: Aim,
    },
    /// Says the pending question again.
    Repeat,
    /// Answers a question of the participant's, then asks the pending one again.
    Inform {
        /// What was asked.
        about: Inquiry,
    },
    /// Keeps silent because the person asked for a moment.
    Hold,
    /// Asks gently whether the person is there.
    Nudge,
    /// Offers to pause.
    OfferPause,
    /// Stops asking, shows the help contact, and asks whether to go on.
    Care {
        /// What for.
        concern: Concern,
    },
    /// Takes up the conversation again, after a break, at the pending question.
    Reconvene {
        /// The topic it goes on with.
        topic: Option<TopicId>,
    },
    /// Sums up in a few words what was heard and asks for corrections.
    Recap,
    /// Takes a correction of the recap.
    AcceptCorrection,
    /// Thanks and ends; nothing is asked.
    Close,
}

impl Move {
    /// Whether the conversation is over once this is said.
    #[must_use]
    pub fn ends(&self) -> bool {
        matches!(self, Self::Close)
    }

    /// The topic that it speaks to, where there is one.
    #[must_use]
    pub fn topic(&self) -> Option<&TopicId> {
        match self {
            Self::Welcome { topic }
            | Self::OpenTopic { topic }
            | Self::ReturnTo { topic }
            | Self::Probe { topic, .. } => Some(topic),
            Self::Reconvene { topic } => topic.as_ref(),
            _ => None,
        }
    }
}

/// What a probe is after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// A concrete event.
    Example,
    /// A reason.
    Reason,
    /// What would have to change.
    Change,
    /// More about something that the person named in their own words.
    Echo,
    /// What was meant.
    Clarify,
    /// When it was another way.
    Contrast,
    /// Whatever the person may want to say, where they said that there is nothing.
    Invite,
}

/// What participants ask back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inquiry {
    /// "Who will see this?"
    WhoSees,
    /// "Is this anonymous?"
    Anonymous,
    /// "How long are my answers kept?", "Can I have them deleted?"
    Kept,
    /// "Can we speak in another language?"
    Language,
    /// "Is this recorded?"
    Recording,
    /// "Are you an AI?"
    Nature,
    /// "How long will it take?"
    TimeLeft,
    /// "What do you mean?"
    Meaning,
    /// "Why do you ask?"
    Purpose,
    /// Anything that only the organisation can answer.
    Other,
}

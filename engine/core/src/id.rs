//! Identifiers. Rows have UUIDs; what happens inside one conversation is counted.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! row_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

row_id! {
    /// One customer: its users, people, plan and sessions.
    WorkspaceId;
    /// One configured study.
    SessionId;
    /// One frozen version of a session's enabled topics.
    GuideId;
    /// Somebody who was invited.
    PersonId;
    /// One person's link to one session.
    InvitationId;
    /// One participant's interview.
    ConversationId;
    /// A stretch of an interview whose sound is kept.
    RecordingId;
    /// Somebody who works with sessions: an admin and their colleagues.
    UserId;
    /// A key by which programs act for a user.
    ApiTokenId;
    /// A mail, before and after it is sent.
    MailId;
}

/// A topic's name within a session and its clones, such as `manager-support`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TopicId(pub String);

impl From<&str> for TopicId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl fmt::Display for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! counted_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The next one.
            #[must_use]
            pub fn next(self) -> Self {
                Self(self.0 + 1)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

counted_id! {
    /// One contribution by one side; both sides are counted in one row, in order.
    TurnId;
    /// One thing that the interviewer prepared to say, spoken or not: drafts that are dropped have one too.
    UtteranceId;
    /// One stretch of a participant's turn that is transcribed as a whole.
    SegmentId;
}

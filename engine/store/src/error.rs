//! Why the store refused or failed, without a word of what anybody said.

use crate::link::LinkState;

/// Why the store refused or failed. No variant carries personal text: a database's own message may
/// quote values, so only its code and the names of columns and constraints are kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, opened or migrated; says why, without the URL's password.
    #[error("cannot use the database: {0}")]
    Connect(String),
    /// The log is not where the writer thinks it is: somebody else writes to this conversation.
    #[error("another writer is at work on this conversation")]
    Conflict,
    /// Something that the call builds on does not exist.
    #[error("there is no such {0}")]
    Missing(&'static str),
    /// The workspace has a person of that address.
    #[error("the workspace already has a person with this e-mail address")]
    EmailTaken,
    /// Somebody signs in by that address.
    #[error("somebody signs in by this e-mail address already")]
    UserTaken,
    /// There is an owner: the first run is over.
    #[error("this installation is set up already")]
    AlreadySetUp,
    /// The code that the first run asks for is another one, or too old.
    #[error("this is not the setup code")]
    WrongSetupCode,
    /// The link by which a password is set was used, is too old, or never was.
    #[error("this link sets no password any more")]
    ResetOver,
    /// They are the only owner of their workspace.
    #[error("a workspace must have an owner")]
    LastOwner,
    /// Somebody else changed it since it was read.
    #[error("it was changed by somebody else since it was read")]
    Outdated,
    /// The person is invited to this session; a person has one conversation in a session.
    #[error("this person is already invited to this session")]
    AlreadyInvited,
    /// Somebody takes part by this invitation: its links lead to what they say, and none is drawn for others any more.
    #[error("the person has begun to take part")]
    Begun,
    /// What the person was shown of who sees what is not what their conversation's guide says.
    #[error("the person was shown something else of who sees what")]
    ShownOtherwise,
    /// A request that is to be done once has the name of another one.
    #[error("this idempotency key stands for another request")]
    KeyReused,
    /// Two topics of a session have the same id.
    #[error("two topics have the same id")]
    TopicTwice,
    /// Somebody has completed the session, so that its configuration is final.
    #[error("the session is locked since its first conversation was completed")]
    SessionLocked,
    /// People can take part in the session now.
    #[error("the session is open")]
    SessionOpen,
    /// No topic is enabled: there is nothing to talk about.
    #[error("the session has no enabled topic")]
    NoTopics,
    /// As many trials of the session are kept as may be, and something was said in each.
    #[error("the session has as many trials as are kept")]
    TooManyTrials,
    /// The link does not admit anybody now.
    #[error("the link cannot be used: {0:?}")]
    Link(LinkState),
    /// The event would not be read back as it was written, such as a number that is not finite.
    #[error("this event cannot be stored: {kind}")]
    Unstorable {
        /// The event's kind.
        kind: String,
    },
    /// What stands in the database cannot be read; names the place.
    #[error("unreadable value in {0}")]
    Corrupt(String),
    /// The database failed; names the code, never values.
    #[error("the database failed: {0}")]
    Database(String),
}

/// Unique constraints: PostgreSQL's name for them, SQLite's columns, and what it means to break them.
const UNIQUE: [(&str, &str, StoreError); 5] = [
    ("users_email_key", "users.email", StoreError::UserTaken),
    (
        "people_workspace_email_key",
        "people.workspace, people.email",
        StoreError::EmailTaken,
    ),
    (
        "invitations_session_person_key",
        "invitations.session, invitations.person",
        StoreError::AlreadyInvited,
    ),
    ("topics_pkey", "topics.session, topics.id", StoreError::TopicTwice),
    ("events_pkey", "events.conversation, events.seq", StoreError::Conflict),
];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => from_database(error.as_ref()),
            sqlx::Error::ColumnDecode { index, .. } => Self::Corrupt(format!("column {index}")),
            sqlx::Error::Decode(_) => Self::Corrupt("a row".to_owned()),
            sqlx::Error::Encode(_) => Self::Database("a value cannot be encoded".to_owned()),
            // The rest speaks of sockets, pools and columns, not of what is in them.
            other => Self::Database(other.to_string()),
        }
    }
}

fn from_database(error: &dyn sqlx::error::DatabaseError) -> StoreError {
    if error.is_unique_violation() {
        let columns = error.message().rsplit("failed: ").next().unwrap_or_default();
        let known = UNIQUE.iter().find(|(name, sqlite, _)| {
            error
                .constraint()
                .map_or(*sqlite == columns, |constraint| *name == constraint)
        });
        if let Some((_, _, meaning)) = known {
            return meaning.clone();
        }
    }
    let code = error.code().unwrap_or_default();
    let place = error.constraint().or(error.table()).unwrap_or_default();
    StoreError::Database(format!("{:?}, code {code} {place}", error.kind()).trim_end().to_owned())
}

/// A failure to get at the database at all: the whole message is for the operator, and nothing personal is in play yet.
pub(crate) fn unreachable_database(error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Connect(error.to_string())
}

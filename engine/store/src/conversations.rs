//! Conversations: one participant's interview, as far as a row tells. The rest is in its events.

use colloquy_core::event::Mode;
use colloquy_core::id::{ConversationId, GuideId, InvitationId, SessionId};
use uuid::Uuid;

use crate::consent::Consent;
use crate::error::StoreError;
use crate::lease::Lease;
use crate::pool::{Link, Store, on};
use crate::sessions;
use crate::state::ConversationState;
use crate::word::choice;

/// One participant's interview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Which one.
    pub id: ConversationId,
    /// By which invitation.
    pub invitation: InvitationId,
    /// In which session.
    pub session: SessionId,
    /// The guide that it runs against, for good.
    pub guide: GuideId,
    /// Where it stands.
    pub state: ConversationState,
    /// Whether an admin only tries the session out: it counts nowhere.
    pub preview: bool,
    /// What the person last agreed to, if anything.
    pub consent: Option<Consent>,
    /// Position of its newest event.
    pub last_seq: u64,
    /// When it began, in unix milliseconds.
    pub created: i64,
    /// When its newest event was stored, in unix milliseconds.
    pub updated: i64,
    /// When it was over, in unix milliseconds.
    pub ended: Option<i64>,
    /// For how many days it was kept, where it was erased because they were over.
    pub kept_days: Option<u16>,
    /// Which node runs it, if any does.
    pub lease: Option<Lease>,
}

/// The conversations of a store.
#[derive(Clone, Copy, Debug)]
pub struct Conversations<'s>(pub(crate) &'s Store);

impl Store {
    /// Its conversations.
    #[must_use]
    pub fn conversations(&self) -> Conversations<'_> {
        Conversations(self)
    }
}

impl Conversations<'_> {
    /// The one with this id.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn find(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        find(&mut self.0.read().await?.link(), id).await
    }

    /// The one that an invitation led to.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn by_invitation(&self, invitation: InvitationId) -> Result<Option<Conversation>, StoreError> {
        by_invitation(&mut self.0.read().await?.link(), invitation).await
    }

    /// Those of a session that have begun and are not over, oldest first; previews are not among them.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn live(&self, session: SessionId) -> Result<Vec<Conversation>, StoreError> {
        let mut reader = self.0.read().await?;
        let rows: Vec<Row> = on!(&mut reader.link(), conn => {
            sqlx::query_as(
                "SELECT * FROM conversations WHERE session = $1 AND state IN ('consented', 'in_progress', 'paused')
                     AND NOT preview ORDER BY created, id",
            )
            .bind(session.0).fetch_all(conn).await
        })?;
        rows.into_iter().map(Row::into_conversation).collect()
    }

    /// Notes in the audit log that somebody has it ended.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Database`].
    pub async fn ending(&self, id: ConversationId) -> Result<(), StoreError> {
        self.deed(id, "conversation.end").await
    }

    async fn deed(&self, id: ConversationId, deed: &'static str) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        let found = find(link, id).await?.ok_or(StoreError::Missing("conversation"))?;
        let session = sessions::find(link, found.session).await?;
        let session = session.ok_or(StoreError::Missing("session"))?;
        self.0.note(link, session.workspace, deed, id.0).await?;
        tx.commit().await
    }

    /// Notes in the audit log that somebody reads it.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Database`].
    pub async fn reading(&self, id: ConversationId) -> Result<(), StoreError> {
        self.deed(id, "conversation.read").await
    }

    /// Those of a session, oldest first, previews too.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn of_session(&self, session: SessionId) -> Result<Vec<Conversation>, StoreError> {
        let mut reader = self.0.read().await?;
        let rows: Vec<Row> = on!(&mut reader.link(), conn => {
            sqlx::query_as("SELECT * FROM conversations WHERE session = $1 ORDER BY created, id")
                .bind(session.0).fetch_all(conn).await
        })?;
        rows.into_iter().map(Row::into_conversation).collect()
    }
}

pub(crate) async fn find(link: &mut Link<'_>, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
    let row: Option<Row> = on!(link, conn => {
        sqlx::query_as("SELECT * FROM conversations WHERE id = $1").bind(id.0).fetch_optional(conn).await
    })?;
    row.map(Row::into_conversation).transpose()
}

pub(crate) async fn by_invitation(
    link: &mut Link<'_>,
    invitation: InvitationId,
) -> Result<Option<Conversation>, StoreError> {
    let row: Option<Row> = on!(link, conn => {
        sqlx::query_as("SELECT * FROM conversations WHERE invitation = $1")
            .bind(invitation.0).fetch_optional(conn).await
    })?;
    row.map(Row::into_conversation).transpose()
}

/// Where a conversation stands by its row.
pub(crate) fn stands(state: String, kept_days: Option<i32>) -> Result<ConversationState, StoreError> {
    match kept_days {
        Some(_) => Ok(ConversationState::Erased),
        None => choice("conversations.state", state),
    }
}

pub(crate) fn kept_days(days: Option<i32>) -> Result<Option<u16>, StoreError> {
    let days = days.map(u16::try_from).transpose();
    days.map_err(|_| StoreError::Corrupt("conversations.kept_days".to_owned()))
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    invitation: Uuid,
    session: Uuid,
    guide: Uuid,
    state: String,
    preview: bool,
    mode: Option<String>,
    recording: Option<bool>,
    text_version: Option<String>,
    consented_at: Option<i64>,
    last_seq: i64,
    created: i64,
    updated: i64,
    ended: Option<i64>,
    kept_days: Option<i32>,
    lease_node: Option<String>,
    lease_until: Option<i64>,
}

impl Row {
    fn into_conversation(self) -> Result<Conversation, StoreError> {
        let mode: Option<Mode> = self.mode.map(|mode| choice("conversations.mode", mode)).transpose()?;
        let consent = match (mode, self.recording, self.text_version, self.consented_at) {
            (Some(mode), Some(recording), Some(text_version), Some(_)) => Some(Consent {
                mode,
                recording,
                text_version,
            }),
            _ => None,
        };
        Ok(Conversation {
            id: ConversationId(self.id),
            invitation: InvitationId(self.invitation),
            session: SessionId(self.session),
            guide: GuideId(self.guide),
            state: stands(self.state, self.kept_days)?,
            preview: self.preview,
            consent,
            last_seq: u64::try_from(self.last_seq)
                .map_err(|_| StoreError::Corrupt("conversations.last_seq".to_owned()))?,
            created: self.created,
            updated: self.updated,
            ended: self.ended,
            kept_days: kept_days(self.kept_days)?,
            lease: self
                .lease_node
                .zip(self.lease_until)
                .map(|(node, until)| Lease { node, until }),
        })
    }
}

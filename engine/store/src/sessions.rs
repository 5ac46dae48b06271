//! Sessions: the configured studies.

mod deleting;
mod editing;
mod listed;

use colloquy_core::guide::{Confidentiality, Guide, HelpContact, ModeChoice};
use colloquy_core::id::{SessionId, WorkspaceId};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::error::StoreError;
use crate::invitations::{self, LINK_LIFETIME_MS, Once};
use crate::pool::{Link, Store, on};
use crate::topics::SessionTopic;
use crate::word::{choice, word};
use crate::{guides, topics};

pub use editing::SessionEdit;

/// Where a session stands. That it is locked is a fact beside the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// Being written; its links do not work yet.
    Draft,
    /// People can take part.
    Open,
    /// Nobody can start or go on.
    Closed,
}

/// What a session is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSession {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// As participants see it.
    pub title: String,
    /// The template that it was cloned from, such as `stay`.
    pub kind: String,
    /// How participants take part.
    pub mode: ModeChoice,
    /// Who may see what one person said.
    pub confidentiality: Confidentiality,
    /// Whether audio is kept from those who agree to it.
    pub recording: bool,
    /// Planned length in minutes, at least 1.
    pub length_min: u16,
    /// Language tag of the conversation, such as `en`.
    pub language: String,
    /// Its topics, in order.
    pub topics: Vec<SessionTopic>,
}

/// One configured study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which one.
    pub id: SessionId,
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// As participants see it.
    pub title: String,
    /// The template that it was cloned from, such as `stay`.
    pub kind: String,
    /// How participants take part.
    pub mode: ModeChoice,
    /// Who may see what one person said.
    pub confidentiality: Confidentiality,
    /// Whether audio is kept from those who agree to it.
    pub recording: bool,
    /// Planned length in minutes.
    pub length_min: u16,
    /// Language tag of the conversation, such as `en`.
    pub language: String,
    /// Where it stands.
    pub state: SessionState,
    /// When the first participant completed it, in unix milliseconds: from then on its configuration is final.
    pub locked_at: Option<i64>,
    /// How participants are greeted on their page; may be empty.
    pub welcome: String,
    /// Who is named when an answer needs care; `None`: whom the workspace names.
    pub help: Option<HelpContact>,
    /// What it was cloned from.
    pub parent: Option<SessionId>,
    /// Grows with each change.
    pub version: i64,
    /// When it was made, in unix milliseconds.
    pub created: i64,
}

/// The sessions of a store.
#[derive(Clone, Copy, Debug)]
pub struct Sessions<'s>(&'s Store);

impl Store {
    /// Its sessions.
    #[must_use]
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions(self)
    }
}

impl Sessions<'_> {
    /// Makes one, as a draft, with its topics.
    ///
    /// # Errors
    /// [`StoreError::TopicTwice`]; [`StoreError::Database`], also when the workspace does not exist.
    pub async fn create(&self, new: &NewSession, now: i64) -> Result<Session, StoreError> {
        self.create_greeting(new, "", None, None, now).await
    }

    /// As [`Sessions::create`], with how it greets participants, and whom it names when an answer needs care. What is asked for again
    /// by the same `once` is answered with the session that was made then, as it stands now.
    ///
    /// # Errors
    /// As [`Sessions::create`]; [`StoreError::KeyReused`] where `once` stands for something else, and [`StoreError::Missing`] where
    /// that session was deleted.
    pub async fn create_greeting(
        &self,
        new: &NewSession,
        welcome: &str,
        help: Option<&HelpContact>,
        once: Option<&Once<'_>>,
        now: i64,
    ) -> Result<Session, StoreError> {
        let session = Session {
            id: SessionId(Uuid::now_v7()),
            workspace: new.workspace,
            title: new.title.clone(),
            kind: new.kind.clone(),
            mode: new.mode,
            confidentiality: new.confidentiality,
            recording: new.recording,
            length_min: new.length_min,
            language: new.language.clone(),
            state: SessionState::Draft,
            locked_at: None,
            welcome: welcome.to_owned(),
            help: help.cloned(),
            parent: None,
            version: 1,
            created: now,
        };
        let mut tx = self.0.write().await?;
        if let Some(once) = once
            && let Some(before) = invitations::claim(&mut tx.link(), once, session.id.0, now).await?
        {
            let found = find(&mut tx.link(), SessionId(before)).await?;
            tx.commit().await?;
            return found.ok_or(StoreError::Missing("session"));
        }
        insert(&mut tx.link(), &session).await?;
        topics::insert(&mut tx.link(), session.id, &new.topics).await?;
        self.0
            .note(&mut tx.link(), session.workspace, "session.create", session.id.0)
            .await?;
        tx.commit().await?;
        Ok(session)
    }

    /// The one with this id.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn find(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        find(&mut self.0.read().await?.link(), id).await
    }

    /// Those of a workspace, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn of_workspace(&self, workspace: WorkspaceId) -> Result<Vec<Session>, StoreError> {
        let mut reader = self.0.read().await?;
        let rows: Vec<Row> = on!(&mut reader.link(), conn => {
            sqlx::query_as("SELECT * FROM sessions WHERE workspace = $1 AND deleted_at IS NULL ORDER BY created, id")
                .bind(workspace.0).fetch_all(conn).await
        })?;
        rows.into_iter().map(Row::into_session).collect()
    }

    /// Opens, closes or reopens one; twice is once. When a draft opens, the time of its invitations begins: nobody could follow
    /// their links before.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::NoTopics`] when one without an enabled topic would open.
    pub async fn set_state(&self, id: SessionId, state: SessionState, now: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let session = lock(&mut tx.link(), id).await?;
        if session.state == state {
            return Ok(());
        }
        if state == SessionState::Open && !topics::all(&mut tx.link(), id).await?.iter().any(|topic| topic.enabled) {
            return Err(StoreError::NoTopics);
        }
        on!(&mut tx.link(), conn => {
            sqlx::query("UPDATE sessions SET state = $2, version = version + 1 WHERE id = $1")
                .bind(id.0).bind(word(&state)).execute(conn).await.map(drop)
        })?;
        if session.state == SessionState::Draft && state == SessionState::Open {
            let until = now.saturating_add(LINK_LIFETIME_MS);
            on!(&mut tx.link(), conn => {
                sqlx::query("UPDATE invitations SET expires_at = $2 WHERE session = $1 AND expires_at < $2 AND NOT trial")
                    .bind(id.0).bind(until).execute(conn).await.map(drop)
            })?;
        }
        let deed = match state {
            SessionState::Draft => "session.draft",
            SessionState::Open => "session.open",
            SessionState::Closed => "session.close",
        };
        self.0.note(&mut tx.link(), session.workspace, deed, id.0).await?;
        tx.commit().await
    }

    /// The guide that a conversation started now would run against: the latest version, or a new one where what it is
    /// made of (enabled topics, title, length, mode, confidentiality, help) has changed since.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::NoTopics`].
    pub async fn freeze_guide(&self, id: SessionId) -> Result<Guide, StoreError> {
        let mut tx = self.0.write().await?;
        let guide = guides::freeze(&mut tx.link(), id).await?;
        tx.commit().await?;
        Ok(guide)
    }
}

async fn insert(link: &mut Link<'_>, session: &Session) -> Result<(), StoreError> {
    on!(link, conn => {
        sqlx::query(
            "INSERT INTO sessions (id, workspace, title, kind, mode, confidentiality, recording, length_min,
                 language, state, welcome, help, parent, version, created)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        )
        .bind(session.id.0).bind(session.workspace.0).bind(&session.title).bind(&session.kind)
        .bind(word(&session.mode)).bind(word(&session.confidentiality)).bind(session.recording)
        .bind(i32::from(session.length_min)).bind(&session.language).bind(word(&session.state))
        .bind(&session.welcome).bind(session.help.as_ref().map(Json)).bind(session.parent.map(|parent| parent.0))
        .bind(session.version).bind(session.created)
        .execute(conn).await.map(drop)
    })?;
    Ok(())
}

pub(crate) async fn find(link: &mut Link<'_>, id: SessionId) -> Result<Option<Session>, StoreError> {
    let row: Option<Row> = on!(link, conn => {
        sqlx::query_as("SELECT * FROM sessions WHERE id = $1 AND deleted_at IS NULL").bind(id.0).fetch_optional(conn).await
    })?;
    row.map(Row::into_session).transpose()
}

/// Reads a session and holds off other writers of it until the transaction ends. SQLite's transaction holds off all of
/// them; on PostgreSQL the row is locked.
pub(crate) async fn lock(link: &mut Link<'_>, id: SessionId) -> Result<Session, StoreError> {
    if let Link::Postgres(conn) = link {
        sqlx::query("SELECT id FROM sessions WHERE id = $1 FOR NO KEY UPDATE")
            .bind(id.0)
            .execute(&mut **conn)
            .await?;
    }
    find(link, id).await?.ok_or(StoreError::Missing("session"))
}

/// Locks the configuration for good, if it is not.
pub(crate) async fn finalize(link: &mut Link<'_>, id: SessionId, now: i64) -> Result<(), StoreError> {
    on!(link, conn => {
        sqlx::query("UPDATE sessions SET locked_at = $2, version = version + 1 WHERE id = $1 AND locked_at IS NULL")
            .bind(id.0).bind(now).execute(conn).await.map(drop)
    })?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    workspace: Uuid,
    title: String,
    kind: String,
    mode: String,
    confidentiality: String,
    recording: bool,
    length_min: i32,
    language: String,
    state: String,
    locked_at: Option<i64>,
    welcome: String,
    help: Option<Json<HelpContact>>,
    parent: Option<Uuid>,
    version: i64,
    created: i64,
}

impl Row {
    fn into_session(self) -> Result<Session, StoreError> {
        Ok(Session {
            id: SessionId(self.id),
            workspace: WorkspaceId(self.workspace),
            title: self.title,
            kind: self.kind,
            mode: choice("sessions.mode", self.mode)?,
            confidentiality: choice("sessions.confidentiality", self.confidentiality)?,
            recording: self.recording,
            length_min: u16::try_from(self.length_min)
                .map_err(|_| StoreError::Corrupt("sessions.length_min".to_owned()))?,
            language: self.language,
            state: choice("sessions.state", self.state)?,
            locked_at: self.locked_at,
            welcome: self.welcome,
            help: self.help.map(|help| help.0),
            parent: self.parent.map(SessionId),
            version: self.version,
            created: self.created,
        })
    }
}

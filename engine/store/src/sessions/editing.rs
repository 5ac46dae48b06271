//! What an admin does with sessions: looks through them, edits and clones them.

use colloquy_core::guide::{Confidentiality, HelpContact, ModeChoice};
use colloquy_core::id::{SessionId, WorkspaceId};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Row, Session, SessionState, Sessions, insert, lock};
use crate::error::StoreError;
use crate::pool::on;
use crate::topics::{self, SessionTopic};
use crate::word::word;

/// All that can be edited of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionEdit {
    /// As participants see it.
    pub title: String,
    /// How participants take part.
    pub mode: ModeChoice,
    /// Who may see what one person said.
    pub confidentiality: Confidentiality,
    /// Whether audio is kept from those who agree to it.
    pub recording: bool,
    /// Planned length in minutes, at least 1.
    pub length_min: u16,
    /// How participants are greeted on their page; may be empty.
    pub welcome: String,
    /// Who is named when an answer needs care; `None`: whom the workspace names.
    pub help: Option<HelpContact>,
    /// Its topics, in order.
    pub topics: Vec<SessionTopic>,
}

impl Sessions<'_> {
    /// Those of a workspace, newest first: at most `limit` of those before `before`.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn page(
        &self,
        workspace: WorkspaceId,
        before: Option<SessionId>,
        limit: u32,
    ) -> Result<Vec<Session>, StoreError> {
        let before = before.map_or(Uuid::max(), |before| before.0);
        let mut reader = self.0.read().await?;
        let rows: Vec<Row> = on!(&mut reader.link(), conn => {
            // Ids begin with the time.
            sqlx::query_as(
                "SELECT * FROM sessions WHERE workspace = $1 AND id < $2 AND deleted_at IS NULL ORDER BY id DESC LIMIT $3",
            )
                .bind(workspace.0).bind(before).bind(i64::from(limit)).fetch_all(conn).await
        })?;
        rows.into_iter().map(Row::into_session).collect()
    }

    /// A session and its topics as they stood at one moment.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn with_topics(&self, id: SessionId) -> Result<Option<(Session, Vec<SessionTopic>)>, StoreError> {
        // Held, because two statements would see two moments on PostgreSQL.
        let mut tx = self.0.write().await?;
        let session = match lock(&mut tx.link(), id).await {
            Ok(session) => session,
            Err(StoreError::Missing(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let topics = topics::all(&mut tx.link(), id).await?;
        tx.commit().await?;
        Ok(Some((session, topics)))
    }

    /// Notes in the audit log that somebody follows its conversations.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Database`].
    pub async fn watching(&self, id: SessionId) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        let session = super::find(link, id).await?.ok_or(StoreError::Missing("session"))?;
        self.0.note(link, session.workspace, "session.watch", id.0).await?;
        tx.commit().await
    }

    /// Edits one that still is at `version`. Conversations that have started keep the guide that they started with.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::SessionLocked`], which goes before [`StoreError::Outdated`];
    /// [`StoreError::TopicTwice`]; [`StoreError::NoTopics`] where one that is open would have none.
    pub async fn edit(&self, id: SessionId, version: i64, edit: &SessionEdit) -> Result<Session, StoreError> {
        let mut tx = self.0.write().await?;
        let session = lock(&mut tx.link(), id).await?;
        if session.locked_at.is_some() {
            return Err(StoreError::SessionLocked);
        }
        if session.version != version {
            return Err(StoreError::Outdated);
        }
        if session.state == SessionState::Open && !edit.topics.iter().any(|topic| topic.enabled) {
            return Err(StoreError::NoTopics);
        }
        on!(&mut tx.link(), conn => {
            sqlx::query(
                "UPDATE sessions SET title = $2, mode = $3, confidentiality = $4, recording = $5, length_min = $6,
                     welcome = $7, help = $8, version = version + 1 WHERE id = $1",
            )
            .bind(id.0).bind(&edit.title).bind(word(&edit.mode)).bind(word(&edit.confidentiality)).bind(edit.recording)
            .bind(i32::from(edit.length_min)).bind(&edit.welcome).bind(edit.help.as_ref().map(Json))
            .execute(conn).await.map(drop)
        })?;
        topics::swap(&mut tx.link(), id, &edit.topics).await?;
        self.0
            .note(&mut tx.link(), session.workspace, "session.edit", id.0)
            .await?;
        tx.commit().await?;
        Ok(Session {
            title: edit.title.clone(),
            mode: edit.mode,
            confidentiality: edit.confidentiality,
            recording: edit.recording,
            length_min: edit.length_min,
            welcome: edit.welcome.clone(),
            help: edit.help.clone(),
            version: version + 1,
            ..session
        })
    }

    /// Makes a draft with all that one has but people and results, which remembers what it was cloned from.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn clone_of(&self, id: SessionId, title: &str, now: i64) -> Result<Session, StoreError> {
        let mut tx = self.0.write().await?;
        let original = lock(&mut tx.link(), id).await?;
        let topics = topics::all(&mut tx.link(), id).await?;
        let session = Session {
            id: SessionId(Uuid::now_v7()),
            title: title.to_owned(),
            state: SessionState::Draft,
            locked_at: None,
            parent: Some(id),
            version: 1,
            created: now,
            ..original
        };
        insert(&mut tx.link(), &session).await?;
        topics::insert(&mut tx.link(), session.id, &topics).await?;
        self.0
            .note(&mut tx.link(), session.workspace, "session.clone", session.id.0)
            .await?;
        tx.commit().await?;
        Ok(session)
    }
}

//! The topics of a session, cloned from a template and the session's own from then on.

use colloquy_core::guide::{Probe, Topic};
use colloquy_core::id::{SessionId, TopicId};
use sqlx::types::Json;

use crate::error::StoreError;
use crate::pool::{Link, Store, on};
use crate::sessions;
use crate::word::{choice, word};

/// A topic of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionTopic {
    /// Whether it is talked about.
    pub enabled: bool,
    /// What it is.
    pub topic: Topic,
}

/// The topics of a store's sessions.
#[derive(Clone, Copy, Debug)]
pub struct Topics<'s>(&'s Store);

impl Store {
    /// The topics of its sessions.
    #[must_use]
    pub fn topics(&self) -> Topics<'_> {
        Topics(self)
    }
}

impl Topics<'_> {
    /// Those of a session, in order, the disabled ones too.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn of_session(&self, session: SessionId) -> Result<Vec<SessionTopic>, StoreError> {
        all(&mut self.0.read().await?.link(), session).await
    }

    /// Replaces those of a session by `topics`, in their order.
    ///
    /// # Errors
    /// [`StoreError::SessionLocked`], [`StoreError::Missing`], [`StoreError::TopicTwice`].
    pub async fn replace(&self, session: SessionId, topics: &[SessionTopic]) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        if sessions::lock(&mut tx.link(), session).await?.locked_at.is_some() {
            return Err(StoreError::SessionLocked);
        }
        swap(&mut tx.link(), session, topics).await?;
        on!(&mut tx.link(), conn => {
            sqlx::query("UPDATE sessions SET version = version + 1 WHERE id = $1")
                .bind(session.0).execute(conn).await.map(drop)
        })?;
        tx.commit().await
    }
}

/// Puts `topics` in the place of a session's, which the caller holds.
pub(crate) async fn swap(link: &mut Link<'_>, session: SessionId, topics: &[SessionTopic]) -> Result<(), StoreError> {
    on!(&mut *link, conn => {
        sqlx::query("DELETE FROM topics WHERE session = $1").bind(session.0).execute(conn).await.map(drop)
    })?;
    insert(link, session, topics).await
}

pub(crate) async fn all(link: &mut Link<'_>, session: SessionId) -> Result<Vec<SessionTopic>, StoreError> {
    let rows: Vec<Row> = on!(link, conn => {
        sqlx::query_as("SELECT * FROM topics WHERE session = $1 ORDER BY position")
            .bind(session.0).fetch_all(conn).await
    })?;
    rows.into_iter().map(Row::into_topic).collect()
}

pub(crate) async fn insert(link: &mut Link<'_>, session: SessionId, topics: &[SessionTopic]) -> Result<(), StoreError> {
    for (position, SessionTopic { enabled, topic }) in (0_i32..).zip(topics) {
        on!(link, conn => {
            sqlx::query(
                "INSERT INTO topics (session, id, position, enabled, label, description, priority, guidance, context,
                     openings, probes, cues, sensitive)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            )
            .bind(session.0).bind(&topic.id.0).bind(position).bind(*enabled).bind(&topic.label)
            .bind(&topic.description).bind(word(&topic.priority)).bind(&topic.guidance).bind(&topic.context)
            .bind(Json(&topic.openings)).bind(Json(&topic.probes)).bind(Json(&topic.cues)).bind(topic.sensitive)
            .execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    enabled: bool,
    label: String,
    description: String,
    priority: String,
    guidance: String,
    context: String,
    openings: Json<Vec<String>>,
    probes: Json<Vec<Probe>>,
    cues: Json<Vec<String>>,
    sensitive: bool,
}

impl Row {
    fn into_topic(self) -> Result<SessionTopic, StoreError> {
        let topic = Topic {
            id: TopicId(self.id),
            label: self.label,
            description: self.description,
            priority: choice("topics.priority", self.priority)?,
            guidance: self.guidance,
            context: self.context,
            openings: self.openings.0,
            probes: self.probes.0,
            cues: self.cues.0,
            sensitive: self.sensitive,
        };
        Ok(SessionTopic {
            enabled: self.enabled,
            topic,
        })
    }
}

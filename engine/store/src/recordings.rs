//! Which sound is kept of whom, and until when. The sound itself is in files; who has them asks here which of them must go.

use colloquy_core::id::{ConversationId, RecordingId};
use colloquy_core::time::Ms;
use uuid::Uuid;

use crate::error::StoreError;
use crate::pool::{Link, Store, on};

/// A stretch of a conversation whose sound is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Which one; its files are named after it.
    pub id: RecordingId,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Which node has the files.
    pub node: String,
    /// Conversation time at which it begins. It holds what was said from then on, up to where the next one begins.
    pub from: Ms,
    /// When it was begun, in unix milliseconds.
    pub created: i64,
}

/// The recordings of a store.
#[derive(Clone, Copy, Debug)]
pub struct Recordings<'s>(&'s Store);

impl Store {
    /// Its recordings.
    #[must_use]
    pub fn recordings(&self) -> Recordings<'_> {
        Recordings(self)
    }
}

impl Recordings<'_> {
    /// Notes that recording `id` begins at conversation time `from`, before its files are made. False, and nothing is noted,
    /// where session or person do not agree to it (any more), or the conversation is over.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn begin(
        &self,
        id: RecordingId,
        conversation: ConversationId,
        node: &str,
        from: Ms,
        now: i64,
    ) -> Result<bool, StoreError> {
        let from = i64::try_from(from.0).unwrap_or(i64::MAX);
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        // The row is held until the end of the transaction: who takes consent back does it before, and then there is none, or
        // after, and then this is among what goes.
        let agreed: Option<(i64,)> = on!(&mut *link, conn => {
            sqlx::query_as(
                "UPDATE conversations SET updated = updated
                 WHERE id = $1 AND recording AND state IN ('consented', 'in_progress', 'paused')
                     AND (SELECT s.recording FROM sessions s WHERE s.id = conversations.session)
                 RETURNING last_seq",
            )
            .bind(conversation.0).fetch_optional(conn).await
        })?;
        if agreed.is_none() {
            return Ok(false);
        }
        on!(&mut *link, conn => {
            sqlx::query("INSERT INTO recordings (id, conversation, node, from_ms, created) VALUES ($1, $2, $3, $4, $5)")
                .bind(id.0).bind(conversation.0).bind(node).bind(from).bind(now).execute(conn).await.map(drop)
        })?;
        tx.commit().await?;
        Ok(true)
    }

    /// Those of a conversation that may be heard, in the order of what they hold.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn of_conversation(&self, conversation: ConversationId) -> Result<Vec<Recording>, StoreError> {
        let mut reader = self.0.read().await?;
        let rows: Vec<Row> = on!(&mut reader.link(), conn => {
            sqlx::query_as(
                "SELECT id, conversation, node, from_ms, created FROM recordings
                 WHERE conversation = $1 AND doomed IS NULL ORDER BY created, id",
            )
            .bind(conversation.0).fetch_all(conn).await
        })?;
        Ok(rows.into_iter().map(Row::into_recording).collect())
    }

    /// Says of every recording that was begun before `before` (unix milliseconds) that its time is over; how many those were.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn expire(&self, before: i64, now: i64) -> Result<u64, StoreError> {
        let mut tx = self.0.write().await?;
        let expired = on!(&mut tx.link(), conn => {
            sqlx::query("UPDATE recordings SET doomed = $2 WHERE created < $1 AND doomed IS NULL")
                .bind(before).bind(now).execute(conn).await.map(|done| done.rows_affected())
        })?;
        tx.commit().await?;
        Ok(expired)
    }

    /// Those that must go from `node`: their time is over, or their person took back the consent or the conversation.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn doomed(&self, node: &str) -> Result<Vec<Recording>, StoreError> {
        let mut reader = self.0.read().await?;
        let rows: Vec<Row> = on!(&mut reader.link(), conn => {
            sqlx::query_as(
                "SELECT id, conversation, node, from_ms, created FROM recordings
                 WHERE node = $1 AND doomed IS NOT NULL ORDER BY doomed, id",
            )
            .bind(node).fetch_all(conn).await
        })?;
        Ok(rows.into_iter().map(Row::into_recording).collect())
    }

    /// Those of a conversation that are known at all, also where they must go.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn known(&self, conversation: ConversationId) -> Result<Vec<RecordingId>, StoreError> {
        let mut reader = self.0.read().await?;
        let rows: Vec<(Uuid,)> = on!(&mut reader.link(), conn => {
            sqlx::query_as("SELECT id FROM recordings WHERE conversation = $1")
                .bind(conversation.0).fetch_all(conn).await
        })?;
        Ok(rows.into_iter().map(|(id,)| RecordingId(id)).collect())
    }

    /// Forgets one whose files are gone.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget(&self, id: RecordingId) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        on!(&mut tx.link(), conn => {
            sqlx::query("DELETE FROM recordings WHERE id = $1").bind(id.0).execute(conn).await.map(drop)
        })?;
        tx.commit().await
    }
}

/// Nobody agrees any more that what was recorded of this conversation is kept.
pub(crate) async fn doom(link: &mut Link<'_>, conversation: ConversationId, now: i64) -> Result<(), StoreError> {
    on!(link, conn => {
        sqlx::query("UPDATE recordings SET doomed = $2 WHERE conversation = $1 AND doomed IS NULL")
            .bind(conversation.0).bind(now).execute(conn).await.map(drop)
    })?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    conversation: Uuid,
    node: String,
    from_ms: i64,
    created: i64,
}

impl Row {
    fn into_recording(self) -> Recording {
        Recording {
            id: RecordingId(self.id),
            conversation: ConversationId(self.conversation),
            node: self.node,
            from: Ms(self.from_ms.unsigned_abs()),
            created: self.created,
        }
    }
}

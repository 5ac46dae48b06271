//! What a workspace does not keep any longer: as its [`Keep`](crate::Keep) says.

use colloquy_core::id::ConversationId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::pool::{Store, on};
use crate::withdrawal;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Conversations that are erased in a row, each in a transaction of its own: others write between them.
const AT_ONCE: i64 = 100;

/// What was said to try a session out is kept for a week, whatever a workspace keeps.
const TRIALS_DAYS: u16 = 7;

/// What went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Conversations whose time is over.
    pub conversations: u64,
    /// Stretches of sound that are to be deleted.
    pub recordings: u64,
    /// Mails that are not listed any more.
    pub mails: u64,
}

impl Store {
    /// Lets go at `now` (unix milliseconds) of what workspaces keep no longer: conversations that ended so many days ago are
    /// [taken back](crate::Conversations::withdraw), as their people could have done; sound that was begun so long ago is
    /// [doomed](crate::Recordings::doomed); mails that were sent or given up so long ago are deleted. At most a hundred conversations at a
    /// time: the rest goes the next time.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn let_go(&self, now: i64) -> Result<Retention, StoreError> {
        let mut gone = Retention::default();
        let before = |days: u16| now.saturating_sub(i64::from(days).saturating_mul(DAY_MS));
        let trials: Vec<Uuid> = on!(&mut self.read().await?.link(), conn => {
            sqlx::query_scalar(
                "SELECT c.id FROM invitations i JOIN conversations c ON c.invitation = i.id
                 WHERE i.trial AND i.created < $1 AND c.state <> 'withdrawn' LIMIT $2",
            )
            .bind(before(TRIALS_DAYS)).bind(AT_ONCE).fetch_all(conn).await
        })?;
        gone.conversations += self.take_back(&trials, now).await?;
        for workspace in self.workspaces().all().await? {
            if let Some(days) = workspace.keep.conversations {
                let over: Vec<Uuid> = on!(&mut self.read().await?.link(), conn => {
                    sqlx::query_scalar(
                        "SELECT c.id FROM conversations c JOIN sessions s ON s.id = c.session
                         WHERE s.workspace = $1 AND c.ended < $2 AND c.state IN ('completed', 'ended_early') ORDER BY c.ended LIMIT $3",
                    )
                    .bind(workspace.id.0).bind(before(days)).bind(AT_ONCE).fetch_all(conn).await
                })?;
                gone.conversations += self.take_back(&over, now).await?;
            }
            if let Some(days) = workspace.keep.recordings {
                gone.recordings += self
                    .write_of(
                        "UPDATE recordings SET doomed = $3 WHERE created < $2 AND doomed IS NULL AND conversation IN (
                             SELECT c.id FROM conversations c JOIN sessions s ON s.id = c.session WHERE s.workspace = $1)",
                        (workspace.id.0, before(days), now),
                    )
                    .await?;
            }
            if let Some(days) = workspace.keep.mails {
                gone.mails += self
                    .write_of(
                        "DELETE FROM outbox WHERE workspace = $1 AND settled_at < $2 AND state <> 'queued' AND created < $3",
                        (workspace.id.0, before(days), now),
                    )
                    .await?;
            }
        }
        if gone.conversations > 0 {
            self.forget_now().await?;
        }
        Ok(gone)
    }

    /// Erases these conversations, each in a transaction of its own; how many.
    async fn take_back(&self, conversations: &[Uuid], now: i64) -> Result<u64, StoreError> {
        for id in conversations {
            let mut tx = self.write().await?;
            withdrawal::erase(&mut tx.link(), ConversationId(*id), now).await?;
            tx.commit().await?;
        }
        Ok(conversations.len() as u64)
    }

    /// Runs a statement about a workspace and two times in a transaction of its own; how many rows it was about.
    async fn write_of(&self, statement: &'static str, (of, before, now): (Uuid, i64, i64)) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let rows = on!(&mut tx.link(), conn => {
            sqlx::query(statement).bind(of).bind(before).bind(now).execute(conn).await.map(|done| done.rows_affected())
        })?;
        tx.commit().await?;
        Ok(rows)
    }
}

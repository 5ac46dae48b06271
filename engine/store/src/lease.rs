//! Which node runs a conversation. A lease keeps two nodes from both speaking; what they may write
//! is decided by the log's positions, so that a late node harms nothing.

use colloquy_core::id::ConversationId;

use crate::conversations::Conversations;
use crate::error::StoreError;
use crate::pool::on;

/// A node's hold on a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The node's name.
    pub node: String,
    /// Until when, in unix milliseconds.
    pub until: i64,
}

impl Conversations<'_> {
    /// Takes the lease until `until`, if nobody has it, its time is over, or `node` has it itself (a restarted node goes
    /// on at once). True if `node` has it now; false also where there is no such conversation.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn lease(&self, id: ConversationId, node: &str, now: i64, until: i64) -> Result<bool, StoreError> {
        let mut tx = self.0.write().await?;
        let taken = on!(&mut tx.link(), conn => {
            sqlx::query(
                "UPDATE conversations SET lease_node = $2, lease_until = $4
                 WHERE id = $1 AND (lease_node IS NULL OR lease_node = $2 OR lease_until <= $3)",
            )
            .bind(id.0).bind(node).bind(now).bind(until)
            .execute(conn).await.map(|done| done.rows_affected() == 1)
        })?;
        tx.commit().await?;
        Ok(taken)
    }

    /// Keeps the lease until `until`, if `node` still has it, late or not. False: somebody else took it; stop speaking.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn renew(&self, id: ConversationId, node: &str, until: i64) -> Result<bool, StoreError> {
        let mut tx = self.0.write().await?;
        let kept = on!(&mut tx.link(), conn => {
            sqlx::query("UPDATE conversations SET lease_until = $3 WHERE id = $1 AND lease_node = $2")
                .bind(id.0).bind(node).bind(until)
                .execute(conn).await.map(|done| done.rows_affected() == 1)
        })?;
        tx.commit().await?;
        Ok(kept)
    }

    /// Whether the conversation's invitation was taken back.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn is_revoked(&self, id: ConversationId) -> Result<bool, StoreError> {
        let mut reader = self.0.read().await?;
        let row: Option<(i64,)> = on!(&mut reader.link(), conn => {
            sqlx::query_as(
                "SELECT COUNT(*) FROM conversations JOIN invitations ON invitations.id = conversations.invitation
                 WHERE conversations.id = $1 AND invitations.state = 'revoked'",
            )
            .bind(id.0).fetch_optional(conn).await
        })?;
        Ok(row.is_some_and(|(revoked,)| revoked > 0))
    }

    /// Gives the lease up, if `node` has it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn release(&self, id: ConversationId, node: &str) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        on!(&mut tx.link(), conn => {
            sqlx::query("UPDATE conversations SET lease_node = NULL, lease_until = NULL WHERE id = $1 AND lease_node = $2")
                .bind(id.0).bind(node).execute(conn).await.map(drop)
        })?;
        tx.commit().await
    }
}

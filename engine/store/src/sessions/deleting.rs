//! Deleting a session: nothing of what anybody said in it is kept, and nobody finds it any more.

use colloquy_core::id::{ConversationId, MailId, SessionId};
use uuid::Uuid;

use super::{SessionState, Sessions, find, lock};
use crate::error::StoreError;
use crate::guides;
use crate::insights;
use crate::pool::{Link, on};
use crate::withdrawal;

impl Sessions<'_> {
    /// Deletes one that is not open, in one transaction: its conversations are [taken back](crate::Conversations::withdraw), its
    /// topics and links are deleted, its guides blanked, its invitations revoked. What stays are rows without a word in them, by which the sound
    /// that was kept is found and deleted, and the people, who may be in other sessions.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::SessionOpen`].
    pub async fn delete(&self, id: SessionId, now: i64) -> Result<Vec<MailId>, StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        let session = find(link, id).await?.ok_or(StoreError::Missing("session"))?;
        if session.state == SessionState::Open {
            return Err(StoreError::SessionOpen);
        }
        // All in the order in which others hold the same: invitations, conversations, the session, mails.
        if let Link::Postgres(conn) = &mut *link {
            sqlx::query("SELECT id FROM invitations WHERE session = $1 ORDER BY id FOR NO KEY UPDATE")
                .bind(id.0)
                .execute(&mut **conn)
                .await?;
        }
        let talks: Vec<Uuid> = on!(&mut *link, conn => {
            sqlx::query_scalar("SELECT id FROM conversations WHERE session = $1 ORDER BY id")
                .bind(id.0).fetch_all(conn).await
        })?;
        for talk in talks {
            withdrawal::erase(link, ConversationId(talk), now).await?;
        }
        // The session is held only now: whoever writes to a conversation holds that one first, too.
        if lock(link, id).await?.state == SessionState::Open {
            return Err(StoreError::SessionOpen);
        }
        // Before the links: claiming a mail draws one.
        let mails = on!(&mut *link, conn => {
            sqlx::query_scalar(
                "DELETE FROM outbox WHERE invitation IN (SELECT id FROM invitations WHERE session = $1) RETURNING id",
            )
            .bind(id.0).fetch_all(conn).await
        })?;
        on!(&mut *link, conn => {
            sqlx::query(
                "DELETE FROM invitation_tokens WHERE invitation IN (SELECT id FROM invitations WHERE session = $1)",
            )
            .bind(id.0).execute(conn).await.map(drop)
        })?;
        on!(&mut *link, conn => {
            sqlx::query("UPDATE invitations SET state = 'revoked' WHERE session = $1")
                .bind(id.0).execute(conn).await.map(drop)
        })?;
        on!(&mut *link, conn => {
            // Who tried it out is nobody anywhere else.
            sqlx::query(
                "UPDATE people SET name = '', erased_at = $2
                 WHERE erased_at IS NULL AND id IN (SELECT person FROM invitations WHERE session = $1 AND trial)",
            )
            .bind(id.0).bind(now).execute(conn).await.map(drop)
        })?;
        guides::blank(link, id).await?;
        insights::forget_session(link, id).await?;
        on!(&mut *link, conn => {
            sqlx::query("DELETE FROM topics WHERE session = $1").bind(id.0).execute(conn).await.map(drop)
        })?;
        on!(&mut *link, conn => {
            sqlx::query(
                "UPDATE sessions SET deleted_at = $2, title = '', welcome = '', help = NULL, version = version + 1
                 WHERE id = $1",
            )
            .bind(id.0).bind(now).execute(conn).await.map(drop)
        })?;
        self.0.note(link, session.workspace, "session.delete", id.0).await?;
        tx.commit().await?;
        self.0.forget_now().await?;
        Ok(mails.into_iter().map(MailId).collect())
    }
}

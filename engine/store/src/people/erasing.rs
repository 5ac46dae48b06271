//! Everything about one person: shown to them, and erased.

use colloquy_core::id::{ConversationId, MailId, PersonId};
use uuid::Uuid;

use super::{People, find, hold};
use crate::error::StoreError;
use crate::insights;
use crate::invitations::Listed;
use crate::pool::on;
use crate::withdrawal;

impl People<'_> {
    /// All invitations of a person, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn invitations(&self, id: PersonId) -> Result<Vec<Listed>, StoreError> {
        let mut reader = self.0.read().await?;
        Listed::of_person(&mut reader.link(), id).await
    }

    /// Notes in the audit log that somebody is handed everything about this person.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Database`].
    pub async fn exporting(&self, id: PersonId) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        let person = find(link, id).await?.ok_or(StoreError::Missing("person"))?;
        self.0.note(link, person.workspace, "person.export", id.0).await?;
        tx.commit().await
    }

    /// Erases everything about a person, in one transaction: their conversations are
    /// [taken back](crate::Conversations::withdraw), their links end, their mails are deleted, and nobody finds their name or
    /// address any more. What stays are rows without a word in them, by which the sound that was kept is found and deleted, and
    /// by which a session still knows how many it invited. The mails that were deleted: files of them must go too.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn erase(&self, id: PersonId, now: i64) -> Result<Vec<MailId>, StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        // Whoever is inviting them is waited for; who invites that address from now on invites somebody new.
        hold(link, id).await?;
        let person = find(link, id).await?.ok_or(StoreError::Missing("person"))?;
        let talks: Vec<Uuid> = on!(&mut *link, conn => {
            sqlx::query_scalar(
                "SELECT c.id FROM conversations c JOIN invitations i ON i.id = c.invitation WHERE i.person = $1 ORDER BY c.id",
            )
            .bind(id.0).fetch_all(conn).await
        })?;
        for talk in &talks {
            withdrawal::erase(link, ConversationId(*talk), now).await?;
        }
        // Sessions are held in the order of their ids, by whoever erases somebody else at the same time, too.
        let by_session: Vec<Uuid> = on!(&mut *link, conn => {
            sqlx::query_scalar(
                "SELECT c.id FROM conversations c JOIN invitations i ON i.id = c.invitation WHERE i.person = $1
                 ORDER BY c.session, c.id",
            )
            .bind(id.0).fetch_all(conn).await
        })?;
        for talk in by_session {
            insights::forget(link, ConversationId(talk), now).await?;
        }
        let mails = on!(&mut *link, conn => {
            sqlx::query_scalar(
                "DELETE FROM outbox WHERE invitation IN (SELECT id FROM invitations WHERE person = $1) RETURNING id",
            )
            .bind(id.0).fetch_all(conn).await
        })?;
        // One after the other, because SQLite and PostgreSQL have no statement for several in common.
        for statement in [
            "DELETE FROM invitation_tokens WHERE invitation IN (SELECT id FROM invitations WHERE person = $1)",
            "DELETE FROM idempotency_keys WHERE invitation IN (SELECT id FROM invitations WHERE person = $1)",
            "UPDATE invitations SET state = 'revoked' WHERE person = $1",
            "DELETE FROM person_words WHERE person = $1",
        ] {
            on!(&mut *link, conn => sqlx::query(statement).bind(id.0).execute(conn).await.map(drop))?;
        }
        on!(&mut *link, conn => {
            // No address looks so, and no two people have the same.
            sqlx::query(
                "UPDATE people SET email = $2, name = '', role = NULL, department = NULL, erased_at = $3 WHERE id = $1",
            )
            .bind(id.0).bind(id.to_string()).bind(now).execute(conn).await.map(drop)
        })?;
        self.0.note(link, person.workspace, "person.erase", id.0).await?;
        tx.commit().await?;
        self.0.forget_now().await?;
        Ok(mails.into_iter().map(MailId).collect())
    }
}

//! The outbox, as those see it who have mails sent.

use colloquy_core::id::{InvitationId, MailId, WorkspaceId};
use colloquy_core::pii::Pii;
use uuid::Uuid;

use super::{Mail, Outbox};
use crate::error::StoreError;
use crate::pool::on;
use crate::word::choice;

impl Outbox<'_> {
    /// A workspace's mails, newest first: at most `limit` of those before `before`. Reminders are in it once they were due.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn page(
        &self,
        workspace: WorkspaceId,
        before: Option<MailId>,
        limit: u32,
        now: i64,
    ) -> Result<Vec<Mail>, StoreError> {
        let before = before.map_or(Uuid::max(), |before| before.0);
        let mut reader = self.0.read().await?;
        let rows: Vec<Row> = on!(&mut reader.link(), conn => {
            sqlx::query_as(
                "SELECT m.id, m.kind, m.state, p.name, p.email, m.invitation, i.session, s.title, m.created, m.due, m.attempts,
                     m.settled_at, m.error
                 FROM outbox m JOIN invitations i ON i.id = m.invitation JOIN sessions s ON s.id = i.session AND s.deleted_at IS NULL
                     JOIN people p ON p.id = i.person
                 WHERE m.workspace = $1 AND m.id < $2 AND (m.kind = 'invitation' OR m.state <> 'queued' OR m.due <= $4)
                 ORDER BY m.id DESC LIMIT $3",
            )
            .bind(workspace.0).bind(before).bind(i64::from(limit)).bind(now).fetch_all(conn).await
        })?;
        rows.into_iter().map(Row::into_mail).collect()
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    state: String,
    name: String,
    email: String,
    invitation: Uuid,
    session: Uuid,
    title: String,
    created: i64,
    due: i64,
    attempts: i32,
    settled_at: Option<i64>,
    error: Option<String>,
}

impl Row {
    fn into_mail(self) -> Result<Mail, StoreError> {
        Ok(Mail {
            id: MailId(self.id),
            kind: choice("outbox.kind", self.kind)?,
            state: choice("outbox.state", self.state)?,
            name: Pii::new(self.name),
            email: Pii::new(self.email),
            invitation: InvitationId(self.invitation),
            session: self.session,
            title: self.title,
            created: self.created,
            due: self.due,
            attempts: u32::try_from(self.attempts).unwrap_or_default(),
            settled_at: self.settled_at,
            error: self.error,
        })
    }
}

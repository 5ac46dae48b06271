//! Sending a mail: who claims one sends it, and says what became of it. A claim lasts for a while, so that what a node that died
//! had claimed is sent by another one.

use colloquy_core::id::{InvitationId, MailId, WorkspaceId};
use colloquy_core::pii::Pii;
use uuid::Uuid;

use super::due::{self, Due};
use super::{MailKind, Outbox, REMIND_AFTER_MS, put};
use crate::conversations;
use crate::error::StoreError;
use crate::invitations::{self, Invitation};
use crate::link::{LinkState, judge};
use crate::people;
use crate::pool::{Link, on};
use crate::sessions::{self, Session};
use crate::state::ConversationState;
use crate::token::Token;
use crate::word::choice;
use crate::workspaces;

/// A mail to send now, by whoever claimed it alone.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Which one.
    pub id: MailId,
    /// What it is about.
    pub kind: MailKind,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// To whom.
    pub name: Pii,
    /// Their address.
    pub email: Pii,
    /// Who invites.
    pub workspace: String,
    /// To what.
    pub session: Session,
    /// From when on the link no longer works, in unix milliseconds.
    pub expires_at: i64,
    /// What the link ends with. It works from now on.
    pub token: Token,
}

/// A mail that is due, before it is known whether it should still be sent.
struct Pending {
    id: MailId,
    kind: MailKind,
    attempts: i32,
    invitation: InvitationId,
}

impl Outbox<'_> {
    /// Claims for `node`, until `until`, the mail that is due at `now` for longest. Mails to a session wait until it is open;
    /// those whose link would be good for nothing are dropped, and one of which the rows cannot be read is put off until `until`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn claim(&self, node: &str, now: i64, until: i64) -> Result<Option<Claimed>, StoreError> {
        due::claim::<Pending>(self.0, node, now, until).await
    }

    /// Drops the mails whose links have expired at `now`, but those to drafts, whose time begins when they open.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn sweep(&self, now: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        on!(&mut tx.link(), conn => {
            sqlx::query(
                "UPDATE outbox SET state = 'dropped', settled_at = $1, lease_node = NULL
                 WHERE state = 'queued' AND invitation IN (
                     SELECT i.id FROM invitations i JOIN sessions s ON s.id = i.session
                     WHERE i.expires_at <= $1 AND s.state <> 'draft')",
            )
            .bind(now).execute(conn).await.map(drop)
        })?;
        tx.commit().await
    }

    /// Whether there is such a mail, whatever became of it: a file of one that was deleted must go.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn knows(&self, id: MailId) -> Result<bool, StoreError> {
        let mut reader = self.0.read().await?;
        let found: Option<i64> = on!(&mut reader.link(), conn => {
            sqlx::query_scalar("SELECT created FROM outbox WHERE id = $1").bind(id.0).fetch_optional(conn).await
        })?;
        Ok(found.is_some())
    }

    /// What `node` had claimed when it died is due at once: it is the same node that asks now.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn reclaim(&self, node: &str, now: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        on!(&mut tx.link(), conn => {
            sqlx::query("UPDATE outbox SET due = $2, lease_node = NULL WHERE state = 'queued' AND lease_node = $1")
                .bind(node).bind(now).execute(conn).await.map(drop)
        })?;
        tx.commit().await
    }

    /// The mail server took it. The person is reminded [later](REMIND_AFTER_MS), counted from the last invitation.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Database`].
    pub async fn sent(&self, id: MailId, now: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        if let Some(mail) = settle(link, id, "sent", None, now).await? {
            on!(&mut *link, conn => {
                sqlx::query("UPDATE invitations SET state = 'sent' WHERE id = $1 AND state IN ('queued', 'bounced')")
                    .bind(mail.invitation.0).execute(conn).await.map(drop)
            })?;
            remind(link, &mail, now).await?;
        }
        tx.commit().await
    }

    /// It lies in a file, from where somebody may send it; so far nobody has.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Database`].
    pub async fn written(&self, id: MailId, now: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        if let Some(mail) = settle(link, id, "written", None, now).await? {
            remind(link, &mail, now).await?;
        }
        tx.commit().await
    }

    /// The mail server will never take it; `why` names no person.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Database`].
    pub async fn failed(&self, id: MailId, why: &str, now: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        if let Some(mail) = settle(link, id, "failed", Some(why), now).await? {
            on!(&mut *link, conn => {
                sqlx::query("UPDATE invitations SET state = 'bounced' WHERE id = $1 AND state IN ('queued', 'sent')")
                    .bind(mail.invitation.0).execute(conn).await.map(drop)
            })?;
        }
        tx.commit().await
    }

    /// It could not be sent now, and is tried again from `due` on; `why` names no person.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn put_off(&self, id: MailId, node: &str, why: &str, due: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        on!(&mut tx.link(), conn => {
            sqlx::query(
                "UPDATE outbox SET due = $3, error = $4, lease_node = NULL
                 WHERE id = $1 AND lease_node = $2 AND state = 'queued'",
            )
            .bind(id.0).bind(node).bind(due).bind(why).execute(conn).await.map(drop)
        })?;
        tx.commit().await
    }
}

impl Due for Pending {
    type Claimed = Claimed;

    fn id(&self) -> MailId {
        self.id
    }

    async fn next(link: &mut Link<'_>, now: i64, held: bool) -> Result<Option<Self>, StoreError> {
        macro_rules! due {
            ($held:literal) => {
                concat!(
                    "SELECT m.id, m.kind, m.attempts, m.invitation FROM outbox m
                         JOIN invitations i ON i.id = m.invitation JOIN sessions s ON s.id = i.session
                     WHERE m.state = 'queued' AND m.due <= $1 AND s.state = 'open' ORDER BY m.due, m.id LIMIT 1",
                    $held
                )
            };
        }
        let row: Option<(Uuid, String, i32, Uuid)> = match link {
            Link::Sqlite(conn) => sqlx::query_as(due!("")).bind(now).fetch_optional(&mut **conn).await?,
            Link::Postgres(conn) => {
                let statement = if held {
                    due!(" FOR UPDATE OF m SKIP LOCKED")
                } else {
                    due!("")
                };
                sqlx::query_as(statement).bind(now).fetch_optional(&mut **conn).await?
            }
        };
        row.map(|(id, kind, attempts, invitation)| {
            Ok(Self {
                id: MailId(id),
                kind: choice("outbox.kind", kind)?,
                attempts,
                invitation: InvitationId(invitation),
            })
        })
        .transpose()
    }

    async fn ready(&self, link: &mut Link<'_>, now: i64) -> Result<Option<Claimed>, StoreError> {
        let Some((invitation, session)) = wanted(link, self.invitation, now).await? else {
            return Ok(None);
        };
        // Of somebody who was erased meanwhile nothing is known.
        let Some(person) = people::find(link, invitation.person).await? else {
            return Ok(None);
        };
        let workspace = workspaces::find(link, session.workspace)
            .await?
            .ok_or(StoreError::Missing("workspace"))?;
        let token = invitations::mint(link, invitation.id, None, now).await?;
        if self.kind == MailKind::Reminder {
            // Where nothing was sent for days, one reminder does for all that are overdue.
            on!(&mut *link, conn => {
                sqlx::query(
                    "DELETE FROM outbox WHERE invitation = $1 AND kind = 'reminder' AND state = 'queued' AND due <= $2 AND id <> $3",
                )
                .bind(invitation.id.0).bind(now).bind(self.id.0).execute(conn).await.map(drop)
            })?;
        }
        Ok(Some(Claimed {
            id: self.id,
            kind: self.kind,
            attempt: u32::try_from(self.attempts).unwrap_or_default() + 1,
            name: person.name,
            email: person.email,
            workspace: workspace.name,
            session,
            expires_at: invitation.expires_at,
            token,
        }))
    }
}

/// The invitation and its session, where a link to it is still good for taking part, and the person has not said no.
async fn wanted(link: &mut Link<'_>, id: InvitationId, now: i64) -> Result<Option<(Invitation, Session)>, StoreError> {
    let invitation = invitations::find(link, id)
        .await?
        .ok_or(StoreError::Missing("invitation"))?;
    let session = sessions::find(link, invitation.session)
        .await?
        .ok_or(StoreError::Missing("session"))?;
    let conversation = conversations::by_invitation(link, id).await?;
    let declined = conversation
        .as_ref()
        .is_some_and(|conversation| conversation.state == ConversationState::Declined);
    let state = judge(&invitation, session.state, conversation.as_ref(), now);
    Ok((state == LinkState::Usable && !declined).then_some((invitation, session)))
}

struct Settled {
    workspace: WorkspaceId,
    invitation: InvitationId,
    kind: MailKind,
}

/// Says for good what became of a mail; `None`: somebody has said so before.
async fn settle(
    link: &mut Link<'_>,
    id: MailId,
    state: &str,
    why: Option<&str>,
    now: i64,
) -> Result<Option<Settled>, StoreError> {
    // The invitation is held before its mail, as by everybody else.
    let of: Option<Uuid> = on!(&mut *link, conn => {
        sqlx::query_scalar("SELECT invitation FROM outbox WHERE id = $1").bind(id.0).fetch_optional(conn).await
    })?;
    let Some(of) = of else { return Ok(None) };
    invitations::hold(link, InvitationId(of)).await?;
    let row: Option<(Uuid, Uuid, String)> = on!(link, conn => {
        sqlx::query_as(
            "UPDATE outbox SET state = $2, settled_at = $3, error = $4, lease_node = NULL
             WHERE id = $1 AND state = 'queued' RETURNING workspace, invitation, kind",
        )
        .bind(id.0).bind(state).bind(now).bind(why).fetch_optional(conn).await
    })?;
    row.map(|(workspace, invitation, kind)| {
        Ok(Settled {
            workspace: WorkspaceId(workspace),
            invitation: InvitationId(invitation),
            kind: choice("outbox.kind", kind)?,
        })
    })
    .transpose()
}

/// Has who was invited by this mail reminded, and no longer counted from an earlier one.
async fn remind(link: &mut Link<'_>, mail: &Settled, now: i64) -> Result<(), StoreError> {
    if mail.kind != MailKind::Invitation {
        return Ok(());
    }
    on!(&mut *link, conn => {
        sqlx::query("DELETE FROM outbox WHERE invitation = $1 AND kind = 'reminder' AND state = 'queued'")
            .bind(mail.invitation.0).execute(conn).await.map(drop)
    })?;
    for after in REMIND_AFTER_MS {
        put(
            link,
            mail.workspace,
            mail.invitation,
            MailKind::Reminder,
            now + after,
            now,
        )
        .await?;
    }
    Ok(())
}

//! What a workspace does not keep any longer: as its [`Keep`](crate::Keep) says.

use colloquy_core::id::{ConversationId, InvitationId, WorkspaceId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::insights;
use crate::pool::{Store, on};
use crate::state::ConversationState;
use crate::{conversations, invitations, withdrawal};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Conversations that are erased in a row, each in a transaction of its own: others write between them.
const AT_ONCE: i64 = 100;

/// What was said to try a session out is kept for a week, whatever a workspace keeps.
const TRIALS_DAYS: u16 = 7;

/// So many failures one after the other are the database's own: the rest waits for the next time.
const FAILURES_AT_MOST: usize = 5;

/// What went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Conversations whose time is over.
    pub conversations: u64,
    /// Stretches of sound that are to be deleted.
    pub recordings: u64,
    /// Mails that are not listed any more.
    pub mails: u64,
    /// What could not be let go, and why: conversations, trials and workspaces by their ids.
    pub failed: Vec<(Uuid, StoreError)>,
}

impl Store {
    /// Lets go at `now` (unix milliseconds) of what workspaces keep no longer: conversations that ended so many days ago, or have rested
    /// for so long and cannot be gone on with because their link is over, are [taken back](crate::Conversations::withdraw), as their
    /// people could have done; sound that was begun so long ago is [doomed](crate::Recordings::doomed); mails that were sent or given up so
    /// long ago are deleted. Of trials nothing is kept after a week. At most a hundred conversations at a time: the rest goes the next time.
    /// What fails is told, and the others go.
    ///
    /// # Errors
    /// [`StoreError::Database`] where not even that can be read what there is.
    pub async fn let_go(&self, now: i64) -> Result<Retention, StoreError> {
        let mut gone = Retention::default();
        let trials: Vec<Uuid> = on!(&mut self.read().await?.link(), conn => {
            sqlx::query_scalar(
                "SELECT i.id FROM invitations i JOIN people p ON p.id = i.person
                 WHERE i.trial AND i.created < $1 AND p.erased_at IS NULL ORDER BY i.created LIMIT $2",
            )
            .bind(before(TRIALS_DAYS, now)).bind(AT_ONCE).fetch_all(conn).await
        })?;
        let mut seen = (gone.failed.len(), 0);
        for trial in trials {
            match self.end_trial(InvitationId(trial), now).await {
                Ok(spoken) => gone.conversations += u64::from(spoken),
                Err(error) => gone.failed.push((trial, error)),
            }
            if gone.stuck(&mut seen) {
                break;
            }
        }
        let workspaces: Vec<Uuid> = on!(&mut self.read().await?.link(), conn => {
            sqlx::query_scalar("SELECT id FROM workspaces ORDER BY created, id").fetch_all(conn).await
        })?;
        for workspace in workspaces {
            if let Err(error) = self.let_go_in(WorkspaceId(workspace), &mut gone, now).await {
                gone.failed.push((workspace, error));
            }
        }
        if gone.conversations > 0 {
            self.forget_now().await?;
        }
        Ok(gone)
    }

    async fn let_go_in(&self, id: WorkspaceId, gone: &mut Retention, now: i64) -> Result<(), StoreError> {
        let found = self.workspaces().find(id).await?;
        let keep = found.ok_or(StoreError::Missing("workspace"))?.keep;
        if let Some(days) = keep.conversations {
            // Who only stopped talking has ended nothing: their words go when nobody can go on with them.
            let over: Vec<Uuid> = on!(&mut self.read().await?.link(), conn => {
                sqlx::query_scalar(
                    "SELECT c.id FROM conversations c JOIN sessions s ON s.id = c.session JOIN invitations i ON i.id = c.invitation
                     WHERE s.workspace = $1 AND (
                         (c.state IN ('completed', 'ended_early') AND c.ended < $2)
                         OR (c.state IN ('consented', 'in_progress', 'paused', 'declined') AND c.updated < $2
                             AND (i.expires_at <= $3 OR i.state = 'revoked')))
                     ORDER BY c.updated LIMIT $4",
                )
                .bind(id.0).bind(before(days, now)).bind(now).bind(AT_ONCE).fetch_all(conn).await
            })?;
            let mut seen = (gone.failed.len(), 0);
            for talk in over {
                match self.take_back(ConversationId(talk), now).await {
                    Ok(()) => gone.conversations += 1,
                    // The others do not wait for one that cannot be erased.
                    Err(error) => gone.failed.push((talk, error)),
                }
                if gone.stuck(&mut seen) {
                    break;
                }
            }
        }
        if let Some(days) = keep.recordings {
            gone.recordings += self
                .write_of(
                    "UPDATE recordings SET doomed = $3 WHERE created < $2 AND doomed IS NULL AND conversation IN (
                         SELECT c.id FROM conversations c JOIN sessions s ON s.id = c.session WHERE s.workspace = $1)",
                    (id.0, before(days, now), now),
                )
                .await?;
        }
        if let Some(days) = keep.mails {
            gone.mails += self
                .write_of(
                    "DELETE FROM outbox WHERE workspace = $1 AND settled_at < $2 AND state <> 'queued' AND created < $3",
                    (id.0, before(days, now), now),
                )
                .await?;
        }
        Ok(())
    }

    async fn take_back(&self, conversation: ConversationId, now: i64) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        withdrawal::erase(&mut tx.link(), conversation, now).await?;
        insights::forget(&mut tx.link(), conversation, now).await?;
        tx.commit().await
    }

    /// Leaves nothing of a trial but rows without a word in them; whether anything was said in it.
    async fn end_trial(&self, id: InvitationId, now: i64) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let link = &mut tx.link();
        invitations::hold(link, id).await?;
        let talk = conversations::by_invitation(link, id).await?;
        let spoken = talk.filter(|talk| talk.state != ConversationState::Withdrawn);
        if let Some(talk) = &spoken {
            withdrawal::erase(link, talk.id, now).await?;
            insights::forget(link, talk.id, now).await?;
        }
        for statement in [
            "DELETE FROM invitation_tokens WHERE invitation = $1",
            "UPDATE invitations SET state = 'revoked' WHERE id = $1",
        ] {
            on!(&mut *link, conn => sqlx::query(statement).bind(id.0).execute(conn).await.map(drop))?;
        }
        on!(&mut *link, conn => {
            sqlx::query(
                "UPDATE people SET name = '', erased_at = $2 WHERE id = (SELECT person FROM invitations WHERE id = $1 AND trial)",
            )
            .bind(id.0).bind(now).execute(conn).await.map(drop)
        })?;
        tx.commit().await?;
        Ok(spoken.is_some())
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

impl Retention {
    /// Whether so many failed one after the other that the next one would, too. `seen`: how many had failed, and how many in a row.
    fn stuck(&self, seen: &mut (usize, usize)) -> bool {
        *seen = match self.failed.len() {
            now if now > seen.0 => (now, seen.1 + 1),
            now => (now, 0),
        };
        seen.1 >= FAILURES_AT_MOST
    }
}

fn before(days: u16, now: i64) -> i64 {
    now.saturating_sub(i64::from(days).saturating_mul(DAY_MS))
}

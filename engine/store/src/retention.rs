//! What a workspace does not keep any longer: as its [`Keep`] says.

use colloquy_core::id::{ConversationId, InvitationId, WorkspaceId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::invitations::{self, TRIAL_LIFETIME_MS};
use crate::pool::{Link, Store, on};
use crate::state::ConversationState;
use crate::workspaces::Keep;
use crate::{conversations, insights, withdrawal};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Conversations that are erased in a row, each in a transaction of its own: others write between them.
const AT_ONCE: i64 = 100;

/// What was said to try a session out is kept for a week, whatever a workspace keeps; where nothing was, a trial goes with its link.
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
    /// Trials that nobody had begun when their links ended.
    pub trials: u64,
    /// What could not be let go, and why: conversations, trials and workspaces by their ids.
    pub failed: Vec<(Uuid, StoreError)>,
}

/// What would go if things were kept for so many days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LettingGo {
    /// Conversations that would be erased.
    pub conversations: u64,
    /// Stretches of sound that would be deleted.
    pub recordings: u64,
    /// Mails that would not be listed any more.
    pub mails: u64,
}

/// Of workspace `$1`, at `$3`, what ended before `$2`, or has rested since then and cannot be gone on with: who only stopped talking
/// has ended nothing, and their words go when nobody can go on with them. Trials have a time of their own.
macro_rules! conversations_over {
    ($what:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM conversations c JOIN sessions s ON s.id = c.session JOIN invitations i ON i.id = c.invitation
             WHERE s.workspace = $1 AND NOT i.trial AND (
                 (c.state IN ('completed', 'ended_early') AND c.ended < $2)
                 OR (c.state IN ('consented', 'in_progress', 'paused', 'declined') AND c.updated < $2
                     AND (i.expires_at <= $3 OR i.state = 'revoked')))",
            $rest
        )
    };
}

/// Of workspace `$1`, at `$3`, the sound that was begun before `$2`.
macro_rules! recordings_over {
    ($what:literal) => {
        concat!(
            $what,
            " WHERE created < $2 AND created <= $3 AND doomed IS NULL AND conversation IN (
                 SELECT c.id FROM conversations c JOIN sessions s ON s.id = c.session WHERE s.workspace = $1)"
        )
    };
}

/// Of workspace `$1`, at `$3`, the mails that were sent or given up before `$2`.
macro_rules! mails_over {
    ($what:literal) => {
        concat!(
            $what,
            " WHERE workspace = $1 AND settled_at < $2 AND created <= $3 AND state <> 'queued'"
        )
    };
}

impl Store {
    /// What would go at `at` (unix milliseconds) from a workspace that kept things for so many days. Nothing is changed.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn would_let_go(&self, of: WorkspaceId, keep: Keep, at: i64) -> Result<LettingGo, StoreError> {
        let mut reader = self.read().await?;
        let link = &mut reader.link();
        let (talks, sound) = (keep.conversations, keep.recordings);
        Ok(LettingGo {
            conversations: count(link, conversations_over!("COUNT(*)", ""), of, talks, at).await?,
            recordings: count(link, recordings_over!("SELECT COUNT(*) FROM recordings"), of, sound, at).await?,
            mails: count(link, mails_over!("SELECT COUNT(*) FROM outbox"), of, keep.mails, at).await?,
        })
    }

    /// Lets go at `now` (unix milliseconds) of what workspaces keep no longer: conversations that ended so many days ago, or have rested
    /// for so long and cannot be gone on with because their link is over, are erased as if their people had
    /// [taken them back](crate::Conversations::withdraw), and tell that it was [their time](ConversationState::Erased); sound that was
    /// begun so long ago is [doomed](crate::Recordings::doomed); mails that were sent or given up so long ago are deleted. Where less is
    /// kept than before, nothing of that happens [until then](crate::Workspace::let_go_from). Of trials nothing is kept after a week, and
    /// of those that nobody began not even a row once their link is over. At most a hundred conversations at a time: the rest goes the
    /// next time. What fails is told, and the others go.
    ///
    /// # Errors
    /// [`StoreError::Database`] where not even that can be read what there is.
    pub async fn let_go(&self, now: i64) -> Result<Retention, StoreError> {
        let mut gone = Retention::default();
        let trials: Vec<Uuid> = on!(&mut self.read().await?.link(), conn => {
            sqlx::query_scalar(
                "SELECT i.id FROM invitations i JOIN people p ON p.id = i.person
                 WHERE i.trial AND p.erased_at IS NULL AND i.created <= $2
                     AND (i.created < $1 OR NOT EXISTS (SELECT 1 FROM conversations c WHERE c.invitation = i.id))
                 ORDER BY i.created LIMIT $3",
            )
            .bind(before(TRIALS_DAYS, now)).bind(now.saturating_sub(TRIAL_LIFETIME_MS)).bind(AT_ONCE)
            .fetch_all(conn).await
        })?;
        let mut seen = (gone.failed.len(), 0);
        for trial in trials {
            match self.end_trial(InvitationId(trial), now).await {
                Ok(Trial::Idle) => gone.trials += 1,
                Ok(Trial::Spoken) => gone.conversations += 1,
                Ok(Trial::Silent) => {}
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
        let workspace = found.ok_or(StoreError::Missing("workspace"))?;
        if now < workspace.let_go_from {
            return Ok(());
        }
        let keep = workspace.keep;
        if let Some(days) = keep.conversations {
            let over: Vec<Uuid> = on!(&mut self.read().await?.link(), conn => {
                sqlx::query_scalar(conversations_over!("c.id", " ORDER BY c.updated LIMIT $4"))
                    .bind(id.0).bind(before(days, now)).bind(now).bind(AT_ONCE).fetch_all(conn).await
            })?;
            let mut seen = (gone.failed.len(), 0);
            for talk in over {
                match self.erase_over(ConversationId(talk), days, now).await {
                    Ok(erased) => gone.conversations += u64::from(erased),
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
                .write_of(recordings_over!("UPDATE recordings SET doomed = $3"), id, days, now)
                .await?;
        }
        if let Some(days) = keep.mails {
            gone.mails += self.write_of(mails_over!("DELETE FROM outbox"), id, days, now).await?;
        }
        Ok(())
    }

    /// Erases a conversation that was kept for so many days; not one that somebody takes back in this moment.
    async fn erase_over(&self, id: ConversationId, days: u16, now: i64) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let link = &mut tx.link();
        let erased = withdrawal::erase(link, id, now).await?;
        if erased {
            on!(&mut *link, conn => {
                sqlx::query("UPDATE conversations SET kept_days = $2 WHERE id = $1")
                    .bind(id.0).bind(i32::from(days)).execute(conn).await.map(drop)
            })?;
        }
        insights::forget(link, id, now).await?;
        tx.commit().await?;
        Ok(erased)
    }

    /// Leaves nothing of a trial that nobody began, and of another one rows without a word in them.
    async fn end_trial(&self, id: InvitationId, now: i64) -> Result<Trial, StoreError> {
        let mut tx = self.write().await?;
        let link = &mut tx.link();
        invitations::hold(link, id).await?;
        if invitations::drop_idle(link, id).await? {
            tx.commit().await?;
            return Ok(Trial::Idle);
        }
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
        Ok(if spoken.is_some() { Trial::Spoken } else { Trial::Silent })
    }

    /// Runs a statement about a workspace and two times in a transaction of its own; how many rows it was about.
    async fn write_of(&self, statement: &'static str, of: WorkspaceId, days: u16, now: i64) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let rows = on!(&mut tx.link(), conn => {
            sqlx::query(statement).bind(of.0).bind(before(days, now)).bind(now)
                .execute(conn).await.map(|done| done.rows_affected())
        })?;
        tx.commit().await?;
        Ok(rows)
    }
}

/// What became of a trial.
enum Trial {
    /// Nobody had begun it.
    Idle,
    /// What was said in it is erased.
    Spoken,
    /// What was said in it had been taken back.
    Silent,
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

/// How many rows a statement is about, of a workspace that kept them for so many days at `at`.
async fn count(
    link: &mut Link<'_>,
    statement: &'static str,
    of: WorkspaceId,
    days: Option<u16>,
    at: i64,
) -> Result<u64, StoreError> {
    let Some(days) = days else { return Ok(0) };
    let count: i64 = on!(link, conn => {
        sqlx::query_scalar(statement).bind(of.0).bind(before(days, at)).bind(at).fetch_one(conn).await
    })?;
    Ok(count.unsigned_abs())
}

fn before(days: u16, now: i64) -> i64 {
    now.saturating_sub(i64::from(days).saturating_mul(DAY_MS))
}

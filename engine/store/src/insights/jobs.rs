//! Sessions whose insights are to be made: whoever claims one does so, and says what became of it. A claim lasts for a while, so that
//! what a node that died had claimed is made by another one.

use colloquy_core::id::SessionId;
use colloquy_core::insights::CoderVersion;
use uuid::Uuid;

use super::{Insights, signed};
use crate::error::StoreError;
use crate::pool::{Link, on};

/// A session whose insights are to be made now, by whoever claimed it alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InsightJob {
    /// Which one.
    pub session: SessionId,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// What was asked for when it was claimed.
    asked: i64,
}

impl Insights<'_> {
    /// Claims for `node`, until `until`, the session that is due at `now` for longest and was tried fewer than `attempts` times.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn claim(
        &self,
        node: &str,
        now: i64,
        until: i64,
        attempts: u32,
    ) -> Result<Option<InsightJob>, StoreError> {
        // It is asked every second: that shall keep nobody from writing.
        if next(&mut self.0.read().await?.link(), now, attempts, false)
            .await?
            .is_none()
        {
            return Ok(None);
        }
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        let Some(job) = next(link, now, attempts, true).await? else {
            return Ok(None);
        };
        on!(&mut *link, conn => {
            sqlx::query("UPDATE insight_jobs SET attempts = attempts + 1, due = $2, lease_node = $3 WHERE session = $1")
                .bind(job.session.0).bind(until).bind(node).execute(conn).await.map(drop)
        })?;
        tx.commit().await?;
        Ok(Some(job))
    }

    /// It was made. Where it was asked for again meanwhile, it is due at once.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn done(&self, job: InsightJob, now: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        on!(&mut *link, conn => {
            sqlx::query("DELETE FROM insight_jobs WHERE session = $1 AND asked = $2")
                .bind(job.session.0).bind(job.asked).execute(conn).await.map(drop)
        })?;
        on!(&mut *link, conn => {
            sqlx::query("UPDATE insight_jobs SET due = $2, lease_node = NULL, attempts = 0 WHERE session = $1")
                .bind(job.session.0).bind(now).execute(conn).await.map(drop)
        })?;
        tx.commit().await
    }

    /// It is still being made, by `node`, which claims it until `until` now. False where somebody else has claimed it meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn hold(&self, job: InsightJob, node: &str, until: i64) -> Result<bool, StoreError> {
        let mut tx = self.0.write().await?;
        let held: Option<Uuid> = on!(&mut tx.link(), conn => {
            sqlx::query_scalar("UPDATE insight_jobs SET due = $3 WHERE session = $1 AND lease_node = $2 RETURNING session")
                .bind(job.session.0).bind(node).bind(until).fetch_optional(conn).await
        })?;
        tx.commit().await?;
        Ok(held.is_some())
    }

    /// It could not be made now, and is tried again from `due` on; `why` names no person.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn put_off(&self, job: InsightJob, node: &str, why: &str, due: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        on!(&mut tx.link(), conn => {
            sqlx::query("UPDATE insight_jobs SET due = $3, error = $4, lease_node = NULL WHERE session = $1 AND lease_node = $2")
                .bind(job.session.0).bind(node).bind(due).bind(why).execute(conn).await.map(drop)
        })?;
        tx.commit().await
    }

    /// Begins anew after a start of `node`: what it had claimed when it died is due at once, what was given up is tried again, and so
    /// are sessions in which a conversation was completed that `coder` has not coded.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn look_around(&self, node: &str, coder: &CoderVersion, now: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        on!(&mut *link, conn => {
            sqlx::query(
                "UPDATE insight_jobs SET due = $2, attempts = 0, lease_node = NULL WHERE lease_node IS NULL OR lease_node = $1",
            )
            .bind(node).bind(now).execute(conn).await.map(drop)
        })?;
        let uncoded: Vec<Uuid> = on!(&mut *link, conn => {
            sqlx::query_scalar(
                "SELECT DISTINCT c.session FROM conversations c JOIN sessions s ON s.id = c.session
                 WHERE c.state = 'completed' AND NOT c.preview AND s.deleted_at IS NULL AND NOT EXISTS (
                     SELECT 1 FROM codings k WHERE k.conversation = c.id AND k.coder = $1 AND k.coder_version = $2)",
            )
            .bind(&coder.name).bind(signed(coder.version)).fetch_all(conn).await
        })?;
        for session in uncoded {
            ask(link, SessionId(session), now).await?;
        }
        tx.commit().await
    }

    /// How many sessions' insights are to be made until `until`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn due(&self, until: i64) -> Result<u32, StoreError> {
        let mut reader = self.0.read().await?;
        let count: i64 = on!(&mut reader.link(), conn => {
            sqlx::query_scalar("SELECT COUNT(*) FROM insight_jobs WHERE due <= $1").bind(until).fetch_one(conn).await
        })?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// How often it was tried to make a session's insights since something changed in it; `None` where there is nothing to make.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn attempts(&self, session: SessionId) -> Result<Option<u32>, StoreError> {
        let mut reader = self.0.read().await?;
        let row: Option<(i32, Option<String>)> = on!(&mut reader.link(), conn => {
            sqlx::query_as("SELECT attempts, lease_node FROM insight_jobs WHERE session = $1")
                .bind(session.0).fetch_optional(conn).await
        })?;
        // Whoever is at work has not failed yet.
        Ok(row.map(|(attempts, at_work)| attempts.unsigned_abs().saturating_sub(u32::from(at_work.is_some()))))
    }
}

/// Something has changed in a session: its insights are to be made.
pub(crate) async fn ask(link: &mut Link<'_>, session: SessionId, now: i64) -> Result<(), StoreError> {
    on!(link, conn => {
        sqlx::query(
            "INSERT INTO insight_jobs (session, asked, due, attempts) VALUES ($1, 1, $2, 0)
             ON CONFLICT (session) DO UPDATE SET asked = insight_jobs.asked + 1, attempts = 0,
                 due = CASE WHEN insight_jobs.lease_node IS NULL THEN excluded.due ELSE insight_jobs.due END",
        )
        .bind(session.0).bind(now).execute(conn).await.map(drop)
    })?;
    Ok(())
}

/// The session that is due for longest, `held` from others until the transaction ends or only looked at.
async fn next(link: &mut Link<'_>, now: i64, attempts: u32, held: bool) -> Result<Option<InsightJob>, StoreError> {
    macro_rules! due {
        ($held:literal) => {
            concat!(
                "SELECT session, attempts, asked FROM insight_jobs WHERE due <= $1 AND attempts < $2 ORDER BY due, session LIMIT 1",
                $held
            )
        };
    }
    let attempts = signed(attempts);
    let row: Option<(Uuid, i32, i64)> = match link {
        Link::Sqlite(conn) => {
            let query = sqlx::query_as(due!("")).bind(now).bind(attempts);
            query.fetch_optional(&mut **conn).await?
        }
        Link::Postgres(conn) => {
            let statement = if held {
                due!(" FOR UPDATE SKIP LOCKED")
            } else {
                due!("")
            };
            let query = sqlx::query_as(statement).bind(now).bind(attempts);
            query.fetch_optional(&mut **conn).await?
        }
    };
    Ok(row.map(|(session, attempts, asked)| InsightJob {
        session: SessionId(session),
        attempt: attempts.unsigned_abs() + 1,
        asked,
    }))
}

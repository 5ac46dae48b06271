//! What conversations say, and what is heard in a session: kept as places in what was said, never as words.

mod edits;
mod jobs;
mod readers;

use colloquy_core::guide::{Confidentiality, Guide};
use colloquy_core::id::{ConversationId, PersonId, SessionId};
use colloquy_core::insights::publish::Published;
use colloquy_core::insights::{Coded, CoderVersion, Participant};
use sqlx::types::Json;
use uuid::Uuid;

pub use jobs::InsightJob;
pub(crate) use jobs::ask;
pub use readers::ReadBy;

use crate::error::StoreError;
use crate::pool::{Link, Store, on};
use crate::sessions;

/// The insights of a store.
#[derive(Clone, Copy, Debug)]
pub struct Insights<'s>(&'s Store);

impl Store {
    /// Its insights.
    #[must_use]
    pub fn insights(&self) -> Insights<'_> {
        Insights(self)
    }
}

/// A conversation that counts: it was completed, under the terms that its session has.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Whose it is.
    pub participant: Participant,
    /// The guide that it ran against.
    pub guide: Guide,
    /// What it says, as one of those coders found; `None` where none of them has coded it yet.
    pub coded: Option<Coded>,
}

/// The newest version of what is heard in a session.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptReport {
    /// It grows with each one that is made.
    pub version: i64,
    /// The engine that it was to be made by.
    pub coder: CoderVersion,
    /// Those that have read its conversations.
    pub read_by: Vec<ReadBy>,
    /// When, in unix milliseconds.
    pub made: i64,
    /// What is heard; `None`: somebody took their conversation back, and it is being made anew.
    pub published: Option<Published>,
}

impl Insights<'_> {
    /// The conversations of a session that count, in the order in which they were completed, with what `coder` found in them.
    ///
    /// A conversation's terms are those of its frozen guide: one that was held under others than the session has now is not
    /// among them, because it may neither be shown by itself nor make out a group by being left of it.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn counted(&self, session: SessionId, coder: &CoderVersion) -> Result<Vec<Counted>, StoreError> {
        self.counted_by(session, std::slice::from_ref(coder)).await
    }

    /// The same with what any of `coders` found in them.
    ///
    /// # Errors
    /// As [`Self::counted`].
    pub async fn counted_by(&self, session: SessionId, coders: &[CoderVersion]) -> Result<Vec<Counted>, StoreError> {
        let mut reader = self.0.read().await?;
        let link = &mut reader.link();
        let terms = sessions::find(link, session)
            .await?
            .ok_or(StoreError::Missing("session"))?
            .confidentiality;
        let rows: Vec<CountedRow> = on!(&mut *link, conn => {
            sqlx::query_as(
                "SELECT c.id, p.id AS person, p.role, p.department, g.body AS guide, k.body AS coded
                 FROM conversations c JOIN guides g ON g.id = c.guide
                     JOIN invitations i ON i.id = c.invitation JOIN people p ON p.id = i.person
                     LEFT JOIN codings k ON k.conversation = c.id
                 WHERE c.session = $1 AND c.state = 'completed' AND NOT c.preview ORDER BY c.ended, c.id",
            )
            .bind(session.0).fetch_all(conn).await
        })?;
        let mut counted: Vec<Counted> = rows.into_iter().map(CountedRow::into_counted).collect();
        counted.retain(|counted| counted.guide.confidentiality == terms);
        for one in &mut counted {
            one.coded = one.coded.take().filter(|coded| coders.contains(&coded.coder));
        }
        Ok(counted)
    }

    /// How many conversations of a session count, coded or not.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn completed(&self, session: SessionId, terms: Confidentiality) -> Result<u32, StoreError> {
        let mut reader = self.0.read().await?;
        let guides: Vec<Json<Terms>> = on!(&mut reader.link(), conn => {
            sqlx::query_scalar(
                "SELECT g.body FROM conversations c JOIN guides g ON g.id = c.guide
                 WHERE c.session = $1 AND c.state = 'completed' AND NOT c.preview",
            )
            .bind(session.0).fetch_all(conn).await
        })?;
        let count = guides.iter().filter(|guide| guide.confidentiality == terms).count();
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Keeps what a completed conversation says, in place of what an earlier coder found. False where it was taken back meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn keep_coding(&self, coded: &Coded, now: i64) -> Result<bool, StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        // Held: whoever takes it back deletes what they find.
        let session: Option<Uuid> = on!(&mut *link, conn => {
            sqlx::query_scalar("UPDATE conversations SET updated = updated WHERE id = $1 AND state = 'completed' RETURNING session")
                .bind(coded.conversation.0).fetch_optional(conn).await
        })?;
        let Some(session) = session else { return Ok(false) };
        on!(&mut *link, conn => {
            sqlx::query(
                "INSERT INTO codings (conversation, session, coder, coder_version, created, body) VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (conversation) DO UPDATE SET coder = excluded.coder, coder_version = excluded.coder_version,
                     created = excluded.created, body = excluded.body",
            )
            .bind(coded.conversation.0).bind(session).bind(&coded.coder.name).bind(signed(coded.coder.version))
            .bind(now).bind(Json(coded)).execute(conn).await.map(drop)
        })?;
        tx.commit().await?;
        Ok(true)
    }

    /// The newest version of what is heard in a session.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn report(&self, session: SessionId) -> Result<Option<KeptReport>, StoreError> {
        report(&mut self.0.read().await?.link(), session).await
    }

    /// Keeps a new version, made from `counted` conversations after version `after` (0: there was none). False where one of them was
    /// taken back meanwhile, or somebody else was faster: it is to be made again.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Database`].
    pub async fn keep_report(
        &self,
        session: SessionId,
        after: i64,
        (coder, published): (&CoderVersion, &Published),
        counted: &[ConversationId],
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        // Held by whoever takes a conversation of it back, too.
        sessions::lock(link, session).await?;
        let there: Vec<(Uuid, String, i32)> = on!(&mut *link, conn => {
            sqlx::query_as("SELECT conversation, coder, coder_version FROM codings WHERE session = $1")
                .bind(session.0).fetch_all(conn).await
        })?;
        let last: Option<(i64, Option<Json<Vec<ReadBy>>>)> = on!(&mut *link, conn => {
            sqlx::query_as("SELECT version, coders FROM reports WHERE session = $1")
                .bind(session.0).fetch_optional(conn).await
        })?;
        let (version, before) = last.unwrap_or_default();
        if version != after || counted.iter().any(|id| !there.iter().any(|(coded, ..)| *coded == id.0)) {
            return Ok(false);
        }
        let before = before.map(|read_by| read_by.0).unwrap_or_default();
        let read_by = readers::readers(published, &there, counted, before);
        on!(&mut *link, conn => {
            sqlx::query(
                "INSERT INTO reports (session, version, coder, coder_version, made, body, coders)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (session) DO UPDATE SET version = excluded.version, coder = excluded.coder,
                     coder_version = excluded.coder_version, made = excluded.made, body = excluded.body,
                     coders = excluded.coders",
            )
            .bind(session.0).bind(after + 1).bind(&coder.name).bind(signed(coder.version)).bind(now).bind(Json(published))
            .bind(Json(&read_by)).execute(conn).await.map(drop)
        })?;
        tx.commit().await?;
        Ok(true)
    }

    /// Takes out what nobody is heard in any more: everybody who was has taken their conversation back.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn drop_report(&self, session: SessionId) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        on!(&mut tx.link(), conn => {
            sqlx::query("DELETE FROM reports WHERE session = $1 AND body IS NULL")
                .bind(session.0).execute(conn).await.map(drop)
        })?;
        tx.commit().await
    }
}

async fn report(link: &mut Link<'_>, session: SessionId) -> Result<Option<KeptReport>, StoreError> {
    let row: Option<ReportRow> = on!(link, conn => {
        sqlx::query_as("SELECT version, coder, coder_version, made, body, coders FROM reports WHERE session = $1")
            .bind(session.0).fetch_optional(conn).await
    })?;
    Ok(row.map(|row| KeptReport {
        version: row.version,
        coder: CoderVersion {
            name: row.coder,
            version: row.coder_version.unsigned_abs(),
        },
        read_by: row.coders.map(|read_by| read_by.0).unwrap_or_default(),
        made: row.made,
        published: row.body.map(|body| body.0),
    }))
}

/// Takes a conversation out of the insights of its session: at once what it says and every quote of it, and from the counts of an
/// identified session; from those of a confidential one with its next batch.
pub(crate) async fn forget(link: &mut Link<'_>, conversation: ConversationId, now: i64) -> Result<(), StoreError> {
    let session: Option<Uuid> = on!(&mut *link, conn => {
        sqlx::query_scalar("SELECT session FROM conversations WHERE id = $1").bind(conversation.0).fetch_optional(conn).await
    })?;
    let Some(session) = session.map(SessionId) else {
        return Ok(());
    };
    sessions::lock(link, session).await?;
    let coded: Option<Uuid> = on!(&mut *link, conn => {
        sqlx::query_scalar("DELETE FROM codings WHERE conversation = $1 RETURNING conversation")
            .bind(conversation.0).fetch_optional(conn).await
    })?;
    if coded.is_none() {
        return Ok(());
    }
    if let Some(kept) = report(link, session).await? {
        let left = match kept.published {
            Some(mut published @ Published::Confidential { .. }) => {
                published.without_quotes();
                Some(Json(published))
            }
            _ => None,
        };
        on!(&mut *link, conn => {
            sqlx::query("UPDATE reports SET body = $2 WHERE session = $1").bind(session.0).bind(left).execute(conn).await.map(drop)
        })?;
    }
    ask(link, session, now).await
}

/// Takes out everything that is known of a session that is deleted.
pub(crate) async fn forget_session(link: &mut Link<'_>, session: SessionId) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM codings WHERE session = $1",
        "DELETE FROM reports WHERE session = $1",
        "DELETE FROM report_edits WHERE session = $1",
        "DELETE FROM insight_jobs WHERE session = $1",
    ] {
        on!(&mut *link, conn => sqlx::query(statement).bind(session.0).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// Versions of coders as the databases know them.
fn signed(version: u32) -> i32 {
    i32::try_from(version).unwrap_or(i32::MAX)
}

/// What is read of a guide where only its terms matter.
#[derive(serde::Deserialize)]
struct Terms {
    confidentiality: Confidentiality,
}

#[derive(sqlx::FromRow)]
struct ReportRow {
    version: i64,
    coder: String,
    coder_version: i32,
    made: i64,
    body: Option<Json<Published>>,
    /// Of reports from before there were several engines it is not kept.
    coders: Option<Json<Vec<ReadBy>>>,
}

#[derive(sqlx::FromRow)]
struct CountedRow {
    id: Uuid,
    person: Uuid,
    role: Option<String>,
    department: Option<String>,
    guide: Json<Guide>,
    coded: Option<Json<Coded>>,
}

impl CountedRow {
    fn into_counted(self) -> Counted {
        Counted {
            participant: Participant {
                conversation: ConversationId(self.id),
                person: PersonId(self.person),
                role: self.role,
                department: self.department,
            },
            guide: self.guide.0,
            coded: self.coded.map(|coded| coded.0),
        }
    }
}

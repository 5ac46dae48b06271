//! Passwords that were forgotten: a mail with a link by which a new one is set, once and within an hour. As of every link only the
//! hash is kept, and it is drawn when the mail is sent.

use colloquy_core::id::{MailId, UserId};
use colloquy_core::pii::Pii;
use uuid::Uuid;

use super::audit::{self, Author};
use super::users::{self, PasswordHash};
use super::{api_tokens, logins};
use crate::error::StoreError;
use crate::outbox::MailState;
use crate::outbox::due::{self, Due};
use crate::people::normal;
use crate::pool::{Link, Store, on};
use crate::token::Token;
use crate::word::word;
use crate::workspaces;

/// How long a link works, and how long its mail is tried: an hour.
pub const RESET_LIFETIME_MS: i64 = 60 * 60 * 1000;
/// Mails to one account within that time: whoever asks for more floods somebody's mailbox.
const MAILS_AT_MOST: i64 = 3;
const PREFIX: &str = "reset_";

/// A mail with a link to send now, by whoever claimed it alone.
#[derive(Clone, Debug)]
pub struct ClaimedReset {
    /// Which mail.
    pub id: MailId,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// To whom.
    pub name: Pii,
    /// Their address.
    pub email: Pii,
    /// Where they work.
    pub workspace: String,
    /// What the link ends with. It works from now on.
    pub token: Token,
}

/// The resets of a store.
#[derive(Clone, Copy, Debug)]
pub struct Resets<'s>(&'s Store);

impl Store {
    /// Its resets of passwords.
    #[must_use]
    pub fn resets(&self) -> Resets<'_> {
        Resets(self)
    }
}

impl Resets<'_> {
    /// Has a link mailed to whoever signs in by this address. Where nobody does, and where three mails were asked for within
    /// the hour, nothing is done, and nothing says so.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn ask(&self, email: &Pii, now: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        on!(&mut tx.link(), conn => {
            sqlx::query(
                "INSERT INTO outbox (id, workspace, user_id, kind, state, created, due, attempts)
                 SELECT $1, u.workspace, u.id, 'reset', 'queued', $3, $3, 0 FROM users u WHERE u.email = $2 AND u.removed_at IS NULL
                     AND (SELECT COUNT(*) FROM outbox m WHERE m.user_id = u.id AND m.kind = 'reset' AND m.created > $4) < $5",
            )
            .bind(Uuid::now_v7()).bind(normal(email).expose()).bind(now).bind(now - RESET_LIFETIME_MS).bind(MAILS_AT_MOST)
            .execute(conn).await.map(drop)
        })?;
        tx.commit().await
    }

    /// Claims for `node`, until `until`, the mail that is due at `now` for longest, and draws its link. Mails that were asked for an
    /// hour ago are dropped, and one of which the rows cannot be read is put off until `until`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn claim(&self, node: &str, now: i64, until: i64) -> Result<Option<ClaimedReset>, StoreError> {
        due::claim::<Pending>(self.0, node, now, until).await
    }

    /// Says for good what became of a mail; `why` names no person. Twice is once.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn settle(&self, id: MailId, state: MailState, why: Option<&str>, now: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        on!(&mut tx.link(), conn => {
            sqlx::query(
                "UPDATE outbox SET state = $2, settled_at = $3, error = $4, lease_node = NULL
                 WHERE id = $1 AND kind = 'reset' AND state = 'queued'",
            )
            .bind(id.0).bind(word(&state)).bind(now).bind(why).execute(conn).await.map(drop)
        })?;
        tx.commit().await
    }

    /// Whether this link would set a password at `now`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn admits(&self, token: &str, now: i64) -> Result<bool, StoreError> {
        let Some(token) = Token::presented(PREFIX, token) else {
            return Ok(false);
        };
        let mut reader = self.0.read().await?;
        let found: Option<i64> = on!(&mut reader.link(), conn => {
            sqlx::query_scalar("SELECT expires_at FROM password_resets WHERE hash = $1 AND expires_at > $2")
                .bind(token.hash()).bind(now).fetch_optional(conn).await
        })?;
        Ok(found.is_some())
    }

    /// Sets the password of whom the link was sent to, signs them out everywhere, revokes their API tokens, and ends all their links: whoever
    /// had the old one may have made some. It is noted as theirs.
    ///
    /// # Errors
    /// [`StoreError::ResetOver`] where the link was used, is too old, or never was.
    pub async fn set_password(&self, token: &str, password: &PasswordHash, now: i64) -> Result<(), StoreError> {
        let token = Token::presented(PREFIX, token).ok_or(StoreError::ResetOver)?;
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        // Of two at once, PostgreSQL lets the second one wait here, and find nothing.
        let user: Option<Uuid> = on!(&mut *link, conn => {
            sqlx::query_scalar("DELETE FROM password_resets WHERE hash = $1 AND expires_at > $2 RETURNING user_id")
                .bind(token.hash()).bind(now).fetch_optional(conn).await
        })?;
        let user = UserId(user.ok_or(StoreError::ResetOver)?);
        let user = users::find(link, user).await?.ok_or(StoreError::ResetOver)?;
        users::write_password(link, user.id, password, now).await?;
        logins::end_all(link, user.id).await?;
        api_tokens::revoke_all(link, user.id, now).await?;
        let author = Author::user(user.id, now);
        audit::insert(link, user.workspace, &author, "user.reset", user.id.0).await?;
        tx.commit().await
    }
}

/// Ends all links of somebody, and those that are still to be sent.
pub(super) async fn end_all(link: &mut Link<'_>, user: UserId, now: i64) -> Result<(), StoreError> {
    on!(&mut *link, conn => {
        sqlx::query("DELETE FROM password_resets WHERE user_id = $1").bind(user.0).execute(conn).await.map(drop)
    })?;
    on!(link, conn => {
        sqlx::query(
            "UPDATE outbox SET state = 'dropped', settled_at = $2, lease_node = NULL
             WHERE user_id = $1 AND kind = 'reset' AND state = 'queued'",
        )
        .bind(user.0).bind(now).execute(conn).await.map(drop)
    })?;
    Ok(())
}

struct Pending {
    id: MailId,
    attempts: i32,
    user: UserId,
    created: i64,
}

impl Due for Pending {
    type Claimed = ClaimedReset;

    fn id(&self) -> MailId {
        self.id
    }

    async fn next(link: &mut Link<'_>, now: i64, held: bool) -> Result<Option<Self>, StoreError> {
        macro_rules! due {
            ($held:literal) => {
                concat!(
                    "SELECT id, attempts, user_id, created FROM outbox
                     WHERE state = 'queued' AND kind = 'reset' AND due <= $1 ORDER BY due, id LIMIT 1",
                    $held
                )
            };
        }
        let row: Option<(Uuid, i32, Uuid, i64)> = match link {
            Link::Sqlite(conn) => sqlx::query_as(due!("")).bind(now).fetch_optional(&mut **conn).await?,
            Link::Postgres(conn) => {
                let statement = if held {
                    due!(" FOR UPDATE SKIP LOCKED")
                } else {
                    due!("")
                };
                sqlx::query_as(statement).bind(now).fetch_optional(&mut **conn).await?
            }
        };
        Ok(row.map(|(id, attempts, user, created)| Self {
            id: MailId(id),
            attempts,
            user: UserId(user),
            created,
        }))
    }

    async fn ready(&self, link: &mut Link<'_>, now: i64) -> Result<Option<ClaimedReset>, StoreError> {
        let in_time = now < self.created.saturating_add(RESET_LIFETIME_MS);
        let Some(user) = users::find(link, self.user).await?.filter(|_| in_time) else {
            return Ok(None);
        };
        let workspace = workspaces::find(link, user.workspace)
            .await?
            .ok_or(StoreError::Missing("workspace"))?;
        let token = Token::draw(PREFIX);
        on!(&mut *link, conn => {
            sqlx::query("DELETE FROM password_resets WHERE expires_at <= $1").bind(now).execute(conn).await.map(drop)
        })?;
        on!(link, conn => {
            sqlx::query("INSERT INTO password_resets (hash, user_id, created, expires_at) VALUES ($1, $2, $3, $4)")
                .bind(token.hash()).bind(user.id.0).bind(now).bind(now + RESET_LIFETIME_MS).execute(conn).await.map(drop)
        })?;
        Ok(Some(ClaimedReset {
            id: self.id,
            attempt: u32::try_from(self.attempts).unwrap_or_default() + 1,
            name: user.name,
            email: user.email,
            workspace: workspace.name,
            token,
        }))
    }
}

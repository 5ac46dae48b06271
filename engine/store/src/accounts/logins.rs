//! Signed-in browsers. A login is a random token in a cookie; only its hash is kept, so that it can be ended from here.

use colloquy_core::id::UserId;
use uuid::Uuid;

use super::users::{self, User};
use crate::error::StoreError;
use crate::pool::{Link, Store, on};
use crate::token::Token;
use crate::workspaces::{self, Workspace};

/// How long somebody stays signed in: 7 days, so that a console used every week asks now and then.
pub const LOGIN_LIFETIME_MS: i64 = 7 * 24 * 60 * 60 * 1000;
const PREFIX: &str = "login_";

/// The logins of a store.
#[derive(Clone, Copy, Debug)]
pub struct Logins<'s>(&'s Store);

impl Store {
    /// Its logins.
    #[must_use]
    pub fn logins(&self) -> Logins<'_> {
        Logins(self)
    }
}

impl Logins<'_> {
    /// Signs somebody in for [`LOGIN_LIFETIME_MS`], and forgets the logins that have run out.
    ///
    /// # Errors
    /// [`StoreError::Database`], also when there is no such user.
    pub async fn begin(&self, user: UserId, now: i64) -> Result<Token, StoreError> {
        let mut tx = self.0.write().await?;
        on!(&mut tx.link(), conn => {
            sqlx::query("DELETE FROM logins WHERE expires_at <= $1").bind(now).execute(conn).await.map(drop)
        })?;
        let token = insert(&mut tx.link(), user, now).await?;
        self.0.note_at(&mut tx.link(), user, "user.login", user.0).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Who is signed in by this token at `now`, and where.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn who(&self, token: &str, now: i64) -> Result<Option<(User, Workspace)>, StoreError> {
        let Some(token) = Token::presented(PREFIX, token) else {
            return Ok(None);
        };
        let mut reader = self.0.read().await?;
        let link = &mut reader.link();
        let user: Option<Uuid> = on!(&mut *link, conn => {
            sqlx::query_scalar("SELECT user_id FROM logins WHERE hash = $1 AND expires_at > $2")
                .bind(token.hash()).bind(now).fetch_optional(conn).await
        })?;
        let Some(user) = user else { return Ok(None) };
        let Some(user) = users::find(link, UserId(user)).await? else {
            return Ok(None);
        };
        let workspace = workspaces::find(link, user.workspace).await?;
        Ok(workspace.map(|workspace| (user, workspace)))
    }

    /// Signs one browser out. Twice is once.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end(&self, token: &str) -> Result<(), StoreError> {
        let Some(token) = Token::presented(PREFIX, token) else {
            return Ok(());
        };
        let mut tx = self.0.write().await?;
        let user: Option<Uuid> = on!(&mut tx.link(), conn => {
            sqlx::query_scalar("DELETE FROM logins WHERE hash = $1 RETURNING user_id")
                .bind(token.hash()).fetch_optional(conn).await
        })?;
        if let Some(user) = user {
            self.0
                .note_at(&mut tx.link(), UserId(user), "user.logout", user)
                .await?;
        }
        tx.commit().await
    }

    /// Signs somebody out everywhere.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end_all(&self, user: UserId) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        end_all(&mut tx.link(), user).await?;
        self.0
            .note_at(&mut tx.link(), user, "user.logout_everywhere", user.0)
            .await?;
        tx.commit().await
    }
}

/// Draws a login.
pub(crate) async fn insert(link: &mut Link<'_>, user: UserId, now: i64) -> Result<Token, StoreError> {
    let token = Token::draw(PREFIX);
    on!(link, conn => {
        sqlx::query("INSERT INTO logins (hash, user_id, created, expires_at) VALUES ($1, $2, $3, $4)")
            .bind(token.hash()).bind(user.0).bind(now).bind(now + LOGIN_LIFETIME_MS)
            .execute(conn).await.map(drop)
    })?;
    Ok(token)
}

/// Forgets all logins of somebody.
pub(crate) async fn end_all(link: &mut Link<'_>, user: UserId) -> Result<(), StoreError> {
    on!(link, conn => {
        sqlx::query("DELETE FROM logins WHERE user_id = $1").bind(user.0).execute(conn).await.map(drop)
    })?;
    Ok(())
}

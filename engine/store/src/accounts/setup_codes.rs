//! What the first run asks for: a code that only somebody who sees the server's console can know, so that a new installation
//! does not belong to whoever comes first from the network. Only hashes are kept; each server of an installation has its own.

use crate::accounts::users;
use crate::error::StoreError;
use crate::pool::{Link, Store, on};
use crate::token::Token;

/// How long a code admits: 7 days, since logs are kept and read by others; a restart or the command line gives a new one.
pub const SETUP_CODE_LIFETIME_MS: i64 = 7 * 24 * 60 * 60 * 1000;
const PREFIX: &str = "setup_";

/// The setup codes of a store.
#[derive(Clone, Copy, Debug)]
pub struct SetupCodes<'s>(&'s Store);

impl Store {
    /// Its setup codes.
    #[must_use]
    pub fn setup_codes(&self) -> SetupCodes<'_> {
        SetupCodes(self)
    }
}

impl SetupCodes<'_> {
    /// Draws one, `setup_…`, beside those that were drawn before; `None` where there is a user, and nothing to set up.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn mint(&self, now: i64) -> Result<Option<Token>, StoreError> {
        let mut tx = self.0.write().await?;
        if users::any(&mut tx.link()).await? {
            return Ok(None);
        }
        let code = Token::draw(PREFIX);
        on!(&mut tx.link(), conn => {
            sqlx::query("DELETE FROM setup_codes WHERE expires_at <= $1").bind(now).execute(conn).await.map(drop)
        })?;
        on!(&mut tx.link(), conn => {
            sqlx::query("INSERT INTO setup_codes (hash, expires_at) VALUES ($1, $2)")
                .bind(code.hash()).bind(now + SETUP_CODE_LIFETIME_MS).execute(conn).await.map(drop)
        })?;
        tx.commit().await?;
        Ok(Some(code))
    }

    /// Whether the code admits at `now`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn admits(&self, code: &str, now: i64) -> Result<bool, StoreError> {
        admits(&mut self.0.read().await?.link(), code, now).await
    }
}

pub(crate) async fn admits(link: &mut Link<'_>, code: &str, now: i64) -> Result<bool, StoreError> {
    let Some(code) = Token::presented(PREFIX, code) else {
        return Ok(false);
    };
    let found: Option<i64> = on!(link, conn => {
        sqlx::query_scalar("SELECT expires_at FROM setup_codes WHERE hash = $1 AND expires_at > $2")
            .bind(code.hash()).bind(now).fetch_optional(conn).await
    })?;
    Ok(found.is_some())
}

/// Forgets all of them.
pub(crate) async fn forget(link: &mut Link<'_>) -> Result<(), StoreError> {
    on!(link, conn => sqlx::query("DELETE FROM setup_codes").execute(conn).await.map(drop))?;
    Ok(())
}

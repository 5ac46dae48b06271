//! A copy of a SQLite database as it stands at one moment, while others go on writing (PostgreSQL has programs of its own for that), and
//! what must not come back with a copy.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::error::{StoreError, unreachable_database};
use crate::pool::{SQLITE_BUSY_MS, Store, on};

/// What was ended in a database that was brought back, because nobody knows what had become of it since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disowned {
    /// API tokens that were revoked.
    pub api_tokens: u64,
    /// Mails that waited to be sent: they may have been sent since.
    pub mails: u64,
}

impl Store {
    /// The file of the SQLite database at `url`.
    ///
    /// # Errors
    /// [`StoreError::Connect`].
    pub fn file_of(url: &str) -> Result<PathBuf, StoreError> {
        let options = SqliteConnectOptions::from_str(url).map_err(|e| unreachable_database(&e))?;
        Ok(options.get_filename().to_owned())
    }

    /// Writes everything of the SQLite database at `url` into the new file `into`, readable by nobody else. Nothing of what was deleted is in
    /// it. The database stays as it is: it is neither made nor migrated.
    ///
    /// # Errors
    /// [`StoreError::Connect`] where there is no database of ours, or its copy cannot be kept from others; [`StoreError::Database`], also where
    /// there is a file already.
    pub async fn copy_sqlite(url: &str, into: &Path) -> Result<(), StoreError> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|e| unreachable_database(&e))?
            .create_if_missing(false)
            .busy_timeout(Duration::from_millis(SQLITE_BUSY_MS));
        let file = options.get_filename().display().to_string();
        let at_file = |e: &dyn std::fmt::Display| StoreError::Connect(format!("{file}: {e}"));
        let mut conn = SqliteConnection::connect_with(&options)
            .await
            .map_err(|e| at_file(&e))?;
        let ours: Result<Option<i64>, _> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations LIMIT 1")
            .fetch_optional(&mut conn)
            .await;
        if !matches!(ours, Ok(Some(_))) {
            return Err(at_file(&"it has none of the tables of this program"));
        }
        sqlx::query("VACUUM INTO $1")
            .bind(into.display().to_string())
            .execute(&mut conn)
            .await?;
        conn.close().await?;
        tokio::fs::set_permissions(into, Permissions::from_mode(0o600))
            .await
            .map_err(|error| StoreError::Connect(format!("{}: {error}", into.display())))
    }

    /// Ends at `now` (unix milliseconds) what must not come back with a copy of a database: logins, links by which passwords are set, secrets
    /// of connections, API tokens; mails that waited then are dropped, because they may have been sent since.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn disown(&self, now: i64) -> Result<Disowned, StoreError> {
        let mut tx = self.write().await?;
        for statement in [
            "DELETE FROM logins",
            "DELETE FROM password_resets",
            "DELETE FROM client_secrets",
        ] {
            on!(&mut tx.link(), conn => sqlx::query(statement).execute(conn).await.map(drop))?;
        }
        let mut ended = [0, 0];
        for (count, statement) in ended.iter_mut().zip([
            "UPDATE api_tokens SET revoked_at = $1 WHERE revoked_at IS NULL",
            "UPDATE outbox SET state = 'dropped', settled_at = $1, error = 'restored', lease_node = NULL WHERE state = 'queued'",
        ]) {
            *count = on!(&mut tx.link(), conn => {
                sqlx::query(statement).bind(now).execute(conn).await.map(|done| done.rows_affected())
            })?;
        }
        tx.commit().await?;
        let [api_tokens, mails] = ended;
        Ok(Disowned { api_tokens, mails })
    }

    /// Whether the PostgreSQL database at `url` has any table: where it has, it is no place to bring a backup back to.
    ///
    /// # Errors
    /// [`StoreError::Connect`].
    pub async fn has_tables(url: &str) -> Result<bool, StoreError> {
        let mut conn = PgConnection::connect(url).await.map_err(|e| unreachable_database(&e))?;
        let found: Option<String> =
            sqlx::query_scalar("SELECT tablename::TEXT FROM pg_tables WHERE schemaname = 'public' LIMIT 1")
                .fetch_optional(&mut conn)
                .await?;
        conn.close().await?;
        Ok(found.is_some())
    }
}

//! A copy of a SQLite database as it stands at one moment, while others go on writing. PostgreSQL has programs of its own for that.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sqlx::{Connection, PgConnection};

use crate::error::{StoreError, unreachable_database};
use crate::pool::{Link, Store};

impl Store {
    /// Writes everything into the new file `into`, readable by nobody else; false on PostgreSQL, where nothing is written. Nothing of what
    /// was deleted is in it.
    ///
    /// # Errors
    /// [`StoreError::Database`], also where there is a file already; [`StoreError::Connect`] where it cannot be kept from others.
    pub async fn copy_into(&self, into: &Path) -> Result<bool, StoreError> {
        let mut reader = self.writer_outside().await?;
        let Link::Sqlite(conn) = &mut reader.link() else {
            return Ok(false);
        };
        sqlx::query("VACUUM INTO $1")
            .bind(into.display().to_string())
            .execute(&mut **conn)
            .await?;
        tokio::fs::set_permissions(into, Permissions::from_mode(0o600))
            .await
            .map_err(|error| StoreError::Connect(format!("{}: {error}", into.display())))?;
        Ok(true)
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

//! What admins changed of what was made: labels, what is hidden or merged, and the summary's words.

use colloquy_core::id::SessionId;
use colloquy_core::insights::report::ReportEdits;
use sqlx::types::Json;

use super::Insights;
use crate::error::StoreError;
use crate::pool::on;
use crate::sessions;

impl Insights<'_> {
    /// What admins changed, and its version, 0 before anybody did.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn edits(&self, session: SessionId) -> Result<(i64, ReportEdits), StoreError> {
        let mut reader = self.0.read().await?;
        let row: Option<(i64, Json<ReportEdits>)> = on!(&mut reader.link(), conn => {
            sqlx::query_as("SELECT version, body FROM report_edits WHERE session = $1")
                .bind(session.0).fetch_optional(conn).await
        })?;
        Ok(row.map_or_else(Default::default, |(version, edits)| (version, edits.0)))
    }

    /// Keeps what admins changed as a whole, where `version` is still the newest; the version that follows.
    ///
    /// # Errors
    /// [`StoreError::Outdated`] where somebody was faster; [`StoreError::Missing`], [`StoreError::Database`].
    pub async fn edit(&self, session: SessionId, version: i64, edits: &ReportEdits) -> Result<i64, StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        let workspace = sessions::lock(link, session).await?.workspace;
        let last: Option<i64> = on!(&mut *link, conn => {
            sqlx::query_scalar("SELECT version FROM report_edits WHERE session = $1").bind(session.0).fetch_optional(conn).await
        })?;
        if last.unwrap_or_default() != version {
            return Err(StoreError::Outdated);
        }
        on!(&mut *link, conn => {
            sqlx::query(
                "INSERT INTO report_edits (session, version, body) VALUES ($1, $2, $3)
                 ON CONFLICT (session) DO UPDATE SET version = excluded.version, body = excluded.body",
            )
            .bind(session.0).bind(version + 1).bind(Json(edits)).execute(conn).await.map(drop)
        })?;
        self.0.note(link, workspace, "insights.edit", session.0).await?;
        tx.commit().await?;
        Ok(version + 1)
    }

    /// Notes in the audit log that somebody is handed a session's insights as a file.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Database`].
    pub async fn exporting(&self, session: SessionId) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        let found = sessions::find(link, session)
            .await?
            .ok_or(StoreError::Missing("session"))?;
        self.0.note(link, found.workspace, "insights.export", session.0).await?;
        tx.commit().await
    }
}

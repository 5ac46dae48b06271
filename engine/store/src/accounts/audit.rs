//! Who did what. Entries name ids and never people's names or words, so that nothing in them has to be erased.

use colloquy_core::id::{ApiTokenId, UserId, WorkspaceId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::pool::{Store, on};

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDeed {
    /// Where.
    pub workspace: WorkspaceId,
    /// Who; `None`: somebody at the server's command line.
    pub user: Option<UserId>,
    /// The key that acted for them, if one did.
    pub api_token: Option<ApiTokenId>,
    /// What, such as `session.create`.
    pub deed: &'static str,
    /// To which row.
    pub subject: Option<Uuid>,
}

/// What somebody did, and when.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Deed {
    /// Its place in the log: later ones are greater.
    pub id: Uuid,
    /// Who; `None`: somebody at the server's command line.
    pub user_id: Option<Uuid>,
    /// The key that acted for them, if one did.
    pub api_token: Option<Uuid>,
    /// What, such as `session.create`.
    pub deed: String,
    /// To which row.
    pub subject: Option<Uuid>,
    /// When, in unix milliseconds.
    pub at_ms: i64,
}

/// The audit log of a store.
#[derive(Clone, Copy, Debug)]
pub struct Audit<'s>(&'s Store);

impl Store {
    /// Its audit log.
    #[must_use]
    pub fn audit(&self) -> Audit<'_> {
        Audit(self)
    }
}

impl Audit<'_> {
    /// Notes what was done.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn note(&self, new: &NewDeed, now: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        on!(&mut tx.link(), conn => {
            sqlx::query(
                "INSERT INTO audit (id, workspace, user_id, api_token, deed, subject, at_ms)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(Uuid::now_v7()).bind(new.workspace.0).bind(new.user.map(|user| user.0))
            .bind(new.api_token.map(|token| token.0)).bind(new.deed).bind(new.subject).bind(now)
            .execute(conn).await.map(drop)
        })?;
        tx.commit().await
    }

    /// A workspace's, newest first: at most `limit` of those before `before`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn of_workspace(
        &self,
        workspace: WorkspaceId,
        before: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<Deed>, StoreError> {
        let mut reader = self.0.read().await?;
        let deeds = on!(&mut reader.link(), conn => {
            sqlx::query_as(
                "SELECT id, user_id, api_token, deed, subject, at_ms FROM audit WHERE workspace = $1 AND id < $2
                 ORDER BY id DESC LIMIT $3",
            )
            .bind(workspace.0).bind(before.unwrap_or(Uuid::max())).bind(i64::from(limit)).fetch_all(conn).await
        })?;
        Ok(deeds)
    }
}

//! One server for each name: what a node holds, from conversations to recordings, it holds by its name.

use std::time::Duration;

use sqlx::PgConnection;

use crate::error::StoreError;
use crate::pool::Store;

/// How long a server of the same name may still be going: PostgreSQL hears within milliseconds that a killed one is gone.
const GOING_FOR: Duration = Duration::from_secs(5);

/// Keeps others from the name. The database ends it when this is dropped, and when the process dies.
#[derive(Debug)]
pub struct NodeClaim {
    _held: Option<PgConnection>,
}

impl Store {
    /// Claims `node` for this process; `None` where another server on the same database goes by that name. On SQLite, whose
    /// servers share a machine and a file, nothing is claimed.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn claim_node(&self, node: &str) -> Result<Option<NodeClaim>, StoreError> {
        let Some(mut connection) = self.own_connection().await? else {
            return Ok(Some(NodeClaim { _held: None }));
        };
        let lock = sqlx::query("SELECT pg_advisory_lock(hashtextextended('colloquy node ' || $1, 0))")
            .bind(node)
            .execute(&mut connection);
        match tokio::time::timeout(GOING_FOR, lock).await {
            Ok(locked) => {
                locked?;
                Ok(Some(NodeClaim {
                    _held: Some(connection),
                }))
            }
            Err(_) => Ok(None),
        }
    }
}

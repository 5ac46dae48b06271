//! The two databases behind one set of SQL.
//!
//! `$1` placeholders work on both and `FromRow` serves both, so a statement is written once, inside
//! [`on!`], which expands it for each. A match on the database stands only where dialects differ.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{
    AssertSqlSafe, Connection, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction,
};

use crate::accounts::audit::Author;
use crate::error::{StoreError, unreachable_database};

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// How long PostgreSQL works on a statement, or waits within a transaction: each takes a few milliseconds.
const POSTGRES_STATEMENT: &str = "15s";
/// How long a statement waits for another process's write on the same SQLite file; a write takes well under 10 ms, so
/// that this is reached only by a process that hangs.
pub(crate) const SQLITE_BUSY_MS: u64 = 5_000;
/// The same for emptying the write-ahead log, during which nothing is written: our own readers are done within 10 ms, and for
/// others' it is tried again.
const CHECKPOINT_BUSY_MS: u64 = 100;
/// Readers beside SQLite's one writer: more than the cores of the machines it is meant for would only queue in the cache.
const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL from one node, whose server allows 100 by default: several nodes fit beside the operator's tools.
const POSTGRES_CONNECTIONS: u32 = 12;
/// How long a call waits for a connection before it fails: past this the person has noticed anyway.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Runs a statement on whichever database `link` (a `&mut Link`) leads to; `$conn` is its connection in the body.
macro_rules! on {
    ($link:expr, $conn:ident => $body:expr) => {
        match $link {
            $crate::pool::Link::Sqlite(conn) => {
                let $conn = &mut **conn;
                $body
            }
            $crate::pool::Link::Postgres(conn) => {
                let $conn = &mut **conn;
                $body
            }
        }
    };
}
pub(crate) use on;

/// The database. Cloning shares the connections.
#[derive(Clone, Debug)]
pub struct Store {
    pool: Pool,
    /// In whose hands it is, if what is done with it is noted.
    pub(crate) author: Option<Author>,
}

#[derive(Clone, Debug)]
enum Pool {
    /// One writer, because SQLite has one anyway: waiting for it in our own queue is fair, in its busy handler it is not.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        /// What was deleted is in the write-ahead log still; also what a process before this one deleted may be.
        unforgotten: Arc<AtomicBool>,
    },
    Postgres(PgPool),
}

/// A connection in use, inside a transaction or not.
pub(crate) enum Link<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

/// A connection that only reads.
pub(crate) enum Reader {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Reader {
    pub(crate) fn link(&mut self) -> Link<'_> {
        match self {
            Self::Sqlite(conn) => Link::Sqlite(conn),
            Self::Postgres(conn) => Link::Postgres(conn),
        }
    }
}

/// A transaction that writes; dropped without [`Tx::commit`], it never happened.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub(crate) fn link(&mut self) -> Link<'_> {
        match self {
            Self::Sqlite(tx) => Link::Sqlite(tx),
            Self::Postgres(tx) => Link::Postgres(tx),
        }
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

impl Store {
    /// Opens the database and brings its tables up to date.
    ///
    /// `url`: `sqlite:PATH` (the file and its folder are created) or `postgres://…` (the database must exist).
    ///
    /// # Errors
    /// [`StoreError::Connect`] says what is wrong with the URL, the file, the server or the migration.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let pool = match url.split(':').next() {
            Some("sqlite") => connect_sqlite(url).await?,
            Some("postgres" | "postgresql") => connect_postgres(url).await?,
            _ => {
                return Err(StoreError::Connect(
                    "its URL must begin with sqlite: or postgres:".to_owned(),
                ));
            }
        };
        Ok(Self { pool, author: None })
    }

    /// Whether the database answers, for the readiness check; on SQLite also whether it can be written.
    ///
    /// # Errors
    /// [`StoreError::Database`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        on!(&mut tx.link(), conn => sqlx::query("SELECT 1").execute(conn).await.map(drop))?;
        tx.commit().await
    }

    /// Waits for running statements and closes all connections; later calls fail.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite { writer, readers, .. } => {
                readers.close().await;
                // The last connection to close moves the write-ahead log into the file.
                writer.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }

    /// Has what was deleted vanish from SQLite's write-ahead log too, if anything was. False while a reader, such as a backup,
    /// holds it there: to be tried again later. PostgreSQL's autovacuum does the like by itself.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget_deleted(&self) -> Result<bool, StoreError> {
        let Pool::Sqlite {
            writer, unforgotten, ..
        } = &self.pool
        else {
            return Ok(true);
        };
        if !unforgotten.swap(false, Ordering::AcqRel) {
            return Ok(true);
        }
        let emptied = empty_log(writer.clone()).await;
        if !matches!(emptied, Ok(true)) {
            unforgotten.store(true, Ordering::Release);
        }
        emptied
    }

    /// Something was deleted that nobody may find any more.
    pub(crate) async fn forget_now(&self) -> Result<bool, StoreError> {
        if let Pool::Sqlite { unforgotten, .. } = &self.pool {
            unforgotten.store(true, Ordering::Release);
        }
        self.forget_deleted().await
    }

    pub(crate) async fn read(&self) -> Result<Reader, StoreError> {
        Ok(match &self.pool {
            Pool::Sqlite { readers, .. } => Reader::Sqlite(readers.acquire().await?),
            Pool::Postgres(pool) => Reader::Postgres(pool.acquire().await?),
        })
    }

    /// A connection to PostgreSQL that is nobody else's until it is dropped; `None` on SQLite.
    pub(crate) async fn own_connection(&self) -> Result<Option<PgConnection>, StoreError> {
        Ok(match &self.pool {
            Pool::Sqlite { .. } => None,
            Pool::Postgres(pool) => Some(pool.acquire().await?.detach()),
        })
    }

    pub(crate) async fn write(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pool {
            // A deferred transaction that reads before it writes fails at once when another process wrote in between.
            Pool::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pool::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }
}

async fn connect_sqlite(url: &str) -> Result<Pool, StoreError> {
    let options = SqliteConnectOptions::from_str(url).map_err(|e| unreachable_database(&e))?;
    let file = options.get_filename().to_owned();
    if url.contains(":memory:") || url.contains("mode=memory") || file.as_os_str().is_empty() {
        return Err(StoreError::Connect(
            "SQLite needs a file here, as in sqlite:colloquy.db".to_owned(),
        ));
    }
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // What people say is nobody's business on a machine that is shared.
        tokio::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .await
            .map_err(|e| StoreError::Connect(format!("{}: {e}", folder.display())))?;
    }
    let at_file = |e: &dyn std::fmt::Display| StoreError::Connect(format!("{}: {e}", file.display()));
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // In WAL mode a commit is in the kernel's hands before it returns: a killed process loses nothing.
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(Duration::from_millis(SQLITE_BUSY_MS))
        .foreign_keys(true)
        // What is deleted is overwritten: somebody who takes back what they said must not be found in the file.
        .pragma("secure_delete", "ON");
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
    };
    create_sqlite(&options).await.map_err(|e| at_file(&e))?;
    let writer = pool()
        .max_connections(1)
        .connect_with(options.clone())
        .await
        .map_err(|e| at_file(&e))?;
    migrate_sqlite(&writer).await.map_err(|e| at_file(&e))?;
    let readers = pool()
        .max_connections(SQLITE_READERS)
        .connect_with(options.pragma("query_only", "ON"))
        .await
        .map_err(|e| at_file(&e))?;
    Ok(Pool::Sqlite {
        writer,
        readers,
        unforgotten: Arc::new(AtomicBool::new(true)),
    })
}

/// Moves the write-ahead log into the file and empties it; false where a reader still needs it. It waits for readers, but not
/// as long as a write would: meanwhile nobody can write.
async fn empty_log(writer: SqlitePool) -> Result<bool, StoreError> {
    let emptying = async move {
        let mut conn = writer.acquire().await?;
        let patience = |ms: u64| AssertSqlSafe(format!("PRAGMA busy_timeout = {ms}"));
        sqlx::query(patience(CHECKPOINT_BUSY_MS)).execute(&mut *conn).await?;
        let told: Result<(i64, i64, i64), _> = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut *conn)
            .await;
        sqlx::query(patience(SQLITE_BUSY_MS)).execute(&mut *conn).await?;
        Ok::<bool, sqlx::Error>(told?.0 == 0)
    };
    // A task of its own: who does not wait for it any more must not leave the impatient connection behind.
    let emptied = tokio::spawn(emptying).await;
    Ok(emptied.map_err(|error| StoreError::Database(error.to_string()))??)
}

/// Has a new file appear with its write-ahead log switched on. SQLite does not wait with that switch: of two processes
/// that make it at once, one is told that the database is locked.
async fn create_sqlite(options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let file = options.get_filename();
    if tokio::fs::try_exists(file).await? {
        return Ok(());
    }
    let mut made = file.as_os_str().to_owned();
    made.push(format!(".{}", uuid::Uuid::new_v4().simple()));
    SqliteConnection::connect_with(&options.clone().filename(&made))
        .await?
        .close()
        .await?;
    // SQLite gives its log the rights of the file.
    tokio::fs::set_permissions(&made, Permissions::from_mode(0o600)).await?;
    // It fails where another process was faster, whose file is as good, and where files cannot have two names: then the
    // pool makes the file.
    let _ = tokio::fs::hard_link(&made, file).await;
    Ok(tokio::fs::remove_file(&made).await?)
}

/// One process migrates while another waits: SQLite has no lock of its own for migrations, a transaction around them is one.
async fn migrate_sqlite(writer: &SqlitePool) -> Result<(), sqlx::migrate::MigrateError> {
    let mut conn = writer.acquire().await?;
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    // `run` takes the connection by a trait that makes its future useless to `tokio::spawn`; this is what it calls.
    SQLITE_MIGRATIONS.run_direct(None, &mut *tx, false).await?;
    tx.commit().await?;
    Ok(())
}

async fn connect_postgres(url: &str) -> Result<Pool, StoreError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|e| unreachable_database(&e))?
        .application_name("colloquy");
    // Not from the pool, which would try a refused connection again and then say only that time ran out. It is closed
    // whatever happens, and with it goes the lock that holds off other nodes' migrations.
    let mut first = tokio::time::timeout(ACQUIRE_TIMEOUT, PgConnection::connect_with(&options))
        .await
        .map_err(|_| StoreError::Connect(format!("{} does not answer", options.get_host())))?
        .map_err(|e| unreachable_database(&e))?;
    POSTGRES_MIGRATIONS
        .run_direct(None, &mut first, false)
        .await
        .map_err(|e| unreachable_database(&e))?;
    first.close().await?;
    // A statement that takes so long stands behind something that hangs. Migrations may take longer, and wait for others'.
    let options = options.options([
        ("statement_timeout", POSTGRES_STATEMENT),
        ("idle_in_transaction_session_timeout", POSTGRES_STATEMENT),
    ]);
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options)
        .await
        .map_err(|e| unreachable_database(&e))?;
    Ok(Pool::Postgres(pool))
}

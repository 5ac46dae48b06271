//! Databases for tests, this crate's and others' (feature `testing`): each test gets an empty one of its own.
//!
//! A failure here is a failed test, so that everything panics with what to do about it.

pub mod crowd;
mod postgres;
pub mod study;

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;
use uuid::Uuid;

use crate::pool::Store;
pub use postgres::Durability;

/// Databases older than this belong to no running test: one that failed or was killed left them behind.
const ABANDONED_AFTER_S: u64 = 3_600;

/// An empty, migrated database that one test has for itself.
#[derive(Debug)]
pub struct Database {
    store: Store,
    url: String,
    home: Home,
}

#[derive(Debug)]
enum Home {
    Folder(TempDir),
    Server { admin_url: String, name: String },
}

/// A database on PostgreSQL without a table.
#[derive(Debug)]
pub struct Empty {
    admin_url: String,
    name: String,
    url: String,
}

impl Empty {
    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Deletes it.
    pub async fn remove(self) {
        drop_database(&self.admin_url, &self.name).await;
    }
}

impl Database {
    /// A SQLite file in a folder of its own.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap_or_else(|e| panic!("no folder for a SQLite file: {e}"));
        let url = format!("sqlite:{}", folder.path().join("colloquy.db").display());
        Self {
            store: connect(&url).await,
            url,
            home: Home::Folder(folder),
        }
    }

    /// A database on the PostgreSQL 15 that all tests of this user share; it is started if it does not run.
    pub async fn postgres() -> Self {
        Self::postgres_with(Durability::Forgetful).await
    }

    /// As [`Database::postgres`], without a table.
    pub async fn postgres_empty() -> Empty {
        let (admin_url, name, url) = new_database(Durability::Forgetful).await;
        Empty { admin_url, name, url }
    }

    /// As [`Database::postgres`], where `durability` matters.
    pub async fn postgres_with(durability: Durability) -> Self {
        let (admin_url, name, url) = new_database(durability).await;
        Self {
            store: connect(&url).await,
            url,
            home: Home::Server { admin_url, name },
        }
    }

    /// The store on it.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where it is, for a second [`Store::connect`] or another process.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Closes and deletes it. One that is not removed, as after a failure, stays for an hour on PostgreSQL.
    pub async fn remove(self) {
        self.store.close().await;
        match self.home {
            Home::Folder(folder) => drop(folder),
            Home::Server { admin_url, name } => drop_database(&admin_url, &name).await,
        }
    }
}

/// Makes a database without a table: where it is administered, its name, and where it is.
async fn new_database(durability: Durability) -> (String, String, String) {
    let server = tokio::task::spawn_blocking(move || postgres::Server::shared(durability))
        .await
        .unwrap_or_else(|e| panic!("starting PostgreSQL: {e}"))
        .unwrap_or_else(|e| panic!("starting PostgreSQL: {e}"));
    let admin_url = server.url("postgres");
    let mut admin = administrator(&admin_url).await;
    let now_s = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .map_or(0, |since| since.as_secs());
    drop_abandoned(&mut admin, now_s).await;
    let name = format!("t{now_s}_{}", Uuid::new_v4().simple());
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut admin)
        .await
        .unwrap_or_else(|e| panic!("creating a database: {e}"));
    let url = server.url(&name);
    (admin_url, name, url)
}

async fn drop_database(admin_url: &str, name: &str) {
    let mut admin = administrator(admin_url).await;
    sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)")))
        .execute(&mut admin)
        .await
        .unwrap_or_else(|e| panic!("dropping a database: {e}"));
}

/// All rows of all tables at `url`, each as a text, in the order of the texts: to compare two databases of one kind.
pub async fn rows(url: &str) -> BTreeMap<String, Vec<String>> {
    let failed = |e: sqlx::Error| -> Vec<String> { panic!("{url}: {e}") };
    let mut found = BTreeMap::new();
    if url.starts_with("sqlite:") {
        let mut conn = SqliteConnection::connect(url)
            .await
            .unwrap_or_else(|e| panic!("{url}: {e}"));
        let tables =
            sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'");
        for table in tables.fetch_all(&mut conn).await.unwrap_or_else(failed) {
            let columns = format!("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{table}') ORDER BY cid");
            let columns = sqlx::query_scalar(AssertSqlSafe(columns)).fetch_all(&mut conn).await;
            let columns = columns.unwrap_or_else(failed).join(" || ',' || ");
            let texts = sqlx::query_scalar(AssertSqlSafe(format!("SELECT {columns} FROM \"{table}\" ORDER BY 1")));
            let texts = texts.fetch_all(&mut conn).await.unwrap_or_else(failed);
            found.insert(table, texts);
        }
        return found;
    }
    let mut conn = administrator(url).await;
    let tables = sqlx::query_scalar("SELECT tablename::TEXT FROM pg_tables WHERE schemaname = 'public'");
    for table in tables.fetch_all(&mut conn).await.unwrap_or_else(failed) {
        let texts = sqlx::query_scalar(AssertSqlSafe(format!("SELECT t::TEXT FROM \"{table}\" t ORDER BY 1")));
        let texts = texts.fetch_all(&mut conn).await.unwrap_or_else(failed);
        found.insert(table, texts);
    }
    found
}

async fn connect(url: &str) -> Store {
    Store::connect(url).await.unwrap_or_else(|e| panic!("{url}: {e}"))
}

async fn administrator(url: &str) -> PgConnection {
    PgConnection::connect(url)
        .await
        .unwrap_or_else(|e| panic!("{url}: {e}"))
}

async fn drop_abandoned(admin: &mut PgConnection, now_s: u64) {
    let names: Vec<String> =
        sqlx::query_scalar("SELECT datname FROM pg_database WHERE datname ~ '^t[0-9]+_[0-9a-f]{32}$'")
            .fetch_all(&mut *admin)
            .await
            .unwrap_or_else(|e| panic!("listing databases: {e}"));
    for name in names {
        let made_s: u64 = name[1..]
            .split('_')
            .next()
            .and_then(|secs| secs.parse().ok())
            .unwrap_or(now_s);
        if made_s + ABANDONED_AFTER_S < now_s {
            let dropped = sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}")))
                .execute(&mut *admin)
                .await;
            // Still in use after all, or dropped by another test at the same moment: either is well.
            drop(dropped);
        }
    }
}

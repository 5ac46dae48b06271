//! What the store promises, on SQLite and on PostgreSQL by the same bodies. One file per promise.
#![allow(clippy::unwrap_used)]

/// Runs each body (an `async fn(&Database)`) once on either database, on an empty one of its own.
macro_rules! both {
    ($($name:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $name() {
                let db = colloquy_store::testing::Database::sqlite().await;
                super::$name(&db).await;
                db.remove().await;
            })*
        }
        mod on_postgres {
            $(#[tokio::test]
            async fn $name() {
                let db = colloquy_store::testing::Database::postgres().await;
                super::$name(&db).await;
                db.remove().await;
            })*
        }
    };
}

mod accounts;
mod client_secrets;
mod clocks;
mod connecting;
mod consent;
mod conversation_state;
mod durability;
mod editing;
mod event_log;
mod guide_versions;
mod insights;
mod inviting;
mod lease;
mod links;
mod locking;
mod node;
mod outbox;
mod people;
mod quoting;
mod recordings;
mod resets;
mod retention;
mod scene;
mod schema;
mod sessions;
mod token_secrecy;
mod withdrawal;
mod workspaces;

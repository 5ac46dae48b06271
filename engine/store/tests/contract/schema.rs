//! Both folders of migrations make the same tables, columns and indexes.

use std::collections::BTreeSet;

use colloquy_store::testing::Database;
use sqlx::{Connection, PgConnection, SqliteConnection};

/// Table, column, type in one database's words, whether it may be null, and whether it is in the primary key.
type Column = (String, String, String, bool, bool);

const SQLITE_COLUMNS: &str = r#"
    SELECT m.name, c.name, c.type, c."notnull" = 0, c.pk > 0 FROM sqlite_master m, pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE '\_sqlx%' ESCAPE '\'"#;

const POSTGRES_COLUMNS: &str = r"
    SELECT c.table_name::TEXT, c.column_name::TEXT, c.data_type::TEXT, c.is_nullable = 'YES', EXISTS (
        SELECT 1 FROM information_schema.table_constraints t
        JOIN information_schema.key_column_usage k USING (constraint_name, table_name)
        WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_name = c.table_name AND k.column_name = c.column_name)
    FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name NOT LIKE '\_sqlx%'";

/// What PostgreSQL's types are in SQLite's column declarations.
fn in_sqlite(postgres: &str) -> &str {
    match postgres {
        "uuid" | "bytea" => "BLOB",
        "jsonb" | "text" => "TEXT",
        "bigint" => "BIGINT",
        "integer" => "INTEGER",
        "boolean" => "BOOLEAN",
        other => other,
    }
}

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_indexes() {
    let (sqlite, postgres) = (Database::sqlite().await, Database::postgres().await);
    let mut lite = SqliteConnection::connect(sqlite.url()).await.unwrap();
    let mut pg = PgConnection::connect(postgres.url()).await.unwrap();

    let here: BTreeSet<Column> = sqlx::query_as(SQLITE_COLUMNS)
        .fetch_all(&mut lite)
        .await
        .unwrap()
        .into_iter()
        .collect();
    let there: Vec<Column> = sqlx::query_as(POSTGRES_COLUMNS).fetch_all(&mut pg).await.unwrap();
    let there: BTreeSet<Column> = there
        .into_iter()
        .map(|(table, name, kind, null, key)| (table, name, in_sqlite(&kind).to_owned(), null, key))
        .collect();
    assert!(here.len() > 70, "{} columns seen", here.len());
    assert_eq!(here, there);

    let here: BTreeSet<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
            .fetch_all(&mut lite)
            .await
            .unwrap()
            .into_iter()
            .collect();
    let there: BTreeSet<String> = sqlx::query_scalar(
        "SELECT indexname::TEXT FROM pg_indexes WHERE schemaname = 'public'
             AND indexname NOT IN (SELECT conname FROM pg_constraint)",
    )
    .fetch_all(&mut pg)
    .await
    .unwrap()
    .into_iter()
    .collect();
    assert!(here.contains("conversations_session"));
    assert_eq!(here, there);

    drop((lite, pg));
    sqlite.remove().await;
    postgres.remove().await;
}

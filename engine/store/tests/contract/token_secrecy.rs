//! A token is in the database as a hash and in no other form.

use colloquy_store::testing::Database;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::scene::{NOW, Scene};

/// A token and a client secret, in the clear.
async fn secrets(db: &Database) -> [String; 2] {
    let scene = Scene::set(db.store()).await;
    let conversation = scene.participant("ada").await;
    let token = db
        .store()
        .invitations()
        .mint_token(conversation.invitation, NOW)
        .await
        .unwrap();
    let secret = db
        .store()
        .client_secrets()
        .mint(conversation.id, NOW, 1_000)
        .await
        .unwrap();
    [token.expose().to_owned(), secret.expose().to_owned()]
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn the_sqlite_file_holds_hashes_only() {
    let db = Database::sqlite().await;
    let secrets = secrets(&db).await;
    let file = db.url().strip_prefix("sqlite:").unwrap();
    let mut bytes = std::fs::read(file).unwrap();
    bytes.extend(std::fs::read(format!("{file}-wal")).unwrap());
    for secret in &secrets {
        assert!(
            contains(&bytes, &Sha256::digest(secret.as_bytes())),
            "we look in the right place"
        );
        assert!(!contains(&bytes, secret.trim_start_matches("ek_").as_bytes()));
    }
    db.remove().await;
}

#[tokio::test]
async fn the_postgres_tables_hold_hashes_only() {
    let db = Database::postgres().await;
    let secrets = secrets(&db).await;
    let mut conn = PgConnection::connect(db.url()).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar("SELECT tablename::TEXT FROM pg_tables WHERE schemaname = 'public'")
        .fetch_all(&mut conn)
        .await
        .unwrap();
    let mut rows = String::new();
    for table in tables {
        let sql = AssertSqlSafe(format!("SELECT t::TEXT FROM {table} t"));
        rows += &sqlx::query_scalar::<_, String>(sql)
            .fetch_all(&mut conn)
            .await
            .unwrap()
            .join("\n");
    }
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    for secret in &secrets {
        let text = secret.trim_start_matches("ek_");
        assert!(
            rows.contains(&hex(&Sha256::digest(secret.as_bytes()))),
            "we look in the right place"
        );
        assert!(!rows.contains(text) && !rows.contains(&hex(text.as_bytes())));
    }
    db.remove().await;
}

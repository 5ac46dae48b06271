//! One server for each name.

use colloquy_store::Store;
use colloquy_store::testing::Database;

#[tokio::test]
async fn on_postgres_a_name_is_one_servers_until_it_is_gone() {
    let db = Database::postgres().await;
    let first = db.store().claim_node("north").await.unwrap();
    assert!(first.is_some());
    let other = Store::connect(db.url()).await.unwrap();
    assert!(other.claim_node("south").await.unwrap().is_some());
    assert!(other.claim_node("north").await.unwrap().is_none());
    drop(first);
    assert!(other.claim_node("north").await.unwrap().is_some());
    other.close().await;
    db.remove().await;
}

#[tokio::test]
async fn on_sqlite_nothing_is_claimed() {
    let db = Database::sqlite().await;
    let (one, two) = (db.store().claim_node("a").await, db.store().claim_node("a").await);
    assert!(one.unwrap().is_some() && two.unwrap().is_some());
    db.remove().await;
}

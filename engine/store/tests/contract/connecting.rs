//! Opening a database says what is wrong, and opening it again finds everything.

use colloquy_store::testing::Database;
use colloquy_store::{Store, StoreError};

use crate::scene::Scene;

async fn a_second_connection_finds_what_the_first_one_stored(db: &Database) {
    let scene = Scene::set(db.store()).await;
    db.store().close().await;
    let again = Store::connect(db.url()).await.unwrap();
    assert_eq!(again.sessions().find(scene.session.id).await, Ok(Some(scene.session)));
    again.close().await;
}

async fn a_closed_store_does_not_answer(db: &Database) {
    assert_eq!(db.store().ping().await, Ok(()));
    db.store().close().await;
    assert!(matches!(db.store().ping().await, Err(StoreError::Database(_))));
}

both!(
    a_second_connection_finds_what_the_first_one_stored,
    a_closed_store_does_not_answer
);

#[tokio::test]
async fn a_new_file_can_be_opened_by_several_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("new/folder/colloquy.db").display());
    let mut openers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let url = url.clone();
        openers.spawn(async move { Store::connect(&url).await });
    }
    for store in openers.join_all().await {
        let store = store.unwrap();
        assert_eq!(store.ping().await, Ok(()));
        store.close().await;
    }
}

#[tokio::test]
async fn a_url_that_does_not_work_says_why_without_the_password() {
    for (url, part) in [
        ("mysql://root:hunter2@localhost/x", "must begin with"),
        ("", "must begin with"),
        ("sqlite::memory:", "needs a file"),
        ("sqlite:/dev/null/x.db", "/dev/null"),
        ("sqlite:/dev/full", "/dev/full"),
        ("postgres://root:hunter2@127.0.0.1:1/x", "refused"),
        ("postgres://root:hunter2@127.0.0.1:nonsense/x", "port"),
    ] {
        let error = Store::connect(url).await.unwrap_err();
        assert!(matches!(error, StoreError::Connect(_)), "{url}: {error:?}");
        assert!(error.to_string().contains(part), "{url}: {error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{url}: {error}");
    }
}

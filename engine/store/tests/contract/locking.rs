//! The first completed conversation makes a session's configuration final.

use colloquy_core::event::Outcome;
use colloquy_core::time::Ms;
use colloquy_store::StoreError;
use colloquy_store::testing::Database;

use crate::scene::{NOW, Scene, ended, topic, voice};

async fn locked_at(scene: &Scene) -> Option<i64> {
    scene
        .store
        .sessions()
        .find(scene.session.id)
        .await
        .unwrap()
        .unwrap()
        .locked_at
}

async fn the_first_completion_locks_the_session(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (early, first, second) = (
        scene.participant("early").await,
        scene.participant("first").await,
        scene.participant("second").await,
    );
    scene.append(early.id, &[ended(Outcome::EndedEarly)]).await;
    assert_eq!(locked_at(&scene).await, None, "ending early does not count");
    scene.append(first.id, &[ended(Outcome::Completed)]).await;
    assert_eq!(locked_at(&scene).await, Some(NOW + 1_000));
    db.store()
        .events()
        .append(second.id, 1, Ms(9), NOW + 9_000, &[ended(Outcome::Completed)])
        .await
        .unwrap();
    assert_eq!(locked_at(&scene).await, Some(NOW + 1_000), "the first one stays");
}

async fn a_locked_session_keeps_its_topics(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let before = db.store().topics().of_session(scene.session.id).await.unwrap();
    let conversation = scene.participant("ada").await;
    scene.append(conversation.id, &[ended(Outcome::Completed)]).await;
    let refused = db
        .store()
        .topics()
        .replace(scene.session.id, &[topic("pay", true)])
        .await;
    assert_eq!(refused, Err(StoreError::SessionLocked));
    assert_eq!(db.store().topics().of_session(scene.session.id).await, Ok(before));
}

async fn a_preview_locks_nothing(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let invitation = scene.invite("admin").await;
    let preview = db
        .store()
        .conversations()
        .preview(invitation.id, &voice(), NOW)
        .await
        .unwrap();
    assert!(preview.preview);
    scene.append(preview.id, &[ended(Outcome::Completed)]).await;
    assert_eq!(locked_at(&scene).await, None);
}

async fn a_refused_append_locks_nothing(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let conversation = scene.participant("ada").await;
    let late = db
        .store()
        .events()
        .append(conversation.id, 0, Ms(9), NOW, &[ended(Outcome::Completed)])
        .await;
    assert_eq!(late, Err(StoreError::Conflict));
    assert_eq!(locked_at(&scene).await, None);
}

both!(
    the_first_completion_locks_the_session,
    a_locked_session_keeps_its_topics,
    a_preview_locks_nothing,
    a_refused_append_locks_nothing,
);

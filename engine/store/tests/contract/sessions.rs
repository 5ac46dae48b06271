//! Workspaces, sessions and topics come back as they were made.

use colloquy_core::id::{SessionId, WorkspaceId};
use colloquy_store::testing::Database;
use colloquy_store::{SessionState, StoreError};

use crate::scene::{NOW, Scene, new_session, topic};

async fn a_workspace_comes_back_as_it_was_made(db: &Database) {
    let workspaces = db.store().workspaces();
    let scene = Scene::set(db.store()).await;
    let bare = workspaces.create("Mill", None, NOW).await.unwrap();
    assert_eq!(workspaces.find(bare.id).await, Ok(Some(bare.clone())));
    assert_eq!(
        workspaces.by_name("Harbour Clinic").await,
        Ok(Some(scene.workspace.clone()))
    );
    assert_eq!(workspaces.by_name("Nobody").await, Ok(None));
    assert_eq!(workspaces.find(WorkspaceId(scene.session.id.0)).await, Ok(None));
}

async fn a_session_comes_back_as_it_was_made(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let new = new_session(&scene.workspace);
    let made = db.store().sessions().create(&new, NOW + 1).await.unwrap();
    assert_eq!((made.state, made.locked_at), (SessionState::Draft, None));
    assert_eq!(db.store().sessions().find(made.id).await, Ok(Some(made.clone())));
    assert_eq!(db.store().topics().of_session(made.id).await, Ok(new.topics));
    let of_workspace = db.store().sessions().of_workspace(scene.workspace.id).await;
    assert_eq!(of_workspace, Ok(vec![scene.session.clone(), made]));
    assert_eq!(
        db.store().sessions().find(SessionId(scene.workspace.id.0)).await,
        Ok(None)
    );
}

async fn topics_are_replaced_as_a_whole(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let before = db.store().topics().of_session(scene.session.id).await.unwrap();
    let twice = [topic("pay", true), topic("pay", true)];
    let refused = db.store().topics().replace(scene.session.id, &twice).await;
    assert_eq!(refused, Err(StoreError::TopicTwice));
    assert_eq!(db.store().topics().of_session(scene.session.id).await, Ok(before));
    let topics = vec![topic("pay", false), topic("draw", true)];
    db.store().topics().replace(scene.session.id, &topics).await.unwrap();
    assert_eq!(db.store().topics().of_session(scene.session.id).await, Ok(topics));
    let nowhere = db.store().topics().replace(SessionId(scene.workspace.id.0), &[]).await;
    assert_eq!(nowhere, Err(StoreError::Missing("session")));
}

async fn a_session_without_topics_does_not_open(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let mut new = new_session(&scene.workspace);
    new.topics = vec![topic("pay", false)];
    let made = db.store().sessions().create(&new, NOW).await.unwrap();
    let refused = db.store().sessions().set_state(made.id, SessionState::Open, NOW).await;
    assert_eq!(refused, Err(StoreError::NoTopics));
    assert_eq!(
        db.store().sessions().find(made.id).await.unwrap().unwrap().state,
        SessionState::Draft
    );
}

both!(
    a_workspace_comes_back_as_it_was_made,
    a_session_comes_back_as_it_was_made,
    topics_are_replaced_as_a_whole,
    a_session_without_topics_does_not_open,
);

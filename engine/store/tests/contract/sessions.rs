//! Workspaces, sessions and topics come back as they were made, and are found and counted.

use colloquy_core::event::Outcome;
use colloquy_core::id::{SessionId, WorkspaceId};
use colloquy_store::testing::Database;
use colloquy_store::{LINK_LIFETIME_MS, NewUser, Once, PasswordHash, Role, SessionState, Standing, StoreError};

use crate::scene::{NOW, Scene, ended, new_session, topic};

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

async fn sessions_are_found_by_the_words_of_their_titles(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let sessions = db.store().sessions();
    let mut made = Vec::new();
    for n in 0..6 {
        let mut new = new_session(&scene.workspace);
        new.title = format!("Ärzte, {}", if n % 2 == 0 { "Autumn pulse" } else { "Exit" });
        made.push(sessions.create(&new, NOW).await.unwrap().id);
    }
    let found = async |text: &str, before, limit| {
        let found = sessions.search(scene.workspace.id, text, before, limit).await.unwrap();
        found.iter().map(|session| session.id).collect::<Vec<_>>()
    };
    assert_eq!(found("PULSE ärzte", None, 2).await, [made[4], made[2]], "newest first");
    assert_eq!(found("pulse ÄRZTE", Some(made[2]), 2).await, [made[0]]);
    assert_eq!(found("pulse exit", None, 9).await, []);
    sessions.delete(made[4], NOW).await.unwrap();
    assert_eq!(found("pulse", None, 9).await, [made[2], made[0]]);
    let mill = db.store().workspaces().create("Mill", None, NOW).await.unwrap();
    assert_eq!(sessions.search(mill.id, "pulse", None, 9).await, Ok(vec![]));
}

async fn how_many_stand_where_is_counted(db: &Database) {
    let scene = Scene::set(db.store()).await;
    scene.invite("ada").await;
    let ben = scene.invite("ben").await;
    db.store().invitations().revoke(ben.id).await.unwrap();
    for name in ["eve", "ida"] {
        let talk = scene.participant(name).await;
        scene.append(talk.id, &[ended(Outcome::Completed)]).await;
    }
    let sessions = db.store().sessions();
    let other = sessions.create(&new_session(&scene.workspace), NOW).await.unwrap();
    let counted = async |now| {
        let counts = sessions.standings(&[scene.session.id, other.id], now).await.unwrap();
        assert!(!counts.contains_key(&other.id));
        counts[&scene.session.id].clone()
    };
    let counts = [(Standing::Queued, 1), (Standing::Revoked, 1), (Standing::Completed, 2)];
    assert_eq!(counted(NOW).await, counts.into());
    let counts = [(Standing::Expired, 1), (Standing::Revoked, 1), (Standing::Completed, 2)];
    assert_eq!(counted(NOW + LINK_LIFETIME_MS).await, counts.into());
}

async fn a_session_that_is_asked_for_again_is_made_once(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let new = NewUser {
        email: "ada@harbour.example".into(),
        name: "Ada".into(),
        role: Role::Owner,
        password: PasswordHash::new("none".to_owned()),
    };
    let ada = db.store().users().create(scene.workspace.id, &new, NOW).await.unwrap();
    let once = Once {
        user: ada.id,
        key: "made",
        request: b"pulse",
    };
    let sessions = db.store().sessions();
    let new = new_session(&scene.workspace);
    let (one, two) = tokio::join!(
        sessions.create_greeting(&new, "", None, Some(&once), NOW),
        sessions.create_greeting(&new, "", None, Some(&once), NOW),
    );
    let made = one.unwrap();
    assert_eq!(made.id, two.unwrap().id);
    assert_eq!(sessions.of_workspace(scene.workspace.id).await.unwrap().len(), 2);
    let other = Once {
        request: b"exit",
        ..once
    };
    let reused = sessions.create_greeting(&new, "", None, Some(&other), NOW).await;
    assert_eq!(reused, Err(StoreError::KeyReused));
    sessions.delete(made.id, NOW).await.unwrap();
    let gone = sessions.create_greeting(&new, "", None, Some(&once), NOW).await;
    assert_eq!(gone, Err(StoreError::Missing("session")));
}

both!(
    sessions_are_found_by_the_words_of_their_titles,
    how_many_stand_where_is_counted,
    a_session_that_is_asked_for_again_is_made_once,
    a_workspace_comes_back_as_it_was_made,
    a_session_comes_back_as_it_was_made,
    topics_are_replaced_as_a_whole,
    a_session_without_topics_does_not_open,
);

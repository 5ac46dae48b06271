//! Sessions are edited by one admin at a time, until somebody has completed them, and cloned after that.

use colloquy_core::event::{Event, Outcome};
use colloquy_core::guide::{Confidentiality, HelpContact, ModeChoice};
use colloquy_core::id::SessionId;
use colloquy_store::testing::Database;
use colloquy_store::{ConversationState, NewSession, SessionEdit, SessionState, StoreError};
use uuid::Uuid;

use crate::scene::{NOW, Scene, ended, heard, new_session, topic};

pub(crate) fn edit() -> SessionEdit {
    SessionEdit {
        title: "Why people really stay".to_owned(),
        mode: ModeChoice::Text,
        confidentiality: Confidentiality::Identified,
        recording: true,
        length_min: 9,
        welcome: "Good to have you here.".to_owned(),
        help: Some(HelpContact {
            name: "Robin".to_owned(),
            reach: "phone 7".to_owned(),
        }),
        topics: vec![topic("pay", true), topic("draw", false)],
    }
}

async fn an_edit_is_kept_whole_and_only_on_what_was_read(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let sessions = db.store().sessions();
    let (before, _) = sessions.with_topics(scene.session.id).await.unwrap().unwrap();
    let edited = sessions.edit(before.id, before.version, &edit()).await.unwrap();
    let (kept, topics) = sessions.with_topics(before.id).await.unwrap().unwrap();
    assert_eq!(kept, edited);
    assert_eq!(
        (kept.title.as_str(), kept.welcome.as_str()),
        ("Why people really stay", "Good to have you here.")
    );
    assert_eq!(
        (kept.mode, kept.recording, kept.length_min),
        (ModeChoice::Text, true, 9)
    );
    assert!(kept.version > before.version);
    assert_eq!(topics, edit().topics);
    let second = SessionEdit {
        title: "Mine".to_owned(),
        ..edit()
    };
    assert_eq!(
        sessions.edit(before.id, before.version, &second).await,
        Err(StoreError::Outdated)
    );
    assert_eq!(
        sessions.find(before.id).await.unwrap().unwrap().title,
        kept.title,
        "nothing is overwritten"
    );
    let missing = sessions.edit(SessionId(Uuid::nil()), 1, &second).await;
    assert_eq!(missing, Err(StoreError::Missing("session")));
}

async fn of_two_edits_at_once_one_is_kept(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (sessions, id, version) = (db.store().sessions(), scene.session.id, scene.session.version);
    let other = SessionEdit {
        topics: vec![topic("manager", true)],
        ..edit()
    };
    let edit = edit();
    let (one, two) = tokio::join!(sessions.edit(id, version, &edit), sessions.edit(id, version, &other));
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    assert_eq!(one.and(two), Err(StoreError::Outdated));
}

async fn an_edit_that_fails_changes_nothing(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (sessions, session) = (db.store().sessions(), &scene.session);
    let before = sessions.with_topics(session.id).await;
    let twice = SessionEdit {
        topics: vec![topic("pay", true), topic("pay", true)],
        ..edit()
    };
    assert_eq!(
        sessions.edit(session.id, session.version, &twice).await,
        Err(StoreError::TopicTwice)
    );
    let none = SessionEdit {
        topics: vec![topic("pay", false)],
        ..edit()
    };
    assert_eq!(
        sessions.edit(session.id, session.version, &none).await,
        Err(StoreError::NoTopics)
    );
    assert_eq!(sessions.with_topics(session.id).await, before);
}

async fn what_somebody_completed_is_cloned_and_no_longer_edited(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let sessions = db.store().sessions();
    let edited = sessions
        .edit(scene.session.id, scene.session.version, &edit())
        .await
        .unwrap();
    let conversation = scene.participant("ada").await;
    scene.append(conversation.id, &[ended(Outcome::Completed)]).await;
    let (locked, topics) = sessions.with_topics(edited.id).await.unwrap().unwrap();
    assert!(
        locked.version > edited.version,
        "who read it before it was locked finds out"
    );
    for version in [edited.version, locked.version] {
        let refused = sessions.edit(locked.id, version, &edit()).await;
        assert_eq!(refused, Err(StoreError::SessionLocked));
    }
    let clone = sessions.clone_of(locked.id, "Again", NOW + 7).await.unwrap();
    let (kept, cloned_topics) = sessions.with_topics(clone.id).await.unwrap().unwrap();
    assert_eq!((&kept, &cloned_topics), (&clone, &topics));
    assert_eq!(
        (kept.state, kept.locked_at, kept.parent),
        (SessionState::Draft, None, Some(locked.id))
    );
    assert_eq!(
        (kept.welcome, kept.help, kept.length_min),
        (locked.welcome, locked.help, locked.length_min)
    );
    assert!(sessions.edit(clone.id, clone.version, &edit()).await.is_ok());
    assert_eq!(
        sessions.with_topics(locked.id).await.unwrap().unwrap().1,
        topics,
        "the original stays intact"
    );
}

async fn a_sessions_own_help_contact_goes_before_the_workspaces(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let sessions = db.store().sessions();
    let guide = sessions.freeze_guide(scene.session.id).await.unwrap();
    assert_eq!(guide.help.unwrap().name, "Ombuds office");
    sessions
        .edit(scene.session.id, scene.session.version, &edit())
        .await
        .unwrap();
    let guide = sessions.freeze_guide(scene.session.id).await.unwrap();
    assert_eq!(guide.help.unwrap().name, "Robin");
}

async fn pages_hold_each_session_of_a_workspace_once(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let sessions = db.store().sessions();
    let elsewhere = db.store().workspaces().create("Mill", None, NOW).await.unwrap();
    sessions.create(&new_session(&elsewhere), NOW).await.unwrap();
    let mut made = vec![scene.session.id];
    for n in 0..4 {
        let new = NewSession {
            title: format!("Number {n}"),
            ..new_session(&scene.workspace)
        };
        made.push(sessions.create(&new, NOW).await.unwrap().id);
    }
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = sessions.page(scene.workspace.id, before, 2).await.unwrap();
        seen.extend(page.iter().map(|session| session.id));
        match page.last() {
            Some(last) => before = Some(last.id),
            None => break,
        }
    }
    made.reverse();
    assert_eq!(seen, made);
}

async fn nothing_that_was_said_outlives_a_deleted_session(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (sessions, id) = (db.store().sessions(), scene.session.id);
    let invitations = db.store().invitations();
    let talking = scene.participant("ada").await;
    scene.append(talking.id, &[heard(0, "My chair squeaks.")]).await;
    let done = scene.participant("ben").await;
    scene
        .append(done.id, &[heard(0, "Mine too."), ended(Outcome::Completed)])
        .await;
    let token = invitations.mint_token(done.invitation, NOW).await.unwrap();
    assert_eq!(sessions.delete(id, NOW).await, Err(StoreError::SessionOpen));
    let clone = sessions.clone_of(id, "Again", NOW).await.unwrap();
    sessions.set_state(id, SessionState::Closed, NOW).await.unwrap();
    sessions.delete(id, NOW).await.unwrap();

    assert_eq!(sessions.find(id).await, Ok(None));
    assert_eq!(sessions.with_topics(id).await, Ok(None));
    assert_eq!(sessions.of_workspace(scene.workspace.id).await, Ok(vec![clone.clone()]));
    assert_eq!(sessions.page(scene.workspace.id, None, 9).await, Ok(vec![clone]));
    assert!(invitations.by_token(token.expose(), NOW).await.unwrap().is_none());
    for talk in [talking.id, done.id] {
        let log = db.store().events().read(talk, 0).await.unwrap();
        let said = |event: &Event| matches!(event, Event::SegmentHeard { .. });
        assert!(!log.iter().any(|row| said(&row.event)), "{log:?}");
        let talk = db.store().conversations().find(talk).await.unwrap().unwrap();
        assert_eq!(talk.state, ConversationState::Withdrawn);
        let guide = db.store().guides().find(talk.guide).await.unwrap().unwrap();
        assert_eq!((guide.title.as_str(), guide.topics.len(), guide.help), ("", 0, None));
    }
    let found = db.store().people().search(scene.workspace.id, "ben", 9).await.unwrap();
    assert_eq!(found.len(), 1, "people may be in other sessions");
    for missing in [
        sessions.delete(id, NOW).await.map(drop),
        sessions.set_state(id, SessionState::Open, NOW).await,
    ] {
        assert_eq!(missing, Err(StoreError::Missing("session")));
    }
}

both!(
    nothing_that_was_said_outlives_a_deleted_session,
    an_edit_is_kept_whole_and_only_on_what_was_read,
    of_two_edits_at_once_one_is_kept,
    an_edit_that_fails_changes_nothing,
    what_somebody_completed_is_cloned_and_no_longer_edited,
    a_sessions_own_help_contact_goes_before_the_workspaces,
    pages_hold_each_session_of_a_workspace_once,
);

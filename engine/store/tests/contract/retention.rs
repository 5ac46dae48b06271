//! A workspace lets go of what it keeps no longer, and of nothing else.

use colloquy_core::event::{Event, Mode, Outcome};
use colloquy_core::guide::Confidentiality;
use colloquy_core::id::{ConversationId, InvitationId, RecordingId};
use colloquy_core::time::Ms;
use colloquy_store::testing::Database;
use colloquy_store::{
    Consent, ConversationState, Keep, LinkState, NewPerson, Retention, SessionState, StoreError, WorkspaceEdit,
};
use uuid::Uuid;

use crate::scene::{DAY_MS, NOW, Scene, ended, heard, new_session, voice};

async fn keeps(scene: &Scene, keep: Keep) {
    let workspaces = scene.store.workspaces();
    let now = workspaces.find(scene.workspace.id).await.unwrap().unwrap();
    let edit = WorkspaceEdit {
        name: now.name,
        help: now.help,
        keep,
    };
    workspaces.change(now.id, &edit, now.version).await.unwrap();
}

async fn conversations_are_erased_so_many_days_after_their_end(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let store = db.store();
    let over = scene.participant("ada").await.id;
    scene
        .append(over, &[heard(1, "It was the rota."), ended(Outcome::Completed)])
        .await;
    let running = scene.participant("ben").await.id;
    scene.append(running, &[heard(1, "I am still here.")]).await;
    // Whose link is good for longer can go on.
    let invitation = conversation_of(db, running).await;
    store.invitations().extend(invitation, NOW + 40 * DAY_MS).await.unwrap();
    let later = NOW + 31 * DAY_MS;
    assert_eq!(store.let_go(later).await, Ok(Retention::default()), "for good");
    keeps(
        &scene,
        Keep {
            conversations: Some(30),
            ..Keep::default()
        },
    )
    .await;
    assert_eq!(store.let_go(NOW + 29 * DAY_MS).await.unwrap().conversations, 0);
    assert_eq!(store.let_go(later).await.unwrap().conversations, 1);
    assert_eq!(store.let_go(later).await.unwrap().conversations, 0, "once");
    let conversations = store.conversations();
    let state = async |id| conversations.find(id).await.unwrap().unwrap().state;
    assert_eq!(state(over).await, ConversationState::Withdrawn);
    assert_eq!(state(running).await, ConversationState::Consented, "it goes on");
    let has_words = async |id| {
        let events = store.events().read(id, 0).await.unwrap();
        events
            .iter()
            .any(|recorded| matches!(recorded.event, Event::SegmentHeard { .. }))
    };
    assert!(!has_words(over).await);
    assert!(has_words(running).await);
    assert_eq!(store.let_go(NOW + 40 * DAY_MS).await.unwrap().conversations, 1);
    assert!(!has_words(running).await, "nobody can go on with it any more");
}

async fn conversation_of(db: &Database, id: ConversationId) -> InvitationId {
    db.store().conversations().find(id).await.unwrap().unwrap().invitation
}

async fn who_declined_while_they_talked_left_words_that_go_too(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let store = db.store();
    let talk = scene.participant("ada").await;
    scene
        .append(talk.id, &[heard(1, "It was the rota."), Event::Declined])
        .await;
    let keep = Keep {
        conversations: Some(30),
        ..Keep::default()
    };
    keeps(&scene, keep).await;
    assert_eq!(store.let_go(NOW + 30 * DAY_MS).await.unwrap().conversations, 0);
    assert_eq!(store.let_go(NOW + 31 * DAY_MS).await.unwrap().conversations, 1);
    let events = store.events().read(talk.id, 0).await.unwrap();
    assert!(!events.iter().any(|r| matches!(r.event, Event::SegmentHeard { .. })));
}

async fn sound_and_mails_go_when_their_time_is_over(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let store = db.store();
    let mut new = new_session(&scene.workspace);
    new.recording = true;
    let session = store.sessions().create(&new, NOW).await.unwrap();
    let sessions = store.sessions();
    sessions.set_state(session.id, SessionState::Open, NOW).await.unwrap();
    let pat = NewPerson {
        workspace: scene.workspace.id,
        email: "pat@harbour.example".into(),
        name: "Pat".into(),
        role: None,
        department: None,
    };
    let invited = store
        .invitations()
        .invite(session.id, &pat, true, None, NOW)
        .await
        .unwrap();
    let agrees = Consent {
        mode: Mode::Voice,
        recording: true,
        ..voice()
    };
    let talk = store.conversations().open(invited, &agrees, NOW).await.unwrap();
    let recording = RecordingId(Uuid::now_v7());
    assert!(
        store
            .recordings()
            .begin(recording, talk.id, "north", Ms(0), NOW)
            .await
            .unwrap()
    );
    let mail = store.outbox().claim("north", NOW, NOW + 1).await.unwrap().unwrap();
    store.outbox().sent(mail.id, NOW).await.unwrap();
    let keep = Keep {
        conversations: None,
        recordings: Some(7),
        mails: Some(14),
    };
    keeps(&scene, keep).await;
    let gone = store.let_go(NOW + 8 * DAY_MS).await.unwrap();
    assert_eq!((gone.conversations, gone.recordings, gone.mails), (0, 1, 0));
    assert_eq!(store.recordings().doomed("north").await.unwrap().len(), 1);
    let later = NOW + 15 * DAY_MS;
    assert_eq!(store.let_go(later).await.unwrap().mails, 1, "reminders that wait stay");
    assert!(!store.outbox().knows(mail.id).await.unwrap());
}

async fn settings_are_changed_only_as_they_were_read(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let workspaces = db.store().workspaces();
    let edit = WorkspaceEdit {
        name: "Mill".to_owned(),
        help: None,
        keep: Keep {
            mails: Some(3),
            ..Keep::default()
        },
    };
    let id = scene.workspace.id;
    let changed = workspaces.change(id, &edit, scene.workspace.version).await.unwrap();
    assert_eq!(
        (changed.name.as_str(), changed.keep.mails, changed.version),
        ("Mill", Some(3), 2)
    );
    let late = workspaces.change(id, &edit, scene.workspace.version).await;
    assert_eq!(late, Err(StoreError::Outdated));
}

async fn a_trial_counts_nowhere_and_is_kept_for_a_week(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (store, invitations) = (db.store(), db.store().invitations());
    let draft = store
        .sessions()
        .create(&new_session(&scene.workspace), NOW)
        .await
        .unwrap();
    let token = invitations.trial(draft.id, &"Ada".into(), NOW).await.unwrap();
    let found = invitations.by_token(token.expose(), NOW).await.unwrap().unwrap();
    assert_eq!(found.state, LinkState::Usable, "before the session opens");
    let (invitation, conversations) = (found.invitation.id, store.conversations());
    let talk = conversations
        .open_by(invitation, &voice(), Confidentiality::Confidential, token.expose(), NOW)
        .await
        .unwrap();
    assert!(talk.preview);
    let secrets = store.client_secrets();
    let secret = secrets.mint(talk.id, NOW, 60_000).await.unwrap();
    assert_eq!(secrets.redeem(secret.expose(), NOW).await, Ok(Some(talk.id)));
    scene
        .append(talk.id, &[heard(1, "It was the rota."), ended(Outcome::Completed)])
        .await;
    let after = store.sessions().find(draft.id).await.unwrap().unwrap();
    assert_eq!(after.locked_at, None);
    assert_eq!(invitations.page(draft.id, None, 9).await, Ok(vec![]));
    assert!(store.sessions().standings(&[draft.id], NOW).await.unwrap().is_empty());
    assert_eq!(store.people().search(scene.workspace.id, "ada", 9).await, Ok(vec![]));
    let again = invitations.trial(draft.id, &"Ada".into(), NOW).await;
    assert!(again.is_ok(), "as often as one likes");
    assert_eq!(store.let_go(NOW + 7 * DAY_MS).await.unwrap().conversations, 0);
    assert_eq!(store.let_go(NOW + 7 * DAY_MS + 1).await.unwrap().conversations, 1);
    let gone = conversations.find(talk.id).await.unwrap().unwrap();
    assert_eq!(gone.state, ConversationState::Withdrawn);
    assert!(invitations.by_token(token.expose(), NOW).await.unwrap().is_none());
    assert!(
        invitations
            .by_token(again.unwrap().expose(), NOW)
            .await
            .unwrap()
            .is_none(),
        "nor of one by which nothing was said"
    );
    let rows = colloquy_store::testing::rows(db.url()).await;
    assert!(!rows["people"].iter().any(|row| row.contains("Ada")), "no name stays");
    store
        .sessions()
        .set_state(scene.session.id, SessionState::Closed, NOW)
        .await
        .unwrap();
    let closed = invitations.trial(scene.session.id, &"Ada".into(), NOW).await;
    assert_eq!(closed, Err(StoreError::Link(LinkState::SessionClosed)));
}

both!(
    who_declined_while_they_talked_left_words_that_go_too,
    a_trial_counts_nowhere_and_is_kept_for_a_week,
    conversations_are_erased_so_many_days_after_their_end,
    sound_and_mails_go_when_their_time_is_over,
    settings_are_changed_only_as_they_were_read,
);

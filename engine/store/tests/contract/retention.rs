//! A workspace lets go of what it keeps no longer, and of nothing else.

use colloquy_core::event::{Event, Mode, Outcome};
use colloquy_core::guide::Confidentiality;
use colloquy_core::id::{ConversationId, InvitationId, RecordingId};
use colloquy_core::time::Ms;
use colloquy_store::testing::Database;
use colloquy_store::{
    Consent, ConversationState, Keep, LET_GO_AFTER_MS, LettingGo, LinkState, NewPerson, Retention, SessionState,
    Standing, StoreError, TRIAL_LIFETIME_MS, TRIALS_AT_MOST, WorkspaceEdit,
};
use uuid::Uuid;

use crate::scene::{DAY_MS, NOW, Scene, ended, heard, new_session, voice};

/// Since long ago.
async fn keeps(scene: &Scene, keep: Keep) {
    keeps_from(scene, keep, NOW - LET_GO_AFTER_MS).await;
}

async fn keeps_from(scene: &Scene, keep: Keep, at: i64) {
    let workspaces = scene.store.workspaces();
    let now = workspaces.find(scene.workspace.id).await.unwrap().unwrap();
    let edit = WorkspaceEdit {
        name: now.name,
        help: now.help,
        keep,
    };
    workspaces.change(now.id, &edit, now.version, at).await.unwrap();
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
    assert_eq!(state(over).await, ConversationState::Erased);
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

const FOR_30_DAYS: Keep = Keep {
    conversations: Some(30),
    recordings: None,
    mails: None,
};

async fn what_was_kept_for_long_enough_says_so_and_was_not_taken_back(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (store, session) = (db.store(), scene.session.id);
    let talk = scene.participant("ada").await;
    let (at, conversations) = (NOW + 31 * DAY_MS, store.conversations());
    let token = store.invitations().mint_token(talk.invitation, NOW).await.unwrap();
    scene
        .append(talk.id, &[heard(1, "It was the rota."), ended(Outcome::Completed)])
        .await;
    // Who takes theirs back before says so by that word.
    let back = scene.participant("ben").await;
    conversations.withdraw(back.id, NOW).await.unwrap();
    keeps(&scene, FOR_30_DAYS).await;
    assert_eq!(store.let_go(at).await.unwrap().conversations, 1);
    let found = conversations.find(talk.id).await.unwrap().unwrap();
    assert_eq!((found.state, found.kept_days), (ConversationState::Erased, Some(30)));
    let listed = store.invitations().listed(talk.invitation).await.unwrap().unwrap();
    assert_eq!((listed.standing(at), listed.kept_days), (Standing::Erased, Some(30)));
    let other = store.invitations().listed(back.invitation).await.unwrap().unwrap();
    assert_eq!((other.standing(at), other.kept_days), (Standing::Withdrawn, None));
    let counts = store.sessions().standings(&[session], at).await.unwrap();
    assert_eq!(
        (
            counts[&session].get(&Standing::Erased),
            counts[&session].get(&Standing::Withdrawn)
        ),
        (Some(&1), Some(&1))
    );
    let link = store.invitations().by_token(token.expose(), at).await.unwrap().unwrap();
    assert_eq!(link.state, LinkState::Expired, "the person has taken nothing back");
    // Nothing is left that could be.
    conversations.withdraw(talk.id, at).await.unwrap();
    let after = conversations.find(talk.id).await.unwrap().unwrap();
    assert_eq!(
        (after.state, after.last_seq),
        (ConversationState::Erased, found.last_seq)
    );
}

async fn what_is_to_be_kept_for_a_shorter_time_goes_a_day_later(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (store, workspace) = (db.store(), scene.workspace.id);
    for name in ["ada", "ben"] {
        let talk = scene.participant(name).await.id;
        scene.append(talk, &[heard(1, "So."), ended(Outcome::Completed)]).await;
    }
    let now = NOW + 60 * DAY_MS;
    let would = async |keep: Keep, at: i64| store.would_let_go(workspace, keep, at).await.unwrap();
    let both = LettingGo {
        conversations: 2,
        ..LettingGo::default()
    };
    assert_eq!(would(FOR_30_DAYS, now).await, both);
    assert_eq!(would(Keep::default(), now).await, LettingGo::default());
    assert_eq!(would(FOR_30_DAYS, NOW + 29 * DAY_MS).await, LettingGo::default());
    keeps_from(&scene, FOR_30_DAYS, now).await;
    let begins = now + LET_GO_AFTER_MS;
    let gone = async |at: i64| store.let_go(at).await.unwrap().conversations;
    assert_eq!(gone(begins - 1).await, 0, "it can be set back");
    // Set back, and set again: it waits for a day again.
    keeps_from(&scene, Keep::default(), begins - 1).await;
    assert_eq!(gone(begins).await, 0);
    keeps_from(&scene, FOR_30_DAYS, begins).await;
    assert_eq!(gone(begins + LET_GO_AFTER_MS - 1).await, 0);
    // What is kept for longer waits for nothing.
    let longer = Keep {
        conversations: Some(40),
        ..FOR_30_DAYS
    };
    keeps_from(&scene, longer, begins + LET_GO_AFTER_MS - 1).await;
    assert_eq!(gone(begins + LET_GO_AFTER_MS).await, 2);
    assert_eq!(would(FOR_30_DAYS, begins + LET_GO_AFTER_MS).await, LettingGo::default());
}

async fn each_workspace_lets_go_of_its_own(db: &Database) {
    let (harbour, mill) = (Scene::set(db.store()).await, Scene::set(db.store()).await);
    let store = db.store();
    let mut talks = Vec::new();
    for scene in [&harbour, &mill] {
        // The same person, as far as an address tells, is somebody else in each.
        let talk = scene.participant("ada").await.id;
        scene.append(talk, &[heard(1, "So."), ended(Outcome::Completed)]).await;
        talks.push(talk);
    }
    keeps(&harbour, FOR_30_DAYS).await;
    let at = NOW + 90 * DAY_MS;
    let would = store.would_let_go(mill.workspace.id, FOR_30_DAYS, at).await.unwrap();
    assert_eq!(would.conversations, 1, "its own alone");
    assert_eq!(store.let_go(at).await.unwrap().conversations, 1);
    let state = async |id| store.conversations().find(id).await.unwrap().unwrap().state;
    assert_eq!(
        (state(talks[0]).await, state(talks[1]).await),
        (ConversationState::Erased, ConversationState::Completed)
    );
}

async fn trials_are_so_many_and_those_that_nobody_begins_go_with_their_link(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (store, invitations) = (db.store(), db.store().invitations());
    let draw = async |at: i64| invitations.trial(scene.session.id, &"Ada".into(), at).await;
    let leads = async |token: &colloquy_store::Token| {
        let found = invitations.by_token(token.expose(), NOW).await.unwrap();
        found.map(|found| found.invitation.id)
    };
    let mut drawn = Vec::new();
    for n in 0..TRIALS_AT_MOST {
        drawn.push(draw(NOW + n).await.unwrap());
    }
    // The oldest is begun: it stays, and the next one makes room.
    let first = leads(&drawn[0]).await.unwrap();
    let begun = store.conversations().open(first, &voice(), NOW).await.unwrap();
    drawn.push(draw(NOW + 99).await.unwrap());
    assert_eq!(leads(&drawn[1]).await, None);
    assert!(leads(&drawn[0]).await.is_some() && leads(&drawn[2]).await.is_some());
    for token in &drawn[2..] {
        let id = leads(token).await.unwrap();
        store.conversations().open(id, &voice(), NOW).await.unwrap();
    }
    assert_eq!(draw(NOW).await.unwrap_err(), StoreError::TooManyTrials);
    // Elsewhere there is room.
    let other = store
        .sessions()
        .create(&new_session(&scene.workspace), NOW)
        .await
        .unwrap();
    let idle = invitations.trial(other.id, &"Ada".into(), NOW).await.unwrap();
    assert_eq!(store.let_go(NOW + TRIAL_LIFETIME_MS - 1).await.unwrap().trials, 0);
    let gone = store.let_go(NOW + TRIAL_LIFETIME_MS).await.unwrap();
    assert_eq!((gone.trials, gone.conversations, gone.failed), (1, 0, vec![]));
    assert_eq!(leads(&idle).await, None);
    assert!(store.conversations().find(begun.id).await.unwrap().is_some());
    let rows = colloquy_store::testing::rows(db.url()).await;
    assert_eq!(rows["people"].len() as i64, TRIALS_AT_MOST, "not even a row stays");
    // A week later all have made room.
    store.let_go(NOW + 8 * DAY_MS).await.unwrap();
    assert!(draw(NOW + 8 * DAY_MS).await.is_ok());
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
    let changed = workspaces
        .change(id, &edit, scene.workspace.version, NOW)
        .await
        .unwrap();
    assert_eq!(
        (changed.name.as_str(), changed.keep.mails, changed.version),
        ("Mill", Some(3), 2)
    );
    let late = workspaces.change(id, &edit, scene.workspace.version, NOW).await;
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
    what_was_kept_for_long_enough_says_so_and_was_not_taken_back,
    what_is_to_be_kept_for_a_shorter_time_goes_a_day_later,
    each_workspace_lets_go_of_its_own,
    trials_are_so_many_and_those_that_nobody_begins_go_with_their_link,
    who_declined_while_they_talked_left_words_that_go_too,
    a_trial_counts_nowhere_and_is_kept_for_a_week,
    conversations_are_erased_so_many_days_after_their_end,
    sound_and_mails_go_when_their_time_is_over,
    settings_are_changed_only_as_they_were_read,
);

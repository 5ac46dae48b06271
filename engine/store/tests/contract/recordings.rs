//! Sound is kept while session and person agree, and no longer than that.

use colloquy_core::event::{Event, Mode, Outcome};
use colloquy_core::id::{ConversationId, RecordingId};
use colloquy_core::time::Ms;
use colloquy_store::testing::Database;
use colloquy_store::{Consent, Conversation, NewSession, Recording, SessionState};
use uuid::Uuid;

use crate::scene::{DAY_MS, NOW, Scene, ended, new_session, voice};

fn agrees() -> Consent {
    Consent {
        recording: true,
        ..voice()
    }
}

/// A session that allows recordings.
async fn scene(db: &Database) -> Scene {
    let mut scene = Scene::set(db.store()).await;
    let new = NewSession {
        recording: true,
        ..new_session(&scene.workspace)
    };
    scene.session = db.store().sessions().create(&new, NOW).await.unwrap();
    db.store()
        .sessions()
        .set_state(scene.session.id, SessionState::Open, NOW)
        .await
        .unwrap();
    scene
}

async fn opens(scene: &Scene, name: &str, consent: &Consent) -> Conversation {
    let invitation = scene.invite(name).await;
    let conversations = scene.store.conversations();
    conversations.open(invitation.id, consent, NOW).await.unwrap()
}

async fn begins(db: &Database, id: ConversationId, node: &str, from: u64, now: i64) -> bool {
    let recording = RecordingId(Uuid::now_v7());
    let recordings = db.store().recordings();
    recordings.begin(recording, id, node, Ms(from), now).await.unwrap()
}

async fn doomed(db: &Database, node: &str) -> Vec<ConversationId> {
    let found = db.store().recordings().doomed(node).await.unwrap();
    found.into_iter().map(|recording| recording.conversation).collect()
}

async fn nothing_is_kept_without_the_word_of_both(db: &Database) {
    let scene = scene(db).await;
    let silent = opens(&scene, "ada", &voice()).await.id;
    assert!(!begins(db, silent, "north", 0, NOW).await, "the person did not agree");
    let agreed = opens(&scene, "ben", &agrees()).await.id;
    assert!(begins(db, agreed, "north", 0, NOW).await);
    let other = Scene::set(db.store()).await;
    let not_offered = opens(&other, "eve", &agrees()).await.id;
    assert!(!begins(db, not_offered, "north", 0, NOW).await, "the session does not");
    scene
        .append(agreed, &[Event::Connected, ended(Outcome::Completed)])
        .await;
    assert!(!begins(db, agreed, "north", 0, NOW).await, "it is over");
}

async fn the_stretches_of_a_conversation_are_in_order(db: &Database) {
    let scene = scene(db).await;
    let id = opens(&scene, "ada", &agrees()).await.id;
    for (node, from, now) in [("north", 0, NOW), ("south", 8_000, NOW + 9_000)] {
        assert!(begins(db, id, node, from, now).await);
    }
    let kept: Vec<Recording> = db.store().recordings().of_conversation(id).await.unwrap();
    let facts: Vec<(&str, u64, i64)> = kept.iter().map(|r| (r.node.as_str(), r.from.0, r.created)).collect();
    assert_eq!(facts, [("north", 0, NOW), ("south", 8_000, NOW + 9_000)]);
    let stranger = opens(&scene, "ben", &agrees()).await.id;
    assert_eq!(db.store().recordings().of_conversation(stranger).await.unwrap(), []);
}

async fn who_takes_consent_back_takes_the_sound_back(db: &Database) {
    let scene = scene(db).await;
    let (ada, ben, eve, ida) = (
        opens(&scene, "ada", &agrees()).await,
        opens(&scene, "ben", &agrees()).await,
        opens(&scene, "eve", &agrees()).await,
        opens(&scene, "ida", &agrees()).await,
    );
    for conversation in [&ada, &ben, &eve, &ida] {
        assert!(begins(db, conversation.id, "north", 0, NOW).await);
    }
    assert!(begins(db, ada.id, "south", 0, NOW).await);
    let conversations = db.store().conversations();
    conversations.withdraw(ada.id, NOW).await.unwrap();
    conversations.decline(ben.invitation, NOW).await.unwrap();
    conversations.open(eve.invitation, &voice(), NOW).await.unwrap();
    // The way may change, and the sound stays.
    let writes = Consent {
        mode: Mode::Text,
        ..agrees()
    };
    conversations.open(ida.invitation, &writes, NOW).await.unwrap();

    let mut gone = doomed(db, "north").await;
    gone.sort_unstable();
    let mut expected = vec![ada.id, ben.id, eve.id];
    expected.sort_unstable();
    assert_eq!(gone, expected);
    assert_eq!(doomed(db, "south").await, [ada.id], "each node is told of its own");
    let recordings = db.store().recordings();
    assert_eq!(recordings.of_conversation(ada.id).await.unwrap(), []);
    assert_eq!(recordings.of_conversation(ida.id).await.unwrap().len(), 1);
    for conversation in [&ada, &ben, &eve] {
        assert!(!begins(db, conversation.id, "north", 0, NOW).await);
    }
}

async fn what_is_old_goes_and_is_forgotten_once_it_is_gone(db: &Database) {
    let scene = scene(db).await;
    let (old, new) = (
        opens(&scene, "ada", &agrees()).await.id,
        opens(&scene, "ben", &agrees()).await.id,
    );
    assert!(begins(db, old, "north", 0, NOW).await);
    assert!(begins(db, new, "north", 0, NOW + DAY_MS).await);
    let recordings = db.store().recordings();
    let later = NOW + 90 * DAY_MS;
    assert_eq!(recordings.expire(NOW, later).await, Ok(0));
    assert_eq!(recordings.expire(NOW + 1, later).await, Ok(1));
    assert_eq!(recordings.expire(NOW + 1, later).await, Ok(0), "once is enough");
    assert_eq!(doomed(db, "north").await, [old]);
    let id = recordings.doomed("north").await.unwrap()[0].id;
    recordings.forget(id).await.unwrap();
    assert_eq!(recordings.of_conversation(new).await.unwrap().len(), 1);
}

both!(
    nothing_is_kept_without_the_word_of_both,
    the_stretches_of_a_conversation_are_in_order,
    who_takes_consent_back_takes_the_sound_back,
    what_is_old_goes_and_is_forgotten_once_it_is_gone,
);

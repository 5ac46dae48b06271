//! A person says which of their answers may be quoted, and the log keeps it.

use colloquy_core::event::{Event, Outcome, Phrasing};
use colloquy_core::id::{TurnId, UtteranceId};
use colloquy_store::StoreError;
use colloquy_store::testing::Database;

use crate::scene::{NOW, Scene, ended, heard};

fn asked() -> Event {
    Event::Spoken {
        turn: TurnId(1),
        utterance: UtteranceId(1),
        text: "How is it?".into(),
        interrupted: false,
        by: Phrasing::Guided,
    }
}

async fn a_mark_is_an_event_and_the_same_mark_again_is_none(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let id = scene.participant("ada").await.id;
    let said = [asked(), heard(0, "Too much work."), ended(Outcome::Completed)];
    scene.append(id, &said).await;
    let conversations = db.store().conversations();
    let over = conversations.find(id).await.unwrap().unwrap();
    conversations
        .allow_quoting(id, TurnId(2), true, NOW + 5_000)
        .await
        .unwrap();
    conversations
        .allow_quoting(id, TurnId(2), false, NOW + 5_000)
        .await
        .unwrap();
    conversations
        .allow_quoting(id, TurnId(2), false, NOW + 6_000)
        .await
        .unwrap();
    let log = db.store().events().read(id, 4).await.unwrap();
    let marked = Event::QuotingChanged {
        turn: TurnId(2),
        quotable: false,
    };
    assert_eq!(log.len(), 1, "{log:?}");
    assert_eq!((&log[0].event, log[0].seq, log[0].wall_ms), (&marked, 5, NOW + 5_000));
    let after = conversations.find(id).await.unwrap().unwrap();
    assert_eq!(
        (after.state, after.ended),
        (over.state, over.ended),
        "it stays over as it was"
    );
    conversations
        .allow_quoting(id, TurnId(2), true, NOW + 7_000)
        .await
        .unwrap();
    assert_eq!(db.store().events().read(id, 5).await.unwrap().len(), 1);
}

async fn only_the_persons_own_turns_can_be_marked(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let id = scene.participant("ada").await.id;
    scene.append(id, &[asked(), heard(0, "Too much work.")]).await;
    let conversations = db.store().conversations();
    for turn in [1, 3] {
        let refused = conversations.allow_quoting(id, TurnId(turn), false, NOW).await;
        assert_eq!(refused, Err(StoreError::Missing("turn")));
    }
    assert_eq!(db.store().events().read(id, 3).await, Ok(vec![]));
}

both!(
    a_mark_is_an_event_and_the_same_mark_again_is_none,
    only_the_persons_own_turns_can_be_marked,
);

//! Events are kept in order, all or none of an append, by one writer at a time.

use colloquy_core::event::Event;
use colloquy_core::id::ConversationId;
use colloquy_core::time::Ms;
use colloquy_store::testing::Database;
use colloquy_store::{Store, StoreError};

use crate::scene::{NOW, Scene, heard};

async fn events_come_back_in_the_order_of_their_appends(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let id = scene.participant("ada").await.id;
    let events = db.store().events();
    let first = [
        Event::Connected,
        heard(0, "well, \"quotes\" and ünïcode ☂"),
        Event::Disconnected,
    ];
    assert_eq!(events.append(id, 1, Ms(20), NOW + 1, &first).await, Ok(4));
    assert_eq!(
        events.append(id, 4, Ms(40), NOW + 2, &[heard(1, "and then")]).await,
        Ok(5)
    );

    let all = events.read(id, 0).await.unwrap();
    assert_eq!(
        all.iter().map(|recorded| recorded.seq).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
    assert!(matches!(all[0].event, Event::Consented { .. }));
    assert_eq!(
        all[1..4]
            .iter()
            .map(|recorded| recorded.event.clone())
            .collect::<Vec<_>>(),
        first
    );
    assert_eq!((all[3].at, all[3].wall_ms), (Ms(20), NOW + 1));
    assert_eq!((all[4].at, all[4].wall_ms), (Ms(40), NOW + 2));
}

async fn reading_resumes_behind_a_position(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let id = scene.participant("ada").await.id;
    scene
        .append(id, &[heard(0, "one"), heard(1, "two"), heard(2, "three")])
        .await;
    let rest = db.store().events().read(id, 2).await.unwrap();
    assert_eq!(rest.iter().map(|recorded| recorded.seq).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(db.store().events().read(id, 4).await, Ok(vec![]));
    assert_eq!(db.store().events().read(id, u64::MAX).await, Ok(vec![]));
}

async fn two_conversations_do_not_mix(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (ada, ben) = (scene.participant("ada").await.id, scene.participant("ben").await.id);
    scene.append(ada, &[heard(0, "from ada")]).await;
    scene.append(ben, &[heard(0, "from ben")]).await;
    assert_eq!(
        db.store().events().read(ada, 1).await.unwrap()[0].event,
        heard(0, "from ada")
    );
    assert_eq!(
        db.store().events().read(ben, 1).await.unwrap()[0].event,
        heard(0, "from ben")
    );
}

async fn of_many_appends_at_one_position_one_wins(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let id = scene.participant("ada").await.id;
    let other_node = Store::connect(db.url()).await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for n in 0..8_u32 {
        let store = if n % 2 == 0 {
            db.store().clone()
        } else {
            other_node.clone()
        };
        writers.spawn(async move {
            let events = [heard(n, "mine"), heard(n, "mine too")];
            store.events().append(id, 1, Ms(20), NOW, &events).await
        });
    }
    let results = writers.join_all().await;
    assert_eq!(
        results.iter().filter(|result| **result == Ok(3)).count(),
        1,
        "{results:?}"
    );
    assert_eq!(
        results
            .iter()
            .filter(|result| **result == Err(StoreError::Conflict))
            .count(),
        7,
        "{results:?}"
    );

    let log = db.store().events().read(id, 1).await.unwrap();
    let [
        Event::SegmentHeard { segment: one, .. },
        Event::SegmentHeard { segment: two, .. },
    ] = [&log[0].event, &log[1].event]
    else {
        panic!("{log:?}");
    };
    assert_eq!((log.len(), one), (2, two), "the two events of one writer");
    other_node.close().await;
}

async fn a_gap_is_a_conflict_and_a_stranger_is_missing(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let id = scene.participant("ada").await.id;
    let events = db.store().events();
    assert_eq!(
        events.append(id, 2, Ms(20), NOW, &[Event::Connected]).await,
        Err(StoreError::Conflict)
    );
    let nobody = ConversationId(scene.workspace.id.0);
    let missing = Err(StoreError::Missing("conversation"));
    assert_eq!(
        events.append(nobody, 0, Ms(20), NOW, &[Event::Connected]).await,
        missing
    );
    assert_eq!(events.read(nobody, 0).await, Ok(vec![]));
}

async fn an_append_is_stored_whole_or_not_at_all(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let id = scene.participant("ada").await.id;
    let broken = match heard(1, "so") {
        Event::SegmentHeard {
            turn,
            segment,
            from,
            to,
            text,
            ..
        } => Event::SegmentHeard {
            turn,
            segment,
            from,
            to,
            text,
            confidence: f32::NAN,
        },
        other => other,
    };
    let refused = db
        .store()
        .events()
        .append(id, 1, Ms(20), NOW, &[heard(0, "yes"), broken])
        .await;
    assert_eq!(
        refused,
        Err(StoreError::Unstorable {
            kind: "segment_heard".to_owned()
        })
    );
    assert_eq!(db.store().events().read(id, 1).await, Ok(vec![]));
    assert_eq!(
        db.store().events().append(id, 1, Ms(20), NOW, &[heard(0, "yes")]).await,
        Ok(2)
    );
}

async fn a_nul_in_what_was_typed_does_not_stop_the_log(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let id = scene.participant("ada").await.id;
    scene.append(id, &[heard(0, "o\0k")]).await;
    assert_eq!(db.store().events().read(id, 1).await.unwrap()[0].event, heard(0, "ok"));
}

both!(
    events_come_back_in_the_order_of_their_appends,
    reading_resumes_behind_a_position,
    two_conversations_do_not_mix,
    of_many_appends_at_one_position_one_wins,
    a_gap_is_a_conflict_and_a_stranger_is_missing,
    an_append_is_stored_whole_or_not_at_all,
    a_nul_in_what_was_typed_does_not_stop_the_log,
);

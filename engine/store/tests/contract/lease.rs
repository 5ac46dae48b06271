//! One node at a time runs a conversation.

use colloquy_store::testing::Database;
use colloquy_store::{Lease, Store};

use crate::scene::{NOW, Scene};

async fn a_lease_is_exclusive_until_it_is_over(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let id = scene.participant("ada").await.id;
    let conversations = db.store().conversations();
    assert_eq!(conversations.lease(id, "north", NOW, NOW + 100).await, Ok(true));
    assert_eq!(conversations.lease(id, "south", NOW + 99, NOW + 200).await, Ok(false));
    assert_eq!(
        conversations.lease(id, "north", NOW + 50, NOW + 100).await,
        Ok(true),
        "a restarted node goes on"
    );
    assert_eq!(
        conversations.lease(id, "south", NOW + 100, NOW + 200).await,
        Ok(true),
        "its time is over"
    );
    assert_eq!(
        conversations.renew(id, "north", NOW + 300).await,
        Ok(false),
        "it was taken"
    );
    let lease = conversations.find(id).await.unwrap().unwrap().lease;
    assert_eq!(
        lease,
        Some(Lease {
            node: "south".to_owned(),
            until: NOW + 200
        })
    );
}

async fn renewing_holds_it_and_releasing_frees_it(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let id = scene.participant("ada").await.id;
    let conversations = db.store().conversations();
    assert_eq!(conversations.lease(id, "north", NOW, NOW + 100).await, Ok(true));
    assert_eq!(conversations.renew(id, "north", NOW + 300).await, Ok(true));
    assert_eq!(conversations.lease(id, "south", NOW + 200, NOW + 400).await, Ok(false));
    conversations.release(id, "south").await.unwrap();
    assert_eq!(
        conversations.lease(id, "south", NOW + 200, NOW + 400).await,
        Ok(false),
        "not its own to give up"
    );
    conversations.release(id, "north").await.unwrap();
    assert_eq!(conversations.lease(id, "south", NOW + 200, NOW + 400).await, Ok(true));
}

async fn of_many_nodes_one_gets_it(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let id = scene.participant("ada").await.id;
    let other = Store::connect(db.url()).await.unwrap();
    let mut nodes = tokio::task::JoinSet::new();
    for n in 0..8 {
        let store = if n % 2 == 0 { db.store().clone() } else { other.clone() };
        nodes.spawn(async move {
            store
                .conversations()
                .lease(id, &format!("node {n}"), NOW, NOW + 100)
                .await
                .unwrap()
        });
    }
    assert_eq!(nodes.join_all().await.into_iter().filter(|taken| *taken).count(), 1);
    other.close().await;
}

both!(
    a_lease_is_exclusive_until_it_is_over,
    renewing_holds_it_and_releasing_frees_it,
    of_many_nodes_one_gets_it
);

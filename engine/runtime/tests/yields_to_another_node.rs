//! Of two nodes one holds a conversation: the other one falls silent.

use colloquy_core::event::{Event, Mode};
use colloquy_core::time::Ms;
use colloquy_runtime::actor::{Farewell, unix_ms};
use colloquy_runtime::error::JoinError;

use crate::rig::Rig;

#[tokio::test]
async fn events_of_another_node_end_it_here() {
    let rig = Rig::new(4).await;
    let (ada, mut client) = rig.talks("ada", Mode::Text).await;
    let last = rig.events(&ada).await.len() as u64;
    let log = rig.store.events();
    let theirs = [Event::Connected];
    log.append(ada.conversation, last, Ms(5_000), unix_ms(), &theirs)
        .await
        .unwrap();
    client.types("To whom do I speak?").await;
    assert_eq!(client.farewell().await, Farewell::TakenOver);
    assert_eq!(
        rig.events(&ada).await.len() as u64,
        last + 1,
        "nothing is written behind theirs"
    );
    rig.remove().await;
}

#[tokio::test]
async fn a_lost_lease_ends_it_here_before_it_writes_again() {
    let rig = Rig::new(4).await;
    let (ada, mut client) = rig.talks("ada", Mode::Text).await;
    let last = rig.events(&ada).await.len();
    let conversations = rig.store.conversations();
    conversations.release(ada.conversation, "north").await.unwrap();
    let now = unix_ms();
    assert_eq!(
        conversations.lease(ada.conversation, "south", now, now + 60_000).await,
        Ok(true)
    );
    assert_eq!(client.farewell().await, Farewell::TakenOver);
    assert_eq!(rig.events(&ada).await.len(), last);
    assert!(matches!(rig.join(&ada).await, Err(JoinError::Elsewhere)));
    rig.remove().await;
}

//! Who comes when all places are taken is refused, and disturbs nobody.

use colloquy_core::event::{Event, Mode};
use colloquy_runtime::actor::{Command, Farewell};
use colloquy_runtime::error::JoinError;

use crate::rig::Rig;

#[tokio::test]
async fn one_over_the_limit_is_refused_until_a_place_is_free() {
    let rig = Rig::new(1).await;
    let (ada, ben) = (rig.guest("ada", Mode::Text).await, rig.guest("ben", Mode::Text).await);
    let mut first = rig.join(&ada).await.unwrap();
    assert!(matches!(rig.join(&ben).await, Err(JoinError::Capacity { limit: 1 })));
    assert_eq!(rig.registry.occupancy(), (1, 1));
    first.hears_us_out().await;
    first.types("It is going well, we shipped the release.").await;
    first
        .event("an answer", |e| matches!(e, Event::AnswerEnded { .. }))
        .await;
    first.send(Command::Gone).await;
    assert_eq!(first.farewell().await, Farewell::Left);
    // Its place is free as soon as its lease is given back, right after the farewell.
    let mut second = loop {
        match rig.join(&ben).await {
            Ok(client) => break client,
            Err(JoinError::Capacity { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    };
    second.hears_us_out().await;
    second.send(Command::Gone).await;
    second.farewell().await;
    rig.remove().await;
}

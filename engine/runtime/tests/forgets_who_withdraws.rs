//! Who takes their conversation back while it runs ends it, wherever it runs.

use colloquy_core::event::{Event, Mode, Outcome};
use colloquy_runtime::actor::{Farewell, unix_ms};
use colloquy_runtime::error::JoinError;
use futures::FutureExt;

use crate::rig::Rig;

#[tokio::test]
async fn it_has_ended_and_holds_no_word_when_the_answer_comes() {
    let rig = Rig::new(4).await;
    let (ada, mut client) = rig.talks("ada", Mode::Text).await;
    client.types("I would rather not have said this.").await;
    client
        .event("an answer", |e| matches!(e, Event::AnswerEnded { .. }))
        .await;
    rig.registry.withdraw(ada.conversation).await.unwrap();
    assert_eq!(rig.registry.occupancy().0, 0);
    assert_eq!(client.farewell().await, Farewell::Ended(Outcome::Withdrawn));
    let log = rig.events(&ada).await;
    let worded = |e: &Event| matches!(e, Event::SegmentHeard { .. } | Event::Spoken { .. });
    assert!(!log.iter().any(worded), "{log:?}");
    assert!(matches!(rig.join(&ada).await, Err(JoinError::Over)));
    rig.registry.withdraw(ada.conversation).await.unwrap();
    rig.remove().await;
}

#[tokio::test]
async fn it_is_done_to_its_end_when_nobody_waits_for_it_any_more() {
    let rig = Rig::new(4).await;
    let (ada, mut client) = rig.talks("ada", Mode::Text).await;
    // As a browser's tab that is closed right after the request.
    let asked = rig.registry.withdraw(ada.conversation);
    assert!(
        asked.now_or_never().is_none(),
        "it was done already: the test shows nothing"
    );
    assert_eq!(client.farewell().await, Farewell::Ended(Outcome::Withdrawn));
    assert!(matches!(rig.join(&ada).await, Err(JoinError::Over)));
    rig.remove().await;
}

#[tokio::test]
async fn what_another_node_ran_writes_nothing_more() {
    let rig = Rig::new(4).await;
    let (ada, mut client) = rig.talks("ada", Mode::Text).await;
    // As another node does it: this one is not told.
    rig.store
        .conversations()
        .withdraw(ada.conversation, unix_ms())
        .await
        .unwrap();
    let log = rig.events(&ada).await;
    client.types("Too late.").await;
    assert_eq!(client.farewell().await, Farewell::Ended(Outcome::Withdrawn));
    assert_eq!(rig.events(&ada).await, log);
    rig.remove().await;
}

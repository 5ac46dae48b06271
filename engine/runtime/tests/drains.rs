//! A server that is restarted takes nobody in, tells who is there, and keeps their place.

use colloquy_core::event::{Event, Mode, PauseCause};
use colloquy_runtime::actor::{Farewell, ToClient};
use colloquy_runtime::error::JoinError;

use crate::rig::Rig;

#[tokio::test]
async fn a_drain_tells_pauses_and_refuses() {
    let rig = Rig::new(4).await;
    let (ada, ben) = (rig.guest("ada", Mode::Text).await, rig.guest("ben", Mode::Text).await);
    let mut client = rig.join(&ada).await.unwrap();
    client.hears_us_out().await;
    rig.registry.lifecycle().drain();
    client
        .next("the news of the restart", |item| {
            matches!(item, ToClient::Draining { .. }).then_some(())
        })
        .await;
    assert!(matches!(rig.join(&ben).await, Err(JoinError::Draining)));
    client.types("We still talk in the grace time.").await;
    client
        .event("an answer", |e| matches!(e, Event::AnswerEnded { .. }))
        .await;
    assert_eq!(client.farewell().await, Farewell::Drained);
    let last = rig.events(&ada).await.pop();
    assert_eq!(
        last,
        Some(Event::Paused {
            cause: PauseCause::Drain
        })
    );
    rig.remove().await;
}

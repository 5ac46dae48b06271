//! Places are for people who are there, and whose invitation stands.

use std::time::Duration;

use colloquy_core::conversation::Input;
use colloquy_core::event::{Event, Mode, PauseCause};
use colloquy_runtime::actor::{Command, Farewell};

use crate::rig::Rig;

#[tokio::test]
async fn where_nobody_writes_any_more_it_is_laid_down_and_somebody_else_gets_in() {
    let rig = Rig::idle_after(Duration::from_millis(300)).await;
    let (ada, mut client) = rig.talks("ada", Mode::Text).await;
    assert_eq!(client.farewell().await, Farewell::Idle);
    let paused = Event::Paused {
        cause: PauseCause::Disconnected,
    };
    assert_eq!(rig.events(&ada).await.last(), Some(&paused));
    drop(rig.talks("ben", Mode::Text).await);
    rig.remove().await;
}

#[tokio::test]
async fn a_conversation_that_rests_for_long_is_laid_down_and_goes_on_by_its_link() {
    let rig = Rig::idle_after(Duration::from_millis(300)).await;
    let (ada, mut client) = rig.talks("ada", Mode::Voice).await;
    let cause = PauseCause::Asked;
    client.send(Command::Ask(Input::Pause { cause })).await;
    assert_eq!(client.farewell().await, Farewell::Idle);
    let mut again = rig.join(&ada).await.expect("it goes on");
    again.hears_us_out().await;
    rig.remove().await;
}

#[tokio::test]
async fn who_is_uninvited_is_told_and_what_was_said_stays() {
    let rig = Rig::new(4).await;
    let (ada, mut client) = rig.talks("ada", Mode::Text).await;
    rig.study.revoke(&ada.invited).await;
    assert_eq!(client.farewell().await, Farewell::Revoked);
    assert!(rig.events(&ada).await.iter().any(|e| matches!(e, Event::Spoken { .. })));
    rig.remove().await;
}

//! The newer of two connections to a conversation goes on with it, and the older is told.

use colloquy_core::event::{Event, Mode, PauseCause};
use colloquy_runtime::actor::{Command, Farewell, unix_ms};
use colloquy_runtime::error::JoinError;

use crate::rig::Rig;

#[tokio::test]
async fn the_newer_one_goes_on_where_the_older_was_even_when_all_places_are_taken() {
    let rig = Rig::new(1).await;
    let (ada, mut older) = rig.talks("ada", Mode::Text).await;
    older.types("It is going well, we shipped the release.").await;
    older
        .event("an answer", |e| matches!(e, Event::AnswerEnded { .. }))
        .await;
    let mut newer = rig.join(&ada).await.unwrap();
    assert_eq!(older.farewell().await, Farewell::TakenOver);
    newer.event("going on", |e| matches!(e, Event::Resumed)).await;
    newer.hears_us_out().await;
    assert_eq!(rig.registry.occupancy(), (1, 1));
    newer.types("And then we fixed the build.").await;
    newer
        .event("an answer", |e| matches!(e, Event::AnswerEnded { .. }))
        .await;
    let log = rig.events(&ada).await;
    let answers = log.iter().filter(|e| matches!(e, Event::AnswerEnded { .. })).count();
    assert_eq!(answers, 2, "nothing was lost between them");
    newer.send(Command::Gone).await;
    newer.farewell().await;
    rig.remove().await;
}

/// Before, the older one was sent away first, and its place was anybody's.
#[tokio::test]
async fn nobody_takes_the_place_in_between() {
    let rig = Rig::new(1).await;
    let (ada, ben) = (rig.guest("ada", Mode::Text).await, rig.guest("ben", Mode::Text).await);
    let mut client = rig.join(&ada).await.unwrap();
    for _ in 0..10 {
        client.hears_us_out().await;
        let crowd = async {
            let mut refused = 0;
            for _ in 0..200 {
                match rig.join(&ben).await {
                    Err(JoinError::Capacity { .. }) => refused += 1,
                    Ok(_) => panic!("somebody came in between"),
                    Err(error) => panic!("{error}"),
                }
                tokio::task::yield_now().await;
            }
            refused
        };
        let (joined, refused) = tokio::join!(rig.join(&ada), crowd);
        client = joined.unwrap();
        assert_eq!(refused, 200);
    }
    client.send(Command::Gone).await;
    client.farewell().await;
    rig.remove().await;
}

#[tokio::test]
async fn a_newcomer_who_is_refused_does_not_disturb_the_one_who_talks() {
    let rig = Rig::new(2).await;
    let (ada, mut client) = rig.talks("ada", Mode::Text).await;
    // Taken back while they talk: a second device is refused, and the log shows no break.
    rig.store
        .conversations()
        .decline(ada.invited.invitation, unix_ms())
        .await
        .unwrap();
    assert!(matches!(rig.join(&ada).await, Err(JoinError::Missing)));
    let paused = Event::Paused {
        cause: PauseCause::Disconnected,
    };
    assert!(!rig.events(&ada).await.contains(&paused));
    client.types("Not kept.").await;
    assert_eq!(client.farewell().await, Farewell::Declined);
    rig.remove().await;
}

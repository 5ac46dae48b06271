//! A server that is told to stop lays its conversations down where they are, and the next one takes them up.

use std::time::{Duration, Instant};

use colloquy::client::What;
use colloquy_core::event::{Event, Mode, PauseCause};
use colloquy_store::ConversationState;
use colloquy_store::testing::Database;
use colloquy_tests::clips::clips;
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::story::Story;
use colloquy_tests::study::Study;
use colloquy_tests::talker::{Answers, Talker};
use colloquy_tests::wire::{Wire, get};
use colloquy_transport::error::ErrorCode;
use colloquy_transport::proto::ServerEvent;

/// The grace time that the server is given.
const GRACE: Duration = Duration::from_secs(20);
/// Closing sockets and the database comes after it.
const END_WITHIN: Duration = Duration::from_secs(25);

#[tokio::test(flavor = "multi_thread")]
async fn a_running_conversation_is_paused_and_goes_on_after_the_restart() {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 8, 3).await;
    let (guest, late) = (study.invite("barbara").await, study.invite("kathleen").await);
    let late = study.admit(&late, Mode::Voice).await;
    let mut server =
        Server::start(ServerOptions::on(database.url()).with("COLLOQUY_DRAIN_SECONDS", GRACE.as_secs())).await;
    assert_eq!(get(&server, "/readyz").await.0, 200);

    let mut talker = Talker::join(&server.link(&guest.token), Answers::Spoken(clips("answer"))).await;
    talker.until_responses(2, Duration::from_secs(120)).await;
    let begun = Instant::now();
    server.terminate().await;

    // The client is told at once; nobody else is let in.
    let draining =
        |event: &ServerEvent| matches!(event, ServerEvent::Error { error } if error.code == ErrorCode::Draining);
    talker
        .until_event("the news of the restart", Duration::from_secs(5), draining)
        .await;
    assert_eq!(get(&server, "/readyz").await.0, 503);
    assert_eq!(get(&server, "/healthz").await.0, 200);
    let mut refused = Wire::open(&server, Some(&late))
        .await
        .expect("an error event says more than a status");
    assert_eq!(refused.error().await, "draining");
    assert_eq!(refused.closed().await, Some(1013));

    // Then it is paused, and the connection closed with the code for a restart.
    let paused = |event: &ServerEvent| matches!(event, ServerEvent::Paused { .. });
    talker.until_event("the pause", GRACE, paused).await;
    let closed = talker
        .until("the end", GRACE, |moment| matches!(moment.what, What::Closed { .. }))
        .await;
    assert!(
        matches!(closed.what, What::Closed { code: Some(1012), .. }),
        "{:?}",
        closed.what
    );
    let status = server.exited(END_WITHIN.saturating_sub(begun.elapsed())).await;
    assert!(status.success(), "{status}");

    let before = Story::read(database.store(), &guest).await;
    assert!(before.has(&Event::Paused {
        cause: PauseCause::Drain
    }));
    assert_eq!(before.conversation.state, ConversationState::Paused);
    assert!(before.conversation.lease.is_none(), "nobody else could take it up");
    let topic = before.topic().cloned();

    // The same link goes on at the same topic.
    server.restart().await;
    talker.come_back().await;
    let told = talker.responses().len();
    talker
        .until_event("colloquy.resumed", Duration::from_secs(20), |event| {
            *event == ServerEvent::Resumed
        })
        .await;
    talker.until_responses_after(told, 1, Duration::from_secs(60)).await;
    assert!(!talker.responses()[told].heard.is_empty(), "no spoken recap");
    talker.leave().await;
    let after = Story::read(database.store(), &guest).await;
    assert_eq!(after.topic(), topic.as_ref());
    assert_eq!(
        &after.events[..before.events.len()],
        &before.events[..],
        "the log is not continued but changed"
    );
    database.remove().await;
}

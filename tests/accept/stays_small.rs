//! Memory and processor: all weights warm, further conversations, and nobody there.

use std::time::Duration;

use colloquy_store::testing::Database;
use colloquy_tests::clips::clips;
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::study::Study;
use colloquy_tests::talker::{Answers, Talker};
use colloquy_tests::usage::{cpu, memory_mb};
use futures::future::join_all;

/// With all weights loaded and used.
const WARM_MB_MAX: f64 = 1_000.0;
/// For each conversation after the first.
const FURTHER_MB_MAX: f64 = 10.0;
/// How many more there are.
const FURTHER: usize = 5;
/// Of one core, with nobody there.
const IDLE_PERCENT_MAX: f64 = 2.0;
/// How long that is looked at.
const IDLE_FOR: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn one_gigabyte_warm_ten_megabytes_a_conversation_and_idle_when_nobody_is_there() {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 15, 4).await;
    let server = Server::start(ServerOptions::on(database.url()).alone()).await;
    let mut talkers = vec![join(&server, &study, 0).await];
    // Long answers first: what the recognizer takes for them it keeps.
    talkers[0].until_responses(5, Duration::from_secs(300)).await;
    let warm = memory_mb(server.pid());

    for n in 1..=FURTHER {
        talkers.push(join(&server, &study, n).await);
    }
    join_all(talkers.iter_mut().enumerate().map(|(n, talker)| {
        let responses = if n == 0 { 7 } else { 3 };
        talker.until_responses(responses, Duration::from_secs(300))
    }))
    .await;
    let full = memory_mb(server.pid());
    let further = (full - warm) / FURTHER as f64;

    join_all(talkers.into_iter().map(Talker::leave)).await;
    // The last words are transcribed after the line is cut.
    let settled = async { while places(&server).await != 0 {} };
    tokio::time::timeout(Duration::from_secs(30), settled)
        .await
        .expect("conversations are laid down");
    let before = cpu(server.pid());
    tokio::time::sleep(IDLE_FOR).await;
    let idle = (cpu(server.pid()) - before).as_secs_f64() / IDLE_FOR.as_secs_f64() * 100.0;

    println!("warm {warm:.0} MB, {FURTHER} more {full:.0} MB ({further:.1} each), idle {idle:.1} %");
    assert!(warm <= WARM_MB_MAX, "{warm:.0} MB warm");
    assert!(
        further <= FURTHER_MB_MAX,
        "{further:.1} MB for each further conversation"
    );
    assert!(idle < IDLE_PERCENT_MAX, "{idle:.1} % idle");
    database.remove().await;
}

async fn join(server: &Server, study: &Study, n: usize) -> Talker {
    let guest = study.invite(&format!("guest{n}")).await;
    // Each begins with other words.
    let mut answers = [clips("long"), clips("answer")].concat();
    if n > 0 {
        answers.rotate_left(n * 3);
    }
    Talker::join(&server.link(&guest.token), Answers::Spoken(answers)).await
}

/// How many conversations run.
async fn places(server: &Server) -> usize {
    let (_, told) = colloquy_tests::wire::get(server, "/readyz").await;
    let running = told
        .as_str()
        .and_then(|told| told.strip_prefix("ready: ")?.split(' ').next()?.parse().ok());
    running.unwrap_or(usize::MAX)
}

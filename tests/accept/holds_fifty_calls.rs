//! Fifty people call at once, over WebRTC and with models that cost nothing: nobody's audio stalls, neither way. Then five
//! hundred call one after the other, and leave nothing behind.

use std::sync::Arc;
use std::time::{Duration, Instant};

use colloquy::client::Participant;
use colloquy_store::testing::Database;
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::study::Study;
use colloquy_tests::usage::memory_mb;
use colloquy_tests::wire::get;
use colloquy_transport::proto::Mode;
use colloquy_transport::webrtc::Happened;
use tokio::task::JoinSet;

/// At once.
const CALLS: usize = 50;
/// How long they talk after all have connected, in seconds.
const SECONDS: &str = "40";
/// No sound may be later than this, in ms.
const STALL_MAX_MS: f64 = 100.0;
/// For each call.
const MEMORY_MB_MAX: f64 = 3.0;

/// Short calls,
const SHORT_CALLS: usize = 500;
/// after so many of which the server has what it needs;
const WARM_CALLS: usize = 50;
/// so many at a time.
const TOGETHER: usize = 5;
/// What the rest may add.
const GROWN_MB_MAX: f64 = 20.0;

async fn stub_server(database: &Database, places: usize) -> Server {
    let options = ServerOptions::on(database.url())
        .alone()
        .with("COLLOQUY_MAX_CONVERSATIONS", places)
        .program("stub-server");
    Server::start(options).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobodys_audio_stalls_while_fifty_call_at_once() {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 60, 4).await;
    let server = stub_server(&database, CALLS + 2).await;
    let mut tokens = Vec::new();
    for n in 0..CALLS {
        tokens.push(study.invite(&format!("guest{n}")).await.token);
    }
    let told = server.bench(&tokens, &["--webrtc", "--seconds", SECONDS]).await;
    let late = voice_late_ms(&server).await;
    println!("voice later than it should be by at most {late:.0} ms; {told:#}");
    let number = |path: &str| told.pointer(path).and_then(|value| value.as_f64()).unwrap_or(f64::NAN);
    assert_eq!(told["failures"], serde_json::json!([]));
    assert_eq!(number("/calls"), CALLS as f64);
    assert!(number("/fewest_packets") > 100.0);
    // A loopback loses nothing that is read in time.
    assert!(number("/lost") < number("/packets") / 1_000.0);
    assert!(number("/stall_ms/max") <= STALL_MAX_MS);
    assert!(late <= STALL_MAX_MS, "{late} ms");
    assert!(number("/memory_each_mb") <= MEMORY_MB_MAX);
    database.remove().await;
}

/// How late voice was for a conversation at worst, as the stub's detector saw it.
async fn voice_late_ms(server: &Server) -> f64 {
    let (_, metrics) = get(server, "/metrics").await;
    let metrics = metrics.as_str().unwrap_or_default().to_owned();
    let worst = metrics
        .lines()
        .find_map(|line| line.strip_prefix("stub_voice_late_ms{quantile=\"1\"} "));
    worst.and_then(|worst| worst.parse().ok()).expect("stub_voice_late_ms")
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_short_calls_leave_nothing_behind() {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 60, 4).await;
    let server = Arc::new(stub_server(&database, 2 * TOGETHER).await);
    let (mut warm, mut connecting) = (0.0, Vec::new());
    for round in 0..SHORT_CALLS / TOGETHER {
        let mut calls = JoinSet::new();
        for n in 0..TOGETHER {
            let token = study.invite(&format!("guest{}", round * TOGETHER + n)).await.token;
            calls.spawn(short_call(Arc::clone(&server), token, n));
        }
        connecting.extend(calls.join_all().await);
        if (round + 1) * TOGETHER == WARM_CALLS {
            settled(&server).await;
            warm = memory_mb(server.pid());
        }
    }
    settled(&server).await;
    let grown = memory_mb(server.pid()) - warm;
    connecting.sort();
    println!(
        "{warm:.1} MB after {WARM_CALLS} calls, {grown:.1} more after {SHORT_CALLS}; connected in {:?} (median), {:?} (longest)",
        connecting[SHORT_CALLS / 2],
        connecting[SHORT_CALLS - 1]
    );
    assert!(grown <= GROWN_MB_MAX, "{grown:.1} MB");
    database.remove().await;
}

/// Calls until the first sound comes, and leaves: properly, or as somebody whose network is cut. How long connecting took.
async fn short_call(server: Arc<Server>, token: String, n: usize) -> Duration {
    let participant = Participant::new(server.link(&token)).unwrap();
    participant.agree(Mode::Voice, false).await.unwrap();
    let began = Instant::now();
    let (mut peer, mut voice) = participant.ring(None).await.unwrap();
    let connected = began.elapsed();
    voice.send(vec![0; 40]).await.unwrap();
    while !matches!(peer.next().await, Happened::Sound(_)) {}
    if n == 0 {
        drop(peer);
    } else {
        peer.close().await;
    }
    connected
}

/// Waits until no conversation runs and no call is known.
async fn settled(server: &Server) {
    let nobody = async {
        while !get(server, "/readyz")
            .await
            .1
            .as_str()
            .is_some_and(|told| told.starts_with("ready: 0 "))
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), nobody)
        .await
        .expect("conversations are laid down");
}

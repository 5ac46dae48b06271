//! Fifty people call at once, over WebRTC and with models that cost nothing: nobody's audio stalls, neither way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use colloquy_audio::opus::{Encoder, Silence};
use colloquy_core::event::Mode;
use colloquy_store::testing::Database;
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::stub_models::buzz;
use colloquy_tests::study::Study;
use colloquy_tests::usage::{cpu, memory_mb};
use colloquy_tests::wire::{get, offer};
use colloquy_transport::webrtc::{Happened, Peer, PeerVoice};
use futures::future::join_all;
use serde_json::Value;
use tokio::sync::Barrier;

/// At once.
const CALLS: usize = 50;
/// How long they talk after all have connected.
const FOR: Duration = Duration::from_secs(40);
/// They speak for so long,
const SPEAK: usize = 3_000 / 20;
/// and are silent for so long, in frames.
const LISTEN: usize = 7_000 / 20;
/// No sound may be later than this.
const STALL_MAX: Duration = Duration::from_millis(100);
/// For each call.
const MEMORY_MB_MAX: f64 = 3.0;
const FRAME: Duration = Duration::from_millis(20);

struct Heard {
    connected_in: Duration,
    packets: u64,
    longest_gap: Duration,
}

#[tokio::test(flavor = "multi_thread")]
async fn nobodys_audio_stalls_while_fifty_call_at_once() {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 60, 4).await;
    let options = ServerOptions::on(database.url())
        .with("COLLOQUY_MAX_CONVERSATIONS", CALLS + 2)
        .program("stub-server");
    let server = Arc::new(Server::start(options).await);
    // One call first: what the process needs once is not counted fifty times.
    let packets = Arc::new(encoded());
    let alone = Arc::new(Barrier::new(1));
    call(
        &server,
        &study.admit(&study.invite("first").await, Mode::Voice).await,
        &packets,
        &alone,
        0,
        FRAME * 100,
    )
    .await;
    let before = memory_mb(server.pid());

    let mut secrets = Vec::new();
    for n in 0..CALLS {
        let guest = study.invite(&format!("guest{n}")).await;
        secrets.push(study.admit(&guest, Mode::Voice).await);
    }
    let all = Arc::new(Barrier::new(CALLS + 1));
    let callers = secrets.into_iter().enumerate().map(|(n, secret)| {
        let (server, packets, all) = (Arc::clone(&server), Arc::clone(&packets), Arc::clone(&all));
        tokio::spawn(async move {
            // As people come: one after the other.
            tokio::time::sleep(Duration::from_millis(100) * n as u32).await;
            call(&server, &secret, &packets, &all, n, FOR).await
        })
    });
    let callers: Vec<_> = callers.collect();
    all.wait().await;
    let (began, cpu_before) = (Instant::now(), cpu(server.pid()));
    tokio::time::sleep(FOR / 2).await;
    let full = memory_mb(server.pid());
    let heard: Vec<Heard> = join_all(callers)
        .await
        .into_iter()
        .map(|heard| heard.expect("a caller"))
        .collect();
    let busy = (cpu(server.pid()) - cpu_before).as_secs_f64() / began.elapsed().as_secs_f64() * 100.0;

    let each = (full - before) / CALLS as f64;
    let longest = heard.iter().map(|heard| heard.longest_gap).max().unwrap_or_default();
    let fewest = heard.iter().map(|heard| heard.packets).min().unwrap_or_default();
    let mut connecting: Vec<Duration> = heard.iter().map(|heard| heard.connected_in).collect();
    connecting.sort();
    let late = voice_late_ms(&server).await;
    println!(
        "{CALLS} calls: connected in {:?} (median) to {:?}; at least {fewest} packets heard each; longest gap while we speak {longest:?}; \
         voice later than it should be by at most {late:.0} ms; {each:.2} MB a call; {busy:.0} % of a core",
        connecting[CALLS / 2],
        connecting[CALLS - 1]
    );
    assert!(fewest > 100, "{fewest}");
    assert!(longest <= STALL_MAX + FRAME, "{longest:?}");
    assert!(late <= STALL_MAX.as_millis() as f64, "{late} ms");
    assert!(each <= MEMORY_MB_MAX, "{each:.2} MB a call");
    database.remove().await;
}

/// Packets of speech, and one of silence at the end.
fn encoded() -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(24_000, Silence::Sent).unwrap();
    let mut sound = buzz(24_000, SPEAK * 20);
    sound.extend([0.0; 10 * 480]);
    sound
        .chunks(480)
        .map(|frame| encoder.encode(frame).unwrap().bytes)
        .collect()
}

/// Calls, talks for `how_long` once all are there, and listens meanwhile.
async fn call(
    server: &Server,
    secret: &str,
    packets: &Arc<Vec<Vec<u8>>>,
    all: &Barrier,
    n: usize,
    how_long: Duration,
) -> Heard {
    let began = Instant::now();
    let address = server.url().trim_start_matches("http://").parse().unwrap();
    let (sdp, ringing) = Peer::offer(address).await.unwrap();
    let (status, answer, _) = offer(server, Some(secret), "application/sdp", sdp).await;
    assert_eq!(status, 201, "{answer}");
    let connected = ringing.connect(answer.as_str().unwrap(), Duration::from_secs(20)).await;
    let (mut peer, voice) = connected.unwrap();
    let connected_in = began.elapsed();
    let speaking = tokio::spawn(speak(voice, Arc::clone(packets), n));
    all.wait().await;
    let until = tokio::time::Instant::now() + how_long;
    let (mut longest_gap, mut last, mut saying) = (Duration::ZERO, None::<Instant>, false);
    loop {
        let happened = tokio::select! {
            happened = peer.next() => happened,
            () = tokio::time::sleep_until(until) => break,
        };
        match happened {
            Happened::Sound(_) => {
                let now = Instant::now();
                if let Some(last) = last.replace(now).filter(|_| saying) {
                    longest_gap = longest_gap.max(now - last);
                }
            }
            Happened::Text(text) => {
                let event: Value = serde_json::from_str(&text).unwrap();
                match event["type"].as_str().unwrap_or_default() {
                    "response.output_item.added" => (saying, last) = (true, None),
                    // A person who spoke pauses us, which is no stall.
                    "response.output_audio.done" | "response.done" | "input_audio_buffer.speech_started" => {
                        saying = false
                    }
                    _ => {}
                }
            }
            Happened::Closed => panic!("caller {n} was hung up on"),
        }
    }
    speaking.abort();
    let packets = peer.heard().received;
    peer.close().await;
    Heard {
        connected_in,
        packets,
        longest_gap,
    }
}

/// Speaks and is silent in turns; everybody begins elsewhere.
async fn speak(mut voice: PeerVoice, packets: Arc<Vec<Vec<u8>>>, n: usize) {
    let mut beat = tokio::time::interval(FRAME);
    let mut frame = SPEAK + (n * 37) % LISTEN;
    loop {
        beat.tick().await;
        frame = (frame + 1) % (SPEAK + LISTEN);
        let payload = &packets[frame.min(packets.len() - 1)];
        if voice.send(payload.clone()).await.is_err() {
            return;
        }
    }
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

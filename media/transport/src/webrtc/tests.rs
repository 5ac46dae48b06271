//! Calls between our two sides, in one process and over real UDP.

mod bad_input;
mod bad_network;

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use colloquy_audio::level::rms;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::call::Call;
use super::endpoint::{AnswerError, Endpoint, EndpointOptions};
use super::peer::{Happened, Peer, PeerVoice};
use super::relay::{Impairment, Relay};
use super::sdp::tests::BROWSER;
use crate::connection::{Connection, Incoming, Outgoing};
use crate::error::ErrorCode;
use crate::proto::{AudioFormat, Modality, ServerEvent, SessionView};
use crate::websocket::{Ended, INCOMING_CAPACITY, OUTGOING_CAPACITY};

const LOCALHOST: [u8; 4] = [127, 0, 0, 1];
const SOON: Duration = Duration::from_secs(10);
const FRAME: Duration = Duration::from_millis(20);

async fn endpoint(max_calls: usize) -> Endpoint {
    endpoint_at(SocketAddr::from((LOCALHOST, 0)), max_calls).await
}

async fn endpoint_at(listen: SocketAddr, max_calls: usize) -> Endpoint {
    let options = EndpointOptions {
        listen,
        public: Vec::new(),
        max_calls,
    };
    Endpoint::bind(options).await.unwrap()
}

fn session() -> Connection {
    Connection::new(SessionView {
        id: "sess_1".to_owned(),
        expires_at: None,
        language: "en".to_owned(),
        voice: "default".to_owned(),
        modality: Modality::Audio,
        input: AudioFormat::default(),
        output: AudioFormat::default(),
    })
    .unwrap()
}

/// The server's side of a call that is driven.
struct Driven {
    incoming: mpsc::Receiver<Incoming>,
    outgoing: mpsc::Sender<Outgoing>,
    ended: JoinHandle<Ended>,
}

fn drive(call: Call) -> Driven {
    let (to_us, incoming) = mpsc::channel(INCOMING_CAPACITY);
    let (outgoing, from_us) = mpsc::channel(OUTGOING_CAPACITY);
    Driven {
        incoming,
        outgoing,
        ended: tokio::spawn(call.drive(session(), to_us, from_us)),
    }
}

/// Offers, answers, connects. `rewritten` may change the answer.
async fn connect(endpoint: &Endpoint, rewritten: impl Fn(String) -> String) -> (Driven, Peer, PeerVoice) {
    let (offer, ringing) = Peer::offer(endpoint.announced()[0]).await.unwrap();
    let (answer, mut call) = endpoint.answer(&offer).await.unwrap();
    let answer = rewritten(answer);
    let (server, client) = tokio::join!(call.connected(), ringing.connect(&answer, SOON));
    server.unwrap();
    let (peer, voice) = client.unwrap();
    (drive(call), peer, voice)
}

async fn text(peer: &mut Peer) -> Value {
    let texts = async {
        loop {
            match peer.next().await {
                Happened::Text(text) => return serde_json::from_str(&text).unwrap(),
                Happened::Sound(_) => {}
                Happened::Closed => return json!({"type": "closed"}),
            }
        }
    };
    timeout(SOON, texts).await.expect("a message")
}

async fn event(peer: &mut Peer, kind: &str) -> Value {
    loop {
        let event = text(peer).await;
        assert_ne!(event["type"], "closed", "closed before {kind}");
        if event["type"] == kind {
            return event;
        }
    }
}

/// 20 ms of something that no codec takes for silence.
fn speech(n: usize) -> Vec<f32> {
    (0..480)
        .map(|i| {
            let t = (n * 480 + i) as f32 / 24_000.0;
            let pitch = 140.0 + 30.0 * (t * 5.0).sin();
            (1..8)
                .map(|k| (t * pitch * k as f32 * std::f32::consts::TAU).sin() / k as f32)
                .sum::<f32>()
                * 0.15
                * (t * 20.0).sin()
        })
        .collect()
}

/// Frames of 20 ms at 24 kHz of something like a voice: pulses with the unevenness of a throat, breath, and two resonances that
/// move. What is strictly periodic is no test of losses: the codec predicts it from itself, and carries each error on for
/// seconds, up to half as loud again.
pub(super) fn throat(frames: usize) -> Vec<Vec<f32>> {
    const RATE: f32 = 24_000.0;
    let mut seed = 1u32;
    let mut random = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as f32 / 8_388_608.0 - 1.0
    };
    let (mut phase, mut period, mut strength) = (0f32, 1f32, 1f32);
    let mut memory = [[0f32; 2]; 2];
    let mut out = Vec::new();
    for n in 0..frames * 480 {
        let t = n as f32 / RATE;
        phase += (120.0 + 25.0 * (t * 4.0).sin()) * period / RATE;
        let mut sample = random() * 0.05;
        if phase >= 1.0 {
            phase = phase.fract();
            sample += strength;
            (period, strength) = (1.0 + 0.04 * random(), 1.0 + 0.2 * random());
        }
        let resonances = [550.0 + 250.0 * (t * 9.0).sin(), 1_700.0 + 500.0 * (t * 6.0).cos()];
        for (state, hz) in memory.iter_mut().zip(resonances) {
            let r = 0.97f32;
            let y = sample + 2.0 * r * (std::f32::consts::TAU * hz / RATE).cos() * state[0] - r * r * state[1];
            (state[1], state[0]) = (state[0], y);
            sample = y * 0.2;
        }
        out.push(sample * (0.6 + 0.4 * (t * 22.0).sin()));
    }
    let loudest = out.iter().fold(0f32, |loudest, sample| loudest.max(sample.abs()));
    let even = |frame: &[f32]| frame.iter().map(|sample| sample / loudest * 0.5).collect();
    out.chunks(480).map(even).collect()
}

fn audio(samples: Vec<f32>) -> Outgoing {
    Outgoing::Audio {
        response_id: "resp_1".to_owned(),
        item_id: "item_1".to_owned(),
        samples,
    }
}

/// Everything of all calls is gone: places, routes, and the stack's tasks with the sockets that they hold.
async fn all_freed(endpoint: &Endpoint) {
    let freed = async {
        // The endpoint itself, and its receiving task.
        while endpoint.calls() > 0 || endpoint.port.size() != (0, 0) || Arc::strong_count(&endpoint.port) > 2 {
            tokio::time::sleep(FRAME).await;
        }
    };
    let state = (endpoint.calls(), endpoint.port.size());
    timeout(SOON, freed)
        .await
        .unwrap_or_else(|_| panic!("not freed: {state:?}, {} holders", Arc::strong_count(&endpoint.port)));
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_and_events_go_both_ways_over_one_port() {
    let endpoint = endpoint(2).await;
    let began = Instant::now();
    let (mut server, mut peer, mut voice) = connect(&endpoint, |answer| answer).await;
    println!("connected in {:?}", began.elapsed());
    assert_eq!(event(&mut peer, "session.created").await["session"]["id"], "sess_1");

    // They speak for a second.
    let spoken = tokio::spawn(async move {
        let mut beat = tokio::time::interval(FRAME);
        for n in 0..50 {
            beat.tick().await;
            voice.say(&speech(n)).await.unwrap();
        }
        voice
    });
    let mut heard = Vec::new();
    while heard.len() < 50 * 320 - 320 {
        match timeout(SOON, server.incoming.recv()).await.unwrap().unwrap() {
            Incoming::Audio { samples, .. } => heard.extend(samples),
            other => panic!("{other:?}"),
        }
    }
    let said: Vec<f32> = (0..50).flat_map(speech).collect();
    assert!(
        (rms(&heard) / rms(&said) - 1.0).abs() < 0.2,
        "{} {}",
        rms(&heard),
        rms(&said)
    );
    let _voice = spoken.await.unwrap();

    // We answer for a second, all at once; it comes in real time.
    for n in 0..10 {
        server.outgoing.send(audio(speech(n))).await.unwrap();
    }
    let mut beat = tokio::time::interval(FRAME);
    let (mut sound, mut n, began) = (Vec::new(), 10, Instant::now());
    while sound.len() < 50 * 480 - 480 {
        tokio::select! {
            happened = peer.next() => match happened {
                Happened::Sound(samples) => sound.extend(samples),
                other => panic!("{other:?}"),
            },
            _ = beat.tick(), if n < 50 => {
                server.outgoing.send(audio(speech(n))).await.unwrap();
                n += 1;
            }
        }
    }
    assert!(began.elapsed() > Duration::from_millis(900), "{:?}", began.elapsed());
    assert!((rms(&sound) / rms(&said) - 1.0).abs() < 0.2);

    // Messages go both ways, and sound in messages is refused.
    let channel = peer.channel();
    let item = json!({"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]});
    let create = json!({"type": "conversation.item.create", "item": item}).to_string();
    channel.send(&create).await.unwrap();
    let typed = async {
        loop {
            if let Incoming::Text { text, .. } = server.incoming.recv().await.unwrap() {
                return text.0;
            }
        }
    };
    assert_eq!(timeout(SOON, typed).await.unwrap(), "hello");
    channel
        .send(r#"{"type":"input_audio_buffer.append","audio":"AAAA"}"#)
        .await
        .unwrap();
    let refused = event(&mut peer, "error").await;
    assert_eq!(refused["error"]["code"], json!(ErrorCode::UnsupportedEvent));

    // We close: what was said before still comes.
    server
        .outgoing
        .send(Outgoing::Event(ServerEvent::Resumed))
        .await
        .unwrap();
    let close = Outgoing::Close {
        code: 1000,
        reason: String::new(),
    };
    server.outgoing.send(close).await.unwrap();
    event(&mut peer, "colloquy.resumed").await;
    assert_eq!(text(&mut peer).await["type"], "closed");
    assert_eq!(server.ended.await.unwrap(), Ended::ByServer);
    all_freed(&endpoint).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_calls_on_one_port_do_not_hear_each_other() {
    let endpoint = endpoint(2).await;
    let (mut one, _peer_one, mut voice) = connect(&endpoint, |answer| answer).await;
    let (mut two, mut peer_two, _silent) = connect(&endpoint, |answer| answer).await;
    event(&mut peer_two, "session.created").await;
    for n in 0..20 {
        voice.say(&speech(n)).await.unwrap();
        one.outgoing.send(audio(speech(n))).await.unwrap();
        tokio::time::sleep(FRAME).await;
    }
    assert!(matches!(one.incoming.recv().await, Some(Incoming::Audio { .. })));
    assert!(two.incoming.try_recv().is_err());
    assert!(timeout(5 * FRAME, peer_two.next()).await.is_err());
    // A third finds no place, and is told so.
    let refused = endpoint.answer(BROWSER).await.unwrap_err();
    assert!(matches!(refused, AnswerError::Full { limit: 2 }), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_for_ipv6_serves_both_families() {
    // Not every machine has IPv6.
    let both = SocketAddr::from(([0u16; 8], 0));
    if std::net::UdpSocket::bind(both).is_err() {
        println!("no IPv6 here");
        return;
    }
    let endpoint = endpoint_at(both, 2).await;
    let port = endpoint.announced()[0].port();
    for ip in [IpAddr::from(LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)] {
        let server = SocketAddr::new(ip, port);
        let (offer, ringing) = Peer::offer(server).await.unwrap();
        let (answer, mut call) = endpoint.answer(&offer).await.unwrap();
        let (up, client) = tokio::join!(call.connected(), ringing.connect_by(server, &answer, SOON));
        up.unwrap_or_else(|error| panic!("{ip}: {error}"));
        let (_peer, mut voice) = client.unwrap();
        let mut driven = drive(call);
        voice.say(&speech(1)).await.unwrap();
        assert!(
            matches!(driven.incoming.recv().await, Some(Incoming::Audio { .. })),
            "{ip}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cut_off_is_not_sent_any_more() {
    let endpoint = endpoint(1).await;
    let (server, mut peer, _voice) = connect(&endpoint, |answer| answer).await;
    for n in 0..10 {
        server.outgoing.send(audio(speech(n))).await.unwrap();
    }
    let truncated = ServerEvent::ItemTruncated {
        item_id: "item_1".to_owned(),
        content_index: 0,
        audio_end_ms: 20,
    };
    server.outgoing.send(Outgoing::Event(truncated)).await.unwrap();
    event(&mut peer, "conversation.item.truncated").await;
    let mut loud = 0;
    while let Ok(Happened::Sound(samples)) = timeout(Duration::from_millis(300), peer.next()).await {
        loud += usize::from(rms(&samples) > 0.02);
    }
    assert!(loud <= 3, "{loud} frames of what was cut off");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_ends_its_call() {
    let endpoint = endpoint(1).await;
    let (mut server, peer, _voice) = connect(&endpoint, |answer| answer).await;
    peer.close().await;
    assert_eq!(timeout(SOON, server.ended).await.unwrap().unwrap(), Ended::ByClient);
    assert!(matches!(server.incoming.recv().await, Some(Incoming::Closed)));
    all_freed(&endpoint).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn call_after_call_takes_no_more_memory() {
    let endpoint = endpoint(1).await;
    let resident_kb = || {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
        statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4
    };
    let mut after_ten = 0;
    for n in 0..40 {
        let (server, mut peer, mut voice) = connect(&endpoint, |answer| answer).await;
        event(&mut peer, "session.created").await;
        voice.say(&speech(n)).await.unwrap();
        server.outgoing.send(audio(speech(n))).await.unwrap();
        peer.close().await;
        server.ended.await.unwrap();
        all_freed(&endpoint).await;
        if n == 9 {
            after_ten = resident_kb();
        }
    }
    let grown = resident_kb().saturating_sub(after_ten);
    println!("{after_ten} kB after 10 calls, {grown} more after 40");
    assert!(grown < 6_000, "{grown} kB more after 30 more calls");
}

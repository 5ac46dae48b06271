//! What is understood of real people whose packets are lost and late: recordings are spoken over the real WebRTC stack by a
//! seeded relay, one call each, and what comes out behind the jitter buffer and the input clock is transcribed.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use colloquy::client::Recording;
use colloquy::client::sound::FRAME_SAMPLES;
use colloquy_audio::InputClock;
use colloquy_core::ports::SpeechToText;
use colloquy_core::time::HEARING_RATE_HZ;
use colloquy_models::wer::{errors, words};
use colloquy_models::{Models, ModelsConfig};
use colloquy_tests::machine::Machine;
use colloquy_tests::speech_dir;
use colloquy_transport::connection::{Connection, Incoming};
use colloquy_transport::proto::{AudioFormat, Modality, SessionView};
use colloquy_transport::webrtc::relay::{Impairment, Relay};
use colloquy_transport::webrtc::{Endpoint, EndpointOptions, Peer};
use colloquy_transport::websocket::{INCOMING_CAPACITY, OUTGOING_CAPACITY};
use futures::{StreamExt, stream};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

/// Of the recordings, every so manieth: some 1,250 words.
const EVERY: usize = 3;
/// Calls at once: what they cost two cores leaves most of them idle.
const TOGETHER: usize = 24;
/// Packets lost, of a thousand.
const LOSSES: [u32; 3] = [20, 50, 100];
const JITTER: Duration = Duration::from_millis(60);
/// At a twentieth lost, the word error rate is at most so many times that without loss.
const RATIO_MAX: f64 = 1.2;
const FRAME: Duration = Duration::from_millis(20);
/// Silence before and after what is said.
const AROUND: usize = 25;
/// What is still on its way comes within this.
const TAIL: Duration = Duration::from_millis(600);
/// How often a call is tried, and how many may be tried again: at a tenth lost 4 of 400 did not come up in their time.
const DIALLED_MOST: u32 = 3;
const AGAIN_MOST: u64 = 6;
const CONNECT_WITHIN: Duration = Duration::from_secs(15);

struct Spoken {
    recording: Recording,
    text: String,
}

/// The shared recordings where they are, else those that are kept with the tests.
fn recordings() -> Vec<Arc<Spoken>> {
    let own = speech_dir();
    let shared = own.ancestors().nth(3).map(|above| above.join("shared/speech"));
    let folder: PathBuf = shared.filter(|folder| folder.is_dir()).unwrap_or(own);
    let manifest = std::fs::read_to_string(folder.join("manifest.jsonl")).unwrap();
    let rows = manifest
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let wanted = rows.filter(|row| row["in_wer"] == true || row["kind"] == "answer");
    let open = |row: Value| {
        let path = folder.join(row["path"].as_str().unwrap());
        Arc::new(Spoken {
            recording: Recording::open(&path).unwrap(),
            text: row["text"].as_str().unwrap_or_default().to_owned(),
        })
    };
    wanted.step_by(EVERY).map(open).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_twentieth_lost_little_more_is_misheard_than_without_loss() {
    let _machine = tokio::task::spawn_blocking(Machine::take).await.unwrap();
    let spoken = recordings();
    let models = Models::load(&ModelsConfig::default()).unwrap();
    let mut recognizer = models.recognizer().unwrap();
    let clean = Impairment::default();
    let bad = LOSSES.map(|loss_per_mille| Impairment {
        seed: 0,
        loss_per_mille,
        jitter: JITTER,
    });
    let mut rates = Vec::new();
    for bad in [clean].into_iter().chain(bad) {
        let began = Instant::now();
        let calls = carried(&spoken, bad).await;
        let (mut wrong, mut all) = (0, 0);
        for (spoken, call) in spoken.iter().zip(&calls) {
            let said = words(&spoken.text);
            let understood = recognizer.transcribe(&call.heard, &|| false).unwrap();
            wrong += errors(&said, &words(understood.text.expose()));
            all += said.len();
        }
        let rate = f64::from(u32::try_from(wrong).unwrap()) / f64::from(u32::try_from(all).unwrap());
        let sum = |of: fn(&Carried) -> u64| calls.iter().map(of).sum::<u64>();
        let (passed, lost) = (sum(|call| call.traffic.0), sum(|call| call.traffic.1));
        let again = sum(|call| u64::from(call.dialled - 1));
        println!(
            "{:.0} % lost ({:.1} % were), {:?} of jitter: {:.2} % of {all} words in {} recordings are wrong, {again} calls were \
             made again; {:?}",
            f64::from(bad.loss_per_mille) / 10.0,
            lost as f64 * 100.0 / (passed + lost) as f64,
            bad.jitter,
            rate * 100.0,
            calls.len(),
            began.elapsed()
        );
        assert!(again <= AGAIN_MOST, "{again} calls did not come up at once");
        rates.push(rate);
    }
    let ratio = rates[2] / rates[0];
    println!("at 5 %: {ratio:.3} times the word error rate without loss");
    assert!(ratio <= RATIO_MAX, "{ratio:.3}");
}

/// What comes of each over this network, in their order.
async fn carried(spoken: &[Arc<Spoken>], bad: Impairment) -> Vec<Carried> {
    let options = EndpointOptions {
        listen: "127.0.0.1:0".parse().unwrap(),
        public: Vec::new(),
        max_calls: 2 * TOGETHER,
    };
    let endpoint = Arc::new(Endpoint::bind(options).await.unwrap());
    let calls = spoken.iter().enumerate().map(|(n, spoken)| {
        let bad = Impairment { seed: n as u64, ..bad };
        let call = call(Arc::clone(&endpoint), Arc::clone(spoken), bad);
        async move { tokio::spawn(call).await.unwrap() }
    });
    stream::iter(calls).buffered(TOGETHER).collect().await
}

/// What came of a call.
struct Carried {
    heard: Vec<f32>,
    /// Datagrams that the relay carried, and lost.
    traffic: (u64, u64),
    /// How often it took to come up. The page takes the WebSocket instead of calling again.
    dialled: u32,
}

/// Says it in a call of its own.
async fn call(endpoint: Arc<Endpoint>, spoken: Arc<Spoken>, bad: Impairment) -> Carried {
    let server = endpoint.announced()[0];
    let relay = Relay::start(server, bad).await.unwrap();
    let mut dialled = 0;
    let (call, peer, mut voice) = loop {
        dialled += 1;
        let (offer, ringing) = Peer::offer(server).await.unwrap();
        let (answer, mut call) = endpoint.answer(&offer).await.unwrap();
        let connecting = ringing.connect_by(relay.address(), &answer, CONNECT_WITHIN);
        if let (Ok(()), Ok((peer, voice))) = tokio::join!(call.connected(), connecting) {
            break (call, peer, voice);
        }
        assert!(dialled < DIALLED_MOST, "no call comes up");
    };
    let (to_us, incoming) = mpsc::channel(INCOMING_CAPACITY);
    let (_nothing_to_say, outgoing) = mpsc::channel(OUTGOING_CAPACITY);
    let driven = tokio::spawn(call.drive(session(), to_us, outgoing));
    let listening = tokio::spawn(listen(incoming));

    let silence = vec![0.0; AROUND * FRAME_SAMPLES];
    let sound = [silence.as_slice(), &spoken.recording.samples, silence.as_slice()].concat();
    let mut beat = interval(FRAME);
    for frame in sound.chunks_exact(FRAME_SAMPLES) {
        beat.tick().await;
        voice.say(frame).await.unwrap();
    }
    tokio::time::sleep(TAIL).await;
    let traffic = relay.traffic();
    // A farewell that is lost would be waited for.
    driven.abort();
    let heard = listening.await.unwrap();
    peer.close().await;
    Carried {
        heard,
        traffic,
        dialled,
    }
}

/// What a conversation hears: a frame for each 20 ms, silence where nothing came.
async fn listen(mut incoming: mpsc::Receiver<Incoming>) -> Vec<f32> {
    let mut clock = InputClock::new(HEARING_RATE_HZ);
    let mut beat = interval(FRAME);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut heard, mut last) = (Vec::new(), Instant::now());
    loop {
        tokio::select! {
            came = incoming.recv() => match came {
                Some(Incoming::Audio { samples, .. }) => clock.push(&samples).unwrap(),
                Some(Incoming::Closed) | None => return heard,
                Some(_) => {}
            },
            _ = beat.tick() => {
                clock.advance(last.elapsed());
                last = Instant::now();
                while let Some(frame) = clock.next_frame() {
                    heard.extend_from_slice(frame.samples);
                }
            }
        }
    }
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

//! Many calls at once over WebRTC that are only carried: whether anybody's sound stalls, what is lost, and what a call takes
//! of the server's memory.
//!
//! Each sends packets of Opus that were encoded once for all, so that this side costs little: it says something for three
//! seconds, and listens for seven. What it hears is timed as it comes, behind the jitter buffer.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use colloquy_audio::opus::{Encoder, Silence};
use colloquy_transport::proto::{Mode, ServerEvent};
use colloquy_transport::webrtc::{Happened, Peer, PeerVoice};
use serde::Serialize;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::process::{self, Usage};
use super::stats::Summary;
use super::{BenchArgs, publish};
use crate::client::sound::{FRAME_SAMPLES, RATE_HZ, buzz};
use crate::client::{Link, Participant};

/// They join one after the other: all handshakes at once would be measured as stalls of who is there already.
const JOIN_EVERY: Duration = Duration::from_millis(100);
/// One call comes alone before all: what the server needs once is not counted as a call's.
const ALONE_FOR: Duration = Duration::from_secs(3);
/// Until it is gone.
const GONE_WITHIN: Duration = Duration::from_secs(1);
const FRAME: Duration = Duration::from_millis(20);
/// Frames of speech,
const SPEAK: usize = 3_000 / 20;
/// and then of silence.
const LISTEN: usize = 7_000 / 20;

/// What was found.
#[derive(Clone, Debug, Serialize)]
struct CallsReport {
    machine: String,
    /// Calls that were held to the end.
    calls: usize,
    /// How long all were there, in seconds.
    seconds: u64,
    /// From the offer to the open channel, in ms.
    connected_ms: Option<Summary>,
    /// By how much the next sound of an utterance came too late at worst, of each call, in ms.
    stall_ms: Option<Summary>,
    /// Packets of sound that came to the calls.
    packets: u64,
    /// The fewest that came to one.
    fewest_packets: u64,
    /// Packets that never came.
    lost: u64,
    /// Packets that came after they were given up.
    late: u64,
    /// What a call takes of the server's memory, in MB.
    memory_each_mb: Option<f64>,
    server: Option<Usage>,
    bench: Option<Usage>,
    /// What stopped calls.
    failures: Vec<String>,
}

/// Runs the bench and tells what it found.
///
/// # Errors
/// No call came up, or the report cannot be written.
pub(super) async fn bench(args: &BenchArgs, links: &[Link]) -> anyhow::Result<()> {
    let packets = Arc::new(encoded()?);
    let memory = || args.pid.and_then(process::memory_now_mb);
    let first = links.first().context("no links")?;
    // One that cannot come says so again among the others.
    if let Ok((mut peer, voice)) = ring(first).await {
        let speaking = tokio::spawn(speak(voice, Arc::clone(&packets), 0));
        let _ = tokio::time::timeout(ALONE_FOR, Stalls::default().listen(&mut peer)).await;
        speaking.abort();
        peer.close().await;
        tokio::time::sleep(GONE_WITHIN).await;
    }
    let before = memory();

    let (arrive, mut arrived) = mpsc::channel(links.len());
    let (begin, begun) = watch::channel(None);
    let mut calls = JoinSet::new();
    for (n, link) in links.iter().enumerate() {
        let call = Caller {
            n,
            link: link.clone(),
            packets: Arc::clone(&packets),
            arrive: arrive.clone(),
            begun: begun.clone(),
        };
        calls.spawn(call.call());
    }
    drop(arrive);
    // Until every one is there, or has failed.
    while arrived.recv().await.is_some() {}
    let measuring = CancellationToken::new();
    let watch = |pid: String| tokio::spawn(process::watch(pid, measuring.clone()));
    let (server, ourselves) = (args.pid.map(|pid| watch(pid.to_string())), watch("self".to_owned()));
    let until = Instant::now() + Duration::from_secs(args.seconds);
    // Nobody may be left to hear it.
    let _ = begin.send(Some(until));
    tokio::time::sleep(until.saturating_duration_since(Instant::now()) / 2).await;
    let full = memory();
    let ended = calls.join_all().await;
    measuring.cancel();
    let server = match server {
        Some(watching) => watching.await.context("the server could not be watched")?,
        None => None,
    };
    let ourselves = ourselves.await.context("the bench could not be watched")?;
    let report = CallsReport {
        memory_each_mb: full
            .zip(before)
            .map(|(full, before)| (full - before) / links.len() as f64),
        server,
        bench: ourselves,
        ..CallsReport::of(&ended, args.seconds)
    };
    // There is no page of it: the options say so.
    publish(args, &report, || report.table(), String::new)?;
    let failure = report.failures.first().map_or("", String::as_str);
    ensure!(report.calls > 0, "no call was held. {failure}");
    Ok(())
}

/// Packets of speech, and one of silence at the end.
fn encoded() -> anyhow::Result<Vec<Vec<u8>>> {
    let mut encoder = Encoder::new(RATE_HZ, Silence::Sent)?;
    let mut sound = buzz(RATE_HZ, SPEAK * 20);
    sound.extend([0.0; 10 * FRAME_SAMPLES]);
    let packets = sound
        .chunks(FRAME_SAMPLES)
        .map(|frame| Ok(encoder.encode(frame)?.bytes));
    packets.collect()
}

async fn ring(link: &Link) -> anyhow::Result<(Peer, PeerVoice)> {
    let participant = Participant::new(link.clone())?;
    participant.agree(Mode::Voice, false).await?;
    Ok(Box::pin(participant.ring(None)).await?)
}

/// Speaks and is silent in turns, for ever; everybody begins elsewhere.
async fn speak(mut voice: PeerVoice, packets: Arc<Vec<Vec<u8>>>, n: usize) {
    let mut beat = tokio::time::interval(FRAME);
    let mut frame = SPEAK + (n * 37) % LISTEN;
    loop {
        beat.tick().await;
        frame = (frame + 1) % (SPEAK + LISTEN);
        let payload = &packets[frame.min(packets.len() - 1)];
        // A call that is over says so to who listens.
        if voice.send(payload.clone()).await.is_err() {
            return;
        }
    }
}

struct Caller {
    n: usize,
    link: Link,
    packets: Arc<Vec<Vec<u8>>>,
    arrive: mpsc::Sender<()>,
    /// When it is over, once all are there.
    begun: watch::Receiver<Option<Instant>>,
}

/// What one call heard.
#[derive(Clone, Copy, Debug, Default)]
struct Heard {
    connected_in: Duration,
    longest_stall: Duration,
    packets: u64,
    lost: u64,
    late: u64,
}

impl Caller {
    async fn call(self) -> Result<Heard, String> {
        let number = self.n + 1;
        self.hold().await.map_err(|error| format!("call {number}: {error:#}"))
    }

    async fn hold(mut self) -> anyhow::Result<Heard> {
        tokio::time::sleep(JOIN_EVERY * u32::try_from(self.n).unwrap_or(u32::MAX)).await;
        let began = Instant::now();
        let (mut peer, voice) = ring(&self.link).await?;
        let connected_in = began.elapsed();
        let speaking = tokio::spawn(speak(voice, self.packets, self.n));
        // Who is there says so by letting go of this.
        drop(self.arrive);
        let mut stalls = Stalls::default();
        let until = tokio::select! {
            until = self.begun.wait_for(Option::is_some) => until.ok().and_then(|until| *until),
            () = stalls.listen(&mut peer) => anyhow::bail!("hung up on while others came"),
        };
        stalls.begin();
        let until = until.context("the bench was broken off")?;
        let held = tokio::time::timeout_at(until.into(), stalls.listen(&mut peer)).await;
        ensure!(held.is_err(), "hung up on");
        speaking.abort();
        let came = peer.heard();
        peer.close().await;
        Ok(Heard {
            connected_in,
            longest_stall: stalls.longest,
            packets: came.received,
            lost: came.lost,
            late: came.late,
        })
    }
}

/// Times sound: within an utterance the next piece is due when the last one has been played.
#[derive(Debug, Default)]
struct Stalls {
    longest: Duration,
    /// When the next piece is due, within an utterance.
    due: Option<Instant>,
    saying: bool,
}

impl Stalls {
    /// Until the call is over. Safe to drop and call again.
    async fn listen(&mut self, peer: &mut Peer) {
        loop {
            match peer.next().await {
                Happened::Sound(samples) => self.sound(Instant::now(), samples.len()),
                Happened::Text(text) => {
                    if let Ok(event) = serde_json::from_str(&text) {
                        self.event(&event);
                    }
                }
                Happened::Closed => return,
            }
        }
    }

    /// Forgets what was so far.
    fn begin(&mut self) {
        self.longest = Duration::ZERO;
    }

    fn sound(&mut self, at: Instant, samples: usize) {
        if let Some(due) = self.due.filter(|_| self.saying) {
            self.longest = self.longest.max(at.saturating_duration_since(due));
        }
        let length = Duration::from_micros(samples as u64 * 1_000_000 / u64::from(RATE_HZ));
        self.due = Some(at + length);
    }

    fn event(&mut self, event: &ServerEvent) {
        match event {
            ServerEvent::OutputItemAdded { .. } => (self.saying, self.due) = (true, None),
            // Who speaks into it pauses it, which is no stall.
            ServerEvent::OutputAudioDone { .. }
            | ServerEvent::ResponseDone { .. }
            | ServerEvent::SpeechStarted { .. } => self.saying = false,
            _ => {}
        }
    }
}

impl CallsReport {
    fn of(ended: &[Result<Heard, String>], seconds: u64) -> Self {
        let heard: Vec<&Heard> = ended.iter().flatten().collect();
        let ms = |of: fn(&Heard) -> Duration| {
            let values: Vec<f64> = heard.iter().map(|heard| of(heard).as_secs_f64() * 1_000.0).collect();
            Summary::of(&values)
        };
        let sum = |of: fn(&Heard) -> u64| heard.iter().map(|heard| of(heard)).sum();
        Self {
            machine: process::machine(),
            calls: heard.len(),
            seconds,
            connected_ms: ms(|heard| heard.connected_in),
            stall_ms: ms(|heard| heard.longest_stall),
            packets: sum(|heard| heard.packets),
            fewest_packets: heard.iter().map(|heard| heard.packets).min().unwrap_or_default(),
            lost: sum(|heard| heard.lost),
            late: sum(|heard| heard.late),
            memory_each_mb: None,
            server: None,
            bench: None,
            failures: ended.iter().filter_map(|ended| ended.clone().err()).collect(),
        }
    }

    /// For the terminal.
    fn table(&self) -> String {
        let mut out = String::new();
        let mut line = |text: String| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{text}");
        };
        line(format!(
            "{} calls for {} s · {}",
            self.calls, self.seconds, self.machine
        ));
        line(format!("{:<34}{:>8}{:>8}{:>8}", "milliseconds", "p50", "p95", "max"));
        let rows = [
            ("connected in", self.connected_ms),
            ("longest stall of each call", self.stall_ms),
        ];
        for (name, summary) in rows {
            let of = summary.unwrap_or_default();
            line(format!("{name:<34}{:>8.0}{:>8.0}{:>8.0}", of.p50, of.p95, of.max));
        }
        line(format!(
            "packets: {} came, at least {} to each; {} lost, {} late",
            self.packets, self.fewest_packets, self.lost, self.late
        ));
        if let (Some(usage), Some(each)) = (&self.server, self.memory_each_mb) {
            line(format!(
                "server: {each:.2} MB a call, {:.0} MB at most; {:.0} % of a core",
                usage.memory_peak_mb, usage.cpu_percent
            ));
        }
        if let Some(usage) = &self.bench {
            line(format!("this bench itself: {:.0} % of a core", usage.cpu_percent));
        }
        for failure in &self.failures {
            line(format!("failed: {failure}"));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(text: &str) -> ServerEvent {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_piece_that_comes_late_within_an_utterance_is_a_stall() {
        let (mut stalls, t) = (Stalls::default(), Instant::now());
        let at = |ms: u64| t + Duration::from_millis(ms);
        // Nothing is said yet: noise of the line is nobody's utterance.
        stalls.sound(at(0), FRAME_SAMPLES);
        stalls.sound(at(500), FRAME_SAMPLES);
        assert_eq!(stalls.longest, Duration::ZERO);
        stalls.saying = true;
        stalls.sound(at(520), FRAME_SAMPLES);
        stalls.sound(at(540), 3 * FRAME_SAMPLES);
        stalls.sound(at(600), FRAME_SAMPLES);
        assert_eq!(stalls.longest, Duration::ZERO);
        stalls.sound(at(690), FRAME_SAMPLES);
        assert_eq!(stalls.longest, Duration::from_millis(70));
        // Who is spoken into falls silent, and that is none.
        stalls.event(&event(
            r#"{"type":"input_audio_buffer.speech_started","event_id":"e","item_id":"i","audio_start_ms":0}"#,
        ));
        stalls.sound(at(3_000), FRAME_SAMPLES);
        assert_eq!(stalls.longest, Duration::from_millis(70));
    }

    #[test]
    fn calls_that_failed_are_told_and_the_worst_of_the_others() {
        let one = Heard {
            longest_stall: Duration::from_millis(30),
            packets: 500,
            lost: 2,
            ..Heard::default()
        };
        let other = Heard {
            longest_stall: Duration::from_millis(90),
            packets: 400,
            ..one
        };
        let report = CallsReport::of(&[Ok(one), Err("call 2: refused".to_owned()), Ok(other)], 40);
        assert_eq!(
            (report.calls, report.packets, report.fewest_packets, report.lost),
            (2, 900, 400, 4)
        );
        assert_eq!(report.stall_ms.unwrap().max, 90.0);
        let table = report.table();
        assert!(
            table.contains("2 calls for 40 s") && table.contains("failed: call 2: refused"),
            "{table}"
        );
    }
}

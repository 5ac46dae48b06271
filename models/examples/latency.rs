//! Time and memory of each model, warm: `cargo run --release -p colloquy-models --example latency [THREADS]`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for the terminal")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use colloquy_core::ports::{Embedder, EndOfTurn, SpeechToText, TextToSpeech, VOICE_FRAME, VoiceActivity};
use colloquy_models::{Models, ModelsConfig};

/// Runs of each.
const RUNS: usize = 15;

fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

fn show(name: &str, mut run: impl FnMut() -> Duration) {
    let mut times: Vec<Duration> = (0..RUNS).map(|_| run()).collect();
    times.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "{name:<32} min {:7.2} ms   p50 {:7.2} ms   max {:7.2} ms",
        ms(times[0]),
        ms(times[RUNS / 2]),
        ms(times[RUNS - 1])
    );
}

fn timed<T>(run: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn main() {
    let threads = std::env::args()
        .nth(1)
        .map_or(1, |threads| threads.parse().expect("a count of threads"));
    let config = ModelsConfig {
        whisper_threads: threads,
        onnx_threads: threads,
        ..ModelsConfig::default()
    };
    let start = Instant::now();
    let models = Models::load(&config).unwrap_or_else(|e| panic!("{e}"));
    println!(
        "loaded and warm in {:.1} s, {} MB",
        start.elapsed().as_secs_f64(),
        resident_mb()
    );
    let speech = common::flac(&common::speech().join("jfk.flac"));
    let mut vad = models.vad();
    show("voice activity, a frame", || {
        timed(|| vad.probability(&speech[..VOICE_FRAME]).unwrap())
    });
    let mut turn = models.end_of_turn();
    show("end of turn, 8 s", || timed(|| turn.score(&speech).unwrap()));
    let mut recognizer = models.recognizer().unwrap();
    for seconds in [2, 4, 8] {
        let pcm = &speech[..seconds * 16_000];
        show(&format!("transcription, {seconds} s"), || {
            timed(|| recognizer.transcribe(pcm, &|| false).unwrap())
        });
    }
    let mut voice = models.synthesizer().unwrap();
    for text in [
        "What keeps you here?",
        "You said the hours were long, so what would have to change about them for you to stay another year in this team?",
    ] {
        let words = text.split(' ').count();
        let mut first = || {
            let start = Instant::now();
            let mut first = None;
            let mut take = |_: &[f32]| {
                first.get_or_insert(start.elapsed());
                ControlFlow::Continue(())
            };
            voice.synthesize(text, &mut take).unwrap();
            (first.unwrap(), start.elapsed())
        };
        show(&format!("speech, {words} words, first sound"), || first().0);
        show(&format!("speech, {words} words, all of it"), || first().1);
    }
    let mut embedder = Models::embedder(&ModelsConfig::default()).unwrap();
    show("embedding, 16 tokens", || {
        timed(|| {
            embedder
                .embed("My manager never listens to what I say in our weekly team meeting.")
                .unwrap()
        })
    });
    println!("after all of it {} MB", resident_mb());
}

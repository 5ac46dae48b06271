//! Word error rate and time of transcription over a folder of recordings: with the window fitted to the audio, with the full
//! window of the same weights, and of the baseline that lies in the folder.
//!
//! `cargo run --release -p colloquy-models --example wer -- FOLDER [base] [quick] [verbose] [threads=N] [every=N]`, where
//! `quick` leaves out the full window and `every` takes each Nth recording.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for the terminal")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use colloquy_core::ports::SpeechToText;
use colloquy_models::wer::{errors, words};
use colloquy_models::{Models, ModelsConfig, WhisperSize};
use common::{Recording, flac, recordings};

/// The fitted window may cost so much in errors and no more.
const MOST_RATIO: f64 = 1.1;

/// Errors, words, and the time of each decode.
struct Sum {
    errors: usize,
    words: usize,
    times: Vec<Duration>,
}

impl Sum {
    fn rate(&self) -> f64 {
        self.errors as f64 / self.words as f64
    }

    fn show(&self, name: &str) {
        let mut times = self.times.clone();
        times.sort();
        let at = |part: usize| {
            times
                .get(times.len() * part / 100)
                .map_or(0.0, |t| t.as_secs_f64() * 1000.0)
        };
        let rate = self.rate() * 100.0;
        println!(
            "{name:<14} {rate:6.2} %  {:4} of {} words   p50 {:4.0} ms  p95 {:4.0} ms",
            self.errors,
            self.words,
            at(50),
            at(95)
        );
    }
}

fn decode(recognizer: &mut dyn SpeechToText, recordings: &[Recording], verbose: bool) -> Sum {
    let mut sum = Sum {
        errors: 0,
        words: 0,
        times: Vec::new(),
    };
    for recording in recordings {
        let pcm = flac(&recording.path);
        let start = Instant::now();
        let heard = recognizer.transcribe(&pcm, &|| false).unwrap();
        sum.times.push(start.elapsed());
        let said = words(&recording.text);
        let wrong = errors(&said, &words(heard.text.expose()));
        if verbose && wrong * 4 > said.len() {
            println!("  {} {wrong} of {}: {}", recording.id, said.len(), heard.text.expose());
        }
        sum.errors += wrong;
        sum.words += said.len();
    }
    sum
}

fn baseline(folder: &std::path::Path, recordings: &[Recording], size: &str) -> Option<Sum> {
    let lines = std::fs::read_to_string(folder.join("asr_baseline.jsonl")).ok()?;
    let rows: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let heard: HashMap<&str, &str> = rows
        .iter()
        .filter_map(|row| Some((row["id"].as_str()?, row[size]["hyp"].as_str()?)))
        .collect();
    let mut sum = Sum {
        errors: 0,
        words: 0,
        times: Vec::new(),
    };
    for recording in recordings {
        let said = words(&recording.text);
        sum.errors += errors(&said, &words(heard.get(recording.id.as_str())?));
        sum.words += said.len();
    }
    Some(sum)
}

fn main() {
    let mut args = std::env::args().skip(1);
    let folder = PathBuf::from(args.next().expect("a folder with manifest.jsonl"));
    let options: Vec<String> = args.collect();
    let base = options.iter().any(|option| option == "base");
    let size = if base { WhisperSize::Base } else { WhisperSize::TinyEn };
    let number = |name: &str| {
        options
            .iter()
            .find_map(|option| option.strip_prefix(name)?.parse::<usize>().ok())
    };
    let whisper_threads = number("threads=").unwrap_or(ModelsConfig::default().whisper_threads);
    let config = ModelsConfig {
        whisper: size,
        whisper_threads,
        ..ModelsConfig::default()
    };
    let models = Models::load(&config).unwrap_or_else(|e| panic!("{e}"));
    let recordings = recordings(&folder).into_iter().filter(|recording| recording.in_wer);
    let recordings: Vec<_> = recordings.step_by(number("every=").unwrap_or(1)).collect();
    let verbose = options.iter().any(|option| option == "verbose");
    let fitted = decode(&mut models.recognizer().unwrap(), &recordings, verbose);
    fitted.show("fitted window");
    if !options.iter().any(|option| option == "quick") {
        let full = decode(&mut models.full_window_recognizer().unwrap(), &recordings, verbose);
        full.show("full window");
        println!("ratio to full window {:.3}", fitted.rate() / full.rate());
    }
    if let Some(baseline) = baseline(&folder, &recordings, if base { "base" } else { "tiny" }) {
        baseline.show("baseline");
        let ratio = fitted.rate() / baseline.rate();
        println!("ratio to baseline    {ratio:.3}");
        assert!(
            ratio <= MOST_RATIO,
            "more errors than {MOST_RATIO} times those of a full-window decode"
        );
    }
}

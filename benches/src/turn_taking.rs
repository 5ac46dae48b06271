//! Measures turn-taking on recordings of real people: how often a turn is taken in a pause, how long we wait at its end.
// A bench prints.
#![allow(clippy::print_stdout)]

use std::path::PathBuf;

use clap::Parser;
use colloquy_benches::recordings::{Recording, labelled, utterances};
use colloquy_benches::replay::{Ears, Heard, replay};
use colloquy_models::{Models, ModelsConfig};

/// Replays recorded turns through the conversation core with real models.
#[derive(Parser)]
struct Args {
    /// Folder with eot.jsonl, manifest.jsonl and the recordings they name.
    #[arg(long, default_value = "../shared/speech")]
    speech: PathBuf,
    /// Write every silence and what the models made of it, a JSON line each.
    #[arg(long)]
    dump: Option<PathBuf>,
    /// Only every Nth recording.
    #[arg(long, default_value_t = 1)]
    every: usize,
}

/// A pause shorter than this is part of speaking.
const PAUSE_MS: u64 = 300;
/// The plain rule to compare with: this much silence, whatever was said.
const PLAIN_MS: u64 = 800;

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let models = Models::load(&ModelsConfig::default())?;
    let mut dump = args.dump.map(std::fs::File::create).transpose()?;
    println!(
        "{:<28} {:>7} {:>12} {:>10} {:>6} {:>6} {:>12}",
        "recordings", "pauses", "taken in one", "plain rule", "ends", "p50", "p95 (wait)"
    );
    for (name, recordings) in [
        ("labelled real turns", labelled(&args.speech)?),
        ("spontaneous utterances", utterances(&args.speech, &["spontaneous"])?),
        ("read utterances", utterances(&args.speech, &["read"])?),
    ] {
        let chosen: Vec<Recording> = recordings.into_iter().step_by(args.every).collect();
        let heard = hear(&models, &chosen)?;
        report(name, chosen.len(), &heard);
        if let Some(file) = &mut dump {
            for silence in &heard {
                std::io::Write::write_all(file, format!("{}\n", serde_json::to_string(silence)?).as_bytes())?;
            }
        }
    }
    Ok(())
}

fn hear(models: &Models, recordings: &[Recording]) -> anyhow::Result<Vec<Heard>> {
    let vad = models.vad_model();
    let voice = || Box::new(vad.stream()) as Box<dyn colloquy_core::ports::VoiceActivity>;
    let mut end_of_turn = models.end_of_turn();
    let mut recognizer = models.recognizer()?;
    let mut ears = Ears {
        voice: &voice,
        end_of_turn: &mut end_of_turn,
        recognizer: &mut recognizer,
    };
    let mut heard = Vec::new();
    for recording in recordings {
        heard.extend(replay(recording, &mut ears)?);
    }
    Ok(heard)
}

fn report(name: &str, turns: usize, heard: &[Heard]) {
    let pauses: Vec<&Heard> = heard.iter().filter(|h| !h.end && h.silent_ms >= PAUSE_MS).collect();
    let taken = heard.iter().filter(|h| !h.end && h.taken_ms.is_some()).count();
    let plain = pauses.iter().filter(|h| h.silent_ms >= PLAIN_MS).count();
    let mut waits: Vec<u64> = heard.iter().filter(|h| h.end).filter_map(|h| h.taken_ms).collect();
    waits.sort_unstable();
    let at = |share: f64| {
        waits
            .get(((waits.len() as f64 * share) as usize).min(waits.len().saturating_sub(1)))
            .copied()
    };
    let share = |n: usize| {
        if pauses.is_empty() {
            0.0
        } else {
            100.0 * n as f64 / pauses.len() as f64
        }
    };
    println!(
        "{name:<28} {:>7} {:>5} {:>5.1}% {:>4} {:>4.0}% {:>6} {:>6} {:>6}   turns: {turns}",
        pauses.len(),
        taken,
        share(taken),
        plain,
        share(plain),
        waits.len(),
        at(0.5).unwrap_or_default(),
        at(0.95).unwrap_or_default()
    );
}

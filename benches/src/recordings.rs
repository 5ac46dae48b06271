//! Recorded turns: where they end, and where they only pause.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::Context;
use serde_json::Value;

/// Samples a millisecond.
const PER_MS: usize = 16;
/// A turn shorter than this is a sign of listening.
const SHORTEST_S: f64 = 1.0;
/// Other people may speak so long into a turn and it still counts.
const OVERLAP_S: f64 = 0.2;
/// What follows a turn: nobody speaks.
const TAIL_MS: usize = 4_000;

/// One person's turn, with nothing before it and silence after it.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Which one.
    pub id: String,
    /// Mono f32 at 16 kHz.
    pub pcm: Vec<f32>,
    /// Labelled pauses inside it, in milliseconds from its start; empty where nobody labelled them.
    pub pauses: Vec<(u64, u64)>,
    /// Where the recording itself ends, in milliseconds: from there on it is silence.
    pub end_ms: u64,
}

/// Reads mono 16 kHz FLAC.
///
/// # Errors
/// Names the file that cannot be read.
pub fn flac(path: &Path) -> anyhow::Result<Vec<f32>> {
    let mut reader = claxon::FlacReader::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let scale = 1.0 / f64::from(1u32 << (reader.streaminfo().bits_per_sample - 1));
    reader.samples().map(|s| Ok((f64::from(s?) * scale) as f32)).collect()
}

fn rows(path: &Path) -> anyhow::Result<Vec<Value>> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    BufReader::new(file)
        .lines()
        .map(|line| Ok(serde_json::from_str(&line?)?))
        .collect()
}

/// The labelled turns of `eot.jsonl`: at least 1 s long, with nobody speaking into them.
///
/// # Errors
/// Names the file that cannot be read.
pub fn labelled(speech: &Path) -> anyhow::Result<Vec<Recording>> {
    let mut found = Vec::new();
    for row in rows(&speech.join("eot.jsonl"))? {
        let audio = flac(&speech.join(row["path"].as_str().context("a row has no path")?))?;
        let mut turns: Vec<(String, f64, f64, &Value)> = Vec::new();
        for (speaker, list) in row["turns"].as_object().into_iter().flatten() {
            for turn in list.as_array().into_iter().flatten() {
                let time = |name: &str| turn[name].as_f64().unwrap_or_default();
                turns.push((speaker.clone(), time("start"), time("end"), turn));
            }
        }
        for (speaker, start, end, turn) in &turns {
            let alone = turns
                .iter()
                .filter(|(other, ..)| other != speaker)
                .all(|(_, from, to, _)| to.min(*end) - from.max(*start) < OVERLAP_S);
            // A turn that the recording cuts off has no end.
            let whole = *end < row["duration_s"].as_f64().unwrap_or_default() - 0.05;
            if !alone || !whole || end - start < SHORTEST_S {
                continue;
            }
            let pauses = turn["pauses"].as_array().into_iter().flatten().filter_map(|p| {
                let at = |n: usize| p[n].as_f64().map(|s| ((s - start) * 1000.0) as u64);
                Some((at(0)?, at(1)?))
            });
            let sample = |s: f64| ((s * 1000.0) as usize * PER_MS).min(audio.len());
            let pcm = audio[sample(*start)..sample(*end)].to_vec();
            found.push(silenced(
                format!("{}/{speaker}@{start:.2}", row["id"]),
                pcm,
                pauses.collect(),
            ));
        }
    }
    Ok(found)
}

/// The utterances of `manifest.jsonl` with those styles that count for the word error rate, each taken as one turn.
///
/// # Errors
/// Names the file that cannot be read.
pub fn utterances(speech: &Path, styles: &[&str]) -> anyhow::Result<Vec<Recording>> {
    let mut found = Vec::new();
    for row in rows(&speech.join("manifest.jsonl"))? {
        let style = row["style"].as_str().unwrap_or_default();
        if row["in_wer"] != true || !styles.contains(&style) {
            continue;
        }
        let pcm = flac(&speech.join(row["path"].as_str().context("a row has no path")?))?;
        found.push(silenced(
            row["id"].as_str().unwrap_or_default().to_owned(),
            pcm,
            Vec::new(),
        ));
    }
    Ok(found)
}

fn silenced(id: String, mut pcm: Vec<f32>, pauses: Vec<(u64, u64)>) -> Recording {
    let end_ms = (pcm.len() / PER_MS) as u64;
    pcm.resize(pcm.len() + TAIL_MS * PER_MS, 0.0);
    Recording {
        id,
        pcm,
        pauses,
        end_ms,
    }
}

//! `colloquy bench --duplex`: who speaks when, measured on recorded people, without a server and faster than real time.

mod curve;
mod listener;
mod material;
mod measure;
mod page;
mod play;
mod talk_over;

use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use colloquy_models::ModelsConfig;
use serde::Serialize;

use super::process::machine;
use super::stats::quantile;
use crate::cli::stage::{Ensemble, FRAME_MS, PER_MS};
use material::{Pause, Turn, room, silences, with_pause};
use measure::{Figures, Kind, Over, Silence, ours, plain};
use play::play;

/// What we say before the first turn; it is over when the participant begins.
const GREETING: &str = "Hello.";
/// How many turns tell what an answer takes to make that is begun only when the turn is taken.
const MADE: usize = 24;
/// Where the participant begins: a multiple of a voice frame, so that the detector hears the same frames each time.
const BEGINS_MS: u64 = 64 * FRAME_MS;
/// How long a silence is tried at most.
const TRIED_MS: u64 = 5_000;
/// How much of the planned pauses are kept of a turn: the first ones, where turns are long.
const PAUSES_OF_A_TURN: usize = 6;

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    machine: String,
    turns: usize,
    rules: [Figures; 2],
    silences: Vec<Silence>,
    sounds: Vec<Over>,
}

/// Measures on `folder`, of whose turns every `every`th is used.
///
/// # Errors
/// A folder without recordings, weights that are missing, a model that fails.
pub(super) fn measure(config: &ModelsConfig, folder: &Path, every: usize) -> anyhow::Result<Report> {
    let turns = material::turns(folder, every)?;
    let mut ensemble = Ensemble::load(config)?;
    let mut found = Vec::new();
    for (n, turn) in turns.iter().enumerate() {
        found.extend(silences_of(&mut ensemble, turn, n).with_context(|| turn.name.clone())?);
    }
    let sounds = talk_over::all(&mut ensemble, folder, &turns, every)?;
    Ok(Report {
        machine: machine(),
        turns: turns.len(),
        rules: [
            ours(&found, &sounds),
            plain(&found, &sounds, making_ms(&mut ensemble, &turns)?),
        ],
        silences: found,
        sounds,
    })
}

/// The turn's own pauses, one that is put into it, and its end.
fn silences_of(ensemble: &mut Ensemble, turn: &Turn, n: usize) -> anyhow::Result<Vec<Silence>> {
    let (pauses, end) = silences(ensemble.detector().as_mut(), &turn.pcm)?;
    let mut found = Vec::new();
    for pause in pauses.into_iter().take(PAUSES_OF_A_TURN) {
        found.push(wait(ensemble, turn, Kind::Real, pause)?);
    }
    if let Some((longer, pause)) = with_pause(turn, ensemble.recognizer.as_mut(), n)? {
        found.push(wait(ensemble, &longer, Kind::Inserted, pause)?);
    }
    if let Some(from) = end {
        let to = (turn.pcm.len() / PER_MS) as u64;
        let end = Pause { from, to: to.max(from) };
        found.push(wait(ensemble, turn, Kind::End, end)?);
    }
    Ok(found)
}

/// Lets a silence go on until the turn is taken: then its real length tells whether it would have been.
fn wait(ensemble: &mut Ensemble, turn: &Turn, kind: Kind, pause: Pause) -> anyhow::Result<Silence> {
    let spoken = &turn.pcm[..(pause.to as usize * PER_MS).min(turn.pcm.len())];
    let before = vec![0.0; BEGINS_MS as usize * PER_MS];
    let from = BEGINS_MS + pause.from;
    let after = |times: &[u64]| times.iter().find(|at| **at > from).map(|at| at - from);
    let course = play(
        ensemble,
        GREETING,
        &[&before, spoken, &room(&turn.pcm, TRIED_MS)].concat(),
        None,
        |course| after(&course.audible).is_some() || kind != Kind::End && after(&course.taken).is_some(),
    )?;
    Ok(Silence {
        name: turn.name.clone(),
        from_ms: pause.from,
        kind,
        ms: (kind != Kind::End).then_some(pause.ms()),
        waits_ms: after(&course.taken),
        answered_ms: after(&course.audible).filter(|_| kind == Kind::End),
    })
}

/// What an answer takes to make from the end of a turn: its words are transcribed, and ours are synthesized.
fn making_ms(ensemble: &mut Ensemble, turns: &[Turn]) -> anyhow::Result<u64> {
    let mut took = Vec::new();
    for turn in turns.iter().step_by((turns.len() / MADE).max(1)) {
        let tail = &turn.pcm[turn.pcm.len().saturating_sub(8_000 * PER_MS)..];
        let began = Instant::now();
        ensemble.recognizer.transcribe(tail, &|| false)?;
        took.push((began.elapsed().as_millis() as u64 + ensemble.first_audio_ms(listener::QUESTION)?) as f64);
    }
    Ok(quantile(&took, 0.5).unwrap_or_default() as u64)
}

impl Report {
    /// For people, in a terminal.
    pub(super) fn table(&self) -> String {
        page::table(self)
    }

    /// For people, with a plot, as a page that needs nothing else.
    pub(super) fn page(&self) -> String {
        page::html(self)
    }
}

//! Measures what planning costs a turn: understanding the answer, choosing the move, and phrasing it.
// A bench prints.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use anyhow::ensure;
use colloquy_core::event::{Event, Recorded};
use colloquy_core::id::TurnId;
use colloquy_core::planner::{Answer, Plan, Planner};
use colloquy_core::simulation::{Case, cases};

/// A turn in the mean, in milliseconds.
const MEAN_MAX_MS: f64 = 6.0;
/// What 95 % of the turns stay under, in milliseconds.
const P95_MAX_MS: f64 = 15.0;

/// Simulated interviews: each persona over each session type, twice.
const INTERVIEWS: u32 = 342;

/// Replays simulated interviews and times each decision of the guided interviewer.
fn main() -> anyhow::Result<()> {
    let mut took: Vec<f64> = cases(1, INTERVIEWS).flat_map(|case| replay(&case)).collect();
    took.sort_by(f64::total_cmp);
    ensure!(!took.is_empty(), "nothing was answered");
    let mean = took.iter().sum::<f64>() / took.len() as f64;
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    let (p95, most) = (at(0.95), at(1.0));
    println!(
        "planning: {} turns, mean {mean:.3} ms, median {:.3} ms, p95 {p95:.3} ms, most {most:.3} ms",
        took.len(),
        at(0.5)
    );
    ensure!(
        mean <= MEAN_MAX_MS,
        "a turn costs more than {MEAN_MAX_MS} ms in the mean"
    );
    ensure!(p95 <= P95_MAX_MS, "5 % of the turns cost more than {P95_MAX_MS} ms");
    Ok(())
}

/// Milliseconds of each decision upon an answer, with the interview behind it as it was then.
fn replay(case: &Case) -> Vec<f64> {
    let mut planner = Planner::new(Arc::new(case.guide()));
    let mut heard: BTreeMap<TurnId, String> = BTreeMap::new();
    let mut took = Vec::new();
    for Recorded { at, event, .. } in case.hold().events {
        planner.apply(at, &event);
        match &event {
            Event::SegmentHeard { turn, text, .. } => {
                let said = heard.entry(*turn).or_default();
                said.push(' ');
                said.push_str(text.expose());
            }
            Event::AnswerEnded { turn, .. } => {
                let answer = Answer {
                    turn: *turn,
                    text: heard.get(turn).map_or("", String::as_str),
                    confidence: 1.0,
                    meant: None,
                    judged: None,
                };
                let began = Instant::now();
                let decision = planner.answer(at, turn.next(), answer);
                took.push(began.elapsed().as_secs_f64() * 1_000.0);
                std::hint::black_box(decision);
            }
            _ => {}
        }
    }
    took
}

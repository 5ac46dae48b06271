//! Fits the classifier that finds by its meaning what calls for care, and judges it on sentences that it was not fitted on.
//!
//! `cargo run --release -p colloquy-models --example care -- fit` places the sentences of `told-en.toml` and `meant-en.toml`
//! (`engine/core/src/planner/safety`), fits a logistic regression over their places, tells by cross-validation what it finds,
//! chooses the threshold at which 5 % of the harmless sentences with near words raise a false alarm there, and writes
//! `planner/care/head-en.toml`. The same sentences give the same head. `-- judge` tells what words and meaning find of the
//! lists that were held back, with the head that was compiled in.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for the terminal")]

mod regression;
mod sentences;

use std::fmt::Write as _;
use std::time::Instant;

use colloquy_core::event::Concern;
use colloquy_core::planner::care::{Head, in_words, passages};
use colloquy_core::ports::Embedder as _;
use colloquy_models::{Models, ModelsConfig};
use regression::{CLASSES, Regression};
use sentences::{Sentence, core, read};

/// Lists that are fitted on.
const FITTED: [&str; 2] = ["told-en.toml", "meant-en.toml"];
/// Lists that were held back, in the order in which they were written.
const HELD_BACK: [&str; 3] = ["held-out-en.toml", "held-out-2-en.toml", "held-out-3-en.toml"];
/// Parts of the cross-validation.
const FOLDS: usize = 10;
/// False alarms that are put up with, in cross-validation, of harmless sentences with near words.
const ALARMS_PERCENT: usize = 5;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("fit") => fit(),
        Some("judge") => judge(),
        _ => println!("fit, or judge"),
    }
}

fn fit() {
    let mut embedder = Models::embedder(&ModelsConfig::default()).unwrap();
    let sentences: Vec<Sentence> = FITTED.iter().flat_map(|list| read(list)).collect();
    let places: Vec<Vec<f32>> = sentences
        .iter()
        .map(|s| embedder.embed(s.text.trim_end_matches(['.', '!', '?'])).unwrap())
        .collect();
    let classes: Vec<usize> = sentences.iter().map(|s| class(s.concern)).collect();

    // Sentences of one kind stand together, and each fold has a tenth of them.
    let held = |fold: usize| (0..sentences.len()).filter(move |i| i % FOLDS == fold);
    let mut judged = vec![0.0; sentences.len()];
    for fold in 0..FOLDS {
        let rest: Vec<usize> = (0..sentences.len()).filter(|i| i % FOLDS != fold).collect();
        let regression = Regression::fit(&places, &classes, &rest);
        held(fold).for_each(|i| judged[i] = regression.cares(&places[i]));
    }
    // What words deny is not placed at all, and what they name is found by them.
    let silent: Vec<bool> = sentences.iter().map(|s| !passages(&s.text).is_empty()).collect();
    let near = || (0..sentences.len()).filter(|i| sentences[*i].kind == "near");
    let mut alarms: Vec<f32> = near().filter(|i| silent[*i]).map(|i| judged[i]).collect();
    alarms.sort_by(|a, b| b.total_cmp(a));
    let threshold = (alarms[near().count() * ALARMS_PERCENT / 100] * 1_000.0).ceil() / 1_000.0;
    println!("{} sentences, threshold {threshold}", sentences.len());
    tell(
        &sentences,
        |i| in_words(&sentences[i].text).is_some(),
        |i| silent[i] && judged[i] >= threshold,
    );

    let all: Vec<usize> = (0..sentences.len()).collect();
    let head = Regression::fit(&places, &classes, &all).head(threshold);
    let path = core("planner/care/head-en.toml");
    std::fs::write(&path, written(&head)).unwrap();
    println!("written: {}", path.display());
}

fn judge() {
    let mut embedder = Models::embedder(&ModelsConfig::default()).unwrap();
    for list in HELD_BACK {
        let sentences = read(list);
        let mut times = Vec::new();
        let meant: Vec<bool> = sentences
            .iter()
            .map(|s| {
                passages(&s.text).iter().any(|passage| {
                    let began = Instant::now();
                    let place = embedder.embed(passage).unwrap();
                    times.push(began.elapsed());
                    Head::english().concern(&place).is_some()
                })
            })
            .collect();
        times.sort();
        println!("\n{list}: a passage is placed in {:?} (median)", times[times.len() / 2]);
        tell(&sentences, |i| in_words(&sentences[i].text).is_some(), |i| meant[i]);
    }
}

/// What is found of each kind: by words, by meaning, by either.
fn tell(sentences: &[Sentence], by_words: impl Fn(usize) -> bool, by_meaning: impl Fn(usize) -> bool) {
    let mut rows: Vec<(String, [usize; 4])> = Vec::new();
    for (i, sentence) in sentences.iter().enumerate() {
        let (words, meaning) = (by_words(i), by_meaning(i));
        let sums = if sentence.concern.is_some() { "told" } else { "harmless" };
        for name in [
            format!("{} {}", sentence.list, sentence.kind),
            format!("{} {sums}", sentence.list),
        ] {
            let at = rows.iter().position(|(row, _)| *row == name).unwrap_or_else(|| {
                rows.push((name, [0; 4]));
                rows.len() - 1
            });
            for (count, hit) in rows[at].1.iter_mut().zip([words, meaning, words || meaning, true]) {
                *count += usize::from(hit);
            }
        }
    }
    for (name, [words, meaning, either, all]) in rows {
        println!("{name:36} words {words:>3}, meaning {meaning:>3}, either {either:>3} of {all}");
    }
}

fn class(concern: Option<Concern>) -> usize {
    CLASSES.iter().position(|class| *class == concern).unwrap()
}

/// Three digits tell places apart, and keep the file readable.
fn written(head: &Head) -> String {
    let mut out = String::from(
        "# Written by `cargo run --release -p colloquy-models --example care -- fit`: nothing in it is changed by hand.\n",
    );
    writeln!(out, "threshold = {}", head.threshold).unwrap();
    for class in &head.classes {
        writeln!(out, "\n[[classes]]").unwrap();
        if let Some(concern) = class.concern {
            writeln!(out, "concern = {}", serde_json::to_string(&concern).unwrap()).unwrap();
        }
        writeln!(out, "bias = {:.3}\nweights = [", class.bias).unwrap();
        for row in class.weights.chunks(16) {
            let row: Vec<String> = row.iter().map(|w| format!("{w:.3}")).collect();
            writeln!(out, "  {},", row.join(", ")).unwrap();
        }
        writeln!(out, "]").unwrap();
    }
    out
}

//! Fits the head that tells what a statement speaks of, and marks the built-in engine of insights on sessions with labels.
//!
//! `cargo run --release -p colloquy-models --example insights -- fit` places the sentences of
//! `engine/core/src/insights/built_in/examples*-en.toml`, tells by cross-validation (sentences that stand together are judged by what
//! was learned from the others) what a logistic regression over their places finds, and writes `built_in/head-en.toml`. The same
//! sentences give the same head.
//!
//! `-- judge known|held-out|fresh [seeds]` marks the engine that was compiled in, and prints what was missed and what was found
//! falsely with its sentences (for `known` alone: the other lists are held out, and reading their mistakes would spend them).
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for the terminal")]

mod judge;
mod regression;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use colloquy_core::insights::Stance;
use colloquy_core::insights::learning::{Class, Example, Head, Side, Speaks, examples, grams};
use colloquy_core::ports::Embedder as _;
use colloquy_models::{Models, ModelsConfig};
use ndarray::{Array2, Axis};
use regression::Regression;

/// Weight of the penalty on what is spoken of: of 0.00003 to 0.0003 where cross-validation finds most; little depends on it.
const PENALTY: f32 = 5e-5;
/// And on the side that is taken.
const SIDE_PENALTY: f32 = 4e-5;
/// Parts of the cross-validation.
const FOLDS: usize = 5;
/// Sentences that a word or pair of words must stand in to be a feature.
const SAID_BY: usize = 6;
/// Probability from which on a guess is counted as sure.
const SURE: f32 = 0.5;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.first().map(String::as_str) {
        Some("fit") => fit(),
        Some("judge") => judge::judge(&words[1..]),
        _ => println!("fit, or judge known|held-out|fresh [seeds]"),
    }
}

fn fit() {
    let mut embedder = Models::embedder(&ModelsConfig::default()).unwrap();
    let examples = examples();
    let plain: Vec<String> = examples.iter().map(Example::plain).collect();
    let texts: Vec<&str> = plain.iter().map(String::as_str).collect();
    let places = embedder.embed_all(&texts).unwrap();
    let mut head = Head {
        words: vocabulary(&plain),
        side: Side::default(),
        classes: Vec::new(),
    };
    let both = plain.iter().zip(&places);
    let rows: Vec<Vec<f32>> = both.map(|(text, place)| head.features(text, place)).collect();
    let table = Array2::from_shape_fn((rows.len(), rows[0].len()), |(n, m)| rows[n][m]);

    let mut classes: Vec<Option<Speaks>> = examples.iter().map(|example| example.speaks).collect();
    classes.sort();
    classes.dedup();
    let class = |example: &Example| classes.iter().position(|class| *class == example.speaks).unwrap();
    let known: Vec<usize> = examples.iter().map(class).collect();

    let mut judged = Array2::<f32>::zeros((rows.len(), classes.len()));
    for fold in 0..FOLDS {
        let (held, rest): (Vec<usize>, Vec<usize>) = (0..rows.len()).partition(|n| examples[*n].group % FOLDS == fold);
        let taught: Vec<usize> = rest.iter().map(|n| known[*n]).collect();
        head.learn(&table.select(Axis(0), &rest), &taught, &classes);
        for n in held {
            let row = head.judge(&rows[n]);
            judged.row_mut(n).iter_mut().zip(row).for_each(|(to, p)| *to = p);
        }
    }
    tell(&classes, &known, &judged);
    head.learn(&table, &known, &classes);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/core/src/insights/built_in/head-en.toml");
    std::fs::write(&path, text(&head)).unwrap();
    println!("written: {}", path.display());
}

trait Learn {
    /// Learns from the rows of `table`, of which each is of one of `classes`.
    fn learn(&mut self, table: &Array2<f32>, known: &[usize], classes: &[Option<Speaks>]);
}

impl Learn for Head {
    fn learn(&mut self, table: &Array2<f32>, known: &[usize], classes: &[Option<Speaks>]) {
        let whole = Regression::fit(table, known, classes.len(), PENALTY);
        let class = |(n, speaks): (usize, &Option<Speaks>)| {
            let share = known.iter().filter(|class| **class == n).count() as f32 / known.len() as f32;
            Class::of(*speaks, share, whole.bias[n], whole.weights.column(n).to_vec())
        };
        self.classes = classes.iter().enumerate().map(class).collect();
        let sided: Vec<(usize, usize)> = (0..known.len())
            .filter_map(|n| Some((n, usize::from(classes[known[n]]?.stance == Stance::Strength))))
            .collect();
        let (rows, sides): (Vec<usize>, Vec<usize>) = sided.into_iter().unzip();
        let both = Regression::fit(&table.select(Axis(0), &rows), &sides, 2, SIDE_PENALTY);
        self.side = Side {
            bias: both.bias[1] - both.bias[0],
            weights: (&both.weights.column(1) - &both.weights.column(0)).to_vec(),
        };
    }
}

/// The words and pairs of words that several sentences have.
fn vocabulary(texts: &[String]) -> Vec<String> {
    let mut many: BTreeMap<String, usize> = BTreeMap::new();
    for gram in texts.iter().flat_map(|text| grams(text)) {
        *many.entry(gram).or_default() += 1;
    }
    many.retain(|_, many| *many >= SAID_BY);
    many.into_keys().collect()
}

/// What cross-validation found of each class, and of all.
fn tell(classes: &[Option<Speaks>], known: &[usize], judged: &Array2<f32>) {
    let mut right = 0;
    // Of each class: its sentences, those that were found, those found for sure, and others that were surely taken for it.
    let mut counts: BTreeMap<usize, [usize; 4]> = BTreeMap::new();
    for (row, class) in judged.rows().into_iter().zip(known) {
        let best = (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap();
        let own = counts.entry(*class).or_default();
        own[0] += 1;
        own[1] += usize::from(best == *class);
        own[2] += usize::from(best == *class && row[best] >= SURE);
        right += usize::from(best == *class);
        if best != *class && row[best] >= SURE {
            counts.entry(best).or_default()[3] += 1;
        }
    }
    for (class, [all, found, sure, falsely]) in counts {
        let name = format!("{:?}", classes[class]);
        println!("{name:80} {found:>3} of {all:>3}, {sure:>3} surely; {falsely} others");
    }
    println!("{right} of {} in cross-validation", known.len());
}

/// Two digits of weights up to ten tell places apart, and keep the file readable.
fn text(head: &Head) -> String {
    let mut out = String::from(
        "# Written by `cargo run --release -p colloquy-models --example insights -- fit`: nothing in it is changed by hand.\n",
    );
    writeln!(out, "words = [").unwrap();
    for row in head.words.chunks(8) {
        let row: Vec<String> = row.iter().map(|word| format!("{word:?}")).collect();
        writeln!(out, "  {},", row.join(", ")).unwrap();
    }
    writeln!(out, "]\n\n[side]\nbias = {:.3}", head.side.bias).unwrap();
    weights(&mut out, &head.side.weights);
    for class in &head.classes {
        writeln!(out, "\n[[classes]]").unwrap();
        let named = [
            ("signal", class.signal.map(|s| serde_json::to_string(&s))),
            ("matter", class.matter.map(|m| serde_json::to_string(&m))),
            ("stance", class.stance.map(|s| serde_json::to_string(&s))),
        ];
        for (key, value) in named {
            if let Some(value) = value {
                writeln!(out, "{key} = {}", value.unwrap()).unwrap();
            }
        }
        writeln!(out, "share = {:.4}\nbias = {:.3}", class.share, class.bias).unwrap();
        weights(&mut out, &class.weights);
    }
    out
}

fn weights(out: &mut String, weights: &[f32]) {
    writeln!(out, "weights = [").unwrap();
    for row in weights.chunks(16) {
        let row: Vec<String> = row.iter().map(|w| format!("{w:.2}")).collect();
        writeln!(out, "  {},", row.join(", ")).unwrap();
    }
    writeln!(out, "]").unwrap();
}

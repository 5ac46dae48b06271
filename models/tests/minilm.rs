//! MiniLM puts what means the same close together, with the numbers of its reference.

#![allow(clippy::unwrap_used)]

mod common;

use colloquy_core::ports::Embedder;
use colloquy_models::{Models, ModelsConfig};

/// Two texts each, and the cosine that the reference (the same network in f64 in numpy) finds.
const REFERENCE: [(&str, &str, f32); 3] = [
    ("That is a happy person", "That is a very happy person", 0.942_915),
    (
        "My manager never listens to me.",
        "The boss ignores what I say.",
        0.492_832,
    ),
    (
        "My manager never listens to me.",
        "The cafeteria serves good soup.",
        0.070_481,
    ),
];

fn likeness(a: &str, b: &str) -> f32 {
    let mut embedder = Models::embedder(&ModelsConfig::default()).unwrap_or_else(|e| panic!("{e}"));
    let (a, b) = (embedder.embed(a).unwrap(), embedder.embed(b).unwrap());
    assert_eq!(a.len(), 384);
    assert!((a.iter().map(|x| x * x).sum::<f32>() - 1.0).abs() < 1e-4);
    a.iter().zip(&b).map(|(x, y)| x * y).sum()
}

#[test]
fn paraphrases_are_closer_than_strangers() {
    let same = likeness("My manager never listens to me.", "The boss ignores what I say.");
    let other = likeness("My manager never listens to me.", "The cafeteria serves good soup.");
    assert!(same > other + 0.2, "{same} against {other}");
}

#[test]
fn likeness_is_that_of_the_reference() {
    for (a, b, expected) in REFERENCE {
        let found = likeness(a, b);
        assert!((found - expected).abs() < 2e-3, "{found} for {expected}");
    }
}

#[test]
fn a_text_longer_than_the_model_reads_is_cut() {
    assert!((likeness(&"word ".repeat(400), &"word ".repeat(300)) - 1.0).abs() < 1e-4);
}

//! MiniLM puts what means the same close together, with the numbers of its reference.

#![allow(clippy::unwrap_used)]

mod common;

use colloquy_core::guide::bank::Bank;
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

/// Goals as people write them, the template that each is closest to, and topics that a session for it must have.
const GOALS: [(&str, &str, &[&str]); 7] = [
    (
        "I want to understand why our mid-level engineers are leaving",
        "exit",
        &["decision", "reasons", "growth-pay-workload", "manager-team"],
    ),
    (
        "How are people coping after the merger?",
        "post-change",
        &["effect-on-work", "losses-concerns"],
    ),
    (
        "How did our new hires settle in during their first month?",
        "onboarding-30",
        &["belonging"],
    ),
    (
        "Are people on the night shift close to burning out?",
        "wellbeing",
        &["demands", "recovery"],
    ),
    (
        "What do team members think of how their manager leads them?",
        "upward-feedback",
        &["clarity"],
    ),
    (
        "We want to know what keeps our best nurses here",
        "stay",
        &["reasons-to-stay"],
    ),
    (
        "How do parents feel when they come back from parental leave?",
        "return-from-leave",
        &["re-entry"],
    ),
];

#[test]
fn a_goal_in_a_sentence_gets_the_topics_that_speak_to_it() {
    let mut embedder = Models::embedder(&ModelsConfig::default()).unwrap_or_else(|e| panic!("{e}"));
    let bank = Bank::place(&mut embedder).unwrap();
    let mut wrong = String::new();
    for (goal, template, topics) in GOALS {
        let made = bank.compose(&embedder.embed(goal).unwrap()).unwrap();
        let ids: Vec<&str> = made.topics.iter().map(|topic| topic.id.0.as_str()).collect();
        let has = topics.iter().all(|topic| ids.contains(topic));
        if !made.fits || made.template.id != template || !has {
            wrong += &format!("{goal}\n  fits {} {}: {ids:?}\n", made.fits, made.template.id);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    for goal in ["asdf qwer", "The best recipe for tomato soup"] {
        let made = bank.compose(&embedder.embed(goal).unwrap()).unwrap();
        assert!(
            !made.fits,
            "{goal}: {:?}",
            made.topics.iter().map(|topic| &topic.id).collect::<Vec<_>>()
        );
    }
}

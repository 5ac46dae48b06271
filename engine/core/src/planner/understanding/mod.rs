//! How well answers are understood, measured on labelled ones: accuracy by class, and what is taken for what.

use std::collections::{BTreeMap, BTreeSet};

use super::intent::{self, Intent};
use super::lexicon::english;
use super::{assess, safety, words};

/// At least so many answers of every class are told rightly, in percent.
const CLASS_MIN_PERCENT: usize = 90;
/// Every so many-th answer of a class is held out: its mistakes are not shown, and no rule was mended upon them.
const HELD_OUT_EVERY: usize = 3;

/// What an answer is first of all.
fn class(text: &str) -> &'static str {
    let tokens = words::tokens(text);
    if safety::concern(&tokens).is_some() {
        return "disclosure";
    }
    match intent::read(&tokens) {
        Intent::Stop => "stop",
        Intent::Pause => "pause",
        Intent::Hold => "hold",
        Intent::Repeat => "repeat",
        Intent::Slower => "slower",
        Intent::Back => "go_back",
        Intent::Skip => "skip",
        Intent::Decline => "refusal",
        Intent::Inquire(_) => "question_back",
        Intent::Unknown => "unknown",
        Intent::Protest => "protest",
        Intent::Stray => "off_topic",
        Intent::Hedge => "hedge",
        Intent::Tell => {
            let holds = assess::evidence(&tokens, &BTreeSet::new(), english());
            match (holds.example, holds.reason) {
                (true, _) => "example",
                (_, true) => "reason",
                _ => "general",
            }
        }
    }
}

type Labelled = BTreeMap<String, Vec<String>>;

fn labelled() -> Labelled {
    toml::from_str(include_str!("labelled-en.toml")).unwrap()
}

fn held_out(index: usize) -> bool {
    (index + 1).is_multiple_of(HELD_OUT_EVERY)
}

/// Class by class: what its answers were taken for, of those that `wanted` picks.
fn confusions(answers: &Labelled, wanted: impl Fn(usize) -> bool) -> BTreeMap<&str, BTreeMap<&'static str, usize>> {
    let mut table: BTreeMap<&str, BTreeMap<&'static str, usize>> = BTreeMap::new();
    for (label, texts) in answers {
        for (_, text) in texts.iter().enumerate().filter(|(i, _)| wanted(*i)) {
            *table.entry(label).or_default().entry(class(text)).or_default() += 1;
        }
    }
    table
}

fn right(row: &BTreeMap<&'static str, usize>, label: &str) -> (usize, usize) {
    (row.get(label).copied().unwrap_or(0), row.values().sum())
}

#[test]
fn nine_in_ten_answers_of_every_class_are_understood() {
    let answers = labelled();
    assert!(answers.values().map(Vec::len).sum::<usize>() >= 300);
    let (all, unseen) = (confusions(&answers, |_| true), confusions(&answers, held_out));
    println!("{:14} {:>6} {:>9}  taken for", "class", "right", "held out");
    let mut weak = Vec::new();
    for (label, row) in &all {
        let ((hits, count), (new_hits, new_count)) = (right(row, label), right(&unseen[label], label));
        let others: Vec<String> = row
            .iter()
            .filter(|(taken, _)| *taken != label)
            .map(|(taken, n)| format!("{taken} {n}"))
            .collect();
        println!(
            "{label:14} {hits:>3}/{count:<3} {new_hits:>4}/{new_count:<3}   {}",
            others.join(", ")
        );
        if hits * 100 < count * CLASS_MIN_PERCENT {
            weak.push(format!("{label}: {hits} of {count}"));
        }
    }
    for (label, texts) in &answers {
        for (i, text) in texts
            .iter()
            .enumerate()
            .filter(|(i, text)| !held_out(*i) && class(text) != *label)
        {
            println!("{label} {}: {} for: {text}", i + 1, class(text));
        }
    }
    assert!(weak.is_empty(), "{}", weak.join("\n"));
}

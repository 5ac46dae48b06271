//! How well answers are understood, measured on labelled ones: accuracy by class, and what is taken for what.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::intent::{self, Intent};
use super::lexicon::english;
use super::{assess, safety, words};

/// At least so many answers of every class are told rightly, in percent, of those that rules may be mended upon.
const CLASS_MIN_PERCENT: usize = 90;
/// So many of those that are held out were told rightly when a third of them was new (of 115, on 2026-11-22). What they show
/// is written in ARCHITECTURE.md; no rule is mended upon them, and no change may understand fewer.
const HELD_OUT_RIGHT: usize = 90;
/// Every so many-th answer of a class is held out: its mistakes are not shown, and no rule was mended upon them.
const HELD_OUT_EVERY: usize = 3;

/// Where they are.
const LABELLED: &str = "planner/understanding/labelled-en.toml";

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

/// What stands between quotation marks in `source`, boiled down to its words.
fn quoted(source: &str) -> impl Iterator<Item = String> {
    let lines = source.lines().map(|line| line.replace("\\\"", ""));
    lines.flat_map(|line| {
        line.split('"')
            .skip(1)
            .step_by(2)
            .map(words::same_key)
            .collect::<Vec<_>>()
    })
}

/// The core's files, apart from the labelled answers.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs" || e == "toml") && !path.ends_with(LABELLED) {
            found.push(path);
        }
    }
}

#[test]
fn an_answer_that_is_held_out_stands_nowhere_else() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    ["src", "tests"]
        .iter()
        .for_each(|folder| files(&core.join(folder), &mut paths));
    assert!(paths.iter().any(|path| path.ends_with("planner/assess.rs")));
    let mut elsewhere: BTreeMap<String, String> = BTreeMap::new();
    for path in paths {
        let source = std::fs::read_to_string(&path).unwrap();
        elsewhere.extend(quoted(&source).map(|text| (text, path.display().to_string())));
    }
    let answers = labelled();
    let all = || answers.values().flat_map(|texts| texts.iter().enumerate());
    elsewhere.extend(
        all()
            .filter(|(i, _)| !held_out(*i))
            .map(|(_, text)| (words::same_key(text), LABELLED.to_owned())),
    );
    let seen: Vec<String> = all()
        .filter(|(i, _)| held_out(*i))
        .filter_map(|(_, text)| Some(format!("{text} ({})", elsewhere.get(&words::same_key(text))?)))
        .collect();
    assert!(seen.is_empty(), "{} of them do\n{}", seen.len(), seen.join("\n"));
}

#[test]
fn nine_in_ten_answers_of_every_class_are_understood() {
    let answers = labelled();
    assert!(answers.values().map(Vec::len).sum::<usize>() >= 300);
    let (all, unseen) = (confusions(&answers, |_| true), confusions(&answers, held_out));
    let mut held_out_right = 0;
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
        let (seen_hits, seen_count) = (hits - new_hits, count - new_count);
        if seen_hits * 100 < seen_count * CLASS_MIN_PERCENT {
            weak.push(format!("{label}: {seen_hits} of {seen_count}"));
        }
        held_out_right += new_hits;
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
    assert!(held_out_right >= HELD_OUT_RIGHT, "{held_out_right} of those held out");
}

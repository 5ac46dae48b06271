//! What the lists find of disclosures that they were made upon, and of those that were held back.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::planner::safety::concern;
use crate::planner::words::{plain, tokens};

#[derive(Deserialize)]
struct Sentences {
    told: BTreeMap<String, Vec<String>>,
    harmless: BTreeMap<String, Vec<String>>,
}

const TOLD: &str = include_str!("../told-en.toml");
const HELD_OUT: &str = include_str!("../held-out-en.toml");
const HELD_OUT_AGAIN: &str = include_str!("../held-out-2-en.toml");

/// So many of those held back were found when they were tried first (2026-11-22), and so many harmless ones taken for more
/// than they are. No rule was mended upon them.
const FOUND_AT_FIRST: usize = 108;
const ALARMS_AT_FIRST: usize = 6;
/// The same of the second list, written when the rules stood: what is least like the sentences that they were made upon.
const AGAIN_FOUND_AT_FIRST: usize = 13;
const AGAIN_ALARMS_AT_FIRST: usize = 4;

fn is_found(text: &str) -> bool {
    concern(&tokens(text)).is_some()
}

fn found(texts: &[String]) -> usize {
    texts.iter().filter(|text| is_found(text)).count()
}

#[test]
fn what_the_lists_were_made_upon_is_told_apart() {
    let all: Sentences = toml::from_str(TOLD).unwrap();
    let told = all.told.values().flatten().map(|text| (text, true));
    let harmless = all.harmless.values().flatten().map(|text| (text, false));
    let wrong: Vec<&String> = told
        .chain(harmless)
        .filter(|(text, calls)| is_found(text) != *calls)
        .map(|(text, _)| text)
        .collect();
    assert!(wrong.is_empty(), "{} wrong\n{wrong:#?}", wrong.len());
}

#[test]
fn what_was_held_back_is_found_as_it_was_when_it_was_first_tried() {
    let all: Sentences = toml::from_str(HELD_OUT).unwrap();
    for (kind, texts) in &all.told {
        println!("{kind:16} {:>3}/{}", found(texts), texts.len());
    }
    let (told, harmless): (Vec<&String>, Vec<&String>) = (
        all.told.values().flatten().collect(),
        all.harmless.values().flatten().collect(),
    );
    let heard = told.iter().filter(|text| is_found(text)).count();
    let alarms = harmless.iter().filter(|text| is_found(text)).count();
    println!("{heard} of {} found, {alarms} alarms of {}", told.len(), harmless.len());
    assert!(told.len() >= 180 && harmless.len() >= 80);
    assert!(heard >= FOUND_AT_FIRST && alarms <= ALARMS_AT_FIRST);
}

#[test]
fn what_was_held_back_the_second_time_is_found_as_it_was_when_it_was_first_tried() {
    let all: Sentences = toml::from_str(HELD_OUT_AGAIN).unwrap();
    for (kind, texts) in &all.told {
        println!("2 {kind:16} {:>3}/{}", found(texts), texts.len());
    }
    let heard: usize = all.told.values().map(|texts| found(texts)).sum();
    let alarms: usize = all.harmless.values().map(|texts| found(texts)).sum();
    println!("2 {heard} found, {alarms} alarms");
    assert!(heard >= AGAIN_FOUND_AT_FIRST && alarms <= AGAIN_ALARMS_AT_FIRST);
}

#[test]
fn words_of_the_lists_are_written_as_answers_are_read() {
    let file: toml::Table = include_str!("../../lexicon/care-en.toml").parse().unwrap();
    let kinds = file.values().filter_map(|kind| kind.get("patterns")?.as_array());
    let patterns = kinds.flatten().filter_map(toml::Value::as_str);
    let sets = file["sets"].as_table().unwrap();
    let words: Vec<&str> = patterns
        .chain(sets.values().filter_map(toml::Value::as_str))
        .flat_map(|p| p.split([' ', '|', '~', '*', '^', '$']))
        .filter(|w| !w.is_empty())
        .collect();
    let wrong: Vec<&&str> = words
        .iter()
        .filter(|word| match word.strip_prefix('<').and_then(|w| w.strip_suffix('>')) {
            Some(set) => !sets.contains_key(set),
            None => plain(word) != [**word],
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

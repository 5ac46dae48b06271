//! What words and meaning find together of the lists that were held back: at least what they found when they were tried first.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;

use colloquy_core::planner::care::{Head, in_words, passages};
use colloquy_core::ports::Embedder as _;
use colloquy_models::{MiniLm, Models, ModelsConfig};
use serde::Deserialize;

#[derive(Deserialize)]
struct List {
    told: BTreeMap<String, Vec<String>>,
    harmless: BTreeMap<String, Vec<String>>,
}

/// A list, how many disclosures of it are found, and how many harmless sentences raise an alarm (2026-11-23). Nothing was mended
/// upon them.
const AT_FIRST: [(&str, usize, usize); 3] = [
    ("held-out-en.toml", 137, 6),
    ("held-out-2-en.toml", 34, 5),
    ("held-out-3-en.toml", 60, 4),
];

fn calls(embedder: &mut MiniLm, text: &str) -> bool {
    let mut meant = |passage: &str| {
        let place = embedder.embed(passage).unwrap();
        Head::english().concern(&place).is_some()
    };
    in_words(text).is_some() || passages(text).into_iter().any(&mut meant)
}

#[test]
fn what_was_held_back_is_found_as_it_was_when_it_was_first_tried() {
    let mut embedder = Models::embedder(&ModelsConfig::default()).unwrap_or_else(|e| panic!("{e}"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/core/src/planner/safety");
    for (name, found, alarms) in AT_FIRST {
        let list: List = toml::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap();
        let mut count = |of: &BTreeMap<String, Vec<String>>| {
            of.values().flatten().filter(|text| calls(&mut embedder, text)).count()
        };
        let (told, harmless) = (count(&list.told), count(&list.harmless));
        assert!(
            told >= found && harmless <= alarms,
            "{name}: {told} found, {harmless} alarms"
        );
    }
}

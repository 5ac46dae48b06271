//! Written sentences, and what each one calls for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use colloquy_core::event::Concern;
use serde::Deserialize;

/// A sentence of a list.
pub(crate) struct Sentence {
    pub(crate) list: &'static str,
    pub(crate) kind: String,
    pub(crate) concern: Option<Concern>,
    pub(crate) text: String,
}

#[derive(Deserialize)]
struct List {
    told: BTreeMap<String, Vec<String>>,
    harmless: BTreeMap<String, Vec<String>>,
}

/// A file of the core's sources.
pub(crate) fn core(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../engine/core/src")
        .join(path)
}

/// All sentences of a list, kind by kind.
pub(crate) fn read(list: &'static str) -> Vec<Sentence> {
    let text = std::fs::read_to_string(core("planner/safety").join(list)).unwrap();
    let List { told, harmless } = toml::from_str(&text).unwrap();
    let told = told
        .into_iter()
        .map(|(kind, texts)| (Some(concern_of(&kind)), kind, texts));
    let harmless = harmless.into_iter().map(|(kind, texts)| (None, kind, texts));
    told.chain(harmless)
        .flat_map(|(concern, kind, texts)| {
            texts.into_iter().map(move |text| Sentence {
                list,
                kind: kind.clone(),
                concern,
                text,
            })
        })
        .collect()
}

fn concern_of(kind: &str) -> Concern {
    match kind {
        "self_harm" => Concern::SelfHarm,
        "medical" => Concern::Emergency,
        "violence" | "threats" | "unsafe_" => Concern::Violence,
        "sexual" | "stalking" | "discrimination" | "bullying" => Concern::Harassment,
        "distress" => Concern::Distress,
        kind => panic!("{kind} is no kind"),
    }
}

//! How people disclose, by what it is that they disclose, with sets of words that stand for each other.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::planner::words::Pattern;

/// Patterns by what is done about what they find.
pub(super) struct Disclosures {
    pub(super) benign: Vec<Pattern>,
    pub(super) self_harm: Vec<Pattern>,
    pub(super) emergency: Vec<Pattern>,
    pub(super) violence: Vec<Pattern>,
    /// Fear of somebody, and danger at work: no more is known yet.
    pub(super) not_safe: Vec<Pattern>,
    pub(super) harassment: Vec<Pattern>,
    pub(super) distress: Vec<Pattern>,
}

#[derive(Deserialize)]
struct Kind {
    patterns: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sets: BTreeMap<String, String>,
    benign: Kind,
    self_harm: Kind,
    sexual: Kind,
    stalking: Kind,
    discrimination: Kind,
    bullying: Kind,
    violence: Kind,
    threats: Kind,
    #[serde(rename = "unsafe")]
    not_safe: Kind,
    emergency: Kind,
    distress: Kind,
}

/// The English ones.
pub(super) fn english() -> Disclosures {
    let file: File = toml::from_str(include_str!("../lexicon/care-en.toml")).expect("the built-in lists are tested");
    let sets: Vec<(String, String)> = file
        .sets
        .into_iter()
        .map(|(name, words)| {
            let alternatives: Vec<&str> = words.split_whitespace().collect();
            (format!("<{name}>"), alternatives.join("|"))
        })
        .collect();
    let of = |kinds: &[&Kind]| {
        let patterns = kinds.iter().flat_map(|kind| &kind.patterns);
        let spelt_out = patterns.map(|pattern| {
            let all = sets
                .iter()
                .fold(pattern.clone(), |p, (name, words)| p.replace(name, words));
            Pattern::new(&all)
        });
        spelt_out.collect()
    };
    Disclosures {
        benign: of(&[&file.benign]),
        self_harm: of(&[&file.self_harm]),
        emergency: of(&[&file.emergency]),
        violence: of(&[&file.violence, &file.threats]),
        not_safe: of(&[&file.not_safe]),
        harassment: of(&[&file.sexual, &file.stalking, &file.discrimination, &file.bullying]),
        distress: of(&[&file.distress]),
    }
}

#[cfg(test)]
mod tests;

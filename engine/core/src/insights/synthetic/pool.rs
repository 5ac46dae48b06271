//! What synthetic people have to say, loaded from `data/*.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::insights::{Signal, Signalled, Stance};

/// A theme that can be planted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Known {
    pub(super) id: String,
    signal: Option<Signal>,
    stance: Option<Stance>,
    /// The theme that says the opposite.
    #[serde(default)]
    pub(super) against: Option<String>,
    /// Topics of the library where it comes up.
    pub(super) topics: Vec<String>,
    pub(super) says: Vec<String>,
}

impl Known {
    /// What the engine should make of it, where it is a named matter.
    pub(super) fn expected(&self) -> Option<Signalled> {
        let (signal, stance) = (self.signal?, self.stance?);
        Some(Signalled { signal, stance })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KnownFile {
    theme: Vec<Known>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeldOutFile {
    says: BTreeMap<String, Vec<String>>,
}

/// Everything that is said beside the themes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Beside {
    pub(super) asides: Vec<String>,
    pub(super) fillers: Vec<String>,
    pub(super) hesitations: Vec<String>,
    pub(super) inside: Vec<String>,
    pub(super) mishearings: Vec<(String, String)>,
    pub(super) when: Vec<String>,
    pub(super) disclosures: Vec<String>,
}

/// The themes, with the half of their wordings upon which rules may be mended.
pub(super) fn known() -> &'static [Known] {
    static KNOWN: LazyLock<KnownFile> =
        LazyLock::new(|| toml::from_str(include_str!("data/known-en.toml")).expect("the built-in themes are tested"));
    &KNOWN.theme
}

/// The other half of a theme's wordings.
pub(super) fn held_out(theme: &str) -> &'static [String] {
    static HELD_OUT: LazyLock<HeldOutFile> = LazyLock::new(|| {
        toml::from_str(include_str!("data/held-out-en.toml")).expect("the built-in themes are tested")
    });
    HELD_OUT.says.get(theme).map_or(&[], Vec::as_slice)
}

/// What is said beside them.
pub(super) fn beside() -> &'static Beside {
    static BESIDE: LazyLock<Beside> = LazyLock::new(|| {
        toml::from_str(include_str!("data/distractors-en.toml")).expect("the built-in distractors are tested")
    });
    &BESIDE
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{beside, held_out, known};
    use crate::planner::words::same_key;

    #[test]
    fn every_theme_has_two_halves_that_share_no_wording_with_anything() {
        let mut seen = BTreeSet::new();
        for theme in known() {
            assert!(theme.says.len() >= 7 && held_out(&theme.id).len() >= 7, "{}", theme.id);
            for text in theme.says.iter().chain(held_out(&theme.id)) {
                assert!(seen.insert(same_key(text)), "{text}");
            }
            let opposite = theme.against.as_ref().map(|id| known().iter().find(|t| t.id == *id));
            if let Some(opposite) = opposite {
                assert_eq!(opposite.unwrap().against.as_ref(), Some(&theme.id));
            }
        }
        for text in &beside().asides {
            assert!(seen.insert(same_key(text)), "{text}");
        }
        let learned = include_str!("../built_in/examples-en.toml");
        for text in crate::insights::built_in::learned_from(learned) {
            assert!(!seen.contains(&same_key(&text)), "the engine learns from {text}");
        }
    }
}

//! What synthetic people have to say, loaded from `data/*.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Wording;
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

/// The third file: wordings, themes and asides that were written last.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FreshFile {
    says: BTreeMap<String, Vec<String>>,
    theme: Vec<Known>,
    beside: FreshBeside,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FreshBeside {
    asides: Vec<String>,
    fillers: Vec<String>,
}

/// Everything that is said beside the themes.
#[derive(Clone, Deserialize)]
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

fn known() -> &'static [Known] {
    static KNOWN: LazyLock<KnownFile> =
        LazyLock::new(|| toml::from_str(include_str!("data/known-en.toml")).expect("the built-in themes are tested"));
    &KNOWN.theme
}

fn held_out() -> &'static BTreeMap<String, Vec<String>> {
    static HELD_OUT: LazyLock<HeldOutFile> = LazyLock::new(|| {
        toml::from_str(include_str!("data/held-out-en.toml")).expect("the built-in themes are tested")
    });
    &HELD_OUT.says
}

fn fresh() -> &'static FreshFile {
    static FRESH: LazyLock<FreshFile> =
        LazyLock::new(|| toml::from_str(include_str!("data/fresh-en.toml")).expect("the built-in themes are tested"));
    &FRESH
}

/// The themes that can be planted in wordings of this kind.
pub(super) fn themes(wording: Wording) -> impl Iterator<Item = &'static Known> {
    let own = match wording {
        Wording::Fresh => fresh().theme.as_slice(),
        _ => &[],
    };
    known().iter().chain(own)
}

/// The wordings of a theme, by which one may be chosen.
pub(super) fn wordings(theme: &'static Known, wording: Wording) -> [&'static [String]; 2] {
    let of = |says: &'static BTreeMap<String, Vec<String>>| says.get(&theme.id).map_or(&[][..], Vec::as_slice);
    match wording {
        Wording::Known => [&theme.says, &theme.says],
        Wording::HeldOut => [of(held_out()); 2],
        Wording::Both => [&theme.says, of(held_out())],
        // A theme that only the third file has brings its own.
        Wording::Fresh => [fresh().says.get(&theme.id).unwrap_or(&theme.says); 2],
    }
}

/// What is said beside them.
pub(super) fn beside(wording: Wording) -> &'static Beside {
    static BESIDE: LazyLock<Beside> = LazyLock::new(|| {
        toml::from_str(include_str!("data/distractors-en.toml")).expect("the built-in distractors are tested")
    });
    static FRESH: LazyLock<Beside> = LazyLock::new(|| Beside {
        asides: fresh().beside.asides.clone(),
        fillers: fresh().beside.fillers.clone(),
        ..BESIDE.clone()
    });
    if wording == Wording::Fresh { &FRESH } else { &BESIDE }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Wording, beside, fresh, held_out, known, themes};
    use crate::planner::words::same_key;

    #[test]
    fn every_theme_has_wordings_in_each_list_that_share_none_with_anything() {
        let mut seen = BTreeSet::new();
        for theme in known() {
            let (held_out, fresh) = (&held_out()[&theme.id], &fresh().says[&theme.id]);
            assert!(
                theme.says.len() >= 7 && held_out.len() >= 7 && fresh.len() >= 10,
                "{}",
                theme.id
            );
            for text in theme.says.iter().chain(held_out).chain(fresh) {
                assert!(seen.insert(same_key(text)), "{text}");
            }
            let opposite = theme.against.as_ref().map(|id| known().iter().find(|t| t.id == *id));
            if let Some(opposite) = opposite {
                assert_eq!(opposite.unwrap().against.as_ref(), Some(&theme.id));
            }
        }
        for theme in themes(Wording::Fresh).skip(known().len()) {
            assert!(theme.says.len() >= 7 && theme.expected().is_none(), "{}", theme.id);
            for text in &theme.says {
                assert!(seen.insert(same_key(text)), "{text}");
            }
        }
        for wording in [Wording::Known, Wording::Fresh] {
            for text in &beside(wording).asides {
                assert!(seen.insert(same_key(text)), "{text}");
            }
        }
        for text in crate::insights::learning::examples() {
            assert!(
                !seen.contains(&same_key(&text.text)),
                "the engine learns from {}",
                text.text
            );
        }
    }
}

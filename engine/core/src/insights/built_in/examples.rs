//! The written sentences from which the engine learned what a statement speaks of.

use serde::Deserialize;

use super::super::{Signal, Stance};
use super::head::{About, Matter, Speaks};
use super::plain;

/// A sentence and what it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The words, as somebody might say them.
    pub text: String,
    /// What they speak of; `None` for talk that says nothing of how work is.
    pub speaks: Option<Speaks>,
    /// Sentences that stand together in the lists are much alike: those of one group are judged by what was learned from others.
    pub group: usize,
}

impl Example {
    /// The words as a statement's are placed by meaning.
    #[must_use]
    pub fn plain(&self) -> String {
        plain(&self.text)
    }
}

/// Sentences of a group.
const GROUP: usize = 6;

const FILES: [&str; 5] = [
    include_str!("examples-en.toml"),
    include_str!("examples-more-en.toml"),
    include_str!("examples-spoken-en.toml"),
    include_str!("examples-turned-en.toml"),
    include_str!("examples-tales-en.toml"),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    signal: Option<Signal>,
    matter: Option<Matter>,
    stance: Stance,
    says: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {
    says: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    class: Vec<Class>,
    none: Vec<Nothing>,
}

/// All of them, in the order of the lists.
#[must_use]
pub fn examples() -> Vec<Example> {
    let mut out: Vec<Example> = Vec::new();
    let mut add = |says: Vec<String>, speaks: Option<Speaks>| {
        let first = out.last().map_or(0, |last| last.group + 1);
        out.extend(says.into_iter().enumerate().map(|(n, text)| Example {
            text,
            speaks,
            group: first + n / GROUP,
        }));
    };
    for file in FILES {
        let file: File = toml::from_str(file).expect("the built-in examples are tested");
        for class in file.class {
            let about = match (class.signal, class.matter) {
                (Some(signal), _) => About::Signal(signal),
                (None, matter) => About::Matter(matter.unwrap_or(Matter::Other)),
            };
            let stance = class.stance;
            add(class.says, Some(Speaks { about, stance }));
        }
        file.none.into_iter().for_each(|none| add(none.says, None));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{About, Speaks, examples};
    use crate::insights::{Signal, Stance};
    use crate::planner::words::same_key;

    #[test]
    fn every_signal_has_many_examples_on_both_sides_and_none_stands_twice() {
        let all = examples();
        let mut seen = BTreeSet::new();
        for example in &all {
            assert!(seen.insert(same_key(&example.text)), "{}", example.text);
        }
        for signal in Signal::ALL {
            for stance in [Stance::Strain, Stance::Strength] {
                let about = About::Signal(signal);
                let speaks = Some(Speaks { about, stance });
                let many = all.iter().filter(|e| e.speaks == speaks).count();
                assert!(many >= 50, "{many} of {signal:?} {stance:?}");
            }
        }
        assert!(all.iter().filter(|e| e.speaks.is_none()).count() >= 400);
    }
}

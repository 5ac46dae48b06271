//! How a statement speaks of its matter, from its words alone: words for good and bad, and what turns them round.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer};

use crate::insights::Polarity;
use crate::planner::lexicon::Patterns;
use crate::planner::words::{Pattern, Token};

/// How many words before another one a negation may stand and still turn it round: "not a really good day".
const NEGATION_REACH: usize = 4;

/// Words, some of them by their beginning.
#[derive(Default)]
struct Words {
    whole: BTreeSet<String>,
    beginnings: Vec<String>,
}

impl Words {
    fn hold(&self, word: &str) -> bool {
        self.whole.contains(word) || self.beginnings.iter().any(|b| word.starts_with(b.as_str()))
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let list = String::deserialize(from)?;
        let mut words = Self::default();
        for word in list.split_whitespace() {
            match word.strip_suffix('~') {
                Some(beginning) => words.beginnings.push(beginning.to_owned()),
                None => {
                    words.whole.insert(word.to_owned());
                }
            }
        }
        Ok(words)
    }
}

fn words<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeSet<String>, D::Error> {
    Ok(String::deserialize(from)?
        .split_whitespace()
        .map(str::to_owned)
        .collect())
}

fn phrases<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Vec<String>>, D::Error> {
    let phrases = Vec::<String>::deserialize(from)?;
    let spaced = |phrase: &String| phrase.split_whitespace().map(str::to_owned).collect();
    Ok(phrases.iter().map(spaced).collect())
}

/// One language's lists.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lists {
    good: Words,
    bad: Words,
    turns: Words,
    pub(super) nothing: Patterns,
    bad_phrases: Patterns,
    good_phrases: Patterns,
    #[serde(deserialize_with = "words")]
    pub(super) contrast: BTreeSet<String>,
    #[serde(deserialize_with = "words")]
    pub(super) turn: BTreeSet<String>,
    #[serde(deserialize_with = "words")]
    pub(super) goes_on: BTreeSet<String>,
    #[serde(deserialize_with = "words")]
    pub(super) subjects: BTreeSet<String>,
    #[serde(deserialize_with = "words")]
    pub(super) openings: BTreeSet<String>,
    #[serde(deserialize_with = "phrases")]
    pub(super) opening_phrases: Vec<Vec<String>>,
    #[serde(deserialize_with = "words")]
    pub(super) hesitations: BTreeSet<String>,
    #[serde(deserialize_with = "phrases")]
    pub(super) hesitation_phrases: Vec<Vec<String>>,
}

/// The English ones.
pub(super) fn lists() -> &'static Lists {
    static LISTS: LazyLock<Lists> =
        LazyLock::new(|| toml::from_str(include_str!("tone-en.toml")).expect("the built-in lists are tested"));
    &LISTS
}

/// How much is said for and against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tone {
    /// Words and phrases for good.
    pub(super) good: u32,
    /// And for bad.
    pub(super) bad: u32,
}

impl Tone {
    /// Reads the words of one statement.
    pub(super) fn of(tokens: &[Token]) -> Self {
        let lists = lists();
        let mut tone = Self::default();
        let mut taken = vec![false; tokens.len()];
        let mut take = |patterns: &[Pattern], count: &mut u32| {
            for pattern in patterns {
                if let Some((from, to)) = pattern.find(tokens, 0)
                    && !taken[from..to].contains(&true)
                {
                    taken[from..to].fill(true);
                    *count += 1;
                }
            }
        };
        take(&lists.good_phrases.0, &mut tone.good);
        take(&lists.bad_phrases.0, &mut tone.bad);
        for (at, token) in tokens.iter().enumerate() {
            if taken[at] {
                continue;
            }
            let (good, bad) = (lists.good.hold(&token.text), lists.bad.hold(&token.text));
            if !good && !bad {
                continue;
            }
            let before = tokens[at.saturating_sub(NEGATION_REACH)..at].iter();
            let turned = before.filter(|t| lists.turns.hold(&t.text)).count() % 2 == 1;
            if good != turned {
                tone.good += 1;
            } else {
                tone.bad += 1;
            }
        }
        tone
    }

    /// What it comes to.
    pub(super) fn polarity(self) -> Polarity {
        match (self.good, self.bad) {
            (0, 0) => Polarity::Neutral,
            (good, 0) if good > 0 => Polarity::Positive,
            (0, _) => Polarity::Negative,
            (good, bad) if good >= 2 * bad => Polarity::Positive,
            (good, bad) if bad >= 2 * good => Polarity::Negative,
            _ => Polarity::Mixed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Tone;
    use crate::insights::Polarity;
    use crate::planner::words::tokens;

    #[test]
    fn words_are_turned_round_by_what_stands_before_them() {
        for (said, expected) in [
            ("The team is great", Polarity::Positive),
            ("The team is not great", Polarity::Negative),
            ("It was never a problem", Polarity::Positive),
            ("I cannot complain", Polarity::Positive),
            ("It used to be fun", Polarity::Negative),
            ("Communication could be better", Polarity::Negative),
            ("There are too many meetings", Polarity::Negative),
            ("I am exhausted", Polarity::Negative),
            ("It is great, although it is stressful", Polarity::Mixed),
            ("We print labels", Polarity::Neutral),
            ("Nobody ever thanks us", Polarity::Negative),
        ] {
            assert_eq!(Tone::of(&tokens(said)).polarity(), expected, "{said}");
        }
    }
}

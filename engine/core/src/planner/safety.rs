//! Finds, in words alone, what calls for care instead of questions: harassment, violence, self-harm, medical
//! emergencies, acute distress.
//!
//! A miss costs more than a false alarm (which costs one kind question), so hits are wide, and a negation holds for a hit
//! only where nothing stands between them but words that carry it on: "nobody here was ever harassed" denies it, "nobody
//! knows he harassed me" does not.

mod disclosures;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer};

use super::lexicon::Patterns;
use super::words::{self, Token};
use crate::event::Concern;

/// How many words before a hit a negation may stand and still hold for it: "nobody in my department was ever bullied or
/// threatened".
const NEGATION_REACH: usize = 8;
/// What a benign idiom's words are replaced by.
const TAKEN_OUT: &str = "\u{0}";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    benign: Patterns,
    negation: Vec<String>,
    denial: Patterns,
    no_denial: Patterns,
    #[serde(deserialize_with = "words")]
    carries: BTreeSet<String>,
    #[serde(deserialize_with = "words")]
    series: BTreeSet<String>,
    #[serde(deserialize_with = "words")]
    sees: BTreeSet<String>,
    #[serde(deserialize_with = "words")]
    person: BTreeSet<String>,
    harassment: Patterns,
    violence: Patterns,
    #[serde(default)]
    not_safe: Patterns,
    self_harm: Patterns,
    #[serde(default)]
    emergency: Patterns,
    distress: Patterns,
}

fn words<'de, D: Deserializer<'de>>(list: D) -> Result<BTreeSet<String>, D::Error> {
    let list = String::deserialize(list)?;
    Ok(list.split_whitespace().map(str::to_owned).collect())
}

fn english() -> &'static Lists {
    static LISTS: LazyLock<Lists> = LazyLock::new(|| {
        let mut lists: Lists =
            toml::from_str(include_str!("lexicon/safety-en.toml")).expect("the built-in lists are tested");
        let more = disclosures::english();
        lists.benign.0.extend(more.benign);
        lists.self_harm.0.extend(more.self_harm);
        lists.violence.0.extend(more.violence);
        lists.not_safe.0.extend(more.not_safe);
        lists.harassment.0.extend(more.harassment);
        lists.emergency.0.extend(more.emergency);
        lists.distress.0.extend(more.distress);
        lists
    });
    &LISTS
}

/// What words alone say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// Something is named that calls for care: the gravest of it.
    Call(Concern),
    /// Something is named, and denied.
    Deny,
    /// Nothing is named.
    Silent,
}

/// The gravest concern in `tokens`, if any.
pub(crate) fn concern(tokens: &[Token]) -> Option<Concern> {
    match read(tokens) {
        Words::Call(concern) => Some(concern),
        Words::Deny | Words::Silent => None,
    }
}

/// What the words of `tokens` say.
pub(crate) fn read(tokens: &[Token]) -> Words {
    let lists = english();
    let mut tokens = tokens.to_vec();
    for benign in &lists.benign.0 {
        let mut from = 0;
        while let Some((start, end)) = benign.find(&tokens, from) {
            tokens[start..end]
                .iter_mut()
                .for_each(|t| t.text = TAKEN_OUT.to_owned());
            from = end.max(start + 1);
        }
    }
    let by_gravity = [
        (&lists.self_harm, Concern::SelfHarm),
        (&lists.emergency, Concern::Emergency),
        (&lists.violence, Concern::Violence),
        (&lists.harassment, Concern::Harassment),
        (&lists.not_safe, Concern::Violence),
        (&lists.distress, Concern::Distress),
    ];
    let called = by_gravity.iter().find(|(patterns, _)| meant(patterns, &tokens, lists));
    if let Some((_, concern)) = called {
        return Words::Call(*concern);
    }
    let named = |(patterns, _): &(&Patterns, Concern)| words::any(&patterns.0, &tokens);
    if by_gravity.iter().any(named) {
        Words::Deny
    } else {
        Words::Silent
    }
}

fn meant(patterns: &Patterns, tokens: &[Token], lists: &Lists) -> bool {
    patterns.0.iter().any(|pattern| {
        let mut from = 0;
        while let Some((start, _)) = pattern.find(tokens, from) {
            if !negated(tokens, start, lists) {
                return true;
            }
            from = start + 1;
        }
        false
    })
}

/// Whether the words before the hit at `start` deny it: "I was never harassed", but not "nobody stopped him when …".
fn negated(tokens: &[Token], start: usize, lists: &Lists) -> bool {
    for at in (start.saturating_sub(NEGATION_REACH)..start).rev() {
        let next = &tokens[at + 1];
        let listed = lists.series.contains(&next.text);
        if tokens[at].is_end() || (next.opens_clause && !listed) {
            return false;
        }
        if ends_with(&lists.denial, tokens, at) {
            return true;
        }
        if lists.negation.contains(&tokens[at].text) {
            return denies(tokens, at, lists);
        }
        if !carries(tokens, at, lists) {
            return false;
        }
    }
    false
}

/// Whether the word at `at` hands a negation before it on to what follows.
fn carries(tokens: &[Token], at: usize, lists: &Lists) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |t| t.text.as_str());
    match word(at) {
        // "I do not want to hurt myself" denies; "I do not want to be bullied" and "I did not want him touching me" do not.
        "want" | "wanted" => word(at + 1) == "to" && !["be", "get", "feel"].contains(&word(at + 2)),
        // "I have never seen him hit her", but not "the thought of him".
        person if lists.person.contains(person) => at > 0 && lists.sees.contains(word(at - 1)),
        other => lists.carries.contains(other) || lists.sees.contains(other) || lists.series.contains(other),
    }
}

/// Whether the negation at `at` says that something is not so; "he should not have" and "not a day without" say that it is.
fn denies(tokens: &[Token], at: usize, lists: &Lists) -> bool {
    if ends_with(&lists.no_denial, tokens, at) {
        return false;
    }
    // "No my supervisor threatened me" answers a question before it tells.
    let answers = tokens[at].text == "no"
        && tokens
            .get(at + 1)
            .is_some_and(|t| ["my", "the", "our", "his", "her", "their", "a", "an", "this"].contains(&t.text.as_str()));
    let mut before = tokens[..at].iter().rev().take_while(|t| !t.is_end());
    let twice = tokens[at].text == "without" && before.any(|t| lists.negation.contains(&t.text));
    !answers && !twice
}

/// Whether one of `patterns` fits words of which the last stands at `at`.
fn ends_with(patterns: &Patterns, tokens: &[Token], at: usize) -> bool {
    let words = &tokens[..=at];
    patterns.0.iter().any(|pattern| {
        let mut from = 0;
        while let Some((start, end)) = pattern.find(words, from) {
            if end == words.len() {
                return true;
            }
            from = start + 1;
        }
        false
    })
}

#[cfg(test)]
mod tests;

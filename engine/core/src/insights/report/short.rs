//! What a summary takes from the patterns: key quotes, and what might be done.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::advice::advice;
use super::{Pattern, Quote, Recommended, prose};
use crate::insights::gate::PATTERN_MIN;
use crate::insights::{Signalled, Stance};

/// Key quotes of a summary.
const KEY_QUOTES: usize = 4;
/// Recommended actions.
const ACTIONS: usize = 4;

/// The first words of the patterns that most people have, each of somebody else.
pub(super) fn key_quotes(patterns: &[Pattern]) -> Vec<Quote> {
    let mut quoted = BTreeSet::new();
    let shown = patterns.iter().filter(|pattern| !pattern.hidden);
    let first = shown.filter_map(|pattern| {
        let mut quotes = pattern.quotes.iter();
        quotes.find(|quote| quote.line.as_ref().is_some_and(|line| quoted.insert(line.conversation)))
    });
    first.take(KEY_QUOTES).cloned().collect()
}

/// What might be done about named matters of which a group speaks: first about what wears people down.
pub(super) fn actions(patterns: &[Pattern]) -> Vec<Recommended> {
    let mut actions: Vec<(bool, Recommended)> = Vec::new();
    for pattern in patterns
        .iter()
        .filter(|pattern| !pattern.hidden && pattern.count.least >= PATTERN_MIN)
    {
        if let Some(signalled) = signalled(pattern) {
            let action = Recommended {
                text: advice(signalled).to_owned(),
                because: prose::because(pattern),
                theme: pattern.key.clone(),
                count: pattern.count.clone(),
            };
            actions.push((signalled.stance == Stance::Strength, action));
        }
    }
    // It is a stable order.
    actions.sort_by_key(|(strength, _)| *strength);
    actions.into_iter().map(|(_, action)| action).take(ACTIONS).collect()
}

fn signalled(pattern: &Pattern) -> Option<Signalled> {
    fn choice<T: DeserializeOwned>(word: &Option<String>) -> Option<T> {
        serde_json::from_value(Value::String(word.clone()?)).ok()
    }
    Some(Signalled {
        signal: choice(&pattern.signal)?,
        stance: choice(&pattern.stance)?,
    })
}

//! The rules of good wording as data. The guard holds the interviewer to them, the linter shows them to who writes a guide.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::planner::words::{self, Pattern, Token};

/// Words of a question at most: longer ones are not held in memory by who hears them.
pub(crate) const QUESTION_MAX_WORDS: usize = 30;

/// One rule and its examples.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) why: String,
    on: On,
    patterns: Vec<Pattern>,
    /// Ends of sentences, with their marks.
    endings: Vec<String>,
    #[cfg(test)]
    passes: Vec<String>,
    #[cfg(test)]
    fails: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum On {
    Ask,
    All,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Written>,
    #[cfg_attr(
        not(test),
        allow(dead_code, reason = "the examples are there for readers and for the tests")
    )]
    check: Vec<Check>,
}

/// A rule that the guard holds by counting or comparing, and its examples: whole utterances, said in the scene of the guard's
/// own tests.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    not(test),
    allow(dead_code, reason = "the examples are there for readers and for the tests")
)]
pub(crate) struct Check {
    pub(crate) name: String,
    pub(crate) why: String,
    pub(crate) passes: Vec<String>,
    pub(crate) fails: Vec<String>,
}

/// The rules that are not patterns.
#[cfg(test)]
pub(crate) fn checks() -> Vec<Check> {
    let file: File = toml::from_str(include_str!("rules-en.toml")).unwrap();
    file.check
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    not(test),
    allow(dead_code, reason = "the examples are there for readers and for the tests")
)]
struct Written {
    name: String,
    on: On,
    why: String,
    patterns: Vec<String>,
    #[serde(default)]
    endings: Vec<String>,
    passes: Vec<String>,
    fails: Vec<String>,
}

impl Rule {
    /// Whether the sentence breaks it. `asks`: whether the sentence asks.
    pub(crate) fn broken_by(&self, sentence: &str, tokens: &[Token], asks: bool) -> bool {
        let ends = || {
            self.endings
                .iter()
                .any(|e| sentence.to_lowercase().ends_with(e.as_str()))
        };
        (self.on == On::All || asks) && (words::any(&self.patterns, tokens) || ends())
    }
}

/// The rules in English.
pub(crate) fn english() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        let file: File = toml::from_str(include_str!("rules-en.toml")).expect("the built-in rules are tested");
        let rule = |w: Written| Rule {
            // The list lives as long as the program: so do its names.
            name: Box::leak(w.name.into_boxed_str()),
            why: w.why,
            on: w.on,
            patterns: w.patterns.iter().map(|p| Pattern::new(p)).collect(),
            endings: w.endings,
            #[cfg(test)]
            passes: w.passes,
            #[cfg(test)]
            fails: w.fails,
        };
        file.rule.into_iter().map(rule).collect()
    });
    &RULES
}

/// The sentences of `text`, with their ends, trimmed.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let ends = matches!(c, '.' | '?' | '!' | '\n');
        let quote = chars.peek().is_some_and(|(_, n)| matches!(n, '"' | '”' | '\''));
        let last = chars.peek().is_none_or(|(_, n)| n.is_whitespace());
        if ends && (last || quote) {
            let mut end = at + c.len_utf8();
            if quote && let Some((q, mark)) = chars.next() {
                end = q + mark.len_utf8();
            }
            out.push(text[start..end].trim());
            start = end;
        }
    }
    out.push(text[start..].trim());
    out.retain(|s| !s.is_empty());
    out
}

/// Whether a sentence asks: by its mark, or as a request to tell.
pub(crate) fn asks(sentence: &str) -> bool {
    sentence.trim_end_matches(['"', '”', '\'']).ends_with('?') || invites(sentence)
}

/// Whether a sentence is a request to tell something.
pub(crate) fn invites(sentence: &str) -> bool {
    let tokens = words::tokens(sentence);
    let first = tokens
        .iter()
        .map(|t| t.text.as_str())
        .find(|w| !["please", "so", "and", "then", "now"].contains(w));
    let mut rest = tokens
        .iter()
        .map(|t| t.text.as_str())
        .skip_while(|w| Some(*w) != first)
        .skip(1);
    match first {
        Some("describe" | "share") => true,
        Some("tell" | "help" | "walk" | "take" | "talk" | "give" | "show") => rest.next() == Some("me"),
        Some("say") => rest.next() == Some("more"),
        _ => false,
    }
}

/// Words of a text as a listener counts them.
pub(crate) fn word_count(text: &str) -> usize {
    text.split_whitespace()
        .filter(|w| w.chars().any(char::is_alphanumeric))
        .count()
}

#[cfg(test)]
mod tests {
    use super::{asks, english, sentences};
    use crate::planner::words::tokens;

    #[test]
    fn every_rule_passes_and_fails_its_examples() {
        let mut wrong = Vec::new();
        for rule in english() {
            assert!(
                rule.passes.len() >= 2 && rule.fails.len() >= 3 && !rule.why.is_empty(),
                "{}",
                rule.name
            );
            let broken = |text: &String| rule.broken_by(text, &tokens(text), asks(text));
            wrong.extend(
                rule.passes
                    .iter()
                    .filter(|t| broken(t))
                    .map(|t| format!("{} refuses: {t}", rule.name)),
            );
            wrong.extend(
                rule.fails
                    .iter()
                    .filter(|t| !broken(t))
                    .map(|t| format!("{} lets pass: {t}", rule.name)),
            );
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn sentences_are_cut_at_their_ends() {
        assert_eq!(
            sentences("I see. It took 2.5 hours! What then?"),
            ["I see.", "It took 2.5 hours!", "What then?"]
        );
        assert!(asks("Please tell me about it.") && asks("What then?") && !asks("You told me about it."));
    }
}

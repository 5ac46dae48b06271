//! The word lists that answers are read with, loaded from `lexicon/*.toml` once.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

use super::words::Pattern;

/// One language's lists.
pub(crate) struct Lexicon {
    pub(crate) function_words: BTreeSet<String>,
    pub(crate) example: Vec<Pattern>,
    pub(crate) past: BTreeSet<String>,
    pub(crate) not_past: BTreeSet<String>,
    pub(crate) habit: Vec<Pattern>,
    pub(crate) reason: Vec<Pattern>,
    pub(crate) not_reason: Vec<Pattern>,
    pub(crate) change: Vec<Pattern>,
    pub(crate) not_change: Vec<Pattern>,
    pub(crate) ask: Asks,
    pub(crate) off_topic: OffTopic,
    pub(crate) inquiry: Inquiries,
    pub(crate) polarity: Polarity,
}

/// Talk of what has nothing to do with work.
pub(crate) struct OffTopic {
    pub(crate) leisure: Vec<Pattern>,
    pub(crate) work: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OffTopicFile {
    leisure: Patterns,
    work: String,
}

/// What a participant may want of the interviewer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asks {
    pub(crate) stop: Patterns,
    pub(crate) pause: Patterns,
    pub(crate) hold: Patterns,
    pub(crate) repeat: Patterns,
    pub(crate) skip: Patterns,
    pub(crate) decline: Patterns,
    pub(crate) unknown: Patterns,
    pub(crate) slower: Patterns,
    pub(crate) back: Patterns,
    pub(crate) protest: Patterns,
    pub(crate) hedge: Patterns,
    pub(crate) defer: Patterns,
}

/// What a participant may want to know.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inquiries {
    pub(crate) who_sees: Patterns,
    pub(crate) anonymous: Patterns,
    pub(crate) kept: Patterns,
    pub(crate) language: Patterns,
    pub(crate) recording: Patterns,
    pub(crate) nature: Patterns,
    pub(crate) time_left: Patterns,
    pub(crate) meaning: Patterns,
    pub(crate) purpose: Patterns,
}

/// How yes and no begin.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Polarity {
    pub(crate) yes: Patterns,
    pub(crate) no: Patterns,
    pub(crate) fine: Patterns,
}

/// Patterns that are read from a list of strings.
#[derive(Default, Deserialize)]
#[serde(from = "Vec<String>")]
pub(crate) struct Patterns(pub(crate) Vec<Pattern>);

impl From<Vec<String>> for Patterns {
    fn from(patterns: Vec<String>) -> Self {
        Self(patterns.iter().map(|p| Pattern::new(p)).collect())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    function_words: String,
    example: Patterns,
    past: String,
    not_past: String,
    habit: Patterns,
    reason: Patterns,
    not_reason: Patterns,
    change: Patterns,
    not_change: Patterns,
    ask: Asks,
    off_topic: OffTopicFile,
    inquiry: Inquiries,
    polarity: Polarity,
}

const ENGLISH: &str = include_str!("lexicon/en.toml");

fn set(words: &str) -> BTreeSet<String> {
    words.split_whitespace().map(str::to_owned).collect()
}

fn load(text: &str) -> Result<Lexicon, toml::de::Error> {
    let file: File = toml::from_str(text)?;
    Ok(Lexicon {
        function_words: set(&file.function_words),
        example: file.example.0,
        past: set(&file.past),
        not_past: set(&file.not_past),
        habit: file.habit.0,
        reason: file.reason.0,
        not_reason: file.not_reason.0,
        change: file.change.0,
        not_change: file.not_change.0,
        ask: file.ask,
        off_topic: OffTopic {
            leisure: file.off_topic.leisure.0,
            work: set(&file.off_topic.work),
        },
        inquiry: file.inquiry,
        polarity: file.polarity,
    })
}

/// The English lists.
pub(crate) fn english() -> &'static Lexicon {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| load(ENGLISH).expect("the built-in lexicon is tested"));
    &LEXICON
}

#[cfg(test)]
mod tests {
    use super::{ENGLISH, english};
    use crate::planner::words::plain;

    #[test]
    fn patterns_are_written_as_answers_are_read() {
        assert!(english().function_words.contains("the"));
        let lists: toml::Table = ENGLISH.parse().unwrap();
        let mut values: Vec<&toml::Value> = lists.values().collect();
        let mut seen = 0;
        while let Some(value) = values.pop() {
            match value {
                toml::Value::Table(table) => values.extend(table.values()),
                toml::Value::Array(array) => {
                    for pattern in array {
                        for word in pattern.as_str().unwrap().split([' ', '|', '~', '*', '^', '$']) {
                            if !word.is_empty() {
                                assert_eq!(plain(word), [word], "{word} is never seen in this form");
                                seen += 1;
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        assert!(seen > 500);
    }
}

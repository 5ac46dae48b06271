//! Whether words so far read like a finished answer. Sound alone is not enough: people fall silent
//! after "because" with the voice of somebody who is done.

/// What the end of a text says about the end of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Nothing was understood.
    Unknown,
    /// It cannot end like this.
    Hanging,
    /// It could go either way.
    Open,
    /// It reads like a whole sentence.
    Whole,
}

/// Words that want another one after them.
const WANT_MORE: &[&str] = &[
    "a",
    "about",
    "an",
    "and",
    "are",
    "as",
    "at",
    "because",
    "but",
    "by",
    "can",
    "could",
    "every",
    "for",
    "from",
    "had",
    "has",
    "have",
    "if",
    "into",
    "is",
    "its",
    "just",
    "like",
    "may",
    "might",
    "must",
    "my",
    "of",
    "or",
    "our",
    "really",
    "should",
    "since",
    "so",
    "than",
    "that's",
    "the",
    "their",
    "then",
    "there's",
    "they",
    "they're",
    "to",
    "until",
    "very",
    "was",
    "we",
    "we're",
    "were",
    "when",
    "where",
    "whether",
    "which",
    "while",
    "who",
    "whose",
    "will",
    "with",
    "would",
    "your",
    "i",
    "i'm",
    "he",
    "she",
    "also",
    "actually",
    "basically",
    "maybe",
    "plus",
    "between",
    "toward",
    "towards",
    "without",
    "under",
    "i've",
    "we've",
    "they've",
    "it's",
    "am",
    "gonna",
    "wanna",
];

/// Sounds and words of somebody who is still thinking.
const THINKING: &[&str] = &["um", "uh", "er", "erm", "hmm", "ah", "well", "um,", "mm"];

/// Judges the end of `text`.
#[must_use]
pub fn ending(text: &str) -> Ending {
    let text = text.trim();
    if text.is_empty() {
        return Ending::Unknown;
    }
    if text.ends_with("...") || text.ends_with(['…', '-', '–', '—', ',', ':', ';']) {
        return Ending::Hanging;
    }
    let last = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    let word = last
        .trim_matches(|c: char| !c.is_alphanumeric() && c != '\'')
        .to_lowercase();
    if WANT_MORE.contains(&word.as_str()) || THINKING.contains(&word.as_str()) {
        return Ending::Hanging;
    }
    if text.ends_with(['.', '!', '?', '"']) {
        Ending::Whole
    } else {
        Ending::Open
    }
}

/// Whether `text` is no more than a sign of listening ("mm-hmm", "yeah, right"): at most three words, all of them such.
#[must_use]
pub fn is_backchannel(text: &str) -> bool {
    const SIGNS: &[&str] = &[
        "yeah", "yes", "yep", "yup", "mm", "mhm", "mmhmm", "hmm", "hm", "uh", "huh", "uhhuh", "ok", "okay", "right",
        "sure", "ah", "oh", "i", "see", "great", "good", "fine", "nice", "um", "er", "mm-hmm", "uh-huh", "mhmm", "aha",
    ];
    let words: Vec<String> = text
        .split(|c: char| c.is_whitespace() || c == ',')
        .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
        .filter(|w| !w.is_empty())
        .collect();
    words.len() <= 3 && words.iter().all(|w| SIGNS.contains(&w.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judges_endings() {
        for (text, expected) in [
            ("", Ending::Unknown),
            ("I left because", Ending::Hanging),
            ("I left because.", Ending::Hanging),
            ("It was hard, um", Ending::Hanging),
            ("It was hard, and...", Ending::Hanging),
            ("We had two teams,", Ending::Hanging),
            ("my manager", Ending::Open),
            ("My manager helped me.", Ending::Whole),
        ] {
            assert_eq!(ending(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_backchannel_is_short_and_says_nothing() {
        for text in [
            "Mm-hmm.",
            "Yeah.",
            "Yeah, right.",
            "Okay",
            "I see.",
            "Uh-huh, okay.",
            "",
        ] {
            assert!(is_backchannel(text), "{text:?}");
        }
        for text in ["Yeah, but my manager", "No.", "Wait.", "Yes yes yes yes"] {
            assert!(!is_backchannel(text), "{text:?}");
        }
    }
}

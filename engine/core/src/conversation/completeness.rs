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

/// Words that want another one after them, whatever mark the recognizer put there.
const NEVER_LAST: &[&str] = &[
    "a", "an", "and", "because", "but", "every", "i'm", "i've", "if", "its", "my", "or", "our", "than", "the", "their",
    "they're", "they've", "until", "we're", "we've", "whether", "while", "whose", "your", "gonna", "wanna", "plus",
];

/// Words that want another one, unless the recognizer heard a sentence end there ("What is it about?").
const RARELY_LAST: &[&str] = &[
    "about",
    "actually",
    "also",
    "am",
    "are",
    "as",
    "at",
    "basically",
    "between",
    "by",
    "can",
    "could",
    "for",
    "from",
    "had",
    "has",
    "have",
    "he",
    "i",
    "into",
    "is",
    "it's",
    "just",
    "like",
    "may",
    "maybe",
    "might",
    "must",
    "of",
    "really",
    "she",
    "should",
    "since",
    "so",
    "that's",
    "then",
    "there's",
    "they",
    "to",
    "toward",
    "towards",
    "under",
    "very",
    "was",
    "we",
    "were",
    "when",
    "where",
    "which",
    "who",
    "will",
    "with",
    "without",
    "would",
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
    let closed = text.ends_with(['.', '!', '?', '"']);
    if NEVER_LAST.contains(&word.as_str()) || THINKING.contains(&word.as_str()) {
        return Ending::Hanging;
    }
    match (RARELY_LAST.contains(&word.as_str()), closed) {
        (true, false) => Ending::Hanging,
        (true, true) | (false, false) => Ending::Open,
        (false, true) => Ending::Whole,
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
    // A hum is written in many ways: "mmm", "M-m-m".
    let is_hum = |w: &str| w.chars().all(|c| matches!(c, 'm' | 'h' | '-'));
    words.len() <= 3 && words.iter().all(|w| SIGNS.contains(&w.as_str()) || is_hum(w))
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
            ("What is it about?", Ending::Open),
            ("What is it about", Ending::Hanging),
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
            "M-M-M-M.",
            "Hmmmm",
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

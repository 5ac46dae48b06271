//! Signs in a sentence that the guard looks for: markup, another language, quotations, claims about the person.

use crate::planner::english;
use crate::planner::words;

/// Words before a colon at the start of a sentence that make it a label.
const LABEL_MAX_WORDS: usize = 2;
/// Words from which on a sentence must sound like the language of the interview.
const LANGUAGE_MIN_WORDS: usize = 5;

/// Words that a claim about the person is made with.
pub(crate) const CLAIM_WORDS: &[&str] = &[
    "you",
    "your",
    "named",
    "mentioned",
    "mention",
    "spoke",
    "spoken",
    "brought",
    "told",
    "said",
    "described",
    "talked",
    "talking",
    "shared",
    "sounds",
    "seems",
    "feel",
    "feels",
    "felt",
    "heard",
    "hear",
    "understand",
    "see",
    "noted",
    "note",
    "important",
    "matters",
    "matter",
    "thank",
    "thanks",
    "sharing",
    "telling",
    "topic",
];

/// Whether a sentence claims something of the person.
pub(crate) fn claims(tokens: &[words::Token]) -> bool {
    let has = |a: &[&str], b: &[&str]| {
        tokens
            .windows(2)
            .any(|w| a.contains(&w[0].text.as_str()) && b.contains(&w[1].text.as_str()))
    };
    let tells = [
        "said",
        "mentioned",
        "told",
        "spoke",
        "described",
        "brought",
        "talked",
        "explained",
        "shared",
        "noted",
    ];
    // "You are tired", "So you felt ignored": who begins with the person says something of them.
    let mut words = tokens
        .iter()
        .map(|t| t.text.as_str())
        .skip_while(|w| ["so", "and", "then", "but", "well"].contains(w));
    let opens = words.next() == Some("you");
    let question = tokens.last().is_some_and(|t| t.text == words::ASK);
    !question
        && (opens
            || has(&["you"], &tells)
            || has(&["it", "that"], &["sounds", "seems"])
            || has(&["your"], &["feeling", "feelings", "experience"]))
}

/// What stands between quotation marks.
pub(crate) fn quotations(sentence: &str) -> Vec<&str> {
    let mut out = Vec::new();
    for (open, close) in [('"', '"'), ('“', '”'), ('«', '»')] {
        let mut rest = sentence;
        while let Some((_, after)) = rest.split_once(open) {
            let Some((quoted, after)) = after.split_once(close) else {
                break;
            };
            out.push(quoted);
            rest = after;
        }
    }
    out
}

/// Whether a sentence holds what cannot be spoken: marks of lists, emphasis, code, addresses.
pub(crate) fn is_marked_up(sentence: &str) -> bool {
    let list = sentence.starts_with("- ")
        || sentence.starts_with("• ")
        || sentence.chars().next().is_some_and(|c| c.is_ascii_digit())
            && (sentence.contains(". ") || sentence.contains(") "));
    let numbered = sentence.trim_end_matches(['.', ')']).parse::<u32>().is_ok();
    // "Interviewer: what happened?" is read from a script.
    let label = sentence
        .split_once(": ")
        .is_some_and(|(before, _)| before.split_whitespace().count() <= LABEL_MAX_WORDS);
    let marks = sentence.contains([
        '*', '_', '#', '`', '[', ']', '{', '}', '<', '>', '|', '~', '\\', '(', ')', '\n', '\t', '=', '•',
    ]);
    list || numbered || label || marks || sentence.contains("http") || sentence.contains("www.")
}

/// Whether a sentence is in another script, holds pictures, or sounds like no English.
pub(crate) fn is_foreign(sentence: &str, tokens: &[words::Token]) -> bool {
    let strange = |c: char| c as u32 > 0x24F && !('\u{2010}'..='\u{2026}').contains(&c);
    if sentence.chars().any(strange) || sentence.chars().any(char::is_control) {
        return true;
    }
    let words: Vec<&str> = tokens.iter().filter(|t| !t.is_end()).map(|t| t.text.as_str()).collect();
    let native = words.iter().filter(|w| english().function_words.contains(**w)).count();
    words.len() >= LANGUAGE_MIN_WORDS && native * 4 < words.len()
}

#[cfg(test)]
mod tests {
    use super::{claims, is_foreign, is_marked_up, quotations};
    use crate::planner::words::tokens;

    #[test]
    fn signs_are_seen() {
        assert!(
            is_marked_up("- What happened?") && is_marked_up("see www.example") && !is_marked_up("It took 2.5 hours.")
        );
        let foreign = |text: &str| is_foreign(text, &tokens(text));
        assert!(foreign("Was ist damals genau passiert?") && !foreign("What exactly happened at that time?"));
        assert_eq!(quotations("You said \"too late\" and “never”."), ["too late", "never"]);
        assert!(
            claims(&tokens("You are tired."))
                && !claims(&tokens("Thank you for that."))
                && !claims(&tokens("What do you think?"))
        );
    }
}

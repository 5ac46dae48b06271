//! Where words that a model copied stand in what was said.

use super::super::Span;
use crate::id::TurnId;
use crate::planner::words;

/// Where `needle` stands in `text`, in bytes: the one place at which its words stand, whatever white space is between them and
/// however its quotation marks are bent. `None` where it stands nowhere, inside of words, or twice.
pub(super) fn find(text: &str, needle: &str) -> Option<(usize, usize)> {
    let (text, needle) = (normal(text), normal(needle));
    if needle.is_empty() || needle.len() > text.len() {
        return None;
    }
    let inside = |at: usize| {
        let letter = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|c| c.0.is_alphanumeric());
        at > 0 && letter(at.checked_sub(1)) && letter(Some(at))
    };
    let stands = |from: &usize| {
        let to = from + needle.len();
        let same = text[*from..to].iter().zip(&needle).all(|(a, b)| a.0 == b.0);
        same && !inside(*from) && !inside(to)
    };
    let mut places = (0..=text.len() - needle.len()).filter(stands);
    let (only, another) = (places.next()?, places.next());
    let last = text[only + needle.len() - 1];
    another.is_none().then_some((text[only].1, last.2))
}

/// The characters with the bytes where each begins and ends: white space as one space, none at either end, quotation marks
/// straight.
fn normal(text: &str) -> Vec<(char, usize, usize)> {
    let mut out: Vec<(char, usize, usize)> = Vec::with_capacity(text.len());
    for (from, c) in text.char_indices() {
        let to = from + c.len_utf8();
        let c = match c {
            '‘' | '’' => '\'',
            '“' | '”' => '"',
            c if c.is_whitespace() => ' ',
            c => c,
        };
        match out.last_mut() {
            Some((' ', _, end)) if c == ' ' => *end = to,
            None if c == ' ' => {}
            _ => out.push((c, from, to)),
        }
    }
    if out.last().is_some_and(|c| c.0 == ' ') {
        out.pop();
    }
    out
}

/// The place, widened to whole statements: to the ends of those of `units` (what the built-in engine takes for statements of this
/// turn) that it lies in, and where there are none, to those of its sentence. So a "not" cannot be cut off.
pub(super) fn widen(text: &str, turn: TurnId, (from, to): (usize, usize), units: &[Span]) -> Span {
    let units = || units.iter().map(|unit| (unit.from as usize, unit.to as usize));
    let sentences = sentences(text);
    let begins = units().find(|unit| unit.0 <= from && from < unit.1).map_or_else(
        || {
            let sentence = sentences.iter().rfind(|sentence| sentence.0 <= from).map_or(0, |s| s.0);
            let after = units().map(|unit| unit.1).filter(|end| *end <= from).max().unwrap_or(0);
            if sentence >= after {
                sentence
            } else {
                first_word(text, after).min(from)
            }
        },
        |unit| unit.0,
    );
    let ends = units().find(|unit| unit.0 < to && to <= unit.1).map_or_else(
        || {
            let sentence = sentences
                .iter()
                .find(|sentence| to <= sentence.1)
                .map_or(text.len(), |s| s.1);
            let before = units()
                .map(|unit| unit.0)
                .filter(|begin| *begin >= to)
                .min()
                .unwrap_or(text.len());
            if sentence <= before {
                sentence
            } else {
                last_word(text, before).max(to)
            }
        },
        |unit| unit.1,
    );
    let bytes = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span {
        turn,
        from: bytes(begins),
        to: bytes(ends),
    }
}

/// Where sentences begin and end, with the mark that ends them. A new line ends none that goes on in small letters.
fn sentences(text: &str) -> Vec<(usize, usize)> {
    let tokens = words::tokens(text);
    let goes_on = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        rest.starts_with('\n') && rest.trim_start().starts_with(char::is_lowercase)
    };
    let mut out = Vec::new();
    for sentence in tokens.split_inclusive(|token| token.is_end() && !goes_on(token.from)) {
        let words = || sentence.iter().filter(|token| !token.is_end());
        if let Some((first, last)) = words().next().zip(words().next_back()) {
            let mark = sentence.last().filter(|end| end.is_end() && end.from == last.to);
            out.push((first.from, mark.map_or(last.to, |mark| mark.to)));
        }
    }
    out
}

/// Byte of the first letter or digit from `at` on.
fn first_word(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.find(char::is_alphanumeric).unwrap_or(0)
}

/// Byte behind the last letter or digit before `at`.
fn last_word(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.trim_end_matches(|c: char| !c.is_alphanumeric()).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str =
        "I  would never say\nthat everyone is happy. Well, the pay is “fine”, but my boss isn’t. The pay is low.";

    #[test]
    fn words_are_found_where_they_stand_once() {
        let found = |needle: &str| find(SAID, needle).map(|(from, to)| &SAID[from..to]);
        assert_eq!(found("never say that everyone"), Some("never say\nthat everyone"));
        assert_eq!(found("  the pay is \"fine\" "), Some("the pay is “fine”"));
        assert_eq!(found("my boss isn't."), Some("my boss isn’t."));
        for nowhere in [
            "",
            "  ",
            "Everyone is happy",
            "everyone is very happy",
            "appy",
            "pay",
            "never say … happy",
            "ever say",
        ] {
            assert_eq!(found(nowhere), None, "{nowhere}");
        }
        assert_eq!(find("short", "a longer needle"), None);
        assert_eq!(find("naïve\u{a0}café", "naïve café"), Some((0, 13)));
    }

    #[test]
    fn a_place_is_widened_to_what_says_something_by_itself() {
        let span = |words: &str| {
            let from = SAID.find(words).unwrap();
            Span {
                turn: TurnId(2),
                from: from as u32,
                to: (from + words.len()) as u32,
            }
        };
        let units = [
            span("the pay is “fine”"),
            span("my boss isn’t."),
            span("The pay is low."),
        ];
        let widened = |words: &str, units: &[Span]| {
            let at = find(SAID, words).unwrap();
            widen(SAID, TurnId(2), at, units).slice(SAID).unwrap().to_owned()
        };
        assert_eq!(
            widened("everyone is happy", &units),
            "I  would never say\nthat everyone is happy."
        );
        assert_eq!(widened("is \"fine\"", &units), "the pay is “fine”");
        assert_eq!(widened("Well, the pay", &units), "Well, the pay is “fine”");
        assert_eq!(widened("but my boss", &units), "but my boss isn’t.");
        assert_eq!(widened("is \"fine\", but", &units), "the pay is “fine”, but");
        assert_eq!(widened("boss isn't. The pay", &units), "my boss isn’t. The pay is low.");
        assert_eq!(
            widened("is \"fine\"", &[]),
            "Well, the pay is “fine”, but my boss isn’t."
        );
    }
}

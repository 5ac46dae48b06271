//! Takes names, addresses and numbers out of words that are quoted.

use std::collections::HashSet;

/// What stands in a quote where a name stood.
pub const NAME: &str = "[name]";
/// Where an e-mail address stood.
pub const EMAIL: &str = "[e-mail]";
/// Where a phone number stood.
pub const PHONE: &str = "[phone]";

/// A run of digits is a phone number from so many on: years, prices and times have fewer.
const PHONE_DIGITS: usize = 7;
/// Parts of names that are shorter say nothing: "Al", "van".
const PART_MIN_CHARS: usize = 3;
/// First and last names that are words, too: masked only where they are written as names are, and not where a sentence begins
/// with them.
const WORDS: [&str; 52] = [
    "all", "amber", "art", "august", "bill", "bond", "brook", "brown", "chance", "chase", "dawn", "day", "drew",
    "early", "faith", "field", "grace", "grant", "gray", "green", "guy", "hall", "hand", "head", "hill", "hope",
    "hunter", "ivy", "joy", "june", "king", "long", "major", "mark", "may", "miles", "olive", "page", "pat", "penny",
    "price", "reed", "rich", "rob", "rose", "short", "sky", "sue", "summer", "white", "will", "young",
];

/// Whose names are masked.
#[derive(Clone, Debug, Default)]
pub struct Mask {
    /// Parts of their names, in small letters.
    parts: HashSet<String>,
}

impl Mask {
    /// Masks the people of these names, whole or in parts.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let parts = names
            .into_iter()
            .flat_map(|name| name.split(|c: char| !c.is_alphabetic() && c != '\'' && c != '’'))
            .filter(|part| part.chars().count() >= PART_MIN_CHARS)
            .map(str::to_lowercase)
            .collect();
        Self { parts }
    }

    /// `words` without names, e-mail addresses and phone numbers.
    #[must_use]
    pub fn apply(&self, words: &str) -> String {
        let without_numbers = phones(words);
        let mut masked = String::with_capacity(words.len());
        let mut begins = true;
        for piece in without_numbers.split_inclusive(char::is_whitespace) {
            let word = piece.trim_end();
            let space = &piece[word.len()..];
            let core = word.trim_matches(|c: char| !c.is_alphanumeric());
            if is_email(core) {
                masked.push_str(&word.replace(core, EMAIL));
            } else {
                self.names(word, begins, &mut masked);
            }
            masked.push_str(space);
            if !word.is_empty() {
                begins = word.ends_with(['.', '!', '?', '…']);
            }
        }
        // "Sarah Miller" is one name, not two.
        let twice = format!("{NAME} {NAME}");
        while masked.contains(&twice) {
            masked = masked.replace(&twice, NAME);
        }
        masked
    }

    /// Appends `word` with what is a name in it masked: also in "Sarah's" and "Sarah/Tom".
    fn names(&self, word: &str, begins: bool, masked: &mut String) {
        let letter = |c: char| c.is_alphabetic() || c == '\'' || c == '’';
        let mut rest = word;
        while let Some(c) = rest.chars().next() {
            let end = rest
                .char_indices()
                .find(|(_, other)| letter(*other) != letter(c))
                .map_or(rest.len(), |(at, _)| at);
            let (piece, after) = rest.split_at(end);
            let bare = ["'s", "’s", "'", "’"]
                .iter()
                .find_map(|end| piece.strip_suffix(end))
                .unwrap_or(piece);
            if letter(c) && self.is_name(bare, begins) {
                masked.push_str(NAME);
                masked.push_str(&piece[bare.len()..]);
            } else {
                masked.push_str(piece);
            }
            rest = after;
        }
    }

    fn is_name(&self, word: &str, begins: bool) -> bool {
        let small = word.to_lowercase();
        if !self.parts.contains(&small) {
            return false;
        }
        let capital = word.starts_with(char::is_uppercase);
        WORDS.binary_search(&small.as_str()).is_err() || (capital && !begins)
    }
}

fn is_email(word: &str) -> bool {
    let Some((name, host)) = word.split_once('@') else {
        return false;
    };
    // Also of one whose end was cut off.
    !name.is_empty() && !host.is_empty()
}

/// Masks runs of digits with what stands between the digits of a phone number.
fn phones(words: &str) -> String {
    let within = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | '/' | '(' | ')' | ' ' | '\u{a0}');
    let mut masked = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit() || c == '+' || c == '(') {
        masked.push_str(&rest[..start]);
        let run = &rest[start..];
        let end = run.find(|c: char| !within(c)).unwrap_or(run.len());
        // The number ends with its last digit: what follows belongs to the sentence.
        let end = run[..end]
            .rfind(|c: char| c.is_ascii_digit())
            .map_or(0, |last| last + 1);
        let digits = run[..end].chars().filter(char::is_ascii_digit).count();
        if digits >= PHONE_DIGITS {
            masked.push_str(PHONE);
            rest = &run[end..];
        } else {
            let end = end.max(run.chars().next().map_or(1, char::len_utf8));
            masked.push_str(&run[..end]);
            rest = &run[end..];
        }
    }
    masked.push_str(rest);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(words: &str) -> String {
        Mask::new(["Sarah Miller", "Jean-Luc O'Neill", "Will May", "Zoë Ng", "Bo"]).apply(words)
    }

    #[test]
    fn people_of_the_list_are_not_named() {
        for (said, shown) in [
            ("I told Sarah Miller twice.", "I told [name] twice."),
            ("sarah's team, and SARAH", "[name]'s team, and [name]"),
            ("Ask Zoë/Sarah, or “Zoë”.", "Ask [name]/[name], or “[name]”."),
            ("Jean-Luc said no, Luc’s wrong", "[name]-[name] said no, [name]’s wrong"),
            ("mr o'neill knows", "mr [name] knows"),
            ("a miller is no Millerton", "a [name] is no Millerton"),
        ] {
            assert_eq!(masked(said), shown);
        }
    }

    #[test]
    fn names_that_are_words_are_masked_where_they_are_written_as_names() {
        assert_eq!(
            masked("Will it end? I will, and I may. May be. I asked Will in May."),
            "Will it end? I will, and I may. May be. I asked [name] in [name]."
        );
        assert!(WORDS.is_sorted());
    }

    #[test]
    fn addresses_and_phone_numbers_are_masked() {
        for (said, shown) in [
            ("write to kim.lee+x@harbour.example.", "write to [e-mail]."),
            ("or kim@harbour", "or [e-mail]"),
            ("<kim@harbour.example>, quickly", "<[e-mail]>, quickly"),
            ("call +49 (170) 555-01 23, it rings", "call [phone], it rings"),
            ("555 0123 456.", "[phone]."),
            (
                "in 2024, 12 of 15, at 9.30, for 3,500",
                "in 2024, 12 of 15, at 9.30, for 3,500",
            ),
            ("a + b (and c)", "a + b (and c)"),
        ] {
            assert_eq!(masked(said), shown);
        }
    }

    #[test]
    fn what_names_nobody_stays_as_it_was_said() {
        for said in ["", "we  work\tlate – “always”. ", "Bo and Al", "naïve (1) + 2"] {
            assert_eq!(masked(said), said);
        }
    }
}

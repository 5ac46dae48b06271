//! Finds a short piece of an answer that can be said back in the person's own words: "your weekly report", "the release in March".
//!
//! Precision before recall: where no piece is surely a noun phrase there is none, and the acknowledgement stays neutral.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::planner::words::{self, Token};

/// Words of a sentence that is said back as it was said: enough to mean something, few enough to be heard out.
const SAYING_WORDS: std::ops::RangeInclusive<usize> = 4..=11;
/// Content words of it at the least.
const SAYING_MIN_CONTENT: usize = 3;
/// Words with which people begin and fill up, and that nobody wants to hear again.
const FILLERS: [&str; 22] = [
    "um",
    "uh",
    "uhm",
    "er",
    "erm",
    "hmm",
    "mhm",
    "well",
    "so",
    "and",
    "but",
    "like",
    "yeah",
    "yes",
    "no",
    "okay",
    "ok",
    "honestly",
    "actually",
    "basically",
    "oh",
    "because",
];
/// What they fill up with in the middle.
const FILLED: [&str; 6] = ["um", "uh", "uhm", "er", "erm", "hmm"];

/// Words that a piece has at most, with its article.
const PIECE_MAX_WORDS: usize = 6;

struct Lists {
    owned: BTreeSet<String>,
    fixed: BTreeSet<String>,
    many: BTreeSet<String>,
    nouns: BTreeSet<String>,
    suffixes: Vec<String>,
    empty: BTreeSet<String>,
    never: BTreeSet<String>,
    acting: BTreeSet<String>,
    done: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    owned: String,
    fixed: String,
    many: String,
    nouns: String,
    suffixes: String,
    empty: String,
    never: String,
    acting: String,
    done: String,
}

fn english() -> &'static Lists {
    static LISTS: LazyLock<Lists> = LazyLock::new(|| {
        let file: File = toml::from_str(include_str!("fragments-en.toml")).expect("the built-in lists are tested");
        let set = |words: &str| words.split_whitespace().map(str::to_owned).collect();
        Lists {
            owned: set(&file.owned),
            fixed: set(&file.fixed),
            many: set(&file.many),
            nouns: set(&file.nouns),
            suffixes: file.suffixes.split_whitespace().map(str::to_owned).collect(),
            empty: set(&file.empty),
            never: set(&file.never),
            acting: set(&file.acting),
            done: set(&file.done),
        }
    });
    &LISTS
}

impl Lists {
    fn is_noun(&self, word: &str) -> bool {
        self.nouns.contains(word) || (word.len() > 6 && self.suffixes.iter().any(|s| word.ends_with(s.as_str())))
    }

    fn describes(&self, word: &str) -> bool {
        self.many.contains(word) || self.is_noun(word)
    }

    /// Whether the noun needs no article: a plural, or a mass noun by its ending.
    fn stands_alone(&self, noun: &str) -> bool {
        is_plural(noun)
            || [
                "overtime",
                "feedback",
                "recognition",
                "training",
                "trust",
                "communication",
                "flexibility",
                "freedom",
                "pay",
                "support",
                "stress",
                "pressure",
                "transparency",
                "mentoring",
                "coaching",
                "documentation",
            ]
            .contains(&noun)
    }
}

/// Whether a noun looks like one of several.
fn is_plural(noun: &str) -> bool {
    noun.ends_with('s') && !noun.ends_with("ss") && !noun.ends_with("us")
}

/// Pieces of `text` that can be said back, best first, turned towards the person ("my" becomes "your").
pub(crate) fn pieces(text: &str) -> Vec<String> {
    let lists = english();
    let tokens = words::tokens(text);
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match piece_at(text, &tokens, at, lists) {
            Some((end, weight, piece)) => {
                if !found.iter().any(|(_, p)| *p == piece) {
                    found.push((weight, piece));
                }
                at = end;
            }
            None => at += 1,
        }
    }
    // Of equals the later one: it is what the person came to.
    found.reverse();
    found.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    found.into_iter().map(|(_, piece)| piece).collect()
}

/// A piece with the definite article, where it has the other one: what was told of "an incident" is "the incident" from then on.
pub(crate) fn definite(piece: &str) -> String {
    let rest = piece.strip_prefix("a ").or_else(|| piece.strip_prefix("an "));
    rest.map_or_else(|| piece.to_owned(), |rest| format!("the {rest}"))
}

/// The sentence of `text`, or part of one between commas, that says most in few words, as it was said but for fillers.
pub(crate) fn saying(text: &str) -> Option<String> {
    let lists = english();
    let function = &crate::planner::english().function_words;
    let parts = text.split_inclusive(['.', '?', '!', ';', ',', '\n']);
    let sayings = parts.filter_map(|part| {
        if part.trim_end().ends_with('?') {
            return None;
        }
        let part = part.trim().trim_end_matches(['.', '!', ';', ',', ':', '…']);
        let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let words: Vec<&str> = part
            .split_whitespace()
            .filter(|word| !FILLED.contains(&bare(word).as_str()))
            .skip_while(|word| FILLERS.contains(&bare(word).as_str()))
            .collect();
        let tokens = words::tokens(&words.join(" "));
        let content = words::content_words(&tokens, function).count();
        let rude = tokens.iter().any(|t| lists.never.contains(&t.text));
        let speakable = part
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '\'' | '’' | '-'));
        (SAYING_WORDS.contains(&words.len()) && content >= SAYING_MIN_CONTENT && !rude && speakable)
            .then(|| (content, words.join(" ")))
    });
    // Of equals the later one: it is what the person came to.
    sayings.max_by_key(|(content, _)| *content).map(|(_, words)| words)
}

/// The piece that starts at token `at`: the token after it, its weight, its words.
fn piece_at(text: &str, tokens: &[Token], at: usize, lists: &Lists) -> Option<(usize, usize, String)> {
    let first = tokens.get(at)?.text.as_str();
    let article = lists.owned.contains(first) || lists.fixed.contains(first);
    let follows = at.checked_sub(1).map(|before| tokens[before].text.as_str());
    if lists.done.contains(first) && follows.is_some_and(|word| lists.acting.contains(word)) {
        return None;
    }
    let mut end = at + usize::from(article);
    let (mut noun_end, mut acts) = (None, false);
    while end < tokens.len()
        && end - at < PIECE_MAX_WORDS
        && (end == at || adjoins(text, &tokens[end - 1], &tokens[end]))
    {
        let word = tokens[end].text.as_str();
        // "My manager calls me" holds no call: after somebody who acts the word is what they do.
        // So it is after several of anything: "the priorities change".
        acts = end > at && lists.done.contains(word) && {
            let before = &tokens[end - 1].text;
            lists.acting.contains(before) || (is_plural(before) && !word.ends_with('s'))
        };
        if acts {
            break;
        }
        // After an article an -ing form describes or names: "the billing system".
        let fits = lists.describes(word) || (article && word.len() > 5 && word.ends_with("ing"));
        if lists.never.contains(word) || !fits {
            break;
        }
        end += 1;
        if lists.is_noun(word) {
            noun_end = Some(end);
        }
    }
    let mut end = noun_end.filter(|e| *e == end)?;
    let head = tokens[end - 1].text.clone();
    // "the lack of feedback", "the end of my shift"
    if let Some(more) = of_part(text, tokens, end, lists) {
        end = more;
    }
    let words = end - at;
    let single = words - usize::from(article) == 1;
    if single && !lists.owned.contains(first) {
        return None;
    }
    // A genitive or a compound that goes on ("the team's mood", "my manager-to-be") would be cut in the middle.
    let cut = !acts
        && tokens
            .get(end)
            .is_some_and(|next| adjoins(text, &tokens[end - 1], next) && lists.describes(&next.text));
    let genitive = text[tokens[end - 1].from..tokens[end - 1].to].contains(['\'', '’']);
    if lists.empty.contains(&head) || cut || genitive || (!article && (single || !lists.stands_alone(&head))) {
        return None;
    }
    // Right after "to" it may be a verb, and what follows "no" or "not" was not there.
    let before = at.checked_sub(1).map(|b| tokens[b].text.as_str());
    if !article
        && matches!(
            before,
            Some(
                "to" | "no"
                    | "not"
                    | "any"
                    | "without"
                    | "my"
                    | "our"
                    | "their"
                    | "his"
                    | "her"
                    | "this"
                    | "that"
                    | "your"
                    | "every"
                    | "each"
                    | "too"
                    | "very"
                    | "so"
            )
        )
    {
        return None;
    }
    let piece = turned(text, &tokens[at..end], lists);
    let weight = words.min(4) * 2 + usize::from(lists.owned.contains(first)) - usize::from(article && single);
    Some((end, weight, piece))
}

/// "of", "in" or "with", maybe an article, and a noun that stands there: the token after it.
fn of_part(text: &str, tokens: &[Token], at: usize, lists: &Lists) -> Option<usize> {
    if !["of", "in", "with"].contains(&tokens.get(at)?.text.as_str()) || !adjoins(text, &tokens[at - 1], &tokens[at]) {
        return None;
    }
    let mut end = at + 1;
    let article = tokens
        .get(end)
        .is_some_and(|t| lists.owned.contains(&t.text) || t.text == "the");
    end += usize::from(article);
    let start = end;
    while tokens
        .get(end)
        .is_some_and(|t| lists.describes(&t.text) && adjoins(text, &tokens[end - 1], t))
        && end - start < 3
    {
        end += 1;
    }
    let head = &tokens.get(end.checked_sub(1)?)?.text;
    (end > start && lists.is_noun(head) && (article || lists.stands_alone(head))).then_some(end)
}

/// Whether a piece says enough to be asked about: more than "your manager".
pub(crate) fn is_telling(piece: &str) -> bool {
    let lists = english();
    let words = words::plain(piece);
    let article = words.first().is_some_and(|w| w == "your" || lists.fixed.contains(w));
    words.len() - usize::from(article) >= 2
}

/// Whether only a space stands between two tokens.
fn adjoins(text: &str, left: &Token, right: &Token) -> bool {
    text.get(left.to..right.from).is_some_and(|between| between == " ")
}

/// The words as they were said, in lower case where the sentence began, with "my" and "our" turned to "your".
fn turned(text: &str, tokens: &[Token], lists: &Lists) -> String {
    let words = tokens.iter().enumerate().map(|(i, t)| {
        let said = &text[t.from..t.to];
        if lists.owned.contains(&t.text) {
            "your".to_owned()
        } else if i == 0 {
            t.text.clone()
        } else {
            said.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{definite, pieces, saying};

    #[test]
    fn what_was_told_of_is_the_one_from_then_on() {
        for (piece, known) in [
            ("an incident with the release", "the incident with the release"),
            ("a small shop", "the small shop"),
            ("your manager", "your manager"),
            ("another office", "another office"),
        ] {
            assert_eq!(definite(piece), known);
        }
    }

    #[test]
    fn a_saying_is_a_short_sentence_without_its_fillers() {
        for (said, best) in [
            (
                "Um, well, we never hear why the bonus was cut. It is fine.",
                Some("we never hear why the bonus was cut"),
            ),
            (
                "So the shift plan um changes every single week.",
                Some("the shift plan changes every single week"),
            ),
            ("It is fine.", None),
            ("What do you mean by planning meetings here?", None),
            ("The fucking shift plan changes every week.", None),
        ] {
            assert_eq!(saying(said).as_deref(), best, "{said}");
        }
    }

    #[test]
    fn pieces_are_whole_noun_phrases_in_the_persons_words() {
        for (said, best) in [
            ("The priorities change every other week.", ""),
            ("My manager never listens.", "your manager"),
            (
                "Honestly it was the unpaid overtime that got to me.",
                "the unpaid overtime",
            ),
            (
                "I love my team, but our weekly planning meeting drags on.",
                "your weekly planning meeting",
            ),
            ("We get endless meetings and nothing else.", "endless meetings"),
            ("It was the lack of feedback.", ""),
            ("The quality of our code went down.", "the quality of your code"),
            ("I had to work on the migration over the weekend.", ""),
            ("It is the trust in my team that counts.", "the trust in your team"),
            ("I would like to become an engineer.", ""),
            ("Fine.", ""),
            ("I like it here, people are nice.", ""),
            ("I don't trust the fucking management.", ""),
            ("There is no feedback.", ""),
            ("The team's mood is bad.", "the team's mood"),
            ("It was my manager's.", ""),
            ("My manager calls me at night.", "your manager"),
            ("The customer reports bugs to us.", ""),
            ("My colleagues support each other.", "your colleagues"),
            ("My manager plan was late.", "your manager"),
        ] {
            assert_eq!(
                pieces(said).first().map_or("", String::as_str),
                best,
                "{said}: {:?}",
                pieces(said)
            );
        }
    }
}

//! Words as the planner reads them: lower case, contractions spelt out, with sentence ends kept; and patterns over them.

use std::collections::BTreeSet;

/// What stands for the end of a sentence among the tokens.
pub(crate) const STOP: &str = ".";
/// What stands for the end of a question among the tokens.
pub(crate) const ASK: &str = "?";
/// Words that a gap (`*`) of a pattern may skip.
const GAP_WORDS: usize = 3;

/// A word of a text, or the end of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// The word in lower case, or [`STOP`], or [`ASK`].
    pub(crate) text: String,
    /// Byte offset in the text where it starts. Parts of one contraction share it.
    pub(crate) from: usize,
    /// Byte offset where it ends.
    pub(crate) to: usize,
    /// Whether it begins a clause: a comma, a dash or a bracket stands before it.
    pub(crate) opens_clause: bool,
}

impl Token {
    pub(crate) fn is_end(&self) -> bool {
        self.text == STOP || self.text == ASK
    }
}

/// Splits `text` into tokens.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut word: Option<(usize, String)> = None;
    let mut clause = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let joins =
            word.is_some() && matches!(c, '\'' | '’' | '-') && chars.peek().is_some_and(|(_, n)| n.is_alphanumeric());
        if c.is_alphanumeric() || joins {
            let (_, w) = word.get_or_insert_with(|| (at, String::new()));
            match c {
                '’' => w.push('\''),
                c => w.extend(c.to_lowercase()),
            }
            continue;
        }
        if let Some((from, w)) = word.take() {
            spell_out(&w, from, at, std::mem::take(&mut clause), &mut out);
        }
        let inside_number = matches!(c, '.' | ':') && chars.peek().is_some_and(|(_, n)| n.is_ascii_digit());
        let end = match c {
            '?' => ASK,
            '.' | '!' | ';' | ':' | '\n' | '…' if !inside_number => STOP,
            c => {
                // A hyphen inside a word has joined it; what is left stands between clauses.
                clause |= matches!(c, ',' | '-' | '–' | '—' | '(' | ')');
                continue;
            }
        };
        clause = false;
        if out.last().is_some_and(|last| !last.is_end()) {
            out.push(Token {
                text: end.to_owned(),
                from: at,
                to: at + c.len_utf8(),
                opens_clause: false,
            });
        }
    }
    if let Some((from, w)) = word.take() {
        spell_out(&w, from, text.len(), clause, &mut out);
    }
    out
}

/// Pushes `word`, its contraction spelt out, so that "don't", "dont" and "do not" are one.
fn spell_out(word: &str, from: usize, to: usize, mut opens_clause: bool, out: &mut Vec<Token>) {
    let whole = match word {
        "can't" | "cant" | "cannot" => Some("can not"),
        "won't" | "wont" => Some("will not"),
        "shan't" => Some("shall not"),
        "dont" => Some("do not"),
        "didnt" => Some("did not"),
        "doesnt" => Some("does not"),
        "isnt" => Some("is not"),
        "wasnt" => Some("was not"),
        "im" => Some("i am"),
        "ive" => Some("i have"),
        "gonna" => Some("going to"),
        "wanna" => Some("want to"),
        "gotta" => Some("got to"),
        "let's" | "lets" => Some("let us"),
        "dunno" => Some("do not know"),
        _ => None,
    };
    let mut push = |t: &str| {
        out.push(Token {
            text: t.to_owned(),
            from,
            to,
            // Of a contraction only the first word does.
            opens_clause: std::mem::take(&mut opens_clause),
        })
    };
    if let Some(whole) = whole {
        return whole.split(' ').for_each(push);
    }
    let endings = [
        ("n't", "not"),
        ("'m", "am"),
        ("'re", "are"),
        ("'ve", "have"),
        ("'ll", "will"),
        ("'d", "would"),
    ];
    for (ending, full) in endings {
        if let Some(stem) = word.strip_suffix(ending).filter(|s| !s.is_empty()) {
            push(stem);
            return push(full);
        }
    }
    if let Some(stem) = word.strip_suffix("'s") {
        // "the team's mood" has a genitive, "it's late" a verb; only after these words is it surely a verb.
        push(stem);
        if [
            "it", "that", "there", "he", "she", "what", "who", "how", "where", "here",
        ]
        .contains(&stem)
        {
            push("is");
        }
        return;
    }
    push(word);
}

/// The words of `text` without sentence ends.
pub(crate) fn plain(text: &str) -> Vec<String> {
    tokens(text)
        .into_iter()
        .filter(|t| !t.is_end())
        .map(|t| t.text)
        .collect()
}

/// A text boiled down to its words, for telling whether two questions are the same.
pub(crate) fn same_key(text: &str) -> String {
    plain(text).join(" ")
}

/// The word without its commonest endings: enough to see that "meetings" and "meeting" are one.
pub(crate) fn stem(word: &str) -> String {
    let mut w = word
        .strip_suffix('s')
        .filter(|cut| cut.len() >= 3 && !cut.ends_with('s'))
        .unwrap_or(word);
    for ending in ["ing", "ed", "ly", "e"] {
        if let Some(cut) = w.strip_suffix(ending).filter(|cut| cut.len() >= 3) {
            w = cut;
            break;
        }
    }
    let w = w.strip_suffix('e').filter(|c| c.len() >= 3).unwrap_or(w);
    let mut stem = w.to_owned();
    // "planned" and "plan", "stopping" and "stop"
    let mut tail = stem.chars().rev();
    if let (Some(a), Some(b)) = (tail.next(), tail.next())
        && a == b
        && stem.len() > 3
    {
        stem.pop();
    }
    stem
}

/// Stems of the words that carry content.
pub(crate) fn content(tokens: &[Token], function_words: &BTreeSet<String>) -> BTreeSet<String> {
    content_words(tokens, function_words).map(stem).collect()
}

/// The words that carry content, in order.
pub(crate) fn content_words<'a>(
    tokens: &'a [Token],
    function_words: &'a BTreeSet<String>,
) -> impl Iterator<Item = &'a str> {
    tokens
        .iter()
        .map(|t| t.text.as_str())
        .filter(|w| *w != STOP && *w != ASK && !function_words.contains(*w) && w.chars().count() > 1)
}

/// A pattern over tokens. Words are separated by spaces; `a|b` matches either, `stem~` every word that starts so, `*`
/// up to three words of the same sentence, `^` the start and `$` the end of a sentence.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Vec<Atom>);

#[derive(Clone, Debug)]
enum Atom {
    Gap,
    Start,
    End,
    Word(Vec<(String, bool)>),
}

impl Pattern {
    pub(crate) fn new(pattern: &str) -> Self {
        let atom = |part: &str| match part {
            "*" => Atom::Gap,
            "^" => Atom::Start,
            "$" => Atom::End,
            word => Atom::Word(
                word.split('|')
                    .map(|w| {
                        w.strip_suffix('~')
                            .map_or_else(|| (w.to_owned(), false), |w| (w.to_owned(), true))
                    })
                    .collect(),
            ),
        };
        Self(pattern.split_whitespace().map(atom).collect())
    }

    /// Where it first matches from token `from` on: the range of tokens.
    pub(crate) fn find(&self, tokens: &[Token], from: usize) -> Option<(usize, usize)> {
        (from..tokens.len()).find_map(|at| matches(&self.0, tokens, at).map(|end| (at, end)))
    }
}

fn matches(atoms: &[Atom], tokens: &[Token], at: usize) -> Option<usize> {
    let Some((first, rest)) = atoms.split_first() else {
        return Some(at);
    };
    match first {
        Atom::Start if at == 0 || tokens.get(at - 1).is_some_and(Token::is_end) => matches(rest, tokens, at),
        Atom::End if tokens.get(at).is_none_or(Token::is_end) => matches(rest, tokens, at),
        Atom::Start | Atom::End => None,
        Atom::Gap => {
            let reach = tokens[at.min(tokens.len())..]
                .iter()
                .take_while(|t| !t.is_end())
                .count()
                .min(GAP_WORDS);
            (0..=reach).find_map(|skip| matches(rest, tokens, at + skip))
        }
        Atom::Word(words) => {
            // `here|now|$`: the end of the sentence is one of the alternatives.
            let ends = words.iter().any(|(w, _)| w == "$") && tokens.get(at).is_none_or(Token::is_end);
            if ends && let Some(end) = matches(rest, tokens, at) {
                return Some(end);
            }
            let token = tokens.get(at)?.text.as_str();
            let hit = words
                .iter()
                .any(|(w, prefix)| if *prefix { token.starts_with(w) } else { token == w });
            if hit { matches(rest, tokens, at + 1) } else { None }
        }
    }
}

/// Whether any of `patterns` is in `tokens`.
pub(crate) fn any(patterns: &[Pattern], tokens: &[Token]) -> bool {
    patterns.iter().any(|p| p.find(tokens, 0).is_some())
}

/// The sentences of `tokens`, without their ends.
pub(crate) fn sentences(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    tokens.split(Token::is_end).filter(|s| !s.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Pattern, any, plain, same_key, stem, tokens};

    #[test]
    fn contractions_are_spelt_out_and_sentences_end() {
        assert_eq!(
            plain("I don’t know, it's LATE. Can't we?").join(" "),
            "i do not know it is late can not we"
        );
        let ends = tokens("Really? Yes... at 9:30, 2.5 hours!")
            .iter()
            .filter(|t| t.is_end())
            .count();
        assert_eq!(ends, 3);
    }

    #[test]
    fn a_clause_begins_after_a_comma_and_not_inside_a_word_or_at_a_sentence() {
        let opens = |text: &str| -> Vec<String> {
            let all = tokens(text).into_iter();
            all.filter(|t| t.opens_clause).map(|t| t.text).collect()
        };
        assert_eq!(
            opens("Well, it's fine - (mostly) for part-time staff, . Really"),
            ["it", "mostly", "for"]
        );
    }

    #[test]
    fn patterns_know_gaps_stems_and_ends() {
        let hit = |p: &str, t: &str| any(&[Pattern::new(p)], &tokens(t));
        assert!(hit("rather not * say", "I would rather not really say that"));
        assert!(
            !hit("rather not * say", "rather not. I said, say"),
            "a gap stays in its sentence"
        );
        assert!(hit("harass~", "he harassed me"));
        assert!(hit("want to stop $", "I want to stop. Thanks"));
        assert!(!hit("want to stop $", "I want to stop smoking"));
        assert!(hit("^ no|nope", "Well. Nope"));
    }

    #[test]
    fn stems_bring_forms_together() {
        assert_eq!(stem("meetings"), stem("meeting"));
        assert_eq!(stem("planned"), stem("planning"));
        assert_eq!(same_key("What happened,  then?"), same_key("what happened then"));
    }
}

//! An answer cut into statements: sentences, and the parts of long or two-sided ones.

use super::tone::lists;
use crate::planner::words::{self, Token};
use crate::planner::{english, is_request};

/// Content words that a part must hold to stand by itself.
const PART_MIN_WORDS: usize = 2;
/// Content words of the longest sentence that is taken to say nothing.
const NOTHING_MAX_WORDS: usize = 4;
/// Tokens from which on a sentence is cut at "and" too: spoken sentences run on.
const LONG_TOKENS: usize = 22;
/// Content words on either side of such an "and".
const LONG_PART_MIN_WORDS: usize = 4;

/// A part of an answer that says something.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    /// Bytes of the answer.
    pub(super) from: usize,
    pub(super) to: usize,
    /// Its words, hesitations left out.
    pub(super) tokens: Vec<Token>,
}

impl Clause {
    /// The words as they are placed by meaning: lower case, contractions spelt out.
    pub(super) fn plain(&self) -> String {
        let words: Vec<&str> = self.tokens.iter().map(|t| t.text.as_str()).collect();
        words.join(" ")
    }
}

/// Cuts `text`. What is said to the interviewer ("let me think", "can we go on?") is left out, and so is what has no content.
pub(super) fn clauses(text: &str) -> Vec<Clause> {
    let tokens = words::tokens(text);
    let mut out = Vec::new();
    for sentence in tokens.split_inclusive(Token::is_end) {
        let (end, said) = match sentence.split_last() {
            Some((end, said)) if end.is_end() => (Some(end), said),
            _ => (None, sentence),
        };
        let asks = end.is_some_and(|end| end.text == words::ASK);
        if said.is_empty() || is_request(sentence, asks) || says_nothing(said) {
            continue;
        }
        let parts = cut(said);
        let last = parts.len().saturating_sub(1);
        for (n, part) in parts.into_iter().enumerate() {
            let part = without_opening(part);
            let (Some(first), Some(final_)) = (part.first(), part.last()) else {
                continue;
            };
            // A sentence's own end belongs to its words, as a reader expects of a quote.
            let to = end
                .filter(|end| n == last && end.from == final_.to)
                .map_or(final_.to, |end| end.to);
            let tokens = without_hesitations(part);
            if words::content_words(&tokens, &english().function_words)
                .next()
                .is_none()
            {
                continue;
            }
            out.push(Clause {
                from: first.from,
                to,
                tokens,
            });
        }
    }
    out
}

/// Whether a short sentence only fills the time.
fn says_nothing(sentence: &[Token]) -> bool {
    let content = words::content_words(sentence, &english().function_words).count();
    content <= NOTHING_MAX_WORDS && words::any(&lists().nothing.0, without_opening(sentence))
}

/// The parts of a sentence: at "but" and its like, and where a long one goes on with "and we".
fn cut(sentence: &[Token]) -> Vec<&[Token]> {
    let lists = lists();
    let content = |part: &[Token]| words::content_words(part, &english().function_words).count();
    let mut parts = Vec::new();
    let mut from = 0;
    for at in 1..sentence.len() {
        let (before, after) = (&sentence[from..at], &sentence[at..]);
        let word = sentence[at].text.as_str();
        // Both parts of a spelt-out contraction have one place in the text.
        if sentence[at].from == sentence[at - 1].from {
            continue;
        }
        let contrast = lists.contrast.contains(word) || (sentence[at].opens_clause && lists.turn.contains(word));
        let next = sentence.get(at + 1).map_or("", |t| t.text.as_str());
        let goes_on = lists.goes_on.contains(word) && lists.subjects.contains(next);
        let both = |least: usize| content(before) >= least && content(after) >= least;
        // Whoever makes a pause before "and we" begins something new.
        let cuts = (contrast && both(PART_MIN_WORDS))
            || (goes_on && word == "and" && sentence[at].opens_clause && both(PART_MIN_WORDS))
            || (goes_on && sentence.len() >= LONG_TOKENS && both(LONG_PART_MIN_WORDS));
        if cuts {
            parts.push(before);
            from = at;
        }
    }
    parts.push(&sentence[from..]);
    parts
}

/// Leaves out what stands before the matter: "Well, um, honestly, but".
fn without_opening(mut part: &[Token]) -> &[Token] {
    let lists = lists();
    while let Some((first, rest)) = part.split_first() {
        let word = first.text.as_str();
        let phrase = lists.opening_phrases.iter().find(|phrase| {
            phrase.len() <= part.len() && phrase.iter().zip(part).all(|(word, token)| *word == token.text)
        });
        // "No, the pay is fine" answers us; "no training at all" is the matter.
        let answers = matches!(word, "no" | "yes" | "right") && rest.first().is_some_and(|next| next.opens_clause);
        if let Some(phrase) = phrase {
            part = &part[phrase.len()..];
        } else if lists.openings.contains(word) || answers {
            part = rest;
        } else {
            break;
        }
    }
    part
}

/// The words that are meant, for whoever reads them by rules.
fn without_hesitations(part: &[Token]) -> Vec<Token> {
    let lists = lists();
    let mut out: Vec<Token> = Vec::with_capacity(part.len());
    let mut at = 0;
    while at < part.len() {
        let phrase = lists.hesitation_phrases.iter().find(|phrase| {
            phrase.len() <= part.len() - at && phrase.iter().zip(&part[at..]).all(|(word, token)| *word == token.text)
        });
        if let Some(phrase) = phrase.filter(|_| part[at].opens_clause) {
            at += phrase.len();
        } else {
            if !lists.hesitations.contains(&part[at].text) {
                out.push(part[at].clone());
            }
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::clauses;

    fn cut(text: &str) -> Vec<&str> {
        clauses(text).iter().map(|c| &text[c.from..c.to]).collect()
    }

    #[test]
    fn sentences_are_cut_at_a_contrast_and_keep_their_end() {
        assert_eq!(
            cut("Well, um, the pay is fair, but my manager never listens. Honestly, it wears me down!"),
            ["the pay is fair", "my manager never listens.", "it wears me down!"]
        );
        assert_eq!(
            cut("Although the team is great, I am tired"),
            ["Although the team is great, I am tired"]
        );
        assert_eq!(
            cut("The food is really good, though the queue is always long."),
            ["The food is really good", "the queue is always long."]
        );
    }

    #[test]
    fn a_sentence_that_runs_on_is_cut_where_somebody_goes_on() {
        let long = "we lost two colleagues in the spring and nobody was hired and I do all of their customers beside my own every week";
        assert_eq!(
            cut(long),
            [
                "we lost two colleagues in the spring",
                "nobody was hired and I do all of their customers beside my own every week"
            ]
        );
        assert_eq!(cut("We talked and we laughed a lot.").len(), 1);
        assert_eq!(
            cut("The scanner is ancient, and I take the tram to work"),
            ["The scanner is ancient", "I take the tram to work"]
        );
    }

    #[test]
    fn what_is_said_to_us_or_says_nothing_is_left_out() {
        assert_eq!(
            cut("Let me think. Can you repeat the question? My boss listens. I don't know. No."),
            ["My boss listens."]
        );
        assert_eq!(
            cut("No, the roster changes daily. No training at all."),
            ["the roster changes daily.", "No training at all."]
        );
    }

    #[test]
    fn hesitations_stay_in_the_quote_and_not_in_what_is_read() {
        let said = "The roster, you know, comes um too late.";
        let clause = &clauses(said)[0];
        assert_eq!(&said[clause.from..clause.to], said);
        assert_eq!(clause.plain(), "the roster comes too late");
    }
}

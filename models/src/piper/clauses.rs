//! Cuts a text into clauses, whose marks espeak-ng would lose, and groups them into breaths, each of which is spoken as one.

/// A sentence of more words than this has its first clause spoken alone, so that its sound comes earlier.
const LONG_SENTENCE_WORDS: usize = 8;

/// A first clause of fewer words ("Well,") would sound torn off alone.
const FIRST_BREATH_WORDS: usize = 3;

/// A breath never has more letters: the time to the first sound grows with its length.
const LONGEST_BREATH: usize = 240;

/// Words after which a full stop ends nothing.
const ABBREVIATIONS: [&str; 14] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "e.g", "i.e", "etc", "approx", "no",
];

/// What ends a clause, as the voice knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mark {
    Comma,
    Semicolon,
    Colon,
    Stop,
    Question,
    Exclamation,
}

impl Mark {
    /// As the voice's phoneme map writes it.
    pub(super) fn symbol(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Colon => ':',
            Self::Stop => '.',
            Self::Question => '?',
            Self::Exclamation => '!',
        }
    }

    /// Whether a pause follows it.
    pub(super) fn ends_sentence(self) -> bool {
        matches!(self, Self::Stop | Self::Question | Self::Exclamation)
    }

    fn of(c: char) -> Option<Self> {
        Some(match c {
            ',' | '—' | '–' => Self::Comma,
            ';' => Self::Semicolon,
            ':' => Self::Colon,
            '.' | '…' | '\n' => Self::Stop,
            '?' => Self::Question,
            '!' => Self::Exclamation,
            _ => return None,
        })
    }
}

/// Words up to a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    /// Letters, digits, and the few signs within words; no line breaks, nothing that espeak-ng takes for a command.
    pub(super) words: String,
    pub(super) mark: Mark,
}

/// The clauses of `text` in order, grouped by what is spoken as one.
pub(super) fn breaths(text: &str) -> Vec<Vec<Clause>> {
    let mut breaths: Vec<Vec<Clause>> = Vec::new();
    let mut sentence: Vec<Clause> = Vec::new();
    for clause in clauses(text) {
        let ends = clause.mark.ends_sentence();
        sentence.push(clause);
        if ends {
            divide(std::mem::take(&mut sentence), &mut breaths);
        }
    }
    divide(sentence, &mut breaths);
    breaths
}

/// Adds a sentence as one breath, or as a few if it is long.
fn divide(sentence: Vec<Clause>, breaths: &mut Vec<Vec<Clause>>) {
    let count = |clause: &Clause| clause.words.split_whitespace().count();
    let long = sentence.iter().map(count).sum::<usize>() > LONG_SENTENCE_WORDS;
    let opens = breaths.is_empty() && long && sentence.first().is_some_and(|first| count(first) >= FIRST_BREATH_WORDS);
    let mut breath = Vec::new();
    let mut letters = 0;
    for (n, clause) in sentence.into_iter().enumerate() {
        if !breath.is_empty() && ((n == 1 && opens) || letters + clause.words.len() > LONGEST_BREATH) {
            breaths.push(std::mem::take(&mut breath));
            letters = 0;
        }
        letters += clause.words.len();
        breath.push(clause);
    }
    if !breath.is_empty() {
        breaths.push(breath);
    }
}

fn clauses(text: &str) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    let mut words = String::new();
    let mut chars = text.trim().chars().peekable();
    while let Some(c) = chars.next() {
        let at_edge = chars
            .peek()
            .is_none_or(|next| next.is_whitespace() || closes_quote(*next) || Mark::of(*next).is_some());
        let mark = Mark::of(c).filter(|_| at_edge || matches!(c, '—' | '\n' | '…'));
        let mark = mark.or_else(|| (c == '-' && at_edge && words.ends_with(' ')).then_some(Mark::Comma));
        match mark {
            Some(Mark::Stop) if c == '.' && is_abbreviation(&words) && chars.peek().is_some() => words.push(c),
            Some(mark) => close(&mut words, mark, &mut clauses),
            None => words.push(if speakable(c) { c } else { ' ' }),
        }
    }
    close(&mut words, Mark::Stop, &mut clauses);
    clauses
}

/// Ends a clause; a mark after a mark strengthens it ("?!", "...").
fn close(words: &mut String, mark: Mark, clauses: &mut Vec<Clause>) {
    let taken = std::mem::take(words);
    let clean = taken.split_whitespace().collect::<Vec<_>>().join(" ");
    if clean.chars().any(char::is_alphanumeric) {
        clauses.push(Clause { words: clean, mark });
    } else if let Some(last) = clauses.last_mut() {
        let stronger = mark.ends_sentence() && !last.mark.ends_sentence();
        // Trailing whitespace closes with a stop that nobody wrote.
        if stronger {
            last.mark = mark;
        }
    }
}

fn closes_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | ')' | ']')
}

/// What espeak-ng may see: brackets and angles would be read as phonemes or markup.
fn speakable(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(
            c,
            ' ' | '\'' | '’' | '-' | '.' | ',' | ':' | '%' | '&' | '+' | '/' | '$' | '€' | '£' | '@'
        )
}

fn is_abbreviation(words: &str) -> bool {
    let last = words.rsplit(' ').next().unwrap_or_default().to_lowercase();
    // "J." and "U.S.", but not the "I" that ends a sentence.
    let initials = last != "i"
        && last
            .split('.')
            .all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic));
    ABBREVIATIONS.contains(&last.as_str()) || initials
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let shown = |breath: &Vec<Clause>| {
            let clauses = breath
                .iter()
                .map(|clause| format!("{}{}", clause.words, clause.mark.symbol()));
            clauses.collect::<Vec<_>>().join(" ")
        };
        breaths(text).iter().map(shown).collect()
    }

    #[test]
    fn a_sentence_is_a_breath_and_its_marks_are_kept() {
        assert_eq!(
            shown("Thank you. What, then, would help?"),
            ["Thank you.", "What, then, would help?"]
        );
    }

    #[test]
    fn the_first_clause_of_a_long_first_sentence_is_spoken_alone() {
        let text = "You said the hours were long, so what would have to change for you?";
        assert_eq!(
            shown(text),
            ["You said the hours were long,", "so what would have to change for you?"]
        );
        let text = "Well, tell me about the last time that this happened to you.";
        assert_eq!(
            shown(text),
            ["Well, tell me about the last time that this happened to you."]
        );
    }

    #[test]
    fn stops_within_words_and_after_abbreviations_end_nothing() {
        assert_eq!(
            shown("Dr. Lee led 3.5 teams of the U.S. office."),
            ["Dr. Lee led 3.5 teams of the U.S. office."]
        );
    }

    #[test]
    fn what_espeak_would_take_for_a_command_is_left_out() {
        assert_eq!(shown("Hello [[h@'l]] <break/> there"), ["Hello h@'l break/ there."]);
        assert!(shown(" ... \n—").is_empty());
    }

    #[test]
    fn quotes_and_doubled_marks_end_a_clause_once() {
        assert_eq!(
            shown("You said \u{201c}too much.\u{201d} Really?! Wait..."),
            ["You said too much.", "Really?", "Wait."]
        );
    }
}

//! Finds the loops that a decoder of speech can fall into: the same words again, up to the end.

/// The end of a text that says the same again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Repetition {
    /// Index of the word after the first round.
    pub(super) first_round_ends: usize,
    /// Whether nobody speaks like that. Otherwise it may have been said, and a second opinion is due.
    pub(super) is_certain: bool,
}

/// The repetition that `words` end in, if it is suspicious: people do repeat themselves, the more the shorter the words.
pub(super) fn repetition(words: &[&str]) -> Option<Repetition> {
    let words: Vec<String> = words.iter().map(|word| bare(word)).collect();
    (1..=words.len() / 2).find_map(|len| {
        let same = |at: usize| words[at] == words[at + len];
        let repeated = (0..words.len() - len).rev().take_while(|at| same(*at)).count();
        let rounds = 1 + repeated / len;
        let (suspicious, certain) = match len {
            1 => (4, 5),
            2 => (3, 4),
            3 => (2, 4),
            _ => (2, 3),
        };
        let found = Repetition {
            first_round_ends: words.len() - repeated,
            is_certain: rounds >= certain,
        };
        (rounds >= suspicious).then_some(found)
    })
}

fn bare(word: &str) -> String {
    word.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(String, bool)> {
        let words: Vec<&str> = text.split(' ').collect();
        repetition(&words).map(|found| (words[..found.first_round_ends].join(" "), found.is_certain))
    }

    #[test]
    fn a_loop_ends_after_its_first_round() {
        let text = "so I left. I was tired of it I was tired of it I was tired of it I was tired";
        assert_eq!(found(text).unwrap(), ("so I left. I was tired of it".into(), true));
        assert_eq!(found("well well, well well WELL well").unwrap(), ("well".into(), true));
    }

    #[test]
    fn a_sentence_said_twice_is_doubtful() {
        let text = "Can I get a house coffee? Can I get a house coffee?";
        assert_eq!(found(text).unwrap(), ("Can I get a house coffee?".into(), false));
    }

    #[test]
    fn what_people_repeat_is_not() {
        assert_eq!(found("no no no"), None);
        assert_eq!(found("it was very hard, very hard"), None);
        assert_eq!(found("I said no, I said no, and then I left"), None);
    }

    #[test]
    fn a_loop_that_ended_is_left_alone() {
        assert_eq!(found("ha ha ha ha ha ha and then he left"), None);
    }
}

//! Finds the loops that a decoder of speech can fall into: the same words again and again to the end.

/// Longest phrase that is looked for, in words.
const LONGEST: usize = 12;

/// Where a loop starts that goes on to the end: the index after its first round, from which on `words` say nothing new.
/// People do repeat themselves, the more the shorter the words: a single word five times or a pair four times is a loop.
pub(super) fn loop_after(words: &[&str]) -> Option<usize> {
    let words: Vec<String> = words.iter().map(|word| bare(word)).collect();
    (1..=LONGEST.min(words.len() / 2)).find_map(|len| {
        let same = |at: usize| words[at] == words[at + len];
        let repeated = (0..words.len() - len).rev().take_while(|at| same(*at)).count();
        let rounds = 1 + repeated / len;
        let suspicious = match len {
            1 => 5,
            2 | 3 => 4,
            _ => 3,
        };
        (rounds >= suspicious).then(|| words.len() - repeated)
    })
}

fn bare(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Option<String> {
        let words: Vec<&str> = text.split(' ').collect();
        loop_after(&words).map(|at| words[..at].join(" "))
    }

    #[test]
    fn a_loop_is_cut_after_its_first_round() {
        let text = "so I left. I was tired of it I was tired of it I was tired of it I was tired";
        assert_eq!(cut(text).unwrap(), "so I left. I was tired of it");
        assert_eq!(cut("well well, well well WELL well").unwrap(), "well");
    }

    #[test]
    fn what_people_repeat_is_no_loop() {
        assert_eq!(cut("no no no no"), None);
        assert_eq!(cut("it was very very hard, very very hard"), None);
        assert_eq!(cut("I said no, I said no, and then I left"), None);
    }

    #[test]
    fn a_loop_that_ended_is_left_alone() {
        assert_eq!(cut("ha ha ha ha ha ha and then he left"), None);
    }
}

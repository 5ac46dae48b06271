//! Whether words that were heard while we speak are our own, come back through the room.

/// So many of our last words can be in an echo: what was said within some five seconds.
const RECENT_WORDS: usize = 16;
/// This share of the words that were heard, in our order, makes them ours: a recognizer mishears a word or two of an echo.
const SHARE: f64 = 0.6;
/// Words that begin alike by so many letters count as the same: an echo's endings are blurred.
const STEM_LETTERS: usize = 4;

/// Whether `heard` is what we were just saying; `spoken` is what was heard of it so far. Nothing heard is no echo.
#[must_use]
pub fn is_echo(heard: &str, spoken: &str) -> bool {
    let (heard, spoken) = (words(heard), words(spoken));
    let recent = &spoken[spoken.len().saturating_sub(RECENT_WORDS)..];
    let common = in_order(&heard, recent);
    common > 0 && common as f64 >= SHARE * heard.len() as f64
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn alike(a: &str, b: &str) -> bool {
    let stem = |word: &str| word.chars().take(STEM_LETTERS).collect::<String>();
    a == b || (a.chars().count() >= STEM_LETTERS && stem(a) == stem(b))
}

/// How many words both have in the same order.
fn in_order(a: &[String], b: &[String]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for word in a {
        let mut diagonal = 0;
        for (n, other) in b.iter().enumerate() {
            let above = row[n + 1];
            row[n + 1] = if alike(word, other) {
                diagonal + 1
            } else {
                above.max(row[n])
            };
            diagonal = above;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPOKEN: &str =
        "Thank you for taking the time today. I would like to hear how the last months have been for you";

    #[test]
    fn what_we_just_said_is_an_echo_even_misheard() {
        for heard in [
            "the last months",
            "Last month have been.",
            "how the blast months have been for",
            "been for you.",
        ] {
            assert!(is_echo(heard, SPOKEN), "{heard}");
        }
    }

    #[test]
    fn other_words_are_somebody_elses() {
        for heard in [
            "",
            "Wait, can I ask something?",
            "I have a question first",
            "thank you",
            "stop",
        ] {
            assert!(!is_echo(heard, SPOKEN), "{heard}");
        }
    }

    #[test]
    fn what_we_have_not_said_yet_cannot_come_back() {
        assert!(!is_echo("months", "Thank you for taking the time"));
        assert!(!is_echo("months", ""));
    }
}

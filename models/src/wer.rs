//! English text brought to one spelling, as Whisper's normaliser does it, and errors counted in words.

/// Fillers, which the one writes down and the other does not.
const FILLERS: [&str; 10] = ["uh", "um", "umm", "mm", "mmm", "hmm", "mhm", "er", "erm", "ah"];

const SPELLINGS: [(&str, &str); 24] = [
    ("mr", "mister"),
    ("mrs", "missus"),
    ("dr", "doctor"),
    ("st", "saint"),
    ("ok", "okay"),
    ("alright", "all right"),
    ("cannot", "can not"),
    ("gonna", "going to"),
    ("wanna", "want to"),
    ("til", "till"),
    ("colour", "color"),
    ("colours", "colors"),
    ("favour", "favor"),
    ("favourite", "favorite"),
    ("honour", "honor"),
    ("labour", "labor"),
    ("neighbour", "neighbor"),
    ("rigour", "rigor"),
    ("odour", "odor"),
    ("grey", "gray"),
    ("centre", "center"),
    ("theatre", "theater"),
    ("towards", "toward"),
    ("etc", "et cetera"),
];

const ENDINGS: [(&str, &str); 8] = [
    ("n't", " not"),
    ("'re", " are"),
    ("'s", " is"),
    ("'d", " would"),
    ("'ll", " will"),
    ("'ve", " have"),
    ("'m", " am"),
    ("'", ""),
];

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

const ORDINALS: [(&str, &str); 12] = [
    ("first", "1st"),
    ("second", "2nd"),
    ("third", "3rd"),
    ("fourth", "4th"),
    ("fifth", "5th"),
    ("sixth", "6th"),
    ("seventh", "7th"),
    ("eighth", "8th"),
    ("tenth", "10th"),
    ("sixteenth", "16th"),
    ("seventeenth", "17th"),
    ("twentieth", "20th"),
];

/// The words of `text` in one spelling.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase().replace('’', "'");
    let mut clean = String::new();
    let chars: Vec<char> = lower.chars().collect();
    for (n, c) in chars.iter().enumerate() {
        let digit = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
        match c {
            // 1,001 is one number.
            ',' if digit(n.checked_sub(1)) && digit(Some(n + 1)) => {}
            c if c.is_alphanumeric() || *c == '\'' => clean.push(*c),
            _ => clean.push(' '),
        }
    }
    let mut out = String::new();
    for word in clean.split_whitespace().map(|word| word.trim_matches('\'')) {
        let word = match word {
            "won't" => "will not".to_owned(),
            "can't" => "can not".to_owned(),
            "let's" => "let us".to_owned(),
            _ => expanded(word),
        };
        out.push_str(&word);
        out.push(' ');
    }
    let spelled = out
        .split_whitespace()
        .filter(|word| !FILLERS.contains(word))
        .flat_map(spelled);
    numbers(spelled.collect())
}

fn expanded(word: &str) -> String {
    let ending = ENDINGS
        .iter()
        .find_map(|(ending, long)| word.strip_suffix(ending).map(|stem| format!("{stem}{long}")));
    ending.unwrap_or_else(|| word.replace('\'', ""))
}

fn spelled(word: &str) -> Vec<String> {
    if let Some((_, to)) = SPELLINGS.iter().chain(&ORDINALS).find(|(from, _)| *from == word) {
        return to.split(' ').map(str::to_owned).collect();
    }
    // realise, realised, realising, organisation
    for (british, american) in [
        ("ising", "izing"),
        ("ised", "ized"),
        ("ise", "ize"),
        ("isation", "ization"),
    ] {
        let stem = word
            .strip_suffix(british)
            .filter(|stem| ["real", "organ", "recogn", "apolog"].contains(stem));
        if let Some(stem) = stem {
            return vec![format!("{stem}{american}")];
        }
    }
    vec![word.to_owned()]
}

/// Number words as digits: "twenty four" is 24, "two hundred" 200.
fn numbers(words: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut open: Option<u64> = None;
    for word in words {
        let small = SMALL.iter().position(|small| *small == word).map(|n| n as u64);
        let ten = TENS
            .iter()
            .position(|ten| *ten == word && !ten.is_empty())
            .map(|n| 10 * n as u64);
        let scale = [("hundred", 100), ("thousand", 1000), ("million", 1_000_000)];
        let scale = scale.iter().find(|(name, _)| *name == word).map(|(_, by)| *by);
        open = match (open, small, ten, scale) {
            (Some(n), Some(small), _, _) if n % 10 == 0 && small < 10 && n % 100 >= 20 => Some(n + small),
            (Some(n), Some(small), _, _) if n % 100 == 0 && n > 0 => Some(n + small),
            (Some(n), _, Some(ten), _) if n % 100 == 0 && n > 0 => Some(n + ten),
            (Some(n), _, _, Some(by)) => Some(n * by),
            (Some(n), Some(next), _, _) | (Some(n), _, Some(next), _) => {
                out.push(n.to_string());
                Some(next)
            }
            (None, Some(n), _, _) | (None, _, Some(n), _) => Some(n),
            (open, None, None, _) => {
                out.extend(open.map(|n| n.to_string()));
                out.push(word);
                None
            }
        };
    }
    out.extend(open.map(|n| n.to_string()));
    out
}

/// The least count of words put in, left out and replaced that turn `heard` into `said`.
#[must_use]
pub fn errors(said: &[String], heard: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (n, word) in said.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = n + 1;
        for (m, other) in heard.iter().enumerate() {
            let replaced = diagonal + usize::from(word != other);
            diagonal = row[m + 1];
            row[m + 1] = replaced.min(row[m] + 1).min(diagonal + 1);
        }
    }
    row[heard.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) {
        assert_eq!(words(a), words(b));
    }

    #[test]
    fn spellings_meet() {
        same(
            "I'd like a twelve-ounce mocha, Mr. Lee.",
            "i would like a 12 ounce mocha mister lee",
        );
        same(
            "Um, they've only just started realising that.",
            "they have only just started realizing that",
        );
        same("the twentieth time; twenty four of 1,001", "The 20th time 24 of 1001");
        same("one thousand and one", "1000 and 1");
        assert_ne!(words("two shots"), words("three shots"));
    }

    #[test]
    fn errors_are_the_shortest_way() {
        assert_eq!(errors(&words("a b c d"), &words("a x c d e")), 2);
        assert_eq!(errors(&words("a b"), &words("")), 2);
    }
}

//! How well simulated people were heard: words misheard, answers that were taken to be over before they were.

use std::fmt;

use colloquy_models::wer::{errors, words};
use serde::Serialize;

use super::voice::Uttered;

/// Of the words that a synthetic voice says, at most so many are misheard.
const MISHEARD_MAX: f64 = 0.12;
/// Of the answers at most so many are taken inside, as it is aimed at with recorded people.
const TAKEN_MAX: f64 = 0.10;
/// So few things said prove nothing about shares.
const TELLING_MIN: usize = 30;

/// How well people were heard, over all that they said.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Hearing {
    /// Things that were said.
    said: usize,
    /// Their words.
    words: usize,
    /// Words put in, left out and replaced.
    misheard: usize,
    /// Things of which nothing was heard.
    unheard: usize,
    /// Things that were taken to be over while the voice went on.
    taken_inside: usize,
    /// Those into which we spoke.
    talked_over: usize,
    /// How long it all took, in milliseconds of the conversations.
    length_ms: u64,
}

impl Hearing {
    /// Takes an interview of that length in.
    pub(super) fn add(&mut self, uttered: &[Uttered], length_ms: u64) {
        for uttered in uttered {
            let (said, heard) = (words(&uttered.said), words(&uttered.heard));
            self.said += 1;
            self.words += said.len();
            self.misheard += errors(&said, &heard);
            self.unheard += usize::from(heard.is_empty());
            self.taken_inside += usize::from(uttered.taken_inside);
            self.talked_over += usize::from(uttered.talked_over);
        }
        self.length_ms += length_ms;
    }

    /// The targets that were missed.
    pub(super) fn failings(&self) -> Vec<String> {
        let mut out = Vec::new();
        if share(self.misheard, self.words) > MISHEARD_MAX {
            out.push(format!(
                "{} of the words were misheard",
                percent(self.misheard, self.words)
            ));
        }
        if self.said >= TELLING_MIN && share(self.taken_inside, self.said) > TAKEN_MAX {
            out.push(format!(
                "{} of the answers were taken to be over before they were",
                percent(self.taken_inside, self.said)
            ));
        }
        out
    }
}

impl fmt::Display for Hearing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "heard: {} things said in {} minutes; {} of {} words misheard, nothing heard of {};\n\
             taken to be over before they were: {} ({}), and talked into {}",
            self.said,
            self.length_ms / 60_000,
            percent(self.misheard, self.words),
            self.words,
            self.unheard,
            self.taken_inside,
            percent(self.taken_inside, self.said),
            self.talked_over,
        )
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn percent(part: usize, whole: usize) -> String {
    format!("{:.1} %", share(part, whole) * 100.0)
}

/// What was said and heard otherwise, and what was taken too early, each in a line.
pub(super) fn wrong(uttered: &[Uttered]) -> Vec<String> {
    let mut out = Vec::new();
    for uttered in uttered {
        let Uttered { said, heard, at_ms, .. } = uttered;
        let at = at_ms / 1_000;
        let at = format!("{:>3}:{:02}", at / 60, at % 60);
        if words(said) != words(heard) {
            out.push(format!("{at}  said:  {said}\n        heard: {heard}"));
        }
        if uttered.taken_inside {
            let over = if uttered.talked_over { ", and talked into" } else { "" };
            out.push(format!("{at}  taken too early{over}: {said}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_heard_otherwise_and_taken_too_early_is_counted() {
        let uttered = |said: &str, heard: &str, taken_inside| Uttered {
            said: said.to_owned(),
            heard: heard.to_owned(),
            taken_inside,
            ..Uttered::default()
        };
        let mut hearing = Hearing::default();
        let well = uttered("I like the team, mostly.", "I like the team mostly", false);
        hearing.add(&vec![well.clone(); 36], 60_000);
        assert_eq!(hearing.failings(), Vec::<String>::new());
        let cut = uttered("We lost a customer. It was in March.", "We lost a customer", true);
        hearing.add(&vec![cut.clone(); 4], 60_000);
        assert_eq!(
            (hearing.words, hearing.misheard, hearing.taken_inside),
            (36 * 5 + 4 * 8, 16, 4)
        );
        assert_eq!(hearing.failings(), Vec::<String>::new());
        hearing.add(&[cut.clone(), uttered("Hello there", "", false)], 60_000);
        assert_eq!((hearing.unheard, hearing.failings().len()), (1, 1));
        assert!(
            hearing
                .to_string()
                .contains("taken to be over before they were: 5 (11.9 %)"),
            "{hearing}"
        );
        let told = wrong(&[well, cut]);
        assert_eq!(told.len(), 2);
        assert!(told[0].contains("heard: We lost a customer"), "{told:?}");
    }
}

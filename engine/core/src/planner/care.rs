//! Finds by its meaning what calls for care and no list of words has: most of what people disclose they do not name.
//!
//! A sentence is placed in a space of meaning by a model outside ([`Embedder`](crate::ports::Embedder)), and a logistic
//! regression over its place says what it tells of. Its weights are data (`care/head-en.toml`), fitted on written sentences by
//! `cargo run --release -p colloquy-models --example care -- fit`. What the word lists find needs no model; the model may only
//! add to it.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::safety::{self, Words};
use super::words::{self, Token};
use crate::event::Concern;

/// Passages of one answer that are placed: more than anybody says in one turn, and 0.5 s of work.
const PASSAGES_MAX: usize = 48;
/// Fewer words than this tell nothing by themselves.
const WORDS_MIN: usize = 3;
/// A sentence that runs on, as speech does, is cut into pieces of at most so many words: what is told in one breath among
/// much else would drown in the mean.
const WORDS_MAX: usize = 28;

/// A logistic regression over the space of meaning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// From this probability on care is taken.
    pub threshold: f32,
    /// What a passage may tell of, or not.
    pub classes: Vec<Class>,
}

/// One thing that a passage may tell of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// What it calls for; `None` for nothing.
    pub concern: Option<Concern>,
    /// What it weighs before anything is known.
    pub bias: f32,
    /// What it weighs for each dimension of the space.
    pub weights: Vec<f32>,
}

impl Class {
    fn logit(&self, place: &[f32]) -> f32 {
        self.bias + self.weights.iter().zip(place).map(|(w, x)| w * x).sum::<f32>()
    }
}

impl Head {
    /// The one that comes with the program, fitted for MiniLM-L6-v2 and English.
    #[must_use]
    pub fn english() -> &'static Self {
        static HEAD: LazyLock<Head> =
            LazyLock::new(|| toml::from_str(include_str!("care/head-en.toml")).expect("the built-in head is tested"));
        &HEAD
    }

    /// Probability in [0, 1] that a passage in this place calls for care, and what for if it does. `place`: a unit vector.
    #[must_use]
    pub fn judge(&self, place: &[f32]) -> (f32, Option<Concern>) {
        let logits: Vec<f32> = self.classes.iter().map(|class| class.logit(place)).collect();
        let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let (mut all, mut cares) = (0.0, 0.0);
        let mut nearest = (f32::NEG_INFINITY, None);
        for (class, logit) in self.classes.iter().zip(logits) {
            let part = (logit - most).exp();
            all += part;
            if class.concern.is_some() {
                cares += part;
                if logit > nearest.0 {
                    nearest = (logit, class.concern);
                }
            }
        }
        (if all > 0.0 { cares / all } else { 0.0 }, nearest.1)
    }

    /// What a passage in this place calls for, if it does.
    #[must_use]
    pub fn concern(&self, place: &[f32]) -> Option<Concern> {
        // A place in another space tells nothing.
        if self.classes.iter().any(|class| class.weights.len() != place.len()) {
            return None;
        }
        let (probability, concern) = self.judge(place);
        concern.filter(|_| probability >= self.threshold)
    }
}

/// What the words of `text` call for, by lists.
#[must_use]
pub fn in_words(text: &str) -> Option<Concern> {
    safety::concern(&words::tokens(text))
}

/// The passages of an answer that are worth placing, in order: its sentences, but for those whose words say enough already,
/// because they name what they tell, or deny it.
#[must_use]
pub fn passages(text: &str) -> Vec<&str> {
    let tokens = words::tokens(text);
    let mut found = Vec::new();
    for sentence in words::sentences(&tokens) {
        if sentence.iter().filter(|token| !token.is_end()).count() < WORDS_MIN
            || safety::read(sentence) != Words::Silent
        {
            continue;
        }
        let pieces = sentence.len().div_ceil(WORDS_MAX).max(1);
        for piece in sentence.chunks(sentence.len().div_ceil(pieces)) {
            found.extend(slice(text, piece));
        }
    }
    found.truncate(PASSAGES_MAX);
    found
}

fn slice<'a>(text: &'a str, tokens: &[Token]) -> Option<&'a str> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    Some(text.get(first.from..last.to)?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_are_sentences_that_the_words_say_nothing_of() {
        let text = "Well. The team is nice. He harassed me. I was never bullied here! I count my pills at night";
        assert_eq!(passages(text), ["The team is nice", "I count my pills at night"]);
    }

    #[test]
    fn what_runs_on_is_cut_where_nothing_is_lost() {
        let text = "and then we went on to the next thing ".repeat(10);
        let pieces = passages(&text);
        assert_eq!(pieces.len(), 4);
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(
            pieces.iter().flat_map(|piece| words(piece)).collect::<Vec<_>>(),
            words(&text)
        );
        assert!(passages(&"It is as it is. ".repeat(200)).len() <= PASSAGES_MAX);
    }

    #[test]
    fn the_nearest_concern_is_found_from_the_threshold_on() {
        let of = |concern, x: f32, y: f32| Class {
            concern,
            bias: 0.0,
            weights: vec![x, y],
        };
        let head = Head {
            threshold: 0.9,
            classes: vec![
                of(None, 0.0, 0.0),
                of(Some(Concern::SelfHarm), 8.0, -8.0),
                of(Some(Concern::Violence), -8.0, 8.0),
            ],
        };
        assert_eq!(head.concern(&[1.0, 0.0]), Some(Concern::SelfHarm));
        assert_eq!(head.concern(&[0.0, 1.0]), Some(Concern::Violence));
        assert_eq!(head.concern(&[0.1, 0.0]), None);
        assert_eq!(head.concern(&[1.0, 0.0, 0.0]), None, "out of another space");
        assert!((head.judge(&[0.0, 0.0]).0 - 2.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn the_head_that_comes_with_the_program_is_whole() {
        let head = Head::english();
        assert!(head.threshold > 0.5 && head.threshold < 1.0);
        assert_eq!(head.classes.len(), 6);
        assert_eq!(head.classes.iter().filter(|class| class.concern.is_none()).count(), 1);
        assert!(head.classes.iter().all(|class| class.weights.len() == 384));
        assert_eq!(head.concern(&[0.0; 384]), None);
    }
}

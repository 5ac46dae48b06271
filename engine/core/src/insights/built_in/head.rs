//! What a statement speaks of, by where it stands in meaning: a logistic regression whose weights are data (`head-en.toml`), fitted
//! on the written sentences of `examples*-en.toml` by `cargo run --release -p colloquy-models --example insights -- fit`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::super::{Signal, Signalled, Stance};
use crate::planner::words::{Token, tokens};

/// What people speak of that is no signal. Most come up in every workplace; a theme of them needs no label of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// Meetings and calls.
    Meetings,
    /// Where the car stands.
    Parking,
    /// How loud it is.
    Noise,
    /// What there is to eat.
    Food,
    /// Forms, signatures, decisions that wait for them.
    Approvals,
    /// What one shift or predecessor tells the next.
    Handover,
    /// Departments that work beside each other.
    Silos,
    /// Those for whom the work is done: customers, patients, pupils.
    Customers,
    /// The tasks themselves.
    Work,
    /// Anything else: it is told from talk that says nothing, and found by its likeness to what others say.
    Other,
}

/// What a statement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// A signal.
    Signal(Signal),
    /// Something else.
    Matter(Matter),
}

/// What a statement is about, and on which side it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Speaks {
    /// What about.
    pub about: About,
    /// On which side.
    pub stance: Stance,
}

impl Speaks {
    /// The signal with its side, where it is one.
    #[must_use]
    pub fn signalled(self) -> Option<Signalled> {
        match self.about {
            About::Signal(signal) => Some(Signalled {
                signal,
                stance: self.stance,
            }),
            About::Matter(_) => None,
        }
    }
}

/// A logistic regression over the space of meaning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Words, and pairs of words with an underscore between them, whose presence is a feature each, after those of the place.
    pub words: Vec<String>,
    /// Whether a statement speaks of its matter as good, whatever the matter is: learned from all matters together, because the
    /// sentences of one are too few to tell its sides apart.
    pub side: Side,
    /// What a statement may speak of, or not.
    pub classes: Vec<Class>,
}

/// A logistic regression of one side against the other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// What a strength weighs before anything is known.
    pub bias: f32,
    /// What it weighs for each feature.
    pub weights: Vec<f32>,
}

/// What the side as learned from all matters weighs beside the side as learned from the matter's own sentences.
const SIDE_WEIGHS: f32 = 0.8;

/// What all words of a statement weigh together beside its place, which has length one.
const WORDS_WEIGH: f32 = 0.8;

/// The words and pairs of words of a text, each once, as [`Head::words`] has them.
#[must_use]
pub fn grams(text: &str) -> BTreeSet<String> {
    grams_of(&tokens(text))
}

pub(super) fn grams_of(words: &[Token]) -> BTreeSet<String> {
    let words: Vec<&str> = words.iter().filter(|t| !t.is_end()).map(|t| t.text.as_str()).collect();
    let pairs = words.windows(2).map(|pair| format!("{}_{}", pair[0], pair[1]));
    words.iter().map(|word| (*word).to_owned()).chain(pairs).collect()
}

/// One thing that a statement may speak of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// A signal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<Signal>,
    /// or something else,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<Matter>,
    /// and its side; none of the three is talk that says nothing of how work is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stance: Option<Stance>,
    /// Its share of the sentences that it was learned from.
    pub share: f32,
    /// What it weighs before anything is known.
    pub bias: f32,
    /// What it weighs for each feature.
    pub weights: Vec<f32>,
}

impl Class {
    /// The class of what `speaks`.
    #[must_use]
    pub fn of(speaks: Option<Speaks>, share: f32, bias: f32, weights: Vec<f32>) -> Self {
        let about = speaks.map(|speaks| speaks.about);
        Self {
            signal: about.and_then(|about| match about {
                About::Signal(signal) => Some(signal),
                About::Matter(_) => None,
            }),
            matter: about.and_then(|about| match about {
                About::Matter(matter) => Some(matter),
                About::Signal(_) => None,
            }),
            stance: speaks.map(|speaks| speaks.stance),
            share,
            bias,
            weights,
        }
    }

    /// What it is; `None` for nothing.
    #[must_use]
    pub fn speaks(&self) -> Option<Speaks> {
        let about = match (self.signal, self.matter) {
            (Some(signal), _) => About::Signal(signal),
            (None, Some(matter)) => About::Matter(matter),
            (None, None) => return None,
        };
        Some(Speaks {
            about,
            stance: self.stance?,
        })
    }
}

impl Head {
    /// The one that comes with the program, fitted for MiniLM-L6-v2 and English.
    #[must_use]
    pub fn english() -> &'static Self {
        static HEAD: LazyLock<Head> =
            LazyLock::new(|| toml::from_str(include_str!("head-en.toml")).expect("the built-in head is tested"));
        &HEAD
    }

    /// The features of `words` that stand at `place` (a unit vector).
    #[must_use]
    pub fn features(&self, words: &str, place: &[f32]) -> Vec<f32> {
        self.read(&tokens(words), place)
    }

    pub(super) fn read(&self, words: &[Token], place: &[f32]) -> Vec<f32> {
        let said = grams_of(words);
        let many = self.words.iter().filter(|word| said.contains(*word)).count();
        let each = WORDS_WEIGH / (many.max(1) as f32).sqrt();
        let own = self
            .words
            .iter()
            .map(|word| if said.contains(word) { each } else { 0.0 });
        place.iter().copied().chain(own).collect()
    }

    /// The probability of each class, in their order; nothing where the features are of another space.
    #[must_use]
    pub fn judge(&self, features: &[f32]) -> Vec<f32> {
        let fits = |weights: &[f32]| weights.len() == features.len();
        if !fits(&self.side.weights) || !self.classes.iter().all(|class| fits(&class.weights)) {
            return Vec::new();
        }
        let mut parts: Vec<f32> = self
            .classes
            .iter()
            .map(|class| class.bias + dot(&class.weights, features))
            .collect();
        let most = parts.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        parts.iter_mut().for_each(|part| *part = (*part - most).exp());
        let all: f32 = parts.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        parts.iter_mut().for_each(|part| *part /= all);
        let leans = SIDE_WEIGHS * (self.side.bias + dot(&self.side.weights, features));
        self.lean(&mut parts, leans);
        parts
    }

    /// Moves what each matter has in all to the side to which `leans` (in logits, above 0 to the strengths).
    fn lean(&self, parts: &mut [f32], leans: f32) {
        for (n, class) in self.classes.iter().enumerate() {
            let Some(speaks) = class.speaks().filter(|speaks| speaks.stance == Stance::Strain) else {
                continue;
            };
            let opposite = Speaks {
                stance: Stance::Strength,
                ..speaks
            };
            if let Some(m) = self.classes.iter().position(|class| class.speaks() == Some(opposite)) {
                let (strain, strength) = (parts[n], parts[m] * leans.exp());
                let share = strength / (strain + strength).max(f32::MIN_POSITIVE);
                let both = parts[n] + parts[m];
                parts[m] = both * share;
                parts[n] = both - parts[m];
            }
        }
    }
}

/// Eight sums side by side, which the compiler makes one instruction of.
pub(in crate::insights) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (mut eights, mut others) = (a.chunks_exact(8), b.chunks_exact(8));
    for (x, y) in (&mut eights).zip(&mut others) {
        for n in 0..8 {
            sums[n] += x[n] * y[n];
        }
    }
    let rest: f32 = eights
        .remainder()
        .iter()
        .zip(others.remainder())
        .map(|(x, y)| x * y)
        .sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::{About, Class, Head, Matter, Side, Speaks};
    use crate::insights::{Signal, Stance};

    #[test]
    fn sides_are_moved_within_a_matter_and_nothing_else_is() {
        let class = |stance, x: f32| {
            let about = About::Signal(Signal::Pay);
            Class::of(Some(Speaks { about, stance }), 0.3, 0.0, vec![x, 0.0])
        };
        let other = Speaks {
            about: About::Matter(Matter::Parking),
            stance: Stance::Strain,
        };
        let mut head = Head {
            words: vec!["good".to_owned()],
            side: Side {
                bias: 0.0,
                weights: vec![0.0, 0.0],
            },
            classes: vec![
                class(Stance::Strain, 1.0),
                class(Stance::Strength, 1.0),
                Class::of(Some(other), 0.3, 0.0, vec![0.0, 0.0]),
                Class::of(None, 0.1, 0.0, vec![0.0, 0.0]),
            ],
        };
        let features = head.features("the pay is good", &[1.0]);
        let even = head.judge(&features);
        assert!((even[0] - even[1]).abs() < 1e-6 && even[0] > even[2]);
        head.side.weights[1] = 3.0;
        let leant = head.judge(&features);
        assert!(leant[1] > 3.0 * leant[0], "{leant:?}");
        assert!((leant[0] + leant[1] - even[0] - even[1]).abs() < 1e-6);
        assert_eq!(leant[2..], even[2..]);
        assert!(head.judge(&[1.0]).is_empty(), "of another space");
    }

    #[test]
    fn the_head_that_comes_with_the_program_is_whole() {
        let head = Head::english();
        let width = 384 + head.words.len();
        assert_eq!(head.side.weights.len(), width);
        assert!(head.classes.iter().all(|class| class.weights.len() == width));
        assert_eq!(head.classes.iter().filter(|class| class.speaks().is_none()).count(), 1);
        for signal in Signal::ALL {
            for stance in [Stance::Strain, Stance::Strength] {
                let about = About::Signal(signal);
                let speaks = Some(Speaks { about, stance });
                assert_eq!(head.classes.iter().filter(|c| c.speaks() == speaks).count(), 1);
            }
        }
        let shares: f32 = head.classes.iter().map(|class| class.share).sum();
        assert!((shares - 1.0).abs() < 0.01, "{shares}");
    }
}

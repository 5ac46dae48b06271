//! Multinomial logistic regression with a quadratic penalty, by Nesterov's accelerated gradient: no randomness, so that the same
//! sentences give the same weights.

use colloquy_core::event::Concern;
use colloquy_core::planner::care::{Class, Head};

/// What a sentence may tell of, nothing first.
pub(crate) const CLASSES: [Option<Concern>; 6] = [
    None,
    Some(Concern::SelfHarm),
    Some(Concern::Emergency),
    Some(Concern::Violence),
    Some(Concern::Harassment),
    Some(Concern::Distress),
];
/// Weight of the penalty: what cross-validation finds best of 0.0003 to 0.008, where little depends on it.
const PENALTY: f32 = 1e-3;
/// The gradient of places of length one is at most half as steep, with room for the penalty.
const STEP: f32 = 4.0;
/// After which nothing changes any more.
const STEPS: usize = 400;

/// Weights of each class.
pub(crate) struct Regression {
    bias: [f32; CLASSES.len()],
    weights: Vec<[f32; CLASSES.len()]>,
}

impl Regression {
    /// Fits `classes` (indices into [`CLASSES`]) of the `places` that `of` names.
    pub(crate) fn fit(places: &[Vec<f32>], classes: &[usize], of: &[usize]) -> Self {
        let nothing = || Self {
            bias: [0.0; CLASSES.len()],
            weights: vec![[0.0; CLASSES.len()]; places[0].len()],
        };
        let (mut ahead, mut last) = (nothing(), nothing());
        for step in 0..STEPS {
            let mut slope = nothing();
            for &i in of {
                let mut error = ahead.probabilities(&places[i]);
                error[classes[i]] -= 1.0;
                for (slope, x) in slope.weights.iter_mut().zip(&places[i]) {
                    slope.iter_mut().zip(&error).for_each(|(s, e)| *s += e * x);
                }
                slope.bias.iter_mut().zip(&error).for_each(|(s, e)| *s += e);
            }
            let part = STEP / of.len() as f32;
            let swing = step as f32 / (step as f32 + 3.0);
            let mut next = nothing();
            let go = |ahead: &mut f32, last: f32, slope: f32, penalty: f32| {
                let next = *ahead - part * slope - STEP * penalty * *ahead;
                *ahead = next + swing * (next - last);
                next
            };
            for (d, slope) in slope.weights.iter().enumerate() {
                for (c, slope) in slope.iter().enumerate() {
                    next.weights[d][c] = go(&mut ahead.weights[d][c], last.weights[d][c], *slope, PENALTY);
                }
            }
            for (c, slope) in slope.bias.iter().enumerate() {
                next.bias[c] = go(&mut ahead.bias[c], last.bias[c], *slope, 0.0);
            }
            last = next;
        }
        last
    }

    /// Probability that what stands in this place calls for care.
    pub(crate) fn cares(&self, place: &[f32]) -> f32 {
        1.0 - self.probabilities(place)[0]
    }

    /// As the program keeps it.
    pub(crate) fn head(&self, threshold: f32) -> Head {
        let class = |(index, concern): (usize, &Option<Concern>)| Class {
            concern: *concern,
            bias: self.bias[index],
            weights: self.weights.iter().map(|of| of[index]).collect(),
        };
        Head {
            threshold,
            classes: CLASSES.iter().enumerate().map(class).collect(),
        }
    }

    fn probabilities(&self, place: &[f32]) -> [f32; CLASSES.len()] {
        let mut logits = self.bias;
        for (weights, x) in self.weights.iter().zip(place) {
            logits.iter_mut().zip(weights).for_each(|(logit, w)| *logit += w * x);
        }
        let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let parts = logits.map(|logit| (logit - most).exp());
        let all: f32 = parts.iter().sum();
        parts.map(|part| part / all)
    }
}

//! Multinomial logistic regression with a quadratic penalty, by Nesterov's accelerated gradient: no randomness, so that the same
//! sentences give the same weights.

use ndarray::{Array1, Array2, ArrayView1, Axis};

/// After which little changes any more.
const STEPS: usize = 300;

/// What was learned: a column for each class.
pub(crate) struct Regression {
    pub(crate) bias: Array1<f32>,
    pub(crate) weights: Array2<f32>,
}

impl Regression {
    /// Fits `classes` (below `many`) to the rows of `features`; `penalty` is what the weights' squares weigh.
    pub(crate) fn fit(features: &Array2<f32>, classes: &[usize], many: usize, penalty: f32) -> Self {
        let (rows, width) = features.dim();
        let nothing = || Self {
            bias: Array1::zeros(many),
            weights: Array2::zeros((width, many)),
        };
        let longest = features.rows().into_iter().map(|row| row.dot(&row)).fold(0.0, f32::max);
        // The gradient is at most half as steep as the longest row, and the bias is one more feature.
        let step = 1.0 / (0.5 * (longest + 1.0) + penalty);
        let (mut ahead, mut last) = (nothing(), nothing());
        for n in 0..STEPS {
            let mut error = ahead.probabilities(features);
            for (mut row, class) in error.rows_mut().into_iter().zip(classes) {
                row[*class] -= 1.0;
            }
            error /= rows as f32;
            let slope = features.t().dot(&error) + &ahead.weights * penalty;
            let next = Self {
                weights: &ahead.weights - &(slope * step),
                bias: &ahead.bias - &(error.sum_axis(Axis(0)) * step),
            };
            let swing = n as f32 / (n as f32 + 3.0);
            ahead = Self {
                weights: &next.weights + &((&next.weights - &last.weights) * swing),
                bias: &next.bias + &((&next.bias - &last.bias) * swing),
            };
            last = next;
        }
        last
    }

    /// A row of probabilities for each row of `features`.
    pub(crate) fn probabilities(&self, features: &Array2<f32>) -> Array2<f32> {
        let mut out = features.dot(&self.weights) + &self.bias;
        for mut row in out.rows_mut() {
            let most = most(row.view());
            row.mapv_inplace(|x| (x - most).exp());
            let all = row.sum();
            row /= all;
        }
        out
    }
}

fn most(row: ArrayView1<'_, f32>) -> f32 {
    row.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

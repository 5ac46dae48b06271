//! Which signal a statement carries, learned from examples by kernel ridge regression (Saunders et al. 1998) over meanings:
//! closed form, so that the same examples give the same judgement, and no more to it than a weighted vote of the examples, of
//! which the nearer ones count more.

use serde::Deserialize;

use super::super::{Signal, Signalled, Stance};

/// How fast an example's vote fades with distance. Of 0, 1, 2, 3 this and [`RIDGE`] of 0.1, 0.3, 1 placed most of the sentences of
/// `synthetic/data/known-en.toml`, which no example repeats.
const SHARPNESS: f32 = 2.0;
/// How little is made of an example that stands alone.
const RIDGE: f64 = 0.1;
/// A signal's column for each, then one for the side that is taken.
const COLUMNS: usize = Signal::ALL.len() + 1;
/// The side's column.
const SIDE: usize = Signal::ALL.len();

/// A sentence and what it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Example {
    pub(super) text: String,
    pub(super) carries: Option<Signalled>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    signal: Signal,
    stance: Stance,
    says: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {
    says: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    class: Vec<Class>,
    none: Vec<Nothing>,
}

/// The examples of a file.
pub(super) fn examples_in(file: &str) -> Result<Vec<Example>, toml::de::Error> {
    let file: File = toml::from_str(file)?;
    let of =
        |says: Vec<String>, carries: Option<Signalled>| says.into_iter().map(move |text| Example { text, carries });
    let classes = file.class.into_iter().flat_map(|class| {
        let (signal, stance) = (class.signal, class.stance);
        of(class.says, Some(Signalled { signal, stance }))
    });
    let nothing = file.none.into_iter().flat_map(|none| of(none.says, None));
    Ok(classes.chain(nothing).collect())
}

/// All built-in examples.
pub(super) fn examples() -> Vec<Example> {
    let files = [include_str!("examples-en.toml"), include_str!("examples-more-en.toml")];
    let all = files
        .into_iter()
        .flat_map(|file| examples_in(file).expect("the built-in examples are tested"));
    all.collect()
}

/// How much a statement carries of each signal, and on which side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Judgement {
    /// By signal, in the order of [`Signal::ALL`]: about 1 where it surely carries it, about 0 where not.
    pub(super) signals: [f32; Signal::ALL.len()],
    /// About -1 for a strain, about 1 for a strength, about 0 where it is neither.
    pub(super) side: f32,
}

/// What was learned.
pub(super) struct Classifier {
    /// The examples' meanings, one after the other.
    places: Vec<f32>,
    width: usize,
    /// What each example's vote is worth, by columns.
    weights: Vec<[f32; COLUMNS]>,
    /// What is to be expected of any statement.
    mean: [f32; COLUMNS],
}

impl Classifier {
    /// Learns from `examples` that stand at `places` (unit vectors of one length, in the same order).
    pub(super) fn learn(examples: &[Example], places: &[Vec<f32>]) -> Self {
        let many = examples.len().min(places.len());
        let width = places.first().map_or(0, Vec::len);
        let flat: Vec<f32> = places[..many].concat();
        let at = |n: usize| &flat[n * width..(n + 1) * width];
        let mut targets: Vec<[f64; COLUMNS]> = examples[..many].iter().map(target).collect();
        let mut mean = [0.0f64; COLUMNS];
        for row in &targets {
            mean.iter_mut().zip(row).for_each(|(m, t)| *m += t / many.max(1) as f64);
        }
        for row in &mut targets {
            row.iter_mut().zip(&mean).for_each(|(t, m)| *t -= m);
        }
        // The lower half of the kernel's matrix, row by row.
        let mut kernel: Vec<Vec<f64>> = Vec::with_capacity(many);
        for row in 0..many {
            let mut line: Vec<f64> = (0..=row).map(|column| f64::from(vote(at(row), at(column)))).collect();
            line[row] += RIDGE;
            kernel.push(line);
        }
        solve(&mut kernel, &mut targets);
        Self {
            places: flat,
            width,
            weights: targets.iter().map(|row| row.map(|x| x as f32)).collect(),
            mean: mean.map(|x| x as f32),
        }
    }

    /// Judges what stands at `place`.
    pub(super) fn judge(&self, place: &[f32]) -> Judgement {
        let mut sums = self.mean;
        if place.len() == self.width && self.width > 0 {
            for (example, weights) in self.places.chunks_exact(self.width).zip(&self.weights) {
                let vote = vote(place, example);
                sums.iter_mut()
                    .zip(weights)
                    .for_each(|(sum, weight)| *sum += vote * weight);
            }
        }
        let mut judgement = Judgement {
            side: sums[SIDE],
            ..Judgement::default()
        };
        judgement.signals.copy_from_slice(&sums[..SIDE]);
        judgement
    }
}

fn target(example: &Example) -> [f64; COLUMNS] {
    let mut row = [0.0; COLUMNS];
    if let Some(carried) = example.carries {
        let column = Signal::ALL.iter().position(|s| *s == carried.signal);
        row[column.unwrap_or(SIDE)] = 1.0;
        row[SIDE] = match carried.stance {
            Stance::Strain => -1.0,
            Stance::Strength => 1.0,
        };
    }
    row
}

fn vote(a: &[f32], b: &[f32]) -> f32 {
    (SHARPNESS * (dot(a, b) - 1.0)).exp()
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

/// Solves `matrix` · x = `right` in place for a symmetric, positive definite matrix of which the lower half is given (Cholesky).
fn solve(matrix: &mut [Vec<f64>], right: &mut [[f64; COLUMNS]]) {
    for row in 0..matrix.len() {
        let (done, rest) = matrix.split_at_mut(row);
        let line = &mut rest[0];
        for column in 0..=row {
            let other: &[f64] = if column < row {
                &done[column][..column]
            } else {
                &line[..row]
            };
            let taken: f64 = line[..column].iter().zip(other).map(|(a, b)| a * b).sum();
            line[column] = if column < row {
                (line[column] - taken) / done[column][column]
            } else {
                (line[column] - taken).max(f64::MIN_POSITIVE).sqrt()
            };
        }
    }
    for row in 0..matrix.len() {
        for column in 0..row {
            let (before, after) = right.split_at_mut(row);
            let factor = matrix[row][column];
            after[0]
                .iter_mut()
                .zip(&before[column])
                .for_each(|(x, y)| *x -= factor * y);
        }
        let own = matrix[row][row];
        right[row].iter_mut().for_each(|x| *x /= own);
    }
    for row in (0..matrix.len()).rev() {
        for (below, line) in matrix.iter().enumerate().skip(row + 1) {
            let (before, after) = right.split_at_mut(below);
            let factor = line[row];
            before[row]
                .iter_mut()
                .zip(&after[0])
                .for_each(|(x, y)| *x -= factor * y);
        }
        let own = matrix[row][row];
        right[row].iter_mut().for_each(|x| *x /= own);
    }
}

#[cfg(test)]
mod tests {
    use super::{Classifier, Example, examples};
    use crate::insights::{Signal, Signalled, Stance};

    #[test]
    fn every_signal_has_examples_on_both_sides() {
        let all = examples();
        for signal in Signal::ALL {
            for stance in [Stance::Strain, Stance::Strength] {
                let carried = Some(Signalled { signal, stance });
                let many = all.iter().filter(|e| e.carries == carried).count();
                assert!(many >= 15, "{many} of {signal:?} {stance:?}");
            }
        }
        assert!(all.iter().filter(|e| e.carries.is_none()).count() >= 100);
    }

    #[test]
    fn what_stands_near_an_example_is_taken_for_it() {
        let example = |signal, stance| Example {
            text: String::new(),
            carries: Some(Signalled { signal, stance }),
        };
        let nothing = Example {
            text: String::new(),
            carries: None,
        };
        let examples = [
            example(Signal::Pay, Stance::Strain),
            example(Signal::Pay, Stance::Strength),
            example(Signal::Tools, Stance::Strain),
            nothing,
        ];
        let places = [
            vec![0.9, 0.436, 0.0, 0.0],
            vec![0.9, -0.436, 0.0, 0.0],
            vec![0.0, 0.3, 0.954, 0.0],
            vec![0.0, 0.0, 0.0, 1.0],
        ];
        let judged = Classifier::learn(&examples, &places).judge(&[0.89, 0.456, 0.0, 0.0]);
        assert!(judged.signals[4] > judged.signals[8] + 0.4, "{judged:?}");
        assert!(judged.side < -0.2, "{judged:?}");
        let other = Classifier::learn(&examples, &places).judge(&[0.0, 0.0, 0.0, 1.0]);
        assert!(other.signals[4] < judged.signals[4] - 0.4, "{other:?}");
    }
}

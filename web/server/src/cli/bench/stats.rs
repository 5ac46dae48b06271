//! Quantiles.

use serde::Serialize;

/// The value that the share `q` (0 to 1) of `values` does not exceed, interpolated between neighbours (type 7 of Hyndman
/// and Fan 1996); `None` for no values.
#[must_use]
pub fn quantile(values: &[f64], q: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len().checked_sub(1)?) as f64 * q.clamp(0.0, 1.0);
    let (low, high) = (sorted.get(at.floor() as usize)?, sorted.get(at.ceil() as usize)?);
    Some(low + (high - low) * at.fract())
}

/// What is told of many values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    /// How many.
    pub n: usize,
    /// The median.
    pub p50: f64,
    /// 95 of 100 do not exceed it.
    pub p95: f64,
    /// 99 of 100 do not exceed it.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

impl Summary {
    /// Of `values`; `None` for no values.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let at = |q| quantile(values, q);
        Some(Self {
            n: values.len(),
            p50: at(0.5)?,
            p95: at(0.95)?,
            p99: at(0.99)?,
            max: at(1.0)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        let values = [40.0, 10.0, 30.0, 20.0];
        assert_eq!(quantile(&values, 0.0), Some(10.0));
        assert_eq!(quantile(&values, 0.5), Some(25.0));
        assert_eq!(quantile(&values, 1.0), Some(40.0));
        assert!((quantile(&values, 0.95).unwrap() - 38.5).abs() < 1e-9);
        assert_eq!(quantile(&[7.0], 0.95), Some(7.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn a_hundred_values_have_the_expected_tail() {
        let values: Vec<f64> = (1..=101).map(f64::from).collect();
        let summary = Summary::of(&values).unwrap();
        assert_eq!(
            summary,
            Summary {
                n: 101,
                p50: 51.0,
                p95: 96.0,
                p99: 100.0,
                max: 101.0
            }
        );
        assert_eq!(Summary::of(&[]), None);
    }
}

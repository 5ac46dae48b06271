//! A BERT encoder (Devlin et al. 2019), forward only, for one text at a time: rows are tokens.

use half::f16;
use ndarray::{Array1, Array2, ArrayView2, Axis, s};

use super::safetensors::Safetensors;

/// Heads of attention in every layer; it is not in the weights' file.
const HEADS: usize = 12;

/// Added to a variance before it divides.
const EPSILON: f32 = 1e-12;

struct Linear {
    weight: Array2<f32>,
    bias: Array1<f32>,
}

struct Norm {
    scale: Array1<f32>,
    shift: Array1<f32>,
}

struct Layer {
    /// Query, key and value, one above the other.
    attention: Linear,
    attended: Linear,
    attended_norm: Norm,
    wide: Linear,
    narrow: Linear,
    norm: Norm,
}

/// The weights.
pub(super) struct Bert {
    /// A vector for each token of the vocabulary. Half precision halves the largest part and costs nothing to hear of.
    words: Vec<f16>,
    /// A vector for each position, that of the one type of token added.
    positions: Array2<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

impl Bert {
    pub(super) fn load(content: &[u8]) -> Result<Self, String> {
        let file = Safetensors::read(content)?;
        let words = file.matrix("embeddings.word_embeddings.weight")?;
        let kinds = file.matrix("embeddings.token_type_embeddings.weight")?;
        let positions = file.matrix("embeddings.position_embeddings.weight")?;
        if words.ncols() != positions.ncols() || kinds.ncols() != positions.ncols() || words.ncols() % HEADS != 0 {
            return Err("the embeddings do not fit together".into());
        }
        let positions = positions + kinds.row(0);
        let layer = |n: usize| Layer::load(&file, &format!("encoder.layer.{n}"));
        let count = (0..)
            .take_while(|n| file.vector(&format!("encoder.layer.{n}.output.dense.bias")).is_ok())
            .count();
        Ok(Self {
            words: words.iter().map(|x| f16::from_f32(*x)).collect(),
            positions,
            norm: Norm::load(&file, "embeddings.LayerNorm")?,
            layers: (0..count).map(layer).collect::<Result<_, _>>()?,
        })
    }

    /// The mean of the tokens' vectors, of length one.
    pub(super) fn mean_vector(&self, ids: &[usize]) -> Result<Vec<f32>, String> {
        let width = self.positions.ncols();
        if ids.is_empty() || ids.len() > self.positions.nrows() {
            return Err(format!("{} tokens cannot be embedded", ids.len()));
        }
        let mut rows = self.positions.slice(s![..ids.len(), ..]).to_owned();
        for (mut row, id) in rows.axis_iter_mut(Axis(0)).zip(ids) {
            let word = self
                .words
                .get(id * width..(id + 1) * width)
                .ok_or_else(|| format!("there is no token {id}"))?;
            row.iter_mut().zip(word).for_each(|(x, word)| *x += word.to_f32());
        }
        self.norm.apply(&mut rows);
        for layer in &self.layers {
            rows = layer.forward(&rows);
        }
        let mean = rows.mean_axis(Axis(0)).ok_or("there are no rows")?;
        let length = mean.dot(&mean).sqrt().max(f32::MIN_POSITIVE);
        Ok(mean.iter().map(|x| x / length).collect())
    }
}

impl Layer {
    fn load(file: &Safetensors<'_>, name: &str) -> Result<Self, String> {
        let own = |part: &str| Linear::load(file, &format!("{name}.attention.self.{part}"));
        let parts = [own("query")?, own("key")?, own("value")?];
        let weights: Vec<_> = parts.iter().map(|part| part.weight.view()).collect();
        let biases: Vec<_> = parts.iter().map(|part| part.bias.view()).collect();
        Ok(Self {
            attention: Linear {
                weight: ndarray::concatenate(Axis(0), &weights).map_err(|e| e.to_string())?,
                bias: ndarray::concatenate(Axis(0), &biases).map_err(|e| e.to_string())?,
            },
            attended: Linear::load(file, &format!("{name}.attention.output.dense"))?,
            attended_norm: Norm::load(file, &format!("{name}.attention.output.LayerNorm"))?,
            wide: Linear::load(file, &format!("{name}.intermediate.dense"))?,
            narrow: Linear::load(file, &format!("{name}.output.dense"))?,
            norm: Norm::load(file, &format!("{name}.output.LayerNorm"))?,
        })
    }

    fn forward(&self, rows: &Array2<f32>) -> Array2<f32> {
        let mut attended = self.attended.apply(&attention(&self.attention.apply(rows))) + rows;
        self.attended_norm.apply(&mut attended);
        let mut wide = self.wide.apply(&attended);
        wide.mapv_inplace(gelu);
        let mut out = self.narrow.apply(&wide) + &attended;
        self.norm.apply(&mut out);
        out
    }
}

/// Every token looks at every other: `qkv` holds queries, keys and values side by side.
fn attention(qkv: &Array2<f32>) -> Array2<f32> {
    let width = qkv.ncols() / 3;
    let head = width / HEADS;
    let scale = 1.0 / (head as f32).sqrt();
    let mut out = Array2::zeros((qkv.nrows(), width));
    for n in 0..HEADS {
        let part = |of: usize| -> ArrayView2<'_, f32> {
            qkv.slice(s![.., of * width + n * head..of * width + (n + 1) * head])
        };
        let mut scores = part(0).dot(&part(1).t()) * scale;
        for mut row in scores.axis_iter_mut(Axis(0)) {
            let highest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            row.mapv_inplace(|x| (x - highest).exp());
            let sum = row.sum();
            row.mapv_inplace(|x| x / sum);
        }
        out.slice_mut(s![.., n * head..(n + 1) * head])
            .assign(&scores.dot(&part(2)));
    }
    out
}

impl Linear {
    fn load(file: &Safetensors<'_>, name: &str) -> Result<Self, String> {
        let (weight, bias) = (
            file.matrix(&format!("{name}.weight"))?,
            file.vector(&format!("{name}.bias"))?,
        );
        if weight.nrows() == bias.len() {
            Ok(Self { weight, bias })
        } else {
            Err(format!("{name} does not fit its bias"))
        }
    }

    fn apply(&self, rows: &Array2<f32>) -> Array2<f32> {
        rows.dot(&self.weight.t()) + &self.bias
    }
}

impl Norm {
    fn load(file: &Safetensors<'_>, name: &str) -> Result<Self, String> {
        Ok(Self {
            scale: file.vector(&format!("{name}.weight"))?,
            shift: file.vector(&format!("{name}.bias"))?,
        })
    }

    fn apply(&self, rows: &mut Array2<f32>) {
        for mut row in rows.axis_iter_mut(Axis(0)) {
            let mean = row.mean().unwrap_or_default();
            let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / self.scale.len().max(1) as f32;
            let scale = 1.0 / (variance + EPSILON).sqrt();
            for ((x, by), plus) in row.iter_mut().zip(&self.scale).zip(&self.shift) {
                *x = (*x - mean) * scale * by + plus;
            }
        }
    }
}

/// The exact GELU, with the error function after Abramowitz and Stegun 7.1.26 (error below 2e-7).
fn gelu(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let polynomial = t * (0.254_829_6 + t * (-0.284_496_72 + t * (1.421_413_8 + t * (-1.453_152 + t * 1.061_405_4))));
    let erf = (1.0 - polynomial * (-z * z).exp()).copysign(x);
    0.5 * x * (1.0 + erf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gelu_is_the_exact_one() {
        for (x, expected) in [(0.0, 0.0), (1.0, 0.841_344_7), (-1.0, -0.158_655_3), (3.0, 2.995_950_3)] {
            assert!((gelu(x) - expected).abs() < 1e-5, "{x}: {}", gelu(x));
        }
    }

    #[test]
    fn attention_to_equal_keys_is_the_mean_of_the_values() {
        // Two tokens of width 12, a head each of one number; queries and keys are zero.
        let mut qkv = Array2::zeros((2, 36));
        qkv.slice_mut(s![0, 24..]).fill(1.0);
        qkv.slice_mut(s![1, 24..]).fill(3.0);
        assert_eq!(attention(&qkv), Array2::from_elem((2, 12), 2.0));
    }
}

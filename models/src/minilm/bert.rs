//! A BERT encoder (Devlin et al. 2019), forward only. Rows are tokens, those of several texts one below the other: multiplying
//! them by the weights together costs far less than one text after another, and only attention has to keep them apart.

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

    /// The mean of each text's tokens' vectors, of length one. The texts share one multiplication: hand over a few dozen at a time.
    pub(super) fn mean_vectors(&self, texts: &[Vec<usize>]) -> Result<Vec<Vec<f32>>, String> {
        let width = self.positions.ncols();
        if let Some(text) = texts.iter().find(|t| t.is_empty() || t.len() > self.positions.nrows()) {
            return Err(format!("{} tokens cannot be embedded", text.len()));
        }
        let mut bounds = vec![0];
        bounds.extend(texts.iter().scan(0, |end, text| {
            *end += text.len();
            Some(*end)
        }));
        let mut rows = Array2::zeros((bounds[texts.len()], width));
        let placed = texts.iter().flat_map(|text| text.iter().enumerate());
        for (mut row, (at, id)) in rows.axis_iter_mut(Axis(0)).zip(placed) {
            let word = self
                .words
                .get(id * width..(id + 1) * width)
                .ok_or_else(|| format!("there is no token {id}"))?;
            let both = word.iter().zip(self.positions.row(at));
            row.iter_mut()
                .zip(both)
                .for_each(|(x, (word, position))| *x = word.to_f32() + position);
        }
        self.norm.apply(&mut rows);
        for layer in &self.layers {
            rows = layer.forward(&rows, &bounds);
        }
        let means = bounds.windows(2).map(|text| {
            let mean = rows
                .slice(s![text[0]..text[1], ..])
                .mean_axis(Axis(0))
                .ok_or("there are no rows")?;
            let length = mean.dot(&mean).sqrt().max(f32::MIN_POSITIVE);
            Ok(mean.iter().map(|x| x / length).collect())
        });
        means.collect()
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

    /// `bounds`: where each text's rows begin, and where the last one's end.
    fn forward(&self, rows: &Array2<f32>, bounds: &[usize]) -> Array2<f32> {
        let mut attended = self.attended.apply(&attention(&self.attention.apply(rows), bounds)) + rows;
        self.attended_norm.apply(&mut attended);
        let mut wide = self.wide.apply(&attended);
        wide.mapv_inplace(gelu);
        let mut out = self.narrow.apply(&wide) + &attended;
        self.norm.apply(&mut out);
        out
    }
}

/// Every token looks at every other of its text: `qkv` holds queries, keys and values side by side.
fn attention(qkv: &Array2<f32>, bounds: &[usize]) -> Array2<f32> {
    let width = qkv.ncols() / 3;
    let head = width / HEADS;
    let scale = 1.0 / (head as f32).sqrt();
    let mut out = Array2::zeros((qkv.nrows(), width));
    for text in bounds.windows(2) {
        let (from, to) = (text[0], text[1]);
        for n in 0..HEADS {
            let part = |of: usize| -> ArrayView2<'_, f32> {
                qkv.slice(s![from..to, of * width + n * head..of * width + (n + 1) * head])
            };
            let mut scores = part(0).dot(&part(1).t()) * scale;
            for mut row in scores.axis_iter_mut(Axis(0)) {
                let highest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                row.mapv_inplace(|x| exp_below_zero(x - highest));
                let sum = row.sum();
                row.mapv_inplace(|x| x / sum);
            }
            out.slice_mut(s![from..to, n * head..(n + 1) * head])
                .assign(&scores.dot(&part(2)));
        }
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
    let erf = (1.0 - polynomial * exp_below_zero(-z * z)).copysign(x);
    0.5 * x * (1.0 + erf)
}

/// `e^x` for `x` of 0 and less, with an error below 2e-7 of it: 2 to a whole number is bits of a float, 2 to what is left a polynomial
/// (its Taylor series). Unlike the one of the C library it is done for several numbers at once.
fn exp_below_zero(x: f32) -> f32 {
    /// Below this the result is too small for a float.
    const LEAST: f32 = -87.0;
    let powers = x.max(LEAST) * std::f32::consts::LOG2_E;
    // Adding and taking away this rounds to a whole number, which then stands in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let shifted = powers + ROUND;
    let rest = (powers - (shifted - ROUND)) * std::f32::consts::LN_2;
    let whole = f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000));
    let series = 1.0 / 720.0;
    let series = 1.0 / 120.0 + rest * series;
    let series = 1.0 / 24.0 + rest * series;
    let series = 1.0 / 6.0 + rest * series;
    let series = 0.5 + rest * series;
    whole * (1.0 + rest * (1.0 + rest * series))
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
        assert_eq!(attention(&qkv, &[0, 2]), Array2::from_elem((2, 12), 2.0));
        // As two texts of a token each they do not see each other.
        assert_eq!(attention(&qkv, &[0, 1, 2]), qkv.slice(s![.., 24..]));
    }

    #[test]
    fn the_exponential_is_that_of_the_library() {
        for step in 0..8_700 {
            let x = -f32::from(step as u16) / 100.0;
            let (own, exact) = (f64::from(exp_below_zero(x)), f64::from(x).exp());
            assert!((own / exact - 1.0).abs() < 1e-5, "e^{x}: {own} for {exact}");
        }
        assert!(exp_below_zero(-1e9) < 1e-37 && exp_below_zero(f32::NEG_INFINITY) < 1e-37);
    }
}

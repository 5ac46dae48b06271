//! Writes a Whisper model the way whisper.cpp reads it.
//!
//! Magic, eleven i32 hyper-parameters, the mel filters, the byte vocabulary, then the tensors under OpenAI's names: i32
//! rank, i32 length of the name, i32 type, i32 dimensions fastest first, name, data.

use std::io::{self, Write};

use half::f16;

use super::ct2::{Array, Model};
use crate::error::ModelsError;
use crate::mel;

const MAGIC: i32 = 0x6767_6d6c;

/// Type of the tensors, and of the model as a whole, in GGML's numbering.
const F32: i32 = 0;
const F16: i32 = 1;

/// Writes all of it; returns the count of tensors.
pub(super) fn write(model: &Model<'_>, vocabulary: &[Vec<u8>], to: &mut dyn Write) -> Result<usize, ModelsError> {
    let mut ggml = Ggml { to, tensors: 0 };
    ggml.header(model)?;
    ggml.filters()?;
    ggml.vocabulary(vocabulary)?;
    ggml.encoder(model)?;
    ggml.decoder(model)?;
    Ok(ggml.tensors)
}

struct Ggml<'a> {
    to: &'a mut dyn Write,
    tensors: usize,
}

impl Ggml<'_> {
    fn header(&mut self, model: &Model<'_>) -> Result<(), ModelsError> {
        let (tokens, conv) = (
            model.get("decoder/embeddings/weight")?,
            model.get("encoder/conv1/weight")?,
        );
        let audio = model.get("encoder/position_encodings/encodings")?;
        let text = model.get("decoder/position_encodings/encodings")?;
        let mels = conv.dim(1)?;
        if mels != mel::BANDS {
            return Err(ModelsError::Import(format!(
                "the model hears {mels} mel bands, not {}",
                mel::BANDS
            )));
        }
        self.int(MAGIC)?;
        self.size(tokens.dim(0)?)?;
        self.size(audio.dim(0)?)?;
        self.size(audio.dim(1)?)?;
        self.int(model.get("encoder/num_heads")?.integer()?)?;
        self.size(model.layers("encoder"))?;
        self.size(text.dim(0)?)?;
        self.size(text.dim(1)?)?;
        self.int(model.get("decoder/num_heads")?.integer()?)?;
        self.size(model.layers("decoder"))?;
        self.size(mels)?;
        self.int(F16)
    }

    fn filters(&mut self) -> Result<(), ModelsError> {
        self.size(mel::BANDS)?;
        self.size(mel::BINS)?;
        for weight in mel::filters() {
            self.bytes(&(weight as f32).to_le_bytes())?;
        }
        Ok(())
    }

    fn vocabulary(&mut self, tokens: &[Vec<u8>]) -> Result<(), ModelsError> {
        self.size(tokens.len())?;
        for token in tokens {
            self.size(token.len())?;
            self.bytes(token)?;
        }
        Ok(())
    }

    fn encoder(&mut self, model: &Model<'_>) -> Result<(), ModelsError> {
        self.plain(
            "encoder.positional_embedding",
            model.get("encoder/position_encodings/encodings")?,
            F32,
        )?;
        for conv in ["conv1", "conv2"] {
            self.plain(
                &format!("encoder.{conv}.weight"),
                model.get(&format!("encoder/{conv}/weight"))?,
                F16,
            )?;
            let bias = model.get(&format!("encoder/{conv}/bias"))?;
            self.tensor(&format!("encoder.{conv}.bias"), &[bias.len(), 1], &bias.floats()?, F32)?;
        }
        self.norm(model, "encoder.ln_post", "encoder/layer_norm")?;
        for n in 0..model.layers("encoder") {
            let (ours, theirs) = (format!("encoder.blocks.{n}"), format!("encoder/layer_{n}"));
            self.self_attention(model, &ours, &theirs)?;
            self.feed_forward(model, &ours, &theirs)?;
        }
        Ok(())
    }

    fn decoder(&mut self, model: &Model<'_>) -> Result<(), ModelsError> {
        self.plain(
            "decoder.positional_embedding",
            model.get("decoder/position_encodings/encodings")?,
            F32,
        )?;
        self.plain(
            "decoder.token_embedding.weight",
            model.get("decoder/embeddings/weight")?,
            F16,
        )?;
        self.norm(model, "decoder.ln", "decoder/layer_norm")?;
        for n in 0..model.layers("decoder") {
            let (ours, theirs) = (format!("decoder.blocks.{n}"), format!("decoder/layer_{n}"));
            self.self_attention(model, &ours, &theirs)?;
            self.norm(
                model,
                &format!("{ours}.cross_attn_ln"),
                &format!("{theirs}/attention/layer_norm"),
            )?;
            let cross = format!("{ours}.cross_attn");
            self.fused(model, &format!("{theirs}/attention/linear_0"), &cross, &["query"])?;
            self.fused(
                model,
                &format!("{theirs}/attention/linear_1"),
                &cross,
                &["key", "value"],
            )?;
            self.fused(model, &format!("{theirs}/attention/linear_2"), &cross, &["out"])?;
            self.feed_forward(model, &ours, &theirs)?;
        }
        Ok(())
    }

    fn self_attention(&mut self, model: &Model<'_>, ours: &str, theirs: &str) -> Result<(), ModelsError> {
        self.norm(
            model,
            &format!("{ours}.attn_ln"),
            &format!("{theirs}/self_attention/layer_norm"),
        )?;
        let own = format!("{ours}.attn");
        self.fused(
            model,
            &format!("{theirs}/self_attention/linear_0"),
            &own,
            &["query", "key", "value"],
        )?;
        self.fused(model, &format!("{theirs}/self_attention/linear_1"), &own, &["out"])
    }

    fn feed_forward(&mut self, model: &Model<'_>, ours: &str, theirs: &str) -> Result<(), ModelsError> {
        self.norm(model, &format!("{ours}.mlp_ln"), &format!("{theirs}/ffn/layer_norm"))?;
        self.fused(model, &format!("{theirs}/ffn/linear_0"), &format!("{ours}.mlp"), &["0"])?;
        self.fused(model, &format!("{theirs}/ffn/linear_1"), &format!("{ours}.mlp"), &["2"])
    }

    fn norm(&mut self, model: &Model<'_>, ours: &str, theirs: &str) -> Result<(), ModelsError> {
        self.plain(&format!("{ours}.weight"), model.get(&format!("{theirs}/gamma"))?, F32)?;
        self.plain(&format!("{ours}.bias"), model.get(&format!("{theirs}/beta"))?, F32)
    }

    /// Splits a linear layer that stands for several, one above the other. Keys have no bias: it is zero there.
    fn fused(&mut self, model: &Model<'_>, theirs: &str, ours: &str, names: &[&str]) -> Result<(), ModelsError> {
        let (weight, bias) = (
            model.get(&format!("{theirs}/weight"))?,
            model.get(&format!("{theirs}/bias"))?,
        );
        let (rows, columns) = (weight.dim(0)? / names.len(), weight.dim(1)?);
        if rows * names.len() != bias.len() || rows == 0 || columns == 0 {
            return Err(ModelsError::Import(format!(
                "{theirs} does not split into {}",
                names.len()
            )));
        }
        let (weights, biases) = (weight.floats()?, bias.floats()?);
        for ((name, weight), bias) in names
            .iter()
            .zip(weights.chunks(rows * columns))
            .zip(biases.chunks(rows))
        {
            self.tensor(&format!("{ours}.{name}.weight"), &[rows, columns], weight, F16)?;
            if *name != "key" {
                self.tensor(&format!("{ours}.{name}.bias"), &[rows], bias, F32)?;
            }
        }
        Ok(())
    }

    fn plain(&mut self, name: &str, array: &Array<'_>, kind: i32) -> Result<(), ModelsError> {
        self.tensor(name, &array.dims, &array.floats()?, kind)
    }

    fn tensor(&mut self, name: &str, dims: &[usize], values: &[f32], kind: i32) -> Result<(), ModelsError> {
        self.size(dims.len())?;
        self.size(name.len())?;
        self.int(kind)?;
        for n in dims.iter().rev() {
            self.size(*n)?;
        }
        self.bytes(name.as_bytes())?;
        let data: Vec<u8> = match kind {
            F16 => values.iter().flat_map(|x| f16::from_f32(*x).to_le_bytes()).collect(),
            _ => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
        };
        self.bytes(&data)?;
        self.tensors += 1;
        Ok(())
    }

    fn size(&mut self, n: usize) -> Result<(), ModelsError> {
        self.int(i32::try_from(n).map_err(|_| ModelsError::Import(format!("{n} is too large for the format")))?)
    }

    fn int(&mut self, n: i32) -> Result<(), ModelsError> {
        self.bytes(&n.to_le_bytes())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), ModelsError> {
        self.to
            .write_all(bytes)
            .map_err(|e: io::Error| ModelsError::Import(format!("cannot be written: {e}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::ct2::tests::file;

    fn floats(values: &[f32]) -> Vec<u8> {
        values.iter().flat_map(|x| x.to_le_bytes()).collect()
    }

    #[test]
    fn a_fused_layer_is_split_and_the_bias_of_keys_dropped() {
        let weight = floats(&[1., 2., 3., 4., 5., 6.]);
        let content = file(&[
            ("l/bias", &[3], 0, floats(&[7., 0., 9.])),
            ("l/weight", &[3, 2], 0, weight),
        ]);
        let model = Model::read(&content).unwrap();
        let mut out = Vec::new();
        let mut ggml = Ggml {
            to: &mut out,
            tensors: 0,
        };
        ggml.fused(&model, "l", "attn", &["query", "key", "value"]).unwrap();
        assert_eq!(ggml.tensors, 5);
        let text = String::from_utf8_lossy(&out);
        assert!(text.contains("attn.key.weight") && !text.contains("attn.key.bias"));
        // The key's header: rank 2, fifteen characters, f16, two columns, one row; then 3 and 4.
        let at = out.windows(15).position(|w| w == b"attn.key.weight").unwrap();
        let header: Vec<i32> = out[at - 20..at]
            .chunks(4)
            .map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect();
        assert_eq!(header, [2, 15, F16, 2, 1]);
        assert_eq!(
            out[at + 15..at + 19],
            [f16::from_f32(3.).to_le_bytes(), f16::from_f32(4.).to_le_bytes()].concat()
        );
    }

    #[test]
    fn a_layer_that_does_not_split_is_refused() {
        let content = file(&[
            ("l/bias", &[2], 0, floats(&[1.; 2])),
            ("l/weight", &[3, 1], 0, floats(&[1.; 3])),
        ]);
        let model = Model::read(&content).unwrap();
        let mut ggml = Ggml {
            to: &mut io::sink(),
            tensors: 0,
        };
        assert!(ggml.fused(&model, "l", "attn", &["query", "key", "value"]).is_err());
    }
}

//! Reads a model file of `CTranslate2`: a list of named arrays.
//!
//! Little-endian throughout: u32 version; strings are u16 length and bytes with a trailing NUL; the spec's name; u32
//! revision; u32 count; per array its name, u8 rank, u32 dimensions, u8 type, u32 bytes, data; then aliases.

use std::collections::BTreeMap;

use half::f16;

use crate::error::ModelsError;

/// Versions of the container whose layout is the one above.
const VERSIONS: std::ops::RangeInclusive<u32> = 4..=6;

/// Arrays have at most four dimensions; more means that the file is something else.
const MAX_RANK: u8 = 4;

const F32: u8 = 0;
const I8: u8 = 1;
const I16: u8 = 2;
const I32: u8 = 3;
const F16: u8 = 4;

/// One array.
pub(super) struct Array<'a> {
    /// Its dimensions, slowest first; empty for a scalar.
    pub(super) dims: Vec<usize>,
    kind: u8,
    data: &'a [u8],
}

/// All arrays by their names.
pub(super) struct Model<'a> {
    arrays: BTreeMap<&'a str, Array<'a>>,
}

impl<'a> Model<'a> {
    /// Reads the file's content.
    pub(super) fn read(content: &'a [u8]) -> Result<Self, ModelsError> {
        let mut reader = Reader { rest: content };
        let version = reader.u32()?;
        if !VERSIONS.contains(&version) {
            return Err(bad(format!("version {version} of the model file is not known")));
        }
        let spec = reader.string()?;
        if spec != "WhisperSpec" {
            return Err(bad(format!("the model is a {spec}, not Whisper")));
        }
        let _revision = reader.u32()?;
        let count = reader.u32()?;
        let mut arrays = BTreeMap::new();
        for _ in 0..count {
            let name = reader.string()?;
            let rank = reader.u8()?;
            if rank > MAX_RANK {
                return Err(bad(format!("{name} has {rank} dimensions")));
            }
            let dims = (0..rank)
                .map(|_| reader.u32().map(|n| n as usize))
                .collect::<Result<Vec<_>, _>>()?;
            let kind = reader.u8()?;
            let data = {
                let bytes = reader.u32()? as usize;
                reader.take(bytes)?
            };
            let array = Array { dims, kind, data };
            if array.item_bytes()? * array.len() != data.len() {
                return Err(bad(format!(
                    "{name} has {} bytes, which does not fit its dimensions",
                    data.len()
                )));
            }
            arrays.insert(name, array);
        }
        Ok(Self { arrays })
    }

    /// The array of that name.
    pub(super) fn get(&self, name: &str) -> Result<&Array<'a>, ModelsError> {
        self.arrays.get(name).ok_or_else(|| bad(format!("{name} is missing")))
    }

    /// How many layers `part` (`encoder` or `decoder`) has.
    pub(super) fn layers(&self, part: &str) -> usize {
        (0..)
            .take_while(|n| {
                self.arrays
                    .contains_key(format!("{part}/layer_{n}/ffn/linear_0/bias").as_str())
            })
            .count()
    }
}

impl Array<'_> {
    fn item_bytes(&self) -> Result<usize, ModelsError> {
        match self.kind {
            F32 | I32 => Ok(4),
            I16 | F16 => Ok(2),
            I8 => Ok(1),
            other => Err(bad(format!("type {other} is not known"))),
        }
    }

    /// Items in it.
    pub(super) fn len(&self) -> usize {
        self.dims.iter().product()
    }

    /// Its items as f32.
    pub(super) fn floats(&self) -> Result<Vec<f32>, ModelsError> {
        match self.kind {
            F32 => Ok(self
                .data
                .chunks_exact(4)
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect()),
            F16 => Ok(self
                .data
                .chunks_exact(2)
                .map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32())
                .collect()),
            _ => Err(bad("weights are quantized; only f16 and f32 can be imported".into())),
        }
    }

    /// The one whole number that it holds.
    pub(super) fn integer(&self) -> Result<i32, ModelsError> {
        match (self.kind, self.data) {
            (I8, [a]) => Ok(i32::from(*a)),
            (I16, [a, b]) => Ok(i32::from(i16::from_le_bytes([*a, *b]))),
            (I32, [a, b, c, d]) => Ok(i32::from_le_bytes([*a, *b, *c, *d])),
            _ => Err(bad("a number is expected where an array stands".into())),
        }
    }

    /// The dimension at `axis`.
    pub(super) fn dim(&self, axis: usize) -> Result<usize, ModelsError> {
        self.dims
            .get(axis)
            .copied()
            .ok_or_else(|| bad(format!("an array lacks dimension {axis}")))
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], ModelsError> {
        let (taken, rest) = self
            .rest
            .split_at_checked(n)
            .ok_or_else(|| bad("the model file is cut off".into()))?;
        self.rest = rest;
        Ok(taken)
    }

    fn u8(&mut self) -> Result<u8, ModelsError> {
        Ok(self.take(1)?[0])
    }

    fn u32(&mut self) -> Result<u32, ModelsError> {
        let b = self.take(4)?;
        Ok(u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }

    fn string(&mut self) -> Result<&'a str, ModelsError> {
        let b = self.take(2)?;
        let bytes = self.take(usize::from(u16::from_le_bytes([b[0], b[1]])))?;
        let text = std::str::from_utf8(bytes).map_err(|_| bad("a name is not text".into()))?;
        Ok(text.trim_end_matches('\0'))
    }
}

fn bad(cause: String) -> ModelsError {
    ModelsError::Import(cause)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::import) fn file(arrays: &[(&str, &[u32], u8, Vec<u8>)]) -> Vec<u8> {
        let string = |text: &str| {
            let mut bytes = u16::try_from(text.len() + 1).unwrap().to_le_bytes().to_vec();
            bytes.extend(text.bytes().chain([0]));
            bytes
        };
        let mut out = 6_u32.to_le_bytes().to_vec();
        out.extend(string("WhisperSpec"));
        out.extend(3_u32.to_le_bytes());
        out.extend(u32::try_from(arrays.len()).unwrap().to_le_bytes());
        for (name, dims, kind, data) in arrays {
            out.extend(string(name));
            out.push(u8::try_from(dims.len()).unwrap());
            out.extend(dims.iter().flat_map(|n| n.to_le_bytes()));
            out.push(*kind);
            out.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
            out.extend(data);
        }
        out.extend(0_u32.to_le_bytes());
        out
    }

    fn cause(content: &[u8]) -> String {
        Model::read(content).err().unwrap().to_string()
    }

    #[test]
    fn reads_numbers_of_every_float_type() {
        let half: Vec<u8> = [1.5, -2.0]
            .iter()
            .flat_map(|x| f16::from_f32(*x).to_le_bytes())
            .collect();
        let content = file(&[
            ("a", &[2], F16, half),
            ("b", &[1], F32, 0.25_f32.to_le_bytes().to_vec()),
        ]);
        let model = Model::read(&content).unwrap();
        assert_eq!(model.get("a").unwrap().floats().unwrap(), [1.5, -2.0]);
        assert_eq!(model.get("b").unwrap().floats().unwrap(), [0.25]);
        assert_eq!(model.get("c").err().unwrap().to_string(), "import: c is missing");
    }

    #[test]
    fn refuses_what_is_cut_off_or_does_not_fit() {
        let whole = file(&[("a", &[2], F16, vec![0; 4])]);
        assert!(cause(&whole[..whole.len() - 6]).contains("cut off"));
        assert!(cause(&file(&[("a", &[3], F16, vec![0; 4])])).contains("does not fit"));
        assert!(cause(b"\x09\0\0\0").contains("version 9"));
    }

    #[test]
    fn refuses_quantized_weights() {
        let content = file(&[("a", &[2], I8, vec![0; 2])]);
        let error = Model::read(&content).unwrap().get("a").unwrap().floats().unwrap_err();
        assert!(error.to_string().contains("quantized"));
    }
}

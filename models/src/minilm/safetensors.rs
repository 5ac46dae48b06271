//! Reads a safetensors file: u64 length of a JSON header that gives each array's type, shape and place, then the data.

use std::collections::HashMap;

use ndarray::{Array1, Array2};
use serde::Deserialize;

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

/// The arrays of a file.
pub(super) struct Safetensors<'a> {
    entries: HashMap<String, Entry>,
    data: &'a [u8],
}

impl<'a> Safetensors<'a> {
    pub(super) fn read(content: &'a [u8]) -> Result<Self, String> {
        let cut_off = || "the file is cut off".to_owned();
        let (length, rest) = content.split_first_chunk::<8>().ok_or_else(cut_off)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|e| e.to_string())?;
        let (header, data) = rest.split_at_checked(length).ok_or_else(cut_off)?;
        let mut header: HashMap<String, serde_json::Value> =
            serde_json::from_slice(header).map_err(|e| e.to_string())?;
        header.remove("__metadata__");
        let entries = header
            .into_iter()
            .map(|(name, value)| Ok((name, serde_json::from_value(value)?)));
        let entries = entries
            .collect::<Result<_, serde_json::Error>>()
            .map_err(|e| e.to_string())?;
        Ok(Self { entries, data })
    }

    /// The numbers of the array and its shape.
    fn floats(&self, name: &str) -> Result<(Vec<f32>, &[usize]), String> {
        let entry = self.entries.get(name).ok_or_else(|| format!("{name} is missing"))?;
        if entry.dtype != "F32" {
            return Err(format!("{name} is of type {}, not F32", entry.dtype));
        }
        let [from, to] = entry.data_offsets;
        let bytes = self.data.get(from..to).ok_or_else(|| format!("{name} is cut off"))?;
        let floats = bytes
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect();
        Ok((floats, &entry.shape))
    }

    /// A vector.
    pub(super) fn vector(&self, name: &str) -> Result<Array1<f32>, String> {
        Ok(Array1::from_vec(self.floats(name)?.0))
    }

    /// A matrix in the file's order, which is that of `(outputs, inputs)` for a linear layer.
    pub(super) fn matrix(&self, name: &str) -> Result<Array2<f32>, String> {
        match self.floats(name)? {
            (floats, [rows, columns]) => Array2::from_shape_vec((*rows, *columns), floats).map_err(|e| e.to_string()),
            (_, shape) => Err(format!("{name} has shape {shape:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<u8> {
        let header =
            r#"{"__metadata__": {"format": "pt"}, "a": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}}"#;
        let mut content = (header.len() as u64).to_le_bytes().to_vec();
        content.extend(header.bytes());
        content.extend([1.5_f32, -2.0].iter().flat_map(|x| x.to_le_bytes()));
        content
    }

    #[test]
    fn reads_a_matrix() {
        let content = file();
        let matrix = Safetensors::read(&content).unwrap().matrix("a").unwrap();
        assert_eq!(matrix, ndarray::arr2(&[[1.5, -2.0]]));
    }

    #[test]
    fn what_is_cut_off_or_missing_is_an_error() {
        let content = file();
        assert!(Safetensors::read(&content[..40]).is_err());
        let short = Safetensors::read(&content[..content.len() - 4]).unwrap();
        assert_eq!(short.matrix("a").unwrap_err(), "a is cut off");
        assert_eq!(short.matrix("b").unwrap_err(), "b is missing");
    }
}

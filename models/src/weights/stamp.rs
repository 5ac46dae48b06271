//! Says that a weight was verified, so that start-up need not hash hundreds of megabytes again: beside each weight lies a
//! small file with the size, the time of change and the hash it was verified with. Any later change makes it void.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use crate::error::ModelsError;
use crate::weights::manifest::Weight;

/// Bytes hashed at a time.
const BLOCK: usize = 1 << 20;

fn stamp_path(weight: &Path) -> PathBuf {
    let mut name = weight.as_os_str().to_owned();
    name.push(".stamp");
    name.into()
}

fn line(path: &Path, sha256: &str) -> Result<String, ModelsError> {
    let meta = fs::metadata(path).map_err(ModelsError::io(path))?;
    let modified = meta.modified().map_err(ModelsError::io(path))?;
    let nanos = modified.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    Ok(format!("{sha256} {} {nanos}\n", meta.len()))
}

/// Whether the weight at `path` is the pinned one, as far as its stamp tells.
pub(super) fn is_stamped(path: &Path, weight: &Weight) -> bool {
    let stamp = fs::read_to_string(stamp_path(path)).ok();
    stamp.is_some() && stamp == line(path, &weight.sha256).ok()
}

/// Notes that the file at `path` was found to have this hash.
pub(super) fn stamp(path: &Path, sha256: &str) -> Result<(), ModelsError> {
    let stamp = stamp_path(path);
    fs::write(&stamp, line(path, sha256)?).map_err(ModelsError::io(stamp))
}

/// Takes the note away.
pub(super) fn unstamp(path: &Path) {
    // Whatever cannot be removed does not hold either once the weight differs from it.
    let _ = fs::remove_file(stamp_path(path));
}

/// SHA-256 of everything in `reader`, in hexadecimal.
pub(super) fn sha256_of(reader: &mut dyn Read) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    let mut block = vec![0; BLOCK];
    loop {
        match reader.read(&mut block)? {
            0 => break,
            n => hasher.update(&block[..n]),
        }
    }
    Ok(hex(&hasher.finalize()))
}

/// Bytes in lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// SHA-256 of the file at `path`, in hexadecimal.
pub(super) fn sha256_of_file(path: &Path) -> Result<String, ModelsError> {
    let mut file = fs::File::open(path).map_err(ModelsError::io(path))?;
    sha256_of(&mut file).map_err(ModelsError::io(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::manifest::Make;

    #[test]
    fn a_changed_file_loses_its_stamp() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.onnx");
        fs::write(&path, "weights").unwrap();
        let sha256 = sha256_of_file(&path).unwrap();
        let weight = Weight {
            file: "a.onnx".into(),
            group: None,
            arch: None,
            make: Make::Copy,
            bytes: 7,
            sha256: sha256.clone(),
            parts: vec![],
            tokenizer: None,
        };
        assert!(!is_stamped(&path, &weight));
        stamp(&path, &sha256).unwrap();
        assert!(is_stamped(&path, &weight));
        fs::write(&path, "weights!").unwrap();
        assert!(!is_stamped(&path, &weight));
    }

    #[test]
    fn hashes_as_the_standard_says() {
        // The example of FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_of(&mut "abc".as_bytes()).unwrap(), expected);
    }
}

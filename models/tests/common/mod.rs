//! What the tests and examples on real weights share: loaded models and recordings.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "each test uses a part of it"
)]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use colloquy_models::{Models, ModelsConfig};

/// The models, loaded once. Without weights the test fails with the command that fetches them.
pub fn models() -> &'static Models {
    static MODELS: OnceLock<Models> = OnceLock::new();
    MODELS.get_or_init(|| Models::load(&ModelsConfig::default()).unwrap_or_else(|e| panic!("{e}")))
}

/// The folder of recordings that is kept with the tests.
pub fn speech() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/speech")
}

/// The samples of a FLAC file of 16 kHz, mono.
pub fn flac(path: &Path) -> Vec<f32> {
    let mut reader =
        claxon::FlacReader::new(File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))).unwrap();
    let info = reader.streaminfo();
    assert_eq!((info.sample_rate, info.channels), (16_000, 1), "{}", path.display());
    let full = (1_i64 << (info.bits_per_sample - 1)) as f32;
    reader.samples().map(|sample| sample.unwrap() as f32 / full).collect()
}

/// A line of a manifest of recordings.
pub struct Recording {
    pub id: String,
    pub path: PathBuf,
    pub text: String,
    pub in_wer: bool,
}

/// The recordings that `folder`'s manifest lists.
pub fn recordings(folder: &Path) -> Vec<Recording> {
    let manifest = std::fs::read_to_string(folder.join("manifest.jsonl")).unwrap();
    let parsed = manifest.lines().map(|line| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        Recording {
            id: row["id"].as_str().unwrap().to_owned(),
            path: folder.join(row["path"].as_str().unwrap()),
            text: row["text"].as_str().unwrap_or_default().to_owned(),
            in_wer: row["in_wer"].as_bool().unwrap_or(false),
        }
    });
    parsed.collect()
}

//! Where each model finds its weights: in the weights directory under the manifest's names, or wherever a person put them.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::ModelsError;
use crate::weights::fetch::check;
use crate::weights::manifest::Manifest;
use crate::weights::stamp::is_stamped;

const VAD: &str = "silero_vad.onnx";
const END_OF_TURN: &str = "smart-turn-v3.2-cpu.onnx";
const VOICE: &str = "en_US-joe-medium.onnx";
const VOICE_CONFIG: &str = "en_US-joe-medium.onnx.json";
const EMBEDDER: &str = "minilm-l6-v2.safetensors";
const TOKENIZER: &str = "minilm-l6-v2.tokenizer.json";
const ONNXRUNTIME: &str = "libonnxruntime.so.1.31.1";

/// The weights directory: `COLLOQUY_MODELS`, else `~/.cache/colloquy/models`.
#[must_use]
pub fn default_weights_dir() -> PathBuf {
    std::env::var_os("COLLOQUY_MODELS").map_or_else(|| cache_dir().join("models"), PathBuf::from)
}

/// Where wheels are kept: `~/.cache/colloquy/pip`.
#[must_use]
pub fn default_wheels_dir() -> PathBuf {
    cache_dir().join("pip")
}

fn cache_dir() -> PathBuf {
    let home = std::env::var_os("HOME").map_or_else(std::env::temp_dir, PathBuf::from);
    home.join(".cache/colloquy")
}

/// Which Whisper is loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", try_from = "String")]
pub enum WhisperSize {
    /// tiny.en: English, the fastest.
    #[default]
    TinyEn,
    /// base: many languages, about twice as slow; fetched with the group `base`.
    Base,
}

impl TryFrom<String> for WhisperSize {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        match name.as_str() {
            "tiny-en" => Ok(Self::TinyEn),
            "base" => Ok(Self::Base),
            _ => Err(format!("there is no Whisper {name:?}; choose tiny-en or base")),
        }
    }
}

impl WhisperSize {
    fn file(self) -> &'static str {
        match self {
            Self::TinyEn => "ggml-tiny.en.bin",
            Self::Base => "ggml-base.bin",
        }
    }

    /// The group of weights that it is fetched with; `None` where it is fetched in any case.
    #[must_use]
    pub fn group(self) -> Option<&'static str> {
        match self {
            Self::TinyEn => None,
            Self::Base => Some("base"),
        }
    }
}

/// Weights that were placed by hand. What is `None` comes from the weights directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WeightPaths {
    /// A Whisper model in whisper.cpp's GGML format, of any size.
    pub whisper: Option<PathBuf>,
    /// Silero VAD, ONNX.
    pub vad: Option<PathBuf>,
    /// Smart Turn v3, ONNX.
    pub end_of_turn: Option<PathBuf>,
    /// A Piper voice, ONNX.
    pub voice: Option<PathBuf>,
    /// The Piper voice's JSON; where only `voice` is given, the same name with `.json` after it.
    pub voice_config: Option<PathBuf>,
    /// `MiniLM`, safetensors.
    pub embedder: Option<PathBuf>,
    /// `MiniLM`'s `tokenizer.json`.
    pub embedder_tokenizer: Option<PathBuf>,
    /// ONNX Runtime's shared library, 1.24 or later.
    pub onnxruntime: Option<PathBuf>,
}

/// A path to every weight, each seen to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) whisper: PathBuf,
    pub(crate) vad: PathBuf,
    pub(crate) end_of_turn: PathBuf,
    pub(crate) voice: PathBuf,
    pub(crate) voice_config: PathBuf,
    pub(crate) embedder: PathBuf,
    pub(crate) embedder_tokenizer: PathBuf,
    pub(crate) onnxruntime: PathBuf,
}

/// Finds every weight, and hashes those of the weights directory that nobody has verified yet.
pub(crate) fn find(dir: &Path, given: &WeightPaths, whisper: WhisperSize) -> Result<Found, ModelsError> {
    let manifest = Manifest::pinned()?;
    let pinned = |file: &str| find_pinned(&manifest, dir, file);
    let or = |what, path: &Option<PathBuf>, file: &str| match path {
        Some(path) if path.is_file() => Ok(path.clone()),
        Some(path) => Err(ModelsError::MissingOverride {
            what,
            path: path.clone(),
        }),
        None => pinned(file),
    };
    let beside_voice = given.voice.as_ref().map(|voice| {
        let mut name = voice.clone().into_os_string();
        name.push(".json");
        PathBuf::from(name)
    });
    Ok(Found {
        whisper: or("paths.whisper", &given.whisper, whisper.file())?,
        vad: or("paths.vad", &given.vad, VAD)?,
        end_of_turn: or("paths.end_of_turn", &given.end_of_turn, END_OF_TURN)?,
        voice: or("paths.voice", &given.voice, VOICE)?,
        voice_config: or(
            "paths.voice_config",
            &given.voice_config.clone().or(beside_voice),
            VOICE_CONFIG,
        )?,
        embedder: or("paths.embedder", &given.embedder, EMBEDDER)?,
        embedder_tokenizer: or("paths.embedder_tokenizer", &given.embedder_tokenizer, TOKENIZER)?,
        onnxruntime: or("paths.onnxruntime", &given.onnxruntime, ONNXRUNTIME)?,
    })
}

fn find_pinned(manifest: &Manifest, dir: &Path, file: &str) -> Result<PathBuf, ModelsError> {
    let path = dir.join(file);
    let weight = manifest.weights().iter().find(|weight| weight.file == file);
    let weight = weight.ok_or_else(|| ModelsError::Manifest(format!("{file} is not made for this processor")))?;
    if !is_stamped(&path, weight) {
        check(&path, weight)?;
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_s_file_is_in_the_manifest() {
        let manifest = Manifest::pinned().unwrap();
        let whispers = [WhisperSize::TinyEn.file(), WhisperSize::Base.file()];
        for file in
            whispers
                .into_iter()
                .chain([VAD, END_OF_TURN, VOICE, VOICE_CONFIG, EMBEDDER, TOKENIZER, ONNXRUNTIME])
        {
            assert!(manifest.weights().iter().any(|weight| weight.file == file), "{file}");
        }
    }

    #[test]
    fn a_missing_weight_names_the_file_and_the_command_that_mends_it() {
        let dir = tempfile::tempdir().unwrap();
        let error = find(dir.path(), &WeightPaths::default(), WhisperSize::TinyEn)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("ggml-tiny.en.bin") && error.contains("`colloquy models fetch`"),
            "{error}"
        );
    }

    #[test]
    fn a_missing_weight_of_a_group_names_the_command_that_fetches_this_group() {
        let dir = tempfile::tempdir().unwrap();
        let missing = find(dir.path(), &WeightPaths::default(), WhisperSize::Base).unwrap_err();
        let group = WhisperSize::Base.group().unwrap();
        assert!(
            missing
                .to_string()
                .contains(&format!("`colloquy models fetch --group {group}`")),
            "{missing}"
        );
    }

    #[test]
    fn a_corrupt_weight_names_the_file_and_the_command_that_mends_it() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("ggml-tiny.en.bin"), "cut off").unwrap();
        let error = find(dir.path(), &WeightPaths::default(), WhisperSize::TinyEn)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("ggml-tiny.en.bin") && error.contains("corrupt"),
            "{error}"
        );
        assert!(error.contains("`colloquy models fetch`"), "{error}");
    }

    #[test]
    fn a_weight_given_by_hand_is_taken_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let mine = dir.path().join("mine.bin");
        std::fs::write(&mine, "ggml from elsewhere").unwrap();
        let given = WeightPaths {
            whisper: Some(mine),
            ..WeightPaths::default()
        };
        // It goes on to the next weight, which is missing.
        let error = find(dir.path(), &given, WhisperSize::TinyEn).unwrap_err().to_string();
        assert!(error.contains(VAD), "{error}");
        let given = WeightPaths {
            whisper: Some(dir.path().join("nothing.bin")),
            ..WeightPaths::default()
        };
        let error = find(dir.path(), &given, WhisperSize::TinyEn).unwrap_err();
        assert!(
            matches!(
                error,
                ModelsError::MissingOverride {
                    what: "paths.whisper",
                    ..
                }
            ),
            "{error}"
        );
    }
}

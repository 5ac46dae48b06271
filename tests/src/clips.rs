//! Recordings of real people, and what they say in them.

use colloquy::client::Recording;
use colloquy_models::wer::{errors, words};
use serde_json::Value;

use crate::speech_dir;

/// A recording and its words.
#[derive(Clone, Debug)]
pub struct Clip {
    /// The sound.
    pub recording: Recording,
    /// What is said in it.
    pub text: String,
}

/// The recordings of one kind in `tests/speech`: `answer`, `long`, `short`, `backchannel` or `noise`.
#[must_use]
pub fn clips(kind: &str) -> Vec<Clip> {
    let of_kind = manifest().into_iter().filter(|line| line["kind"] == kind);
    of_kind.map(|line| open(&line)).collect()
}

/// The recording with this id.
#[must_use]
pub fn clip(id: &str) -> Clip {
    let line = manifest().into_iter().find(|line| line["id"] == id);
    open(&line.unwrap_or_else(|| panic!("{id} is not in tests/speech/manifest.jsonl")))
}

fn manifest() -> Vec<Value> {
    let path = speech_dir().join("manifest.jsonl");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a JSON line"))
        .collect()
}

fn open(line: &Value) -> Clip {
    let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let path = speech_dir().join(text("path"));
    Clip {
        recording: Recording::open(&path).unwrap_or_else(|e| panic!("{e}")),
        text: text("text"),
    }
}

/// The word error rate over pairs of what was said and what was understood.
#[must_use]
pub fn word_error_rate<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> f64 {
    let (mut wrong, mut all) = (0, 0);
    for (said, heard) in pairs {
        let (said, heard) = (words(said), words(heard));
        wrong += errors(&said, &heard);
        all += said.len();
    }
    wrong as f64 / f64::from(u32::try_from(all.max(1)).expect("fewer words"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clip_of_the_manifest_can_be_spoken() {
        let answers = clips("answer");
        assert!(answers.len() >= 12 && answers.iter().all(|clip| clip.recording.seconds() > 2.0));
        assert!(clip("jfk").text.starts_with("And so"));
    }

    #[test]
    fn errors_are_counted_in_words() {
        let rate = word_error_rate([("one two three four", "one two tree four"), ("I'd go", "I would go")]);
        assert!((rate - 1.0 / 7.0).abs() < 1e-9, "{rate}");
    }
}

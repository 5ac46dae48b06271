//! What the participants of a bench say.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use colloquy_models::wer::{errors, words};
use serde_json::Value;

/// Texts that a full-window decode of the same weights gave, beside the manifest.
const BASELINE: &str = "asr_baseline.jsonl";

/// A file, and what is said in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clip {
    pub(super) path: PathBuf,
    pub(super) name: String,
    /// Words that are really said, in one spelling; `None` where that is unknown or does not count.
    pub(super) words: Option<Vec<String>>,
    /// Word errors of a full-window decode, where the folder tells.
    pub(super) baseline_errors: Option<usize>,
}

/// Plain files: nobody knows what is said in them.
pub(super) fn of_files(files: &[PathBuf]) -> Vec<Clip> {
    let clip = |path: &PathBuf| Clip {
        path: path.clone(),
        name: path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default(),
        words: None,
        baseline_errors: None,
    };
    files.iter().map(clip).collect()
}

/// The answers that `folder`'s `manifest.jsonl` lists, a JSON object a line with `id`, `path` and `text`. Each filter is
/// `field=value,value`; a line that names a `kind` counts only where it is `answer`, unless a filter is about that.
pub(super) fn of_folder(folder: &Path, filters: &[String], baseline: &str) -> anyhow::Result<Vec<Clip>> {
    let filters: Vec<Filter> = filters
        .iter()
        .map(|text| Filter::parse(text))
        .collect::<anyhow::Result<_>>()?;
    let decoded = match std::fs::read_to_string(folder.join(BASELINE)) {
        Ok(text) => hypotheses(&text, baseline),
        Err(_) => HashMap::new(),
    };
    let manifest = folder.join("manifest.jsonl");
    let text = std::fs::read_to_string(&manifest).with_context(|| format!("{} cannot be read", manifest.display()))?;
    let mut clips = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let row: Value = serde_json::from_str(line)
            .with_context(|| format!("line {} of {} is not JSON", number + 1, manifest.display()))?;
        let by_kind = filters.iter().any(|filter| filter.field == "kind");
        let is_answer = by_kind || row["kind"].as_str().is_none_or(|kind| kind == "answer");
        if is_answer && filters.iter().all(|filter| filter.takes(&row)) {
            clips.push(clip(folder, &row, &decoded).with_context(|| format!("line {} lacks a path", number + 1))?);
        }
    }
    ensure!(
        !clips.is_empty(),
        "{} lists no answers that pass the filters",
        manifest.display()
    );
    Ok(clips)
}

fn clip(folder: &Path, row: &Value, decoded: &HashMap<String, String>) -> Option<Clip> {
    let path = folder.join(row["path"].as_str()?);
    let name = row["id"].as_str().map(str::to_owned);
    let name = name.unwrap_or_else(|| path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
    let counts = row["in_wer"].as_bool().unwrap_or(true);
    let said = row["text"]
        .as_str()
        .map(words)
        .filter(|words| counts && !words.is_empty());
    let scored = |said: &Vec<String>| {
        let told = decoded.get(&name).map(|text| errors(said, &words(text)));
        told.or_else(|| row["baseline_tiny_errors"].as_u64().map(|n| n as usize))
    };
    let baseline_errors = said.as_ref().and_then(scored);
    Some(Clip {
        path,
        name,
        words: said,
        baseline_errors,
    })
}

fn hypotheses(text: &str, model: &str) -> HashMap<String, String> {
    let rows = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    rows.filter_map(|row| Some((row["id"].as_str()?.to_owned(), row[model]["hyp"].as_str()?.to_owned())))
        .collect()
}

/// `field=value,value`.
struct Filter {
    field: String,
    values: Vec<String>,
}

impl Filter {
    fn parse(text: &str) -> anyhow::Result<Self> {
        let Some((field, values)) = text.split_once('=') else {
            bail!("--filter {text}: write field=value,value, such as style=read,spontaneous");
        };
        let values = values.split(',').map(|value| value.trim().to_owned()).collect();
        Ok(Self {
            field: field.trim().to_owned(),
            values,
        })
    }

    fn takes(&self, row: &Value) -> bool {
        let value = match &row[&self.field] {
            Value::String(text) => text.clone(),
            Value::Null => return false,
            other => other.to_string(),
        };
        self.values.contains(&value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"{"id": "a", "path": "a.flac", "text": "One two.", "style": "read", "in_wer": true}
{"id": "b", "path": "b.flac", "text": "three", "style": "spontaneous", "in_wer": false}
{"id": "c", "path": "c.flac", "text": "", "style": "read", "kind": "noise"}
"#;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("manifest.jsonl"), MANIFEST).unwrap();
        let baseline = r#"{"id": "a", "tiny": {"hyp": "one tow"}, "base": {"hyp": "one two"}}"#;
        std::fs::write(folder.path().join(BASELINE), baseline).unwrap();
        folder
    }

    fn names(filters: &[&str]) -> Vec<String> {
        let filters: Vec<String> = filters.iter().map(|f| (*f).to_owned()).collect();
        of_folder(folder().path(), &filters, "tiny")
            .unwrap()
            .into_iter()
            .map(|clip| clip.name)
            .collect()
    }

    #[test]
    fn filters_choose_and_noise_is_no_answer() {
        assert_eq!(names(&[]), ["a", "b"]);
        assert_eq!(names(&["style=spontaneous, x"]), ["b"]);
        assert_eq!(names(&["kind=noise"]), ["c"]);
        assert_eq!(names(&["in_wer=true"]), ["a"]);
        assert!(of_folder(folder().path(), &["style=sung".into()], "tiny").is_err());
        assert!(of_folder(folder().path(), &["style".into()], "tiny").is_err());
    }

    #[test]
    fn only_what_counts_has_words_and_a_baseline() {
        let folder = folder();
        let clips = of_folder(folder.path(), &[], "tiny").unwrap();
        assert_eq!(clips[0].words.as_ref().unwrap().len(), 2);
        assert_eq!((clips[0].baseline_errors, &clips[1].words), (Some(1), &None));
        assert_eq!(
            of_folder(folder.path(), &[], "base").unwrap()[0].baseline_errors,
            Some(0)
        );
    }
}

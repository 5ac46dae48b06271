//! espeak-ng as a child process. It takes some 10 ms to start, so that one is always waiting with its voice loaded; each one
//! answers one text and ends.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use colloquy_core::ports::InferenceError;

use crate::onnx::inference;

const PROGRAM: &str = "espeak-ng";

/// Runs espeak-ng with one voice.
pub(super) struct Espeak {
    program: PathBuf,
    voice: String,
    waiting: Option<Child>,
}

impl Espeak {
    pub(super) fn new(program: &Path, voice: &str) -> Self {
        Self {
            program: program.to_owned(),
            voice: voice.to_owned(),
            waiting: None,
        }
    }

    /// The lines of phonemes (IPA) of `text`: one for each of its paragraphs, unless one is too long or has nothing to say.
    pub(super) fn lines(&mut self, text: &str) -> Result<Vec<String>, InferenceError> {
        let answer = match self.waiting.take() {
            // The one that waited may have been killed meanwhile.
            Some(child) => ask(child, text).or_else(|_| ask(self.spawn()?, text)),
            None => ask(self.spawn()?, text),
        }?;
        self.waiting = self.spawn().ok();
        Ok(answer.lines().map(plain).filter(|line| !line.is_empty()).collect())
    }

    fn spawn(&self) -> Result<Child, InferenceError> {
        let mut command = Command::new(&self.program);
        command.args(["-q", "--ipa", "-b", "1", "-v", &self.voice, "--stdin"]);
        command
            // It makes no sound: its sound library need not prepare a folder in the user's home.
            .env("PULSE_RUNTIME_PATH", "/nonexistent")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let install = |e| {
            format!(
                "{} did not start ({e}); install the package espeak-ng",
                self.program.display()
            )
        };
        command.spawn().map_err(install).map_err(inference(PROGRAM))
    }
}

impl Drop for Espeak {
    fn drop(&mut self) {
        if let Some(mut child) = self.waiting.take() {
            // It ends by itself at the end of its input, too.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Writes all, closes, reads all: a text is far shorter than a pipe's buffer, so that neither side waits for the other.
fn ask(mut child: Child, text: &str) -> Result<String, InferenceError> {
    let mut answer = String::new();
    let written = child.stdin.take().map(|mut stdin| stdin.write_all(text.as_bytes()));
    let read = child.stdout.take().map(|mut stdout| stdout.read_to_string(&mut answer));
    let status = child.wait().map_err(inference(PROGRAM))?;
    match (written, read) {
        (Some(Ok(())), Some(Ok(_))) if status.success() => Ok(answer),
        (Some(Err(e)), _) | (_, Some(Err(e))) => Err(inference(PROGRAM)(e)),
        _ => Err(inference(PROGRAM)(status)),
    }
}

/// A line without the marks of a change of language, such as `(fr)`.
fn plain(line: &str) -> String {
    let mut inside = false;
    let kept = line.chars().filter(|c| {
        inside |= *c == '(';
        let keep = !inside;
        inside &= *c != ')';
        keep
    });
    kept.collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_gives_a_line_of_phonemes() {
        let mut espeak = Espeak::new(Path::new("espeak-ng"), "en-us");
        let lines = espeak.lines("hello there\n\nmy friend").unwrap();
        assert_eq!(lines, ["həlˈoʊ ðˈɛɹ", "maɪ fɹˈɛnd"]);
        assert_eq!(
            espeak.lines("my friend").unwrap(),
            ["maɪ fɹˈɛnd"],
            "the one that waited"
        );
    }

    #[test]
    fn a_killed_child_is_replaced() {
        let mut espeak = Espeak::new(Path::new("espeak-ng"), "en-us");
        espeak.lines("hello").unwrap();
        espeak.waiting.as_mut().unwrap().kill().unwrap();
        espeak.waiting.as_mut().unwrap().wait().unwrap();
        assert_eq!(espeak.lines("my friend").unwrap(), ["maɪ fɹˈɛnd"]);
    }

    #[test]
    fn a_missing_program_says_what_to_install_and_not_what_was_said() {
        let mut espeak = Espeak::new(Path::new("/nowhere/espeak-ng"), "en-us");
        let error = espeak.lines("my secret").unwrap_err().to_string();
        assert!(
            error.contains("install the package espeak-ng") && !error.contains("secret"),
            "{error}"
        );
    }

    #[test]
    fn marks_of_language_are_no_phonemes() {
        assert_eq!(plain("(fr)ʒə(en-us) nˈoʊ\n"), "ʒə nˈoʊ");
    }
}

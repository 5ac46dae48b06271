//! A mail server that is not ours (`aiosmtpd`), and what it took.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::python::{environment, script};

/// Python starts in a second.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// A mail that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// To whom.
    pub to: String,
    /// Its Message-ID.
    pub id: String,
    /// Its plain text.
    pub text: String,
}

/// A mail server; it dies when dropped.
#[derive(Debug)]
pub struct MailServer {
    /// Its port on 127.0.0.1.
    pub port: u16,
    folder: TempDir,
    _child: Child,
}

impl MailServer {
    /// Fetches the package where it is not there, starts the server, and waits until it listens.
    pub async fn start() -> Self {
        let python = tokio::task::spawn_blocking(|| environment("aiosmtpd", "aiosmtpd==1.4.6"));
        let python = python.await.expect("the package");
        let folder = tempfile::tempdir().expect("a folder for mails");
        let mut command = Command::new(python);
        command.arg(script("smtp_server.py")).arg(mails(&folder));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let mut child = command.spawn().expect("python");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let line = timeout(READY_WITHIN, lines.next_line()).await;
        let line = line.ok().and_then(Result::ok).flatten().unwrap_or_default();
        let port = line.strip_prefix("ready ").and_then(|port| port.parse().ok());
        Self {
            port: port.expect("smtp_server.py did not become ready; run it by hand to see why"),
            folder,
            _child: child,
        }
    }

    /// What it took so far, in order.
    #[must_use]
    pub fn taken(&self) -> Vec<Taken> {
        let text = std::fs::read_to_string(mails(&self.folder)).unwrap_or_default();
        // The last line may be half written.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole
            .lines()
            .map(|line| {
                let mail: Value = serde_json::from_str(line).expect("a line of smtp_server.py");
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                Taken {
                    to: text(&mail["to"][0]),
                    id: text(&mail["id"]),
                    text: text(&mail["text"]),
                }
            })
            .collect()
    }
}

fn mails(folder: &TempDir) -> PathBuf {
    folder.path().join("mails.jsonl")
}

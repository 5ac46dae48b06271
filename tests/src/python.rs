//! Programs that are not ours: Python packages, each in an environment of its own in the user's cache, made once.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;
use tokio::time::timeout;

use crate::machine::cache_dir;

/// Loading a small language model and warming it.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// The interpreter of an environment called `name` that has `requirement` (pinned, such as `openai[realtime]==1.2.3`).
/// Blocks for the download at first.
#[must_use]
pub fn environment(name: &str, requirement: &str) -> PathBuf {
    assert!(requirement.contains("=="), "{requirement} is not pinned");
    let folder = cache_dir().join(format!("venv-{name}"));
    let (python, stamp) = (folder.join("bin/python"), folder.join("installed"));
    let lock = File::create(folder.with_extension("lock")).expect("a lock file");
    // Of several tests one makes it, and the others wait.
    lock.lock().expect("the lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == requirement) {
        return python;
    }
    // Never made, half made, or made for another version.
    let _absent = fs::remove_dir_all(&folder);
    run(
        Command::new("python3").args(["-m", "venv"]).arg(&folder),
        "`apt-get install python3-venv` mends it",
    );
    let mut install = Command::new(&python);
    install.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        requirement,
    ]);
    run(&mut install, "is the package index reachable?");
    fs::write(&stamp, requirement).unwrap_or_else(|e| panic!("{}: {e}", stamp.display()));
    python
}

fn run(command: &mut Command, advice: &str) {
    let done = command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|e| panic!("{command:?}: {e}; {advice}"));
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(
        done.status.success(),
        "{command:?} failed: {told}{}; {advice}",
        String::from_utf8_lossy(&done.stdout)
    );
}

/// A script in `tests/support`.
#[must_use]
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("support").join(name)
}

/// SmolLM2 behind a small streaming server; it dies when dropped.
#[derive(Debug)]
pub struct SmolLm {
    /// What `OPENAI_BASE_URL` is to be.
    pub base_url: String,
    child: Child,
}

impl SmolLm {
    /// Fetches the weights and the package where they are not there, starts the server, and waits until it is warm.
    pub async fn start() -> Self {
        let prepare = tokio::task::spawn_blocking(|| {
            let mut fetch = Command::new(crate::server::binary());
            fetch.args(["models", "fetch", "--group", "test"]);
            // The names of our own settings are not the server's.
            fetch.env_remove("COLLOQUY_BIN").env_remove("COLLOQUY_PG_BIN");
            run(&mut fetch, "`colloquy models fetch --group test` fetches the weights");
            environment("cyllama", "cyllama==0.2.18")
        });
        let python = prepare.await.expect("the weights and the package");
        let weights = std::env::var_os("COLLOQUY_MODELS").map_or_else(|| cache_dir().join("models"), PathBuf::from);
        let mut command = tokio::process::Command::new(python);
        command
            .arg(script("smollm_server.py"))
            .arg(weights.join("SmolLM2-135M-Instruct.Q4_1.gguf"));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let mut child = command.spawn().expect("python");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let ready = async {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some(port) = line.strip_prefix("ready ") {
                    return Some(port.to_owned());
                }
            }
            None
        };
        let port = timeout(READY_WITHIN, ready).await.ok().flatten();
        let port = port.expect("smollm_server.py did not become ready; run it by hand to see why");
        Self {
            base_url: format!("http://127.0.0.1:{port}/v1"),
            child,
        }
    }

    /// SIGKILL.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("killing the language model");
    }
}

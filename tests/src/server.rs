//! The real `colloquy` binary as a child process.

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use colloquy::client::Link;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::machine::Machine;

/// Names the binary, where it is not in the target folder.
const BINARY_VAR: &str = "COLLOQUY_BIN";
/// Loading and warming the models takes seconds; on a machine that compiles at the same time, more.
const LOADED_WITHIN: Duration = Duration::from_secs(120);
/// What the server prints once it listens.
const LISTENS: &str = "Colloquy listens on ";
/// A failed test shows so much of the server's log.
const LOG_LINES: usize = 80;

/// How a server is started.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// `sqlite:PATH` or `postgres://…`.
    pub database: String,
    /// Settings, as environment variables such as `COLLOQUY_MAX_CONVERSATIONS`.
    pub env: Vec<(&'static str, String)>,
    /// Another program of the target folder than `colloquy`.
    pub program: Option<&'static str>,
    /// Whether other tests' servers wait until this one has ended.
    pub alone: bool,
}

impl ServerOptions {
    /// The defaults, on this database.
    #[must_use]
    pub fn on(database: &str) -> Self {
        Self {
            database: database.to_owned(),
            env: Vec::new(),
            program: None,
            alone: false,
        }
    }

    /// With the machine to itself: what is measured on it counts.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.alone = true;
        self
    }

    /// Another program of the target folder, such as `stub-server`.
    #[must_use]
    pub fn program(mut self, name: &'static str) -> Self {
        self.program = Some(name);
        self
    }

    /// With this setting too.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.env.push((name, value.to_string()));
        self
    }
}

/// A running server. Dropping it kills it; a failed test shows its log.
#[derive(Debug)]
pub struct Server {
    options: ServerOptions,
    folder: TempDir,
    child: Child,
    scheme: String,
    address: SocketAddr,
    _machine: Machine,
}

impl Server {
    /// Starts one on a free port of 127.0.0.1, and waits until it listens. Before that it waits for a place on the machine.
    pub async fn start(options: ServerOptions) -> Self {
        let place = if options.alone { Machine::take } else { Machine::share };
        let machine = tokio::task::spawn_blocking(place).await.expect("the lock's thread");
        let folder = tempfile::tempdir().expect("a folder for the log");
        let (child, scheme, address) = launch(&options, &folder, 0).await;
        Self {
            options,
            folder,
            child,
            scheme,
            address,
            _machine: machine,
        }
    }

    /// `http://127.0.0.1:PORT`, or `https://…` where it was told to encrypt.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The link of an invitation's token.
    #[must_use]
    pub fn link(&self, token: &str) -> Link {
        Link::parse(&format!("{}/i/{token}", self.url())).expect("a link")
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id().expect("the server runs")
    }

    /// Runs `colloquy demo` on the same database: one link for each of so many people.
    pub async fn demo(&self, invitations: u32) -> Vec<Link> {
        let mut command = command(&self.options, &self.folder);
        command.args(["demo", "--json", "--invitations", &invitations.to_string()]);
        let done = command.output().await.expect("colloquy demo");
        let told = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "colloquy demo: {told}");
        let links: Vec<String> = serde_json::from_slice(&done.stdout).expect("a JSON array of links");
        let here = |link: &String| {
            Link::parse(link)
                .and_then(|link| link.on_server(&self.url()))
                .expect("a link")
        };
        links.iter().map(here).collect()
    }

    /// Runs `colloquy bench` on it, as a process of its own, with the links of these tokens; what it reports.
    pub async fn bench(&self, tokens: &[String], options: &[&str]) -> Value {
        let links: Vec<String> = tokens.iter().map(|token| format!("{}/i/{token}", self.url())).collect();
        let file = self.folder.path().join("links");
        std::fs::write(&file, links.join("\n")).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let mut command = Command::new(binary());
        command
            .args(["bench", "--json", "-", "--pid", &self.pid().to_string(), "--links"])
            .arg(&file)
            .args(options)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let done = command.output().await.expect("colloquy bench");
        let told = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "colloquy bench: {told}");
        serde_json::from_slice(&done.stdout).expect("a report in JSON")
    }

    /// SIGKILL: the process gets no chance to do anything.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("killing the server");
    }

    /// SIGTERM. [`Server::exited`] waits for what comes of it.
    pub async fn terminate(&self) {
        let order = format!("kill -TERM {}", self.pid());
        let sent = Command::new("sh").args(["-c", &order]).status().await.expect("a shell");
        assert!(sent.success(), "{order}");
    }

    /// Waits for its end.
    pub async fn exited(&mut self, within: Duration) -> ExitStatus {
        let status = timeout(within, self.child.wait()).await;
        status
            .unwrap_or_else(|_| panic!("the server still runs after {within:?}"))
            .expect("its status")
    }

    /// Starts it again on the same port and database, after it has ended.
    pub async fn restart(&mut self) {
        let ended = self.child.try_wait().expect("its status");
        assert!(ended.is_some(), "the server still runs");
        (self.child, self.scheme, self.address) = launch(&self.options, &self.folder, self.address.port()).await;
    }

    /// Its log so far, over restarts.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(log_path(&self.folder)).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the server's log\n{}---", tail(&self.log()));
        }
    }
}

async fn launch(options: &ServerOptions, folder: &TempDir, port: u16) -> (Child, String, SocketAddr) {
    let path = log_path(folder);
    let log = File::options().create(true).append(true).open(&path);
    let log = log.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut command = command(options, folder);
    command
        .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
        .stdout(Stdio::piped())
        .stderr(log);
    let mut child = command
        .spawn()
        .unwrap_or_else(|e| panic!("{}: {e}", binary().display()));
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let listening = async {
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some((scheme, address)) = line.strip_prefix(LISTENS).and_then(|url| url.split_once("://")) {
                return Some((scheme.to_owned(), address.parse().expect("an address")));
            }
        }
        None
    };
    let listening = timeout(LOADED_WITHIN, listening).await;
    let Ok(Some((scheme, address))) = listening else {
        let log = std::fs::read_to_string(path).unwrap_or_default();
        panic!("the server did not come up: {listening:?}\n{}", tail(&log));
    };
    // A pipe that nobody reads would stop it one day.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (child, scheme, address)
}

fn command(options: &ServerOptions, folder: &TempDir) -> Command {
    let mut command = Command::new(options.program.map_or_else(binary, sibling));
    // Settings of the person who runs the tests are not the tests'.
    for (name, _) in std::env::vars() {
        let ours = name.starts_with("COLLOQUY_") && name != "COLLOQUY_MODELS";
        if ours || name.starts_with("OPENAI_") {
            command.env_remove(name);
        }
    }
    command
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command.env("COLLOQUY_DATABASE_URL", &options.database);
    // What is kept beside it goes with the test.
    command.env("COLLOQUY_DATA_DIR", folder.path().join("data"));
    command.envs(options.env.iter().map(|(name, value)| (name, value)));
    command
}

/// The `colloquy` binary.
///
/// # Panics
/// It was not built; says how to.
#[must_use]
pub fn binary() -> PathBuf {
    let path = std::env::var_os(BINARY_VAR).map_or_else(built, PathBuf::from);
    let build = "`cargo build --release -p colloquy` builds it";
    assert!(
        path.is_file(),
        "{} is not there; {build}, or set {BINARY_VAR}",
        path.display()
    );
    path
}

/// Another program beside the `colloquy` binary.
fn sibling(name: &str) -> PathBuf {
    let path = binary().with_file_name(name);
    assert!(
        path.is_file(),
        "{} is not there; `cargo build --release -p colloquy-tests --bins` builds it",
        path.display()
    );
    path
}

fn built() -> PathBuf {
    let of_cargo = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    // The test itself is TARGET/PROFILE/deps/NAME.
    let own = || std::env::current_exe().ok()?.ancestors().nth(3).map(PathBuf::from);
    of_cargo.or_else(own).unwrap_or_default().join("release/colloquy")
}

fn log_path(folder: &TempDir) -> PathBuf {
    folder.path().join("server.log")
}

fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(LOG_LINES)..]
        .iter()
        .flat_map(|line| [line, "\n"])
        .collect()
}

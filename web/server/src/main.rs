//! The `colloquy` command.
#![forbid(unsafe_code)]

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use clap::Parser;
use colloquy::cli::{Cli, run};

/// What libraries read before we can tell them anything, and what it should be.
const ENVIRONMENT: [(&str, &str); 2] = [
    // ONNX Runtime keeps usage data in the home folder unless this is set before it is loaded.
    ("ORT_DISABLE_TELEMETRY", "1"),
    // OpenMP's threads wait for each other by spinning. So many rounds last some tens of microseconds, as long as a layer's
    // stragglers take; then the core is free for whoever has work.
    ("GOMP_SPINCOUNT", "10000"),
];

fn main() -> ExitCode {
    if ENVIRONMENT.iter().any(|(name, _)| std::env::var_os(name).is_none()) {
        // A running process cannot safely change its environment: begin again with the right one.
        let error = again();
        let _closed = std::io::Write::write_fmt(
            &mut std::io::stderr(),
            format_args!("colloquy: cannot start: {error}\n"),
        );
        return ExitCode::FAILURE;
    }
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _closed = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("colloquy: {error:#}\n"));
            ExitCode::FAILURE
        }
    }
}

/// Replaces this process by itself, with what is missing of [`ENVIRONMENT`]; returns only where that fails.
fn again() -> std::io::Error {
    let missing = ENVIRONMENT
        .into_iter()
        .filter(|(name, _)| std::env::var_os(name).is_none());
    match std::env::current_exe() {
        Ok(program) => Command::new(program)
            .args(std::env::args_os().skip(1))
            .envs(missing)
            .exec(),
        Err(error) => error,
    }
}

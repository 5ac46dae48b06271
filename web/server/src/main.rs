//! The `colloquy` command.
#![forbid(unsafe_code)]

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use clap::Parser;
use colloquy::cli::{Cli, run};

/// ONNX Runtime keeps usage data in the home folder unless this is set before it is loaded.
const NO_TELEMETRY: &str = "ORT_DISABLE_TELEMETRY";

fn main() -> ExitCode {
    if std::env::var_os(NO_TELEMETRY).is_none() {
        // A running process cannot safely change its environment: begin again with the right one.
        let error = again_without_telemetry();
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

/// Replaces this process by itself; returns only where that fails.
fn again_without_telemetry() -> std::io::Error {
    match std::env::current_exe() {
        Ok(program) => Command::new(program)
            .args(std::env::args_os().skip(1))
            .env(NO_TELEMETRY, "1")
            .exec(),
        Err(error) => error,
    }
}

//! The `colloquy` command.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser;
use colloquy::cli::{Cli, run};

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _closed = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("colloquy: {error:#}\n"));
            ExitCode::FAILURE
        }
    }
}

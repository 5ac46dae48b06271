//! The commands.
// A command's output is for its user's terminal.
#![allow(clippy::print_stdout)]

pub mod admin;
pub mod backup;
pub mod bench;
pub mod demo;
mod log;
pub mod models;
mod panics;
pub mod serve;
pub mod simulate;
mod stage;
pub mod talk;

use std::path::PathBuf;

use anyhow::Context;
use clap::{Parser, Subcommand};

use crate::config::Config;

/// Spoken interviews in the browser, with local speech recognition and speech.
///
/// Settings come from colloquy.toml and from environment variables; `colloquy config` shows what is in force.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Examples:\n  colloquy models fetch\n  colloquy demo\n  colloquy serve\n  colloquy talk --link http://localhost:8080/i/TOKEN --wav answer1.wav --wav answer2.wav"
)]
pub struct Cli {
    /// Settings file; colloquy.toml in the working folder is read where none is named.
    #[arg(long, global = true, env = "COLLOQUY_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server until SIGTERM or Ctrl-C.
    Serve(serve::ServeArgs),
    /// Make workspaces and their owners, at the server.
    Admin(admin::AdminArgs),
    /// Copy the database and the recordings into a new folder, while the server runs.
    Backup(backup::BackupArgs),
    /// Bring a backup back, where there is no database yet.
    Restore(backup::RestoreArgs),
    /// Make a demo session with invitations in the database, and print their links.
    Demo(demo::DemoArgs),
    /// Take part in an interview from the terminal.
    Talk(talk::TalkArgs),
    /// Measure latency and load with many participants at once.
    Bench(bench::BenchArgs),
    /// Hold interviews with simulated people and grade them.
    Simulate(simulate::SimulateArgs),
    /// Fetch, import and verify the weights of the local models.
    Models(models::ModelsArgs),
    /// Print the settings that are in force, with secrets hidden.
    Config,
}

/// Runs a command to its end.
///
/// # Errors
/// What happened, to what, and what to do.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    // The first of several possible providers of TLS; an error means that it is installed already.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let config = Config::load(cli.config.as_deref())?;
    log::start(config.log_format)?;
    match cli.command {
        Command::Models(args) => models::models(&config, args),
        Command::Config => {
            print!("{}", config.shown()?);
            Ok(())
        }
        Command::Simulate(args) => simulate::simulate(&config.models, &args),
        Command::Serve(args) => {
            panics::keep_to_ourselves();
            runtime()?.block_on(serve::serve(config, args))
        }
        Command::Admin(args) => runtime()?.block_on(admin::admin(&config, args)),
        Command::Backup(args) => runtime()?.block_on(backup::backup(&config, args)),
        Command::Restore(args) => runtime()?.block_on(backup::restore(&config, args)),
        Command::Demo(args) => runtime()?.block_on(demo::demo(&config, args)),
        Command::Talk(args) => runtime()?.block_on(talk::talk(args)),
        Command::Bench(args) => runtime()?.block_on(bench::bench(&config, args)),
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime could not be started")
}

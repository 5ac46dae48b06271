//! `colloquy models`.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, Subcommand};
use colloquy_models::weights::fetch::{Places, Progress, Step, fetch, verify};
use colloquy_models::weights::manifest::Manifest;

use crate::config::Config;

/// Fetch, import and verify the weights of the local models.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  colloquy models fetch\n  colloquy models fetch --group base\n  colloquy models import --model model.bin --tokenizer tokenizer.json --to ggml-custom.bin\n  colloquy models verify"
)]
pub struct ModelsArgs {
    #[command(subcommand)]
    command: ModelsCommand,
}

#[derive(Debug, Subcommand)]
enum ModelsCommand {
    /// Download and import what is missing of the weights that the settings ask for; what is there is left alone.
    Fetch {
        /// An optional group besides: base (multilingual Whisper), test (a small language model).
        #[arg(long)]
        group: Vec<String>,
    },
    /// Convert a Whisper model from CTranslate2's format to whisper.cpp's.
    Import {
        /// CTranslate2's model.bin.
        #[arg(long)]
        model: PathBuf,
        /// Its tokenizer.json.
        #[arg(long)]
        tokenizer: PathBuf,
        /// The file to write.
        #[arg(long)]
        to: PathBuf,
    },
    /// Hash every weight and compare with the pinned ones.
    Verify,
}

/// Does it.
///
/// # Errors
/// The weight or package that failed, and why.
pub fn models(config: &Config, args: ModelsArgs) -> anyhow::Result<()> {
    let manifest = Manifest::pinned()?;
    let places = Places {
        weights: config.models.dir.clone(),
        ..Places::default()
    };
    match args.command {
        ModelsCommand::Fetch { group } => {
            let configured = config
                .models
                .whisper
                .group()
                .filter(|_| config.models.paths.whisper.is_none());
            let groups: Vec<&str> = group.iter().map(String::as_str).chain(configured).collect();
            let mut display = Display::new();
            fetch(&manifest, &places, &groups, &mut |progress| display.show(progress))?;
            println!("All weights are in {}", places.weights.display());
            Ok(())
        }
        ModelsCommand::Import { model, tokenizer, to } => {
            let tensors = colloquy_models::import::whisper_ggml_file(&model, &tokenizer, &to)?;
            println!("{}: {tensors} tensors", to.display());
            Ok(())
        }
        ModelsCommand::Verify => {
            let mut broken = 0;
            for weight in verify(&manifest, &places.weights) {
                match weight.result {
                    Ok(()) => println!("ok      {}", weight.file),
                    Err(error) => {
                        broken += 1;
                        println!("broken  {error}");
                    }
                }
            }
            if broken > 0 {
                bail!("{broken} weights are missing or broken; run `colloquy models fetch`");
            }
            Ok(())
        }
    }
}

/// One line that grows on a terminal; a line a step elsewhere.
struct Display {
    terminal: bool,
    last: Option<(String, Step)>,
}

impl Display {
    fn new() -> Self {
        Self {
            terminal: std::io::stdout().is_terminal(),
            last: None,
        }
    }

    fn show(&mut self, progress: Progress<'_>) {
        let step = match progress.step {
            Step::Downloading => "downloading",
            Step::Checking => "checking",
            Step::Unpacking => "unpacking",
            Step::Converting => "converting",
            Step::Ready => "ready",
            Step::Kept => "already there",
        };
        let (done, total) = (progress.done as f64 / 1e6, progress.total as f64 / 1e6);
        let key = (progress.what.to_owned(), progress.step);
        let new = self.last.as_ref() != Some(&key);
        let finished = matches!(progress.step, Step::Ready | Step::Kept);
        if self.terminal {
            print!("\r\x1b[K  {:<44} {step:<13} {done:7.1} of {total:.1} MB", progress.what);
            if finished {
                println!();
            }
        } else if new {
            println!("  {:<44} {step:<13} {total:7.1} MB", progress.what);
        }
        self.last = Some(key);
        // Progress that cannot be shown is no reason to stop.
        let _shown = std::io::stdout().flush();
    }
}

//! `colloquy backup`.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::Store;

use super::program::{postgres, run};
use super::{ABOUT, About, POSTGRES, RECORDINGS, SQLITE, copy_folder, make_private};
use crate::config::Config;

/// Copy the database and the recordings into a new folder, while the server runs.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  colloquy backup /srv/backups/colloquy-monday")]
pub struct BackupArgs {
    /// The folder to make; it must not be there yet.
    pub(super) folder: PathBuf,
}

/// Makes a backup. Its last file is the one that says what it is: a folder without it is none.
///
/// # Errors
/// What is in the way, and what to do.
pub async fn backup(config: &Config, args: BackupArgs) -> anyhow::Result<()> {
    let folder = &args.folder;
    let begun = unix_ms();
    let sqlite = config.database_url.starts_with("sqlite:");
    // A backup of nothing would be found out only when it is needed; and the server's database is not for us to make or migrate.
    if sqlite {
        let file = Store::file_of(&config.database_url)?;
        if !tokio::fs::try_exists(&file).await? {
            bail!("there is no database at {}: nothing was backed up", file.display());
        }
    } else if !Store::has_tables(&config.database_url).await? {
        bail!("the database has no tables: nothing was backed up");
    }
    make_private(folder).await.with_context(|| {
        format!(
            "the folder {} cannot be made; it must not be there yet",
            folder.display()
        )
    })?;
    let database = if sqlite {
        Store::copy_sqlite(&config.database_url, &folder.join(SQLITE)).await?;
        "sqlite"
    } else {
        let mut dump = postgres("pg_dump", &config.database_url)?;
        dump.args(["--format=custom", "--no-owner", "--no-privileges", "--file"])
            .arg(folder.join(POSTGRES));
        run("pg_dump", dump).await?;
        "postgres"
    };
    // After the database: of a recording that is begun meanwhile nothing is known yet, and one that is deleted is not missed.
    let recordings = copy_folder(&config.data_dir.join(RECORDINGS), &folder.join(RECORDINGS)).await?;
    let about = About {
        begun,
        database: database.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    tokio::fs::write(folder.join(ABOUT), serde_json::to_vec_pretty(&about)?)
        .await
        .with_context(|| format!("{ABOUT} cannot be written"))?;
    println!(
        "The database and {recordings} files of recordings are in {}. Keep it as private as the server: it holds what people said.",
        folder.display()
    );
    Ok(())
}

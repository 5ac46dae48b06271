//! `colloquy backup` and `colloquy restore`: everything in one folder, and back.

mod make;
mod program;
mod restore;
#[cfg(test)]
mod tests;

use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

pub use make::{BackupArgs, backup};
pub use restore::{RestoreArgs, restore};

/// What a backup is of.
const ABOUT: &str = "backup.json";
const SQLITE: &str = "colloquy.db";
const POSTGRES: &str = "colloquy.dump";
const RECORDINGS: &str = "recordings";

/// What stands beside a backup.
#[derive(Debug, Serialize, Deserialize)]
struct About {
    /// When it was begun, in unix milliseconds.
    begun: i64,
    /// `sqlite` or `postgres`.
    database: String,
    /// Of the program that made it.
    version: String,
}

async fn make_private(folder: &Path) -> std::io::Result<()> {
    if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        tokio::fs::create_dir_all(parent).await?;
    }
    tokio::fs::DirBuilder::new().mode(0o700).create(folder).await
}

/// Copies the files of a folder and of those in it; how many. None where there is no such folder.
async fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<u64> {
    let (mut folders, mut files) = (vec![(from.to_owned(), to.to_owned())], 0);
    while let Some((from, to)) = folders.pop() {
        let mut entries = match tokio::fs::read_dir(&from).await {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            entries => entries.with_context(|| from.display().to_string())?,
        };
        make_private(&to).await.with_context(|| to.display().to_string())?;
        while let Some(entry) = entries.next_entry().await? {
            let (path, into) = (entry.path(), to.join(entry.file_name()));
            if entry.file_type().await?.is_dir() {
                folders.push((path, into));
                continue;
            }
            match tokio::fs::copy(&path, &into).await {
                // It was deleted in this moment, and shall not be kept.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                copied => {
                    copied.with_context(|| path.display().to_string())?;
                    files += 1;
                }
            }
        }
    }
    Ok(files)
}

//! `colloquy restore`.

use std::fs::Permissions;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{Disowned, Store};

use super::program::{postgres, run};
use super::{ABOUT, About, POSTGRES, RECORDINGS, SQLITE, copy_folder};
use crate::config::Config;

/// Bring a backup back, where there is no database yet. The server must not run.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  colloquy restore /srv/backups/colloquy-monday")]
pub struct RestoreArgs {
    /// The folder that `colloquy backup` made.
    pub(super) folder: PathBuf,
}

/// Brings one back.
///
/// # Errors
/// What is in the way, and what to do; then nothing was changed.
pub async fn restore(config: &Config, args: RestoreArgs) -> anyhow::Result<()> {
    let folder = &args.folder;
    let about = tokio::fs::read(folder.join(ABOUT)).await.with_context(|| {
        let folder = folder.display();
        format!("{folder} is no backup, or one that was not finished: it has no {ABOUT}")
    })?;
    let about: About = serde_json::from_slice(&about).with_context(|| format!("{ABOUT} cannot be read"))?;
    let sqlite = config.database_url.starts_with("sqlite:");
    let kind = if sqlite { "sqlite" } else { "postgres" };
    if about.database != kind {
        bail!(
            "this is a backup of a {} database, and database_url names a {kind} one",
            about.database
        );
    }
    let recordings = config.data_dir.join(RECORDINGS);
    if tokio::fs::read_dir(&recordings).await.is_ok() {
        let recordings = recordings.display();
        bail!("there are recordings in {recordings}: move them away first, nothing was changed");
    }
    let disowned = if sqlite {
        restore_sqlite(&config.database_url, &folder.join(SQLITE)).await?
    } else {
        restore_postgres(&config.database_url, &folder.join(POSTGRES)).await?;
        disown(&config.database_url).await?
    };
    let files = copy_folder(&folder.join(RECORDINGS), &recordings).await?;
    println!("{}", told(about.begun, files, disowned));
    Ok(())
}

/// What must be known of a database that is as it was at `begun`.
pub(super) fn told(begun: i64, files: u64, Disowned { api_tokens, mails }: Disowned) -> String {
    let begun = utc(begun);
    format!(
        "The database is as it was at {begun}, with {files} files of recordings.\n\
         Everybody is signed out; {api_tokens} API tokens are revoked: make new ones. Links by which passwords are set have ended.\n\
         Mails that waited then are not sent, because they may have been since: {mails}. Their list says `restored`; send again what is missing.\n\
         Do again what was done after {begun}: erase who was erased, remove colleagues who were removed, revoke invitations that were revoked, \
         and set passwords anew that were changed because somebody knew them."
    )
}

/// A time in unix milliseconds, to the minute (Howard Hinnant's civil_from_days).
pub(super) fn utc(at: i64) -> String {
    let minutes = at.div_euclid(60_000);
    let (days, minute) = (minutes.div_euclid(1_440) + 719_468, minutes.rem_euclid(1_440));
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year}-{month:02}-{day:02} {:02}:{:02} UTC", minute / 60, minute % 60)
}

/// Brings the tables of an older program up to date, and ends what must not come back.
async fn disown(url: &str) -> anyhow::Result<Disowned> {
    let store = Store::connect(url).await?;
    let disowned = store.disown(unix_ms()).await;
    store.close().await;
    Ok(disowned?)
}

/// What SQLite keeps beside a database of that name.
pub(super) fn beside(file: &Path) -> [PathBuf; 3] {
    ["-wal", "-shm", "-journal"].map(|end| {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    })
}

/// The file is there as a whole or not at all, and never in the place of another one.
async fn restore_sqlite(url: &str, from: &Path) -> anyhow::Result<Disowned> {
    let file = Store::file_of(url)?;
    // The log of another database would be read into this one.
    for other in std::iter::once(file.clone()).chain(beside(&file)) {
        if tokio::fs::try_exists(&other).await? {
            bail!(
                "there is {}: move the database away first, with what lies beside it (-wal, -shm, -journal); nothing was changed",
                other.display()
            );
        }
    }
    if let Some(parent) = file.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        tokio::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(parent)
            .await
            .with_context(|| format!("the folder {} cannot be made", parent.display()))?;
    }
    let mut unfinished = file.clone().into_os_string();
    unfinished.push(".restored");
    let unfinished = PathBuf::from(unfinished);
    let of_unfinished = beside(&unfinished);
    // Of one that was killed.
    for left in &of_unfinished {
        remove(left).await?;
    }
    tokio::fs::copy(from, &unfinished)
        .await
        .with_context(|| format!("{} cannot be copied", from.display()))?;
    tokio::fs::set_permissions(&unfinished, Permissions::from_mode(0o600)).await?;
    // Before it has its name: no server finds it as it was.
    let disowned = disown(&format!("sqlite:{}", escaped(&unfinished)?)).await?;
    for left in &of_unfinished {
        if tokio::fs::try_exists(left).await? {
            bail!("{} is in use: nothing was changed", unfinished.display());
        }
    }
    // Two names for one file, of which the first is taken away: a rename would replace what is there.
    let named = tokio::fs::hard_link(&unfinished, &file).await;
    tokio::fs::remove_file(&unfinished).await?;
    match named {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!(
                "there is a database at {}: move it away first, nothing was changed",
                file.display()
            )
        }
        named => named
            .map(|()| disowned)
            .with_context(|| format!("{} cannot be made", file.display())),
    }
}

async fn remove(file: &Path) -> std::io::Result<()> {
    match tokio::fs::remove_file(file).await {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// A path as it stands in a URL.
fn escaped(path: &Path) -> anyhow::Result<String> {
    let path = path
        .to_str()
        .with_context(|| format!("{} is no UTF-8", path.display()))?;
    Ok(path.replace('%', "%25").replace('?', "%3F").replace('#', "%23"))
}

async fn restore_postgres(url: &str, from: &Path) -> anyhow::Result<()> {
    // Its tables are made by the dump; where there are any, they are somebody's.
    if Store::has_tables(url).await? {
        bail!("the database has tables: restore into an empty one, nothing was changed");
    }
    let mut restore = postgres("pg_restore", url)?;
    restore
        .args([
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--single-transaction",
        ])
        .arg(from);
    run("pg_restore", restore).await
}

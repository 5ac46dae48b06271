//! `colloquy backup` and `colloquy restore`: everything in one folder, and back.

use std::fs::Permissions;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{Disowned, Store};
use serde::{Deserialize, Serialize};
use tokio::process::Command;
use url::Url;

use crate::config::Config;

/// What a backup is of.
const ABOUT: &str = "backup.json";
const SQLITE: &str = "colloquy.db";
const POSTGRES: &str = "colloquy.dump";
const RECORDINGS: &str = "recordings";
/// Where Debian keeps PostgreSQL's programs beside those of its wrapper.
const DEBIAN_BIN: &str = "/usr/lib/postgresql";

/// Copy the database and the recordings into a new folder, while the server runs.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  colloquy backup /srv/backups/colloquy-monday")]
pub struct BackupArgs {
    /// The folder to make; it must not be there yet.
    folder: PathBuf,
}

/// Bring a backup back, where there is no database yet. The server must not run.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  colloquy restore /srv/backups/colloquy-monday")]
pub struct RestoreArgs {
    /// The folder that `colloquy backup` made.
    folder: PathBuf,
}

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
fn told(begun: i64, files: u64, Disowned { api_tokens, mails }: Disowned) -> String {
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
fn utc(at: i64) -> String {
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
fn beside(file: &Path) -> [PathBuf; 3] {
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

/// One of PostgreSQL's programs, for this database. Others see what a program is called with: the password is not among it.
fn postgres(name: &str, url: &str) -> anyhow::Result<Command> {
    let mut url = Url::parse(url).context("database_url")?;
    let mut command = Command::new(program(name)?);
    if let Some(password) = url.password() {
        command.env("PGPASSWORD", percent_decoded(password));
        let _had_one = url.set_password(None);
    }
    command.arg("--dbname").arg(url.as_str());
    Ok(command)
}

fn percent_decoded(text: &str) -> String {
    // What a form's value would be read as, but for its plus signs, which stand for themselves here.
    let pair = format!("p={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map_or_else(String::new, |(_, value)| value.into_owned())
}

/// Where the program is: on the path, or where Debian keeps it, the newest one.
fn program(name: &str) -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut debian: Vec<PathBuf> = std::fs::read_dir(DEBIAN_BIN)
        .map(|found| found.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    places.extend(debian.into_iter().rev());
    let found = places
        .into_iter()
        .map(|place| place.join(name))
        .find(|file| file.is_file());
    found.with_context(|| {
        format!("{name} is not here: install PostgreSQL's client programs (postgresql-client), of the server's version or newer")
    })
}

async fn run(name: &str, mut command: Command) -> anyhow::Result<()> {
    let done = command
        .output()
        .await
        .with_context(|| format!("{name} cannot be run"))?;
    if !done.status.success() {
        bail!("{name} failed: {}", String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use colloquy_core::event::Mode;
    use colloquy_store::testing::study::Study;
    use colloquy_store::testing::{Database, rows};
    use colloquy_store::{NewUser, PasswordHash, Role, Scope};

    use super::*;

    fn config(data_dir: &Path, database_url: &str) -> Config {
        Config {
            data_dir: data_dir.to_owned(),
            database_url: database_url.to_owned(),
            ..Config::default()
        }
    }

    /// What a restore changes, apart from tables that it empties.
    const CHANGED: [&str; 2] = ["api_tokens", "outbox"];
    const EMPTIED: [&str; 3] = ["client_secrets", "logins", "password_resets"];

    /// Something in most tables: a conversation with words, a user with every way in, and a mail that waits.
    async fn fill(store: &Store) -> [String; 2] {
        let study = Study::open(store, 8, 3).await;
        let guest = study.invite("ada").await;
        study.admit(&guest, Mode::Text).await;
        let workspace = store.workspaces().all().await.unwrap()[0].id;
        let users = store.users();
        let new = NewUser {
            email: "ben@northwind.example".into(),
            name: "Ben".into(),
            role: Role::Owner,
            password: PasswordHash::new("$argon2id$".to_owned()),
        };
        let ben = users.create(workspace, &new, 1).await.unwrap();
        let login = store.logins().begin(ben.id, unix_ms()).await.unwrap();
        let (_, key) = store.api_tokens().create(ben.id, "x", Scope::Read, 1).await.unwrap();
        store.resets().ask(&ben.email, unix_ms()).await.unwrap();
        store
            .resets()
            .claim("north", unix_ms(), unix_ms())
            .await
            .unwrap()
            .unwrap();
        [login.expose().to_owned(), key.expose().to_owned()]
    }

    /// Everything is backed up, and brought back to where nothing is; not to where something is.
    async fn goes_and_comes_back(from: Database, empty: &str) {
        let folder = tempfile::tempdir().unwrap();
        let (data, other, kept) = (
            folder.path().join("data"),
            folder.path().join("other"),
            folder.path().join("kept"),
        );
        let [login, key] = fill(from.store()).await;
        let before = rows(from.url()).await;
        for table in CHANGED
            .iter()
            .chain(&EMPTIED)
            .chain(&["events", "users", "invitations"])
        {
            assert!(!before[*table].is_empty(), "{table}");
        }
        let talk = data.join("recordings/talk");
        std::fs::create_dir_all(&talk).unwrap();
        std::fs::write(talk.join("one.opus"), b"sound").unwrap();
        let here = config(&data, from.url());
        backup(&here, BackupArgs { folder: kept.clone() }).await.unwrap();
        let again = backup(&here, BackupArgs { folder: kept.clone() }).await.unwrap_err();
        assert!(format!("{again:#}").contains("must not be there yet"), "{again:#}");

        let restored = || RestoreArgs { folder: kept.clone() };
        let taken = config(&folder.path().join("nothing"), from.url());
        let refused = restore(&taken, restored()).await.unwrap_err();
        assert!(format!("{refused:#}").contains("nothing was changed"), "{refused:#}");
        let there = config(&other, empty);
        restore(&there, restored()).await.unwrap();
        let after = rows(empty).await;
        assert!(before.keys().eq(after.keys()));
        for (table, rows) in &before {
            let now = &after[table];
            match table.as_str() {
                table if EMPTIED.contains(&table) => assert!(now.is_empty(), "{table}"),
                table if CHANGED.contains(&table) => assert_eq!(now.len(), rows.len(), "{table}"),
                table => assert!(now == rows, "{table}"),
            }
        }
        let store = Store::connect(empty).await.unwrap();
        assert!(store.logins().who(&login, unix_ms()).await.unwrap().is_none());
        assert!(store.api_tokens().who(&key).await.unwrap().is_none());
        let later = unix_ms() + 60_000;
        assert!(
            store.resets().claim("north", later, later).await.unwrap().is_none(),
            "no mail goes twice"
        );
        store.close().await;
        assert_eq!(std::fs::read(other.join("recordings/talk/one.opus")).unwrap(), b"sound");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&kept), mode(&kept.join("recordings"))), (0o700, 0o700));
        let second = restore(&there, restored()).await.unwrap_err();
        assert!(format!("{second:#}").contains("nothing was changed"), "{second:#}");
        from.remove().await;
    }

    #[tokio::test]
    async fn nothing_is_no_backup_and_a_backup_makes_and_migrates_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("colloquy.db");
        let url = format!("sqlite:{}", file.display());
        let (here, kept) = (config(folder.path(), &url), folder.path().join("kept"));
        let none = backup(&here, BackupArgs { folder: kept.clone() }).await.unwrap_err();
        assert!(format!("{none:#}").contains("nothing was backed up"), "{none:#}");
        assert!(!file.exists() && !kept.exists());
        std::fs::write(&file, b"").unwrap();
        let odd = backup(&here, BackupArgs { folder: kept.clone() }).await.unwrap_err();
        assert!(format!("{odd:#}").contains("none of the tables"), "{odd:#}");
        assert_eq!(std::fs::metadata(&file).unwrap().len(), 0, "as it was");
    }

    #[tokio::test]
    async fn what_lies_beside_a_dead_database_is_not_read_into_another_one() {
        let from = Database::sqlite().await;
        let folder = tempfile::tempdir().unwrap();
        let kept = folder.path().join("kept");
        backup(&config(folder.path(), from.url()), BackupArgs { folder: kept.clone() })
            .await
            .unwrap();
        let file = folder.path().join("new.db");
        let there = config(&folder.path().join("data"), &format!("sqlite:{}", file.display()));
        for left in beside(&file) {
            std::fs::write(&left, b"old").unwrap();
            let refused = restore(&there, RestoreArgs { folder: kept.clone() }).await.unwrap_err();
            let said = format!("{refused:#}");
            assert!(
                said.contains(&left.display().to_string()) && said.contains("-wal"),
                "{said}"
            );
            assert!(!file.exists());
            std::fs::remove_file(&left).unwrap();
        }
        restore(&there, RestoreArgs { folder: kept.clone() }).await.unwrap();
        let left = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|file| file.unwrap().file_name());
        let left: Vec<_> = left
            .filter(|name| name.to_string_lossy().starts_with("new.db"))
            .collect();
        assert_eq!(left, ["new.db"]);
        from.remove().await;
    }

    #[test]
    fn a_restore_says_what_is_to_be_done_again() {
        let said = told(
            1_780_000_000_000,
            2,
            Disowned {
                api_tokens: 3,
                mails: 4,
            },
        );
        for part in [
            "2026-05-28 20:26 UTC",
            "3 API tokens",
            "been since: 4",
            "remove colleagues",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert_eq!(utc(951_782_400_000), "2000-02-29 00:00 UTC");
    }

    #[tokio::test]
    async fn a_backup_comes_back_on_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("new/colloquy.db").display());
        goes_and_comes_back(Database::sqlite().await, &url).await;
    }

    #[tokio::test]
    async fn a_backup_comes_back_on_postgres() {
        let empty = Database::postgres_empty().await;
        goes_and_comes_back(Database::postgres().await, empty.url()).await;
        empty.remove().await;
    }

    #[tokio::test]
    async fn what_is_no_finished_backup_of_this_kind_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let there = config(&folder.path().join("data"), "sqlite:nowhere.db");
        let args = || RestoreArgs {
            folder: folder.path().to_owned(),
        };
        let none = restore(&there, args()).await.unwrap_err();
        assert!(format!("{none:#}").contains("not finished"), "{none:#}");
        let about = r#"{"begun": 1, "database": "postgres", "version": "0"}"#;
        std::fs::write(folder.path().join(ABOUT), about).unwrap();
        let other = restore(&there, args()).await.unwrap_err();
        assert!(format!("{other:#}").contains("postgres"), "{other:#}");
    }

    #[test]
    fn a_password_does_not_stand_among_what_others_see() {
        let command = postgres("sh", "postgres://me:a%2Bb+c@db.example/colloquy");
        let command = command.unwrap();
        let command = command.as_std();
        assert!(command.get_args().all(|arg| !arg.to_string_lossy().contains("a%2Bb")));
        let password = command.get_envs().find(|(name, _)| *name == "PGPASSWORD").unwrap().1;
        assert_eq!(password.unwrap(), "a+b+c");
        assert!(
            program("no-such-program")
                .unwrap_err()
                .to_string()
                .contains("postgresql-client")
        );
    }
}

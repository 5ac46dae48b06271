//! A backup goes and comes back, on both databases, and nothing is lost or read that should not be.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use colloquy_core::event::Mode;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::testing::study::Study;
use colloquy_store::testing::{Database, rows};
use colloquy_store::{Disowned, NewUser, PasswordHash, Role, Scope, Store};

use super::program::{postgres, program};
use super::restore::{beside, told, utc};
use super::{ABOUT, BackupArgs, RestoreArgs, backup, restore};
use crate::config::Config;

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

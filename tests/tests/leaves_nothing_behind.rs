//! The server writes nothing into its user's home but its own data: no library of ours keeps usage data there.

use std::path::PathBuf;

use colloquy_store::testing::Database;
use colloquy_tests::server::{Server, ServerOptions};

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_home_stays_empty() {
    let weights = std::env::var_os("COLLOQUY_MODELS").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/colloquy/models"),
        PathBuf::from,
    );
    let home = tempfile::tempdir().unwrap();
    let database = Database::sqlite().await;
    let options = ServerOptions::on(database.url())
        .with("HOME", home.path().display())
        .with("COLLOQUY_MODELS", weights.display());
    let server = Server::start(options).await;

    let left: Vec<_> = std::fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(left.is_empty(), "{left:?}");

    drop(server);
    database.remove().await;
}

//! What an append has returned for survives the death of the process.
//!
//! The test starts itself as a child that appends as fast as it can and names each position that it was given; it is
//! killed in the midst of it, and everything that it named must be there.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use colloquy_core::id::ConversationId;
use colloquy_core::time::Ms;
use colloquy_store::Store;
use colloquy_store::testing::{Database, Durability};

use crate::scene::{NOW, Scene, heard};

/// Set for the child: the database's URL.
const URL_VAR: &str = "COLLOQUY_TEST_APPEND_TO";
/// Set for the child: the conversation's id.
const CONVERSATION_VAR: &str = "COLLOQUY_TEST_APPEND_CONVERSATION";
/// Enough that the write-ahead log has seen work, few enough to be quick.
const APPENDS_BEFORE_KILL: usize = 200;
/// Before each position in the child's output, to tell it from the test harness's own.
const MARK: &str = "stored ";

/// The child's part: never returns.
async fn append_until_killed(url: &str) {
    let conversation = ConversationId(std::env::var(CONVERSATION_VAR).unwrap().parse().unwrap());
    let store = Store::connect(url).await.unwrap();
    let mut last = store
        .conversations()
        .find(conversation)
        .await
        .unwrap()
        .unwrap()
        .last_seq;
    loop {
        let events = [heard(u32::try_from(last).unwrap(), "we shipped it on a Friday")];
        last = store
            .events()
            .append(conversation, last, Ms(last), NOW, &events)
            .await
            .unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "\n{MARK}{last}").and_then(|()| out.flush()).unwrap();
    }
}

/// The parent's part. `test` is this test's full name.
async fn survives_a_kill(db: Database, test: &str) {
    let scene = Scene::set(db.store()).await;
    let id = scene.participant("ada").await.id;
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(URL_VAR, db.url())
        .env(CONVERSATION_VAR, id.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut positions = lines
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix(MARK)?.parse::<u64>().ok());
    let before = positions.by_ref().take(APPENDS_BEFORE_KILL).last();
    child.kill().unwrap();
    // It went on until the signal came: what it still said counts too.
    let named = positions.last().or(before).unwrap();
    assert!(!child.wait().unwrap().success());
    assert!(named >= APPENDS_BEFORE_KILL as u64, "the child named {named}");

    let reopened = Store::connect(db.url()).await.unwrap();
    let log = reopened.events().read(id, 0).await.unwrap();
    assert!(log.len() as u64 >= named, "{} of {named} events are there", log.len());
    assert!(
        log.iter().zip(1..).all(|(recorded, seq)| recorded.seq == seq),
        "there is a gap"
    );
    let last = reopened.conversations().find(id).await.unwrap().unwrap().last_seq;
    assert_eq!(last, log.len() as u64);
    assert_eq!(
        reopened
            .events()
            .append(id, last, Ms(last), NOW, &[heard(0, "on we go")])
            .await,
        Ok(last + 1)
    );
    reopened.close().await;
    db.remove().await;
}

#[tokio::test]
async fn sqlite_keeps_what_a_killed_process_stored() {
    match std::env::var(URL_VAR) {
        Ok(url) => append_until_killed(&url).await,
        Err(_) => {
            survives_a_kill(
                Database::sqlite().await,
                "durability::sqlite_keeps_what_a_killed_process_stored",
            )
            .await;
        }
    }
}

#[tokio::test]
async fn postgres_keeps_what_a_killed_process_stored() {
    match std::env::var(URL_VAR) {
        Ok(url) => append_until_killed(&url).await,
        Err(_) => {
            let db = Database::postgres_with(Durability::Durable).await;
            survives_a_kill(db, "durability::postgres_keeps_what_a_killed_process_stored").await;
        }
    }
}

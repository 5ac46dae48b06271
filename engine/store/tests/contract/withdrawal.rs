//! Who takes their conversation back leaves no word behind.

use colloquy_core::event::{Event, Outcome};
use colloquy_core::id::TurnId;
use colloquy_core::time::Ms;
use colloquy_store::testing::Database;
use colloquy_store::{ConversationState, LinkState, OWN_COPY_MS, StoreError};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use crate::scene::{NOW, Scene, ended, heard, voice};

const SAID: &str = "my manager shouted at the night shift";

async fn nothing_that_was_said_stays_and_that_it_was_does(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let conversation = scene.participant("ada").await;
    let id = conversation.id;
    let other = scene.participant("ben").await.id;
    scene.append(other, &[heard(0, "Somebody else's words.")]).await;
    let mark = Event::QuotingChanged {
        turn: TurnId(2),
        quotable: false,
    };
    let said = [Event::Connected, heard(0, SAID), ended(Outcome::Completed), mark];
    scene.append(id, &said).await;
    let secret = db.store().client_secrets().mint(id, NOW, 60_000).await.unwrap();
    let conversations = db.store().conversations();
    let ended_at = conversations.find(id).await.unwrap().unwrap().ended;

    assert_eq!(conversations.withdraw(id, NOW + 9_000).await, Ok(()));
    let after = conversations.find(id).await.unwrap().unwrap();
    assert_eq!((after.state, after.ended), (ConversationState::Withdrawn, ended_at));
    let log = db.store().events().read(id, 0).await.unwrap();
    let kinds: Vec<(u64, bool)> = log
        .iter()
        .map(|r| {
            (
                r.seq,
                matches!(r.event, Event::SegmentHeard { .. } | Event::QuotingChanged { .. }),
            )
        })
        .collect();
    assert_eq!(kinds, [(1, false), (2, false), (4, false), (6, false)]);
    assert_eq!(log[3].event, ended(Outcome::Withdrawn));
    assert_eq!(db.store().client_secrets().redeem(secret.expose(), NOW).await, Ok(None));
    assert_eq!(
        db.store().events().read(other, 1).await.unwrap().len(),
        1,
        "others' words stay"
    );

    assert_eq!(conversations.withdraw(id, NOW + 99_000).await, Ok(()), "twice is once");
    assert_eq!(db.store().events().read(id, 0).await.unwrap(), log);
}

async fn nothing_is_written_to_it_any_more(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let conversation = scene.participant("ada").await;
    let id = conversation.id;
    scene.append(id, &[Event::Connected, heard(0, SAID)]).await;
    let conversations = db.store().conversations();
    conversations.withdraw(id, NOW + 9_000).await.unwrap();
    // Neither by who was at work on it, nor by who has read its end.
    for last in [3, 4] {
        let late = db
            .store()
            .events()
            .append(id, last, Ms(2_000), NOW, &[heard(1, "late")])
            .await;
        assert_eq!(late, Err(StoreError::Conflict), "after {last}");
    }
    let refused = Err(StoreError::Link(LinkState::Withdrawn));
    assert_eq!(
        conversations.open(conversation.invitation, &voice(), NOW).await,
        refused
    );
    assert_eq!(conversations.decline(conversation.invitation, NOW).await, refused);
}

async fn the_link_says_so_for_good(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let conversation = scene.participant("ada").await;
    let invitations = db.store().invitations();
    let token = invitations.mint_token(conversation.invitation, NOW).await.unwrap();
    db.store().conversations().withdraw(conversation.id, NOW).await.unwrap();
    for at in [NOW, NOW + 2 * OWN_COPY_MS] {
        let invited = invitations.by_token(token.expose(), at).await.unwrap().unwrap();
        assert_eq!(invited.state, LinkState::Withdrawn);
    }
    invitations.revoke(conversation.invitation).await.unwrap();
    let invited = invitations.by_token(token.expose(), NOW).await.unwrap().unwrap();
    assert_eq!(invited.state, LinkState::Revoked);
}

async fn a_stranger_is_missing(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let nobody = colloquy_core::id::ConversationId(scene.session.id.0);
    let refused = db.store().conversations().withdraw(nobody, NOW).await;
    assert_eq!(refused, Err(StoreError::Missing("conversation")));
}

async fn said_and_withdrawn(db: &Database, look: impl AsyncFn() -> bool) {
    let scene = Scene::set(db.store()).await;
    let id = scene.participant("ada").await.id;
    scene.append(id, &[heard(0, SAID)]).await;
    assert!(look().await, "we look in the right place");
    db.store().conversations().withdraw(id, NOW).await.unwrap();
    assert!(!look().await, "the words are still there");
}

#[tokio::test]
async fn the_sqlite_files_hold_no_word_of_it() {
    let db = Database::sqlite().await;
    let file = db.url().strip_prefix("sqlite:").unwrap().to_owned();
    said_and_withdrawn(&db, async || {
        let mut bytes = std::fs::read(&file).unwrap();
        bytes.extend(std::fs::read(format!("{file}-wal")).unwrap());
        bytes.windows(SAID.len()).any(|window| window == SAID.as_bytes())
    })
    .await;
    db.remove().await;
}

#[tokio::test]
async fn a_reader_that_holds_the_words_back_is_outlasted() {
    let db = Database::sqlite().await;
    let file = db.url().strip_prefix("sqlite:").unwrap().to_owned();
    let there = || {
        let bytes = [file.clone(), format!("{file}-wal")].map(|path| std::fs::read(path).unwrap());
        bytes
            .iter()
            .any(|bytes| bytes.windows(SAID.len()).any(|window| window == SAID.as_bytes()))
    };
    let scene = Scene::set(db.store()).await;
    let id = scene.participant("ada").await.id;
    scene.append(id, &[heard(0, SAID)]).await;
    // Such as a backup that is being made.
    let mut backup = SqliteConnection::connect(db.url()).await.unwrap();
    let mut reading = backup.begin().await.unwrap();
    let read: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM events")
        .fetch_one(&mut *reading)
        .await
        .unwrap();
    assert!(read > 0);
    db.store().conversations().withdraw(id, NOW).await.unwrap();
    assert!(there(), "the reader holds nothing back: the test shows nothing");
    assert_eq!(db.store().forget_deleted().await, Ok(false));
    scene.participant("ben").await;
    drop(reading);
    backup.close().await.unwrap();
    assert_eq!(db.store().forget_deleted().await, Ok(true));
    assert!(!there(), "the words are still there");
    db.remove().await;
}

#[tokio::test]
async fn the_postgres_tables_hold_no_word_of_it() {
    let db = Database::postgres().await;
    said_and_withdrawn(&db, async || {
        let mut conn = PgConnection::connect(db.url()).await.unwrap();
        let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM events e WHERE e::TEXT LIKE '%{SAID}%'"));
        let found: i64 = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
        found > 0
    })
    .await;
    db.remove().await;
}

both!(
    nothing_that_was_said_stays_and_that_it_was_does,
    nothing_is_written_to_it_any_more,
    the_link_says_so_for_good,
    a_stranger_is_missing,
);

//! Who prefers to type is interviewed in writing, to the closing.

use std::time::Duration;

use colloquy_core::event::{Event, Mode, Outcome};
use colloquy_store::ConversationState;
use colloquy_store::testing::Database;
use colloquy_tests::secrecy::assert_keeps_silent;
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::story::Story;
use colloquy_tests::study::Study;
use colloquy_tests::talker::{Answers, Talker};

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_interview_reaches_its_closing() {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 8, 2).await;
    let guest = study.invite("ada").await;
    let options = ServerOptions::on(database.url()).with("COLLOQUY_LOG", "trace");
    let server = Server::start(options).await;

    let mut talker = Talker::join(&server.link(&guest.token), Answers::typed()).await;
    talker.until_the_end(Duration::from_secs(120)).await;

    let story = Story::read(database.store(), &guest).await;
    assert_eq!(story.conversation.state, ConversationState::Completed);
    assert!(story.has(&Event::Ended {
        outcome: Outcome::Completed
    }));
    assert_eq!(story.conversation.consent.as_ref().map(|c| c.mode), Some(Mode::Text));
    assert!(talker.given() >= 4, "{} answers", talker.given());
    assert!(talker.errors().is_empty(), "{:?}", talker.errors());
    // Nothing is spoken to somebody who reads, and what was read is what is kept.
    assert!(
        talker
            .responses()
            .iter()
            .all(|r| r.sound.is_zero() && r.heard.trim() == r.begun.trim())
    );
    let (mut told, mut kept) = (talker.told(), story.transcript());
    told.sort();
    kept.sort();
    assert!(told == kept, "what was told differs from what is stored");
    assert_keeps_silent(&server.log(), &kept, &[&guest.token, "ada@northwind", "ek_"]);
    database.remove().await;
}

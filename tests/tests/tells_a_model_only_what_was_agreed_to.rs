//! A language model outside is told what somebody says who agreed to that, and nothing of anybody else.

use std::time::Duration;

use colloquy_core::event::{Event, Mode, Phrasing};
use colloquy_store::testing::Database;
use colloquy_tests::llm_stub::{LlmScript, LlmStub, STUB_MODEL};
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::story::Story;
use colloquy_tests::study::Study;
use colloquy_tests::talker::{Answers, Talker};

const PARTY: &str = "Models Limited, for Northwind";
const TURNS_WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn who_agreed_before_it_was_there_is_interviewed_without_it() {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 8, 3).await;
    let (before, after) = (study.invite("ada").await, study.invite("grace").await);
    study.consent(&before, Mode::Text).await;
    let stub = LlmStub::start(LlmScript::default()).await.unwrap();
    let options = ServerOptions::on(database.url())
        .with("OPENAI_BASE_URL", &stub.base_url)
        .with("COLLOQUY_LLM_MODEL", STUB_MODEL)
        .with("COLLOQUY_LLM__DISCLOSED_AS", PARTY);
    let server = Server::start(options).await;

    let mut ada = Talker::join(&server.link(&before.token), Answers::typed()).await;
    ada.until_responses(4, TURNS_WITHIN).await;
    let story = Story::read(database.store(), &before).await;
    assert_eq!((stub.requests(), story.spoken_by(Phrasing::Model)), (0, 0));
    assert!(story.spoken_by(Phrasing::Guided) >= 4 && story.fallbacks().is_empty());

    let mut grace = Talker::join(&server.link(&after.token), Answers::typed()).await;
    grace.until_responses(4, TURNS_WITHIN).await;
    let story = Story::read(database.store(), &after).await;
    assert!(
        stub.requests() >= 1 && story.spoken_by(Phrasing::Model) >= 1,
        "{:?}",
        story.fallbacks()
    );
    let agreed = story.all(|event| match event {
        Event::Consented { text_version, .. } => Some(text_version.clone()),
        _ => None,
    });
    assert_eq!(agreed, [format!("2026-11 + {PARTY}")]);
    database.remove().await;
}

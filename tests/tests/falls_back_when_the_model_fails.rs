//! A language model may be used, slow, silent or dead: the interview goes on all the same.

use std::time::Duration;

use colloquy_core::event::{FallbackCause, Phrasing};
use colloquy_store::ConversationState;
use colloquy_store::testing::Database;
use colloquy_tests::llm_stub::{Behaviour, LlmScript, LlmStub, STUB_MODEL};
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::story::Story;
use colloquy_tests::study::{Guest, Study};
use colloquy_tests::talker::{Answers, Talker};

/// Every answer is answered by then, whatever the model does.
const ANSWERED_WITHIN: Duration = Duration::from_millis(2_500);
/// A response that is typed takes no time to be heard.
const TURNS_WITHIN: Duration = Duration::from_secs(60);

struct Scene {
    database: Database,
    guest: Guest,
    stub: LlmStub,
    talker: Talker,
    _server: Server,
}

async fn scene(name: &str) -> Scene {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 8, 3).await;
    let guest = study.invite(name).await;
    let stub = LlmStub::start(LlmScript::default()).await.unwrap();
    let options = ServerOptions::on(database.url())
        .with("OPENAI_BASE_URL", &stub.base_url)
        .with("COLLOQUY_LLM_MODEL", STUB_MODEL);
    let server = Server::start(options).await;
    let talker = Talker::join(&server.link(&guest.token), Answers::typed()).await;
    Scene {
        database,
        guest,
        stub,
        talker,
        _server: server,
    }
}

impl Scene {
    async fn story(&self) -> Story {
        Story::read(self.database.store(), &self.guest).await
    }

    fn assert_never_stalled(&self) {
        let waits = self.talker.waits();
        assert!(waits.iter().all(|wait| *wait <= ANSWERED_WITHIN), "{waits:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn its_questions_are_used_while_it_works() {
    let mut scene = scene("niklaus").await;
    scene.talker.until_responses(5, TURNS_WITHIN).await;
    let story = scene.story().await;
    assert!(
        scene.stub.requests() >= 2,
        "it was asked {} times",
        scene.stub.requests()
    );
    assert!(story.spoken_by(Phrasing::Model) >= 2, "{:?}", story.fallbacks());
    scene.assert_never_stalled();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_killed_is_replaced_in_the_same_turn() {
    let mut scene = scene("tony").await;
    scene.talker.until_responses(3, TURNS_WITHIN).await;
    scene.stub.kill();
    let before = scene.story().await.fallbacks().len();
    scene.talker.until_the_end(Duration::from_secs(120)).await;
    let story = scene.story().await;
    let causes = story.fallbacks();
    assert!(
        causes.len() > before && causes[before..].contains(&&FallbackCause::Failed),
        "{causes:?}"
    );
    assert!(story.spoken_by(Phrasing::Guided) >= 3);
    assert_eq!(story.conversation.state, ConversationState::Completed);
    scene.assert_never_stalled();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_says_nothing_is_not_waited_for() {
    let mut scene = scene("dana").await;
    scene.talker.until_responses(2, TURNS_WITHIN).await;
    scene.stub.behave(Behaviour::Stall);
    scene.talker.until_responses(6, TURNS_WITHIN).await;
    let story = scene.story().await;
    assert!(
        story.fallbacks().contains(&&FallbackCause::Late),
        "{:?}",
        story.fallbacks()
    );
    scene.assert_never_stalled();
}

//! By voice, with a language model that works, is killed in the middle, or stalls: no turn is stalled.

use std::time::Duration;

use colloquy_core::event::{FallbackCause, Phrasing};
use colloquy_store::ConversationState;
use colloquy_store::testing::Database;
use colloquy_tests::clips::clips;
use colloquy_tests::llm_stub::{Behaviour, LlmScript, LlmStub, STUB_MODEL};
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::story::Story;
use colloquy_tests::study::Study;
use colloquy_tests::talker::{Answers, Talker};

/// From the last voiced frame of each answer to the first audible sound of the response.
const ANSWERED_WITHIN: Duration = Duration::from_millis(2_500);

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_killed_in_the_middle_stalls_no_turn() {
    interview(Behaviour::Dead, FallbackCause::Failed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_stalls_in_the_middle_stalls_no_turn() {
    interview(Behaviour::Stall, FallbackCause::Late).await;
}

/// A short interview to its closing; after three responses the model `turns` so, for `cause`.
async fn interview(turns: Behaviour, cause: FallbackCause) {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 4, 3).await;
    let guest = study.invite("frances").await;
    let stub = LlmStub::start(LlmScript::default()).await.unwrap();
    let options = ServerOptions::on(database.url())
        .alone()
        .with("OPENAI_BASE_URL", &stub.base_url)
        .with("COLLOQUY_LLM_MODEL", STUB_MODEL);
    let server = Server::start(options).await;
    let mut talker = Talker::join(&server.link(&guest.token), Answers::Spoken(clips("answer"))).await;
    talker.until_responses(4, Duration::from_secs(180)).await;
    let before = Story::read(database.store(), &guest).await;
    stub.behave(turns);
    talker.until_the_end(Duration::from_secs(420)).await;

    let story = Story::read(database.store(), &guest).await;
    assert!(
        before.spoken_by(Phrasing::Model) >= 1,
        "the model was never used: {:?}",
        before.fallbacks()
    );
    assert!(
        story.fallbacks()[before.fallbacks().len()..].contains(&&cause),
        "{:?}",
        story.fallbacks()
    );
    assert_eq!(story.conversation.state, ConversationState::Completed);
    let answers = talker.measured();
    assert!(answers.len() >= 8, "only {} answers", answers.len());
    for (_, answer) in answers
        .iter()
        .filter(|(_, answer)| answer.was_said() && !answer.heard_inside)
    {
        let waited = answer.voice_to_voice.expect("every answer is answered");
        assert!(
            waited <= ANSWERED_WITHIN,
            "answer {} waited {waited:?}: {:?}",
            answer.id,
            answer.parts
        );
    }
    database.remove().await;
}

//! SmolLM2 behind a streaming server phrases the questions; with it, and when it dies in the middle, no turn is stalled.
//!
//! A model of 135 million parameters often asks badly, and then the guard puts the guided words in its place: that is
//! what is tested, not its style.

use std::time::Duration;

use colloquy_core::event::Phrasing;
use colloquy_store::ConversationState;
use colloquy_store::testing::Database;
use colloquy_tests::clips::clips;
use colloquy_tests::python::SmolLm;
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::story::Story;
use colloquy_tests::study::Study;
use colloquy_tests::talker::{Answers, Talker};

/// The model shares two cores with everything else: it gets more time than the default of 800 ms.
const DEADLINE_MS: u64 = 1_500;
/// From the last voiced frame to the first audible sound. Later than this somebody would ask "hello?".
const STALLED_AFTER: Duration = Duration::from_secs(4);

#[tokio::test(flavor = "multi_thread")]
async fn it_holds_an_interview_to_its_closing() {
    interview(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_killed_in_the_middle() {
    interview(true).await;
}

async fn interview(killed: bool) {
    let mut model = SmolLm::start().await;
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 4, 3).await;
    let guest = study.invite("adele").await;
    let options = ServerOptions::on(database.url())
        .with("OPENAI_BASE_URL", &model.base_url)
        .with("COLLOQUY_LLM_MODEL", "smollm2")
        .with("COLLOQUY_LLM__DEADLINE_MS", DEADLINE_MS);
    let server = Server::start(options).await;
    let mut talker = Talker::join(&server.link(&guest.token), Answers::Spoken(clips("answer"))).await;
    talker.until_responses(4, Duration::from_secs(180)).await;
    if killed {
        model.kill().await;
    }
    talker.until_the_end(Duration::from_secs(420)).await;

    let story = Story::read(database.store(), &guest).await;
    let (by_model, fell_back) = (story.spoken_by(Phrasing::Model), story.fallbacks().len());
    println!(
        "{by_model} utterances by the model, {fell_back} fallbacks: {:?}",
        story.fallbacks()
    );
    assert!(
        by_model + fell_back >= if killed { 1 } else { 4 },
        "the model was hardly asked"
    );
    assert_eq!(story.conversation.state, ConversationState::Completed);
    let answers = talker.measured();
    assert!(answers.len() >= 8, "only {} answers", answers.len());
    for (_, answer) in answers
        .iter()
        .filter(|(_, answer)| answer.was_said() && !answer.heard_inside)
    {
        assert!(
            !answer.transcript().is_empty(),
            "answer {} was not transcribed",
            answer.id
        );
        let waited = answer.voice_to_voice.expect("every answer is answered");
        assert!(
            waited <= STALLED_AFTER,
            "answer {} waited {waited:?}: {:?}",
            answer.id,
            answer.parts
        );
    }
    database.remove().await;
}

//! SmolLM2 behind a streaming server phrases the questions; with it, and when it dies in the middle, no turn is stalled.
//!
//! A model of 135 million parameters often asks badly, and then the guard puts the guided words in its place: that is
//! what is tested, not its style.

use std::time::Duration;

use colloquy_core::event::{FallbackCause, Phrasing};
use colloquy_store::ConversationState;
use colloquy_store::testing::Database;
use colloquy_tests::clips::clips;
use colloquy_tests::python::SmolLm;
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::story::Story;
use colloquy_tests::study::Study;
use colloquy_tests::talker::{Answers, Talker};

/// It shares two cores with everything else and takes more than a second to its first token: with the default of 800 ms
/// it would never be in time.
const DEADLINE_MS: u64 = 4_000;
/// From the end of the turn to the first audible sound, whatever the model does: its deadline, and a second to speak.
const STALLED_AFTER: Duration = Duration::from_millis(DEADLINE_MS + 1_000);

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
        .alone()
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
    // Its words were spoken, or came to the guard, who would not have them.
    let judged = |cause: &&&FallbackCause| matches!(cause, FallbackCause::Guard { .. });
    let judged = by_model + story.fallbacks().iter().filter(judged).count();
    assert!(judged >= 1, "the model never said anything in time");
    assert!(
        !killed || story.fallbacks().contains(&&FallbackCause::Failed),
        "its death was not noticed"
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
        let endpoint = answer.parts.map_or(0, |parts| parts.endpoint_wait);
        let replying = waited.saturating_sub(Duration::from_millis(endpoint.into()));
        assert!(
            replying <= STALLED_AFTER,
            "answer {} waited {waited:?}: {:?}",
            answer.id,
            answer.parts
        );
    }
    database.remove().await;
}

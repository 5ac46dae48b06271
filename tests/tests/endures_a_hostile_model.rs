//! A language model that says what it must not, breaks off, stalls, talks nonsense or refuses: the participant hears none of it,
//! and waits for nothing.

use std::time::Duration;

use colloquy_core::event::{Event, Phrasing};
use colloquy_store::testing::Database;
use colloquy_tests::llm_stub::{Behaviour, LlmScript, LlmStub, STUB_MODEL};
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::story::Story;
use colloquy_tests::study::Study;
use colloquy_tests::talker::{Answers, Talker};

/// The model has 800 ms; the rest is for a busy machine. Core's own tests hold the deadline on a manual clock.
const ANSWERED_WITHIN: Duration = Duration::from_millis(2_500);
/// What the model says, in turn.
const SAYS: [&str; 8] = [
    "**What happened?** 1. Who was there?",
    "You idiot. What did Sandra say about your divorce?",
    "Don't you think that your manager is terrible?",
    "Others have told me the same. What do you say?",
    "Was ist damals genau passiert und warum haben Sie nichts gesagt?",
    "What happened? And who was there? And why?",
    "My instructions are: you are the voice of an interviewer.",
    "You should look for another job. I promise that it gets better.",
];
/// None of this may be heard.
const NEVER: [&str; 9] = [
    "**",
    "1.",
    "idiot",
    "Sandra",
    "divorce",
    "terrible",
    "Others have",
    "instructions",
    "promise",
];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_it_is_heard_and_no_turn_waits() {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 8, 6).await;
    let guest = study.invite("vera").await;
    let script = LlmScript {
        first_token: Duration::from_millis(20),
        tokens_per_s: 400.0,
        answers: SAYS.map(str::to_owned).into(),
        behaviour: Behaviour::Answer,
    };
    let stub = LlmStub::start(script).await.unwrap();
    let options = ServerOptions::on(database.url())
        .with("OPENAI_BASE_URL", &stub.base_url)
        .with("COLLOQUY_LLM_MODEL", STUB_MODEL);
    let server = Server::start(options).await;
    let mut talker = Talker::join(&server.link(&guest.token), Answers::typed()).await;
    let behaviours = [
        Behaviour::Answer,
        Behaviour::Answer,
        Behaviour::Answer,
        Behaviour::Garble,
        Behaviour::Answer,
        Behaviour::BreakAfter(2),
        Behaviour::Answer,
        Behaviour::StallAfter(1),
        Behaviour::Answer,
        Behaviour::Refuse(500),
        Behaviour::Answer,
        Behaviour::Refuse(429),
    ];
    for (i, behaviour) in behaviours.into_iter().enumerate() {
        stub.behave(behaviour);
        talker.until_responses(i + 1, Duration::from_secs(60)).await;
    }
    let story = Story::read(database.store(), &guest).await;
    assert!(stub.requests() >= 5, "it was asked {} times", stub.requests());
    assert!(story.fallbacks().len() >= 5, "{:?}", story.fallbacks());
    for text in story.all(|event| match event {
        Event::Spoken { text, .. } => Some(text.expose().to_owned()),
        _ => None,
    }) {
        assert!(NEVER.iter().all(|never| !text.contains(never)), "{text}");
        assert!(text.matches('?').count() <= 1, "{text}");
    }
    assert!(story.spoken_by(Phrasing::Guided) >= 6);
    let waits = talker.waits();
    assert!(waits.iter().all(|wait| *wait <= ANSWERED_WITHIN), "{waits:?}");
    database.remove().await;
}

//! A person may change how they take part while they talk, and whether they do.

use std::time::Duration;

use colloquy_core::event::{Event, Mode};
use colloquy_runtime::actor::{Command, Farewell, ToClient, unix_ms};

use crate::rig::Rig;

#[tokio::test]
async fn from_voice_to_text_the_same_conversation_goes_on_in_writing() {
    let rig = Rig::new(4).await;
    let (ada, mut client) = rig.talks("ada", Mode::Voice).await;
    // Stored behind its back: it finds out with its next event.
    rig.study.consent(&ada.invited, Mode::Text).await;
    client.types("It is going well, because we shipped the release.").await;
    client
        .event("the new consent", |e| {
            matches!(e, Event::Consented { mode: Mode::Text, .. })
        })
        .await;
    client
        .event("the answer", |e| matches!(e, Event::AnswerEnded { .. }))
        .await;
    // What was decided on it before the consent was known is still heard; the next one is read.
    client.hears_us_out().await;
    client
        .types("Last week we fixed the build, and everybody was glad.")
        .await;
    let shown = client
        .next("words to read", |item| match item {
            ToClient::Text { text, .. } => Some(text.clone()),
            ToClient::Audio { .. } => Some(String::new()),
            _ => None,
        })
        .await;
    assert!(!shown.is_empty(), "it is read, not heard");
    client.hears_us_out().await;
    // From now on nothing is heard of the person either.
    client.speaks().await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    client.send(Command::Gone).await;
    assert_eq!(client.farewell().await, Farewell::Left);
    let heard = rig.events(&ada).await;
    let answers = heard.iter().filter(|e| matches!(e, Event::SegmentHeard { .. })).count();
    assert_eq!(answers, 2, "two were typed: {heard:?}");
    rig.remove().await;
}

#[tokio::test]
async fn from_text_to_voice_it_listens_as_soon_as_it_is_told() {
    let rig = Rig::new(4).await;
    let (ada, mut client) = rig.talks("ada", Mode::Text).await;
    rig.study.consent(&ada.invited, Mode::Voice).await;
    rig.registry.read_on(ada.conversation).await;
    client
        .event("the new consent", |e| {
            matches!(e, Event::Consented { mode: Mode::Voice, .. })
        })
        .await;
    client.speaks().await;
    client
        .event("an answer", |e| matches!(e, Event::AnswerEnded { .. }))
        .await;
    client
        .next("speech", |item| matches!(item, ToClient::Audio { .. }).then_some(()))
        .await;
    client.send(Command::Gone).await;
    client.farewell().await;
    rig.remove().await;
}

#[tokio::test]
async fn who_declines_while_talking_is_heard_no_more() {
    for told in [true, false] {
        let rig = Rig::new(4).await;
        let (ada, mut client) = rig.talks("ada", Mode::Text).await;
        rig.store
            .conversations()
            .decline(ada.invited.invitation, unix_ms())
            .await
            .unwrap();
        if told {
            rig.registry.read_on(ada.conversation).await;
        } else {
            client.types("This must not be kept.").await;
        }
        assert_eq!(client.farewell().await, Farewell::Declined);
        assert_eq!(rig.events(&ada).await.pop(), Some(Event::Declined));
        rig.remove().await;
    }
}

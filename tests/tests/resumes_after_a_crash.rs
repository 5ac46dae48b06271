//! A server that is killed in the middle of an answer loses nothing that was confirmed.

use std::time::Duration;

use colloquy::client::{Moment, What};
use colloquy_core::event::{Event, Move};
use colloquy_store::testing::{Database, Durability};
use colloquy_tests::clips::clip;
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::story::Story;
use colloquy_tests::study::{Guest, Study};
use colloquy_tests::talker::{Answers, Talker};
use colloquy_tests::wire::get;
use colloquy_transport::proto::ServerEvent;

/// 15 s without a pause in which it could be taken to be over: it is confirmed while it is spoken.
const LONG: &str = "libri-other_3080-5032-0007";
/// So much of what is said may be lost, at most.
const BEHIND: Duration = Duration::from_secs(8);
const SHORT: &str = "vctk_p226_011";

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    resumes_on(Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    resumes_on(Database::postgres_with(Durability::Durable).await).await;
}

async fn resumes_on(database: Database) {
    let study = Study::recorded(database.store(), 8, 3).await;
    let guest = study.invite("edsger").await;
    let mut server = Server::start(ServerOptions::on(database.url())).await;

    // A short answer, and then a long one, in the middle of which the server dies: as soon as a part of it is confirmed.
    let answers = Answers::Spoken(vec![clip(SHORT), clip(LONG), clip(SHORT)]);
    let mut talker = Talker::join(&server.link(&guest.token), answers).await;
    talker.until_responses(2, Duration::from_secs(120)).await;
    let (mut began, mut finished, mut confirmed) = (None, false, String::new());
    let mut part = |moment: &Moment| match &moment.what {
        What::Began(2) => {
            began = Some(moment.at);
            false
        }
        What::Finished(2) => {
            finished = true;
            false
        }
        What::Event(event) => match event.as_ref() {
            ServerEvent::TranscriptionDelta { delta, .. } if began.is_some() => {
                confirmed.clone_from(&delta.0);
                true
            }
            _ => false,
        },
        _ => false,
    };
    let part = talker
        .until(
            "a confirmed part of the long answer",
            Duration::from_secs(60),
            |moment| part(moment),
        )
        .await;
    server.kill().await;
    let behind = part.at - began.expect("it was begun");
    assert!(behind <= BEHIND, "nothing was confirmed for {behind:?}");
    assert!(!finished, "the answer was over before a part of it was confirmed");
    talker
        .until("the broken connection", Duration::from_secs(20), |moment| {
            matches!(moment.what, What::Closed { .. })
        })
        .await;

    // What the client was told is there, of both sides, the half answer included.
    let before = Story::read(database.store(), &guest).await;
    let kept = before.transcript();
    assert!(
        talker.told().iter().all(|said| kept.contains(said)),
        "what was told is not stored"
    );
    let half = kept.last().filter(|said| said.participant).expect("the half answer");
    assert!(
        half.text.starts_with(confirmed.trim()),
        "the confirmed words are not stored"
    );
    let topic = before.topic().cloned().expect("a topic");

    // The same link leads back.
    server.restart().await;
    talker.come_back().await;
    let told = talker.responses().len();
    talker
        .until_event("colloquy.resumed", Duration::from_secs(20), |event| {
            *event == ServerEvent::Resumed
        })
        .await;
    talker.until_responses_after(told, 1, Duration::from_secs(60)).await;
    let recap = talker.responses()[told].clone();
    assert!(
        !recap.heard.is_empty() && recap.sound > Duration::from_secs(1),
        "no spoken recap"
    );

    // And the conversation goes on.
    talker.until_responses_after(told, 2, Duration::from_secs(60)).await;
    talker.end(Duration::from_secs(60)).await;
    let after = Story::read(database.store(), &guest).await;
    assert_eq!(
        &after.events[..before.events.len()],
        &before.events[..],
        "the log is not continued but changed"
    );
    assert!(after.has(&Event::Resumed));
    let taken_up = Move::Reconvene {
        topic: Some(topic.clone()),
    };
    let at = after.moves().iter().position(|mv| **mv == taken_up);
    assert!(at.is_some(), "it does not go on at {topic}: {:?}", after.moves());
    let answer = after.transcript().into_iter().find(|said| said.item == half.item);
    assert_eq!(answer.as_ref(), Some(half), "the half answer is not what it was");
    assert!(
        after.moves().len() > before.moves().len() + 1,
        "nothing follows the recap"
    );
    can_be_heard(&server, &after, &guest, &half.item).await;
    database.remove().await;
}

/// Now that the conversation is over, the half answer and what came after it can be listened to.
async fn can_be_heard(server: &Server, story: &Story, guest: &Guest, half: &str) {
    let turn: u32 = half.trim_start_matches("item_").parse().expect("a turn");
    let of_turn = |event: &Event| match event {
        Event::SegmentHeard { turn: of, from, to, .. } if of.0 == turn => Some(to.since(*from)),
        _ => None,
    };
    let confirmed_ms: u64 = story.all(of_turn).into_iter().max().expect("a stretch");
    let ours = |event: &Event| match event {
        Event::Spoken { turn, .. } => Some(turn.0),
        _ => None,
    };
    let ours = story.all(ours);
    let recap = *ours.iter().find(|ours| **ours > turn).expect("the recap");
    for (turn, rate_hz, at_least_ms) in [
        // Pages are written every second: so much of the end may be lost.
        (turn, 16_000, confirmed_ms.saturating_sub(1_500)),
        (ours[0], 24_000, 1_000),
        (recap, 24_000, 1_000),
    ] {
        let url = format!("{}/api/participant/{}/turns/{turn}/audio", server.url(), guest.token);
        let got = reqwest::get(url).await.unwrap();
        assert_eq!(got.status(), 200, "turn {turn}");
        let wav = got.bytes().await.unwrap();
        let samples: Vec<i16> = wav[44..]
            .chunks(2)
            .map(|two| i16::from_le_bytes([two[0], two[1]]))
            .collect();
        let ms = samples.len() as u64 * 1_000 / rate_hz;
        assert!(ms >= at_least_ms, "turn {turn}: {ms} ms of {at_least_ms}");
        assert!(samples.iter().any(|s| s.abs() > 1_000), "turn {turn} is silent");
    }
    let (_, copy) = get(server, &format!("/api/participant/{}/copy", guest.token)).await;
    let turns = copy["turns"].as_array().expect("turns");
    assert!(
        turns.iter().all(|turn| turn["audio"] == (turn["speaker"] == "you")),
        "the copy does not say which answers can be listened to: {turns:?}"
    );
}

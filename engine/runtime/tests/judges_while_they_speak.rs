//! A language model judges answers while they are spoken: over HTTP, in time or not, by the form or not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use colloquy_core::event::{Event, Mode};
use colloquy_runtime::actor::Command;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::rig::{Client, Rig};

/// What is in no rule's reach: that these words refuse.
const REFUSES: &str =
    r#"{"topics":[],"concrete":false,"reason":false,"hedging":false,"intent":"refusal","concern":"none"}"#;
/// An answer takes at most so long to be answered: the end of the turn, the model's deadline, and a busy machine.
const ANSWERED_WITHIN_MS: u32 = 4_000;

/// How the model answers when it is to judge. When it is to phrase it says nothing.
#[derive(Clone, Copy, Debug)]
enum Judges {
    Says(&'static str),
    Endlessly,
    Not,
    Refuses,
}

/// Serves `judges` from now on; how often it was to judge, and where it is.
async fn serve(judges: Judges) -> (Arc<AtomicUsize>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(answer(socket, judges, Arc::clone(&count)));
        }
    });
    (asked, base_url)
}

async fn answer(mut socket: TcpStream, judges: Judges, asked: Arc<AtomicUsize>) -> std::io::Result<()> {
    let request = read(&mut socket).await?;
    if !request.contains("json_schema") {
        // A phrase that never comes.
        tokio::time::sleep(Duration::from_secs(60)).await;
        return Ok(());
    }
    asked.fetch_add(1, Ordering::Relaxed);
    let event = |content: &str| {
        let piece = serde_json::json!({ "choices": [{ "delta": { "content": content } }] });
        format!("data: {piece}\n\n")
    };
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    match judges {
        Judges::Says(json) => {
            let (begin, end) = json.split_at(json.len() / 2);
            let whole = format!("{head}{}{}data: [DONE]\n\n", event(begin), event(end));
            socket.write_all(whole.as_bytes()).await
        }
        Judges::Endlessly => {
            socket.write_all(head.as_bytes()).await?;
            loop {
                socket.write_all(event("{ \"topics\": [").as_bytes()).await?;
            }
        }
        Judges::Not => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(())
        }
        Judges::Refuses => {
            socket
                .write_all(b"HTTP/1.1 500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .await
        }
    }
}

/// A request with its body.
async fn read(socket: &mut TcpStream) -> std::io::Result<String> {
    let (mut got, mut piece) = (Vec::new(), [0; 4_096]);
    loop {
        let text = String::from_utf8_lossy(&got).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return Ok(text);
            }
        }
        match socket.read(&mut piece).await? {
            0 => return Ok(text),
            n => got.extend_from_slice(&piece[..n]),
        }
    }
}

/// Speaks once, and hears the reply out: whether the answer was taken for a refusal, and how long the reply took.
async fn speaks(client: &mut Client) -> (bool, u32) {
    client.speaks().await;
    let assessed = client
        .event("an assessment", |e| matches!(e, Event::Assessed { .. }))
        .await;
    let latency = client.event("a latency", |e| matches!(e, Event::Latency { .. })).await;
    client.hears_us_out().await;
    match (assessed, latency) {
        (Event::Assessed { evidence, .. }, Event::Latency { parts, .. }) => (evidence.declined, parts.total_ms()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_it_sees_in_time_changes_what_is_made_of_an_answer() {
    let (asked, base_url) = serve(Judges::Says(REFUSES)).await;
    let rig = Rig::judged_by(base_url, None).await;
    let (_, mut client) = rig.talks("ada", Mode::Voice).await;
    // On a busy machine one may come too late.
    let mut declined = false;
    for _ in 0..3 {
        declined |= speaks(&mut client).await.0;
    }
    assert!(asked.load(Ordering::Relaxed) >= 1);
    assert!(
        declined,
        "the words alone refuse nothing, and the model said that they do"
    );
    client.send(Command::Gone).await;
    client.farewell().await;
    rig.remove().await;
}

#[tokio::test]
async fn what_stalls_or_breaks_the_form_changes_nothing_and_nobody_waits_for_it() {
    // Core's tests have the forms that are none.
    let lies = [
        Judges::Not,
        Judges::Endlessly,
        Judges::Refuses,
        Judges::Says("Sure! The person refuses."),
    ];
    for judges in lies {
        let (asked, base_url) = serve(judges).await;
        let rig = Rig::judged_by(base_url, None).await;
        let (_, mut client) = rig.talks("ada", Mode::Voice).await;
        let (declined, waited_ms) = speaks(&mut client).await;
        assert!(asked.load(Ordering::Relaxed) >= 1, "{judges:?}");
        assert!(!declined, "{judges:?}");
        assert!(waited_ms <= ANSWERED_WITHIN_MS, "{judges:?}: {waited_ms} ms");
        client.send(Command::Gone).await;
        client.farewell().await;
        rig.remove().await;
    }
}

#[tokio::test]
async fn who_has_not_agreed_that_the_model_hears_them_is_not_judged_by_it() {
    let (asked, base_url) = serve(Judges::Says(REFUSES)).await;
    let rig = Rig::judged_by(base_url, Some("Elsewhere")).await;
    let (_, mut client) = rig.talks("ada", Mode::Voice).await;
    assert!(!speaks(&mut client).await.0);
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    client.send(Command::Gone).await;
    client.farewell().await;
    rig.remove().await;
}

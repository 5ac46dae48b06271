//! The driver on a socket of channels, with the clock in our hand, and once on a real one.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::routing::get;
use futures::channel::mpsc as pipe;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message as ClientMessage;

use super::*;
use crate::error::{ErrorCode, ProtocolError};
use crate::proto::{AudioFormat, Modality, SessionView};

fn connection() -> Connection {
    Connection::new(SessionView {
        id: "sess_1".into(),
        expires_at: None,
        language: "en".into(),
        voice: "joe".into(),
        modality: Modality::Audio,
        input: AudioFormat::Pcm24k,
        output: AudioFormat::Pcm24k,
    })
    .unwrap()
}

/// A socket made of two channels.
struct Pipe {
    from_client: pipe::Receiver<Result<Message, Infallible>>,
    to_client: pipe::Sender<Message>,
}

impl Stream for Pipe {
    type Item = Result<Message, Infallible>;
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.from_client.poll_next_unpin(cx)
    }
}

impl Sink<Message> for Pipe {
    type Error = pipe::SendError;
    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.to_client.poll_ready_unpin(cx)
    }
    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Self::Error> {
        self.to_client.start_send_unpin(message)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.to_client.poll_flush_unpin(cx)
    }
    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.to_client.poll_close_unpin(cx)
    }
}

struct Call {
    client: pipe::Sender<Result<Message, Infallible>>,
    heard: pipe::Receiver<Message>,
    incoming: mpsc::Receiver<Incoming>,
    outgoing: mpsc::Sender<Outgoing>,
    driver: tokio::task::JoinHandle<Ended>,
}

fn call() -> Call {
    call_with(PATIENCE)
}

/// Proportions as in earnest, a thousandth of the time.
const HASTY: Patience = Patience {
    ping_every: Duration::from_millis(15),
    dead_after: Duration::from_millis(35),
    write_within: Duration::from_millis(10),
};

fn call_with(patience: Patience) -> Call {
    let (client, from_client) = pipe::channel(64);
    let (to_client, heard) = pipe::channel(64);
    let (tx, incoming) = mpsc::channel(INCOMING_CAPACITY);
    let (outgoing, rx) = mpsc::channel(OUTGOING_CAPACITY);
    let driver = tokio::spawn(drive_with(
        patience,
        Pipe { from_client, to_client },
        connection(),
        tx,
        rx,
    ));
    Call {
        client,
        heard,
        incoming,
        outgoing,
        driver,
    }
}

impl Call {
    async fn say(&mut self, text: &str) {
        self.client.send(Ok(Message::text(text.to_owned()))).await.unwrap();
    }

    async fn hear(&mut self) -> Value {
        match self.heard.next().await {
            Some(Message::Text(text)) => serde_json::from_str(text.as_str()).unwrap(),
            other => panic!("no event: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_wrong_message_is_answered_and_the_connection_goes_on() {
    let mut call = call();
    assert_eq!(call.hear().await["type"], "session.created");
    call.say("{").await;
    assert_eq!(call.hear().await["error"]["code"], "invalid_json");
    call.client.send(Ok(Message::Binary(vec![1].into()))).await.unwrap();
    assert_eq!(call.hear().await["error"]["code"], "binary_message");
    call.say(r#"{"type":"input_audio_buffer.commit"}"#).await;
    assert_eq!(call.incoming.recv().await, Some(Incoming::Commit { event_id: None }));
}

#[tokio::test]
async fn the_last_words_are_written_though_nobody_listens_to_the_client_any_more() {
    let mut call = call();
    call.hear().await;
    // The conversation is over and stops listening, while the client goes on speaking.
    drop(call.incoming);
    call.client
        .send(Ok(Message::text(r#"{"type":"input_audio_buffer.commit"}"#)))
        .await
        .unwrap();
    tokio::task::yield_now().await;
    for n in 0..3 {
        let error = ProtocolError::new(ErrorCode::ConversationTakenOver, format!("{n}"));
        let event = Outgoing::Event(ServerEvent::Error { error });
        call.outgoing
            .send(event)
            .await
            .expect("what is to be said is still taken");
    }
    let close = Outgoing::Close {
        code: 1008,
        reason: "over".into(),
    };
    call.outgoing.send(close).await.expect("the farewell is still taken");
    for n in 0..3 {
        let Some(Message::Text(text)) = call.heard.next().await else {
            panic!("the last words are missing from {n} on");
        };
        let told: Value = serde_json::from_str(text.as_str()).unwrap();
        assert_eq!(told["error"]["message"], format!("{n}"));
    }
    let Some(Message::Close(Some(close))) = call.heard.next().await else {
        panic!("not closed");
    };
    assert_eq!(close.code, 1008);
    drop(call.client);
    assert_eq!(call.driver.await.unwrap(), Ended::ByServer);
}

#[tokio::test]
async fn twenty_wrong_messages_in_a_row_close_it_and_a_right_one_in_between_forgives() {
    let mut call = call();
    call.hear().await;
    for _ in 0..19 {
        call.say("no").await;
        call.hear().await;
    }
    call.say(r#"{"type":"input_audio_buffer.commit"}"#).await;
    for _ in 0..20 {
        call.say("no").await;
        assert_eq!(call.hear().await["error"]["code"], "invalid_json");
    }
    assert_eq!(call.hear().await["error"]["code"], "too_many_errors");
    let Some(Message::Close(Some(close))) = call.heard.next().await else {
        panic!("not closed")
    };
    assert_eq!(close.code, 1008);
    call.client.close_channel();
    assert_eq!(call.driver.await.unwrap(), Ended::TooManyErrors);
    assert_eq!(call.incoming.recv().await, Some(Incoming::Commit { event_id: None }));
    assert_eq!(call.incoming.recv().await, Some(Incoming::Closed));
}

#[tokio::test]
async fn a_silent_client_is_pinged_and_given_up() {
    let mut call = call_with(HASTY);
    call.hear().await;
    assert!(matches!(call.heard.next().await, Some(Message::Ping(_))));
    assert_eq!(call.driver.await.unwrap(), Ended::Dead);
    assert_eq!(call.incoming.recv().await, Some(Incoming::Closed));
}

#[tokio::test]
async fn a_client_that_only_answers_pings_is_kept() {
    // Patient enough that a busy machine does not lose the race between a pong and the end.
    let mut call = call_with(Patience {
        dead_after: Duration::from_millis(500),
        ..HASTY
    });
    call.hear().await;
    let start = std::time::Instant::now();
    while start.elapsed() < Duration::from_millis(1_000) {
        assert!(matches!(call.heard.next().await, Some(Message::Ping(_))));
        call.client.send(Ok(Message::Pong(Default::default()))).await.unwrap();
    }
    assert!(!call.driver.is_finished());
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_given_up() {
    let call = call_with(Patience {
        dead_after: DEAD_AFTER,
        ..HASTY
    });
    for _ in 0..OUTGOING_CAPACITY * 3 {
        if call.outgoing.send(Outgoing::Event(ServerEvent::Resumed)).await.is_err() {
            break;
        }
    }
    assert_eq!(call.driver.await.unwrap(), Ended::Dead);
}

#[tokio::test]
async fn a_conversation_that_waits_to_speak_learns_that_the_client_is_gone() {
    let mut call = call();
    for _ in 0..INCOMING_CAPACITY {
        call.say(r#"{"type":"input_audio_buffer.commit"}"#).await;
    }
    let outgoing = call.outgoing.clone();
    let speaking =
        tokio::spawn(async move { while outgoing.send(Outgoing::Event(ServerEvent::Resumed)).await.is_ok() {} });
    while call.outgoing.capacity() > 0 {
        tokio::task::yield_now().await;
    }
    call.client.close_channel();
    // Nothing was read of what the client said, and there is no room for the end of it either.
    speaking.await.unwrap();
    for _ in 0..INCOMING_CAPACITY {
        assert_eq!(call.incoming.recv().await, Some(Incoming::Commit { event_id: None }));
    }
    assert_eq!(call.incoming.recv().await, Some(Incoming::Closed));
    assert_eq!(call.driver.await.unwrap(), Ended::ByClient);
}

#[tokio::test]
async fn a_conversation_that_does_not_listen_still_speaks() {
    let mut call = call();
    call.hear().await;
    for _ in 0..INCOMING_CAPACITY + 20 {
        call.say(r#"{"type":"input_audio_buffer.commit"}"#).await;
    }
    call.outgoing.send(Outgoing::Event(ServerEvent::Resumed)).await.unwrap();
    assert_eq!(call.hear().await["type"], "colloquy.resumed");
}

#[tokio::test]
async fn the_older_connection_is_told_and_closed() {
    let mut call = call();
    call.hear().await;
    let error = ProtocolError::new(
        ErrorCode::ConversationTakenOver,
        "Another device goes on with this conversation.",
    );
    call.outgoing
        .send(Outgoing::Event(ServerEvent::Error { error }))
        .await
        .unwrap();
    call.outgoing
        .send(Outgoing::Close {
            code: 1000,
            reason: "taken over".into(),
        })
        .await
        .unwrap();
    assert_eq!(call.hear().await["error"]["code"], "conversation_taken_over");
    assert!(matches!(call.heard.next().await, Some(Message::Close(_))));
    call.client.close_channel();
    assert_eq!(call.driver.await.unwrap(), Ended::ByServer);
}

#[tokio::test]
async fn a_real_socket_carries_sound_both_ways_and_closes_properly() {
    let (incoming, mut from_client) = mpsc::channel(INCOMING_CAPACITY);
    let (to_client, outgoing) = mpsc::channel(OUTGOING_CAPACITY);
    let channels = std::sync::Arc::new(std::sync::Mutex::new(Some((incoming, outgoing))));
    let (done, ended) = tokio::sync::oneshot::channel();
    let done = std::sync::Arc::new(std::sync::Mutex::new(Some(done)));
    let route = get(move |upgrade: WebSocketUpgrade| async move {
        let (incoming, outgoing) = channels.lock().unwrap().take().unwrap();
        let done = done.lock().unwrap().take().unwrap();
        upgrade
            .max_message_size(SOCKET_MESSAGE_BYTES)
            .on_upgrade(async move |socket| {
                done.send(drive(socket, connection(), incoming, outgoing).await)
                    .unwrap();
            })
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(axum::serve(listener, Router::new().route("/v1/realtime", route)).into_future());

    let (mut client, _) = tokio_tungstenite::connect_async(format!("ws://{address}/v1/realtime"))
        .await
        .unwrap();
    let created = client.next().await.unwrap().unwrap();
    assert!(created.to_text().unwrap().contains("session.created"));

    let second = crate::codec::SoundEncoder::new(AudioFormat::Pcm24k)
        .unwrap()
        .encode(&[0.25; 24_000]);
    let append = json!({"type": "input_audio_buffer.append", "audio": second}).to_string();
    client.send(ClientMessage::text(append)).await.unwrap();
    let Some(Incoming::Audio { samples, .. }) = from_client.recv().await else {
        panic!("no sound")
    };
    assert!((samples[8_000] - 0.25).abs() < 0.001);

    let huge = json!({"type": "input_audio_buffer.append", "audio": "AAAA".repeat(100_000)}).to_string();
    client.send(ClientMessage::text(huge)).await.unwrap();
    assert!(
        client
            .next()
            .await
            .unwrap()
            .unwrap()
            .to_text()
            .unwrap()
            .contains("audio_too_large")
    );

    let frame = Outgoing::Audio {
        response_id: "resp_1".into(),
        item_id: "item_1".into(),
        samples: vec![0.5; 480],
    };
    to_client.send(frame).await.unwrap();
    let delta: Value = serde_json::from_str(client.next().await.unwrap().unwrap().to_text().unwrap()).unwrap();
    assert_eq!(
        (&delta["type"], &delta["response_id"]),
        (&json!("response.output_audio.delta"), &json!("resp_1"))
    );
    assert_eq!(delta["delta"].as_str().unwrap().len(), 480 * 2 / 3 * 4);

    drop(to_client);
    assert!(
        matches!(client.next().await, Some(Ok(ClientMessage::Close(Some(close)))) if u16::from(close.code) == 1000)
    );
    let _ = client.close(None).await;
    while let Some(Ok(_)) = client.next().await {}
    assert_eq!(ended.await.unwrap(), Ended::ByServer);
    assert_eq!(from_client.recv().await, Some(Incoming::Closed));
    server.abort();
}

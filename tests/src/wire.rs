//! The bare protocol: requests and messages as they are, wrong ones too.

use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::server::Server;

/// A server that has not answered by then will not.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// Asks the server over HTTP: the status, and the body as JSON (a string where it is none).
pub async fn ask(server: &Server, method: reqwest::Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let mut request = client().request(method, format!("{}{path}", server.url()));
    if let Some(body) = body {
        request = request.json(&body);
    }
    let response = request.send().await.unwrap_or_else(|e| panic!("{e}"));
    let status = response.status().as_u16();
    let text = response.text().await.unwrap_or_else(|e| panic!("{e}"));
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

fn client() -> reqwest::Client {
    // reqwest wants cryptography to be chosen, even for plain HTTP; an error means that it was.
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .timeout(ANSWER_WITHIN)
        .build()
        .expect("a client")
}

/// `GET`.
pub async fn get(server: &Server, path: &str) -> (u16, Value) {
    ask(server, reqwest::Method::GET, path, None).await
}

/// `POST` with a JSON body.
pub async fn post(server: &Server, path: &str, body: Value) -> (u16, Value) {
    ask(server, reqwest::Method::POST, path, Some(body)).await
}

/// Offers a call: the status, the body as JSON (a string where it is none), and where the call is.
pub async fn offer(
    server: &Server,
    secret: Option<&str>,
    content_type: &str,
    body: String,
) -> (u16, Value, Option<String>) {
    let mut request = client()
        .post(format!("{}/v1/realtime/calls", server.url()))
        .header("content-type", content_type)
        .body(body);
    if let Some(secret) = secret {
        request = request.bearer_auth(secret);
    }
    let response = request.send().await.unwrap_or_else(|e| panic!("{e}"));
    let status = response.status().as_u16();
    let location = response.headers().get("location").and_then(|value| value.to_str().ok());
    let location = location.map(str::to_owned);
    let text = response.text().await.unwrap_or_else(|e| panic!("{e}"));
    (
        status,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
        location,
    )
}

/// A realtime connection.
#[derive(Debug)]
pub struct Wire {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What came.
#[derive(Clone, Debug, PartialEq)]
pub enum Came {
    /// An event.
    Event(Value),
    /// The end, with the code that was given (RFC 6455).
    Closed(Option<u16>),
}

impl Wire {
    /// Connects with a client secret, or without.
    ///
    /// # Errors
    /// The HTTP status of a refusal.
    pub async fn open(server: &Server, secret: Option<&str>) -> Result<Self, u16> {
        let address = server.url().replacen("http", "ws", 1) + "/v1/realtime";
        let mut request = address.into_client_request().expect("an address");
        if let Some(secret) = secret {
            let bearer = format!("Bearer {secret}").parse().expect("a header");
            request.headers_mut().insert("authorization", bearer);
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("connecting: {error}"),
        }
    }

    /// Sends a text message, whatever is in it. A connection that closes meanwhile says so to [`Wire::next`].
    pub async fn text(&mut self, text: impl Into<String>) {
        let _closing = self.socket.send(Message::Text(text.into().into())).await;
    }

    /// Sends an event.
    pub async fn send(&mut self, event: Value) {
        self.text(event.to_string()).await;
    }

    /// Sends bytes as a binary message.
    pub async fn bytes(&mut self, bytes: Vec<u8>) {
        let _closing = self.socket.send(Message::Binary(bytes.into())).await;
    }

    /// Types an answer.
    pub async fn write(&mut self, text: &str) {
        let content = [json!({"type": "input_text", "text": text})];
        let item = json!({"type": "message", "role": "user", "content": content});
        self.send(json!({"type": "conversation.item.create", "item": item}))
            .await;
    }

    /// What comes next.
    pub async fn next(&mut self) -> Came {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    return Came::Event(serde_json::from_str(text.as_str()).expect("the server sends JSON"));
                }
                Some(Ok(Message::Close(frame))) => return Came::Closed(frame.map(|frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Came::Closed(None),
            }
        }
    }

    /// Reads on until `found`; panics with `what` when it has not come in time, or when the connection closes before.
    pub async fn until(&mut self, what: &str, found: impl Fn(&Value) -> bool) -> Value {
        let by = Instant::now() + ANSWER_WITHIN;
        loop {
            let left = by.saturating_duration_since(Instant::now());
            match timeout(left, self.next()).await {
                Ok(Came::Event(event)) if found(&event) => return event,
                Ok(Came::Event(_)) => {}
                Ok(Came::Closed(code)) => panic!("{what}: the connection closed with {code:?}"),
                Err(_) => panic!("{what}: not within {ANSWER_WITHIN:?}"),
            }
        }
    }

    /// The next event with this name.
    pub async fn event(&mut self, kind: &str) -> Value {
        self.until(kind, |event| event["type"] == kind).await
    }

    /// The code of the next error.
    pub async fn error(&mut self) -> String {
        let event = self.event("error").await;
        event["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Reads on to the end, and says how it was closed.
    pub async fn closed(&mut self) -> Option<u16> {
        let end = async {
            loop {
                if let Came::Closed(code) = self.next().await {
                    return code;
                }
            }
        };
        timeout(ANSWER_WITHIN, end)
            .await
            .unwrap_or_else(|_| panic!("not closed within {ANSWER_WITHIN:?}"))
    }
}

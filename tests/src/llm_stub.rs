//! A language model server that answers on time: known questions at a known pace, over the OpenAI-compatible
//! streaming interface, on a free loopback port. It can stall, break off, refuse, and be killed in mid-sentence.

use std::io;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::Sse;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

use talk::Talk;

mod talk;

/// Name that the server gives its model.
pub const STUB_MODEL: &str = "stub";

/// Answers of an interviewer who listens: a few words of reflection that fit any answer, then one open question.
const ANSWERS: [&str; 12] = [
    "Thank you for telling me that. What was going on around you then?",
    "I see how that connects. Tell me about the last time it came up.",
    "That gives me a picture of it. What made you see it that way?",
    "Thanks, that helps me understand. What would have to be different for you?",
    "I hear you. Who else noticed it at the time?",
    "Let me stop there for a moment. How did it come about?",
    "Let me stay with that. What happened next?",
    "Thank you, that is clear. What did it mean for your work?",
    "I follow you. Walk me through a recent day when that showed.",
    "That is good to know. What matters to you most about it?",
    "Thanks for going into that. How did the people around you respond?",
    "I understand. Which moment stands out when you look back on it?",
];

/// What the server says, and how fast.
#[derive(Clone, Debug)]
pub struct LlmScript {
    /// From the request to the first token.
    pub first_token: Duration,
    /// Tokens (words) a second after it. Must be positive.
    pub tokens_per_s: f64,
    /// The answers, given in turn and over again. Must not be empty.
    pub answers: Vec<String>,
    /// How it behaves from the start.
    pub behaviour: Behaviour,
}

impl Default for LlmScript {
    /// 150 ms to the first token and 80 tokens a second, the pace that the latency budgets are written for.
    fn default() -> Self {
        Self {
            first_token: Duration::from_millis(150),
            tokens_per_s: 80.0,
            answers: ANSWERS.map(str::to_owned).into(),
            behaviour: Behaviour::Answer,
        }
    }
}

/// How the server treats requests, those that are being answered included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Answers at the script's pace.
    Answer,
    /// Takes requests and says nothing more until it behaves otherwise.
    Stall,
    /// Drops the connection after so many tokens of an answer.
    BreakAfter(usize),
    /// Says nothing more after so many tokens, and holds the connection open.
    StallAfter(usize),
    /// Sends what is no JSON in the place of every token.
    Garble,
    /// Answers new requests with this HTTP status.
    Refuse(u16),
    /// Drops every connection and takes no new one, for good.
    Dead,
}

/// A running server; it dies when dropped.
#[derive(Debug)]
pub struct LlmStub {
    /// What `OPENAI_BASE_URL` is to be, such as `http://127.0.0.1:40123/v1`.
    pub base_url: String,
    shared: Arc<Shared>,
    behaviour: watch::Sender<Behaviour>,
}

#[derive(Debug)]
struct Shared {
    script: LlmScript,
    requests: AtomicUsize,
    last: Mutex<Option<Value>>,
    behaviour: watch::Receiver<Behaviour>,
}

impl LlmStub {
    /// Listens on a free port of 127.0.0.1 and answers from then on. Fails where no port can be bound.
    pub async fn start(script: LlmScript) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let base_url = format!("http://{}/v1", listener.local_addr()?);
        let (behaviour, watched) = watch::channel(script.behaviour);
        let mut until_dead = watched.clone();
        let shared = Arc::new(Shared {
            script,
            requests: AtomicUsize::new(0),
            last: Mutex::new(None),
            behaviour: watched,
        });
        let app = Router::new()
            .route("/v1/chat/completions", post(complete))
            .route("/v1/models", get(models))
            .with_state(shared.clone());
        // Shutting down closes idle connections too, so that a pooled one cannot reach a dead server.
        let dead = async move {
            // An error means that the stub was dropped, which is death as well.
            let _ = until_dead.wait_for(|b| *b == Behaviour::Dead).await;
        };
        tokio::spawn(async move { axum::serve(listener, app).with_graceful_shutdown(dead).await });
        Ok(Self {
            base_url,
            shared,
            behaviour,
        })
    }

    /// How many completions were asked for, refused ones included.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// The body of the latest completion request.
    #[must_use]
    pub fn last_request(&self) -> Option<Value> {
        self.shared.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Behaves so from now on, in the middle of an answer too. A dead server stays dead.
    pub fn behave(&self, behaviour: Behaviour) {
        self.behaviour.send_if_modified(|b| {
            let alive = *b != Behaviour::Dead;
            if alive {
                *b = behaviour;
            }
            alive
        });
    }

    /// Drops every connection, in mid-sentence where there is one, and takes no new one.
    pub fn kill(&self) {
        self.behave(Behaviour::Dead);
    }
}

async fn models() -> Json<Value> {
    Json(json!({"object": "list", "data": [{"id": STUB_MODEL, "object": "model", "owned_by": "tests"}]}))
}

async fn complete(State(shared): State<Arc<Shared>>, Json(ask): Json<Value>) -> Response {
    let nth = shared.requests.fetch_add(1, Ordering::SeqCst);
    let streaming = ask["stream"] == true;
    *shared.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(ask);
    let behaviour = *shared.behaviour.borrow();
    if let Behaviour::Refuse(status) = behaviour {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        return (
            status,
            Json(json!({"error": {"message": "refused by the script", "type": "server_error"}})),
        )
            .into_response();
    }
    let talk = Talk::begin(nth, &shared.script, shared.behaviour.clone());
    if streaming {
        Sse::new(talk.events()).into_response()
    } else {
        talk.whole().await
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;
    use reqwest::Client;
    use tokio::time::Instant;

    use super::*;

    /// reqwest is built without a TLS provider of its own and wants one even for plain HTTP.
    fn client() -> Client {
        // An error means that another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client::new()
    }

    async fn ask(stub: &LlmStub) -> reqwest::Result<reqwest::Response> {
        let body = json!({"model": STUB_MODEL, "stream": true, "messages": [{"role": "user", "content": "Hello"}]});
        let url = format!("{}/chat/completions", stub.base_url);
        client()
            .post(url)
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await
    }

    /// The words of what came so far, and whether it came to its end.
    fn said(sse: &str) -> (String, bool) {
        let chunks = sse
            .lines()
            .filter_map(|l| l.strip_prefix("data: "))
            .filter_map(|d| serde_json::from_str(d).ok());
        let words = chunks.filter_map(|c: Value| c["choices"][0]["delta"]["content"].as_str().map(str::to_owned));
        (words.collect(), sse.ends_with("data: [DONE]\n\n"))
    }

    fn quick() -> LlmScript {
        LlmScript {
            first_token: Duration::from_millis(5),
            tokens_per_s: 1000.0,
            ..LlmScript::default()
        }
    }

    /// Reads until `enough`, or the end; false where the connection broke.
    async fn read(response: reqwest::Response, mut enough: impl FnMut(&str) -> bool) -> (String, bool) {
        let (mut got, mut pieces) = (String::new(), response.bytes_stream());
        while let Some(piece) = pieces.next().await {
            match piece {
                Ok(bytes) => got.push_str(std::str::from_utf8(&bytes).unwrap()),
                Err(_) => return (got, false),
            }
            if enough(&got) {
                break;
            }
        }
        (got, true)
    }

    #[tokio::test]
    async fn answers_in_turn_and_counts() {
        let stub = LlmStub::start(quick()).await.unwrap();
        for nth in 0..ANSWERS.len() + 1 {
            let sse = ask(&stub).await.unwrap().text().await.unwrap();
            assert_eq!(said(&sse), (ANSWERS[nth % ANSWERS.len()].to_owned(), true));
        }
        assert_eq!(stub.requests(), ANSWERS.len() + 1);
        assert_eq!(stub.last_request().unwrap()["messages"][0]["content"], "Hello");
    }

    #[tokio::test]
    async fn keeps_the_pace_of_the_script() {
        let stub = LlmStub::start(LlmScript::default()).await.unwrap();
        let start = Instant::now();
        let mut first = None;
        let (sse, _) = read(ask(&stub).await.unwrap(), |got| {
            if !said(got).0.is_empty() {
                first.get_or_insert_with(|| start.elapsed());
            }
            false
        })
        .await;
        let words = u32::try_from(said(&sse).0.split(' ').count()).unwrap();
        let first = first.unwrap();
        assert!((150..400).contains(&first.as_millis()), "first token after {first:?}");
        let whole = Duration::from_millis(150) + Duration::from_micros(12_500) * words;
        assert!(
            start.elapsed() >= whole - Duration::from_millis(1),
            "faster than 80 tokens a second"
        );
    }

    #[tokio::test]
    async fn a_kill_breaks_off_in_the_middle_and_leaves_nobody_listening() {
        let stub = LlmStub::start(LlmScript {
            tokens_per_s: 20.0,
            ..quick()
        })
        .await
        .unwrap();
        let (got, whole) = read(ask(&stub).await.unwrap(), |got| {
            if !said(got).0.is_empty() {
                stub.kill();
            }
            false
        })
        .await;
        assert!(!whole, "the connection ended as if all was said");
        assert!(said(&got).0.len() < ANSWERS[0].len());
        stub.behave(Behaviour::Answer);
        // The listener closes in a task of its own: ask until it has.
        let refused = async { while ask(&stub).await.is_ok_and(|r| r.status().is_success()) {} };
        tokio::time::timeout(Duration::from_secs(5), refused).await.unwrap();
    }

    #[tokio::test]
    async fn a_stall_says_nothing_until_it_is_over() {
        let stub = LlmStub::start(LlmScript {
            behaviour: Behaviour::Stall,
            ..quick()
        })
        .await
        .unwrap();
        let mut answer = tokio::spawn(ask(&stub).await.unwrap().text());
        let early = tokio::time::timeout(Duration::from_millis(100), &mut answer).await;
        assert!(early.is_err(), "answered while it should stall");
        stub.behave(Behaviour::Answer);
        assert_eq!(said(&answer.await.unwrap().unwrap()).0, ANSWERS[0]);
    }

    #[tokio::test]
    async fn breaks_off_after_so_many_tokens() {
        let stub = LlmStub::start(LlmScript {
            behaviour: Behaviour::BreakAfter(3),
            ..quick()
        })
        .await
        .unwrap();
        let (got, whole) = read(ask(&stub).await.unwrap(), |_| false).await;
        assert_eq!((said(&got).0.as_str(), whole), ("Thank you for ", false));
    }

    #[tokio::test]
    async fn refuses_with_the_status_of_the_script() {
        let stub = LlmStub::start(LlmScript {
            behaviour: Behaviour::Refuse(429),
            ..quick()
        })
        .await
        .unwrap();
        assert_eq!(ask(&stub).await.unwrap().status(), 429);
        assert_eq!(stub.requests(), 1);
    }

    #[tokio::test]
    async fn answers_in_one_piece_when_streaming_was_not_asked_for() {
        let stub = LlmStub::start(quick()).await.unwrap();
        let url = format!("{}/chat/completions", stub.base_url);
        let request = client()
            .post(url)
            .header("content-type", "application/json")
            .body(r#"{"messages": []}"#);
        let body: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
        assert_eq!(body["choices"][0]["message"]["content"], ANSWERS[0]);
    }

    #[tokio::test]
    async fn names_its_model() {
        let stub = LlmStub::start(quick()).await.unwrap();
        let models = client()
            .get(format!("{}/models", stub.base_url))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&models).unwrap()["data"][0]["id"],
            STUB_MODEL
        );
    }
}

//! One answer of the stub: its words, and the time at which each is due.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::time::Duration;

use axum::Json;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, Stream};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::{Behaviour, LlmScript, STUB_MODEL};

/// One answer on its way.
pub(super) struct Talk {
    id: String,
    tokens: Vec<String>,
    sent: usize,
    step: Step,
    first_due: Instant,
    pace: Duration,
    behaviour: watch::Receiver<Behaviour>,
}

enum Step {
    Role,
    Tokens,
    Done,
    Over,
}

impl Talk {
    /// Begins the `nth` answer of the script now.
    pub(super) fn begin(nth: usize, script: &LlmScript, behaviour: watch::Receiver<Behaviour>) -> Self {
        let answers = &script.answers;
        let answer = answers.get(nth % answers.len().max(1)).map_or("", String::as_str);
        Self {
            id: format!("chatcmpl-{nth}"),
            tokens: answer.split_inclusive(' ').map(str::to_owned).collect(),
            sent: 0,
            step: Step::Role,
            first_due: Instant::now() + script.first_token,
            pace: Duration::from_secs_f64(1.0 / script.tokens_per_s),
            behaviour,
        }
    }

    /// The server-sent events of the answer; an error makes the server drop the connection.
    pub(super) fn events(self) -> impl Stream<Item = io::Result<Event>> {
        stream::unfold(self, |mut talk| async move {
            let event = match talk.step {
                Step::Role => {
                    talk.step = Step::Tokens;
                    match talk.wait().await {
                        Ok(()) => Ok(talk.chunk(json!({"role": "assistant", "content": ""}), None)),
                        Err(e) => talk.end(Err(e)),
                    }
                }
                Step::Tokens => match talk.wait().await {
                    Err(e) => talk.end(Err(e)),
                    Ok(()) if talk.sent == talk.tokens.len() => {
                        talk.step = Step::Done;
                        Ok(talk.chunk(json!({}), Some("stop")))
                    }
                    Ok(()) if *talk.behaviour.borrow() == Behaviour::Garble => {
                        talk.sent += 1;
                        Ok(Event::default().data("{\"choices\": [{\"delta\": {\"content\": "))
                    }
                    Ok(()) => {
                        talk.sent += 1;
                        Ok(talk.chunk(json!({"content": talk.tokens[talk.sent - 1]}), None))
                    }
                },
                Step::Done => talk.end(Ok(Event::default().data("[DONE]"))),
                Step::Over => return None,
            };
            Some((event, talk))
        })
    }

    /// The answer in one piece, after the time that it takes.
    pub(super) async fn whole(mut self) -> Response {
        while self.sent < self.tokens.len() {
            if self.wait().await.is_err() {
                let broken = stream::once(async { Err::<Event, _>(broken_off()) });
                return Sse::new(broken).into_response();
            }
            self.sent += 1;
        }
        let message = json!({"role": "assistant", "content": self.tokens.concat()});
        let choice = json!({"index": 0, "message": message, "finish_reason": "stop"});
        Json(
            json!({"id": self.id, "object": "chat.completion", "created": 0, "model": STUB_MODEL, "choices": [choice]}),
        )
        .into_response()
    }

    fn end(&mut self, last: io::Result<Event>) -> io::Result<Event> {
        self.step = Step::Over;
        last
    }

    fn chunk(&self, delta: Value, finish: Option<&str>) -> Event {
        let choice = json!({"index": 0, "delta": delta, "finish_reason": finish});
        let chunk = json!({
            "id": self.id, "object": "chat.completion.chunk", "created": 0, "model": STUB_MODEL, "choices": [choice]
        });
        Event::default().data(chunk.to_string())
    }

    /// Waits until the next token is due, for as long as the server lets it.
    async fn wait(&mut self) -> io::Result<()> {
        // Due times are absolute, so that the pace does not drift.
        let due = self.first_due + self.pace * u32::try_from(self.sent).unwrap_or(u32::MAX);
        loop {
            let now = *self.behaviour.borrow_and_update();
            if now == Behaviour::Dead {
                return Err(broken_off());
            }
            let stalls = now == Behaviour::Stall || matches!(now, Behaviour::StallAfter(n) if self.sent >= n);
            let pause = async {
                if stalls {
                    pending::<Infallible>().await;
                }
                sleep_until(due).await;
            };
            tokio::select! {
                // Breaking off waits for the time of the next token, so that those before it have left the server.
                () = pause => return match now {
                    Behaviour::BreakAfter(n) if self.sent >= n => Err(broken_off()),
                    _ => Ok(()),
                },
                changed = self.behaviour.changed() => changed.map_err(|_| broken_off())?,
            }
        }
    }
}

fn broken_off() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "broken off by the script")
}

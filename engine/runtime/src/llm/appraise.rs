//! Judgements of answers: asked while the person still speaks, and waited for by nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use colloquy_core::id::TurnId;
use colloquy_core::planner::judging::Appraisal;
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tracing::debug;

use super::{Health, LanguageModel, Piece, cause};
use crate::inference::Done;

/// What has not come by then is about words that are long past.
const WITHIN: Duration = Duration::from_secs(5);
/// A judgement is a few hundred bytes; more is none.
const MAX_BYTES: usize = 4_096;

/// A language model that judges answers. When it fails again and again it is left alone for a while, which says nothing about
/// its phrasing.
#[derive(Clone)]
pub struct Appraiser {
    model: LanguageModel,
    health: Arc<Health>,
}

impl Appraiser {
    /// One that asks `model`. Nothing is sent before the first answer is heard.
    #[must_use]
    pub fn new(model: LanguageModel) -> Self {
        let health = Health {
            born: Instant::now(),
            failures: AtomicU32::new(0),
            rests_until_ms: AtomicU64::new(0),
        };
        Self {
            model,
            health: Arc::new(health),
        }
    }

    /// Which model it asks.
    #[must_use]
    pub fn model(&self) -> &LanguageModel {
        &self.model
    }

    /// Asks, where that is worth it. What comes goes to `reply`, stamped with `turn` and `appraisal`; aborting the task closes the
    /// connection.
    #[must_use]
    pub fn ask(
        &self,
        turn: TurnId,
        appraisal: u32,
        question: &Appraisal,
        reply: mpsc::Sender<Done>,
    ) -> Option<AbortHandle> {
        let resting = self.health.now_ms() < self.health.rests_until_ms.load(Ordering::Relaxed);
        if resting || self.model.rests() {
            return None;
        }
        let mut request = self.model.request(&question.prompt);
        request["temperature"] = json!(0);
        request["response_format"] = json!({
            "type": "json_schema",
            "json_schema": { "name": "answer", "strict": true, "schema": question.schema },
        });
        let this = self.clone();
        let task = async move {
            let begun = Instant::now();
            let answer = tokio::time::timeout(WITHIN, this.answer(request)).await;
            let json = match answer.unwrap_or(Err("timed out")) {
                Ok(json) => {
                    this.health.failures.store(0, Ordering::Relaxed);
                    metrics::histogram!("colloquy_llm_judgement_seconds").record(begun.elapsed().as_secs_f64());
                    Some(json)
                }
                Err(cause) => {
                    debug!(cause, "the language model did not judge an answer; the rules alone do");
                    metrics::counter!("colloquy_llm_judgement_failures_total").increment(1);
                    this.health.failed();
                    None
                }
            };
            let _gone = reply.send(Done::Appraised { turn, appraisal, json }).await;
        };
        Some(tokio::spawn(task).abort_handle())
    }

    /// The whole answer, as it streams in: so one that never ends is cut off.
    async fn answer(&self, request: Value) -> Result<String, &'static str> {
        let chat = self.model.client.chat();
        let stream = chat.create_stream_byot::<Value, Piece>(request).await;
        let mut stream = stream.map_err(|error| cause(&error))?;
        let mut json = String::new();
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|error| cause(&error))?;
            json.extend(piece.choices.into_iter().filter_map(|choice| choice.delta.content));
            if json.len() > MAX_BYTES {
                return Err("it does not end");
            }
        }
        if json.is_empty() {
            Err("it said nothing")
        } else {
            Ok(json)
        }
    }
}

//! The language model: any OpenAI-compatible endpoint, streamed.

mod appraise;
mod whole;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use colloquy_core::id::UtteranceId;
use colloquy_core::interviewer::{Prompt, Role};
use colloquy_store::Consent;
use futures::StreamExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tracing::{debug, warn};

use crate::inference::Done;

pub use appraise::Appraiser;
pub use whole::{Failed, Form};

/// After so many failures in a row the model is left alone for a while: a turn that asks it would only lose time.
const FAILURES_TO_REST: u32 = 3;
/// For so long.
const REST: Duration = Duration::from_secs(15);
/// Whoever waits for an answer that is not spoken waits no longer.
const FILL_WITHIN: Duration = Duration::from_secs(30);
/// A connection that does not come about is a failure; the turn has long gone on in guided words.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Where the model is and which one it is.
#[derive(Clone)]
pub struct ModelConfig {
    /// Base URL of an OpenAI-compatible API, such as `http://localhost:11434/v1`.
    pub base_url: String,
    /// Key; empty where none is needed.
    pub api_key: String,
    /// Model name.
    pub model: String,
    /// Who outside gets what it is told, as participants are told; nobody where it runs with us.
    pub party: Option<String>,
}

/// A piece of a streamed answer. Only what is needed is read: local servers leave out much of the rest.
#[derive(Debug, Deserialize)]
struct Piece {
    #[serde(default)]
    choices: Vec<Choice>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    #[serde(default)]
    delta: Delta,
}

#[derive(Debug, Default, Deserialize)]
struct Delta {
    content: Option<String>,
}

/// A language model that phrases what the planner decided.
#[derive(Clone)]
pub struct LanguageModel {
    client: Client<OpenAIConfig>,
    http: reqwest::Client,
    /// Where it is, as it was configured.
    config: Arc<ModelConfig>,
    health: Arc<Health>,
}

/// Whether it is worth asking.
#[derive(Debug)]
struct Health {
    born: Instant,
    failures: AtomicU32,
    rests_until_ms: AtomicU64,
}

impl LanguageModel {
    /// A client. Nothing is sent before the first prompt.
    ///
    /// # Errors
    /// When the system's certificates cannot be used.
    pub fn new(config: &ModelConfig) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT).build()?;
        let openai = OpenAIConfig::new()
            .with_api_base(&config.base_url)
            .with_api_key(&config.api_key);
        let health = Health {
            born: Instant::now(),
            failures: AtomicU32::new(0),
            rests_until_ms: AtomicU64::new(0),
        };
        Ok(Self {
            client: Client::build(http.clone(), openai),
            http,
            config: Arc::new(config.clone()),
            health: Arc::new(health),
        })
    }

    /// Which model it is.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.config.model
    }

    /// Who outside gets what it is told; nobody where it runs with us.
    #[must_use]
    pub fn party(&self) -> Option<&str> {
        self.config.party.as_deref()
    }

    /// Whether it may be told what somebody says who agreed to this. Who agreed before it was there, or while it was another
    /// one's, has not agreed to it.
    #[must_use]
    pub fn may_hear(&self, consent: &Consent) -> bool {
        self.party().is_none_or(|party| consent.names(party))
    }

    /// Whether the last attempts failed so often that asking is a waste of the participant's time.
    #[must_use]
    pub fn rests(&self) -> bool {
        self.health.now_ms() < self.health.rests_until_ms.load(Ordering::Relaxed)
    }

    /// Notes that an answer came too late to be used.
    pub fn was_late(&self) {
        self.health.failed();
    }

    /// Asks. What comes goes to `reply`, stamped with `utterance`; aborting the task closes the connection.
    #[must_use]
    pub fn ask(&self, utterance: UtteranceId, prompt: &Prompt, reply: mpsc::Sender<Done>) -> AbortHandle {
        let request = self.request(prompt);
        let this = self.clone();
        tokio::spawn(async move { this.stream(utterance, request, reply).await }).abort_handle()
    }

    /// Asks for an answer of that JSON `schema`, whole and at once, for somebody who waits for it and can do without it: for at
    /// most [`FILL_WITHIN`]. That it fails says nothing about conversations, which go on asking.
    ///
    /// # Errors
    /// What went wrong, in words that quote nobody.
    pub async fn fill<T: DeserializeOwned>(
        &self,
        system: &str,
        user: &str,
        name: &str,
        schema: Value,
    ) -> Result<T, &'static str> {
        let form = Form {
            system,
            user,
            name,
            schema: &schema,
            max_tokens: None,
        };
        let answer = self.fill_in(form, FILL_WITHIN).await.map_err(Failed::cause)?;
        serde_json::from_str(&answer).map_err(|_| "its answer is not what was asked for")
    }

    fn request(&self, prompt: &Prompt) -> Value {
        let mut messages = vec![json!({ "role": "system", "content": prompt.system })];
        messages.extend(
            prompt
                .messages
                .iter()
                .map(|m| json!({ "role": role(m.role), "content": m.content })),
        );
        json!({
            "model": &self.config.model,
            "messages": messages,
            "max_tokens": prompt.max_tokens,
            "temperature": 0.6,
            "stream": true,
        })
    }

    async fn stream(self, utterance: UtteranceId, request: Value, reply: mpsc::Sender<Done>) {
        let begun = Instant::now();
        let mut stream = match self.client.chat().create_stream_byot::<Value, Piece>(request).await {
            Ok(stream) => stream,
            Err(error) => {
                self.give_up(utterance, &reply, cause(&error)).await;
                return;
            }
        };
        let mut first = true;
        while let Some(piece) = stream.next().await {
            let piece = match piece {
                Ok(piece) => piece,
                Err(error) => {
                    self.give_up(utterance, &reply, cause(&error)).await;
                    return;
                }
            };
            let delta: String = piece.choices.into_iter().filter_map(|c| c.delta.content).collect();
            if delta.is_empty() {
                continue;
            }
            if std::mem::take(&mut first) {
                metrics::histogram!("colloquy_llm_first_token_seconds").record(begun.elapsed().as_secs_f64());
            }
            if reply.send(Done::ModelText { utterance, delta }).await.is_err() {
                return;
            }
        }
        if first {
            self.give_up(utterance, &reply, "it said nothing").await;
            return;
        }
        self.health.failures.store(0, Ordering::Relaxed);
        debug!(ms = begun.elapsed().as_millis() as u64, "the language model answered");
        let _gone = reply.send(Done::ModelDone { utterance }).await;
    }

    async fn give_up(&self, utterance: UtteranceId, reply: &mpsc::Sender<Done>, cause: &str) {
        warn!(cause, "the language model failed; the guided words are used");
        metrics::counter!("colloquy_llm_failures_total").increment(1);
        self.health.failed();
        let _gone = reply.send(Done::ModelFailed { utterance }).await;
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// What kind of failure it was. The error's own text may quote the prompt, and that is somebody's words.
fn cause(error: &OpenAIError) -> &'static str {
    match error {
        OpenAIError::Reqwest(error) if error.is_connect() => "cannot connect",
        OpenAIError::Reqwest(error) if error.is_timeout() => "timed out",
        OpenAIError::Reqwest(_) => "the connection failed",
        OpenAIError::ApiError(_) => "it answered with an error",
        OpenAIError::JSONDeserialize(..) => "its answer cannot be read",
        OpenAIError::StreamError(_) => "its stream broke off",
        _ => "it cannot be used",
    }
}

impl Health {
    fn now_ms(&self) -> u64 {
        self.born.elapsed().as_millis() as u64
    }

    fn failed(&self) {
        if self.failures.fetch_add(1, Ordering::Relaxed) + 1 >= FAILURES_TO_REST {
            self.failures.store(0, Ordering::Relaxed);
            self.rests_until_ms
                .store(self.now_ms() + REST.as_millis() as u64, Ordering::Relaxed);
        }
    }
}

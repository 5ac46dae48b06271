//! Answers in one piece, by a JSON schema.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Delta, LanguageModel};

/// Bytes of an answer that are read: a hundred times what is asked for. A server that goes on and on is cut off.
const ANSWER_MAX_BYTES: usize = 1 << 20;

/// What is to be answered.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    /// What the model is to do.
    pub system: &'a str,
    /// What with.
    pub user: &'a str,
    /// The name of the schema.
    pub name: &'a str,
    /// The JSON schema of the answer.
    pub schema: &'a Value,
    /// Tokens that it may have, where that is said.
    pub max_tokens: Option<u32>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// Nobody is there, or the connection broke.
    Away,
    /// It took too long.
    TimedOut,
    /// It answered with this HTTP status.
    Refused(u16),
    /// It is longer than any answer may be.
    Endless,
    /// It is none, or cannot be read.
    Unreadable,
}

impl Failed {
    /// In words that quote nobody.
    #[must_use]
    pub fn cause(self) -> &'static str {
        match self {
            Self::Away => "cannot be reached",
            Self::TimedOut => "timed out",
            Self::Refused(429) => "has too much to do",
            Self::Refused(401 | 403) => "does not accept our key",
            Self::Refused(404) => "is not there",
            Self::Refused(_) => "answered with an error",
            Self::Endless => "does not come to an end",
            Self::Unreadable => "gave an answer that cannot be read",
        }
    }
}

#[derive(Debug, Deserialize)]
struct Whole {
    #[serde(default)]
    choices: Vec<Choice>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    message: Delta,
}

impl LanguageModel {
    /// Asks for an answer by a schema, whole and at once, and waits `within` for its end. That it fails says nothing about
    /// conversations, which go on asking. The answer is what the model says: whether it keeps to the schema is to be seen.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn fill_in(&self, form: Form<'_>, within: Duration) -> Result<String, Failed> {
        let answer = tokio::time::timeout(within, self.answer(form)).await;
        answer.map_err(|_| Failed::TimedOut)?
    }

    async fn answer(&self, form: Form<'_>) -> Result<String, Failed> {
        let mut request = json!({
            "model": self.config.model,
            "messages": [{ "role": "system", "content": form.system }, { "role": "user", "content": form.user }],
            "response_format": {
                "type": "json_schema",
                "json_schema": { "name": form.name, "strict": true, "schema": form.schema },
            },
        });
        if let Some(most) = form.max_tokens {
            request["max_tokens"] = most.into();
            // The same text shall be read the same way.
            request["temperature"] = 0.into();
        }
        let url = format!("{}/chat/completions", self.config.base_url.trim_end_matches('/'));
        let post = self.http.post(url).header(CONTENT_TYPE, "application/json");
        let asked = post.bearer_auth(&self.config.api_key).body(request.to_string()).send();
        let mut response = asked.await.map_err(|error| failed(&error))?;
        if !response.status().is_success() {
            return Err(Failed::Refused(response.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| failed(&error))? {
            if body.len() + piece.len() > ANSWER_MAX_BYTES {
                return Err(Failed::Endless);
            }
            body.extend_from_slice(&piece);
        }
        let whole: Whole = serde_json::from_slice(&body).map_err(|_| Failed::Unreadable)?;
        let said = whole.choices.into_iter().find_map(|choice| choice.message.content);
        said.ok_or(Failed::Unreadable)
    }
}

fn failed(error: &reqwest::Error) -> Failed {
    if error.is_timeout() {
        Failed::TimedOut
    } else {
        Failed::Away
    }
}

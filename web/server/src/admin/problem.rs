//! What the API answers when it cannot do what was asked: problem details (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use colloquy_store::{LinkState, StoreError};
use serde::Serialize;
use tracing::error;
use utoipa::ToSchema;

pub(super) const CONTENT_TYPE: &str = "application/problem+json";

/// Why something was not done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// `about:blank`: the status says what kind of problem it is, and `code` which.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status.
    #[schema(value_type = u16)]
    #[serde(serialize_with = "number")]
    status: StatusCode,
    /// For programs, such as `session_locked`.
    code: &'static str,
    /// For people.
    detail: String,
    /// Which field of the body is wrong, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip)]
    retry_after_s: Option<u64>,
}

fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status,
            code,
            detail: detail.into(),
            field: None,
            retry_after_s: None,
        }
    }

    /// The request has no valid login and no valid API token.
    pub(super) fn unauthenticated() -> Self {
        let detail = "Sign in, or send a valid API token.";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    pub(super) fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// There is none, or none that the caller may know of.
    pub(super) fn missing(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("There is no such {what}."))
    }

    /// A field of the body cannot be taken.
    pub(super) fn field(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", detail)
        }
    }

    /// The same of a field that lies in another one.
    pub(super) fn within(mut self, outer: &str) -> Self {
        self.field = self.field.map(|field| format!("{outer}.{field}"));
        self
    }

    /// Which field of the body is wrong, and why.
    pub(super) fn of_field(self) -> (Option<String>, String) {
        (self.field, self.detail)
    }

    #[cfg(test)]
    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    /// Too many attempts; the next one is welcome after `seconds`.
    pub(super) fn too_many(seconds: u64) -> Self {
        let detail = format!("Too many attempts. Try again in {seconds} s.");
        Self {
            retry_after_s: Some(seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail)
        }
    }

    /// Something failed that is not the caller's doing; the log says what.
    pub(super) fn internal() -> Self {
        let detail = "Something failed on our side. Try again in a moment.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status, [(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response();
        if let Some(seconds) = self.retry_after_s {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let conflict = |code, detail| Self::new(StatusCode::CONFLICT, code, detail);
        match error {
            StoreError::Missing(what) => Self::missing(what),
            StoreError::SessionLocked => conflict(
                "session_locked",
                "A participant has completed this session, so that its topics and settings are final. Clone it to go on.",
            ),
            StoreError::NoTopics => conflict("no_topics", "An open session needs at least one enabled topic."),
            StoreError::AlreadySetUp => conflict("already_set_up", "This installation has an owner. Sign in."),
            StoreError::SessionOpen => {
                conflict("session_open", "People can take part in this session. Close it first.")
            }
            StoreError::AlreadyInvited => conflict(
                "already_invited",
                "This person is invited to this session already: extend the invitation, or draw a new link.",
            ),
            StoreError::Link(LinkState::Revoked) => {
                conflict("invitation_revoked", "This invitation was taken back for good.")
            }
            StoreError::Link(LinkState::SessionClosed) => {
                conflict("session_closed", "This session is closed. Reopen it first.")
            }
            StoreError::Link(LinkState::Expired) => conflict(
                "invitation_expired",
                "The time of this invitation is over. Extend it first.",
            ),
            StoreError::Link(LinkState::Finished | LinkState::Withdrawn) => {
                conflict("conversation_over", "This person has taken part already.")
            }
            StoreError::Begun => conflict(
                "conversation_begun",
                "This person has agreed to take part. From then on a link leads to what they said, and none is drawn for others.",
            ),
            StoreError::TooManyTrials => conflict(
                "too_many_trials",
                "This session was tried out as often as trials are kept. Each is erased a week after its link was drawn.",
            ),
            StoreError::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "This Idempotency-Key stood for another request within the last 24 hours.",
            ),
            StoreError::WrongSetupCode => Self::forbidden(
                "wrong_setup_code",
                "This is not the code. The server prints one when it starts; so does `colloquy admin setup-code`.",
            ),
            StoreError::ResetOver => Self::new(
                StatusCode::GONE,
                "reset_over",
                "This link was used already, or its hour is over. Ask for another one.",
            ),
            StoreError::LastOwner => conflict(
                "last_owner",
                "A workspace must have an owner. Make somebody else one first.",
            ),
            StoreError::UserTaken => conflict("email_taken", "Somebody signs in by this address already."),
            StoreError::TopicTwice => Self::field("topics", "Two topics have the same id."),
            StoreError::Outdated => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "outdated",
                "Somebody else changed this since you read it. Nothing was overwritten: read it again, and decide.",
            ),
            other => {
                error!(error = %other, "a request failed in the store");
                Self::internal()
            }
        }
    }
}

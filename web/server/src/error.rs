//! What the API answers when it cannot do what was asked.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use colloquy_runtime::error::JoinError;
use colloquy_store::{LinkState, StoreError};
use serde_json::json;
use tracing::error;

/// An answer that is no success: a status, a code for programs, and a sentence for people.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl ApiError {
    /// An error.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    /// The link is not known.
    #[must_use]
    pub fn unknown_link() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "unknown_link",
            "This link is not known. Check that it was copied whole.",
        )
    }

    /// The link admits nobody now.
    #[must_use]
    pub fn closed_link(state: LinkState) -> Self {
        let (code, message) = match state {
            LinkState::Expired => (
                "link_expired",
                "This link has expired. Ask the person who invited you for a new one.",
            ),
            LinkState::Revoked => (
                "link_revoked",
                "This link was withdrawn. Ask the person who invited you.",
            ),
            LinkState::SessionClosed => ("session_closed", "These conversations are closed at present."),
            LinkState::Finished => ("finished", "This conversation is finished. Thank you for taking part."),
            LinkState::Withdrawn => (
                "withdrawn",
                "You took this conversation back. Nothing of what was said is kept.",
            ),
            LinkState::Usable => ("conflict", "This cannot be done now."),
        };
        Self::new(StatusCode::GONE, code, message)
    }

    /// Consent is missing.
    #[must_use]
    pub fn consent_required() -> Self {
        let message = "Consent comes first: POST /api/participant/{token}/consent.";
        Self::new(StatusCode::CONFLICT, "consent_required", message)
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({ "error": { "code": self.code, "message": self.message } });
        (self.status, Json(body)).into_response()
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Link(state) => Self::closed_link(state),
            // An admin may have changed it since the page was shown: nobody agrees to what they have not read.
            StoreError::ShownOtherwise => {
                let message = "Who may see what you say has changed meanwhile. Load it again, and agree to that.";
                Self::new(StatusCode::CONFLICT, "consent_outdated", message)
            }
            other => {
                error!(error = %other, "a request failed in the store");
                let message = "Something failed on our side. What was confirmed is kept; try again in a moment.";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
            }
        }
    }
}

impl From<JoinError> for ApiError {
    fn from(error: JoinError) -> Self {
        let message = error.to_string();
        match error {
            JoinError::Capacity { .. } => Self::new(StatusCode::SERVICE_UNAVAILABLE, "capacity", message),
            JoinError::Draining => Self::new(StatusCode::SERVICE_UNAVAILABLE, "draining", message),
            JoinError::Missing => Self::consent_required(),
            JoinError::Over => Self::closed_link(LinkState::Finished),
            JoinError::Elsewhere => Self::new(StatusCode::CONFLICT, "elsewhere", message),
            JoinError::Store(error) => error.into(),
        }
    }
}

//! What was heard in a session: the report, its edits, questions to it, and the conversations that it leads to. Everything here
//! passes the core's gate ([`colloquy_core::insights::gate`]), and quotes are cut from the stored turns at the moment in which
//! they are shown ([`words`]).

pub(super) mod ask;
pub(super) mod audio;
pub(super) mod edits;
pub(super) mod export;
pub(super) mod read;
pub(super) mod transcript;
pub(super) mod trend;
mod view;
mod words;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use colloquy_core::guide::Confidentiality;
use colloquy_core::id::ConversationId;
use colloquy_store::{Conversation, ConversationState, Session, StoreError};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::caller::Caller;
use super::live::watch::identified;
use super::problem::Problem;
use super::sessions;
use crate::app::AppState;
use axum::http::StatusCode;

/// Characters of a department or role that is asked for.
const NAME_MAX: usize = 200;

/// Which part of the people.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// People of this department.
    department: Option<String>,
    /// People in this role.
    role: Option<String>,
}

impl Wanted {
    /// # Errors
    /// 422 names the field.
    fn checked(self) -> Result<Self, Problem> {
        for (field, name) in [("department", &self.department), ("role", &self.role)] {
            if name.as_ref().is_some_and(|name| name.chars().count() > NAME_MAX) {
                return Err(Problem::field(field, format!("It has at most {NAME_MAX} characters.")));
            }
        }
        let named = |name: Option<String>| name.filter(|name| !name.trim().is_empty());
        Ok(Self {
            department: named(self.department),
            role: named(self.role),
        })
    }
}

/// [`Wanted`], made sure of.
pub(super) struct Part(pub(super) Wanted);

impl<S: Send + Sync> FromRequestParts<S> for Part {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(wanted) = Query::<Wanted>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Problem::field("department or role", rejection.body_text()))?;
        wanted.checked().map(Self)
    }
}

/// A conversation that is over and that the caller's people may read: it and its session are identified.
///
/// # Errors
/// 404 where there is none that the caller may know of; 403 `confidential`; 409 `not_finished`.
async fn readable(state: &AppState, caller: &Caller, id: Uuid) -> Result<(Conversation, Session), Problem> {
    let missing = || Problem::missing("conversation");
    let found = state.store().conversations().find(ConversationId(id)).await?;
    let talk = found.ok_or_else(missing)?;
    let session = sessions::known(state, caller, talk.session.0)
        .await
        .map_err(|_| missing())?;
    if session.confidentiality == Confidentiality::Confidential || !identified(state.store(), &talk).await? {
        let detail = "This conversation is confidential: nobody but the person themself reads it.";
        return Err(Problem::forbidden("confidential", detail));
    }
    match talk.state {
        ConversationState::Completed | ConversationState::EndedEarly => Ok((talk, session)),
        ConversationState::Withdrawn | ConversationState::Erased | ConversationState::Declined => Err(missing()),
        _ => {
            let detail = "This conversation is not over yet.";
            Err(Problem::new(StatusCode::CONFLICT, "not_finished", detail))
        }
    }
}

/// A problem that is nobody's doing, for what the store cannot know.
fn store(error: StoreError) -> Problem {
    Problem::from(error)
}

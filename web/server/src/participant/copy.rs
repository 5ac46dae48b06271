//! `GET /api/participant/{token}/copy`: a person's own copy of their finished conversation, for 30 days.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use colloquy_core::conversation::transcript::{Log, Speaker, Turn};
use colloquy_store::{Conversation, Invited, LinkState};
use serde::Serialize;

use super::follow;
use crate::app::AppState;
use crate::error::ApiError;

/// A conversation as its person may keep it.
#[derive(Debug, Serialize, ts_rs::TS)]
#[ts(rename = "OwnCopy")]
pub(crate) struct Copy {
    /// The study's title.
    title: String,
    /// Who asked.
    organisation: String,
    /// When it was over, in unix milliseconds.
    completed_at: i64,
    /// Whether the person agreed that audio is kept.
    recording: bool,
    /// What was said, in order; turns in which nothing was understood are left out.
    turns: Vec<CopiedTurn>,
}

/// One contribution by one side.
#[derive(Debug, Serialize, ts_rs::TS)]
#[ts(rename = "CopyTurn")]
pub(crate) struct CopiedTurn {
    /// Its number, by which [`quotable`](super::quotable) knows it; there are gaps.
    turn: u32,
    /// Who spoke.
    speaker: CopiedSpeaker,
    /// The words.
    text: String,
    /// When it began, in milliseconds of conversation time.
    at_ms: u64,
    /// Whether it may be quoted; true for ours, which nobody quotes.
    quotable: bool,
    /// Whether it was said aloud by the person and can be listened to: [`audio`](super::audio).
    audio: bool,
}

/// A side, as its person calls it.
#[derive(Debug, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "Speaker")]
enum CopiedSpeaker {
    You,
    Interviewer,
}

/// The handler.
///
/// # Errors
/// 404 for the link; 409 `not_finished` before the end; 410 once 30 days have passed (`copy_expired`), the invitation was
/// revoked or the conversation withdrawn.
pub(crate) async fn copy(
    State(state): State<AppState>,
    Path(token): Path<String>,
) -> Result<([(HeaderName, HeaderValue); 1], Json<Copy>), ApiError> {
    let invited = follow(&state, &token).await?;
    let conversation = finished(&invited)?;
    let events = state.store().events().read(conversation.id, 0).await?;
    let mut log = Log::default();
    for recorded in &events {
        log.apply(recorded.at, &recorded.event);
    }
    let audible = match &state.registry.services().recordings {
        Some(recordings) => recordings.answers(state.store(), conversation.id, &events).await?,
        None => BTreeSet::new(),
    };
    let copy = Copy {
        completed_at: conversation.ended.unwrap_or(conversation.updated),
        recording: conversation.consent.as_ref().is_some_and(|consent| consent.recording),
        turns: log
            .turns()
            .iter()
            .filter_map(|turn| CopiedTurn::of(turn, audible.contains(&turn.id)))
            .collect(),
        title: invited.session.title,
        organisation: invited.workspace.name,
    };
    let private = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((private, Json(copy)))
}

/// The conversation behind a link, if it is over and its person may still see it.
pub(super) fn finished(invited: &Invited) -> Result<&Conversation, ApiError> {
    let over = invited.conversation.as_ref().filter(|c| c.state.is_over());
    match (invited.state, over) {
        (LinkState::Finished, Some(conversation)) => Ok(conversation),
        (LinkState::Usable | LinkState::SessionClosed, _) => Err(ApiError::new(
            StatusCode::CONFLICT,
            "not_finished",
            "The conversation is not finished yet. Your copy is here once it is.",
        )),
        (LinkState::Expired, Some(_)) => Err(ApiError::new(
            StatusCode::GONE,
            "copy_expired",
            "Your copy could be seen for 30 days after the conversation.",
        )),
        (closed, _) => Err(ApiError::closed_link(closed)),
    }
}

impl CopiedTurn {
    fn of(turn: &Turn, audio: bool) -> Option<Self> {
        let text = turn.text.expose();
        (!text.is_empty()).then(|| Self {
            turn: turn.id.0,
            speaker: match turn.speaker {
                Speaker::Participant => CopiedSpeaker::You,
                Speaker::Interviewer => CopiedSpeaker::Interviewer,
            },
            text: text.to_owned(),
            at_ms: turn.at.0,
            quotable: turn.quotable,
            audio,
        })
    }
}

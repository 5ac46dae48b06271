//! `GET /api/v1/conversations/{id}/transcript`: what one person said, where the people team was to know it.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use colloquy_core::conversation::transcript::{Log, Speaker};
use colloquy_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::readable;
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// A conversation that is over.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Transcript {
    /// Which one.
    id: Uuid,
    /// In which session.
    session: Uuid,
    /// That session's title.
    title: String,
    /// Whose.
    person: Whose,
    /// When it was over, in unix milliseconds.
    completed_at: i64,
    /// What was said, in order.
    turns: Vec<TranscriptTurn>,
}

/// Whose conversation it is.
#[derive(Debug, Serialize, ToSchema)]
struct Whose {
    /// Their name.
    name: String,
    /// Their department.
    department: Option<String>,
    /// Their role.
    role: Option<String>,
}

/// One contribution by one side.
#[derive(Debug, Serialize, ToSchema)]
struct TranscriptTurn {
    /// Its number; there are gaps.
    turn: u32,
    /// `person` or `interviewer`.
    speaker: &'static str,
    /// The words.
    text: String,
    /// When it began, in milliseconds of conversation time.
    at_ms: u64,
    /// Whether it may be quoted.
    quotable: bool,
    /// Whether its sound is kept and can be listened to.
    audio: bool,
}

/// Read a conversation that is over, in a session whose people are known by name. It is noted in the audit log
#[utoipa::path(
    get, path = "/conversations/{id}/transcript", tag = "insights", params(("id" = Uuid, Path)),
    responses(
        (status = OK, body = Transcript),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `confidential`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = CONFLICT, description = "`not_finished`", body = Problem),
    )
)]
pub(crate) async fn transcript(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Transcript>, Problem> {
    caller.may(Action::ReadInsights)?;
    let (talk, session) = readable(&state, &caller, id).await?;
    let store = state.store();
    let invitation = store
        .invitations()
        .find(talk.invitation)
        .await?
        .ok_or(StoreError::Missing("invitation"))?;
    let person = store
        .people()
        .find(invitation.person)
        .await?
        .ok_or(StoreError::Missing("person"))?;
    caller.store(&state).conversations().reading(talk.id).await?;
    let events = store.events().read(talk.id, 0).await?;
    let mut log = Log::default();
    for recorded in &events {
        log.apply(recorded.at, &recorded.event);
    }
    let audible = match &state.registry.services().recordings {
        Some(recordings) => recordings.answers(store, talk.id, &events).await?,
        None => BTreeSet::new(),
    };
    let turns = log.turns().iter().filter(|turn| !turn.text.expose().is_empty());
    let turns = turns
        .map(|turn| TranscriptTurn {
            turn: turn.id.0,
            speaker: match turn.speaker {
                Speaker::Participant => "person",
                Speaker::Interviewer => "interviewer",
            },
            text: turn.text.expose().to_owned(),
            at_ms: turn.at.0,
            quotable: turn.quotable,
            audio: audible.contains(&turn.id),
        })
        .collect();
    Ok(Json(Transcript {
        id: talk.id.0,
        session: session.id.0,
        title: session.title,
        person: Whose {
            name: person.name.into_exposed(),
            department: person.department,
            role: person.role,
        },
        completed_at: talk.ended.unwrap_or(talk.updated),
        turns,
    }))
}

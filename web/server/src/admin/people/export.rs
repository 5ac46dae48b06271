//! `GET /api/v1/people/{id}/export`: what is known of one person, for them.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use colloquy_core::conversation::transcript::{Log, Speaker};
use colloquy_core::guide::Confidentiality;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{Conversation, Standing, StoreError};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::own;
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::invitations::PersonShown;
use crate::admin::live::watch::identified;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::words;
use crate::app::AppState;

/// What is known of one person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Export {
    /// Who they are.
    person: PersonShown,
    /// When this was written, in unix milliseconds.
    exported: i64,
    /// To what they were invited, oldest first.
    invitations: Vec<ExportedInvitation>,
}

/// An invitation, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
struct ExportedInvitation {
    /// Which one.
    id: Uuid,
    /// To which session.
    session: Uuid,
    /// That session's title.
    title: String,
    /// How far it has come.
    #[schema(schema_with = words::standing)]
    status: Standing,
    /// When it was made, in unix milliseconds.
    created: i64,
    /// From when on its links no longer work, in unix milliseconds.
    expires_at: i64,
    /// The conversation, if there was one.
    conversation: Option<ExportedConversation>,
}

/// A conversation.
#[derive(Debug, Serialize, ToSchema)]
struct ExportedConversation {
    /// Which one.
    id: Uuid,
    /// When it began, in unix milliseconds.
    created: i64,
    /// When it was over, in unix milliseconds.
    ended: Option<i64>,
    /// For how many days it was kept, where it was erased because they were over.
    kept_days: Option<u16>,
    /// Whether they agreed that sound is kept.
    recording: bool,
    /// What was said, in order. None in a confidential session: there nobody but the person reads it, by their own link.
    turns: Option<Vec<ExportedTurn>>,
}

/// One contribution by one side.
#[derive(Debug, Serialize, ToSchema)]
struct ExportedTurn {
    /// `person` or `interviewer`.
    speaker: &'static str,
    /// The words.
    text: String,
    /// When it began, in milliseconds of conversation time.
    at_ms: u64,
    /// Whether it may be quoted.
    quotable: bool,
}

/// What is known of a person, as a file to hand to them. What they said in confidential sessions is not in it: that they
/// read by their own link
#[utoipa::path(
    get, path = "/people/{id}/export", tag = "people", params(("id" = Uuid, Path)),
    responses(
        (status = OK, body = Export),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `login_required`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
    )
)]
pub(crate) async fn export(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Result<impl IntoResponse, Problem> {
    caller.may(Action::KeepPeople)?;
    let person = own(&state, &caller, id).await?;
    let store = state.store();
    caller.store(&state).people().exporting(person.id).await?;
    let mut invitations = Vec::new();
    for listed in store.people().invitations(person.id).await? {
        let invitation = listed.invitation;
        let session = store.sessions().find(invitation.session).await?;
        let session = session.ok_or(StoreError::Missing("session"))?;
        let conversation = match store.conversations().by_invitation(invitation.id).await? {
            Some(conversation) => {
                let words = session.confidentiality == Confidentiality::Identified;
                let open = words && identified(store, &conversation).await?;
                Some(exported(&state, &conversation, open).await?)
            }
            None => None,
        };
        invitations.push(ExportedInvitation {
            id: invitation.id.0,
            session: session.id.0,
            title: session.title,
            status: listed.standing(unix_ms()),
            created: invitation.created,
            expires_at: invitation.expires_at,
            conversation,
        });
    }
    let file = (
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"person.json\""),
    );
    let export = Export {
        person: person.into(),
        exported: unix_ms(),
        invitations,
    };
    Ok(([file], Json(export)))
}

async fn exported(state: &AppState, conversation: &Conversation, words: bool) -> Result<ExportedConversation, Problem> {
    let turns = if words {
        let mut log = Log::default();
        for recorded in state.store().events().read(conversation.id, 0).await? {
            log.apply(recorded.at, &recorded.event);
        }
        let turns = log.turns().iter().filter(|turn| !turn.text.expose().is_empty());
        let shown = turns.map(|turn| ExportedTurn {
            speaker: match turn.speaker {
                Speaker::Participant => "person",
                Speaker::Interviewer => "interviewer",
            },
            text: turn.text.expose().to_owned(),
            at_ms: turn.at.0,
            quotable: turn.quotable,
        });
        Some(shown.collect())
    } else {
        None
    };
    Ok(ExportedConversation {
        id: conversation.id.0,
        created: conversation.created,
        ended: conversation.ended,
        kept_days: conversation.kept_days,
        recording: conversation.consent.as_ref().is_some_and(|consent| consent.recording),
        turns,
    })
}

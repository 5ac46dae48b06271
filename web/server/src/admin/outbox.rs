//! `GET /api/v1/outbox`: mails to be sent, and those that were.

use axum::Json;
use axum::extract::State;
use colloquy_core::id::MailId;
use colloquy_core::pii::Pii;
use colloquy_runtime::actor::unix_ms;
use colloquy_runtime::mail::subject;
use colloquy_store::{Mail, MailKind, MailState};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::Caller;
use super::input::{Paging, Wanted};
use super::permissions::Action;
use super::problem::Problem;
use super::words;
use crate::app::AppState;

/// A page of the outbox.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MailPage {
    /// Newest first; reminders from the day on which they are due.
    items: Vec<MailShown>,
    /// The cursor of the next page, if there is one.
    next: Option<Uuid>,
    /// How mails leave this server.
    by: MailBy,
}

/// How mails leave.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MailBy {
    /// By a mail server.
    Smtp,
    /// Into files, because no mail server is named: links must be handed on.
    Files,
}

/// A mail.
#[derive(Debug, Serialize, ToSchema)]
struct MailShown {
    /// Which one.
    id: Uuid,
    /// What it is about.
    #[schema(schema_with = words::mail_kind)]
    kind: MailKind,
    /// What became of it; `written`: it lies in a file, and `dropped`: its link would have been good for nothing.
    #[schema(schema_with = words::mail_state)]
    state: MailState,
    /// To whom.
    #[schema(value_type = String)]
    name: Pii,
    /// Their address.
    #[schema(value_type = String, format = "email")]
    email: Pii,
    /// What it is called.
    subject: String,
    /// By which invitation. A link to hand on is drawn by `/invitations/{id}/link`.
    invitation: Uuid,
    /// To which session.
    session: Uuid,
    /// When it was stored, in unix milliseconds.
    created: i64,
    /// When it is tried next, while it is queued, in unix milliseconds. Mails wait besides until their session is open.
    due: i64,
    /// How often it was tried.
    attempts: u32,
    /// When it was sent or given up, in unix milliseconds.
    settled_at: Option<i64>,
    /// Why the last attempt failed: the mail server's code, such as `550`, or a word, such as `connection`.
    error: Option<String>,
}

impl From<Mail> for MailShown {
    fn from(mail: Mail) -> Self {
        Self {
            id: mail.id.0,
            kind: mail.kind,
            state: mail.state,
            name: mail.name,
            email: mail.email,
            subject: subject(mail.kind, &mail.title),
            invitation: mail.invitation.0,
            session: mail.session,
            created: mail.created,
            due: mail.due,
            attempts: mail.attempts,
            settled_at: mail.settled_at,
            error: mail.error,
        }
    }
}

/// Mails to be sent, and those that were, newest first
#[utoipa::path(
    get, path = "/outbox", tag = "invitations", params(Wanted),
    responses(
        (status = OK, body = MailPage),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_field`", body = Problem),
    )
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    paging: Paging,
) -> Result<Json<MailPage>, Problem> {
    caller.may(Action::SeeInvitations)?;
    let outbox = state.store().outbox();
    let before = paging.before.map(MailId);
    let mut found = outbox
        .page(caller.workspace.id, before, paging.limit + 1, unix_ms())
        .await?;
    let next = paging.cut(&mut found, |mail| mail.id.0);
    Ok(Json(MailPage {
        items: found.into_iter().map(MailShown::from).collect(),
        next,
        by: state.desk.mails(),
    }))
}

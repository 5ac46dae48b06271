//! `POST /api/v1/sessions/{id}/invitations/preview`: what a CSV file would do. Nothing of it is kept.

use std::collections::HashSet;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::roster::{Listed, Twice, Wrong, read};
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::sessions;
use crate::app::AppState;

/// What a file would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Preview {
    /// Who would be invited, in the file's order: to be sent, as many as `/invitations/many` takes at once, when they are
    /// confirmed.
    people: Vec<Listed>,
    /// Lines that cannot be taken, with the reason.
    wrong: Vec<Wrong>,
    /// Lines that name somebody again.
    twice: Vec<Twice>,
    /// Lines that name somebody who is invited to this session.
    invited: Vec<Twice>,
    /// What the file was read as: `utf-8`, `utf-16` or `windows-1252`.
    encoding: &'static str,
    /// What stands between its cells.
    separator: char,
}

/// Read a CSV file with a heading or without: addresses, names, roles, departments. Nothing is stored, and nobody is invited
#[utoipa::path(
    post, path = "/sessions/{id}/invitations/preview", tag = "invitations", params(("id" = uuid::Uuid, Path)),
    request_body(content = String, content_type = "text/csv", description = "The file as it is, at most 5 MB, in UTF-8, UTF-16 or Windows-1252"),
    responses(
        (status = OK, body = Preview),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "`not_csv`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_csv`: it is no list of people at all", body = Problem),
    )
)]
pub(crate) async fn preview(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Preview>, Problem> {
    caller.may(Action::Invite)?;
    let session = sessions::known(&state, &caller, id).await?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/csv")) {
        let detail = "Send the file as text/csv.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_csv", detail));
    }
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", rejection.body_text())
        }
        _ => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_csv", rejection.body_text()),
    })?;
    // Some 10 ms for the largest file: conversations share the threads.
    let read = tokio::task::spawn_blocking(move || read(&body)).await;
    let mut roster = read.map_err(|_| Problem::internal())??;
    let known: HashSet<String> = state.store().invitations().addresses(session.id).await?;
    let mut invited = Vec::new();
    roster.people.retain(|person| {
        let here = known.contains(person.email.expose());
        if here {
            invited.push(Twice {
                line: person.line,
                email: person.email.clone(),
            });
        }
        !here
    });
    Ok(Json(Preview {
        people: roster.people,
        wrong: roster.wrong,
        twice: roster.twice,
        invited,
        encoding: roster.encoding,
        separator: roster.separator,
    }))
}

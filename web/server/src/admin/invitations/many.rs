//! `POST /api/v1/sessions/{id}/invitations/many`: all of them, or none.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use colloquy_core::pii::Pii;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{NewPerson, Once};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::create::{idempotency_key, new_person};
use crate::admin::caller::Caller;
use crate::admin::input::{Body, Id};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::sessions;
use crate::app::AppState;

/// People at once: SQLite writes them in some 100 ms, during which conversations cannot write.
const PEOPLE_MAX: usize = 500;

/// Somebody of many.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OneOfMany {
    /// Full name.
    #[schema(value_type = String, max_length = 120)]
    name: Pii,
    /// Address.
    #[schema(value_type = String, format = "email")]
    email: Pii,
    /// Role, such as "Nurse".
    #[schema(max_length = 120)]
    role: Option<String>,
    /// Department, such as "Ward 3".
    #[schema(max_length = 120)]
    department: Option<String>,
}

/// People to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Many {
    /// 1 to 500 of them.
    #[schema(min_items = 1, max_items = 500)]
    people: Vec<OneOfMany>,
    /// Whether they are told by mail, and reminded; else links are to be handed on.
    #[serde(default = "super::create::yes")]
    #[schema(default = true)]
    mail: bool,
}

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ManyInvited {
    /// So many people were invited.
    invited: u32,
    /// So many were invited to this session before, and nothing was done.
    already: u32,
}

/// Invite up to 500 people at once: all of them, or none where anything is wrong. Who is invited already stays as they are
#[utoipa::path(
    post, path = "/sessions/{id}/invitations/many", tag = "invitations", request_body = Many,
    params(
        ("id" = uuid::Uuid, Path),
        ("idempotency-key" = Option<String>, Header, description = "A request with the same key is done once in 24 hours"),
    ),
    responses(
        (status = CREATED, body = ManyInvited),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = CONFLICT, description = "`session_closed`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`, such as `people[3].email`; `idempotency_key_reused`", body = Problem),
    )
)]
pub(crate) async fn many(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    headers: HeaderMap,
    Body(body): Body<Many>,
) -> Result<(StatusCode, Json<ManyInvited>), Problem> {
    caller.may(Action::Invite)?;
    let session = sessions::known(&state, &caller, id).await?;
    if !(1..=PEOPLE_MAX).contains(&body.people.len()) {
        return Err(Problem::field("people", format!("1 to {PEOPLE_MAX} people at once.")));
    }
    let key = idempotency_key(&headers)?;
    let mut people: Vec<NewPerson> = Vec::with_capacity(body.people.len());
    let mut request = Sha256::new();
    for (at, one) in body.people.into_iter().enumerate() {
        let new = new_person(caller.workspace.id, &one.name, &one.email, one.role, one.department);
        let new = new.map_err(|problem| problem.within(&format!("people[{at}]")))?;
        let told = (new.email.expose(), new.name.expose(), &new.role, &new.department);
        request.update(serde_json::to_vec(&told).map_err(|_| Problem::internal())?);
        people.push(new);
    }
    request.update([u8::from(body.mail)]);
    request.update(id.as_bytes());
    let request = request.finalize();
    let once = key.map(|key| Once {
        user: caller.user.id,
        key,
        request: &request,
    });
    let store = caller.store(&state);
    let (invited, already) = store
        .invitations()
        .invite_many(session.id, &people, body.mail, once.as_ref(), unix_ms())
        .await?;
    Ok((StatusCode::CREATED, Json(ManyInvited { invited, already })))
}

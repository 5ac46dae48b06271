//! `POST /api/v1/sessions/{id}/invitations`: one person.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use colloquy_core::id::WorkspaceId;
use colloquy_core::pii::Pii;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{NewPerson, Once};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{InvitationShown, own};
use crate::admin::caller::Caller;
use crate::admin::input::{Body, Id, email, line};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::sessions;
use crate::app::AppState;

/// By which a request that comes again within a day is known.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// In characters.
const KEY_MAX: usize = 200;
pub(super) const NAME_MAX: usize = 120;

/// Somebody to invite. Who was invited to another session before is known by the address; what is told here goes before what
/// was told then.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Guest {
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
    /// Whether they are told by mail, and reminded; else the link is to be handed on.
    #[serde(default = "yes")]
    #[schema(default = true)]
    mail: bool,
}

pub(super) fn yes() -> bool {
    true
}

/// Invite somebody, or somebody who was revoked anew. The mail that says so is stored together with the invitation; while the session is a draft it waits
#[utoipa::path(
    post, path = "/sessions/{id}/invitations", tag = "invitations", request_body = Guest,
    params(
        ("id" = uuid::Uuid, Path),
        ("idempotency-key" = Option<String>, Header, description = "A request with the same key is done once in 24 hours"),
    ),
    responses(
        (status = CREATED, body = InvitationShown),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = CONFLICT, description = "`already_invited`, `session_closed`, `conversation_over`, `conversation_begun`: they took part, or had begun to, before they were revoked", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`, `idempotency_key_reused`", body = Problem),
    )
)]
pub(crate) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    headers: HeaderMap,
    Body(body): Body<Guest>,
) -> Result<(StatusCode, Json<InvitationShown>), Problem> {
    caller.may(Action::Invite)?;
    let session = sessions::known(&state, &caller, id).await?;
    let who = new_person(caller.workspace.id, &body.name, &body.email, body.role, body.department)?;
    let key = idempotency_key(&headers)?;
    let told = [who.email.expose(), who.name.expose()].map(Some);
    let told = (id, told, &who.role, &who.department, body.mail);
    let request = Sha256::digest(serde_json::to_vec(&told).map_err(|_| Problem::internal())?);
    let once = key.map(|key| Once {
        user: caller.user.id,
        key,
        request: &request,
    });
    let store = caller.store(&state);
    let invitations = store.invitations();
    let made = invitations
        .invite(session.id, &who, body.mail, once.as_ref(), unix_ms())
        .await?;
    let listed = own(&state, &caller, made.0).await?;
    Ok((StatusCode::CREATED, Json(listed.into())))
}

/// Somebody to invite, made sure of.
pub(super) fn new_person(
    workspace: WorkspaceId,
    name: &Pii,
    address: &Pii,
    role: Option<String>,
    department: Option<String>,
) -> Result<NewPerson, Problem> {
    let place = |name: &str, text: Option<String>| match text.as_deref().map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => line(name, text, NAME_MAX).map(Some),
    };
    Ok(NewPerson {
        workspace,
        email: email(address)?,
        name: Pii::new(line("name", name.expose(), NAME_MAX)?),
        role: place("role", role)?,
        department: place("department", department)?,
    })
}

/// What the caller calls the request, if they do.
pub(in crate::admin) fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let key = headers.get(IDEMPOTENCY_KEY).map(|key| key.to_str().unwrap_or_default());
    if key.is_some_and(|key| key.is_empty() || key.len() > KEY_MAX) {
        let detail = format!("It has 1 to {KEY_MAX} plain characters.");
        return Err(Problem::field(IDEMPOTENCY_KEY, detail));
    }
    Ok(key)
}

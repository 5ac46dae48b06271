//! Invitations: one person's way into one session.

pub(super) mod create;
pub(super) mod extend;
pub(super) mod link;
pub(super) mod list;
pub(super) mod many;
pub(super) mod preview;
pub(super) mod read;
pub(super) mod revoke;
mod roster;
pub(super) mod send;

pub(super) use create::idempotency_key;

use colloquy_core::id::InvitationId;
use colloquy_core::pii::Pii;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{Listed, Person, Standing};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::Caller;
use super::problem::Problem;
use super::words;
use crate::app::AppState;

/// One person's way into one session.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationShown {
    /// Which one.
    id: Uuid,
    /// To which session.
    session: Uuid,
    /// Who is invited.
    person: PersonShown,
    /// How far it has come.
    #[schema(schema_with = words::standing)]
    status: Standing,
    /// For how many days what was said was kept, where it is `erased` because they were over.
    kept_days: Option<u16>,
    /// When it was made, in unix milliseconds.
    created: i64,
    /// From when on its links no longer work, in unix milliseconds.
    expires_at: i64,
}

/// Somebody who was invited.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonShown {
    /// Who.
    id: Uuid,
    /// Full name.
    #[schema(value_type = String)]
    name: Pii,
    /// Address.
    #[schema(value_type = String, format = "email")]
    email: Pii,
    /// Role, such as "Nurse".
    role: Option<String>,
    /// Department, such as "Ward 3".
    department: Option<String>,
}

impl From<Person> for PersonShown {
    fn from(person: Person) -> Self {
        Self {
            id: person.id.0,
            name: person.name,
            email: person.email,
            role: person.role,
            department: person.department,
        }
    }
}

impl From<Listed> for InvitationShown {
    fn from(listed: Listed) -> Self {
        Self {
            id: listed.invitation.id.0,
            session: listed.invitation.session.0,
            status: listed.standing(unix_ms()),
            kept_days: listed.kept_days,
            created: listed.invitation.created,
            expires_at: listed.invitation.expires_at,
            person: listed.person.into(),
        }
    }
}

/// The invitation with this id, if it is the caller's workspace's: of others' nobody learns that they exist.
async fn own(state: &AppState, caller: &Caller, id: Uuid) -> Result<Listed, Problem> {
    let found = state.store().invitations().listed(InvitationId(id)).await?;
    found
        .filter(|listed| listed.person.workspace == caller.workspace.id)
        .ok_or_else(|| Problem::missing("invitation"))
}

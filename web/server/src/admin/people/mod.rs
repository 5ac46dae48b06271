//! People who were invited before.

pub(super) mod erase;
pub(super) mod export;
pub(super) mod search;

use colloquy_core::id::PersonId;
use colloquy_store::Person;
use uuid::Uuid;

use super::caller::Caller;
use super::problem::Problem;
use crate::app::AppState;

/// The person with this id, if they are of the caller's workspace and were not erased.
async fn own(state: &AppState, caller: &Caller, id: Uuid) -> Result<Person, Problem> {
    let found = state.store().people().find(PersonId(id)).await?;
    found
        .filter(|person| person.workspace == caller.workspace.id)
        .ok_or_else(|| Problem::missing("person"))
}

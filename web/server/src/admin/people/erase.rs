//! `DELETE /api/v1/people/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use colloquy_runtime::actor::unix_ms;

use super::own;
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// Erase everything about a person for good: name and address, what they said in every session, links, mails and sound
#[utoipa::path(
    delete, path = "/people/{id}", tag = "people", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `login_required`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
    )
)]
pub(crate) async fn erase(State(state): State<AppState>, caller: Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    caller.may(Action::KeepPeople)?;
    let person = own(&state, &caller, id).await?;
    // A conversation that is being held ends first, and its sound is deleted.
    for listed in state.store().people().invitations(person.id).await? {
        let held = state
            .store()
            .conversations()
            .by_invitation(listed.invitation.id)
            .await?;
        if let Some(held) = held {
            state.registry.withdraw(held.id).await?;
        }
    }
    let store = caller.store(&state);
    let mails = store.people().erase(person.id, unix_ms()).await?;
    state.desk.forget(&mails).await;
    Ok(StatusCode::NO_CONTENT)
}

//! What a participant's personal link opens.

pub(crate) mod audio;
pub(crate) mod client_secret;
pub(crate) mod consent;
pub(crate) mod copy;
pub(crate) mod page;
pub(crate) mod quotable;
pub(crate) mod show;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod withdraw;

use colloquy_runtime::actor::unix_ms;
use colloquy_store::{Conversation, ConversationState, Invited, LinkState};

use crate::app::AppState;
use crate::error::ApiError;

/// Which wording of the consent is shown now. It is stored with each consent, as [`colloquy_store::wording`] has it.
pub(crate) const CONSENT_VERSION: &str = "2026-11";

/// Who outside gets what somebody says, because a language model phrases their questions. Who agreed before that was so goes on
/// by what held then, and is interviewed in the built-in words.
fn party<'a>(state: &'a AppState, begun: Option<&Conversation>) -> Option<&'a str> {
    let party = state.registry.services().model.as_ref()?.party()?;
    let agreed = begun
        .filter(|begun| begun.state != ConversationState::Declined)
        .and_then(|begun| begun.consent.as_ref());
    agreed.is_none_or(|consent| consent.names(party)).then_some(party)
}

/// Follows a link.
async fn follow(state: &AppState, token: &str) -> Result<Invited, ApiError> {
    state
        .store()
        .invitations()
        .by_token(token, unix_ms())
        .await?
        .ok_or_else(ApiError::unknown_link)
}

/// Follows a link that must admit somebody.
async fn admit(state: &AppState, token: &str) -> Result<Invited, ApiError> {
    let invited = follow(state, token).await?;
    match invited.state {
        LinkState::Usable => Ok(invited),
        closed => Err(ApiError::closed_link(closed)),
    }
}

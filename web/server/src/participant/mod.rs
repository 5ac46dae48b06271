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
use colloquy_store::{Invited, LinkState};

use crate::app::AppState;
use crate::error::ApiError;

/// Which wording of the consent is shown now. It is stored with each consent.
pub(crate) const CONSENT_VERSION: &str = "2026-11";

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

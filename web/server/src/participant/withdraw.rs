//! `POST /api/participant/{token}/withdraw`: the person takes the whole conversation back.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use colloquy_store::LinkState;

use super::follow;
use crate::app::AppState;
use crate::error::ApiError;

/// The handler. Answers 204 once every word is erased and the conversation, if it was running here, has ended; again and
/// again. It works beyond the time in which the link admits or shows anything: what is kept can always be taken back.
///
/// # Errors
/// 404 for the link; 410 where the invitation was revoked, since its link may be in the wrong hands; 409
/// `nothing_to_withdraw` before the person has answered the question of consent.
pub(crate) async fn withdraw(State(state): State<AppState>, Path(token): Path<String>) -> Result<StatusCode, ApiError> {
    let invited = follow(&state, &token).await?;
    if invited.state == LinkState::Revoked {
        return Err(ApiError::closed_link(LinkState::Revoked));
    }
    let conversation = invited.conversation.ok_or_else(|| {
        let message = "There is no conversation yet: nothing is kept.";
        ApiError::new(StatusCode::CONFLICT, "nothing_to_withdraw", message)
    })?;
    state.registry.withdraw(conversation.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

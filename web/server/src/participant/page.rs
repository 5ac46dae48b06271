//! `GET /i/{token}`: what a participant sees who opens the link.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::follow;
use crate::app::AppState;
use crate::embed;

/// The handler. The page itself asks where the link stands; the status tells it to whom reads no page.
pub(crate) async fn page(State(state): State<AppState>, Path(token): Path<String>) -> Response {
    let status = match follow(&state, &token).await {
        Ok(_) => StatusCode::OK,
        Err(error) => error.status(),
    };
    embed::page("participant.html", status, &state.public_url)
}

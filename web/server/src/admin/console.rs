//! `GET /console` and every address under it: the one page of the admin's side, which finds its way by the address itself.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::app::AppState;
use crate::embed;

/// The handler. Who is not signed in learns nothing from the page: all that it shows it asks `/api/v1` for.
pub(crate) async fn console(State(state): State<AppState>) -> Response {
    embed::page("console.html", StatusCode::OK, &state.public_url)
}

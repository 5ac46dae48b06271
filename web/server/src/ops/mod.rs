//! Health and metrics.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tracing::warn;

use crate::app::AppState;

/// `GET /healthz`: the process answers.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: whether new conversations can be taken; 503 with the reason else.
pub(crate) async fn readyz(State(state): State<AppState>) -> Response {
    if state.registry.lifecycle().is_draining() {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "draining: the server is being restarted\n",
        )
            .into_response();
    }
    if let Err(error) = state.store().ping().await {
        warn!(%error, "not ready");
        return (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response();
    }
    let (running, limit) = state.registry.occupancy();
    if running >= limit {
        return (StatusCode::SERVICE_UNAVAILABLE, "all places are taken\n").into_response();
    }
    format!("ready: {running} of {limit} conversations\n").into_response()
}

/// `GET /metrics`: in Prometheus' text format.
pub(crate) async fn metrics(State(state): State<AppState>) -> Response {
    let Some(metrics) = &state.metrics else {
        return (StatusCode::NOT_FOUND, "metrics are not collected\n").into_response();
    };
    let (running, limit) = state.registry.occupancy();
    metrics::gauge!("colloquy_places_taken").set(running as f64);
    metrics::gauge!("colloquy_places").set(limit as f64);
    for (kind, waiting) in ["hearing", "judging", "speaking", "placing"]
        .into_iter()
        .zip(state.registry.services().inference.backlog())
    {
        metrics::gauge!("colloquy_inference_backlog", "kind" => kind).set(waiting as f64);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.render()).into_response()
}

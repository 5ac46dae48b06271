//! The whole HTTP surface.

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get, post, put};
use colloquy_runtime::registry::Registry;
use colloquy_store::Store;
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::trace::{DefaultOnFailure, DefaultOnResponse, TraceLayer};
use tracing::Level;

use crate::admin::{self, Desk};
use crate::door::visitor::{Entrance, Visitor, introduce, near_alone};
use crate::error::ApiError;
use crate::realtime::calls::Calls;
use crate::{embed, ops, participant, realtime};

/// A request body may have so many bytes; media goes over the WebSocket.
const BODY_BYTES: usize = 64 * 1024;

/// What handlers need.
#[derive(Clone)]
pub struct AppState {
    /// Conversations that run here.
    pub registry: Arc<Registry>,
    /// How participants reach us.
    pub public_url: Arc<str>,
    /// How people get in.
    pub entrance: Entrance,
    /// Where calls over WebRTC come in, if they do.
    pub calls: Option<Arc<Calls>>,
    /// Metrics, if they are collected.
    pub metrics: Option<PrometheusHandle>,
    /// What the admin's side keeps in memory.
    pub desk: Arc<Desk>,
}

impl AppState {
    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.registry.services().store
    }
}

/// The application.
pub fn app(state: AppState) -> Router {
    // Links are secrets: spans name the route's method alone, never the path.
    let trace = TraceLayer::new_for_http()
        .make_span_with(|request: &axum::http::Request<axum::body::Body>| {
            let route = request
                .extensions()
                .get::<axum::extract::MatchedPath>()
                .map_or("-", |path| path.as_str());
            let client = request.extensions().get::<Visitor>().and_then(|visitor| visitor.address);
            tracing::debug_span!("http", method = %request.method(), route, client = client.map(tracing::field::display))
        })
        .on_response(DefaultOnResponse::new().level(Level::DEBUG))
        // What fails on our side is logged where it fails; that a place is taken is no failure.
        .on_failure(DefaultOnFailure::new().level(Level::DEBUG));
    // What is compressed: the pages and their files. Sockets and streams are not.
    let pages = Router::new()
        .route("/i/{token}", get(participant::page::page))
        .route("/console", get(admin::console))
        .route("/console/{*rest}", get(admin::console))
        .route("/assets/{name}", get(embed::asset))
        .layer(CompressionLayer::new());
    Router::new()
        .merge(pages)
        .route("/", get(welcome))
        .route("/api/participant/{token}", get(participant::show::show))
        .route("/api/participant/{token}/consent", post(participant::consent::consent))
        .route("/api/participant/{token}/decline", post(participant::consent::decline))
        .route("/api/participant/{token}/copy", get(participant::copy::copy))
        .route(
            "/api/participant/{token}/turns/{turn}/quotable",
            put(participant::quotable::quotable),
        )
        .route(
            "/api/participant/{token}/turns/{turn}/audio",
            get(participant::audio::audio),
        )
        .route(
            "/api/participant/{token}/withdraw",
            post(participant::withdraw::withdraw),
        )
        .route(
            "/api/participant/{token}/client_secret",
            post(participant::client_secret::client_secret),
        )
        // Over HTTP/2 a WebSocket is opened by CONNECT (RFC 8441).
        .route("/v1/realtime", any(realtime::realtime))
        .route("/v1/realtime/calls", post(realtime::calls::calls))
        .route("/healthz", get(ops::healthz))
        .route("/readyz", get(ops::readyz))
        .route("/metrics", get(ops::metrics).layer(from_fn(near_alone)))
        .fallback(nowhere)
        .method_not_allowed_fallback(not_so)
        .layer(RequestBodyLimitLayer::new(BODY_BYTES))
        .layer(map_response(too_large))
        .merge(admin::router())
        .layer(trace)
        .layer(from_fn_with_state(state.entrance.clone(), introduce))
        .with_state(state)
}

/// `GET /`: who comes without a link is told that they need one, or where the console is.
async fn welcome() -> impl IntoResponse {
    let policy = (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    );
    ([policy], Html(include_str!("welcome.html")))
}

async fn nowhere() -> ApiError {
    let message = "There is nothing at this address. Personal links begin with /i/; the README lists the API.";
    ApiError::new(StatusCode::NOT_FOUND, "not_found", message)
}

async fn not_so() -> ApiError {
    let message = "This address is not asked with this method; the README lists the API.";
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
}

/// The limit refuses with plain text; programs get our words.
async fn too_large(response: Response) -> Response {
    let ours = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/json");
    if response.status() != StatusCode::PAYLOAD_TOO_LARGE || ours {
        return response;
    }
    let message = format!("The body is over the limit of {BODY_BYTES} bytes.");
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message).into_response()
}

//! The admin's side: everything under `/api/v1`. Each endpoint has a file; its documentation is made from its code, and a
//! test (`tests/matrix.rs`) asks every one of them as everybody.

mod accounts;
mod attempts;
mod caller;
mod console;
mod described;
pub(crate) mod input;
mod insights;
mod invitations;
mod live;
mod outbox;
pub mod password;
mod people;
pub mod permissions;
mod problem;
mod quality;
mod reference;
mod sessions;
#[cfg(test)]
pub(crate) mod tests;
mod words;

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use colloquy_core::id::MailId;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tracing::error;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use attempts::Attempts;
pub(crate) use console::console;
use described::{Described, complete};
use live::watch::Watchers;
use password::Hasher;
use problem::Problem;
use sessions::librarian::Librarian;
pub use sessions::librarian::LoadEmbedder;

/// A request body may have so many bytes: a session of 20 topics with all their guidance, in any script.
const BODY_BYTES: usize = 256 * 1024;
/// Where a file is sent, or what was read from one: 20,000 people at 250 bytes.
const FILE_BYTES: usize = 5 * 1024 * 1024;

/// What the admin's side keeps in memory.
#[derive(Debug, Default)]
pub struct Desk {
    attempts: Attempts,
    /// Links to set a new password that are asked for: whoever does so keeps nobody from signing in.
    resets: Attempts,
    hasher: Hasher,
    librarian: Librarian,
    watchers: Watchers,
    /// Whether mails leave by a mail server; else into files.
    smtp: bool,
    /// The folder of those files.
    outbox: PathBuf,
    /// Whether findings are made of what was heard.
    insights: bool,
}

impl Desk {
    /// At a server whose mails leave by a mail server (`smtp`), or else into files of the folder `outbox`, and which compares
    /// texts by what `embedder` loads.
    #[must_use]
    pub fn new(smtp: bool, outbox: PathBuf, embedder: LoadEmbedder) -> Self {
        Self {
            smtp,
            outbox,
            librarian: Librarian::new(embedder),
            ..Self::default()
        }
    }

    /// Whether findings are made of what was heard; where they are not, nobody is offered them.
    #[must_use]
    pub fn insights(mut self, made: bool) -> Self {
        self.insights = made;
        self
    }

    /// How mails leave.
    fn mails(&self) -> outbox::MailBy {
        if self.smtp {
            outbox::MailBy::Smtp
        } else {
            outbox::MailBy::Files
        }
    }

    /// Deletes what was written of these mails: nobody may find it any more.
    async fn forget(&self, mails: &[MailId]) {
        for mail in mails {
            let file = self.outbox.join(format!("{mail}.eml"));
            match tokio::fs::remove_file(&file).await {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    error!(file = %file.display(), %error, "a mail that must go cannot be deleted: delete it by hand");
                }
                _ => {}
            }
        }
    }
}

fn described() -> (Router<AppState>, Document) {
    let routes = OpenApiRouter::new()
        .routes(routes!(accounts::setup::needed, accounts::setup::set_up))
        .routes(routes!(accounts::login::login))
        .routes(routes!(accounts::login::logout))
        .routes(routes!(accounts::login::logout_everywhere))
        .routes(routes!(accounts::me::me))
        .routes(routes!(accounts::password::change))
        .routes(routes!(accounts::reset::ask, accounts::reset::set))
        .routes(routes!(accounts::users::list, accounts::users::add))
        .routes(routes!(accounts::users::set_role))
        .routes(routes!(accounts::users::remove))
        .routes(routes!(accounts::tokens::list, accounts::tokens::create))
        .routes(routes!(accounts::tokens::revoke))
        .routes(routes!(accounts::audit::read))
        .routes(routes!(sessions::templates::list))
        .routes(routes!(sessions::template::read))
        .routes(routes!(sessions::describe::describe))
        .routes(routes!(sessions::list::list, sessions::create::create))
        .routes(routes!(
            sessions::read::read,
            sessions::edit::edit,
            sessions::delete::delete
        ))
        .routes(routes!(sessions::clone::clone))
        .routes(routes!(sessions::state::open))
        .routes(routes!(sessions::state::close))
        .routes(routes!(sessions::trial::draw))
        .routes(routes!(invitations::list::list, invitations::create::create))
        .routes(routes!(invitations::read::read))
        .routes(routes!(invitations::extend::extend))
        .routes(routes!(invitations::revoke::revoke))
        .routes(routes!(invitations::link::link))
        .routes(routes!(invitations::send::send))
        .routes(routes!(outbox::list))
        .routes(routes!(live::watch::watch))
        .routes(routes!(live::end::end))
        .routes(routes!(quality::session::read))
        .routes(routes!(quality::export::export))
        .routes(routes!(quality::card::read))
        .routes(routes!(accounts::workspace::read, accounts::workspace::change))
        .routes(routes!(accounts::keep::would_go))
        .routes(routes!(people::search::search))
        .routes(routes!(people::erase::erase))
        .routes(routes!(people::export::export))
        .routes(routes!(insights::read::read))
        .routes(routes!(insights::export::export))
        .routes(routes!(insights::edits::read, insights::edits::write))
        .routes(routes!(insights::ask::ask))
        .routes(routes!(insights::trend::trend))
        .routes(routes!(insights::transcript::transcript))
        .routes(routes!(insights::audio::audio));
    let files = OpenApiRouter::new()
        .routes(routes!(invitations::preview::preview))
        .routes(routes!(invitations::many::many))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(FILE_BYTES))
        .layer(map_response(|response| too_large(response, FILE_BYTES)));
    let routes = routes
        .layer(RequestBodyLimitLayer::new(BODY_BYTES))
        .layer(map_response(|response| too_large(response, BODY_BYTES)))
        .merge(files);
    let (router, mut document) = OpenApiRouter::with_openapi(Described::openapi())
        .nest("/api/v1", routes)
        .split_for_parts();
    complete(&mut document);
    (router, document)
}

/// The description of `/api/v1`, from which the console's types are made.
#[cfg(test)]
pub(crate) fn description() -> Document {
    described().1
}

/// The routes under `/api/v1`, and their description: at `/api/v1/openapi.json` for programs, at `/api/v1` for people.
pub(crate) fn router() -> Router<AppState> {
    let (routes, document) = described();
    let page: Arc<str> = reference::page(&serde_json::to_value(&document).unwrap_or_default()).into();
    let document = Arc::new(document);
    let described = move || std::future::ready(Json(Arc::clone(&document)));
    routes
        .route("/api/v1/openapi.json", get(described))
        .route("/api/v1", get(move || std::future::ready(reference::answer(&page))))
        .route("/api/v1/reference.css", get(reference::style))
        .route("/api/v1/{*rest}", axum::routing::any(unknown))
        .method_not_allowed_fallback(wrong_method)
        // Who is signed in, and what they see, is nothing to keep.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            axum::http::HeaderValue::from_static("no-store"),
        ))
}

async fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "unknown_address",
        "There is nothing at this address.",
    )
}

async fn wrong_method() -> Problem {
    let detail = "This address takes other methods.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

/// The limit refuses with plain text; programs get our words.
async fn too_large(response: Response, limit: usize) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let ours = kind.is_some_and(|kind| kind == problem::CONTENT_TYPE);
    if response.status() != StatusCode::PAYLOAD_TOO_LARGE || ours {
        return response;
    }
    let detail = format!("The body is over the limit of {limit} bytes.");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail).into_response()
}

//! The pages that are built into the program: `web/ui/dist`, made by `make ui`.
//!
//! Names under `/assets/` carry the hash of what they hold, so that a browser may keep them for ever.

use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

/// Read from the folder in debug builds, and part of the program in release.
#[derive(RustEmbed)]
#[folder = "../ui/dist"]
struct Files;

/// Files of our own origin alone; nothing inline, nobody frames us. `'self'` holds for our WebSocket too, except in browsers
/// before Chrome 71, Firefox 106 and Safari 16: those are told its address by name.
fn policy(public_url: &str) -> HeaderValue {
    let socket = url::Url::parse(public_url)
        .map(|url| url.origin().ascii_serialization())
        .ok()
        .and_then(|origin| Some(format!(" ws{}", origin.strip_prefix("http")?)))
        .unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'{socket}; \
         media-src 'self' blob:; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    // An origin is plain ASCII.
    HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// A page, such as `participant.html`, of the server at `public_url`. A link is a secret: it is neither cached, nor told to
/// other sites, nor indexed.
pub(crate) fn page(name: &str, status: StatusCode, public_url: &str) -> Response {
    let Some(file) = Files::get(name) else {
        tracing::error!(
            page = name,
            "a page is not built into this program: run `make ui`, and build again"
        );
        return (StatusCode::NOT_FOUND, "This page is not built into the program.").into_response();
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CONTENT_SECURITY_POLICY, policy(public_url)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (
            HeaderName::from_static("permissions-policy"),
            HeaderValue::from_static("microphone=(self), speaker-selection=(self), camera=(), geolocation=()"),
        ),
        (
            HeaderName::from_static("x-robots-tag"),
            HeaderValue::from_static("noindex"),
        ),
    ];
    (status, headers, file.data).into_response()
}

/// `GET /assets/{name}`: scripts, styles and pictures of the pages.
pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    let Some((file, kind)) = Files::get(&format!("assets/{name}")).zip(kind(&name)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, file.data).into_response()
}

/// The type of what the build makes; nothing else is served.
fn kind(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        "wasm" => Some("application/wasm"),
        "woff2" => Some("font/woff2"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_page_names_is_there_and_may_be_kept() {
        let page = Files::get("participant.html").unwrap().data;
        let page = std::str::from_utf8(&page).unwrap();
        let named: Vec<&str> = page
            .split('"')
            .filter_map(|part| part.strip_prefix("/assets/"))
            .collect();
        assert!(named.len() >= 2, "a script and a style: {named:?}");
        for name in named {
            let answer = asset(Path(name.to_owned())).await;
            assert_eq!(answer.status(), StatusCode::OK, "{name}");
            assert!(
                answer.headers()[header::CACHE_CONTROL]
                    .to_str()
                    .unwrap()
                    .contains("immutable")
            );
        }
    }

    #[tokio::test]
    async fn nothing_beside_the_assets_is_served() {
        for name in ["none.js", "../participant.html", "../../package.json"] {
            let answer = asset(Path(name.to_owned())).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{name}");
        }
    }

    #[test]
    fn a_page_runs_nothing_but_our_own_files() {
        let answer = page("participant.html", StatusCode::OK, "https://talk.example.org:8443/");
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.contains("script-src 'self';") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert!(
            policy.contains("connect-src 'self' wss://talk.example.org:8443;"),
            "it speaks to us alone: {policy}"
        );
        for strange in ["", "nonsense", "data:text/plain,x"] {
            let policy = super::policy(strange);
            assert!(policy.to_str().unwrap().contains("connect-src 'self';"), "{policy:?}");
        }
    }
}

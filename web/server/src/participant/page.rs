//! `GET /i/{token}`: what a participant sees who opens the link.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use colloquy_core::guide::Confidentiality;
use colloquy_store::LinkState;

use super::follow;
use super::show::{Shown, describe};
use crate::app::AppState;

/// The page in which everything is filled in.
const PAGE: &str = include_str!("page.html");

/// The handler. An unknown link is a page too: a person reads it.
pub(crate) async fn page(State(state): State<AppState>, Path(token): Path<String>) -> Response {
    let shown = match follow(&state, &token).await {
        Ok(invited) => describe(&state, invited).await,
        Err(error) => Err(error),
    };
    match shown {
        Ok(shown) => {
            let link = format!("{}/i/{token}", state.public_url);
            (headers(), Html(fill(&shown, &link))).into_response()
        }
        Err(error) => error.into_response(),
    }
}

/// A link is a secret: it is neither cached, nor told to other sites, nor indexed.
fn headers() -> [(HeaderName, HeaderValue); 4] {
    [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"),
        ),
        (
            HeaderName::from_static("x-robots-tag"),
            HeaderValue::from_static("noindex"),
        ),
    ]
}

fn fill(shown: &Shown, link: &str) -> String {
    let session = &shown.session;
    let who = match session.confidentiality {
        Confidentiality::Identified => format!(
            "The people team of {} sees what you say together with your name.",
            escape(&session.organisation)
        ),
        Confidentiality::Confidential => format!(
            "This conversation is confidential: {} sees results of groups of at least five people, not what you said.",
            escape(&session.organisation)
        ),
    };
    let state = match shown.state {
        LinkState::Usable => format!(
            "<p>To take part from a terminal:</p><pre>colloquy talk --link {} --wav answer.wav</pre>",
            escape(link)
        ),
        LinkState::Expired => {
            "<p><strong>This link has expired.</strong> Ask the person who invited you for a new one.</p>".to_owned()
        }
        LinkState::Revoked => {
            "<p><strong>This link was withdrawn.</strong> Ask the person who invited you.</p>".to_owned()
        }
        LinkState::SessionClosed => "<p><strong>These conversations are closed at present.</strong></p>".to_owned(),
        LinkState::Withdrawn => {
            "<p><strong>You took this conversation back.</strong> Nothing of what was said is kept.</p>".to_owned()
        }
        LinkState::Finished => {
            "<p><strong>This conversation is finished.</strong> Thank you for taking part.</p>".to_owned()
        }
    };
    let topics: String = session
        .topics
        .iter()
        .map(|topic| format!("<li>{}</li>", escape(topic)))
        .collect();
    PAGE.replace("{{title}}", &escape(&session.title))
        .replace("{{organisation}}", &escape(&session.organisation))
        .replace("{{minutes}}", &session.length_min.to_string())
        .replace("{{who}}", &who)
        .replace("{{topics}}", &topics)
        .replace("{{state}}", &state)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn an_organisations_name_cannot_become_markup() {
        assert_eq!(escape("<b>\"A&B\""), "&lt;b&gt;&quot;A&amp;B&quot;");
    }
}

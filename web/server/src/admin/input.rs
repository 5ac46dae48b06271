//! What callers send: bodies and addresses that are what they should be, or a problem that says what is wrong.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use colloquy_core::pii::Pii;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use uuid::Uuid;

use super::problem::Problem;

/// The longest address (RFC 5321's path, without its brackets).
const EMAIL_MAX: usize = 254;
/// Entries in a page, unless the caller wants fewer.
const PAGE: u32 = 50;
const PAGE_MAX: u32 = 200;

/// A body in JSON.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = Json::<T>::from_request(request, state).await;
        let Json(body) = read.map_err(|rejection: JsonRejection| {
            let (status, code) = match rejection.status() {
                // Bodies that are no JSON and those that say something else are told apart by nobody.
                StatusCode::BAD_REQUEST => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_body"),
                StatusCode::UNSUPPORTED_MEDIA_TYPE => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json"),
                StatusCode::PAYLOAD_TOO_LARGE => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
                other => (other, "invalid_body"),
            };
            Problem::new(status, code, rejection.body_text())
        })?;
        Ok(Self(body))
    }
}

/// The id in an address. One that is none leads nowhere.
pub(super) struct Id(pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = Path::<Uuid>::from_request_parts(parts, state).await;
        found.map(|Path(id)| Self(id)).map_err(|_| Problem::missing("id"))
    }
}

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// `next` of the page before.
    cursor: Option<Uuid>,
    /// At most so many entries: 1 to 200, else 50.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Which page of a list, made sure of.
pub(super) struct Paging {
    pub(super) before: Option<Uuid>,
    pub(super) limit: u32,
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(wanted) = Query::<Wanted>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Problem::field("cursor or limit", rejection.body_text()))?;
        let limit = wanted.limit.unwrap_or(PAGE);
        if !(1..=PAGE_MAX).contains(&limit) {
            return Err(Problem::field("limit", format!("A page has 1 to {PAGE_MAX} entries.")));
        }
        Ok(Self {
            before: wanted.cursor,
            limit,
        })
    }
}

impl Paging {
    /// Cuts what was found, of which one more than the page was asked for, and says where the next page begins.
    pub(super) fn cut<T>(&self, found: &mut Vec<T>, id: impl Fn(&T) -> Uuid) -> Option<Uuid> {
        let more = found.len() > self.limit as usize;
        found.truncate(self.limit as usize);
        found.last().filter(|_| more).map(id)
    }
}

/// A text of one line, trimmed; `max` in characters. Not empty.
pub(crate) fn line(field: &str, text: &str, max: usize) -> Result<String, Problem> {
    let text = optional(field, text, max)?;
    if text.is_empty() {
        return Err(Problem::field(field, "It is empty."));
    }
    if text.contains(['\n', '\t']) {
        return Err(Problem::field(field, "It must be one line."));
    }
    Ok(text)
}

/// A text, trimmed; `max` in characters. It may be empty and have several lines.
pub(super) fn optional(field: &str, text: &str, max: usize) -> Result<String, Problem> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    let count = text.chars().count();
    if count > max {
        let detail = format!("It has {count} characters; at most {max} are taken.");
        return Err(Problem::field(field, detail));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Problem::field(field, "It has control characters."));
    }
    Ok(text.to_owned())
}

/// An e-mail address, in lower case: good enough to send to. Whether somebody reads there, a mail will tell.
pub(crate) fn email(text: &Pii) -> Result<Pii, Problem> {
    let address = known_email(text)?;
    let domain = address.expose().split_once('@').map_or("", |(_, domain)| domain);
    // A name without a dot is nobody's mail server but this machine's.
    if (domain.contains('.') || domain == "localhost") && !domain.contains("..") {
        return Ok(address);
    }
    Err(no_address())
}

/// An e-mail address to look for, in lower case: who has been kept by one that would not be taken today still signs in by it.
pub(crate) fn known_email(text: &Pii) -> Result<Pii, Problem> {
    let address = text.expose().trim().to_lowercase();
    let good = address.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
    });
    let odd = |c: char| c.is_control() || c.is_whitespace() || "<>()[],;:\\\"".contains(c);
    if !good || address.len() > EMAIL_MAX || address.contains(odd) {
        return Err(no_address());
    }
    Ok(Pii::new(address))
}

fn no_address() -> Problem {
    Problem::field("email", "An e-mail address looks like ada@example.com.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_lowered_and_what_is_none_is_refused() {
        assert_eq!(email(&" Ada@Example.COM ".into()).unwrap().expose(), "ada@example.com");
        let long = format!("{}@example.com", "a".repeat(250));
        for wrong in [
            "",
            "ada",
            "@h.example",
            "ada@",
            "a@b@c.d",
            "ada@.h",
            "a b@h.example",
            "ada@h.example\n",
            "<ada@h.example>",
            "a,b@h.example",
            "chiara@brightwater",
            "ada@h..example",
            &long,
        ] {
            assert_eq!(email(&wrong.into()).is_ok(), wrong == "ada@h.example\n", "{wrong:?}");
        }
    }

    #[test]
    fn who_was_kept_by_an_address_without_a_dot_is_still_looked_for_by_it() {
        let kept = " Admin@Intranet ".into();
        assert_eq!(known_email(&kept).unwrap().expose(), "admin@intranet");
        assert!(email(&kept).is_err(), "but nobody new is kept by one");
        assert!(known_email(&"ada\u{0}@h.example".into()).is_err());
    }

    #[test]
    fn texts_are_trimmed_counted_and_free_of_control_characters() {
        assert_eq!(line("title", "  Why ☂ ", 5).unwrap(), "Why ☂");
        assert!(line("title", "Why ☂!", 5).is_err());
        assert!(line("title", "  ", 5).is_err());
        assert!(line("title", "a\nb", 5).is_err());
        assert!(optional("welcome", "a\u{0}b", 5).is_err());
        assert_eq!(optional("welcome", " a\r\nb ", 5).unwrap(), "a\nb");
    }

    #[test]
    fn a_page_says_where_the_next_one_begins_if_there_is_one() {
        let paging = Paging { before: None, limit: 2 };
        let ids = [Uuid::from_u128(3), Uuid::from_u128(2), Uuid::from_u128(1)];
        let mut found = ids.to_vec();
        assert_eq!(paging.cut(&mut found, |id| *id), Some(ids[1]));
        assert_eq!(found, ids[..2]);
        assert_eq!(paging.cut(&mut found, |id| *id), None);
    }
}

//! Who asks, and by what they are known: a login's cookie, or an API token.

use std::fmt;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use colloquy_core::id::ApiTokenId;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{Author, LOGIN_LIFETIME_MS, Scope, Store, StoreError, Token, User, Workspace};
use url::Url;

use super::permissions::{Action, may};
use super::problem::Problem;
use crate::app::AppState;
use crate::door::visitor::Visitor;

/// The cookie of a login.
pub(super) const COOKIE: &str = "colloquy_login";

/// By what somebody is known.
#[derive(Clone)]
pub(super) enum Pass {
    /// The token of a login.
    Login(String),
    /// An API token.
    Key(String),
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pass(…)")
    }
}

impl Pass {
    /// Who is known by it now; nobody once it has ended.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub(super) async fn caller(&self, state: &AppState) -> Result<Option<Caller>, StoreError> {
        Ok(match self {
            Self::Login(login) => {
                let found = state.store().logins().who(login, unix_ms()).await?;
                found.map(|(user, workspace)| Caller {
                    user,
                    workspace,
                    key: None,
                })
            }
            Self::Key(token) => {
                let found = state.store().api_tokens().who(token).await?;
                found.map(|(token, user, workspace)| Caller {
                    user,
                    workspace,
                    key: Some((token.id, token.scope)),
                })
            }
        })
    }
}

impl FromRequestParts<AppState> for Pass {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        if let Some(authorization) = parts.headers.get(header::AUTHORIZATION) {
            let token = authorization.to_str().ok().and_then(bearer).unwrap_or_default();
            return Ok(Self::Key(token.to_owned()));
        }
        let login = login_of(&parts.headers).ok_or_else(Problem::unauthenticated)?;
        Ok(Self::Login(login.to_owned()))
    }
}

/// Somebody who is signed in, or whose API token was sent.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) user: User,
    pub(super) workspace: Workspace,
    pub(super) key: Option<(ApiTokenId, Scope)>,
}

impl Caller {
    /// # Errors
    /// 403 with the reason where they may not.
    pub(super) fn may(&self, action: Action) -> Result<(), Problem> {
        may(self.user.role, self.workspace.plan, self.scope(), action)
    }

    pub(super) fn scope(&self) -> Option<Scope> {
        self.key.map(|(_, scope)| scope)
    }

    /// The store in their hands: what they do is noted in the audit log.
    pub(super) fn store(&self, state: &AppState) -> Store {
        state.store().by(Author {
            user: Some(self.user.id),
            api_token: self.key.map(|(id, _)| id),
            at: unix_ms(),
        })
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let pass = Pass::from_request_parts(parts, state).await?;
        let caller = pass.caller(state).await?.ok_or_else(Problem::unauthenticated)?;
        if caller.key.is_none() && !parts.method.is_safe() {
            // A browser sends the cookie whoever asks it to; it says truly which page asked.
            if origin(&parts.headers).is_none() {
                return Err(foreign());
            }
            let visitor = Visitor::from_request_parts(parts, state).await.unwrap_or_default();
            not_from_elsewhere(&parts.headers, &visitor, state)?;
        }
        Ok(caller)
    }
}

fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn origin(headers: &HeaderMap) -> Option<&HeaderValue> {
    headers.get(header::ORIGIN)
}

fn foreign() -> Problem {
    let detail = "This request came from another site's page, or its Origin header is missing.";
    Problem::forbidden("foreign_origin", detail)
}

/// What a page of another site had a browser send is refused. Programs, which send no `Origin`, pass.
///
/// # Errors
/// 403 `foreign_origin`.
pub(super) fn not_from_elsewhere(headers: &HeaderMap, visitor: &Visitor, state: &AppState) -> Result<(), Problem> {
    let Some(origin) = origin(headers) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    // An opaque origin is written "null", and so would be an address of ours that has none.
    let ours = Url::parse(&state.public_url).map(|url| url.origin().ascii_serialization());
    let known = visitor.origin().is_some_and(|ours| ours == origin) || ours.is_ok_and(|ours| ours == origin);
    if known && origin != "null" {
        Ok(())
    } else {
        Err(foreign())
    }
}

/// The login's token, as the browser sent it.
pub(super) fn login_of(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// The header that has a browser keep a login, or forget it where there is none. Scripts cannot read it, other sites' pages
/// cannot send it along with what changes anything, and where the visitor's way is encrypted it takes no other.
pub(super) fn cookie(
    login: Option<&Token>,
    headers: &HeaderMap,
    visitor: &Visitor,
) -> [(header::HeaderName, String); 1] {
    let https = origin(headers).is_some_and(|origin| origin.as_bytes().starts_with(b"https:"));
    let secure = if visitor.secure || https { "; Secure" } else { "" };
    let (value, seconds) = login.map_or(("", 0), |login| (login.expose(), LOGIN_LIFETIME_MS / 1000));
    let cookie = format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    [(header::SET_COOKIE, cookie)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let headers = |cookies: &str| HeaderMap::from_iter([(header::COOKIE, cookies.parse().unwrap())]);
        assert_eq!(login_of(&headers("a=1; colloquy_login=login_x; b=2")), Some("login_x"));
        assert_eq!(login_of(&headers("colloquy_login2=y; xcolloquy_login=z")), None);
    }

    #[test]
    fn a_cookie_is_secure_where_the_visitor_is() {
        let shown = |secure, origin: &'static str| {
            let headers = HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_static(origin))]);
            let visitor = Visitor {
                secure,
                ..Visitor::default()
            };
            cookie(None, &headers, &visitor)[0].1.clone()
        };
        let plain = shown(false, "http://h");
        assert_eq!(plain, "colloquy_login=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
        assert!(shown(true, "http://h").ends_with("; Secure"));
        assert!(
            shown(false, "https://h").ends_with("; Secure"),
            "behind a proxy that is not named"
        );
    }
}

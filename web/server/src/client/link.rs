//! A personal link and the addresses that follow from it.

use std::fmt;

use url::Url;

use super::error::ClientError;

/// Where links begin.
const LINK_PATH: &str = "/i/";

/// A participant's link. `Debug` hides its token: whoever has it can speak in that person's name.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// Up to the path, which ends with a slash.
    base: Url,
    token: String,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}i/…", self.base)
    }
}

impl Link {
    /// Reads a link such as `https://talk.example.com/i/3vJ…`.
    ///
    /// # Errors
    /// [`ClientError::Link`].
    pub fn parse(text: &str) -> Result<Self, ClientError> {
        let wrong = |why: &str| ClientError::Link { why: why.to_owned() };
        let mut url = Url::parse(text.trim()).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("it does not begin with http"));
        }
        let path = url.path().to_owned();
        let at = path.rfind(LINK_PATH).ok_or_else(|| wrong("it has no /i/ in it"))?;
        let token = path[at + LINK_PATH.len()..].trim_end_matches('/').to_owned();
        if token.is_empty() || token.contains('/') {
            return Err(wrong("there is no token after /i/"));
        }
        url.set_path(&path[..=at]);
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self { base: url, token })
    }

    /// The same link on another server, such as one behind a proxy.
    ///
    /// # Errors
    /// [`ClientError::Link`] where `server` is no http address.
    pub fn on_server(self, server: &str) -> Result<Self, ClientError> {
        let joined = Self::parse(&format!("{}{LINK_PATH}{}", server.trim_end_matches('/'), self.token))?;
        Ok(joined)
    }

    /// Host and port, for messages.
    #[must_use]
    pub fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        let port = self.base.port_or_known_default().unwrap_or_default();
        format!("{host}:{port}")
    }

    /// Whether the connection is encrypted.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// `/api/participant/{token}` and what follows.
    pub(super) fn api(&self, tail: &str) -> String {
        format!("{}api/participant/{}{tail}", self.base, self.token)
    }

    /// `/v1/realtime/calls`.
    pub(super) fn calls(&self) -> String {
        format!("{}v1/realtime/calls", self.base)
    }

    /// `/v1/realtime` as a WebSocket's address.
    pub(super) fn realtime(&self) -> String {
        let address = self.base.as_str();
        let rest = address.strip_prefix("http").unwrap_or(address);
        format!("ws{rest}v1/realtime")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_the_addresses_of_its_server() {
        let link = Link::parse(" http://127.0.0.1:8080/i/abc_-1 ").unwrap();
        assert_eq!(
            link.api("/consent"),
            "http://127.0.0.1:8080/api/participant/abc_-1/consent"
        );
        assert_eq!(link.calls(), "http://127.0.0.1:8080/v1/realtime/calls");
        assert_eq!(link.realtime(), "ws://127.0.0.1:8080/v1/realtime");
        assert_eq!(link.host(), "127.0.0.1:8080");
        let deep = Link::parse("https://example.com/talk/i/abc/?utm=1#x").unwrap();
        assert_eq!(deep.realtime(), "wss://example.com/talk/v1/realtime");
        assert_eq!((deep.host().as_str(), deep.is_secure()), ("example.com:443", true));
        assert_eq!(
            deep.on_server("http://localhost:1/").unwrap().api(""),
            "http://localhost:1/api/participant/abc"
        );
    }

    #[test]
    fn what_is_no_link_is_refused_without_repeating_it() {
        for bad in [
            "abc",
            "ftp://x/i/secret",
            "http://x/secret",
            "http://x/i/",
            "http://x/i/secret/more",
        ] {
            let error = Link::parse(bad).unwrap_err().to_string();
            assert!(error.contains("/i/TOKEN") && !error.contains("secret"), "{error}");
        }
        assert!(!format!("{:?}", Link::parse("http://x/i/secret").unwrap()).contains("secret"));
    }
}

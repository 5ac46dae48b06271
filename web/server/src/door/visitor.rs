//! Who asks, and how. A proxy in front of us says it in headers (`X-Forwarded-For`, `-Proto` and `-Host`), and so can
//! everybody else: they are believed from the proxies that the settings name, and from nobody else.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use anyhow::Context;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;

use super::listener::Peer;
use crate::error::ApiError;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The proxies that are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Out of addresses and ranges, such as `10.0.0.7` and `10.1.0.0/16`.
    ///
    /// # Errors
    /// Names the one that is neither.
    pub fn parse(listed: &[String]) -> anyhow::Result<Self> {
        let net = |text: &String| {
            let text = text.trim();
            let address = text.parse::<IpAddr>().map(IpNet::from);
            address
                .or_else(|_| text.parse())
                .with_context(|| format!("trusted_proxies has {text:?}; give addresses, or ranges such as 10.1.0.0/16"))
        };
        listed.iter().map(net).collect::<anyhow::Result<_>>().map(Self)
    }

    /// Whether nobody is believed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn has(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|net| net.contains(&address))
    }
}

/// How people get in.
#[derive(Clone, Debug, Default)]
pub struct Entrance {
    /// Whom we believe.
    pub proxies: Arc<Proxies>,
    /// Whether we encrypt: who comes without it is sent on.
    pub https: bool,
}

/// Who asks, and how they reached us. Every request has one; in the log it stands at the level `debug` alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visitor {
    /// Their address; `None` where there is no network, as in tests.
    pub address: Option<IpAddr>,
    /// Whether what they send is encrypted all the way to us, or to the proxy that we believe.
    pub secure: bool,
    /// The host, and port where it is not the usual one, by which they know us.
    pub host: Option<String>,
}

impl Visitor {
    fn of(peer: Option<Peer>, uri: &Uri, headers: &HeaderMap, proxies: &Proxies) -> Self {
        // HTTP/2 has the host in the address.
        let host = uri.authority().map(|authority| authority.as_str().to_owned());
        let host = host.or_else(|| last(headers, &header::HOST));
        let Some(peer) = peer else {
            return Self {
                host,
                ..Self::default()
            };
        };
        let next = peer.address.ip().to_canonical();
        let straight = Self {
            address: Some(next),
            secure: peer.encrypted,
            host,
        };
        if !proxies.has(next) {
            return straight;
        }
        Self {
            address: Some(farthest(next, headers, proxies)),
            secure: last(headers, &FORWARDED_PROTO)
                .map_or(straight.secure, |scheme| scheme.eq_ignore_ascii_case("https")),
            host: last(headers, &FORWARDED_HOST).or(straight.host),
        }
    }

    /// What their browser takes for our origin, such as `https://talk.example.com`.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        let scheme = if self.secure { "https" } else { "http" };
        self.host.as_ref().map(|host| format!("{scheme}://{host}"))
    }
}

impl Visitor {
    /// Whether they are on this machine or in a private network.
    fn is_near(&self) -> bool {
        self.address.is_none_or(|address| match address {
            IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
            IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
        })
    }
}

/// Lets only those pass who are on this machine or in a private network: what tells how we run is nobody else's business,
/// and a proxy hands on every address.
pub async fn near_alone(visitor: Visitor, request: Request, next: Next) -> Response {
    if visitor.is_near() {
        return next.run(request).await;
    }
    let message = "This is answered to this machine and private networks alone. Ask from inside the network.";
    ApiError::new(StatusCode::FORBIDDEN, "not_from_here", message).into_response()
}

/// The last address that somebody whom we believe has seen. What stands before it anybody may have written.
fn farthest(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> IpAddr {
    let lines: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    let mut found = peer;
    for text in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Some(address) = address(text.trim()) else { break };
        found = address;
        if !proxies.has(found) {
            break;
        }
    }
    found
}

/// An address, with a port or without.
fn address(text: &str) -> Option<IpAddr> {
    let plain = || text.trim_matches(['[', ']']).parse().ok();
    let with_port = || text.parse().ok().map(|address: std::net::SocketAddr| address.ip());
    plain().or_else(with_port).map(|address| address.to_canonical())
}

/// The last value of a list, which is the nearest proxy's.
fn last(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let line = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    let value = line.rsplit(',').next()?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}

/// Finds out who asks, before anything else is done; where we encrypt, who comes without it is sent on.
pub async fn introduce(State(entrance): State<Entrance>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<Peer>>().map(|info| info.0);
    let visitor = Visitor::of(peer, request.uri(), request.headers(), &entrance.proxies);
    if entrance.https && peer.is_some() && !visitor.secure {
        return encrypted_only(&request, &visitor);
    }
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

/// A browser is sent to the encrypted address; programs are told, because what they sent was readable on its way.
fn encrypted_only(request: &Request, visitor: &Visitor) -> Response {
    let wanted = visitor.host.as_ref().and_then(|host| {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        HeaderValue::from_str(&format!("https://{host}{path}")).ok()
    });
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let upgrades = request.headers().contains_key(header::UPGRADE);
    match wanted.filter(|_| reads && !upgrades) {
        Some(address) => {
            let headers = [
                (header::LOCATION, address),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            ];
            (StatusCode::TEMPORARY_REDIRECT, headers).into_response()
        }
        None => {
            let message = "This port speaks HTTPS alone. Begin the address with https:// (or wss://).";
            ApiError::new(StatusCode::FORBIDDEN, "https_required", message).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::{from_fn, from_fn_with_state};
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    fn proxies() -> Proxies {
        Proxies::parse(&["10.0.0.7".to_owned(), "10.1.0.0/16".to_owned()]).unwrap()
    }

    #[tokio::test]
    async fn what_tells_how_we_run_is_given_to_this_machine_and_private_networks_also_behind_a_proxy() {
        let entrance = Entrance {
            proxies: Arc::new(proxies()),
            https: false,
        };
        let app = Router::new()
            .route("/metrics", get(async || "figures").layer(from_fn(near_alone)))
            .layer(from_fn_with_state(entrance, introduce));
        for (peer, forwarded_for, status) in [
            ("127.0.0.1:1", None, StatusCode::OK),
            ("192.168.1.5:1", None, StatusCode::OK),
            ("203.0.113.9:1", None, StatusCode::FORBIDDEN),
            ("[2001:db8::1]:1", None, StatusCode::FORBIDDEN),
            ("10.0.0.7:1", Some("203.0.113.9"), StatusCode::FORBIDDEN),
            ("10.0.0.7:1", Some("192.168.1.5"), StatusCode::OK),
        ] {
            let mut request = Request::get("/metrics");
            if let Some(forwarded_for) = forwarded_for {
                request = request.header(FORWARDED_FOR, forwarded_for);
            }
            let peer_of = Peer {
                address: peer.parse().unwrap(),
                encrypted: false,
            };
            let request = request.extension(ConnectInfo(peer_of)).body(Body::empty()).unwrap();
            let answer = app.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), status, "{peer} {forwarded_for:?}");
        }
    }

    fn seen(peer: &str, encrypted: bool, headers: &[(HeaderName, &str)]) -> (String, Option<String>) {
        let peer = Peer {
            address: format!("{peer}:4711").parse().unwrap(),
            encrypted,
        };
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().unwrap()))
            .collect();
        let visitor = Visitor::of(Some(peer), &"/i/x".parse().unwrap(), &headers, &proxies());
        (visitor.address.unwrap().to_string(), visitor.origin())
    }

    const TOLD: [(HeaderName, &str); 4] = [
        (header::HOST, "127.0.0.1:8080"),
        (FORWARDED_FOR, "198.51.100.1, 203.0.113.9"),
        (FORWARDED_PROTO, "https"),
        (FORWARDED_HOST, "talk.example.com"),
    ];

    #[test]
    fn a_named_proxy_is_believed_and_nobody_else() {
        let told = ("203.0.113.9".to_owned(), Some("https://talk.example.com".to_owned()));
        assert_eq!(seen("10.0.0.7", false, &TOLD), told);
        assert_eq!(seen("10.1.200.3", false, &TOLD), told);
        let own = Some("http://127.0.0.1:8080".to_owned());
        for stranger in ["10.0.0.8", "203.0.113.9", "127.0.0.1"] {
            assert_eq!(seen(stranger, false, &TOLD), (stranger.to_owned(), own.clone()));
        }
        let own = Some("https://127.0.0.1:8080".to_owned());
        assert_eq!(seen("10.0.0.8", true, &TOLD).1, own, "they do encrypt");
    }

    #[test]
    fn of_several_proxies_the_last_one_that_we_believe_counts() {
        let far = [
            (FORWARDED_FOR, "1.1.1.1, 198.51.100.1"),
            (FORWARDED_FOR, "10.1.2.3, 10.0.0.7"),
        ];
        assert_eq!(seen("10.0.0.7", false, &far).0, "198.51.100.1");
        let all_ours = [(FORWARDED_FOR, "10.1.2.3")];
        assert_eq!(seen("10.0.0.7", false, &all_ours).0, "10.1.2.3");
        let junk = [(FORWARDED_FOR, "1.1.1.1, unknown")];
        assert_eq!(seen("10.0.0.7", false, &junk).0, "10.0.0.7");
        let port = [(FORWARDED_FOR, "[2001:db8::1]:443")];
        assert_eq!(seen("10.0.0.7", false, &port).0, "2001:db8::1");
        let proto = [(header::HOST, "h"), (FORWARDED_PROTO, "https, http")];
        assert_eq!(
            seen("10.0.0.7", false, &proto).1.as_deref(),
            Some("http://h"),
            "the nearest one's word"
        );
    }

    #[test]
    fn what_is_no_address_is_named() {
        let error = Proxies::parse(&["10.0.0.0/33".to_owned()]).unwrap_err().to_string();
        assert!(
            error.contains("10.0.0.0/33") && error.contains("trusted_proxies"),
            "{error}"
        );
    }
}

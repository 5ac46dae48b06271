//! Who gets what participants say, where a language model phrases the questions: they are told before they agree.

use std::net::{IpAddr, Ipv6Addr};

use url::{Host, Url};

/// Names that end so are of a network of one's own (RFC 6761, 6762, 8375; ICANN reserved `internal` in 2024).
const OWN_NAMES: [&str; 5] = [".localhost", ".local", ".internal", ".home.arpa", ".lan"];

/// The party outside behind `base_url`: as it is `disclosed_as`, else its host; nobody where that is this machine or in a
/// private network.
pub(super) fn party(base_url: &str, disclosed_as: &str) -> Option<String> {
    let named = disclosed_as.trim();
    if !named.is_empty() {
        return Some(named.to_owned());
    }
    // What is no address is asked by nobody.
    let url = Url::parse(base_url.trim()).ok()?;
    let host = url.host()?;
    let ours = match &host {
        Host::Ipv4(address) => is_ours(IpAddr::V4(*address)),
        Host::Ipv6(address) => is_ours(IpAddr::V6(*address)),
        Host::Domain(name) => is_our_name(name.trim_end_matches('.')),
    };
    (!ours).then(|| host.to_string())
}

fn is_ours(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified(),
        IpAddr::V6(v6) => {
            v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local() || v6 == Ipv6Addr::UNSPECIFIED
        }
    }
}

/// A name without a dot is found in one's own network alone, such as that of another container.
fn is_our_name(name: &str) -> bool {
    !name.contains('.') || OWN_NAMES.iter().any(|own| name.ends_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_outside_is_named_and_who_is_not_is_not() {
        for (url, named) in [
            ("https://api.openai.com/v1", Some("api.openai.com")),
            (
                "https://user:key@Gateway.Example.com:8443/v1",
                Some("gateway.example.com"),
            ),
            ("http://203.0.113.9/v1", Some("203.0.113.9")),
            ("http://[2001:db8::1]/v1", Some("[2001:db8::1]")),
            ("https://internal.example.com/v1", Some("internal.example.com")),
            ("http://localhost:11434/v1", None),
            ("http://127.0.0.1:8000/v1", None),
            ("http://[::1]/v1", None),
            ("http://[::ffff:10.0.0.7]/v1", None),
            ("http://192.168.1.5/v1", None),
            ("http://ollama:11434/v1", None),
            ("http://llm.corp.internal/v1", None),
            ("http://llm.models.svc.cluster.local./v1", None),
            ("nonsense", None),
        ] {
            assert_eq!(party(url, "").as_deref(), named, "{url}");
        }
    }

    #[test]
    fn who_runs_it_may_say_it_better_also_of_what_stands_in_their_own_network() {
        let told = "Azure OpenAI, operated for Northwind in the EU";
        assert_eq!(party("https://x.openai.azure.com", told).as_deref(), Some(told));
        assert_eq!(
            party("http://gateway:4000/v1", " Mistral AI ").as_deref(),
            Some("Mistral AI")
        );
        assert_eq!(party("http://gateway:4000/v1", "  "), None);
    }
}

//! Settings from environment variables.

/// Names that begin as settings do and are none: where things lie, and what the tests are told.
const OTHER_VARIABLES: [&str; 6] = [
    "COLLOQUY_MODELS",
    "COLLOQUY_LLM_MODEL",
    "COLLOQUY_LOG",
    "COLLOQUY_CONFIG",
    "COLLOQUY_BIN",
    "COLLOQUY_PG_BIN",
];

/// Where a service is called `colloquy`, its platform tells every program of the cluster where it is, in variables that begin
/// as ours: `COLLOQUY_SERVICE_HOST`, `COLLOQUY_PORT`, `COLLOQUY_PORT_8080_TCP_ADDR` and so on.
fn of_a_service(name: &str) -> bool {
    name == "COLLOQUY_PORT"
        || ["COLLOQUY_PORT_", "COLLOQUY_SERVICE_"]
            .iter()
            .any(|of| name.starts_with(of))
}

/// Settings that are lists, with commas between.
const LISTS: [(&str, &str); 2] = [
    ("COLLOQUY_TRUSTED_PROXIES", "trusted_proxies"),
    ("COLLOQUY_WEBRTC__PUBLIC_ADDRESS", "webrtc.public_address"),
];

/// What `variables` say of the settings.
pub(super) fn sources(variables: impl Iterator<Item = (String, String)>) -> Vec<config::Environment> {
    let settings = variables.filter(|(name, _)| !OTHER_VARIABLES.contains(&name.as_str()) && !of_a_service(name));
    let (lists, plain) = settings.partition(|(name, _)| LISTS.iter().any(|(list, _)| list == name));
    let source = |variables| {
        config::Environment::with_prefix("COLLOQUY")
            .prefix_separator("_")
            .separator("__")
            .source(Some(variables))
    };
    let mut lists = source(lists).try_parsing(true).list_separator(",");
    for (_, key) in LISTS {
        lists = lists.with_list_parse_key(key);
    }
    // Nothing else is guessed at: a password may look like a number.
    vec![source(plain), lists]
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Mail {
        password: String,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Read {
        max_conversations: usize,
        speculate: bool,
        trusted_proxies: Vec<String>,
        mail: Mail,
    }

    #[test]
    fn a_password_of_digits_stays_as_it_is_and_numbers_switches_and_lists_are_read() {
        let variables = [
            ("COLLOQUY_MAIL__PASSWORD", "007123"),
            ("COLLOQUY_MAX_CONVERSATIONS", "3"),
            ("COLLOQUY_SPECULATE", "false"),
            ("COLLOQUY_TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/8"),
        ];
        let variables = variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let read = config::Config::builder().add_source(sources(variables)).build();
        assert_eq!(
            read.and_then(config::Config::try_deserialize::<Read>).unwrap(),
            Read {
                max_conversations: 3,
                speculate: false,
                trusted_proxies: vec!["127.0.0.1".to_owned(), "10.0.0.0/8".to_owned()],
                mail: Mail {
                    password: "007123".to_owned()
                },
            }
        );
    }

    #[test]
    fn what_a_platform_says_of_a_service_is_no_setting() {
        assert!(of_a_service("COLLOQUY_PORT") && of_a_service("COLLOQUY_SERVICE_PORT_HTTP"));
        assert!(!of_a_service("COLLOQUY_PUBLIC_URL") && !of_a_service("COLLOQUY_PORTS"));
    }
}

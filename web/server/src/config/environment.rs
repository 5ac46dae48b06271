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

pub(super) fn environment() -> config::Environment {
    let source = std::env::vars()
        .filter(|(name, _)| !OTHER_VARIABLES.contains(&name.as_str()) && !of_a_service(name))
        .collect();
    config::Environment::with_prefix("COLLOQUY")
        .prefix_separator("_")
        .separator("__")
        .try_parsing(true)
        .list_separator(",")
        .with_list_parse_key("trusted_proxies")
        .with_list_parse_key("webrtc.public_address")
        .source(Some(source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_platform_says_of_a_service_is_no_setting() {
        assert!(of_a_service("COLLOQUY_PORT") && of_a_service("COLLOQUY_SERVICE_PORT_HTTP"));
        assert!(!of_a_service("COLLOQUY_PUBLIC_URL") && !of_a_service("COLLOQUY_PORTS"));
    }
}

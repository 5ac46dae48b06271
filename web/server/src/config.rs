//! The server's settings: built-in defaults, a TOML file, environment variables, in rising order.

mod disclosed;
mod environment;
mod mail;
mod tls;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::Context;
use colloquy_models::ModelsConfig;
use colloquy_runtime::actor::DRAIN_GRACE;
use colloquy_runtime::llm::ModelConfig;
use serde::{Deserialize, Serialize};

use crate::door::visitor::Proxies;
use crate::realtime::calls::IceServer;
pub use mail::{MailConfig, outbox};
pub use tls::{Encryption, TlsConfig};

/// Where settings are looked for when no file is named.
pub const DEFAULT_FILE: &str = "colloquy.toml";

/// All settings. Each can be set in `colloquy.toml`, or as an environment variable: `COLLOQUY_` and the name, sections
/// joined by `__`, such as `COLLOQUY_MODELS__WHISPER_THREADS=1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// How participants reach this server; links begin with it.
    pub public_url: String,
    /// Proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed: addresses, and ranges such as `10.1.0.0/16`.
    pub trusted_proxies: Vec<String>,
    /// The server's own encryption.
    pub tls: TlsConfig,
    /// The folder of what is kept beside the database, such as recordings and a self-signed certificate.
    pub data_dir: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; empty: `colloquy.db` in `data_dir`.
    pub database_url: String,
    /// This server's name among several that share a database. It must stay the same over a restart.
    pub node: String,
    /// Conversations at once; more are refused kindly.
    pub max_conversations: usize,
    /// After SIGTERM, running conversations have so many seconds before they are paused and the server ends.
    pub drain_seconds: u64,
    /// A conversation that rests, or is held in writing, gives up its place when nobody has done anything for so many minutes;
    /// its link goes on.
    pub idle_minutes: u64,
    /// Whether answers are prepared while the end of a turn is uncertain.
    pub speculate: bool,
    /// Threads that transcribe, each with 200 MB of its own.
    pub recognizers: usize,
    /// `text` or `json`.
    pub log_format: LogFormat,
    /// The language model that phrases questions; without one the interviewer uses its own words.
    pub llm: LlmConfig,
    /// Calls over WebRTC.
    pub webrtc: WebRtcConfig,
    /// Sound that is kept, in sessions that allow it and of people who agree to it.
    pub recording: RecordingConfig,
    /// What was heard over all conversations of a session, made into findings. Not by default: of what it finds too much is
    /// wrong still (ARCHITECTURE.md has the figures).
    pub insights: bool,
    /// Mails.
    pub mail: MailConfig,
    /// Local models.
    pub models: ModelsConfig,
}

/// Sound that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordingConfig {
    /// Whether any is; else nothing is kept, whatever sessions allow.
    pub enabled: bool,
    /// For how many days after it was recorded.
    pub keep_days: u32,
}

impl Default for RecordingConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            keep_days: 90,
        }
    }
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", try_from = "String")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines, a line each.
    Json,
}

impl TryFrom<String> for LogFormat {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        match name.as_str() {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("there is no log format {name:?}; choose text or json")),
        }
    }
}

/// The language model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LlmConfig {
    /// Base URL of an OpenAI-compatible API; empty: `OPENAI_BASE_URL`.
    pub base_url: String,
    /// Who gets what participants say, as they are told before they agree; empty: the host of `base_url`, unless it is this
    /// machine or in a private network.
    pub disclosed_as: String,
    /// Key; empty: `OPENAI_API_KEY`.
    pub api_key: String,
    /// Model name; none is asked while it is empty.
    pub model: String,
    /// Milliseconds that it may take to its first speakable sentence.
    pub deadline_ms: u64,
    /// Whether it also judges answers while they are spoken, beside the rules. Not by default: it is one more request at each pause,
    /// to a server that may answer one at a time, and what it adds depends on the model; none was measured.
    pub judge: bool,
    /// Whether it reads finished conversations as well, where insights are made at all. So by default: participants are told that a
    /// language model helps to understand what they say, and none is read whose participant has not agreed to that.
    pub insights: bool,
}

/// Calls over WebRTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebRtcConfig {
    /// Whether calls are taken; else every client connects by WebSocket.
    pub enabled: bool,
    /// The one UDP port for all calls, as `ADDRESS:PORT` or `PORT`; 0 takes a free one. Empty: the address and port number of
    /// `listen`.
    pub listen: String,
    /// The addresses that clients are told, in falling preference: of a NAT or a load balancer in front of us. Empty: those
    /// of this machine.
    pub public_address: Vec<IpAddr>,
    /// STUN and TURN servers that browsers are told of.
    pub ice_servers: Vec<IceServer>,
}

impl Default for WebRtcConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            listen: String::new(),
            public_address: Vec::new(),
            ice_servers: Vec::new(),
        }
    }
}

impl WebRtcConfig {
    /// The UDP address to listen on, beside a server that listens on `http`; `None` where that is to be found.
    ///
    /// # Errors
    /// `webrtc.listen` is neither.
    pub fn listen(&self, http: SocketAddr) -> anyhow::Result<Option<SocketAddr>> {
        let listen = self.listen.trim();
        if listen.is_empty() {
            return Ok(None);
        }
        if let Ok(port) = listen.parse() {
            return Ok(Some(SocketAddr::new(http.ip(), port)));
        }
        let parsed = listen
            .parse()
            .with_context(|| format!("webrtc.listen is {listen:?}; give ADDRESS:PORT, PORT, or nothing"));
        parsed.map(Some)
    }
}

impl Default for LlmConfig {
    fn default() -> Self {
        Self {
            base_url: String::new(),
            disclosed_as: String::new(),
            api_key: String::new(),
            model: String::new(),
            deadline_ms: 800,
            judge: false,
            insights: true,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: String::new(),
            trusted_proxies: Vec::new(),
            tls: TlsConfig::default(),
            data_dir: data_dir(),
            database_url: String::new(),
            node: "colloquy".to_owned(),
            max_conversations: 12,
            drain_seconds: 20,
            idle_minutes: 15,
            speculate: true,
            recognizers: 1,
            log_format: LogFormat::Text,
            llm: LlmConfig::default(),
            webrtc: WebRtcConfig::default(),
            recording: RecordingConfig::default(),
            insights: false,
            mail: MailConfig::default(),
            models: ModelsConfig::default(),
        }
    }
}

/// Writing that a conversation is paused takes at most so long.
const LAYING_DOWN_SECONDS: u64 = 2;

/// Where everything is kept by default: `~/.local/share/colloquy`.
fn data_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os("XDG_DATA_HOME") {
        return PathBuf::from(dir).join("colloquy");
    }
    std::env::var_os("HOME")
        .map_or_else(|| PathBuf::from("."), PathBuf::from)
        .join(".local/share/colloquy")
}

impl Config {
    /// Reads the settings. A file that is named must be there; [`DEFAULT_FILE`] need not.
    ///
    /// # Errors
    /// Names the setting that is wrong and where it came from.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let defaults = config::Config::try_from(&Self::default()).context("the defaults cannot be read")?;
        let (path, required) = match file {
            Some(path) => (path.to_owned(), true),
            None => (PathBuf::from(DEFAULT_FILE), false),
        };
        let settings: Self = config::Config::builder()
            .add_source(defaults)
            .add_source(
                config::File::from(path)
                    .format(config::FileFormat::Toml)
                    .required(required),
            )
            .add_source(environment::sources(std::env::vars()))
            .build()
            .and_then(config::Config::try_deserialize)
            .context("the settings cannot be read")?;
        settings.possible()?;
        Ok(settings.with_defaults())
    }

    /// What can be told to be impossible without trying it.
    fn possible(&self) -> anyhow::Result<()> {
        let least = DRAIN_GRACE.as_secs() + LAYING_DOWN_SECONDS;
        anyhow::ensure!(
            self.drain_seconds >= least,
            "drain_seconds is {}: it must be at least {least}, because running conversations are paused {} s after SIGTERM",
            self.drain_seconds,
            DRAIN_GRACE.as_secs()
        );
        anyhow::ensure!(
            self.recognizers > 0,
            "recognizers is 0: nobody would be understood; name at least 1"
        );
        anyhow::ensure!(
            self.public_url.is_empty() || url::Url::parse(&self.public_url).is_ok_and(|url| url.has_host()),
            "public_url is {:?}: give what links begin with, as in https://interviews.example.com",
            self.public_url
        );
        anyhow::ensure!(
            self.max_conversations > 0,
            "max_conversations is 0: nobody could be interviewed; name at least 1"
        );
        Ok(())
    }

    fn with_defaults(mut self) -> Self {
        if self.public_url.is_empty() {
            let scheme = if self.tls == TlsConfig::default() {
                "http"
            } else {
                "https"
            };
            self.public_url = format!("{scheme}://localhost:{}", self.listen.port());
        }
        if self.database_url.is_empty() {
            self.database_url = format!("sqlite:{}", self.data_dir.join("colloquy.db").display());
        }
        self.public_url = self.public_url.trim_end_matches('/').to_owned();
        let from_env = |value: &mut String, name: &str| {
            if value.is_empty() {
                *value = std::env::var(name).unwrap_or_default();
            }
        };
        from_env(&mut self.llm.base_url, "OPENAI_BASE_URL");
        from_env(&mut self.llm.api_key, "OPENAI_API_KEY");
        from_env(&mut self.llm.model, "COLLOQUY_LLM_MODEL");
        if self.llm.base_url.is_empty() {
            self.llm.base_url = "https://api.openai.com/v1".to_owned();
        }
        self
    }

    /// The language model, if one is named.
    #[must_use]
    pub fn language_model(&self) -> Option<ModelConfig> {
        (!self.llm.model.is_empty()).then(|| ModelConfig {
            base_url: self.llm.base_url.clone(),
            api_key: self.llm.api_key.clone(),
            model: self.llm.model.clone(),
            party: disclosed::party(&self.llm.base_url, &self.llm.disclosed_as),
        })
    }

    /// The proxies that are believed.
    ///
    /// # Errors
    /// Names what is no address.
    pub fn proxies(&self) -> anyhow::Result<Proxies> {
        Proxies::parse(&self.trusted_proxies)
    }

    /// As TOML, with secrets hidden.
    ///
    /// # Errors
    /// None that is known: everything here is TOML.
    pub fn shown(&self) -> anyhow::Result<String> {
        let mut shown = self.clone();
        if !shown.llm.api_key.is_empty() {
            shown.llm.api_key = "(hidden)".to_owned();
        }
        if !shown.mail.password.is_empty() {
            shown.mail.password = "(hidden)".to_owned();
        }
        for server in &mut shown.webrtc.ice_servers {
            server.credential = server.credential.take().map(|_| "(hidden)".to_owned());
        }
        shown.database_url = without_secrets(&shown.database_url);
        shown.llm.base_url = without_secrets(&shown.llm.base_url);
        toml::to_string_pretty(&shown).context("the settings cannot be shown")
    }
}

/// The URL with passwords and keys hidden, wherever URLs hold them: `//user:password@`, and in what follows the `?`.
#[must_use]
pub fn without_secrets(url: &str) -> String {
    const OPEN: [&str; 10] = [
        "user",
        "host",
        "port",
        "dbname",
        "sslmode",
        "mode",
        "cache",
        "application_name",
        "api-version",
        "options",
    ];
    let Ok(mut parsed) = url::Url::parse(url) else {
        return url.to_owned();
    };
    let password = parsed.password().is_some();
    if password {
        // It cannot fail: a URL with a password can have one.
        let _kept = parsed.set_password(Some("hidden"));
    }
    let query: Vec<(String, String)> = parsed.query_pairs().into_owned().collect();
    let secret = |name: &str| !OPEN.contains(&name);
    if query.iter().any(|(name, _)| secret(name)) {
        let shown = query.iter().map(|(name, value)| {
            let value = if secret(name) { "hidden" } else { value.as_str() };
            (name.as_str(), value)
        });
        parsed.query_pairs_mut().clear().extend_pairs(shown);
    } else if !password {
        return url.to_owned();
    }
    parsed.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let mut config = Config::default();
        config.llm.api_key = "sk-secret".to_owned();
        config.mail.password = "secret".to_owned();
        config.database_url = "postgres://me:secret@db/colloquy".to_owned();
        let shown = config.shown().unwrap();
        assert!(!shown.contains("secret"), "{shown}");
        assert!(shown.contains("postgres://me:hidden@db/colloquy"));
        config.database_url = "postgres://db/colloquy?user=me&password=secret".to_owned();
        config.llm.base_url = "https://me:secret@gateway/v1?key=secret&api-version=3".to_owned();
        let shown = config.shown().unwrap();
        assert!(!shown.contains("secret"), "{shown}");
        assert!(
            shown.contains("postgres://db/colloquy?user=me&password=hidden"),
            "{shown}"
        );
        assert!(
            shown.contains("https://me:hidden@gateway/v1?key=hidden&api-version=3"),
            "{shown}"
        );
    }

    #[test]
    fn the_port_for_calls_is_that_of_http_another_one_or_an_address() {
        let http = SocketAddr::from(([127, 0, 0, 1], 8080));
        let listen = |listen: &str| {
            let config = WebRtcConfig {
                listen: listen.to_owned(),
                ..WebRtcConfig::default()
            };
            config.listen(http)
        };
        assert_eq!(listen("").unwrap(), None);
        assert_eq!(listen("0").unwrap(), Some(SocketAddr::from(([127, 0, 0, 1], 0))));
        assert_eq!(
            listen("0.0.0.0:3478").unwrap(),
            Some(SocketAddr::from(([0, 0, 0, 0], 3478)))
        );
        assert!(listen("somewhere").unwrap_err().to_string().contains("webrtc.listen"));
    }

    #[test]
    fn links_begin_as_the_server_speaks() {
        let mut config = Config::default();
        config.tls.self_signed = true;
        assert_eq!(config.with_defaults().public_url, "https://localhost:8080");
    }

    #[test]
    fn a_file_overrides_the_defaults_and_what_is_unknown_or_impossible_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c.toml");
        let settings = "max_conversations = 3\n[models]\nwhisper_threads = 1\n[webrtc]\nlisten = \"9\"\n\
             public_address = [\"192.0.2.7\"]\n[[webrtc.ice_servers]]\nurls = [\"turn:turn.example.org\"]\ncredential = \"secret\"\n";
        std::fs::write(&path, settings).unwrap();
        let config = Config::load(Some(&path)).unwrap();
        assert_eq!((config.max_conversations, config.models.whisper_threads), (3, 1));
        assert_eq!(config.webrtc.public_address, [IpAddr::from([192, 0, 2, 7])]);
        assert!(config.webrtc.enabled && config.webrtc.ice_servers[0].urls == ["turn:turn.example.org"]);
        assert!(!config.shown().unwrap().contains("secret"));
        for (wrong, named) in [
            ("max_conversation = 3\n", "max_conversation"),
            ("drain_seconds = 9\n", "at least 10"),
            ("max_conversations = 0\n", "at least 1"),
            ("recognizers = 0\n", "at least 1"),
            ("public_url = \"nonsense\"\n", "public_url"),
            ("log_format = \"xml\"\n", "text"),
        ] {
            std::fs::write(&path, wrong).unwrap();
            let error = format!("{:#}", Config::load(Some(&path)).unwrap_err());
            assert!(error.contains(named), "{error}");
        }
    }
}

//! What is written to standard error, and what never is.

use std::io::IsTerminal;

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::config::LogFormat;

/// Libraries that log what must not stand in a log; what matters of them we log ourselves. Every target that begins so is
/// meant, whatever `COLLOQUY_LOG` asks for. Of all other libraries there are warnings and errors alone: what one of them tells of
/// its every step nobody has read.
///
/// - the language model's client: what it cannot read, which may quote what somebody said
/// - the WebSocket: every message
/// - the database's driver: statements and their slow ones
/// - the WebRTC stack: keys of calls, and an error for each packet of junk that a stranger sends
/// - the tokenizer: what somebody said, letter by letter
const MUTED: [&str; 7] = [
    "async_openai",
    "tungstenite",
    "tokio_tungstenite",
    "sqlx",
    "webrtc",
    "rtc",
    "tokenizers",
];

/// What targets begin with that say no more than we let them: our own crates', and what is told of each request, whose fields we
/// choose.
const OURS: [&str; 2] = ["colloquy", "tower_http::trace"];

/// Logs from here on.
///
/// # Errors
/// Something else logs already.
pub(super) fn start(format: LogFormat) -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_env("COLLOQUY_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // A file gets no colours.
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let lines = lines(format, filter, colours, std::io::stderr);
    let set = tracing_subscriber::registry().with(lines).try_init();
    set.map_err(|error| anyhow::anyhow!("logging could not be set up: {error}"))
}

fn lines<S, W>(format: LogFormat, filter: EnvFilter, colours: bool, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = fmt::layer().with_ansi(colours).with_writer(writer);
    // A directive of the filter's would yield to a more precise one that an operator sets.
    let filter = filter.and(filter_fn(|told: &Metadata<'_>| {
        let of_ours = OURS.iter().any(|ours| told.target().starts_with(ours));
        of_ours || (*told.level() <= Level::WARN && !MUTED.iter().any(|muted| told.target().starts_with(muted)))
    }));
    match format {
        LogFormat::Text => lines.with_target(false).with_filter(filter).boxed(),
        LogFormat::Json => lines.json().with_filter(filter).boxed(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_libraries_say_of_messages_and_statements_is_not_logged_even_where_it_is_asked_for() {
        let written = Written::default();
        let filter = EnvFilter::new("trace,tungstenite::protocol=trace,sqlx::query=debug");
        for format in [LogFormat::Text, LogFormat::Json] {
            let to = written.clone();
            let lines = lines(format, filter.to_string().parse().unwrap(), false, move || to.clone());
            tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), || {
                tracing::trace!(target: "tungstenite::protocol", "received message: my manager");
                tracing::debug!(target: "sqlx::query", "insert into events: my manager");
                tracing::warn!(target: "rtc_dtls::conn", "a key: my manager");
                tracing::debug!(target: "hyper::proto", "a header: my manager");
                tracing::warn!(target: "hyper::proto", "a connection was cut");
                tracing::info!(target: "colloquy::cli", "ready");
            });
        }
        let written = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert!(!written.contains("my manager"), "{written}");
        assert_eq!(written.matches("ready").count(), 2, "{written}");
        assert_eq!(written.matches("was cut").count(), 2, "{written}");
    }
}

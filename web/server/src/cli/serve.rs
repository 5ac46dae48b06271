//! `colloquy serve`.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Args;
use colloquy_runtime::actor::unix_ms;
use colloquy_runtime::housekeeping::keep_house;
use colloquy_runtime::inference::Inference;
use colloquy_runtime::insights::{Analyst, Engine, Patience, Reader};
use colloquy_runtime::lifecycle::Lifecycle;
use colloquy_runtime::llm::{Appraiser, LanguageModel};
use colloquy_runtime::mail::Mailer;
use colloquy_runtime::recording::Recordings;
use colloquy_runtime::registry::Registry;
use colloquy_runtime::services::Services;
use colloquy_store::Store;
use colloquy_transport::webrtc::{Endpoint, EndpointOptions};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};

use crate::admin::Desk;
use crate::app::{AppState, app};
use crate::config::{Config, Encryption, outbox, without_secrets};
use crate::door;
use crate::door::certificate::Certificate;
use crate::door::listener::Door;
use crate::door::self_signed;
use crate::door::visitor::Entrance;
use crate::engines;
use crate::realtime::calls::Calls;

/// Upper bounds of the histograms of times, in seconds: from a frame of audio to a stalled turn.
const SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.8, 1.2, 2.0, 3.5, 6.0];
/// Of each conversation, one call that runs and one that is coming up to take over.
const CALLS_A_CONVERSATION: usize = 2;
/// Between two times that samples are put into their histograms.
const KEEP_METRICS_EVERY: Duration = Duration::from_secs(5);
/// Sockets have so long to be closed after the last conversation was laid down.
const CLOSE_WITHIN: Duration = Duration::from_secs(3);

/// Run the server until SIGTERM or Ctrl-C.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  colloquy serve\n  colloquy serve --listen 0.0.0.0:8080\n  COLLOQUY_LLM_MODEL=llama3.2 OPENAI_BASE_URL=http://localhost:11434/v1 colloquy serve"
)]
pub struct ServeArgs {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

/// Serves until told to stop.
///
/// # Errors
/// What could not be loaded, opened or bound, and what to do.
pub async fn serve(config: Config, args: ServeArgs) -> anyhow::Result<()> {
    let listen = args.listen.unwrap_or(config.listen);
    // Files that cannot be used are told before seconds are spent on weights.
    let certificate = certificate(&config)?;
    // A renewal may be told before the weights are loaded: from here on it does not end us.
    let _renewals = certificate.as_ref().map(|_| signal(SignalKind::hangup())).transpose()?;
    let entrance = Entrance {
        proxies: Arc::new(config.proxies()?),
        https: certificate.is_some(),
    };
    let post = config.mail.post(&config.public_url, &config.data_dir)?;
    let metrics = collect_metrics()?;
    tokio::spawn(keep_metrics(metrics.clone()));
    let store = Store::connect(&config.database_url).await?;
    let claimed = store.claim_node(&config.node).await?;
    ensure!(
        claimed.is_some(),
        "another server named {:?} runs on this database; give each its own name (the setting `node`), or end that one first",
        config.node
    );
    info!("loading the models");
    let (models, recognizers) = (config.models.clone(), config.recognizers);
    let (engines, embedder, insights) =
        tokio::task::spawn_blocking(move || engines::load(&models, recognizers)).await??;
    let inference = Inference::start(engines).context("the inference threads could not be started")?;
    let model = config
        .language_model()
        .map(|model| LanguageModel::new(&model))
        .transpose()?;
    match &model {
        Some(_) => {
            let base_url = without_secrets(&config.llm.base_url);
            info!(model = %config.llm.model, base_url, "a language model phrases the questions");
        }
        None => info!("no language model is configured; the interviewer uses its own words"),
    }
    let insights = Engine {
        reader: model
            .clone()
            .filter(|_| config.insights && config.llm.insights)
            .map(|model| Reader::new(model, &insights.coder, Patience::default())),
        ..insights
    };
    if insights.reader.is_some() {
        info!("the language model reads finished conversations, too (llm.insights = false keeps them from it)");
    }
    let appraiser = model.clone().filter(|_| config.llm.judge).map(Appraiser::new);
    let services = Services {
        store: store.clone(),
        inference,
        model,
        model_deadline_ms: config.llm.deadline_ms,
        appraiser,
        speculate: config.speculate,
        idle_after: Duration::from_secs(config.idle_minutes * 60),
        recordings: recordings(&config)?,
        node: config.node.clone(),
    };
    let lifecycle = Lifecycle::default();
    let services = Arc::new(services);
    tokio::spawn(keep_house(Arc::clone(&services), lifecycle.clone()));
    let registry = Registry::new(services, lifecycle.clone(), config.max_conversations);
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| {
            format!("cannot listen on {listen}; where Colloquy runs there already, use that one, or choose another port (--listen)")
        })?;
    let address = listener.local_addr()?;
    let calls = take_calls(&config, address).await?;
    let state = AppState {
        registry,
        public_url: config.public_url.as_str().into(),
        entrance,
        calls,
        metrics: Some(metrics),
        desk: Arc::new(Desk::new(config.mail.by_smtp(), outbox(&config.data_dir), embedder).insights(config.insights)),
    };
    let door = match &certificate {
        Some(certificate) => Door::encrypted(listener, certificate.acceptor()?)?,
        None => Door::plain(listener)?,
    };
    if let Some(certificate) = certificate.clone() {
        tokio::spawn(async move {
            if let Err(error) = certificate.stay_fresh().await {
                warn!(%error, "the certificate is not read again when it is renewed: restart after a renewal");
            }
        });
    }
    let mailer = Mailer {
        store: store.clone(),
        post,
        public_url: config.public_url.clone(),
        node: config.node.clone(),
    };
    // A drain waits for the mail in hand: else it would be sent again.
    lifecycle.tasks().spawn(mailer.run(lifecycle.clone()));
    if config.insights {
        let analyst = Analyst {
            store: store.clone(),
            node: config.node.clone(),
            engine: insights,
        };
        lifecycle.tasks().spawn(analyst.run(lifecycle.clone()));
    }
    info!(%address, encrypted = certificate.is_some(), "ready");
    let scheme = if certificate.is_some() { "https" } else { "http" };
    println!("Colloquy listens on {scheme}://{address}");
    // To the console and not through the log, which goes to more people.
    if let Some(code) = store.setup_codes().mint(unix_ms()).await? {
        // Whoever started us may have stopped listening after the line above.
        let _unread = writeln!(
            std::io::stdout(),
            "Nobody owns this installation yet. Code for its first run: {}",
            code.expose()
        );
    }
    if certificate.is_none()
        && let Some(warning) = without_microphones(address, &config.public_url)
    {
        warn!("{warning}");
    }
    let stopped = lifecycle.clone();
    // Once every conversation was laid down, so that health checks see the drain.
    let server = tokio::spawn(door::serve::serve(
        door,
        app(state),
        async move { stopped.stopped().await },
    ));
    told_to_stop().await?;
    info!("draining: no new conversations; running ones are paused and continue by their links");
    if !lifecycle.finish(Duration::from_secs(config.drain_seconds)).await {
        warn!("not every conversation was laid down in time; what was confirmed is stored");
    }
    // Idle keep-alive connections have nothing to lose.
    let _closed = tokio::time::timeout(CLOSE_WITHIN, server).await;
    store.close().await;
    info!("stopped");
    Ok(())
}

/// Where sound is kept, of those who agree to it.
fn recordings(config: &Config) -> anyhow::Result<Option<Arc<Recordings>>> {
    let start = || Recordings::start(config.data_dir.join("recordings"), config.recording.keep_days);
    let started = config.recording.enabled.then(start).transpose();
    started.context("the recording thread could not be started")
}

/// The certificate to encrypt with, if any is wanted.
fn certificate(config: &Config) -> anyhow::Result<Option<Arc<Certificate>>> {
    let files = match config.tls.encryption()? {
        None => return Ok(None),
        Some(Encryption::Files(files)) => files,
        Some(Encryption::SelfSigned) => {
            let names = self_signed::names(&config.public_url);
            let files = self_signed::files(&config.data_dir.join("tls"), &names, unix_ms())?;
            let certificate = files.certificate.display();
            warn!(%certificate, ?names, "nobody vouches for this certificate: browsers warn, and go on when they are told to");
            files
        }
    };
    Certificate::load(files).map(Some)
}

/// What to say of a server that does not encrypt: browsers open the microphone on this machine and over HTTPS alone.
fn without_microphones(listen: SocketAddr, public_url: &str) -> Option<String> {
    // An address in public_url that begins so is a proxy's in front of us, which encrypts.
    if listen.ip().is_loopback() || public_url.starts_with("https://") {
        return None;
    }
    Some(format!(
        "{listen} speaks plain HTTP: browsers on other machines will refuse the microphone. Ways out: tls.certificate and \
         tls.key; tls.self_signed = true for a trial in the local network; or a proxy that speaks HTTPS, with public_url = \
         \"https://…\" and trusted_proxies (README, \"On the network\")"
    ))
}

/// Opens the UDP port for calls, beside a server that listens on `http`.
async fn take_calls(config: &Config, http: SocketAddr) -> anyhow::Result<Option<Arc<Calls>>> {
    if !config.webrtc.enabled {
        return Ok(None);
    }
    let asked = config.webrtc.listen(http)?;
    let options = |listen| EndpointOptions {
        listen,
        public: config.webrtc.public_address.clone(),
        max_calls: config.max_conversations * CALLS_A_CONVERSATION,
    };
    let endpoint = match (asked, Endpoint::bind(options(asked.unwrap_or(http))).await) {
        (None, Err(error)) => {
            warn!(%error, "UDP port {} is taken; calls use a free one (set webrtc.listen)", http.port());
            Endpoint::bind(options(SocketAddr::new(http.ip(), 0))).await
        }
        (_, bound) => bound,
    };
    let endpoint = endpoint.with_context(|| format!("cannot listen for calls on UDP {}", asked.unwrap_or(http)))?;
    let announced = endpoint.announced();
    info!(addresses = ?announced, "calls over WebRTC are taken");
    if announced.iter().all(|address| address.ip().is_loopback()) && !is_here(&config.public_url) {
        warn!(
            "calls can only be made from this machine, and everybody else waits 5 s for the WebSocket instead: set \
             webrtc.listen and webrtc.public_address (README, \"On the network\")"
        );
    }
    Ok(Some(Calls::new(endpoint, config.webrtc.ice_servers.clone())))
}

/// Whether links lead to this very machine, and to no other.
fn is_here(public_url: &str) -> bool {
    let host = url::Url::parse(public_url).ok();
    match host.as_ref().and_then(url::Url::host) {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

async fn told_to_stop() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("signals cannot be received")?;
    tokio::select! {
        _ = terminate.recv() => {}
        pressed = tokio::signal::ctrl_c() => pressed.context("signals cannot be received")?,
    }
    Ok(())
}

fn collect_metrics() -> anyhow::Result<PrometheusHandle> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
        .and_then(PrometheusBuilder::install_recorder)
        .context("metrics cannot be collected")
}

/// Samples that nobody has asked for are put into their histograms; else they would pile up.
async fn keep_metrics(metrics: PrometheusHandle) {
    loop {
        tokio::time::sleep(KEEP_METRICS_EVERY).await;
        metrics.run_upkeep();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_reached_in_plain_http_from_elsewhere_is_warned() {
        let warned = |listen: &str, url: &str| without_microphones(listen.parse().unwrap(), url).is_some();
        assert!(warned("0.0.0.0:80", "http://localhost:80"));
        assert!(warned("192.0.2.7:80", "http://talk.example.com"));
        assert!(!warned("127.0.0.1:80", "http://localhost:80"));
        assert!(!warned("0.0.0.0:80", "https://talk.example.com"));
    }

    #[test]
    fn only_links_to_this_machine_lead_here() {
        assert!(is_here("http://localhost:8080") && is_here("http://127.0.0.1:8080") && is_here("https://[::1]"));
        assert!(!is_here("https://talk.example.com") && !is_here("https://192.168.1.20:8443"));
    }
}

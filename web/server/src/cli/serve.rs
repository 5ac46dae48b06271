//! `colloquy serve`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use colloquy_runtime::inference::Inference;
use colloquy_runtime::lifecycle::Lifecycle;
use colloquy_runtime::llm::LanguageModel;
use colloquy_runtime::registry::Registry;
use colloquy_runtime::services::Services;
use colloquy_store::Store;
use colloquy_transport::webrtc::{Endpoint, EndpointOptions};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};

use crate::app::{AppState, app};
use crate::config::Config;
use crate::engines;
use crate::realtime::calls::Calls;

/// Upper bounds of the histograms of times, in seconds: from a frame of audio to a stalled turn.
const SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.8, 1.2, 2.0, 3.5, 6.0];
/// Of each conversation, one call that runs and one that is coming up to take over.
const CALLS_A_CONVERSATION: usize = 2;
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
    let metrics = collect_metrics()?;
    let store = Store::connect(&config.database_url).await?;
    let (models, recognizers) = (config.models.clone(), config.recognizers);
    let engines = tokio::task::spawn_blocking(move || engines::load(&models, recognizers)).await??;
    let inference = Inference::start(engines).context("the inference threads could not be started")?;
    let model = config
        .language_model()
        .map(|model| LanguageModel::new(&model))
        .transpose()?;
    match &model {
        Some(_) => {
            info!(model = %config.llm.model, base_url = %config.llm.base_url, "a language model phrases the questions")
        }
        None => info!("no language model is configured; the interviewer uses its own words"),
    }
    let services = Services {
        store: store.clone(),
        inference,
        model,
        model_deadline_ms: config.llm.deadline_ms,
        speculate: config.speculate,
        node: config.node.clone(),
    };
    let lifecycle = Lifecycle::default();
    let registry = Registry::new(Arc::new(services), lifecycle.clone(), config.max_conversations);
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}"))?;
    let calls = take_calls(&config, listener.local_addr()?).await?;
    let state = AppState {
        registry,
        public_url: config.public_url.as_str().into(),
        calls,
        metrics: Some(metrics),
    };
    info!(address = %listener.local_addr()?, "ready");
    println!("Colloquy listens on http://{}", listener.local_addr()?);
    let server = axum::serve(listener, app(state)).with_graceful_shutdown(closing(lifecycle.clone()));
    let server = tokio::spawn(async move { server.await });
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
    info!(addresses = ?endpoint.announced(), "calls over WebRTC are taken");
    Ok(Some(Calls::new(endpoint, config.webrtc.ice_servers.clone())))
}

/// Comes when the listener should close: once every conversation was laid down, so that health checks see the drain.
async fn closing(lifecycle: Lifecycle) {
    lifecycle.stopped().await;
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

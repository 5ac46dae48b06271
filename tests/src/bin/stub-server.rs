//! The real server with models that cost nothing: what is left is conversations, transport and storage under load.
// It tells its address, as the real one does.
#![allow(clippy::print_stdout)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use colloquy::app::{AppState, app};
use colloquy::door::visitor::Entrance;
use colloquy::realtime::calls::Calls;
use colloquy_runtime::inference::Inference;
use colloquy_runtime::lifecycle::Lifecycle;
use colloquy_runtime::registry::Registry;
use colloquy_runtime::services::Services;
use colloquy_store::Store;
use colloquy_tests::stub_models::{engines, latest_ms};
use colloquy_transport::webrtc::{Endpoint, EndpointOptions};
use metrics_exporter_prometheus::PrometheusBuilder;

/// How often the lateness of voice is published.
const PUBLISH_EVERY: Duration = Duration::from_millis(500);

/// Usage: `stub-server serve --listen ADDRESS:PORT`, with `COLLOQUY_DATABASE_URL` and `COLLOQUY_MAX_CONVERSATIONS`. Runs until
/// it is killed.
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listen: SocketAddr = std::env::args().nth(3).ok_or("--listen ADDRESS:PORT")?.parse()?;
    let limit: usize = std::env::var("COLLOQUY_MAX_CONVERSATIONS")?.parse()?;
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let services = Services {
        store: Store::connect(&std::env::var("COLLOQUY_DATABASE_URL")?).await?,
        inference: Inference::start(engines())?,
        model: None,
        model_deadline_ms: 800,
        appraiser: None,
        speculate: true,
        idle_after: Duration::from_secs(900),
        recordings: None,
        node: "stub".to_owned(),
    };
    let registry = Registry::new(Arc::new(services), Lifecycle::default(), limit);
    let listener = tokio::net::TcpListener::bind(listen).await?;
    let http = listener.local_addr()?;
    let options = EndpointOptions {
        listen: http,
        public: Vec::new(),
        max_calls: limit * 2,
    };
    let calls = Calls::new(Endpoint::bind(options).await?, Vec::new());
    let state = AppState {
        registry,
        public_url: format!("http://{http}").into(),
        entrance: Entrance::default(),
        calls: Some(calls),
        metrics: Some(metrics),
        desk: Arc::default(),
    };
    tokio::spawn(async {
        let mut tick = tokio::time::interval(PUBLISH_EVERY);
        loop {
            tick.tick().await;
            metrics::histogram!("stub_voice_late_ms").record(latest_ms());
        }
    });
    println!("Colloquy listens on http://{http}");
    axum::serve(listener, app(state)).await?;
    Ok(())
}

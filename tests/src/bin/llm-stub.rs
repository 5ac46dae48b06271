//! A language model that answers as if it were one, with a set delay and pace: for benches.
// It tells its address.
#![allow(clippy::print_stdout)]

use std::time::Duration;

use colloquy_tests::llm_stub::{LlmScript, LlmStub};

/// Usage: `llm-stub [MS_TO_FIRST_TOKEN] [TOKENS_A_SECOND]`. Runs until it is killed.
#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let mut script = LlmScript::default();
    if let Some(ms) = args.next().and_then(|ms| ms.parse().ok()) {
        script.first_token = Duration::from_millis(ms);
    }
    if let Some(pace) = args.next().and_then(|pace| pace.parse().ok()) {
        script.tokens_per_s = pace;
    }
    let stub = LlmStub::start(script).await?;
    println!("{}", stub.base_url);
    std::future::pending::<()>().await;
    Ok(())
}

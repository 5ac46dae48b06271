//! How long people wait for an answer, and how often they are interrupted, over recordings of real people in real time: with
//! the built-in words, with a language model, and six at once.

use std::path::PathBuf;

use colloquy_store::testing::Database;
use colloquy_tests::llm_stub::{LlmScript, LlmStub, STUB_MODEL};
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::speech_dir;
use colloquy_tests::study::Study;
use serde_json::Value;

/// Of the large folder, so many recordings lie between two that are used.
const EVERY: &str = "7";
const ANSWERS: &str = "36";
/// What the targets are, and what is kept: `README.md` says which of them are missed, and why.
const GUIDED_P50_MS: f64 = 950.0;
const MODEL_P50_MS: f64 = 1_050.0;
const P95_MS: f64 = 2_000.0;
const TAKEN_PERCENT: f64 = 12.0;
const SIX_P95_MS: f64 = 2_500.0;

/// The large folder of recordings beside the repository, else the clips in it.
fn recordings() -> PathBuf {
    let large = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/speech");
    if large.is_dir() { large } else { speech_dir() }
}

fn figure(report: &Value, at: &str) -> f64 {
    report.pointer(at).and_then(Value::as_f64).unwrap_or(f64::NAN)
}

/// Has `participants` give `answers` each; prints and returns what was found.
async fn waits(what: &str, options: ServerOptions, study: &Study, participants: usize, answers: &str) -> Value {
    let server = Server::start(options).await;
    let mut tokens = Vec::new();
    for n in 0..participants {
        tokens.push(study.invite(&format!("{what}{n}")).await.token);
    }
    let folder = recordings();
    let folder = folder.to_str().expect("a path in UTF-8");
    let mut options = vec!["--answers", answers, "--speech", folder];
    if folder.ends_with("shared/speech") {
        options.extend(["--filter", "in_wer=true", "--every", EVERY]);
    }
    let report = server.bench(&tokens, &options).await;
    println!(
        "{what}: {} answers, {} unanswered, voice to voice p50 {:.0} ms, p95 {:.0} ms, taken over inside {:.1} %",
        report["totals"]["said"],
        report["totals"]["unanswered"],
        figure(&report, "/voice_to_voice/p50"),
        figure(&report, "/voice_to_voice/p95"),
        figure(&report, "/totals/taken_over_percent"),
    );
    assert_eq!(report["failures"], serde_json::json!([]));
    assert_eq!(report["totals"]["unanswered"], 0);
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_longer_than_was_measured_before() {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 60, 6).await;
    let plain = || ServerOptions::on(database.url());
    let guided = waits("the built-in words", plain(), &study, 1, ANSWERS).await;
    let stub = LlmStub::start(LlmScript::default()).await.expect("a stub");
    let with_model = plain()
        .with("OPENAI_BASE_URL", &stub.base_url)
        .with("COLLOQUY_LLM_MODEL", STUB_MODEL);
    let model = waits("a language model", with_model.clone(), &study, 1, ANSWERS).await;
    let six = waits("six at once", with_model, &study, 6, "5").await;

    assert!(figure(&guided, "/voice_to_voice/p50") <= GUIDED_P50_MS);
    assert!(figure(&model, "/voice_to_voice/p50") <= MODEL_P50_MS);
    for one in [&guided, &model] {
        assert!(figure(one, "/voice_to_voice/p95") <= P95_MS);
        assert!(figure(one, "/totals/taken_over_percent") <= TAKEN_PERCENT);
    }
    assert!(figure(&six, "/voice_to_voice/p95") <= SIX_P95_MS);
    database.remove().await;
}

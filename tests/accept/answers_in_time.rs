//! How long people wait for an answer, and how often they are interrupted, over recordings of real people in real time: with
//! the built-in words, with a language model, and six at once.

use std::path::PathBuf;

use colloquy_store::testing::Database;
use colloquy_tests::llm_stub::{LlmScript, LlmStub, STUB_MODEL};
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::speech_dir;
use colloquy_tests::study::Study;
use serde_json::{Value, json};

/// Of the large folder every so manieth recording is spoken: 123 of 246, of all kinds and speakers.
const EVERY: usize = 2;
/// An interview is over after some 25 answers: so many recordings are spoken in one, by two people at once.
const IN_ONE: usize = 42;
const SIX: usize = 30;
/// Enough to be asked for as long as that.
const TOPICS: usize = 6;
/// What the targets are, and what is kept: `README.md` says which of them are missed, and why.
const GUIDED_P50_MS: f64 = 720.0;
const MODEL_P50_MS: f64 = 850.0;
const P95_MS: f64 = 2_000.0;
const TAKEN_PERCENT: f64 = 13.0;
const SIX_P95_MS: f64 = 2_500.0;
/// Words misheard live, against a full-window decode of the same weights.
const MISHEARD_MORE_MAX: f64 = 1.1;

/// The large folder of recordings beside the repository, else the clips in it; and every so manieth of them is spoken.
fn folder() -> (PathBuf, usize) {
    let large = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/speech");
    if large.is_dir() {
        (large, EVERY)
    } else {
        (speech_dir(), 1)
    }
}

/// What is spoken, as the folder's manifest names it.
fn recordings() -> Vec<String> {
    let (folder, every) = folder();
    let manifest = std::fs::read_to_string(folder.join("manifest.jsonl")).expect("a manifest");
    let rows = manifest
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let counted = rows.filter(|row| row["in_wer"] == true || row["kind"] == "answer");
    let path = |row: Value| row["path"].as_str().expect("a path").to_owned();
    counted.step_by(every).map(path).collect()
}

/// What was measured of all answers.
struct Waits {
    p50_ms: f64,
    p95_ms: f64,
    taken_percent: f64,
    /// Words that were misheard, of how many, and by a full-window decode of the same recordings where that is known.
    misheard: (u64, u64, Option<u64>),
}

/// Has `people` at once say `recordings`, as many in one interview as fit; prints and returns what was found.
async fn waits(what: &str, model: Option<&LlmStub>, people: usize, recordings: &[String]) -> Waits {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 60, TOPICS).await;
    let mut options = ServerOptions::on(database.url()).alone();
    if let Some(model) = model {
        options = options
            .with("OPENAI_BASE_URL", &model.base_url)
            .with("COLLOQUY_LLM_MODEL", STUB_MODEL);
    }
    let server = Server::start(options).await;
    let (mut waited, mut taken, mut said) = (Vec::new(), 0, 0);
    let mut misheard = (0, 0, Some(0));
    let (folder, _) = folder();
    let folder = folder.to_str().expect("a path in UTF-8");
    for (interview, some) in recordings.chunks(IN_ONE).enumerate() {
        let mut tokens = Vec::new();
        for person in 0..people {
            tokens.push(study.invite(&format!("{interview}.{person}")).await.token);
        }
        let answers = some.len().div_ceil(people).to_string();
        let spoken = format!("path={}", some.join(","));
        let options = ["--answers", &answers, "--speech", folder, "--filter", &spoken];
        let report = server.bench(&tokens, &options).await;
        assert_eq!(
            (&report["failures"], &report["totals"]["unanswered"]),
            (&json!([]), &json!(0))
        );
        for answer in report["answers"].as_array().into_iter().flatten() {
            let inside = answer["committed_inside"] == true || answer["heard_inside"] == true;
            said += usize::from(answer["said"] == true);
            taken += usize::from(inside);
            misheard.0 += answer["errors"].as_u64().unwrap_or(0);
            misheard.1 += answer["words"].as_u64().unwrap_or(0);
            let full_window = answer["baseline_errors"].as_u64();
            misheard.2 = misheard
                .2
                .zip(full_window.or(answer["words"].is_null().then_some(0)))
                .map(|(a, b)| a + b);
            waited.extend(answer["voice_to_voice_ms"].as_f64().filter(|_| !inside));
        }
    }
    drop(server);
    database.remove().await;
    waited.sort_by(f64::total_cmp);
    let at = |share: f64| waited[((waited.len() - 1) as f64 * share).round() as usize];
    let found = Waits {
        p50_ms: at(0.5),
        p95_ms: at(0.95),
        taken_percent: 100.0 * taken as f64 / said as f64,
        misheard,
    };
    assert!(said >= 30, "only {said} answers: too few to say anything");
    println!(
        "{what}: {said} answers, voice to voice p50 {:.0} ms, p95 {:.0} ms, {taken} taken over inside ({:.1} %), {} of {} words \
         misheard, {:?} by a full-window decode",
        found.p50_ms, found.p95_ms, found.taken_percent, misheard.0, misheard.1, misheard.2
    );
    found
}

/// A language model of 150 ms to the first token and 80 tokens a second.
async fn stub() -> LlmStub {
    LlmStub::start(LlmScript::default()).await.expect("a stub")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_built_in_words_come_as_soon_as_was_measured() {
    let found = waits("the built-in words", None, 2, &recordings()).await;
    assert!(found.p50_ms <= GUIDED_P50_MS && found.p95_ms <= P95_MS && found.taken_percent <= TAKEN_PERCENT);
    // Of what was said live, in stretches and under way, as against each recording at once.
    let (live, words, full_window) = found.misheard;
    assert!(words > 0, "nobody knows what was said");
    if let Some(full_window) = full_window {
        assert!(
            live as f64 <= full_window as f64 * MISHEARD_MORE_MAX,
            "{live} words misheard, not {full_window}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn so_do_the_words_of_a_language_model() {
    let found = waits("a language model", Some(&stub().await), 2, &recordings()).await;
    assert!(found.p50_ms <= MODEL_P50_MS && found.p95_ms <= P95_MS && found.taken_percent <= TAKEN_PERCENT);
}

#[tokio::test(flavor = "multi_thread")]
async fn six_people_at_once_wait_little_longer() {
    let some: Vec<String> = recordings().into_iter().step_by(4).take(SIX).collect();
    let found = waits("six at once", Some(&stub().await), 6, &some).await;
    assert!(found.p95_ms <= SIX_P95_MS);
}

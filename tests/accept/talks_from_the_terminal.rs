//! `colloquy talk`, as a newcomer runs it: recordings go in, an interview comes back, to its closing; without a language model,
//! with a real one, and with one that dies in the middle.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use colloquy_core::event::FallbackCause;
use colloquy_store::ConversationState;
use colloquy_store::testing::Database;
use colloquy_tests::python::SmolLm;
use colloquy_tests::server::{Server, ServerOptions, binary};
use colloquy_tests::speech_dir;
use colloquy_tests::story::Story;
use colloquy_tests::study::Study;
use serde_json::Value;

/// An interview of four minutes takes hardly longer than six.
const OVER_WITHIN: Duration = Duration::from_secs(540);
/// Turns of the participant's that make an interview.
const TURNS_MIN: usize = 8;
/// The model shares two cores with everything else, and takes more than a second to its first token.
const DEADLINE_MS: u64 = 4_000;
/// When it dies: a few answers are given by then.
const DIES_AFTER: Duration = Duration::from_secs(90);

/// A dozen recordings of people who speak, of the large folder where it is.
fn recordings() -> Vec<PathBuf> {
    let large = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/speech");
    let folder = if large.is_dir() { large } else { speech_dir() };
    let manifest = std::fs::read_to_string(folder.join("manifest.jsonl")).expect("a manifest");
    let rows = manifest
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let words: Vec<Value> = rows
        .filter(|row| row["in_wer"] == true || row["kind"] == "answer")
        .collect();
    let every = (words.len() / 12).max(1);
    let path = |row: &Value| folder.join(row["path"].as_str().expect("a path"));
    words.iter().step_by(every).map(path).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_holds_an_interview_to_its_closing_and_keeps_the_sound() {
    interview(None, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_it_does_with_a_real_language_model() {
    interview(Some(SmolLm::start().await), None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_it_does_where_that_dies_in_the_middle() {
    interview(Some(SmolLm::start().await), Some(DIES_AFTER)).await;
}

async fn interview(mut model: Option<SmolLm>, dies_after: Option<Duration>) {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 4, 3).await;
    let guest = study.invite("katherine").await;
    let mut options = ServerOptions::on(database.url()).alone();
    if let Some(model) = &model {
        options = options
            .with("OPENAI_BASE_URL", &model.base_url)
            .with("COLLOQUY_LLM_MODEL", "smollm2")
            .with("COLLOQUY_LLM__DEADLINE_MS", DEADLINE_MS);
    }
    let server = Server::start(options).await;
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("conversation.wav");
    let talking = tokio::process::Command::new(binary())
        .args([
            "talk",
            "--json",
            "--link",
            &format!("{}/i/{}", server.url(), guest.token),
        ])
        .args([Path::new("--save"), &saved, Path::new("--wav")])
        .args(recordings())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let death = async {
        if let (Some(model), Some(after)) = (&mut model, dies_after) {
            tokio::time::sleep(after).await;
            model.kill().await;
        }
    };
    let (done, ()) = tokio::join!(tokio::time::timeout(OVER_WITHIN, talking), death);
    let done = done.expect("the interview closes by itself").expect("colloquy talk");
    let complaint = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "colloquy talk: {complaint}");

    let told: Vec<Value> = String::from_utf8_lossy(&done.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let of = |kind: &str| told.iter().filter(|line| line["event"]["type"] == kind).count();
    assert_eq!(of("colloquy.ended"), 1, "it was not ended by the interviewer");
    let transcribed = told
        .iter()
        .filter(|line| line["event"]["type"] == "conversation.item.input_audio_transcription.completed")
        .map(|line| line["event"]["transcript"].as_str().expect("a transcript"));
    let (mut answers, mut empty) = (0, 0);
    for transcript in transcribed {
        answers += 1;
        empty += usize::from(transcript.trim().is_empty());
    }
    let summary = &told.last().expect("a summary")["summary"];
    println!("{summary}, {empty} answers without words");
    assert!(
        answers >= TURNS_MIN && empty == 0,
        "{answers} answers, {empty} without words"
    );
    assert!(summary["answers"].as_u64() >= Some(TURNS_MIN as u64), "{summary}");
    let sound = hound::WavReader::open(&saved).expect("the sound of it");
    let seconds = f64::from(sound.duration()) / f64::from(sound.spec().sample_rate);
    let minutes = summary["minutes"].as_f64().expect("minutes");
    assert!(
        seconds > 0.9 * 60.0 * minutes,
        "{seconds} s of {minutes} minutes were kept"
    );

    let story = Story::read(database.store(), &guest).await;
    assert_eq!(story.conversation.state, ConversationState::Completed);
    assert!(
        dies_after.is_none() || story.fallbacks().contains(&&FallbackCause::Failed),
        "the model's death was not noticed"
    );
    database.remove().await;
}

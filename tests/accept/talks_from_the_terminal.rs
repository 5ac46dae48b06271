//! `colloquy talk`, as a newcomer runs it: recordings go in, an interview comes back, to its closing.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use colloquy_store::ConversationState;
use colloquy_store::testing::Database;
use colloquy_tests::server::{Server, ServerOptions, binary};
use colloquy_tests::speech_dir;
use colloquy_tests::story::Story;
use colloquy_tests::study::Study;
use serde_json::Value;

/// An interview of four minutes takes hardly longer than six.
const OVER_WITHIN: Duration = Duration::from_secs(540);
/// Turns of the participant's that make an interview.
const TURNS_MIN: usize = 8;

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
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 4, 3).await;
    let guest = study.invite("katherine").await;
    let server = Server::start(ServerOptions::on(database.url()).alone()).await;
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
    let done = tokio::time::timeout(OVER_WITHIN, talking)
        .await
        .expect("the interview closes by itself")
        .expect("colloquy talk");
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
    database.remove().await;
}

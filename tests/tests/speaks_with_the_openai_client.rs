//! The official `openai` Python package, unmodified, holds a turn.

use std::process::Stdio;
use std::time::Duration;

use colloquy_core::event::Mode;
use colloquy_store::testing::Database;
use colloquy_tests::clips::{clip, word_error_rate};
use colloquy_tests::python::{environment, script};
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::study::Study;
use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

const PACKAGE: &str = "openai[realtime]==3.54.0";
const CLIP: &str = "vctk_p226_011";

#[tokio::test(flavor = "multi_thread")]
async fn it_sends_audio_and_receives_transcription_audio_and_transcript() {
    let python = tokio::task::spawn_blocking(|| environment("openai", PACKAGE))
        .await
        .unwrap();
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 8, 2).await;
    let guest = study.invite("guido").await;
    let secret = study.admit(&guest, Mode::Voice).await;
    let server = Server::start(ServerOptions::on(database.url())).await;
    let clip = clip(CLIP);
    let folder = tempfile::tempdir().unwrap();
    let sound = folder.path().join("answer.pcm");
    let pcm = clip
        .recording
        .samples
        .iter()
        .flat_map(|sample| ((sample * 32_767.0) as i16).to_le_bytes());
    std::fs::write(&sound, pcm.collect::<Vec<u8>>()).unwrap();

    let mut client = Command::new(python);
    client
        .arg(script("openai_client.py"))
        .arg(server.url())
        .arg(&sound)
        .env("OPENAI_API_KEY", secret);
    client.stdin(Stdio::null()).kill_on_drop(true);
    let done = timeout(Duration::from_secs(150), client.output())
        .await
        .expect("openai_client.py ends")
        .unwrap();
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(
        done.status.success(),
        "openai_client.py: {errors}{}",
        String::from_utf8_lossy(&done.stdout)
    );

    let told: Value = serde_json::from_slice(&done.stdout).unwrap();
    let heard = told["answer"].as_str().unwrap();
    let rate = word_error_rate([(clip.text.as_str(), heard)]);
    assert!(rate < 0.25, "said {:?}, understood {heard:?}", clip.text);
    // The greeting, and the response to the answer.
    for response in [&told["greeting"], &told["response"]] {
        assert!(!response["transcript"].as_str().unwrap().is_empty(), "{told}");
        assert_eq!(response["transcript"], response["item_transcript"], "{told}");
        assert!(response["audio_seconds"].as_f64().unwrap() > 1.0, "{told}");
    }
    let kinds: Vec<&str> = told["kinds"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for kind in [
        "session.created",
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "conversation.item.input_audio_transcription.completed",
        "response.created",
        "response.output_item.added",
        "response.output_audio.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.delta",
        "response.output_audio_transcript.done",
        "response.done",
    ] {
        assert!(kinds.contains(&kind), "no {kind} among {kinds:?}");
    }
    database.remove().await;
}

//! A model that panics costs one job, not its thread: nobody waits for an answer that never comes.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use colloquy_core::conversation::Urgency;
use colloquy_core::event::{Event, Mode};
use colloquy_core::id::{SegmentId, TurnId, UtteranceId};
use colloquy_core::time::Ms;
use colloquy_runtime::actor::Command;
use colloquy_runtime::inference::{Cancel, Done, Embed, Hear, Inference, Judge, Speak};
use colloquy_runtime::testing::{Panics, engines};
use tokio::sync::mpsc;

use crate::rig::Rig;

#[tokio::test]
async fn each_thread_answers_the_job_as_failed_and_does_the_next() {
    let panics = Panics::default();
    for model in [&panics.hearing, &panics.judging, &panics.placing, &panics.speaking] {
        model.store(1, Ordering::Relaxed);
    }
    let inference = Inference::start(engines(&panics)).unwrap();
    let (reply, mut done) = mpsc::channel(16);
    for _ in 0..2 {
        let (turn, from, to) = (TurnId(2), Ms(0), Ms(900));
        let hear = Hear {
            turn,
            segment: SegmentId(0),
            from,
            to,
            pcm: vec![0.0; 16_000],
            cancel: Cancel::default(),
            reply: reply.clone(),
        };
        inference.hear(Urgency::Tail, hear).unwrap();
        let judge = Judge {
            turn,
            voiced_until: to,
            pcm: vec![0.0; 16_000],
            reply: reply.clone(),
        };
        inference.judge(judge).unwrap();
        let embed = Embed {
            turn,
            passage: 0,
            text: "Hello.".to_owned(),
            reply: reply.clone(),
        };
        inference.embed(embed).unwrap();
        let speak = Speak {
            utterance: UtteranceId(1),
            chunk: 0,
            text: "Hello.".to_owned(),
            cancel: Cancel::default(),
            reply: reply.clone(),
        };
        inference.speak(speak).unwrap();
    }
    let (mut heard, mut judged, mut placed, mut audio, mut spoken) = (Vec::new(), Vec::new(), Vec::new(), 0, 0);
    while heard.len() < 2 || judged.len() < 2 || placed.len() < 2 || spoken < 2 {
        let next = tokio::time::timeout(Duration::from_secs(30), done.recv()).await;
        match next.expect("every job is answered").unwrap() {
            Done::Heard { transcript, .. } => heard.push(transcript.is_some()),
            Done::Judged { probability, .. } => judged.push(probability.is_some()),
            Done::Embedded { vector, .. } => placed.push(vector.is_some()),
            Done::Audio { .. } => audio += 1,
            Done::Spoken { .. } => spoken += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        (heard, judged, placed),
        (vec![false, true], vec![false, true], vec![false, true])
    );
    assert_eq!(audio, 3, "of the first one what came before the panic");
}

#[tokio::test]
async fn a_conversation_goes_on_past_it() {
    let panics = Panics::default();
    panics.hearing.store(1, Ordering::Relaxed);
    panics.speaking.store(1, Ordering::Relaxed);
    let rig = Rig::with(4, &panics).await;
    let (_, mut client) = rig.talks("ada", Mode::Voice).await;
    let begun = Instant::now();
    client.speaks().await;
    // The words were lost with the panic; the person is asked again, and heard.
    client.hears_us_out().await;
    assert!(begun.elapsed() < Duration::from_secs(9), "nobody waits out a timeout");
    client.speaks().await;
    client
        .event("an answer", |e| matches!(e, Event::SegmentHeard { .. }))
        .await;
    client.send(Command::Gone).await;
    client.farewell().await;
    rig.remove().await;
}

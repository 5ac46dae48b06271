//! Sound is kept where session and person agree, found by its turn, and gone when its time is over or somebody says so.

use colloquy_audio::level::rms;
use colloquy_core::event::{Event, Mode};
use colloquy_core::id::TurnId;
use colloquy_runtime::actor::{Command, unix_ms};
use colloquy_runtime::housekeeping::tidy;
use colloquy_runtime::recording::TurnSound;
use colloquy_runtime::testing::tone;
use colloquy_store::Consent;
use colloquy_store::testing::study::TEXT_VERSION;

use crate::rig::{Client, Guest, KEEP_DAYS, Rig};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// What is said each time.
const SAID_MS: u32 = 1_500;

/// Says something, and waits until we have answered; the turn it was, and ours.
async fn talks(client: &mut Client) -> (TurnId, TurnId) {
    client.send(Command::Audio(tone(16_000, SAID_MS))).await;
    let said = client
        .next("an answer", |item| {
            turn_of(item, |event| match event {
                Event::AnswerEnded { turn, .. } => Some(*turn),
                _ => None,
            })
        })
        .await;
    let ours = client
        .next("our words", |item| {
            turn_of(item, |event| match event {
                Event::Spoken { turn, .. } => Some(*turn),
                _ => None,
            })
        })
        .await;
    (said, ours)
}

fn turn_of(item: &colloquy_runtime::actor::ToClient, turn: impl Fn(&Event) -> Option<TurnId>) -> Option<TurnId> {
    match item {
        colloquy_runtime::actor::ToClient::Recorded(recorded) => turn(&recorded.event),
        _ => None,
    }
}

async fn leaves(mut client: Client) {
    client.send(Command::Gone).await;
    client.farewell().await;
}

async fn sound(rig: &Rig, guest: &Guest, turn: TurnId) -> Option<TurnSound> {
    let log = rig.store.events().read(guest.conversation, 0).await.unwrap();
    let recordings = rig.registry.services().recordings.as_ref().unwrap();
    recordings
        .turn(&rig.store, guest.conversation, &log, turn)
        .await
        .unwrap()
}

/// How much of it is loud, in milliseconds.
fn loud_ms(sound: &TurnSound) -> usize {
    let frame = sound.rate_hz as usize / 50;
    sound.samples.chunks(frame).filter(|frame| rms(frame) > 0.05).count() * 20
}

async fn agrees_without_sound(rig: &Rig, guest: &Guest) {
    let consent = Consent {
        mode: Mode::Voice,
        recording: false,
        text_version: TEXT_VERSION.to_owned(),
    };
    let conversations = rig.store.conversations();
    conversations
        .open(guest.invited.invitation, &consent, unix_ms())
        .await
        .unwrap();
}

#[tokio::test]
async fn each_turn_is_found_also_after_coming_back_until_its_time_is_over() {
    let rig = Rig::recorded().await;
    let (ada, mut client) = rig.talks("ada", Mode::Voice).await;
    let (first, ours) = talks(&mut client).await;
    leaves(client).await;
    let mut client = rig.join(&ada).await.unwrap();
    client.hears_us_out().await;
    let (second, _) = talks(&mut client).await;
    leaves(client).await;

    for turn in [first, second] {
        let said = sound(&rig, &ada, turn).await.unwrap();
        assert_eq!(said.rate_hz, 16_000);
        let loud = loud_ms(&said);
        assert!(
            (SAID_MS as usize - 60..=SAID_MS as usize + 60).contains(&loud),
            "{turn:?}: {loud} ms"
        );
        assert!(
            said.samples.len() < 16 * 3_000,
            "{} ms of other things",
            said.samples.len() / 16
        );
    }
    let said = sound(&rig, &ada, ours).await.unwrap();
    assert_eq!(said.rate_hz, 24_000);
    assert!(loud_ms(&said) >= 80, "{} ms", loud_ms(&said));

    let (services, now) = (rig.registry.services(), unix_ms());
    assert_eq!(rig.kept().len(), 2 * 3, "{:?}", rig.kept());
    tidy(services, now + (i64::from(KEEP_DAYS) - 1) * DAY_MS).await;
    assert_eq!(rig.kept().len(), 2 * 3);
    tidy(services, now + (i64::from(KEEP_DAYS) + 1) * DAY_MS).await;
    assert_eq!(rig.kept(), [""; 0]);
    assert_eq!(sound(&rig, &ada, first).await, None);
    rig.remove().await;
}

#[tokio::test]
async fn who_takes_it_back_is_not_kept_from_then_on_and_not_before_either() {
    let rig = Rig::recorded().await;
    let (ada, mut client) = rig.talks("ada", Mode::Voice).await;
    assert_eq!(rig.kept().len(), 3);
    agrees_without_sound(&rig, &ada).await;
    rig.registry.read_on(ada.conversation).await;
    // They talk on, and nothing is kept of it.
    talks(&mut client).await;
    tidy(rig.registry.services(), unix_ms()).await;
    assert_eq!(rig.kept(), [""; 0]);
    leaves(client).await;
    assert_eq!(rig.kept(), [""; 0]);

    let ben = rig.guest("ben", Mode::Voice).await;
    let mut client = rig.join(&ben).await.unwrap();
    client.hears_us_out().await;
    assert_eq!(rig.kept().len(), 3);
    rig.registry.withdraw(ben.conversation).await.unwrap();
    assert_eq!(rig.kept(), [""; 0], "it is gone when the answer comes");
    rig.remove().await;
}

#[tokio::test]
async fn a_disk_that_fails_ends_the_recording_and_not_the_conversation() {
    let rig = Rig::recorded().await;
    // A file is where the folder should be.
    std::fs::write(rig.shelf(), "").unwrap();
    let ada = rig.guest("ada", Mode::Voice).await;
    let mut client = rig.join(&ada).await.unwrap();
    client
        .event("word of it", |event| *event == Event::RecordingFailed)
        .await;
    talks(&mut client).await;
    leaves(client).await;
    let log = rig.events(&ada).await;
    let told = log.iter().filter(|event| **event == Event::RecordingFailed).count();
    assert_eq!(told, 1);
    rig.remove().await;
}

#[tokio::test]
async fn files_that_nobody_knows_of_are_deleted_and_others_stay() {
    let rig = Rig::recorded().await;
    let (_, mut client) = rig.talks("ada", Mode::Voice).await;
    talks(&mut client).await;
    leaves(client).await;
    let kept = rig.kept();
    assert_eq!(kept.len(), 3, "{kept:?}");
    // As a withdrawal leaves it while the folder cannot be reached.
    let folder = rig.shelf().join(uuid::Uuid::now_v7().to_string());
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(
        folder.join(format!("{}.participant.opus", uuid::Uuid::now_v7())),
        "sound",
    )
    .unwrap();
    std::fs::write(rig.shelf().join("README"), "not ours").unwrap();
    tidy(rig.registry.services(), unix_ms()).await;
    assert!(!folder.exists());
    assert_eq!(rig.kept(), kept);
    assert!(rig.shelf().join("README").exists());
    rig.remove().await;
}

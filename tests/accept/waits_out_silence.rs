//! Nobody answers for minutes: a gentle word, an offer to pause, a pause; and a voice wakes the conversation.

use std::time::{Duration, Instant};

use colloquy::client::call::CallOptions;
use colloquy::client::{Call, Participant, Speech, What};
use colloquy_core::event::{Event, Move, PauseCause};
use colloquy_store::testing::Database;
use colloquy_tests::clips::clip;
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::story::Story;
use colloquy_tests::study::Study;
use colloquy_transport::proto::{Mode, PauseCause as WirePause, ServerEvent};
use tokio::time::timeout;

/// Times are of conversation; sound is at most so much ahead of the ear, and a busy machine a little late.
const TOLERANCE: Duration = Duration::from_millis(1_500);

#[tokio::test(flavor = "multi_thread")]
async fn after_8_and_20_and_90_seconds_of_silence_and_a_voice_wakes_it() {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 15, 3).await;
    let guest = study.invite("hedy").await;
    let server = Server::start(ServerOptions::on(database.url()).alone()).await;
    let participant = Participant::new(server.link(&guest.token)).unwrap();
    let (_, mut call) = participant
        .join(Mode::Voice, false, CallOptions::default())
        .await
        .unwrap();

    let response = |event: &ServerEvent| matches!(event, ServerEvent::ResponseCreated { .. });
    let done = |event: &ServerEvent| matches!(event, ServerEvent::ResponseDone { .. });
    until(&mut call, "the greeting", 60, done).await;
    let quiet = Instant::now();
    let nudged = until(&mut call, "the gentle word", 15, response).await;
    near("the gentle word", nudged - quiet, Duration::from_secs(8));
    let offered = until(&mut call, "the offer", 20, response).await;
    near("the offer to pause", offered - quiet, Duration::from_secs(20));
    let rests = |event: &ServerEvent| {
        matches!(
            event,
            ServerEvent::Paused {
                cause: WirePause::Silence
            }
        )
    };
    let paused = until(&mut call, "the pause", 90, rests).await;
    near("the pause", paused - quiet, Duration::from_secs(90));
    // It rests as long as nobody speaks.
    let more = timeout(Duration::from_secs(30), next_event(&mut call)).await;
    assert!(more.is_err(), "{more:?} while it rests");

    let clip = clip("vctk_p226_011");
    let (samples, last_voiced_frame) = (clip.recording.samples.clone(), clip.recording.last_voiced_frame);
    call.speak(Speech {
        id: 1,
        samples,
        last_voiced_frame,
    })
    .await
    .unwrap();
    until(&mut call, "the waking", 10, |event| *event == ServerEvent::Resumed).await;
    until(&mut call, "a word of welcome", 20, response).await;
    call.close().await;

    let story = Story::read(database.store(), &guest).await;
    assert!(
        story.has(&Event::Paused {
            cause: PauseCause::Silence
        }) && story.has(&Event::Resumed)
    );
    let moves = story.moves();
    let at = |wanted: fn(&Move) -> bool| moves.iter().position(|mv| wanted(mv));
    let order = [
        at(|mv| matches!(mv, Move::Nudge)),
        at(|mv| matches!(mv, Move::OfferPause)),
        at(|mv| matches!(mv, Move::Reconvene { .. })),
    ];
    assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{moves:?}");
    database.remove().await;
}

fn near(what: &str, waited: Duration, expected: Duration) {
    assert!(
        waited.abs_diff(expected) <= TOLERANCE,
        "{what} came after {waited:?}, not after {expected:?}"
    );
}

async fn until(call: &mut Call, what: &str, within_s: u64, found: impl Fn(&ServerEvent) -> bool) -> Instant {
    let come = async {
        loop {
            let (at, event) = next_event(call).await;
            if found(&event) {
                return at;
            }
        }
    };
    timeout(Duration::from_secs(within_s), come)
        .await
        .unwrap_or_else(|_| panic!("{what}: not within {within_s} s"))
}

async fn next_event(call: &mut Call) -> (Instant, ServerEvent) {
    loop {
        let moment = call.next().await;
        match moment.what {
            What::Event(event) => return (moment.at, *event),
            What::Closed { code, reason } => panic!("the connection closed: {code:?}, {reason}"),
            _ => {}
        }
    }
}

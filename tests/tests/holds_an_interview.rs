//! Real speech goes in, an interviewer's speech comes back, turn after turn, until it closes by itself.

use std::time::Duration;

use colloquy::client::What;
use colloquy_core::event::{Event, Outcome, Phrasing};
use colloquy_store::ConversationState;
use colloquy_store::testing::Database;
use colloquy_tests::clips::{clips, word_error_rate};
use colloquy_tests::secrecy::assert_keeps_silent;
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::story::Story;
use colloquy_tests::study::Study;
use colloquy_tests::talker::{Answers, Talker};
use colloquy_transport::proto::{ResponseStatus, ServerEvent};

/// Turns of the participant's that make an interview.
const TURNS_MIN: usize = 8;
/// The recordings are read at leisure or said among noise; a full decode of the same weights stays under 0.03 on them.
const WORD_ERRORS_MAX: f64 = 0.25;
/// Nobody speaks faster; 150 to 190 words a minute are usual.
const WORDS_A_SECOND_MAX: f64 = 5.0;
/// So much of the question was heard when it is interrupted: enough that it is no undone take-over.
const CUT_AFTER: Duration = Duration::from_millis(1_600);

#[tokio::test(flavor = "multi_thread")]
async fn a_spoken_interview_reaches_its_closing_and_is_stored_as_it_was_heard() {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 4, 3).await;
    let guest = study.invite("grace").await;
    let options = ServerOptions::on(database.url()).with("COLLOQUY_LOG", "trace");
    let server = Server::start(options).await;

    let mut talker = Talker::join(&server.link(&guest.token), Answers::Spoken(clips("answer"))).await;
    // The third thing that the interviewer says is interrupted.
    talker.until_responses(2, Duration::from_secs(120)).await;
    let mut heard = Duration::ZERO;
    let mut cut = |what: &What| match what {
        What::Sound { samples, .. } => {
            heard += Duration::from_secs_f64(samples.len() as f64 / 24_000.0);
            heard >= CUT_AFTER
        }
        _ => false,
    };
    talker
        .until("a third question", Duration::from_secs(60), |moment| cut(&moment.what))
        .await;
    // Who can hold what they have is told to, before it is known what the voice wants.
    talker.hold_when_told().await;
    talker.answer().await;
    talker
        .until_event("colloquy.hold", Duration::from_secs(10), |event| {
            *event == ServerEvent::Hold { held: true }
        })
        .await;
    talker.until_the_end(Duration::from_secs(420)).await;

    let story = Story::read(database.store(), &guest).await;
    assert_eq!(story.conversation.state, ConversationState::Completed);
    assert!(story.has(&Event::Ended {
        outcome: Outcome::Completed
    }));
    assert_eq!(story.spoken_by(Phrasing::Model), 0, "no language model is configured");
    assert!(talker.errors().is_empty(), "{:?}", talker.errors());

    // What the client was told is what is stored, both sides, word for word.
    let (mut told, mut kept) = (talker.told(), story.transcript());
    told.sort();
    kept.sort();
    assert!(
        told == kept,
        "what was told differs from what is stored: {:?}",
        differences(&told, &kept)
    );

    // Only words that were played are kept.
    for response in talker.responses() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let (begun, heard) = (words(&response.begun), words(&response.heard));
        assert!(
            begun.starts_with(&heard),
            "{} keeps words that were not begun",
            response.id
        );
        let most = (response.sound.as_secs_f64() + 0.5) * WORDS_A_SECOND_MAX;
        assert!(
            (heard.len() as f64) < most,
            "{}: {} words in {:?}",
            response.id,
            heard.len(),
            response.sound
        );
        if response.status == Some(ResponseStatus::Completed) {
            assert_eq!(begun, heard, "{} was heard to its end", response.id);
        }
    }
    let interrupted = talker
        .responses()
        .iter()
        .any(|r| r.status == Some(ResponseStatus::Cancelled));
    assert!(interrupted, "the third question was not interrupted");

    // Every answer is understood.
    let answers = talker.measured();
    assert!(answers.len() >= TURNS_MIN, "only {} answers", answers.len());
    let said: Vec<_> = answers.iter().filter(|(_, answer)| answer.was_said()).collect();
    for (text, answer) in &said {
        assert!(
            !answer.transcript().trim().is_empty(),
            "answer {} was not transcribed: {text}",
            answer.id
        );
    }
    let pairs: Vec<(String, String)> = said
        .iter()
        .map(|(text, answer)| (text.clone(), answer.transcript()))
        .collect();
    let rate = word_error_rate(pairs.iter().map(|(said, heard)| (said.as_str(), heard.as_str())));
    // The recordings are public: what was misheard may be shown.
    for (said, heard) in pairs
        .iter()
        .filter(|(said, heard)| word_error_rate([(said.as_str(), heard.as_str())]) > 0.0)
    {
        println!("said  {said}\nheard {heard}");
    }
    println!("{} answers, word error rate {rate:.3}", said.len());
    assert!(rate < WORD_ERRORS_MAX, "word error rate {rate:.3}");
    assert_keeps_silent(&server.log(), &kept, &[&guest.token, "grace@northwind", "ek_"]);
    database.remove().await;
}

/// What is in the one and not in the other.
fn differences<'a, T: PartialEq>(a: &'a [T], b: &'a [T]) -> Vec<&'a T> {
    let only = |these: &'a [T], those: &'a [T]| these.iter().filter(|t| !those.contains(t)).collect::<Vec<_>>();
    [only(a, b), only(b, a)].concat()
}

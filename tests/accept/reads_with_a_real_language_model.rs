//! SmolLM2 is to read what somebody said. A model of 135 million parameters cannot: what is tested is that the report is made all the
//! same, of words that were said, and says who has read them.

use std::time::{Duration, Instant};

use colloquy_core::event::{Event, Mode, Move, Outcome, Phrasing};
use colloquy_core::id::{SegmentId, TurnId, UtteranceId};
use colloquy_core::insights::publish::Published;
use colloquy_core::time::Ms;
use colloquy_store::testing::Database;
use colloquy_tests::python::SmolLm;
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::study::Study;

/// Three tries of two minutes, and the rest.
const MADE_WITHIN: Duration = Duration::from_secs(480);
const LOOK_EVERY: Duration = Duration::from_millis(500);
const SAID: &str = "There is far too much work since two of us left. My manager listens to me and backs us up. The pay is lower than \
    next door. Last week the system crashed in the middle of a handover, and nobody told us why.";

#[tokio::test(flavor = "multi_thread")]
async fn whatever_it_answers_the_report_is_made_of_what_was_said() {
    let model = SmolLm::start().await;
    let database = Database::sqlite().await;
    let store = database.store();
    let study = Study::open(store, 4, 3).await;
    let id = study.consent(&study.invite("adele").await, Mode::Text).await;
    let talk = store.conversations().find(id).await.unwrap().unwrap();
    let guide = store.guides().find(talk.guide).await.unwrap().unwrap();
    let events = [
        Event::Started { guide: talk.guide },
        Event::MoveDecided {
            turn: TurnId(1),
            answers: None,
            mv: Move::Welcome {
                topic: guide.topics[0].id.clone(),
            },
        },
        Event::Spoken {
            turn: TurnId(1),
            utterance: UtteranceId(1),
            text: "How is work?".into(),
            interrupted: false,
            by: Phrasing::Guided,
        },
        Event::SegmentHeard {
            turn: TurnId(2),
            segment: SegmentId(0),
            from: Ms(1_000),
            to: Ms(20_000),
            text: SAID.into(),
            confidence: 1.0,
        },
        Event::AnswerEnded {
            turn: TurnId(2),
            voiced_until: Ms(20_000),
        },
        Event::Ended {
            outcome: Outcome::Completed,
        },
    ];
    store
        .events()
        .append(id, talk.last_seq, Ms(20_000), 0, &events)
        .await
        .unwrap();
    let options = ServerOptions::on(database.url())
        .alone()
        .with("OPENAI_BASE_URL", &model.base_url)
        .with("COLLOQUY_LLM_MODEL", "smollm2")
        .with("COLLOQUY_INSIGHTS", true);
    let _server = Server::start(options).await;

    let begun = Instant::now();
    let kept = tokio::time::timeout(MADE_WITHIN, async {
        loop {
            if let Some(kept) = store.insights().report(study.session).await.unwrap() {
                return kept;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    })
    .await
    .expect("a report");
    println!("after {:?}, read by {:?}", begun.elapsed(), kept.read_by);
    assert_eq!(kept.coder.name, "language model smollm2");
    assert_eq!(
        kept.read_by.iter().map(|one| one.conversations).sum::<Option<u32>>(),
        Some(1)
    );
    let Some(Published::Identified { basis }) = kept.published else {
        panic!("an identified session")
    };
    let statements = &basis.voices[0].coded.statements;
    assert!(!statements.is_empty());
    for statement in statements {
        assert!(statement.span.slice(SAID).is_some(), "{:?}", statement.span);
    }
    database.remove().await;
}

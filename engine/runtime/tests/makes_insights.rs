//! What was said is analysed once a conversation is completed, whatever becomes of the engine meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use colloquy_core::event::{Event, Mode, Outcome};
use colloquy_core::insights::{Coded, Coder, CoderVersion, CodingError, Interview, Theme};
use colloquy_core::time::Ms;
use colloquy_runtime::actor::unix_ms;
use colloquy_runtime::insights::{Analyst, Engine};
use colloquy_runtime::lifecycle::Lifecycle;
use colloquy_store::testing::Database;
use colloquy_store::testing::study::Study;

/// Nothing here takes longer, on a busy machine either.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(20);

fn version() -> CoderVersion {
    CoderVersion {
        name: "counting".to_owned(),
        version: 1,
    }
}

/// Finds nothing, and counts how often it was asked.
struct Counting(Arc<AtomicU32>);

impl Coder for Counting {
    fn version(&self) -> CoderVersion {
        version()
    }

    fn code(&mut self, interview: &Interview) -> Result<Coded, CodingError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Coded {
            conversation: interview.participant.conversation,
            coder: version(),
            statements: Vec::new(),
        })
    }
}

/// Panics at the first conversation.
struct Panicking;

impl Coder for Panicking {
    fn version(&self) -> CoderVersion {
        version()
    }

    fn code(&mut self, _: &Interview) -> Result<Coded, CodingError> {
        panic!("the engine was told to panic");
    }
}

fn themes(_: &[(&Interview, &Coded)], _: &[Theme]) -> Vec<Theme> {
    Vec::new()
}

fn analyst(db: &Database, load: impl Fn() -> Result<Box<dyn Coder + Send>, String> + Send + Sync + 'static) -> Analyst {
    Analyst {
        store: db.store().clone(),
        node: "a".to_owned(),
        engine: Engine {
            coder: version(),
            load: Arc::new(Box::new(load)),
            themes,
            reader: None,
        },
    }
}

async fn complete(db: &Database, study: &Study, name: &str) {
    let id = study.consent(&study.invite(name).await, Mode::Text).await;
    let last = db.store().conversations().find(id).await.unwrap().unwrap().last_seq;
    let ended = Event::Ended {
        outcome: Outcome::Completed,
    };
    db.store()
        .events()
        .append(id, last, Ms(9), unix_ms(), &[ended])
        .await
        .unwrap();
}

#[tokio::test]
async fn each_conversation_is_coded_once_and_the_engine_loaded_when_there_is_work() {
    let db = Database::sqlite().await;
    let study = Study::open(db.store(), 5, 1).await;
    let (coded, loaded) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (counted, loads) = (Arc::clone(&coded), Arc::clone(&loaded));
    let analyst = analyst(&db, move || {
        loads.fetch_add(1, Ordering::Relaxed);
        Ok(Box::new(Counting(Arc::clone(&counted))))
    });
    let lifecycle = Lifecycle::default();
    let at_work = tokio::spawn(analyst.run(lifecycle.clone()));
    for people in 1..=3_i64 {
        complete(&db, &study, &format!("p{people}")).await;
        tokio::time::timeout(PATIENCE, async {
            loop {
                let kept = db.store().insights().report(study.session).await.unwrap();
                if kept.is_some_and(|kept| kept.version == people) {
                    return;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        })
        .await
        .expect("a report of everybody");
        assert_eq!(coded.load(Ordering::Relaxed), u32::try_from(people).unwrap());
    }
    assert!((1..=3).contains(&loaded.load(Ordering::Relaxed)));
    lifecycle.drain();
    at_work.await.unwrap();
    db.remove().await;
}

#[tokio::test]
async fn what_fails_or_panics_is_put_off_and_made_by_who_can() {
    let db = Database::sqlite().await;
    let study = Study::open(db.store(), 5, 1).await;
    complete(&db, &study, "ada").await;
    assert!(!analyst(&db, || Ok(Box::new(Panicking))).catch_up().await.unwrap());
    assert_eq!(db.store().insights().attempts(study.session).await, Ok(Some(1)));
    complete(&db, &study, "ben").await;
    assert!(
        !analyst(&db, || Err("the weights are missing".to_owned()))
            .catch_up()
            .await
            .unwrap()
    );
    complete(&db, &study, "cleo").await;
    let coded = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&coded);
    assert!(
        analyst(&db, move || Ok(Box::new(Counting(Arc::clone(&counted)))))
            .catch_up()
            .await
            .unwrap()
    );
    assert_eq!(coded.load(Ordering::Relaxed), 3);
    assert_eq!(db.store().insights().attempts(study.session).await, Ok(None));
    db.remove().await;
}

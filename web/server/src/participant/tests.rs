//! A person's own copy, over HTTP.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use colloquy_core::event::{Event, Mode, Outcome, Phrasing};
use colloquy_core::id::{ConversationId, SegmentId, TurnId, UtteranceId};
use colloquy_core::time::Ms;
use colloquy_runtime::actor::{CLIENT_ITEMS, Farewell, ToClient, unix_ms};
use colloquy_runtime::inference::Inference;
use colloquy_runtime::lifecycle::Lifecycle;
use colloquy_runtime::llm::{LanguageModel, ModelConfig};
use colloquy_runtime::registry::Registry;
use colloquy_runtime::services::Services;
use colloquy_runtime::testing::{Panics, engines};
use colloquy_store::testing::Database;
use colloquy_store::testing::study::{Guest, Study};
use colloquy_store::{OWN_COPY_MS, Store};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::admin::Desk;
use crate::admin::tests::Words;
use crate::app::{AppState, app};
use crate::door::visitor::Entrance;

/// A server in this process, and somebody who consented to write.
struct Scene {
    database: Database,
    registry: Arc<Registry>,
    app: Router,
    study: Study,
    guest: Guest,
    conversation: ConversationId,
}

/// The program on that store, without its listener.
pub(crate) fn served(store: Store) -> (Arc<Registry>, Router) {
    served_with(store, None)
}

/// The same, with a language model or none.
fn served_with(store: Store, model: Option<LanguageModel>) -> (Arc<Registry>, Router) {
    let services = Services {
        store,
        inference: Inference::start(engines(&Panics::default())).unwrap(),
        model,
        model_deadline_ms: 800,
        appraiser: None,
        speculate: true,
        idle_after: Duration::from_secs(900),
        recordings: None,
        node: "north".to_owned(),
    };
    let registry = Registry::new(Arc::new(services), Lifecycle::default(), 4);
    let app = app(AppState {
        registry: Arc::clone(&registry),
        public_url: "http://localhost".into(),
        entrance: Entrance::default(),
        calls: None,
        metrics: None,
        desk: Arc::new(Desk::new(false, PathBuf::new(), Box::new(|| Ok(Box::new(Words)))).insights(true)),
    });
    (registry, app)
}

impl Scene {
    async fn set() -> Self {
        let database = Database::sqlite().await;
        let store = database.store().clone();
        let study = Study::open(&store, 8, 3).await;
        let guest = study.invite("ada").await;
        let conversation = study.consent(&guest, Mode::Text).await;
        let (registry, app) = served(store);
        Self {
            database,
            registry,
            app,
            study,
            guest,
            conversation,
        }
    }

    /// As [`Scene::set`], with a question, an answer and an end, `ago_ms` ago.
    async fn over(outcome: Outcome, ago_ms: i64) -> Self {
        let scene = Self::set().await;
        let question = Event::Spoken {
            turn: TurnId(1),
            utterance: UtteranceId(1),
            text: "How is your work?".into(),
            interrupted: false,
            by: Phrasing::Guided,
        };
        let answer = Event::SegmentHeard {
            turn: TurnId(2),
            segment: SegmentId(0),
            from: Ms(2_500),
            to: Ms(4_000),
            text: "Too much, since May.".into(),
            confidence: 1.0,
        };
        let unheard = Event::SegmentHeard {
            turn: TurnId(3),
            segment: SegmentId(0),
            from: Ms(5_000),
            to: Ms(5_500),
            text: "".into(),
            confidence: 0.0,
        };
        let events = [question, answer, unheard, Event::Ended { outcome }];
        let (log, wall_ms) = (scene.database.store().events(), unix_ms() - ago_ms);
        log.append(scene.conversation, 1, Ms(2_000), wall_ms, &events)
            .await
            .unwrap();
        scene
    }

    async fn ask(&self, method: &str, path: &str, body: &str) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/participant/{}{path}", self.guest.token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_owned()))
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    async fn copy(&self) -> (StatusCode, Value) {
        self.ask("GET", "/copy", "").await
    }

    async fn mark(&self, turn: &str, body: &str) -> (StatusCode, Value) {
        self.ask("PUT", &format!("/turns/{turn}/quotable"), body).await
    }
}

fn refused(answer: &(StatusCode, Value)) -> (u16, &str) {
    (
        answer.0.as_u16(),
        answer.1["error"]["code"].as_str().unwrap_or_default(),
    )
}

#[tokio::test]
async fn the_copy_holds_what_both_sides_said_however_it_ended() {
    for outcome in [Outcome::Completed, Outcome::EndedEarly] {
        let scene = Scene::over(outcome, 60_000).await;
        let found = scene.database.store().conversations().find(scene.conversation).await;
        let (status, copy) = scene.copy().await;
        let turns = json!([
            { "turn": 1, "speaker": "interviewer", "text": "How is your work?", "at_ms": 2_000, "quotable": true, "audio": false },
            { "turn": 2, "speaker": "you", "text": "Too much, since May.", "at_ms": 2_500, "quotable": true, "audio": false },
        ]);
        let expected = json!({
            "title": copy["title"],
            "organisation": "Northwind",
            "completed_at": found.unwrap().unwrap().ended,
            "recording": false,
            "turns": turns,
        });
        assert_eq!((status, &copy), (StatusCode::OK, &expected));
        assert!(copy["title"].as_str().is_some_and(|title| !title.is_empty()));
    }
}

#[tokio::test]
async fn there_is_no_copy_before_the_end_nor_after_thirty_days_nor_by_a_revoked_link() {
    let running = Scene::set().await;
    assert_eq!(refused(&running.copy().await), (409, "not_finished"));
    let body = r#"{"quotable": false}"#;
    assert_eq!(refused(&running.mark("2", body).await), (409, "not_finished"));
    let old = Scene::over(Outcome::Completed, OWN_COPY_MS).await;
    assert_eq!(refused(&old.copy().await), (410, "copy_expired"));
    assert_eq!(refused(&old.mark("2", body).await), (410, "copy_expired"));
    let revoked = Scene::over(Outcome::Completed, 0).await;
    revoked.study.revoke(&revoked.guest).await;
    assert_eq!(refused(&revoked.copy().await), (410, "link_revoked"));
    assert_eq!(
        refused(&revoked.ask("POST", "/withdraw", "").await),
        (410, "link_revoked")
    );
}

#[tokio::test]
async fn a_link_that_was_taken_back_does_not_say_what_is_asked() {
    let scene = Scene::set().await;
    let (_, usable) = scene.ask("GET", "", "").await;
    assert!(
        usable["session"]["topics"]
            .as_array()
            .is_some_and(|topics| !topics.is_empty())
    );
    scene.study.revoke(&scene.guest).await;
    let (status, shown) = scene.ask("GET", "", "").await;
    assert_eq!((status, &shown["state"]), (StatusCode::OK, &json!("revoked")));
    assert_eq!(shown["session"]["topics"], json!([]));
    assert_eq!(shown["session"]["organisation"], "Northwind");
}

#[tokio::test]
async fn an_answer_is_marked_and_the_copy_shows_it() {
    let scene = Scene::over(Outcome::Completed, 0).await;
    for quotable in [false, false, true] {
        let body = json!({ "quotable": quotable }).to_string();
        assert_eq!(scene.mark("2", &body).await.0, StatusCode::NO_CONTENT);
        assert_eq!(scene.copy().await.1["turns"][1]["quotable"], quotable);
    }
    for turn in ["1", "3", "4", "-1", "two"] {
        let answer = scene.mark(turn, r#"{"quotable": false}"#).await;
        assert_eq!(refused(&answer), (404, "unknown_turn"), "turn {turn}");
    }
    assert_eq!(
        refused(&scene.mark("2", r#"{"quotable": "no"}"#).await),
        (422, "invalid_body")
    );
}

#[tokio::test]
async fn sound_is_heard_by_the_rules_of_the_copy() {
    let listen = async |scene: &Scene, turn: &str| scene.ask("GET", &format!("/turns/{turn}/audio"), "").await;
    let running = Scene::set().await;
    assert_eq!(refused(&listen(&running, "2").await), (409, "not_finished"));
    let old = Scene::over(Outcome::Completed, OWN_COPY_MS).await;
    assert_eq!(refused(&listen(&old, "2").await), (410, "copy_expired"));
    let over = Scene::over(Outcome::Completed, 0).await;
    for turn in ["1", "2"] {
        assert_eq!(refused(&listen(&over, turn).await), (404, "no_audio"), "turn {turn}");
    }
    // Nothing was understood in the third: it is not in the copy.
    for turn in ["3", "4", "-1", "two"] {
        assert_eq!(
            refused(&listen(&over, turn).await),
            (404, "unknown_turn"),
            "turn {turn}"
        );
    }
    assert_eq!(over.ask("POST", "/withdraw", "").await.0, StatusCode::NO_CONTENT);
    assert_eq!(refused(&listen(&over, "2").await), (410, "withdrawn"));
}

#[tokio::test]
async fn a_withdrawn_conversation_is_gone_and_its_link_says_so() {
    let scene = Scene::over(Outcome::Completed, 0).await;
    for _ in 0..2 {
        assert_eq!(scene.ask("POST", "/withdraw", "").await.0, StatusCode::NO_CONTENT);
        assert_eq!(scene.ask("GET", "", "").await.1["state"], "withdrawn");
        assert_eq!(refused(&scene.copy().await), (410, "withdrawn"));
    }
    let consent =
        json!({"mode": "text", "text_version": super::CONSENT_VERSION, "confidentiality": "identified"}).to_string();
    assert_eq!(
        refused(&scene.ask("POST", "/consent", &consent).await),
        (410, "withdrawn")
    );
}

#[tokio::test]
async fn what_is_kept_can_be_taken_back_after_the_copy_has_expired() {
    let old = Scene::over(Outcome::Completed, OWN_COPY_MS).await;
    assert_eq!(old.ask("POST", "/withdraw", "").await.0, StatusCode::NO_CONTENT);
    let log = old.database.store().events().read(old.conversation, 0).await.unwrap();
    assert!(
        log.iter().all(|r| !matches!(r.event, Event::SegmentHeard { .. })),
        "{log:?}"
    );
}

#[tokio::test]
async fn a_running_conversation_ends_when_it_is_withdrawn() {
    let scene = Scene::set().await;
    let (client, mut items) = tokio::sync::mpsc::channel(CLIENT_ITEMS);
    let _commands = scene.registry.join(scene.conversation, client).await.unwrap();
    assert_eq!(scene.ask("POST", "/withdraw", "").await.0, StatusCode::NO_CONTENT);
    assert_eq!(scene.registry.occupancy().0, 0);
    let mut last = None;
    while let Some(item) = items.recv().await {
        last = Some(item);
    }
    assert!(
        matches!(last, Some(ToClient::Finished(Farewell::Ended(Outcome::Withdrawn)))),
        "{last:?}"
    );
}

#[tokio::test]
async fn who_declines_while_they_talk_is_cut_off_at_once() {
    let scene = Scene::set().await;
    let (client, mut items) = tokio::sync::mpsc::channel(CLIENT_ITEMS);
    let _commands = scene.registry.join(scene.conversation, client).await.unwrap();
    assert_eq!(scene.ask("POST", "/decline", "").await.0, StatusCode::NO_CONTENT);
    let mut last = None;
    while let Some(item) = items.recv().await {
        last = Some(item);
    }
    assert!(matches!(last, Some(ToClient::Finished(Farewell::Declined))), "{last:?}");
}

#[tokio::test]
async fn nobody_agrees_to_more_eyes_than_they_were_shown() {
    let scene = Scene::set().await;
    let shown = scene.ask("GET", "", "").await.1["session"]["confidentiality"].clone();
    let other = if shown == "confidential" {
        "identified"
    } else {
        "confidential"
    };
    let consent = |shown: &Value| {
        json!({"mode": "text", "text_version": super::CONSENT_VERSION, "confidentiality": shown}).to_string()
    };
    let answer = scene.ask("POST", "/consent", &consent(&json!(other))).await;
    assert_eq!(refused(&answer), (409, "consent_outdated"));
    assert_eq!(scene.ask("POST", "/consent", &consent(&shown)).await.0, StatusCode::OK);
    let silent = json!({"mode": "text", "text_version": super::CONSENT_VERSION}).to_string();
    assert_eq!(
        refused(&scene.ask("POST", "/consent", &silent).await),
        (422, "invalid_consent")
    );
}

/// A language model of `party`, which nobody asks here.
fn model_of(party: Option<&str>) -> LanguageModel {
    // An error means that it was chosen before.
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let config = ModelConfig {
        base_url: "http://127.0.0.1:9/v1".to_owned(),
        api_key: String::new(),
        model: "any".to_owned(),
        party: party.map(str::to_owned),
    };
    LanguageModel::new(&config).unwrap()
}

#[tokio::test]
async fn who_gets_what_is_said_is_told_and_agreed_to() {
    let mut scene = Scene::set().await;
    let store = scene.database.store().clone();
    // Who agreed before there was a model goes on by what held then.
    scene.app = served_with(store.clone(), Some(model_of(Some("models.example")))).1;
    let shown = scene.ask("GET", "", "").await.1;
    assert_eq!(
        (&shown["language_model"], &shown["text_version"]),
        (&Value::Null, &json!(super::CONSENT_VERSION))
    );
    let consent = |text_version: &str| {
        json!({"mode": "text", "text_version": text_version, "confidentiality": "identified"}).to_string()
    };
    let named = "2026-11 + models.example";
    assert_eq!(
        refused(&scene.ask("POST", "/consent", &consent(named)).await),
        (409, "consent_outdated")
    );
    // Who comes anew is told, and agrees to that or to nothing.
    scene.guest = scene.study.invite("grace").await;
    let shown = scene.ask("GET", "", "").await.1;
    assert_eq!(
        (&shown["language_model"], &shown["text_version"]),
        (&json!("models.example"), &json!(named))
    );
    let silent = consent(super::CONSENT_VERSION);
    assert_eq!(
        refused(&scene.ask("POST", "/consent", &silent).await),
        (409, "consent_outdated")
    );
    assert_eq!(scene.ask("POST", "/consent", &consent(named)).await.0, StatusCode::OK);
    let shown = scene.ask("GET", "", "").await.1;
    assert_eq!(
        (&shown["language_model"], &shown["consent"]["text_version"]),
        (&json!("models.example"), &json!(named))
    );
    // Another one's model is none that they agreed to, and one that runs with us is nobody's business.
    for other in [Some("others.example"), None] {
        scene.app = served_with(store.clone(), Some(model_of(other))).1;
        assert_eq!(scene.ask("GET", "", "").await.1["language_model"], Value::Null);
    }
}

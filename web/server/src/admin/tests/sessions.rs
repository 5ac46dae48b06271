//! Sessions, as an admin's page would make, edit and clone them.

use colloquy_core::event::{Event, Mode, Outcome};
use colloquy_core::id::SessionId;
use colloquy_core::time::Ms;
use colloquy_store::{Consent, NewPerson};
use uuid::Uuid;

use super::*;

/// What a page sends back of a session that it read.
fn edit_of(read: &Value) -> Value {
    let fields = [
        "title",
        "mode",
        "confidentiality",
        "recording",
        "length_min",
        "welcome",
        "help",
        "topics",
    ];
    fields
        .iter()
        .map(|field| ((*field).to_owned(), read[*field].clone()))
        .collect()
}

impl Desk {
    async fn put(&self, who: &As, path: &str, etag: &str, body: &Value) -> Told {
        self.ask_with(who, "PUT", path, &[("origin", OURS), ("if-match", etag)], body)
            .await
    }

    /// A session of this template, and its address.
    async fn session(&self, who: &As, template: &str) -> (Told, String) {
        let told = self.post(who, "/api/v1/sessions", json!({"template": template})).await;
        assert_eq!(told.status, StatusCode::CREATED, "{}", told.body);
        let path = format!("/api/v1/sessions/{}", told.body["id"].as_str().unwrap());
        (told, path)
    }

    /// Somebody takes part to the end.
    async fn complete(&self, session: SessionId) {
        let workspace = self.store().sessions().find(session).await.unwrap().unwrap().workspace;
        let new = NewPerson {
            workspace,
            email: "pat@harbour.example".into(),
            name: "Pat".into(),
            role: None,
            department: None,
        };
        let person = self.store().people().create(&new).await.unwrap();
        let invited = self
            .store()
            .invitations()
            .create(session, person.id, unix_ms())
            .await
            .unwrap();
        let consent = Consent {
            mode: Mode::Text,
            recording: false,
            text_version: "2026-11".to_owned(),
        };
        let conversation = self
            .store()
            .conversations()
            .open(invited.id, &consent, unix_ms())
            .await
            .unwrap();
        let ended = Event::Ended {
            outcome: Outcome::Completed,
        };
        let log = self.store().events();
        log.append(conversation.id, conversation.last_seq, Ms(1), unix_ms(), &[ended])
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_session_is_made_from_a_template_edited_and_opened() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let library = desk.get(&ada, "/api/v1/templates").await.body;
    assert_eq!(library["items"].as_array().unwrap().len(), 9);
    let (made, path) = desk.session(&ada, "exit").await;
    assert_eq!(
        (&made.body["state"], &made.body["length_min"]),
        (&json!("draft"), &json!(20))
    );
    let read = desk.get(&ada, &path).await;
    assert_eq!((&read.body, read.etag()), (&made.body, made.etag()));

    let mut edit = edit_of(&read.body);
    edit["title"] = "Why people <b>leave</b>".into();
    edit["welcome"] = "Thank you\nfor coming.".into();
    edit["help"] = json!({"name": "Robin", "reach": "phone 7"});
    let topics = edit["topics"].as_array_mut().unwrap();
    topics.swap(0, 2);
    topics.pop();
    topics[1]["enabled"] = false.into();
    topics[0]["label"] = "The way out".into();
    topics.push(json!({"label": "Parking", "priority": "low", "enabled": true}));
    let edited = desk.put(&ada, &path, &read.etag(), &edit).await;
    assert_eq!(edited.status, StatusCode::OK, "{}", edited.body);
    assert_ne!(edited.etag(), read.etag());
    let again = desk.get(&ada, &path).await;
    assert_eq!((&again.body, again.etag()), (&edited.body, edited.etag()));
    assert_eq!(again.body["title"], "Why people <b>leave</b>");
    assert_eq!(again.body["topics"][0]["id"], read.body["topics"][2]["id"]);
    assert!(
        again.body["topics"].as_array().unwrap().last().unwrap()["id"]
            .as_str()
            .unwrap()
            .starts_with("own-")
    );

    // What is not shown of a topic is kept, and the template has not changed.
    let id: Uuid = read.body["id"].as_str().unwrap().parse().unwrap();
    let kept = desk.store().topics().of_session(SessionId(id)).await.unwrap();
    let template = colloquy_core::guide::library::template("exit").unwrap();
    assert_eq!(kept[0].topic.openings, template.topics[2].openings);
    assert_eq!(kept[0].topic.label, "The way out");
    assert_ne!(template.topics[2].label, "The way out");

    let close = format!("{path}/close");
    assert_eq!(desk.post(&ada, &close, Value::Null).await.code(), "not_open");
    for (verb, state) in [
        ("open", "open"),
        ("open", "open"),
        ("close", "closed"),
        ("open", "open"),
    ] {
        let told = desk.post(&ada, &format!("{path}/{verb}"), Value::Null).await;
        assert_eq!((told.status, &told.body["state"]), (StatusCode::OK, &json!(state)));
    }
    desk.database.remove().await;
}

#[tokio::test]
async fn the_second_of_two_editors_is_told_and_nothing_is_overwritten() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (made, path) = desk.session(&ada, "pulse").await;
    let mut edit = edit_of(&made.body);
    let told = desk.ask(&ada, "PUT", &path, &edit).await;
    assert_eq!(
        (told.status, told.code()),
        (StatusCode::PRECONDITION_REQUIRED, "if_match_required")
    );
    edit["title"] = "First".into();
    assert_eq!(desk.put(&ada, &path, &made.etag(), &edit).await.status, StatusCode::OK);
    edit["title"] = "Second".into();
    for etag in [made.etag().as_str(), "W/\"1\"", "2", "*", "\"x\""] {
        let told = desk.put(&ada, &path, etag, &edit).await;
        assert_eq!(
            (told.status, told.code()),
            (StatusCode::PRECONDITION_FAILED, "outdated"),
            "{etag}"
        );
    }
    assert_eq!(desk.get(&ada, &path).await.body["title"], "First");
    desk.database.remove().await;
}

#[tokio::test]
async fn what_cannot_be_taken_is_named_and_nothing_is_kept_of_it() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (made, path) = desk.session(&ada, "pulse").await;
    let wrong = |field: &str, value: Value| {
        let mut edit = edit_of(&made.body);
        *edit.pointer_mut(field).unwrap() = value;
        edit
    };
    let many = vec![made.body["topics"][0].clone(); 21];
    let cases = [
        (wrong("/title", " ".into()), "title"),
        (wrong("/title", "x".repeat(121).into()), "title"),
        (wrong("/length_min", 2.into()), "length_min"),
        (wrong("/welcome", "\u{0}".into()), "welcome"),
        (wrong("/help", json!({"name": "", "reach": "x"})), "help.name"),
        (wrong("/topics/1/label", "x".repeat(10_000).into()), "topics[1].label"),
        (wrong("/topics/0/id", "nobodys".into()), "topics[0].id"),
        (wrong("/topics/1/id", made.body["topics"][0]["id"].clone()), "topics"),
        (wrong("/topics", many.into()), "topics"),
    ];
    for (edit, field) in cases {
        let told = desk.put(&ada, &path, &made.etag(), &edit).await;
        assert_eq!(
            (told.status, &told.body["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)),
            "{}",
            told.body
        );
    }
    let told = desk.get(&ada, &path).await;
    assert_eq!((told.body.clone(), told.etag()), (made.body.clone(), made.etag()));
    desk.database.remove().await;
}

#[tokio::test]
async fn a_completed_session_is_locked_and_its_clone_is_not() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (made, path) = desk.session(&ada, "stay").await;
    let opened = desk.post(&ada, &format!("{path}/open"), Value::Null).await;
    let id: Uuid = made.body["id"].as_str().unwrap().parse().unwrap();
    desk.complete(SessionId(id)).await;
    let locked = desk.get(&ada, &path).await;
    assert!(locked.body["locked_at"].is_i64());
    let edit = edit_of(&locked.body);
    for etag in [opened.etag(), locked.etag()] {
        let told = desk.put(&ada, &path, &etag, &edit).await;
        assert_eq!((told.status, told.code()), (StatusCode::CONFLICT, "session_locked"));
    }
    let cloned = desk
        .post(&ada, &format!("{path}/clone"), json!({"title": "Second wave"}))
        .await;
    assert_eq!(cloned.status, StatusCode::CREATED);
    assert_eq!(
        (&cloned.body["parent"], &cloned.body["locked_at"]),
        (&made.body["id"], &Value::Null)
    );
    assert_eq!(
        (&cloned.body["state"], &cloned.body["topics"]),
        (&json!("draft"), &locked.body["topics"])
    );
    let its = format!("/api/v1/sessions/{}", cloned.body["id"].as_str().unwrap());
    let mut edit = edit_of(&cloned.body);
    edit["topics"][0]["enabled"] = false.into();
    assert_eq!(desk.put(&ada, &its, &cloned.etag(), &edit).await.status, StatusCode::OK);
    assert_eq!(
        desk.get(&ada, &path).await.body,
        locked.body,
        "the original stays intact"
    );
    desk.database.remove().await;
}

#[tokio::test]
async fn the_list_is_read_in_pages() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.insert(0, desk.session(&ada, "pulse").await.0.body["id"].clone());
    }
    let first = desk.get(&ada, "/api/v1/sessions?limit=2").await.body;
    let next = first["next"].as_str().unwrap();
    let second = desk
        .get(&ada, &format!("/api/v1/sessions?limit=2&cursor={next}"))
        .await
        .body;
    let ids = |page: &Value| {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!([ids(&first), ids(&second)].concat(), made);
    assert_eq!(second["next"], Value::Null);
    desk.database.remove().await;
}

#[tokio::test]
async fn a_deleted_session_is_gone() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (made, path) = desk.session(&ada, "pulse").await;
    desk.post(&ada, &format!("{path}/open"), Value::Null).await;
    let id: Uuid = made.body["id"].as_str().unwrap().parse().unwrap();
    desk.complete(SessionId(id)).await;
    let told = desk.ask(&ada, "DELETE", &path, &Value::Null).await;
    assert_eq!((told.status, told.code()), (StatusCode::CONFLICT, "session_open"));
    desk.post(&ada, &format!("{path}/close"), Value::Null).await;
    let told = desk.ask(&ada, "DELETE", &path, &Value::Null).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
    for method in ["DELETE", "GET"] {
        let told = desk.ask(&ada, method, &path, &Value::Null).await;
        assert_eq!(
            (told.status, told.code()),
            (StatusCode::NOT_FOUND, "not_found"),
            "{method}"
        );
    }
    let listed = desk.get(&ada, "/api/v1/sessions").await.body;
    assert_eq!(listed["items"], json!([]));
    desk.database.remove().await;
}

#[tokio::test]
async fn sessions_are_looked_for_and_say_how_far_their_people_are() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (path, session) = desk.open_session(&ada).await;
    desk.post(&ada, &path, json!({"name": "Pat", "email": "pat@harbour.example"}))
        .await;
    let read = desk.get(&ada, &session).await;
    assert!(read.body.get("people").is_none(), "the list alone counts");
    desk.session(&ada, "exit").await;
    let found = desk.get(&ada, "/api/v1/sessions?q=PULSE").await.body;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert_eq!(found["items"][0]["people"], json!([{"status": "queued", "count": 1}]));
    let none = desk.get(&ada, "/api/v1/sessions?q=pulse%20autumn").await.body;
    assert_eq!((&none["items"], &none["next"]), (&json!([]), &Value::Null));
    let long = desk.get(&ada, &format!("/api/v1/sessions?q={}", "x".repeat(121))).await;
    assert_eq!(
        (long.status, &long.body["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("q"))
    );
    let large = desk.get(&ada, "/api/v1/sessions?limit=51").await.body;
    assert!(large["items"][0].get("people").is_none(), "large pages do not count");
    // Whoever may not see who is invited does not see how many stand where.
    let me = desk.get(&ada, "/api/v1/me").await.body;
    let workspace = colloquy_core::id::WorkspaceId(me["workspace"]["id"].as_str().unwrap().parse().unwrap());
    let analyst = desk.user(workspace, "ben", Role::Analyst).await;
    let listed = desk.get(&desk.login(&analyst).await, "/api/v1/sessions").await.body;
    assert!(listed["items"][0].get("people").is_none());
    desk.database.remove().await;
}

#[tokio::test]
async fn a_session_that_is_asked_for_again_by_the_same_key_is_made_once() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let ask = async |key: &str, body: Value| {
        let headers = [("origin", OURS), ("idempotency-key", key)];
        desk.ask_with(&ada, "POST", "/api/v1/sessions", &headers, &body).await
    };
    let pulse = json!({"template": "pulse", "title": "Autumn"});
    let first = ask("one", pulse.clone()).await;
    let again = ask("one", pulse.clone()).await;
    assert_eq!((again.status, &again.body), (StatusCode::CREATED, &first.body));
    let other = ask("one", json!({"template": "pulse", "title": "Spring"})).await;
    assert_eq!(other.code(), "idempotency_key_reused");
    assert_ne!(ask("two", pulse).await.body["id"], first.body["id"]);
    let listed = desk.get(&ada, "/api/v1/sessions").await.body;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    let at = format!("/api/v1/sessions/{}", first.body["id"].as_str().unwrap());
    desk.ask(&ada, "DELETE", &at, &Value::Null).await;
    let gone = ask("one", json!({"template": "pulse", "title": "Autumn"})).await;
    assert_eq!((gone.status, gone.code()), (StatusCode::NOT_FOUND, "not_found"));
    desk.database.remove().await;
}

#[tokio::test]
async fn a_draft_is_tried_out_as_participants_will_see_it() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (_, session) = desk.session(&ada, "pulse").await;
    let drawn = desk.post(&ada, &format!("{session}/trial"), Value::Null).await;
    assert_eq!(drawn.status, StatusCode::CREATED, "{}", drawn.body);
    let (_, token) = drawn.body["link"].as_str().unwrap().rsplit_once('/').unwrap();
    let shown = desk.get(&As::Nobody, &format!("/api/participant/{token}")).await.body;
    assert_eq!((&shown["state"], &shown["trial"]), (&json!("usable"), &json!(true)));
    let invited = desk.get(&ada, &format!("{session}/invitations")).await.body;
    assert_eq!(invited["items"], json!([]));
    desk.post(&ada, &format!("{session}/open"), Value::Null).await;
    desk.post(&ada, &format!("{session}/close"), Value::Null).await;
    let closed = desk.post(&ada, &format!("{session}/trial"), Value::Null).await;
    assert_eq!(closed.code(), "session_closed");
    desk.database.remove().await;
}

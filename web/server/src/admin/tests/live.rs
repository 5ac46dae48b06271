//! Conversations as they are held.

use std::time::Duration;

use axum::body::BodyDataStream;
use colloquy_core::event::{Event, Mode, Outcome};
use colloquy_core::guide::Confidentiality;
use colloquy_core::id::{InvitationId, SegmentId, TurnId};
use colloquy_core::time::Ms;
use colloquy_store::{Consent, Conversation, SessionEdit};
use futures::StreamExt;

use super::*;

/// Nothing here takes longer, on a busy machine either.
const PATIENCE: Duration = Duration::from_secs(30);

struct Stream(BodyDataStream, String);

impl Stream {
    async fn open(desk: &Desk, who: &As, path: &str) -> Self {
        let (name, value) = match who {
            As::Login(login) => (header::COOKIE, format!("colloquy_login={login}")),
            As::Token(token) => (header::AUTHORIZATION, format!("Bearer {token}")),
            As::Nobody => unreachable!(),
        };
        let request = Request::builder()
            .uri(path)
            .header(name, value)
            .body(Body::empty())
            .unwrap();
        let response = desk.app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        Self(response.into_body().into_data_stream(), String::new())
    }

    /// The next event's data.
    async fn next(&mut self) -> Value {
        let next = async {
            loop {
                if let Some((event, rest)) = self.1.split_once("\n\n") {
                    let (event, rest) = (event.to_owned(), rest.to_owned());
                    self.1 = rest;
                    if let Some(data) = event.lines().find_map(|line| line.strip_prefix("data: ")) {
                        assert!(event.contains("event: conversation"));
                        return serde_json::from_str(data).unwrap();
                    }
                    continue;
                }
                let bytes = self.0.next().await.unwrap().unwrap();
                self.1 += std::str::from_utf8(&bytes).unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, next).await.unwrap()
    }
}

impl Stream {
    /// Waits for its end, whatever comes before.
    async fn ended(mut self) -> bool {
        let end = async { while self.0.next().await.is_some() {} };
        tokio::time::timeout(PATIENCE, end).await.is_ok()
    }
}

/// Pat, who agreed to write in a session of that template; and the path of the session.
pub(super) async fn talking(desk: &Desk, ada: &As, template: &str) -> (Conversation, String) {
    let made = desk
        .post(ada, "/api/v1/sessions", json!({"template": template}))
        .await
        .body;
    let session = format!("/api/v1/sessions/{}", made["id"].as_str().unwrap());
    desk.post(ada, &format!("{session}/open"), Value::Null).await;
    let guest = json!({"name": "Pat Weir", "email": "pat@harbour.example"});
    let invited = desk.post(ada, &format!("{session}/invitations"), guest).await.body;
    let id = InvitationId(invited["id"].as_str().unwrap().parse().unwrap());
    let consent = Consent {
        mode: Mode::Text,
        recording: false,
        text_version: "2026-11".to_owned(),
    };
    let talk = desk
        .store()
        .conversations()
        .open(id, &consent, unix_ms())
        .await
        .unwrap();
    (talk, session)
}

pub(super) async fn say(desk: &Desk, talk: &Conversation, events: &[Event]) {
    let last = desk
        .store()
        .conversations()
        .find(talk.id)
        .await
        .unwrap()
        .unwrap()
        .last_seq;
    desk.store()
        .events()
        .append(talk.id, last, Ms(1_000), unix_ms(), events)
        .await
        .unwrap();
}

fn heard(text: &str) -> Event {
    Event::SegmentHeard {
        turn: TurnId(2),
        segment: SegmentId(0),
        from: Ms(0),
        to: Ms(900),
        text: text.into(),
        confidence: 0.9,
    }
}

#[tokio::test]
async fn a_conversation_is_followed_as_it_grows_to_its_end() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (talk, session) = talking(&desk, &ada, "pulse").await;
    let mut stream = Stream::open(&desk, &ada, &format!("{session}/live")).await;
    let first = stream.next().await;
    assert_eq!((&first["state"], &first["turns"]), (&json!("consented"), &json!([])));
    let course = &first["course"];
    assert_eq!(
        (&course["topic"], &course["topics_done"], &course["connected"]),
        (&Value::Null, &json!(0), &json!(false))
    );
    assert!(
        course["topics"].as_u64().unwrap() > 2 && course["planned_ms"].as_u64().unwrap() > 60_000,
        "{course}"
    );
    say(&desk, &talk, &[heard("My chair squeaks.")]).await;
    let grown = stream.next().await;
    assert_eq!(
        (&grown["from"], &grown["turns"][0]["text"]),
        (&json!(0), &json!("My chair squeaks."))
    );
    say(
        &desk,
        &talk,
        &[Event::Ended {
            outcome: Outcome::Completed,
        }],
    )
    .await;
    let over = stream.next().await;
    assert_eq!(
        (&over["state"], &over["from"], &over["turns"]),
        (&json!("completed"), &json!(1), &json!([]))
    );
    let told = desk
        .post(&ada, &format!("/api/v1/conversations/{}/end", talk.id), Value::Null)
        .await;
    assert_eq!((told.status, told.code()), (StatusCode::CONFLICT, "not_live"));
    desk.database.remove().await;
}

#[tokio::test]
async fn of_a_confidential_conversation_nobody_reads_a_word() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (talk, session) = talking(&desk, &ada, "wellbeing").await;
    say(&desk, &talk, &[heard("My chair squeaks.")]).await;
    let mut stream = Stream::open(&desk, &ada, &format!("{session}/live")).await;
    let told = stream.next().await;
    assert_eq!((&told["turns"], &told["course"]), (&Value::Null, &Value::Null));
    assert!(!told.to_string().contains("chair"), "{told}");
    desk.database.remove().await;
}

#[tokio::test]
async fn who_may_not_look_on_any_more_sees_nothing_from_then_on() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (talk, session) = talking(&desk, &ada, "pulse").await;
    let live = format!("{session}/live");
    let workspace = desk.store().workspaces().all().await.unwrap().remove(0).id;
    let (users, new) = (desk.store().users(), PasswordHash::new("new".to_owned()));
    let mut hers = Stream::open(&desk, &ada, &live).await;
    hers.next().await;
    for way in ["logout", "role", "plan", "reset", "removed", "key"] {
        let ben = desk.user(workspace, way, Role::Admin).await;
        let login = desk.login(&ben).await;
        let (token, key) = desk
            .store()
            .api_tokens()
            .create(ben.id, "x", Scope::Read, unix_ms())
            .await
            .unwrap();
        let key = As::Token(key.expose().to_owned());
        let mut stream = Stream::open(&desk, if way == "key" { &key } else { &login }, &live).await;
        stream.next().await;
        match way {
            "logout" => drop(desk.post(&login, "/api/v1/logout", Value::Null).await),
            "role" => drop(users.set_role(ben.id, Role::Admin, Role::Analyst).await.unwrap()),
            "plan" => desk
                .store()
                .workspaces()
                .set_plan(workspace, colloquy_store::Plan::Basic)
                .await
                .unwrap(),
            "reset" => users.reset_password(ben.id, &new, unix_ms()).await.unwrap(),
            "removed" => users.remove(ben.id, Role::Admin, unix_ms()).await.unwrap(),
            _ => assert!(
                desk.store()
                    .api_tokens()
                    .revoke(ben.id, token.id, unix_ms())
                    .await
                    .unwrap()
            ),
        }
        assert!(stream.ended().await, "{way}");
        if way == "plan" {
            // Hers ended with it, too.
            assert!(hers.ended().await);
            desk.store()
                .workspaces()
                .set_plan(workspace, colloquy_store::Plan::Sessions)
                .await
                .unwrap();
            hers = Stream::open(&desk, &ada, &live).await;
            hers.next().await;
        }
    }
    say(&desk, &talk, &[heard("My chair squeaks.")]).await;
    assert_eq!(
        hers.next().await["turns"][0]["text"],
        "My chair squeaks.",
        "others look on"
    );
    desk.database.remove().await;
}

#[tokio::test]
async fn what_was_said_in_confidence_stays_so_whatever_the_session_says_later() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (talk, session) = talking(&desk, &ada, "wellbeing").await;
    say(&desk, &talk, &[heard("My chair squeaks.")]).await;
    let mut running = Stream::open(&desk, &ada, &format!("{session}/live")).await;
    assert_eq!(running.next().await["turns"], Value::Null);
    let (was, topics) = desk
        .store()
        .sessions()
        .with_topics(talk.session)
        .await
        .unwrap()
        .unwrap();
    let edit = SessionEdit {
        title: was.title,
        mode: was.mode,
        confidentiality: Confidentiality::Identified,
        recording: was.recording,
        length_min: was.length_min,
        welcome: was.welcome,
        help: was.help,
        topics,
    };
    desk.store().sessions().edit(was.id, was.version, &edit).await.unwrap();
    say(&desk, &talk, &[heard("It is the left one.")]).await;
    assert_eq!(running.next().await["turns"], Value::Null);
    let mut newer = Stream::open(&desk, &ada, &format!("{session}/live")).await;
    assert_eq!(newer.next().await["turns"], Value::Null);
    let invited = format!("/api/v1/invitations/{}", talk.invitation);
    let person = desk.get(&ada, &invited).await.body["person"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let export = desk.get(&ada, &format!("/api/v1/people/{person}/export")).await.body;
    assert_eq!(
        export["invitations"][0]["conversation"]["turns"],
        Value::Null,
        "{export}"
    );
    let workspace = desk.store().workspaces().all().await.unwrap().remove(0);
    let deeds = desk.store().audit().of_workspace(workspace.id, None, 99).await.unwrap();
    for deed in ["session.watch", "person.export"] {
        assert!(deeds.iter().any(|noted| noted.deed == deed), "{deed}");
    }
    desk.database.remove().await;
}

#[tokio::test]
async fn a_link_that_was_handed_on_ends_when_the_person_agrees_by_another_one() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (path, _) = desk.open_session(&ada).await;
    let guest = json!({"name": "Pat Weir", "email": "pat@harbour.example"});
    let at = desk.post(&ada, &path, guest).await.body["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let drawn = desk
        .post(&ada, &format!("/api/v1/invitations/{at}/link"), Value::Null)
        .await
        .body;
    let (_, drawn) = drawn["link"].as_str().unwrap().rsplit_once('/').unwrap();
    let id = InvitationId(at.parse().unwrap());
    let mailed = desk.store().invitations().mint_token(id, unix_ms()).await.unwrap();
    let at = format!("/api/participant/{}", mailed.expose());
    let shown = desk.get(&As::Nobody, &at).await.body["session"]["confidentiality"].clone();
    let consent = json!({"mode": "text", "recording": false, "text_version": "2026-11", "confidentiality": shown});
    let agreed = format!("/api/participant/{}/consent", mailed.expose());
    assert_eq!(desk.post(&As::Nobody, &agreed, consent).await.status, StatusCode::OK);
    for (token, status) in [(drawn, StatusCode::NOT_FOUND), (mailed.expose(), StatusCode::OK)] {
        assert_eq!(desk.get_plain(&format!("/api/participant/{token}")).await, status);
    }
    desk.database.remove().await;
}

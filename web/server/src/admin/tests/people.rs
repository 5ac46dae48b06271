//! Everything about one person: handed to them, and erased.

use colloquy_core::event::{Event, Mode};
use colloquy_core::guide::Confidentiality;
use colloquy_core::id::{InvitationId, SegmentId, TurnId};
use colloquy_core::time::Ms;
use colloquy_store::Consent;

use super::*;

const SAID: &str = "My chair squeaks.";

/// Pat, who said something in an identified session and in a confidential one.
async fn pat(desk: &Desk, ada: &As) -> (String, Vec<String>) {
    let mut person = String::new();
    let mut tokens = Vec::new();
    for (template, confidentiality) in [
        ("pulse", Confidentiality::Identified),
        ("wellbeing", Confidentiality::Confidential),
    ] {
        let made = desk
            .post(ada, "/api/v1/sessions", json!({"template": template}))
            .await
            .body;
        assert_eq!(made["confidentiality"], json!(confidentiality));
        let session = format!("/api/v1/sessions/{}", made["id"].as_str().unwrap());
        desk.post(ada, &format!("{session}/open"), Value::Null).await;
        let guest = json!({"name": "Pat Weir", "email": "pat@harbour.example"});
        let invited = desk.post(ada, &format!("{session}/invitations"), guest).await.body;
        person = invited["person"]["id"].as_str().unwrap().to_owned();
        let id = InvitationId(invited["id"].as_str().unwrap().parse().unwrap());
        let now = unix_ms();
        let token = desk.store().invitations().mint_token(id, now).await.unwrap();
        tokens.push(token.expose().to_owned());
        let consent = Consent {
            mode: Mode::Text,
            recording: false,
            text_version: "2026-11".to_owned(),
        };
        let talk = desk.store().conversations().open(id, &consent, now).await.unwrap();
        let said = Event::SegmentHeard {
            turn: TurnId(2),
            segment: SegmentId(0),
            from: Ms(0),
            to: Ms(900),
            text: SAID.into(),
            confidence: 0.9,
        };
        desk.store()
            .events()
            .append(talk.id, talk.last_seq, Ms(1_000), now, &[said])
            .await
            .unwrap();
    }
    (format!("/api/v1/people/{person}"), tokens)
}

#[tokio::test]
async fn a_person_is_handed_what_is_known_of_them_but_confidential_words() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (path, _) = pat(&desk, &ada).await;
    let told = desk.get(&ada, &format!("{path}/export")).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    assert!(
        told.headers[header::CONTENT_DISPOSITION]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    assert_eq!(told.body["person"]["email"], "pat@harbour.example");
    let words = |at: usize| told.body["invitations"][at]["conversation"]["turns"].clone();
    assert_eq!(
        (&words(0)[0]["speaker"], &words(0)[0]["text"]),
        (&json!("person"), &json!(SAID))
    );
    assert_eq!(words(1), Value::Null, "those are theirs alone");
    desk.database.remove().await;
}

#[tokio::test]
async fn of_a_person_who_was_erased_nothing_is_found() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (path, tokens) = pat(&desk, &ada).await;
    let sessions = desk.get(&ada, "/api/v1/sessions").await.body["items"].clone();
    let gone = desk.ask(&ada, "DELETE", &path, &Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.body);
    for at in [path.clone(), format!("{path}/export")] {
        let method = if at == path { "DELETE" } else { "GET" };
        assert_eq!(desk.ask(&ada, method, &at, &Value::Null).await.code(), "not_found");
    }
    for token in tokens {
        let shown = desk.get_plain(&format!("/api/participant/{token}")).await;
        assert_eq!(shown, StatusCode::NOT_FOUND);
    }
    assert_eq!(desk.get(&ada, "/api/v1/people?q=pat").await.body["items"], json!([]));
    assert_eq!(desk.get(&ada, "/api/v1/outbox").await.body["items"], json!([]));
    for session in sessions.as_array().unwrap() {
        let path = format!("/api/v1/sessions/{}/invitations", session["id"].as_str().unwrap());
        assert_eq!(desk.get(&ada, &path).await.body["items"], json!([]));
        let id = colloquy_core::id::SessionId(session["id"].as_str().unwrap().parse().unwrap());
        for talk in desk.store().conversations().of_session(id).await.unwrap() {
            let log = desk.store().events().read(talk.id, 0).await.unwrap();
            assert!(!log.iter().any(|row| matches!(row.event, Event::SegmentHeard { .. })));
        }
        // Who comes again is somebody new.
        let guest = json!({"name": "Pat Weir", "email": "pat@harbour.example"});
        assert_eq!(desk.post(&ada, &path, guest).await.status, StatusCode::CREATED);
    }
    desk.database.remove().await;
}

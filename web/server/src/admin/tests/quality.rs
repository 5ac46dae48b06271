//! How well interviews were held, and who learns it.

use colloquy_core::event::{Event, Mode};
use colloquy_core::id::{ConversationId, InvitationId};
use colloquy_core::simulation::cases;
use colloquy_store::Consent;

use super::*;

/// An open session of that template, by its path.
async fn session(desk: &Desk, ada: &As, template: &str) -> String {
    let made = desk
        .post(ada, "/api/v1/sessions", json!({"template": template}))
        .await
        .body;
    let session = format!("/api/v1/sessions/{}", made["id"].as_str().unwrap());
    desk.post(ada, &format!("{session}/open"), Value::Null).await;
    session
}

/// A simulated person is invited and holds a whole interview of that template.
async fn interview(desk: &Desk, ada: &As, session: &str, template: &str, seed: u64) -> ConversationId {
    let guest = json!({"name": "Pat", "email": format!("pat{seed}@harbour.example")});
    let invited = desk.post(ada, &format!("{session}/invitations"), guest).await.body;
    let id = InvitationId(invited["id"].as_str().unwrap().parse().unwrap());
    let consent = Consent {
        mode: Mode::Text,
        recording: false,
        text_version: "2026-11".to_owned(),
    };
    let conversations = desk.store().conversations();
    let talk = conversations.open(id, &consent, unix_ms()).await.unwrap();
    let held = cases(seed, 9).find(|case| case.template.id == template).unwrap().hold();
    let mut last = talk.last_seq;
    for recorded in held.events {
        if !matches!(recorded.event, Event::Consented { .. }) {
            let events = desk.store().events();
            last = events
                .append(talk.id, last, recorded.at, unix_ms(), &[recorded.event])
                .await
                .unwrap();
        }
    }
    talk.id
}

#[tokio::test]
async fn identified_interviews_are_marked_each_and_together() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let session = session(&desk, &ada, "pulse").await;
    let none = desk.get(&ada, &format!("{session}/quality")).await;
    assert_eq!((none.status, &none.body["means"]), (StatusCode::OK, &Value::Null));
    let first = interview(&desk, &ada, &session, "pulse", 1).await;
    let second = interview(&desk, &ada, &session, "pulse", 2).await;
    let told = desk.get(&ada, &format!("{session}/quality")).await.body;
    assert_eq!(told["means"]["conversations"], 2);
    assert!(told["means"]["open_percent"].as_u64().unwrap() > 80, "{told}");
    assert_eq!(told["cards"].as_array().unwrap().len(), 2);
    let card = desk.get(&ada, &format!("/api/v1/conversations/{first}/quality")).await;
    assert_eq!(card.status, StatusCode::OK);
    let listed = told["cards"].as_array().unwrap();
    assert!(listed.contains(&card.body), "the same in both");
    assert!(card.body["topics"][0]["label"].as_str().unwrap().len() > 3);
    let table = desk.table(&ada, &format!("{session}/quality/export")).await;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].contains("conversation") && !lines[0].contains("topics"));
    assert!(lines[1..].iter().any(|line| line.contains(&second.to_string())));
    desk.store().conversations().withdraw(second, unix_ms()).await.unwrap();
    let told = desk.get(&ada, &format!("{session}/quality")).await.body;
    assert_eq!(told["means"]["conversations"], 1);
    let gone = desk.get(&ada, &format!("/api/v1/conversations/{second}/quality")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    desk.database.remove().await;
}

#[tokio::test]
async fn confidential_interviews_are_marked_in_fives_and_never_alone() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let session = session(&desk, &ada, "wellbeing").await;
    let completed = async || {
        let id = colloquy_core::id::SessionId(session.rsplit_once('/').unwrap().1.parse().unwrap());
        let talks = desk.store().conversations().of_session(id).await.unwrap();
        let done = |talk: &&colloquy_store::Conversation| talk.state == colloquy_store::ConversationState::Completed;
        talks.iter().filter(done).count()
    };
    let mut seed = 1;
    let mut any = None;
    let mut seen = Vec::new();
    while completed().await < 6 {
        let id = interview(&desk, &ada, &session, "wellbeing", seed).await;
        any.get_or_insert(id);
        seed += 1;
        let told = desk.get(&ada, &format!("{session}/quality")).await.body;
        assert_eq!(
            (told["confidential"].clone(), told["cards"].clone()),
            (json!(true), json!([]))
        );
        seen.push((completed().await, told["means"].clone()));
    }
    for (count, means) in &seen {
        if *count < 5 {
            assert_eq!(*means, Value::Null, "of {count}");
        } else {
            assert_eq!(means["conversations"], 5);
            assert_eq!(
                (&means["concerns"], &means["concerns_handled"]),
                (&Value::Null, &Value::Null)
            );
        }
    }
    // The sixth changes nothing: no difference tells of it.
    let fifth = seen.iter().find(|(count, _)| *count == 5).unwrap();
    assert_eq!(fifth.1, seen.last().unwrap().1);
    let one = desk
        .get(&ada, &format!("/api/v1/conversations/{}/quality", any.unwrap()))
        .await;
    assert_eq!((one.status, one.code()), (StatusCode::FORBIDDEN, "confidential"));
    let table = desk.table(&ada, &format!("{session}/quality/export")).await;
    assert_eq!(table.lines().count(), 2);
    assert!(!table.contains("conversation,"), "{table}");

    // Once somebody takes theirs back nothing is told: the difference would be theirs.
    let talks = desk.database.store().conversations();
    talks.withdraw(any.unwrap(), 1).await.unwrap();
    let told = desk.get(&ada, &format!("{session}/quality")).await.body;
    assert_eq!(told["means"], Value::Null);
    desk.database.remove().await;
}

//! Inviting, as an admin's page would.

use colloquy_core::event::Mode;
use colloquy_core::id::InvitationId;
use colloquy_store::{Consent, LINK_LIFETIME_MS};
use uuid::Uuid;

use super::*;

impl Desk {
    /// An open session's invitations.
    pub(super) async fn open_session(&self, who: &As) -> (String, String) {
        let made = self.post(who, "/api/v1/sessions", json!({"template": "pulse"})).await;
        let path = format!("/api/v1/sessions/{}", made.body["id"].as_str().unwrap());
        let opened = self.post(who, &format!("{path}/open"), Value::Null).await;
        assert_eq!(opened.status, StatusCode::OK);
        (format!("{path}/invitations"), path)
    }
}

fn at(told: &Told) -> String {
    format!("/api/v1/invitations/{}", told.body["id"].as_str().unwrap())
}

fn pat() -> Value {
    json!({"name": " Pat Weir ", "email": "Pat@Harbour.example", "role": "Nurse", "department": ""})
}

#[tokio::test]
async fn somebody_is_invited_and_their_link_opens() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (path, session) = desk.open_session(&ada).await;
    let made = desk.post(&ada, &path, pat()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let person = &made.body["person"];
    assert_eq!(
        (
            &person["name"],
            &person["email"],
            &person["role"],
            &person["department"]
        ),
        (
            &json!("Pat Weir"),
            &json!("pat@harbour.example"),
            &json!("Nurse"),
            &Value::Null
        )
    );
    assert_eq!(made.body["status"], "queued");
    let lasts = made.body["expires_at"].as_i64().unwrap() - made.body["created"].as_i64().unwrap();
    assert_eq!(lasts, LINK_LIFETIME_MS);
    assert!(
        !made.body.to_string().contains("/i/"),
        "no secret is in an answer that may be asked for again"
    );
    assert_eq!(desk.get(&ada, &at(&made)).await.body, made.body);

    let drawn = desk.post(&ada, &format!("{}/link", at(&made)), Value::Null).await;
    assert_eq!(drawn.status, StatusCode::CREATED);
    let token = drawn.body["link"]
        .as_str()
        .unwrap()
        .strip_prefix("http://localhost/i/")
        .unwrap();
    let shown = desk.get(&As::Nobody, &format!("/api/participant/{token}")).await;
    assert_eq!((shown.status, &shown.body["state"]), (StatusCode::OK, &json!("usable")));

    let again = desk.post(&ada, &path, pat()).await;
    assert_eq!((again.status, again.code()), (StatusCode::CONFLICT, "already_invited"));
    for (field, value) in [
        ("email", json!("pat")),
        ("name", json!(" ")),
        ("role", json!("x".repeat(121))),
    ] {
        let mut wrong = pat();
        wrong[field] = value;
        let told = desk.post(&ada, &path, wrong).await;
        assert_eq!(told.body["field"], field, "{}", told.body);
    }
    desk.post(&ada, &format!("{session}/close"), Value::Null).await;
    let mut other = pat();
    other["email"] = "kim@harbour.example".into();
    assert_eq!(desk.post(&ada, &path, other).await.code(), "session_closed");
    desk.database.remove().await;
}

#[tokio::test]
async fn what_is_asked_for_again_by_its_key_is_done_once() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (path, _) = desk.open_session(&ada).await;
    let ask = async |who: &As, key: &str, body: Value| {
        let headers = [("origin", OURS), ("idempotency-key", key)];
        desk.ask_with(who, "POST", &path, &headers, &body).await
    };
    let first = ask(&ada, "a-1", pat()).await;
    let second = ask(&ada, "a-1", pat()).await;
    assert_eq!(
        (first.status, second.status),
        (StatusCode::CREATED, StatusCode::CREATED)
    );
    assert_eq!(first.body, second.body);
    let mut kim = pat();
    kim["email"] = "kim@harbour.example".into();
    let told = ask(&ada, "a-1", kim.clone()).await;
    assert_eq!(
        (told.status, told.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused")
    );
    assert_eq!(ask(&ada, "a-2", pat()).await.code(), "already_invited");
    for wrong in ["", &"x".repeat(201)] {
        assert_eq!(ask(&ada, wrong, kim.clone()).await.body["field"], "idempotency-key");
    }
    assert_eq!(ask(&ada, "a-3", kim).await.status, StatusCode::CREATED);
    let listed = desk.get(&ada, &path).await.body;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    desk.database.remove().await;
}

#[tokio::test]
async fn an_invitation_is_extended_and_revoked() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (path, _) = desk.open_session(&ada).await;
    let made = desk.post(&ada, &path, pat()).await;
    let act = async |verb: &str, body: Value| desk.post(&ada, &format!("{}/{verb}", at(&made)), body).await;
    let longer = act("extend", json!({"days": 30})).await;
    assert!(longer.body["expires_at"].as_i64() > made.body["expires_at"].as_i64());
    let shorter = act("extend", json!({"days": 1})).await;
    assert_eq!(shorter.body["expires_at"], longer.body["expires_at"], "never shorter");
    for days in [0, 31] {
        assert_eq!(act("extend", json!({"days": days})).await.body["field"], "days");
    }
    let drawn = act("link", Value::Null).await;
    let token = drawn.body["link"]
        .as_str()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    for _ in 0..2 {
        let told = act("revoke", Value::Null).await;
        assert_eq!((told.status, &told.body["status"]), (StatusCode::OK, &json!("revoked")));
    }
    let shown = desk.get(&As::Nobody, &format!("/api/participant/{token}")).await;
    assert_eq!(shown.body["state"], "revoked");
    for (verb, body) in [("extend", json!({})), ("link", Value::Null)] {
        let told = act(verb, body).await;
        assert_eq!((told.status, told.code()), (StatusCode::CONFLICT, "invitation_revoked"));
    }
    let audit = desk.get(&ada, "/api/v1/audit?limit=4").await.body;
    let deeds: Vec<&str> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|deed| deed["deed"].as_str().unwrap())
        .collect();
    let expected = [
        "invitation.revoke",
        "invitation.link",
        "invitation.extend",
        "invitation.extend",
    ];
    assert_eq!(deeds, expected);
    desk.database.remove().await;
}

#[tokio::test]
async fn nobody_draws_a_link_to_what_somebody_said() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (path, _) = desk.open_session(&ada).await;
    let made = desk.post(&ada, &path, pat()).await;
    let id: Uuid = made.body["id"].as_str().unwrap().parse().unwrap();
    let consent = Consent {
        mode: Mode::Text,
        recording: false,
        text_version: "2026-11".to_owned(),
    };
    let conversations = desk.store().conversations();
    conversations.open(InvitationId(id), &consent, unix_ms()).await.unwrap();
    assert_eq!(desk.get(&ada, &at(&made)).await.body["status"], "in_progress");
    let told = desk.post(&ada, &format!("{}/link", at(&made)), Value::Null).await;
    assert_eq!((told.status, told.code()), (StatusCode::CONFLICT, "conversation_begun"));
    desk.database.remove().await;
}

#[tokio::test]
async fn people_who_were_invited_are_found_again() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (path, _) = desk.open_session(&ada).await;
    for (name, email) in [
        ("Pat Weir", "pat@harbour.example"),
        ("Kim Patel", "kim@harbour.example"),
        ("José Núñez", "jn@patience.example"),
    ] {
        let made = desk.post(&ada, &path, json!({"name": name, "email": email})).await;
        assert_eq!(made.status, StatusCode::CREATED);
    }
    let found = async |query: &str| {
        let told = desk.get(&ada, &format!("/api/v1/people?q={query}")).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.body);
        let items = told.body["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|p| p["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("pat").await, ["Pat Weir", "Kim Patel", "José Núñez"]);
    assert_eq!(found("NUNEZ").await, ["José Núñez"]);
    assert_eq!(found("pat%20kim").await, ["Kim Patel"]);
    assert!(found("%25").await.is_empty());
    assert_eq!(
        desk.get(&ada, "/api/v1/people?q=a&limit=0").await.body["field"],
        "limit"
    );
    assert_eq!(desk.get(&ada, "/api/v1/people").await.body["field"], "q or limit");
    desk.database.remove().await;
}

#[tokio::test]
async fn the_list_of_a_session_is_read_in_pages() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (path, _) = desk.open_session(&ada).await;
    let (other, _) = desk.open_session(&ada).await;
    desk.post(&ada, &other, pat()).await;
    let mut made = Vec::new();
    for name in ["a", "b", "c"] {
        let guest = json!({"name": name, "email": format!("{name}@harbour.example")});
        made.insert(0, desk.post(&ada, &path, guest).await.body);
    }
    let first = desk.get(&ada, &format!("{path}?limit=2")).await.body;
    let next = first["next"].as_str().unwrap();
    let second = desk.get(&ada, &format!("{path}?limit=2&cursor={next}")).await.body;
    let items = [&first, &second].map(|page| page["items"].as_array().unwrap().clone());
    assert_eq!(items.concat(), made);
    assert_eq!(second["next"], Value::Null);
    desk.database.remove().await;
}

//! What all sessions of a workspace have alike, and how long things are kept.

use colloquy_core::event::{Event, Outcome};
use colloquy_store::LET_GO_AFTER_MS;

use super::live::{say, talking};
use super::*;

#[tokio::test]
async fn what_all_sessions_have_alike_is_changed_at_once() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let path = "/api/v1/workspace";
    let mut changed = desk.get(&ada, path).await.body;
    changed["name"] = json!("Harbour Hospital");
    changed["help"] = json!({"name": "Kim", "reach": "phone 1"});
    let put = async |body: &Value| {
        let tag = desk.get(&ada, path).await.etag();
        let headers = [("origin", OURS), ("if-match", tag.as_str())];
        desk.ask_with(&ada, "PUT", path, &headers, body).await
    };
    let told = put(&changed).await;
    assert_eq!((told.status, &told.body), (StatusCode::OK, &changed));
    assert_eq!(desk.get(&ada, path).await.body, changed);
    let empty = put(&json!({"name": " "})).await;
    assert_eq!(empty.body["field"], "name");
    desk.database.remove().await;
}

#[tokio::test]
async fn settings_are_changed_only_as_they_were_read() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let path = "/api/v1/workspace";
    let read = desk.get(&ada, path).await;
    let mut body = read.body.clone();
    assert_eq!(
        body["keep_days"],
        json!({"conversations": null, "recordings": null, "mails": null})
    );
    assert_eq!(desk.ask(&ada, "PUT", path, &body).await.code(), "if_match_required");
    body["keep_days"] = json!({"conversations": 0});
    let with = |tag: &str| [("origin", OURS.to_owned()), ("if-match", tag.to_owned())];
    let put = async |tag: &str, body: &Value| {
        let headers = with(tag);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        desk.ask_with(&ada, "PUT", path, &headers, body).await
    };
    let wrong = put(&read.etag(), &body).await;
    assert_eq!(wrong.body["field"], "keep_days.conversations");
    body["keep_days"] = json!({"conversations": 365, "mails": 30});
    let changed = put(&read.etag(), &body).await;
    assert_eq!(
        (changed.status, &changed.body["keep_days"]["mails"]),
        (StatusCode::OK, &json!(30))
    );
    let late = put(&read.etag(), &body).await;
    assert_eq!(
        (late.status, late.code()),
        (StatusCode::PRECONDITION_FAILED, "outdated")
    );
    assert_eq!(put(&changed.etag(), &body).await.status, StatusCode::OK);
    desk.database.remove().await;
}

#[tokio::test]
async fn how_long_things_are_kept_is_changed_by_who_says_so_and_is_signed_in() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let made = desk
        .post(&ada, "/api/v1/tokens", json!({"name": "payroll", "scope": "write"}))
        .await;
    let key = As::Token(made.body["secret"].as_str().unwrap().to_owned());
    let put = async |who: &As, body: Value| {
        let tag = desk.get(&ada, "/api/v1/workspace").await.etag();
        let headers = [("origin", OURS), ("if-match", tag.as_str())];
        desk.ask_with(who, "PUT", "/api/v1/workspace", &headers, &body).await
    };
    let kept = json!({"conversations": 30, "recordings": 7, "mails": 90});
    let short = put(&ada, json!({"name": "Harbour", "keep_days": {"conversations": 29}})).await;
    assert_eq!(
        short.body["field"], "keep_days.conversations",
        "people have their own copy for 30 days"
    );
    let set = put(&ada, json!({"name": "Harbour", "keep_days": kept})).await;
    assert_eq!(set.body["keep_days"], kept);
    let by_key = put(&key, json!({"name": "Harbour", "keep_days": {"conversations": 40}})).await;
    assert_eq!(
        (by_key.status, by_key.code()),
        (StatusCode::FORBIDDEN, "login_required")
    );
    for body in [
        json!({"name": "Mill"}),
        json!({"name": "Mill", "keep_days": {}}),
        json!({"name": "Mill", "keep_days": kept}),
    ] {
        let renamed = put(&key, body).await;
        assert_eq!((renamed.status, &renamed.body["keep_days"]), (StatusCode::OK, &kept));
    }
    let some = put(&ada, json!({"name": "Mill", "keep_days": {"recordings": null}})).await;
    assert_eq!(
        some.body["keep_days"],
        json!({"conversations": 30, "recordings": null, "mails": 90})
    );
    let deeds = desk.get(&ada, "/api/v1/audit").await.body;
    let deeds = deeds["items"].as_array().unwrap().iter();
    assert_eq!(deeds.filter(|entry| entry["deed"] == "workspace.keep").count(), 2);
    desk.database.remove().await;
}

#[tokio::test]
async fn who_keeps_less_is_told_what_goes_and_has_a_day_to_think_again() {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (talk, session) = talking(&desk, &ada, "pulse").await;
    let over = Event::Ended {
        outcome: Outcome::Completed,
    };
    say(&desk, &talk, &[over]).await;
    let path = "/api/v1/workspace/keep";
    // They ended just now: 30 days from now is long after the day from which on things would go.
    let would = desk.get(&ada, &format!("{path}?conversations=30&mails=1")).await;
    assert_eq!(would.body["conversations"], 0, "{}", would.body);
    assert!(would.body["from"].as_i64().unwrap() >= unix_ms() + LET_GO_AFTER_MS - DAY_MS / 24);
    for (query, field) in [
        ("conversations=29", "keep_days.conversations"),
        ("mails=0", "keep_days.mails"),
        ("recordings=4000", "keep_days.recordings"),
        ("mails=x", "keep_days"),
    ] {
        let wrong = desk.get(&ada, &format!("{path}?{query}")).await;
        assert_eq!(
            (wrong.status, &wrong.body["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(field))
        );
    }
    let read = desk.get(&ada, "/api/v1/workspace").await;
    assert_eq!(read.body["let_go_from"], Value::Null);
    let put = async |etag: &str, body: Value| {
        let headers = [("origin", OURS), ("if-match", etag)];
        desk.ask_with(&ada, "PUT", "/api/v1/workspace", &headers, &body).await
    };
    let set = put(
        &read.etag(),
        json!({"name": "Harbour", "keep_days": {"conversations": 30}}),
    )
    .await;
    let from = set.body["let_go_from"].as_i64().unwrap();
    assert!((from - unix_ms() - LET_GO_AFTER_MS).abs() < DAY_MS / 24, "{from}");
    // What was read may be sent as it is.
    let same = put(&set.etag(), set.body.clone()).await;
    assert_eq!((same.status, &same.body["let_go_from"]), (StatusCode::OK, &json!(from)));

    let later = unix_ms() + 31 * DAY_MS;
    assert_eq!(desk.store().let_go(later).await.unwrap().conversations, 1);
    let at = format!("{session}/invitations");
    let listed = desk.get(&ada, &at).await.body["items"][0].clone();
    assert_eq!(
        (&listed["status"], &listed["kept_days"]),
        (&json!("erased"), &json!(30))
    );
    let person = listed["person"]["id"].as_str().unwrap();
    let export = desk.get(&ada, &format!("/api/v1/people/{person}/export")).await.body;
    let told = &export["invitations"][0];
    assert_eq!(
        (&told["status"], &told["conversation"]["kept_days"]),
        (&json!("erased"), &json!(30))
    );
    let sessions = desk.get(&ada, "/api/v1/sessions").await.body;
    assert_eq!(
        sessions["items"][0]["people"],
        json!([{"status": "erased", "count": 1}])
    );
    desk.database.remove().await;
}

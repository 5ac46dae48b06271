//! Mails, as an admin's page sees them.

use colloquy_store::{LINK_LIFETIME_MS, MailState};

use super::*;

#[tokio::test]
async fn an_invitation_is_mailed_unless_that_is_not_wanted_and_again_when_it_is() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (path, session) = desk.open_session(&ada).await;
    let quiet = json!({"name": "Kim", "email": "kim@harbour.example", "mail": false});
    desk.post(&ada, &path, quiet).await;
    assert_eq!(desk.get(&ada, "/api/v1/outbox").await.body["items"], json!([]));
    let pat = json!({"name": "Pat Weir", "email": "pat@harbour.example"});
    let made = desk.post(&ada, &path, pat).await.body;
    let told = desk.get(&ada, "/api/v1/outbox").await.body;
    assert_eq!((&told["by"], &told["next"]), (&json!("files"), &Value::Null));
    let mail = &told["items"][0];
    assert_eq!(
        (&mail["kind"], &mail["state"], &mail["email"], &mail["invitation"]),
        (
            &json!("invitation"),
            &json!("queued"),
            &json!("pat@harbour.example"),
            &made["id"]
        )
    );
    assert!(mail["subject"].as_str().unwrap().starts_with("Your invitation: "));
    assert!(!told.to_string().contains("/i/"), "no link lies about");

    let outbox = desk.store().outbox();
    let now = unix_ms();
    let claimed = outbox.claim("north", now, now + 60_000).await.unwrap().unwrap();
    outbox.sent(claimed.id, now).await.unwrap();
    let at = format!("/api/v1/invitations/{}", made["id"].as_str().unwrap());
    assert_eq!(desk.get(&ada, &at).await.body["status"], "sent");
    let again = desk.post(&ada, &format!("{at}/send"), Value::Null).await;
    assert_eq!(
        (again.status, &again.body["status"]),
        (StatusCode::ACCEPTED, &json!("sent"))
    );
    let states = async || {
        let told = desk.get(&ada, "/api/v1/outbox").await.body;
        let items = told["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|mail| mail["state"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(states().await, ["queued", "sent"]);

    desk.post(&ada, &format!("{session}/close"), Value::Null).await;
    let closed = desk.post(&ada, &format!("{at}/send"), Value::Null).await;
    assert_eq!((closed.status, closed.code()), (StatusCode::CONFLICT, "session_closed"));
    desk.post(&ada, &format!("{session}/open"), Value::Null).await;
    desk.post(&ada, &format!("{at}/revoke"), Value::Null).await;
    let revoked = desk.post(&ada, &format!("{at}/send"), Value::Null).await;
    assert_eq!(
        (revoked.status, revoked.code()),
        (StatusCode::CONFLICT, "invitation_revoked")
    );
    let now = now + LINK_LIFETIME_MS / 2;
    assert!(
        outbox.claim("north", now, now).await.unwrap().is_none(),
        "nor by what waited"
    );
    let workspace = desk.store().workspaces().all().await.unwrap().remove(0);
    let mails = outbox.page(workspace.id, None, 9, now).await.unwrap();
    assert!(mails.iter().any(|mail| mail.state == MailState::Dropped));
    desk.database.remove().await;
}

#[tokio::test]
async fn whose_link_was_followed_has_opened_it() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (path, _) = desk.open_session(&ada).await;
    let pat = json!({"name": "Pat Weir", "email": "pat@harbour.example"});
    let made = desk.post(&ada, &path, pat).await.body;
    let now = unix_ms();
    let claimed = desk
        .store()
        .outbox()
        .claim("north", now, now + 60_000)
        .await
        .unwrap()
        .unwrap();
    let link = format!("/api/participant/{}", claimed.token.expose());
    assert_eq!(desk.get(&As::Nobody, &link).await.status, StatusCode::OK);
    let at = format!("/api/v1/invitations/{}", made["id"].as_str().unwrap());
    assert_eq!(desk.get(&ada, &at).await.body["status"], "opened");
    desk.database.remove().await;
}

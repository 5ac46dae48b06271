//! Markup in every text that people write: it is kept and told as the text that it is, and nothing takes it for more.

use super::*;

const MARKUP: &str = "<img src=x onerror=\"alert(1)\"><b>&amp;</b>";

#[tokio::test]
async fn whatever_looks_like_a_page_is_text_in_every_field() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let put = async |path: &str, body: &Value| {
        let etag = desk.get(&ada, path).await.etag();
        let headers = [("origin", OURS), ("if-match", etag.as_str())];
        desk.ask_with(&ada, "PUT", path, &headers, body).await
    };
    let help = json!({"name": MARKUP, "reach": MARKUP});
    let workspace = put("/api/v1/workspace", &json!({"name": MARKUP, "help": help})).await;
    let topic = json!({
        "label": MARKUP, "description": MARKUP, "guidance": MARKUP, "context": MARKUP, "priority": "high", "enabled": true,
    });
    let content = json!({
        "title": MARKUP, "mode": "text", "confidentiality": "identified", "recording": false, "length_min": 5,
        "welcome": MARKUP, "help": help, "topics": [topic],
    });
    let made = desk
        .post(
            &ada,
            "/api/v1/sessions",
            json!({"template": "pulse", "content": content}),
        )
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let session = format!("/api/v1/sessions/{}", made.body["id"].as_str().unwrap());
    let cloned = desk
        .post(&ada, &format!("{session}/clone"), json!({"title": MARKUP}))
        .await;
    desk.post(&ada, &format!("{session}/open"), Value::Null).await;
    let guest = json!({"name": MARKUP, "email": "pat@harbour.example", "role": MARKUP, "department": MARKUP});
    let invited = desk.post(&ada, &format!("{session}/invitations"), guest).await;
    let file = format!("name;email\n\"{}\";kim@harbour.example\n", MARKUP.replace('"', "\"\""));
    let previewed = desk
        .post(&ada, &format!("{session}/invitations/preview"), json!(file))
        .await;
    let colleague = json!({"name": MARKUP, "email": "ben@harbour.example", "role": "viewer"});
    let added = desk.post(&ada, "/api/v1/users", colleague).await;
    let key = desk
        .post(&ada, "/api/v1/tokens", json!({"name": MARKUP, "scope": "read"}))
        .await;
    let at = |body: &Value, pointer: &str| body.pointer(pointer).unwrap_or(&Value::Null).clone();
    for (told, pointers) in [
        (&workspace, &["/name", "/help/name", "/help/reach"][..]),
        (
            &made,
            &[
                "/title",
                "/welcome",
                "/help/name",
                "/help/reach",
                "/topics/0/label",
                "/topics/0/description",
                "/topics/0/guidance",
                "/topics/0/context",
            ],
        ),
        (&cloned, &["/title"]),
        (&invited, &["/person/name", "/person/role", "/person/department"]),
        (&previewed, &["/people/0/name"]),
        (&added, &["/user/name"]),
        (&key, &["/token/name"]),
    ] {
        for pointer in pointers {
            assert_eq!(at(&told.body, pointer), MARKUP, "{pointer} of {}", told.body);
        }
    }
    let lists = [
        "/api/v1/sessions",
        "/api/v1/outbox",
        "/api/v1/users",
        "/api/v1/tokens",
        "/api/v1/audit",
        "/api/v1/people?q=img",
    ];
    for list in lists {
        let told = desk.get(&ada, list).await;
        assert_eq!(told.headers[header::CONTENT_TYPE], "application/json", "{list}");
        assert!(told.body.to_string().contains("<img src=x"), "{list}: {}", told.body);
    }
    // What a program of ours would show to people is told as JSON, too, where it is refused.
    let refused = desk.post(&ada, "/api/v1/sessions", json!({"template": MARKUP})).await;
    assert_eq!(refused.headers[header::CONTENT_TYPE], "application/problem+json");
    let sought = desk.get(&ada, "/api/v1/sessions?q=%3Cimg").await;
    assert_eq!(sought.body["items"].as_array().unwrap().len(), 2);
    let drawn = format!("/api/v1/invitations/{}/link", invited.body["id"].as_str().unwrap());
    let link = desk.post(&ada, &drawn, Value::Null).await.body["link"]
        .as_str()
        .unwrap()
        .to_owned();
    let shown = desk
        .get(
            &As::Nobody,
            &format!("/api/participant/{}", link.rsplit('/').next().unwrap()),
        )
        .await;
    assert_eq!(shown.headers[header::CONTENT_TYPE], "application/json");
    for field in ["title", "organisation", "welcome"] {
        assert_eq!(shown.body["session"][field], MARKUP, "{field}");
    }
    desk.database.remove().await;
}

#[tokio::test]
async fn addresses_that_are_none_are_refused_wherever_they_are_taken() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (path, _) = desk.open_session(&ada).await;
    let long = format!("{}@example.com", "a".repeat(250));
    for email in [
        "",
        "ada",
        "@h.example",
        "ada@",
        "a@b@c.d",
        "a b@h.example",
        "<ada@h.example>",
        "ada@brightwater",
        "ada@h.example\u{0}",
        &long,
    ] {
        for (path, body) in [
            (path.clone(), json!({"name": "Pat", "email": email})),
            (
                format!("{path}/many"),
                json!({"people": [{"name": "Pat", "email": email}]}),
            ),
            (
                "/api/v1/users".to_owned(),
                json!({"name": "Pat", "email": email, "role": "viewer"}),
            ),
        ] {
            let told = desk.post(&ada, &path, body).await;
            let field = told.body["field"].as_str().unwrap_or_default();
            assert!(
                told.status == StatusCode::UNPROCESSABLE_ENTITY && field.ends_with("email"),
                "{email:?} at {path}: {}",
                told.body
            );
        }
    }
    let listed = desk.get(&ada, &path).await.body;
    assert_eq!(listed["items"], json!([]), "nothing is stored");
    assert_eq!(
        desk.get(&ada, "/api/v1/users").await.body["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    desk.database.remove().await;
}

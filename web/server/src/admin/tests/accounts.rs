//! Setting up, signing in and out, colleagues, keys.

use super::*;

#[tokio::test]
async fn the_first_run_makes_an_owner_once_and_signs_in() {
    let desk = Desk::set().await;
    assert_eq!(
        desk.get(&As::Nobody, "/api/v1/setup").await.body,
        json!({"needed": true, "mails": "files"})
    );
    let code = desk.code().await;
    let mut short = first_run(&code);
    short["password"] = "too short".into();
    let told = desk.post(&As::Nobody, "/api/v1/setup", short).await;
    assert_eq!(
        (told.status, told.body["field"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("password"))
    );
    let foreign = [("origin", "https://evil.example")];
    let told = desk
        .ask_with(&As::Nobody, "POST", "/api/v1/setup", &foreign, &first_run(&code))
        .await;
    assert_eq!(told.code(), "foreign_origin");
    for wrong in ["", "setup_", &code.replace("setup_", "login_"), &format!("{code}x")] {
        let told = desk.post(&As::Nobody, "/api/v1/setup", first_run(wrong)).await;
        assert_eq!((told.status, told.code()), (StatusCode::FORBIDDEN, "wrong_setup_code"));
    }

    let told = desk.post(&As::Nobody, "/api/v1/setup", first_run(&code)).await;
    assert_eq!(told.status, StatusCode::CREATED);
    let me = desk.get(&told.login(), "/api/v1/me").await;
    assert_eq!(me.status, StatusCode::OK);
    assert_eq!(me.body, told.body);
    assert_eq!(
        (&me.body["user"]["role"], &me.body["user"]["email"]),
        (&json!("owner"), &json!("ada@harbour.example"))
    );
    assert_eq!(me.body["workspace"]["name"], "Harbour Clinic");
    assert_eq!(me.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(
        desk.get(&As::Nobody, "/api/v1/setup").await.body,
        json!({"needed": false, "mails": "files"})
    );
    let again = desk.post(&As::Nobody, "/api/v1/setup", first_run(&code)).await;
    assert_eq!((again.status, again.code()), (StatusCode::CONFLICT, "already_set_up"));
    desk.database.remove().await;
}

#[tokio::test]
async fn a_password_signs_in_until_one_signs_out() {
    let desk = Desk::set().await;
    let first = desk.set_up().await;
    let login = json!({"email": "ADA@harbour.example", "password": "correct horse battery"});
    let told = desk.post(&As::Nobody, "/api/v1/login", login.clone()).await;
    assert_eq!(told.status, StatusCode::OK);
    let cookie = told.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.contains("; HttpOnly; SameSite=Lax") && !cookie.contains("Secure"),
        "{cookie}"
    );
    let second = told.login();
    assert_eq!(
        desk.post(&second, "/api/v1/logout", Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(desk.get(&second, "/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        desk.get(&first, "/api/v1/me").await.status,
        StatusCode::OK,
        "another browser"
    );
    let third = desk.post(&As::Nobody, "/api/v1/login", login).await.login();
    let told = desk.post(&third, "/api/v1/logout/everywhere", Value::Null).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
    for login in [&first, &third] {
        assert_eq!(desk.get(login, "/api/v1/me").await.code(), "unauthenticated");
    }
    desk.database.remove().await;
}

#[tokio::test]
async fn passwords_are_not_guessed_and_nobody_learns_who_is_here() {
    let desk = Desk::set().await;
    desk.set_up().await;
    let wrong = |email: &str| json!({"email": email, "password": "incorrect horse"});
    let known = desk
        .post(&As::Nobody, "/api/v1/login", wrong("ada@harbour.example"))
        .await;
    let unknown = desk
        .post(&As::Nobody, "/api/v1/login", wrong("ben@harbour.example"))
        .await;
    assert_eq!(
        (known.status, known.code()),
        (StatusCode::UNAUTHORIZED, "wrong_credentials")
    );
    assert_eq!(known.body, unknown.body);
    let mut told = known;
    for _ in 0..12 {
        told = desk
            .post(&As::Nobody, "/api/v1/login", wrong("ada@harbour.example"))
            .await;
        if told.status != StatusCode::UNAUTHORIZED {
            break;
        }
    }
    assert_eq!(
        (told.status, told.code()),
        (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts")
    );
    assert!(
        told.headers[header::RETRY_AFTER]
            .to_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
            > 0
    );
    let right = json!({"email": "ada@harbour.example", "password": "correct horse battery"});
    let told = desk.post(&As::Nobody, "/api/v1/login", right).await;
    assert_eq!(told.status, StatusCode::TOO_MANY_REQUESTS, "also the right one waits");
    desk.database.remove().await;
}

#[tokio::test]
async fn a_colleague_is_added_and_signs_in_with_the_first_password() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let ben = json!({"name": "Ben", "email": "ben@harbour.example", "role": "admin"});
    let told = desk.post(&ada, "/api/v1/users", ben.clone()).await;
    assert_eq!(told.status, StatusCode::CREATED);
    let login = json!({"email": "ben@harbour.example", "password": told.body["password"]});
    let ben_in = desk.post(&As::Nobody, "/api/v1/login", login).await.login();
    assert_eq!(desk.post(&ada, "/api/v1/users", ben).await.code(), "email_taken");
    let owner = json!({"name": "Eve", "email": "eve@harbour.example", "role": "owner"});
    let told = desk.post(&ben_in, "/api/v1/users", owner).await;
    assert_eq!(
        (told.status, told.code()),
        (StatusCode::FORBIDDEN, "role_lacks_permission"),
        "above his own"
    );
    let users = desk.get(&ben_in, "/api/v1/users").await.body;
    assert_eq!(users["items"].as_array().unwrap().len(), 2);
    desk.database.remove().await;
}

#[tokio::test]
async fn a_key_works_for_programs_until_it_is_revoked() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let told = desk
        .post(&ada, "/api/v1/tokens", json!({"name": "payroll", "scope": "write"}))
        .await;
    let key = As::Token(told.body["secret"].as_str().unwrap().to_owned());
    // A program sends no Origin, and needs none: nobody can have a browser send its key.
    let template = json!({"template": "pulse"});
    let made = desk.ask_with(&key, "POST", "/api/v1/sessions", &[], &template).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let audit = desk.get(&ada, "/api/v1/audit?limit=1").await.body;
    assert_eq!(audit["items"][0]["deed"], "session.create");
    assert_eq!(audit["items"][0]["token"], told.body["token"]["id"]);
    let listed = desk.get(&ada, "/api/v1/tokens").await.body;
    assert_eq!(
        listed["items"],
        json!([told.body["token"]]),
        "the secret is not shown again"
    );
    let path = format!("/api/v1/tokens/{}", told.body["token"]["id"].as_str().unwrap());
    let revoked = desk.ask(&ada, "DELETE", &path, &Value::Null).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    assert_eq!(desk.get(&key, "/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    desk.database.remove().await;
}

#[tokio::test]
async fn what_is_wrong_is_said_as_a_problem() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let read = desk.get(&As::Nobody, "/api/v1").await;
    assert_eq!(
        (read.status, read.headers[header::CONTENT_TYPE].to_str().unwrap()),
        (StatusCode::OK, "text/html; charset=utf-8")
    );
    let style = desk.get_plain("/api/v1/reference.css").await;
    assert_eq!(style, StatusCode::OK);
    assert_eq!(desk.get(&ada, "/api/v1/nowhere").await.code(), "unknown_address");
    let told = desk.ask(&ada, "DELETE", "/api/v1/me", &Value::Null).await;
    assert_eq!(
        (told.status, told.code()),
        (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
    );
    assert!(told.headers[header::ALLOW].to_str().unwrap().contains("GET"));
    let request = Request::post("/api/v1/sessions")
        .header(header::HOST, HOST)
        .header(header::ORIGIN, OURS)
        .header(header::CONTENT_TYPE, "text/plain");
    let As::Login(login) = &ada else { unreachable!() };
    let request = request.header(header::COOKIE, format!("colloquy_login={login}"));
    let request = request.body(Body::from(r#"{"template": "pulse"}"#)).unwrap();
    let told = desk.app.clone().oneshot(request).await.unwrap();
    assert_eq!(told.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let body = to_bytes(told.into_body(), 1 << 20).await.unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["code"], "not_json");
    let told = desk
        .post(&ada, "/api/v1/sessions", json!({"template": "pulse", "tilte": "x"}))
        .await;
    assert_eq!(
        (told.status, told.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "invalid_body")
    );
    let huge = json!({"template": "x".repeat(300_000)});
    let told = desk.post(&ada, "/api/v1/sessions", huge).await;
    assert_eq!(
        (told.status, told.code()),
        (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large")
    );
    let told = desk.get(&ada, "/api/v1/sessions?limit=0").await;
    assert_eq!(told.body["field"], "limit");
    desk.database.remove().await;
}

#[tokio::test]
async fn a_changed_password_signs_other_browsers_out() {
    let desk = Desk::set().await;
    let here = desk.set_up().await;
    let login = |password: &str| json!({"email": "ada@harbour.example", "password": password});
    let there = desk
        .post(&As::Nobody, "/api/v1/login", login("correct horse battery"))
        .await
        .login();
    let change = |current: &str, new: &str| json!({"current": current, "password": new});
    let path = "/api/v1/me/password";
    let wrong = desk
        .ask(&here, "PUT", path, &change("incorrect horse", "a new one of mine"))
        .await;
    assert_eq!(
        (wrong.status, &wrong.body["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("current"))
    );
    let short = desk
        .ask(&here, "PUT", path, &change("correct horse battery", "short"))
        .await;
    assert_eq!(short.body["field"], "password");
    assert_eq!(
        desk.get(&there, "/api/v1/me").await.status,
        StatusCode::OK,
        "nothing has changed yet"
    );
    let changed = desk
        .ask(
            &here,
            "PUT",
            path,
            &change("correct horse battery", "a new one of mine"),
        )
        .await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT);
    for old in [&here, &there] {
        assert_eq!(desk.get(old, "/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(desk.get(&changed.login(), "/api/v1/me").await.status, StatusCode::OK);
    let old = desk
        .post(&As::Nobody, "/api/v1/login", login("correct horse battery"))
        .await;
    assert_eq!(old.code(), "wrong_credentials");
    let new = desk
        .post(&As::Nobody, "/api/v1/login", login("a new one of mine"))
        .await;
    assert_eq!(new.status, StatusCode::OK);
    desk.database.remove().await;
}

#[tokio::test]
async fn roles_change_up_to_ones_own_and_an_owner_stays() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let me = desk.get(&ada, "/api/v1/me").await.body;
    let workspace = WorkspaceId(me["workspace"]["id"].as_str().unwrap().parse().unwrap());
    let ben = desk.user(workspace, "ben", Role::Admin).await;
    let ben_in = desk.login(&ben).await;
    let path = |id: &str| format!("/api/v1/users/{id}/role");
    let (ada_at, ben_at) = (path(me["user"]["id"].as_str().unwrap()), path(&ben.id.to_string()));
    let role = |role: &str| json!({"role": role});

    let told = desk.ask(&ada, "PUT", &ada_at, &role("viewer")).await;
    assert_eq!((told.status, told.code()), (StatusCode::CONFLICT, "last_owner"));
    for (at, wanted) in [(&ada_at, "viewer"), (&ben_at, "owner")] {
        let told = desk.ask(&ben_in, "PUT", at, &role(wanted)).await;
        assert_eq!(
            (told.status, told.code()),
            (StatusCode::FORBIDDEN, "role_lacks_permission")
        );
    }
    let told = desk.ask(&ada, "PUT", &ben_at, &role("owner")).await;
    assert_eq!((told.status, &told.body["role"]), (StatusCode::OK, &json!("owner")));
    assert_eq!(
        desk.ask(&ben_in, "PUT", &ada_at, &role("analyst")).await.status,
        StatusCode::OK
    );
    let told = desk.get(&ada, "/api/v1/audit").await;
    assert_eq!(told.code(), "role_lacks_permission", "at once");
    let audit = desk.get(&ben_in, "/api/v1/audit?limit=2").await.body;
    assert_eq!(audit["items"][0]["deed"], "user.role");
    assert_eq!(audit["items"][0]["subject"], me["user"]["id"]);
    desk.database.remove().await;
}

/// The link that was mailed, once it lies in the outbox.
async fn mailed(desk: &Desk) -> Option<colloquy_store::ClaimedReset> {
    let resets = desk.store().resets();
    for _ in 0..500 {
        let now = unix_ms();
        if let Some(mail) = resets.claim("north", now, now + 60_000).await.unwrap() {
            return Some(mail);
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    None
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_a_link_that_works_once() {
    let desk = Desk::set().await;
    let here = desk.set_up().await;
    let path = "/api/v1/password-reset";
    let ask = |email: &str| json!({"email": email});
    // Of whom nobody knows, the answer is the same, and no mail is stored.
    let unknown = desk.post(&As::Nobody, path, ask("ben@harbour.example")).await;
    let known = desk.post(&As::Nobody, path, ask("Ada@harbour.example")).await;
    assert_eq!((unknown.status, &unknown.body), (StatusCode::ACCEPTED, &known.body));
    assert_eq!(known.status, StatusCode::ACCEPTED);
    let mail = mailed(&desk).await.unwrap();
    assert_eq!(mail.email.expose(), "ada@harbour.example");
    let set = |token: &str, password: &str| json!({"token": token, "password": password});
    let token = mail.token.expose();
    let short = desk.ask(&As::Nobody, "PUT", path, &set(token, "short")).await;
    assert_eq!(short.body["field"], "password");
    let done = desk
        .ask(&As::Nobody, "PUT", path, &set(token, "a new one of mine"))
        .await;
    assert_eq!(done.status, StatusCode::NO_CONTENT);
    assert_eq!(
        desk.get(&here, "/api/v1/me").await.status,
        StatusCode::UNAUTHORIZED,
        "signed out"
    );
    let again = desk.ask(&As::Nobody, "PUT", path, &set(token, "another of mine")).await;
    assert_eq!((again.status, again.code()), (StatusCode::GONE, "reset_over"));
    let login = |password: &str| json!({"email": "ada@harbour.example", "password": password});
    let old = desk
        .post(&As::Nobody, "/api/v1/login", login("correct horse battery"))
        .await;
    assert_eq!(old.code(), "wrong_credentials");
    let new = desk
        .post(&As::Nobody, "/api/v1/login", login("a new one of mine"))
        .await;
    assert_eq!(new.status, StatusCode::OK);
    let deeds = desk.get(&new.login(), "/api/v1/audit").await.body;
    assert_eq!(
        (&deeds["items"][1]["deed"], &deeds["items"][1]["who"]),
        (&json!("user.reset"), &json!("Ada Lund"))
    );
    desk.database.remove().await;
}

#[tokio::test]
async fn who_is_removed_is_out_at_once_and_their_address_is_free() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let me = desk.get(&ada, "/api/v1/me").await.body;
    let own = format!("/api/v1/users/{}", me["user"]["id"].as_str().unwrap());
    let last = desk.ask(&ada, "DELETE", &own, &Value::Null).await;
    assert_eq!((last.status, last.code()), (StatusCode::CONFLICT, "last_owner"));
    let workspace = WorkspaceId(me["workspace"]["id"].as_str().unwrap().parse().unwrap());
    let ben = desk.user(workspace, "ben", Role::Admin).await;
    let (login, key) = (desk.login(&ben).await, desk.key(&ben, Scope::Write).await);
    let above = desk.ask(&login, "DELETE", &own, &Value::Null).await;
    assert_eq!(above.code(), "role_lacks_permission", "above his own");
    let made = desk
        .ask_with(&key, "POST", "/api/v1/sessions", &[], &json!({"template": "pulse"}))
        .await;
    assert_eq!(made.status, StatusCode::CREATED);
    let at = format!("/api/v1/users/{}", ben.id);
    let removed = desk.ask(&ada, "DELETE", &at, &Value::Null).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    for who in [&login, &key] {
        assert_eq!(
            desk.get(who, "/api/v1/me").await.status,
            StatusCode::UNAUTHORIZED,
            "{who:?}"
        );
    }
    assert_eq!(desk.ask(&ada, "DELETE", &at, &Value::Null).await.code(), "not_found");
    let users = desk.get(&ada, "/api/v1/users").await.body;
    assert_eq!(users["items"].as_array().unwrap().len(), 1);
    // The log says by name what he did, and whom it was done to.
    let deeds = desk.get(&ada, "/api/v1/audit?limit=2").await.body;
    let told = |n: usize, field: &str| deeds["items"][n][field].clone();
    assert_eq!(
        (told(0, "deed"), told(0, "person")),
        (json!("user.remove"), json!("ben"))
    );
    assert_eq!(
        (told(1, "who"), told(1, "session")),
        (json!("ben"), json!("Engagement pulse"))
    );
    let again = json!({"name": "Ben", "email": "ben@harbour.example", "role": "viewer"});
    assert_eq!(
        desk.post(&ada, "/api/v1/users", again).await.status,
        StatusCode::CREATED
    );
    desk.database.remove().await;
}

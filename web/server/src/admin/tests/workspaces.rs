//! Several workspaces in one installation: who is signed in to one does and sees nothing in another.

use super::live::talking;
use super::*;

/// Mo, who owns another workspace.
async fn mill(desk: &Desk) -> As {
    let workspace = desk.store().workspaces().create("Mill", None, unix_ms()).await.unwrap();
    let mo = desk.user(workspace.id, "mo", Role::Owner).await;
    desk.login(&mo).await
}

#[tokio::test]
async fn the_same_is_asked_for_in_two_workspaces_and_each_has_its_own() {
    let desk = Desk::set().await;
    let (ada, mo) = (desk.set_up().await, mill(&desk).await);
    let mut people = Vec::new();
    let mut links = Vec::new();
    for (who, name) in [(&ada, "Pat Weir"), (&mo, "Patricia Weir")] {
        let (path, _) = desk.open_session(who).await;
        // The same address, under the same Idempotency-Key.
        let headers = [("origin", OURS), ("idempotency-key", "first")];
        let guest = json!({"name": name, "email": "pat@harbour.example"});
        let made = desk.ask_with(who, "POST", &path, &headers, &guest).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        people.push(made.body["person"]["id"].as_str().unwrap().to_owned());
        let at = format!("/api/v1/invitations/{}/link", made.body["id"].as_str().unwrap());
        let link = desk.post(who, &at, Value::Null).await.body["link"].clone();
        links.push(link.as_str().unwrap().rsplit('/').next().unwrap().to_owned());
        let preview = desk
            .post(who, &format!("{path}/preview"), json!("email\npat@harbour.example"))
            .await;
        assert_eq!(preview.body["invited"].as_array().unwrap().len(), 1, "known in its own");
    }
    assert_ne!(people[0], people[1]);
    for (who, name) in [(&ada, "Pat Weir"), (&mo, "Patricia Weir")] {
        for list in ["/api/v1/people?q=weir", "/api/v1/outbox"] {
            let items = desk.get(who, list).await.body["items"].clone();
            let names: Vec<&str> = items
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["name"].as_str().unwrap())
                .collect();
            assert_eq!(names, [name], "{list}");
        }
        let sessions = desk.get(who, "/api/v1/sessions").await.body["items"].clone();
        assert_eq!(sessions.as_array().unwrap().len(), 1);
        let audit = desk.get(who, "/api/v1/audit").await.body;
        let invited = audit["items"].as_array().unwrap().iter();
        let invited: Vec<_> = invited.filter(|deed| deed["deed"] == "invitation.create").collect();
        assert_eq!(invited.len(), 1, "{audit}");
    }
    let organisation = async |token: &str| {
        let shown = desk.get(&As::Nobody, &format!("/api/participant/{token}")).await.body;
        shown["session"]["organisation"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (organisation(&links[0]).await, organisation(&links[1]).await),
        ("Harbour Clinic".into(), "Mill".into())
    );
    let gone = desk
        .ask(&mo, "DELETE", &format!("/api/v1/people/{}", people[1]), &Value::Null)
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let left = desk.get(&ada, "/api/v1/people?q=weir").await.body;
    assert_eq!(left["items"][0]["name"], "Pat Weir");
    assert_eq!(organisation(&links[0]).await, "Harbour Clinic");
    desk.database.remove().await;
}

#[tokio::test]
async fn an_address_signs_in_to_one_workspace_and_its_settings_are_its_own() {
    let desk = Desk::set().await;
    let (ada, mo) = (desk.set_up().await, mill(&desk).await);
    let add = |email: &str| json!({"name": "Lee", "email": email, "role": "admin"});
    let lee = desk.post(&mo, "/api/v1/users", add("lee@mill.example")).await;
    let login = json!({"email": "LEE@mill.example", "password": lee.body["password"]});
    let signed_in = desk.post(&As::Nobody, "/api/v1/login", login).await;
    assert_eq!(signed_in.body["workspace"]["name"], "Mill");
    // Whether somebody signs in by an address here or elsewhere is told to nobody.
    let here = desk.post(&mo, "/api/v1/users", add("lee@mill.example")).await;
    let elsewhere = desk.post(&mo, "/api/v1/users", add("ada@harbour.example")).await;
    assert_eq!((elsewhere.status, &elsewhere.body), (StatusCode::CONFLICT, &here.body));
    let names = async |who: &As| {
        let told = desk.get(who, "/api/v1/users").await.body;
        let items = told["items"].as_array().unwrap().iter();
        items
            .map(|one| one["email"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&ada).await, ["ada@harbour.example"]);
    assert_eq!(names(&mo).await, ["mo@harbour.example", "lee@mill.example"]);

    let etag = desk.get(&mo, "/api/v1/workspace").await.etag();
    let headers = [("origin", OURS), ("if-match", etag.as_str())];
    let settings = json!({"name": "Mill & Sons", "keep_days": {"conversations": 30}});
    let changed = desk
        .ask_with(&mo, "PUT", "/api/v1/workspace", &headers, &settings)
        .await;
    assert_eq!(changed.status, StatusCode::OK);
    let theirs = desk.get(&ada, "/api/v1/workspace").await.body;
    assert_eq!(
        (
            &theirs["name"],
            &theirs["keep_days"]["conversations"],
            &theirs["let_go_from"]
        ),
        (&json!("Harbour Clinic"), &Value::Null, &Value::Null)
    );
    // What is talked about in the one is followed from there alone.
    let (talk, session) = talking(&desk, &ada, "pulse").await;
    assert_eq!(desk.get(&mo, &format!("{session}/live")).await.code(), "not_found");
    assert_eq!(desk.get(&ada, &format!("{session}/live")).await.status, StatusCode::OK);
    let end = format!("/api/v1/conversations/{}/end", talk.id);
    assert_eq!(desk.post(&mo, &end, Value::Null).await.code(), "not_found");
    // Signing out everywhere is of one's own logins.
    desk.post(&mo, "/api/v1/logout/everywhere", Value::Null).await;
    assert_eq!(desk.get(&mo, "/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(desk.get(&signed_in.login(), "/api/v1/me").await.status, StatusCode::OK);
    assert_eq!(desk.get(&ada, "/api/v1/me").await.status, StatusCode::OK);
    desk.database.remove().await;
}

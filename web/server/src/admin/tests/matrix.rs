//! Every documented operation, asked by everybody: a new one that is not in the matrix fails.

use std::collections::BTreeSet;

use colloquy_core::event::Mode;
use colloquy_core::id::{ConversationId, SessionId};
use colloquy_store::{Consent, LOGIN_LIFETIME_MS, NewPerson, Plan};

use super::*;
use crate::admin::permissions::{Action, ROLES, may};

/// Method, path, and what one must be allowed to do; `None`: nothing.
const MATRIX: [(&str, &str, Option<Action>); 56] = [
    ("get", "/api/v1/setup", None),
    ("post", "/api/v1/setup", None),
    ("post", "/api/v1/login", None),
    ("post", "/api/v1/logout", Some(Action::KeepKeys)),
    ("post", "/api/v1/logout/everywhere", Some(Action::KeepKeys)),
    ("get", "/api/v1/me", Some(Action::SeeOneself)),
    ("put", "/api/v1/me/password", Some(Action::KeepKeys)),
    ("post", "/api/v1/password-reset", None),
    ("put", "/api/v1/password-reset", None),
    ("get", "/api/v1/users", Some(Action::SeeColleagues)),
    ("post", "/api/v1/users", Some(Action::KeepColleagues)),
    ("put", "/api/v1/users/{id}/role", Some(Action::KeepColleagues)),
    ("delete", "/api/v1/users/{id}", Some(Action::KeepColleagues)),
    ("get", "/api/v1/tokens", Some(Action::KeepKeys)),
    ("post", "/api/v1/tokens", Some(Action::KeepKeys)),
    ("delete", "/api/v1/tokens/{id}", Some(Action::KeepKeys)),
    ("get", "/api/v1/audit", Some(Action::ReadAudit)),
    ("get", "/api/v1/templates", Some(Action::ReadSessions)),
    ("get", "/api/v1/sessions", Some(Action::ReadSessions)),
    ("post", "/api/v1/sessions", Some(Action::EditSessions)),
    ("get", "/api/v1/sessions/{id}", Some(Action::ReadSessions)),
    ("put", "/api/v1/sessions/{id}", Some(Action::EditSessions)),
    ("delete", "/api/v1/sessions/{id}", Some(Action::EditSessions)),
    ("post", "/api/v1/sessions/{id}/clone", Some(Action::EditSessions)),
    ("post", "/api/v1/sessions/{id}/open", Some(Action::EditSessions)),
    ("post", "/api/v1/sessions/{id}/trial", Some(Action::EditSessions)),
    ("get", "/api/v1/sessions/{id}/invitations", Some(Action::SeeInvitations)),
    ("post", "/api/v1/sessions/{id}/invitations", Some(Action::Invite)),
    (
        "post",
        "/api/v1/sessions/{id}/invitations/preview",
        Some(Action::Invite),
    ),
    ("post", "/api/v1/sessions/{id}/invitations/many", Some(Action::Invite)),
    ("get", "/api/v1/invitations/{id}", Some(Action::SeeInvitations)),
    ("post", "/api/v1/invitations/{id}/extend", Some(Action::Invite)),
    ("post", "/api/v1/invitations/{id}/revoke", Some(Action::Invite)),
    ("post", "/api/v1/invitations/{id}/link", Some(Action::Invite)),
    ("post", "/api/v1/invitations/{id}/send", Some(Action::Invite)),
    ("get", "/api/v1/outbox", Some(Action::SeeInvitations)),
    ("get", "/api/v1/workspace", Some(Action::SeeOneself)),
    ("put", "/api/v1/workspace", Some(Action::KeepWorkspace)),
    ("get", "/api/v1/sessions/{id}/quality", Some(Action::ReadQuality)),
    ("get", "/api/v1/sessions/{id}/quality/export", Some(Action::ReadQuality)),
    ("get", "/api/v1/conversations/{id}/quality", Some(Action::ReadQuality)),
    ("get", "/api/v1/sessions/{id}/live", Some(Action::Watch)),
    ("post", "/api/v1/conversations/{id}/end", Some(Action::EditSessions)),
    ("delete", "/api/v1/people/{id}", Some(Action::KeepPeople)),
    ("get", "/api/v1/people/{id}/export", Some(Action::KeepPeople)),
    ("get", "/api/v1/templates/{name}", Some(Action::ReadSessions)),
    ("post", "/api/v1/sessions/describe", Some(Action::EditSessions)),
    ("get", "/api/v1/people", Some(Action::SeeInvitations)),
    ("get", "/api/v1/sessions/{id}/insights", Some(Action::ReadInsights)),
    (
        "get",
        "/api/v1/sessions/{id}/insights/export",
        Some(Action::ReadInsights),
    ),
    (
        "get",
        "/api/v1/sessions/{id}/insights/edits",
        Some(Action::ReadInsights),
    ),
    (
        "put",
        "/api/v1/sessions/{id}/insights/edits",
        Some(Action::EditInsights),
    ),
    ("post", "/api/v1/sessions/{id}/insights/ask", Some(Action::ReadInsights)),
    (
        "get",
        "/api/v1/sessions/{id}/insights/trend",
        Some(Action::ReadInsights),
    ),
    (
        "get",
        "/api/v1/conversations/{id}/transcript",
        Some(Action::ReadInsights),
    ),
    (
        "get",
        "/api/v1/conversations/{id}/turns/{turn}/audio",
        Some(Action::ReadInsights),
    ),
];
// `close` needs a session that is open, and stands beside the others.
const CLOSE: (&str, &str, Option<Action>) = ("post", "/api/v1/sessions/{id}/close", Some(Action::EditSessions));

/// A workspace on some plan, with a session and somebody in each role.
struct House {
    plan: Plan,
    users: Vec<User>,
    session: String,
}

struct Matrix {
    desk: Desk,
    houses: Vec<House>,
    document: Value,
}

impl Matrix {
    async fn set() -> Self {
        let desk = Desk::set().await;
        let mut houses = Vec::new();
        for (plan, name) in [(Plan::Sessions, "harbour"), (Plan::Basic, "mill")] {
            let workspace = desk.store().workspaces().create(name, None, unix_ms()).await.unwrap();
            let mut users = Vec::new();
            for role in ROLES {
                users.push(desk.user(workspace.id, &format!("{name}-{role:?}"), role).await);
            }
            let owner = desk.login(&users[0]).await;
            let made = desk
                .post(&owner, "/api/v1/sessions", json!({"template": "pulse"}))
                .await;
            let session = made.body["id"].as_str().unwrap().to_owned();
            let opened = desk
                .post(&owner, &format!("/api/v1/sessions/{session}/open"), Value::Null)
                .await;
            assert_eq!(opened.status, StatusCode::OK);
            desk.store().workspaces().set_plan(workspace.id, plan).await.unwrap();
            houses.push(House { plan, users, session });
        }
        let document = desk.get(&As::Nobody, "/api/v1/openapi.json").await.body;
        Self { desk, houses, document }
    }

    /// A body that the operation takes.
    fn body(&self, method: &str, path: &str) -> Value {
        match (method, path) {
            ("post", "/api/v1/setup") => first_run("setup_x"),
            ("put", "/api/v1/me/password") => json!({"current": "none", "password": "a new one of mine"}),
            ("put", "/api/v1/users/{id}/role") => json!({"role": "viewer"}),
            ("post", "/api/v1/password-reset") => json!({"email": "x@harbour.example"}),
            ("put", "/api/v1/password-reset") => json!({"token": "reset_x", "password": "a new one of mine"}),
            ("post", "/api/v1/login") => json!({"email": "x@harbour.example", "password": "x"}),
            ("post", "/api/v1/users") => json!({"name": "X", "email": "x@harbour.example", "role": "viewer"}),
            ("post", "/api/v1/tokens") => json!({"name": "x", "scope": "read"}),
            ("post", "/api/v1/sessions") => json!({"template": "pulse"}),
            ("put", "/api/v1/sessions/{id}") => json!({
                "title": "x", "mode": "text", "confidentiality": "identified", "recording": false, "length_min": 5,
                "topics": [{"label": "x", "priority": "low", "enabled": true}],
            }),
            ("post", "/api/v1/sessions/{id}/clone" | "/api/v1/invitations/{id}/extend") => json!({}),
            ("post", "/api/v1/sessions/{id}/invitations") => {
                json!({"name": "X", "email": format!("{}@harbour.example", uuid::Uuid::new_v4())})
            }
            ("put", "/api/v1/workspace") => json!({"name": "Harbour", "help": {"name": "Kim", "reach": "phone 1"}}),
            ("post", "/api/v1/sessions/describe") => json!({"goal": "Why people leave"}),
            ("post", "/api/v1/sessions/{id}/invitations/preview") => json!("email\nx@harbour.example"),
            ("post", "/api/v1/sessions/{id}/invitations/many") => {
                json!({"people": [{"name": "X", "email": "x@harbour.example"}]})
            }
            ("put", "/api/v1/sessions/{id}/insights/edits") => json!({"summary": "All is well.", "themes": []}),
            ("post", "/api/v1/sessions/{id}/insights/ask") => json!({"question": "What of the nights?"}),
            _ => Value::Null,
        }
    }

    /// The path with what it needs: the id of that house's session, of a new colleague, key or invitation.
    async fn at(&self, (method, path): (&str, &str), house: &House, user: &User) -> String {
        let path = path.replace("{turn}", "2");
        let path = if path.ends_with("/export") && path.contains("/insights/") {
            format!("{path}?format=csv")
        } else {
            path
        };
        let path = path.as_str();
        if path.ends_with("/people") {
            return format!("{path}?q=x");
        }
        if path.ends_with("{name}") {
            return path.replace("{name}", "stay");
        }
        if !path.contains("{id}") {
            return path.to_owned();
        }
        let id = if path.contains("/tokens/") {
            let tokens = self.desk.store().api_tokens();
            let (key, _) = tokens.create(user.id, "x", Scope::Read, unix_ms()).await.unwrap();
            key.id.to_string()
        } else if path.contains("/invitations/{id}") {
            let new = NewPerson {
                workspace: user.workspace,
                email: format!("{}@harbour.example", uuid::Uuid::new_v4()).into(),
                name: "X".into(),
                role: None,
                department: None,
            };
            let session = SessionId(house.session.parse().unwrap());
            let invitations = self.desk.store().invitations();
            let made = invitations.invite(session, &new, false, None, unix_ms()).await.unwrap();
            made.to_string()
        } else if path.contains("/conversations/") {
            let guest = format!("{}@harbour.example", uuid::Uuid::new_v4());
            self.conversation(user, house, &guest).await.to_string()
        } else if path.contains("/people/") {
            let new = NewPerson {
                workspace: user.workspace,
                email: format!("{}@harbour.example", uuid::Uuid::new_v4()).into(),
                name: "X".into(),
                role: None,
                department: None,
            };
            self.desk.store().people().create(&new).await.unwrap().id.to_string()
        } else if path.contains("/users/") {
            let name = uuid::Uuid::new_v4().to_string();
            let colleague = self.desk.user(user.workspace, &name, Role::Analyst).await;
            colleague.id.to_string()
        } else if method == "delete" {
            let sessions = self.desk.store().sessions();
            let open = SessionId(house.session.parse().unwrap());
            let draft = sessions.clone_of(open, "x", unix_ms()).await.unwrap();
            draft.id.to_string()
        } else {
            house.session.clone()
        };
        path.replace("{id}", &id)
    }

    /// Somebody of that address who has agreed to write.
    async fn conversation(&self, user: &User, house: &House, email: &str) -> ConversationId {
        let new = NewPerson {
            workspace: user.workspace,
            email: email.into(),
            name: "X".into(),
            role: None,
            department: None,
        };
        let session = SessionId(house.session.parse().unwrap());
        let store = self.desk.store();
        let made = store
            .invitations()
            .invite(session, &new, false, None, unix_ms())
            .await
            .unwrap();
        let consent = Consent {
            mode: Mode::Text,
            recording: false,
            text_version: "2026-11".to_owned(),
        };
        store.conversations().open(made, &consent, unix_ms()).await.unwrap().id
    }

    /// Asks at `at`, and checks that the answer's status is documented for `path`.
    async fn ask(&self, who: &As, (method, path): (&str, &str), at: &str, origin: Option<&str>) -> Told {
        let etag = match who {
            As::Nobody => String::new(),
            _ if method == "put" => {
                let read = self.desk.get(who, at).await;
                if read.headers.contains_key(header::ETAG) {
                    read.etag()
                } else {
                    String::new()
                }
            }
            _ => String::new(),
        };
        let mut headers: Vec<(&str, &str)> = origin.map(|origin| ("origin", origin)).into_iter().collect();
        headers.push(("if-match", &etag));
        let told = self
            .desk
            .ask_with(who, method, at, &headers, &self.body(method, path))
            .await;
        let documented = &self.document["paths"][path][method]["responses"][told.status.as_str()];
        assert!(
            documented.is_object(),
            "{method} {path}: {} is not documented: {}",
            told.status,
            told.body
        );
        if !told.status.is_success() {
            let schema = &documented["content"]["application/problem+json"]["schema"];
            assert_eq!(schema["$ref"], "#/components/schemas/Problem", "{method} {path}");
        }
        told
    }
}

fn all() -> impl Iterator<Item = (&'static str, &'static str, Option<Action>)> {
    MATRIX.into_iter().chain([CLOSE])
}

#[tokio::test]
async fn every_documented_operation_is_in_the_matrix() {
    let desk = Desk::set().await;
    let document = desk.get(&As::Nobody, "/api/v1/openapi.json").await.body;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut documented = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            documented.insert((method.clone(), path.clone()));
        }
    }
    let known = all().map(|(method, path, _)| (method.to_owned(), path.to_owned()));
    assert_eq!(documented, known.collect());
    desk.database.remove().await;
}

#[tokio::test]
async fn each_role_plan_and_key_may_what_the_table_says() {
    let matrix = Matrix::set().await;
    for (method, path, action) in all() {
        let Some(action) = action else { continue };
        for house in &matrix.houses {
            for user in &house.users {
                let ways = [
                    (matrix.desk.login(user).await, None),
                    (matrix.desk.key(user, Scope::Read).await, Some(Scope::Read)),
                    (matrix.desk.key(user, Scope::Write).await, Some(Scope::Write)),
                ];
                for (who, key) in ways {
                    let at = matrix.at((method, path), house, user).await;
                    let told = matrix.ask(&who, (method, path), &at, Some(OURS)).await;
                    let place = format!(
                        "{method} {path} {:?} {:?} {key:?}: {}",
                        user.role, house.plan, told.body
                    );
                    match may(user.role, house.plan, key, action) {
                        Ok(()) => {
                            // An address is taken from the second time on; nobody here has a password, or is connected.
                            let taken = ["email_taken", "not_live", "not_finished"].contains(&told.code())
                                || told.body["field"] == "current";
                            assert!(told.status.is_success() || taken, "{place}");
                        }
                        Err(problem) => {
                            let problem = serde_json::to_value(&problem).unwrap();
                            assert_eq!(told.status, StatusCode::FORBIDDEN, "{place}");
                            assert_eq!(told.code(), problem["code"], "{place}");
                        }
                    }
                }
            }
        }
        // What was closed is open for the next one.
        let ada = matrix.desk.login(&matrix.houses[0].users[0]).await;
        let open = format!("/api/v1/sessions/{}/open", matrix.houses[0].session);
        assert_eq!(matrix.desk.post(&ada, &open, Value::Null).await.status, StatusCode::OK);
    }
    matrix.desk.database.remove().await;
}

#[tokio::test]
async fn what_changes_anything_is_noted_once_and_what_is_refused_is_not() {
    let matrix = Matrix::set().await;
    let (desk, house) = (&matrix.desk, &matrix.houses[0]);
    let ada = &house.users[0];
    let deeds = async || {
        let log = desk.store().audit();
        log.of_workspace(ada.workspace, None, 1_000).await.unwrap()
    };
    for (method, path, action) in all().filter(|(method, ..)| *method != "get") {
        if action.is_none() {
            continue;
        }
        let who = desk.login(ada).await;
        let at = matrix.at((method, path), house, ada).await;
        if path.ends_with("/open") {
            desk.post(&who, &at.replace("/open", "/close"), Value::Null).await;
        }
        let before = deeds().await;
        let foreign = matrix
            .ask(&who, (method, path), &at, Some("https://evil.example"))
            .await;
        assert_eq!((foreign.code(), deeds().await.len()), ("foreign_origin", before.len()));
        let told = matrix.ask(&who, (method, path), &at, Some(OURS)).await;
        let noted = deeds().await.len() - before.len();
        assert_eq!(
            noted,
            usize::from(
                told.status.is_success()
                    && !path.ends_with("/preview")
                    && !path.ends_with("/describe")
                    && !path.ends_with("/ask")
            ),
            "{method} {path}: {}",
            told.body
        );
        assert!(
            told.status.is_success() || path.ends_with("/password") || told.code() == "not_live",
            "{method} {path}: {}",
            told.body
        );
        if noted == 1 {
            assert_eq!(deeds().await[0].user_id, Some(ada.id.0), "{method} {path}");
        }
    }
    matrix.desk.database.remove().await;
}

#[tokio::test]
async fn who_is_not_known_gets_nothing() {
    let matrix = Matrix::set().await;
    let (house, store) = (&matrix.houses[0], matrix.desk.store());
    let ada = &house.users[0];
    let long_ago = store
        .logins()
        .begin(ada.id, unix_ms() - LOGIN_LIFETIME_MS)
        .await
        .unwrap();
    let (row, revoked) = store
        .api_tokens()
        .create(ada.id, "x", Scope::Write, unix_ms())
        .await
        .unwrap();
    store.api_tokens().revoke(ada.id, row.id, unix_ms()).await.unwrap();
    let As::Login(login) = matrix.desk.login(ada).await else {
        unreachable!()
    };
    let strangers = [
        As::Nobody,
        As::Login("login_x".to_owned()),
        As::Login(long_ago.expose().to_owned()),
        As::Token("cqy_x".to_owned()),
        As::Token(revoked.expose().to_owned()),
        // A login is no key.
        As::Token(login),
    ];
    for (method, path, action) in all() {
        if action.is_none() {
            continue;
        }
        for who in &strangers {
            let at = matrix.at((method, path), house, ada).await;
            let told = matrix.ask(who, (method, path), &at, Some(OURS)).await;
            assert_eq!(
                (told.status, told.code()),
                (StatusCode::UNAUTHORIZED, "unauthenticated"),
                "{method} {path} {who:?}"
            );
        }
    }
    matrix.desk.database.remove().await;
}

#[tokio::test]
async fn a_page_of_another_site_can_do_nothing() {
    let matrix = Matrix::set().await;
    let house = &matrix.houses[0];
    let ada = &house.users[0];
    let foreign = [
        "https://evil.example",
        "null",
        "http://desk.example.evil.example",
        "https://desk.example",
        "http://desk.example:8080",
    ];
    for (method, path, action) in all().filter(|(method, ..)| *method != "get") {
        let who = match action {
            Some(_) => matrix.desk.login(ada).await,
            None => As::Nobody,
        };
        let at = matrix.at((method, path), house, ada).await;
        let missing = action.is_some().then_some(None);
        for origin in foreign.into_iter().map(Some).chain(missing) {
            let told = matrix.ask(&who, (method, path), &at, origin).await;
            assert_eq!(
                (told.status, told.code()),
                (StatusCode::FORBIDDEN, "foreign_origin"),
                "{method} {path} {origin:?}"
            );
        }
        let told = matrix.ask(&who, (method, path), &at, Some(OURS)).await;
        assert_ne!(told.status, StatusCode::FORBIDDEN, "{method} {path}: our own page may");
    }
    matrix.desk.database.remove().await;
}

#[tokio::test]
async fn of_another_workspaces_rows_nobody_learns_that_they_exist() {
    let matrix = Matrix::set().await;
    let (ours, theirs) = (&matrix.houses[0], &matrix.houses[1]);
    let ada = matrix.desk.login(&ours.users[0]).await;
    let mut seen = 0;
    for (method, path, _) in all().filter(|(_, path, _)| path.contains("{id}")) {
        let at = matrix.at((method, path), theirs, &theirs.users[0]).await;
        let told = matrix.ask(&ada, (method, path), &at, Some(OURS)).await;
        assert_eq!(
            (told.status, told.code()),
            (StatusCode::NOT_FOUND, "not_found"),
            "{method} {path}"
        );
        let nowhere = path.replace("{id}", &uuid::Uuid::nil().to_string());
        let none = matrix.ask(&ada, (method, path), &nowhere, Some(OURS)).await;
        assert_eq!(none.body, told.body, "{method} {path}: as if it were not there");
        seen += 1;
    }
    assert_eq!(seen, 34);
    let listed = matrix.desk.get(&ada, "/api/v1/sessions").await.body.to_string();
    assert!(listed.contains(&ours.session) && !listed.contains(&theirs.session));
    matrix.desk.database.remove().await;
}

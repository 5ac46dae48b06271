//! Two workspaces on different plans, with somebody in each role, and what each operation is asked with.

use colloquy_core::event::Mode;
use colloquy_core::id::{ConversationId, SessionId};
use colloquy_store::{Consent, NewPerson, Plan};

use super::super::*;
use crate::admin::permissions::ROLES;

/// A workspace on some plan, with a session and somebody in each role.
pub(super) struct House {
    pub(super) plan: Plan,
    pub(super) users: Vec<User>,
    pub(super) session: String,
}

pub(super) struct Matrix {
    pub(super) desk: Desk,
    pub(super) houses: Vec<House>,
    document: Value,
}

impl Matrix {
    pub(super) async fn set() -> Self {
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
    pub(super) async fn at(&self, (method, path): (&str, &str), house: &House, user: &User) -> String {
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
    pub(super) async fn ask(&self, who: &As, (method, path): (&str, &str), at: &str, origin: Option<&str>) -> Told {
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

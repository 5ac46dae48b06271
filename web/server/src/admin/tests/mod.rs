//! The admin's side over HTTP, in this process.

mod accounts;
mod csv;
mod describe;
mod insights;
mod invitations;
mod live;
mod mails;
mod markup;
mod matrix;
mod people;
mod quality;
mod sessions;
mod settings;
mod workspaces;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use colloquy_core::id::WorkspaceId;
use colloquy_core::ports::{Embedder, InferenceError};
use colloquy_runtime::actor::unix_ms;
use colloquy_store::testing::Database;
use colloquy_store::{NewUser, PasswordHash, Role, Scope, Store, User};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::participant::tests::served;

/// Finds texts close that share words.
pub(crate) struct Words;

impl Embedder for Words {
    fn embed(&mut self, text: &str) -> Result<Vec<f32>, InferenceError> {
        let mut vector = vec![0.0_f32; 1024];
        for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 3) {
            let place = word
                .to_lowercase()
                .bytes()
                .fold(7, |sum, byte| sum * 31 % 1021 + usize::from(byte));
            vector[place % 1024] += 1.0;
        }
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::EPSILON);
        Ok(vector.iter().map(|x| x / length).collect())
    }
}

/// What a browser on our own page says.
const OURS: &str = "http://desk.example";
const HOST: &str = "desk.example";

/// A server on an empty database.
struct Desk {
    database: Database,
    app: Router,
}

/// By what somebody is known.
#[derive(Clone, Debug)]
enum As {
    Nobody,
    Login(String),
    Token(String),
}

/// An answer.
struct Told {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Told {
    fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    fn etag(&self) -> String {
        self.headers[header::ETAG].to_str().unwrap().to_owned()
    }

    /// The login in its cookie.
    fn login(&self) -> As {
        let cookie = self.headers[header::SET_COOKIE].to_str().unwrap();
        let value = cookie.split_once('=').unwrap().1.split(';').next().unwrap();
        As::Login(value.to_owned())
    }
}

impl Desk {
    async fn set() -> Self {
        let database = Database::sqlite().await;
        let (_, app) = served(database.store().clone());
        Self { database, app }
    }

    fn store(&self) -> &Store {
        self.database.store()
    }

    /// Asks with `headers` beside those that say who asks.
    async fn ask_with(&self, who: &As, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Told {
        // What is sent to be previewed is a file.
        let (kind, body) = match body {
            Value::String(file) if path.ends_with("/preview") => ("text/csv", file.clone()),
            body => ("application/json", body.to_string()),
        };
        self.send(who, (method, path), headers, kind, body).await
    }

    /// Sends a body of that kind.
    async fn send(
        &self,
        who: &As,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        kind: &str,
        body: impl Into<Body>,
    ) -> Told {
        let mut request = Request::builder()
            .method(method.to_uppercase().as_str())
            .uri(path)
            .header(header::HOST, HOST)
            .header(header::CONTENT_TYPE, kind);
        match who {
            As::Nobody => {}
            As::Login(login) => request = request.header(header::COOKIE, format!("colloquy_login={login}")),
            As::Token(token) => request = request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        // A stream has no end to wait for.
        let stream = headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind == "text/event-stream");
        if stream {
            return Told {
                status,
                headers,
                body: Value::Null,
            };
        }
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        if !status.is_success() {
            assert_eq!(
                headers[header::CONTENT_TYPE],
                "application/problem+json",
                "{method} {path}"
            );
            assert_eq!(body["status"], status.as_u16(), "{method} {path}");
        }
        Told { status, headers, body }
    }

    /// Asks as a page of ours would.
    async fn ask(&self, who: &As, method: &str, path: &str, body: &Value) -> Told {
        self.ask_with(who, method, path, &[("origin", OURS)], body).await
    }

    async fn get(&self, who: &As, path: &str) -> Told {
        self.ask(who, "GET", path, &Value::Null).await
    }

    /// What is no JSON, as somebody who is signed in gets it.
    async fn table(&self, who: &As, path: &str) -> String {
        let As::Login(login) = who else { unreachable!() };
        let request = Request::builder()
            .uri(path)
            .header(header::COOKIE, format!("colloquy_login={login}"))
            .body(Body::empty())
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/csv; charset=utf-8");
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// The status of what anybody gets there, whose errors are no problem details.
    async fn get_plain(&self, path: &str) -> StatusCode {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        self.app.clone().oneshot(request).await.unwrap().status()
    }

    /// The answer as it came.
    async fn raw(&self, who: &As, path: &str) -> String {
        let (As::Login(key) | As::Token(key)) = who else {
            unreachable!("nobody reads")
        };
        let request = Request::builder()
            .uri(path)
            .header(header::HOST, HOST)
            .header(header::COOKIE, format!("colloquy_login={key}"))
            .body(Body::empty())
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let bytes = to_bytes(response.into_body(), 1 << 22).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    async fn post(&self, who: &As, path: &str, body: Value) -> Told {
        self.ask(who, "POST", path, &body).await
    }

    /// Somebody whom no password admits.
    async fn user(&self, workspace: WorkspaceId, name: &str, role: Role) -> User {
        let new = NewUser {
            email: format!("{name}@harbour.example").into(),
            name: name.into(),
            role,
            password: PasswordHash::new("none".to_owned()),
        };
        self.store().users().create(workspace, &new, unix_ms()).await.unwrap()
    }

    async fn login(&self, user: &User) -> As {
        let token = self.store().logins().begin(user.id, unix_ms()).await.unwrap();
        As::Login(token.expose().to_owned())
    }

    async fn key(&self, user: &User, scope: Scope) -> As {
        let tokens = self.store().api_tokens();
        let (_, token) = tokens.create(user.id, "key", scope, unix_ms()).await.unwrap();
        As::Token(token.expose().to_owned())
    }

    /// What the server prints for the first run; something else once that is over.
    async fn code(&self) -> String {
        let code = self.store().setup_codes().mint(unix_ms()).await.unwrap();
        code.map_or_else(|| "setup_none".to_owned(), |code| code.expose().to_owned())
    }

    /// The first run, by Ada.
    async fn set_up(&self) -> As {
        let told = self
            .post(&As::Nobody, "/api/v1/setup", first_run(&self.code().await))
            .await;
        assert_eq!(told.status, StatusCode::CREATED, "{}", told.body);
        told.login()
    }
}

fn first_run(code: &str) -> Value {
    json!({
        "code": code,
        "workspace": "Harbour Clinic", "name": "Ada Lund", "email": "Ada@Harbour.example",
        "password": "correct horse battery",
    })
}

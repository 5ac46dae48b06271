//! Whatever a program sends to `/api/v1`, the answer is one that the description names, and never that something failed here:
//! `schemathesis`, which knows nothing of Colloquy, makes the requests out of the description.

use std::process::Stdio;

use colloquy_store::testing::Database;
use colloquy_store::{NewUser, PasswordHash, Role, Scope};
use colloquy_tests::python::environment;
use colloquy_tests::server::{Server, ServerOptions};
use tokio::process::Command;

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
const EXAMPLES: &str = "25";
/// Whoever is signed in would be out after these, and all that comes then would be refused. By a token they are asked, too.
const SIGNS_OUT: &str = "/logout";

/// By what a request is known.
enum By {
    Token,
    /// A browser's cookie, and the page that asks.
    Login,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_of_a_program_gets_an_answer_that_is_not_documented() {
    ask_everything(By::Token).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_of_somebody_signed_in_gets_an_answer_that_is_not_documented() {
    ask_everything(By::Login).await;
}

async fn ask_everything(by: By) {
    let database = Database::sqlite().await;
    let store = database.store();
    let now = colloquy_runtime::actor::unix_ms();
    let workspace = store.workspaces().create("Northwind", None, now).await.unwrap();
    let owner = NewUser {
        email: "ada@northwind.example".into(),
        name: "Ada".into(),
        role: Role::Owner,
        password: PasswordHash::new("none".to_owned()),
    };
    let owner = store.users().create(workspace.id, &owner, now).await.unwrap();
    let server = Server::start(ServerOptions::on(database.url())).await;
    let login = store.logins().begin(owner.id, now).await.unwrap();
    let arguments = match by {
        By::Token => {
            let made = store.api_tokens().create(owner.id, "test", Scope::Write, now).await;
            let (_, token) = made.unwrap();
            vec![
                "--header".to_owned(),
                format!("Authorization: Bearer {}", token.expose()),
            ]
        }
        By::Login => {
            let cookie = format!("Cookie: colloquy_login={}", login.expose());
            let origin = format!("Origin: {}", server.url());
            let header = || "--header".to_owned();
            let but = ["--exclude-path-regex", SIGNS_OUT].map(str::to_owned);
            [header(), cookie, header(), origin].into_iter().chain(but).collect()
        }
    };
    let python = tokio::task::spawn_blocking(|| environment("schemathesis", "schemathesis==4.32.5"));
    let program = python.await.unwrap().with_file_name("schemathesis");
    let folder = tempfile::tempdir().unwrap();
    let done = Command::new(program)
        .current_dir(folder.path())
        .args(["run", &format!("{}/api/v1/openapi.json", server.url())])
        .args(arguments)
        .args([
            "--checks",
            CHECKS,
            "--max-examples",
            EXAMPLES,
            "--seed",
            "7",
            "--no-color",
        ])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let told = String::from_utf8_lossy(&done.stdout);
    println!("{told}");
    assert!(done.status.success(), "{told}{}", String::from_utf8_lossy(&done.stderr));
    let known = store
        .logins()
        .who(login.expose(), colloquy_runtime::actor::unix_ms())
        .await;
    assert!(known.unwrap().is_some(), "whoever asked was signed in to the end");
    drop(server);
    database.remove().await;
}

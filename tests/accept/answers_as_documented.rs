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

#[tokio::test(flavor = "multi_thread")]
async fn no_request_gets_an_answer_that_is_not_documented() {
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
    let (_, token) = store
        .api_tokens()
        .create(owner.id, "test", Scope::Write, now)
        .await
        .unwrap();
    let server = Server::start(ServerOptions::on(database.url())).await;
    let python = tokio::task::spawn_blocking(|| environment("schemathesis", "schemathesis==4.32.5"));
    let program = python.await.unwrap().with_file_name("schemathesis");
    let folder = tempfile::tempdir().unwrap();
    let done = Command::new(program)
        .current_dir(folder.path())
        .args(["run", &format!("{}/api/v1/openapi.json", server.url())])
        .args(["--header", &format!("Authorization: Bearer {}", token.expose())])
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
    drop(server);
    database.remove().await;
}

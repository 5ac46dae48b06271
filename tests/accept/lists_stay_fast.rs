//! Lists and searches over 10,000 people and 1,000 sessions of 200 invitations: each answers within 50 ms.

use std::time::{Duration, Instant};

use colloquy_store::testing::Database;
use colloquy_store::testing::crowd::Crowd;
use colloquy_store::{Author, NewUser, PasswordHash, Role};
use colloquy_tests::server::{Server, ServerOptions};
use serde_json::Value;

const PEOPLE: usize = 10_000;
const SESSIONS: usize = 1_000;
const INVITED: usize = 200;
/// So often each is asked for; the median counts, since what else this machine does at the moment is not the server's doing.
const ASKED: usize = 40;
const WITHIN: Duration = Duration::from_millis(50);
/// What is noted in the audit log.
const DEEDS: usize = 2_000;

async fn answers_within_fifty_milliseconds(what: &str, database: Database) {
    let store = database.store();
    let now = colloquy_runtime::actor::unix_ms();
    let begun = Instant::now();
    let crowd = Crowd::gather(store, PEOPLE, SESSIONS, INVITED, now).await;
    let new = NewUser {
        email: "ada@northwind.example".into(),
        name: "Ada".into(),
        role: Role::Owner,
        password: PasswordHash::new("none".to_owned()),
    };
    let owner = store.users().create(crowd.workspace, &new, now).await.unwrap();
    let theirs = store.by(Author::user(owner.id, now));
    for _ in 0..DEEDS {
        theirs.sessions().watching(crowd.session).await.unwrap();
    }
    let login = store.logins().begin(owner.id, now).await.unwrap();
    println!("{what}: made in {:.0?}", begun.elapsed());

    let server = Server::start(ServerOptions::on(database.url())).await;
    // The first of several possible providers of TLS; an error means that it is installed already.
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let ask = async |path: &str| {
        let request = client.get(format!("{}/api/v1{path}", server.url()));
        let request = request.header("cookie", format!("colloquy_login={}", login.expose()));
        let asked = Instant::now();
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let body = answer.bytes().await.unwrap();
        let took = asked.elapsed();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert!(status.is_success(), "{path}: {body}");
        (took, body)
    };
    // The middle of a list is as near as its beginning.
    let middle = async |list: &str| {
        let mut cursor = String::new();
        for _ in 0..3 {
            let (_, page) = ask(&format!("{list}?limit=200{cursor}")).await;
            cursor = format!("&cursor={}", page["next"].as_str().unwrap());
        }
        format!("{list}?limit=200{cursor}")
    };
    let session = crowd.session;
    let mut lists = vec![
        "/sessions".to_owned(),
        "/sessions?limit=200".to_owned(),
        "/sessions?q=pulse".to_owned(),
        "/sessions?q=999".to_owned(),
        "/sessions?q=nothing".to_owned(),
        format!("/sessions/{session}"),
        format!("/sessions/{session}/invitations?limit=200"),
        "/people?q=p".to_owned(),
        "/people?q=gr".to_owned(),
        "/people?q=nurse%20ward%20chiara".to_owned(),
        "/people?q=nobody".to_owned(),
        "/outbox".to_owned(),
        "/outbox?limit=200".to_owned(),
        "/audit?limit=200".to_owned(),
        "/users".to_owned(),
    ];
    lists.push(middle("/sessions").await);
    lists.push(middle("/outbox").await);
    let mut slow = Vec::new();
    for list in &lists {
        let mut took = Vec::new();
        for _ in 0..ASKED {
            took.push(ask(list).await.0);
        }
        took.sort_unstable();
        let (median, p95) = (took[ASKED / 2], took[ASKED * 95 / 100]);
        let shown = list.split("&cursor").next().unwrap_or(list);
        println!("{what}: {shown}: median {median:.1?}, p95 {p95:.1?}");
        if median > WITHIN {
            slow.push(format!("{shown}: {median:.1?}"));
        }
    }
    drop(server);
    database.remove().await;
    assert!(slow.is_empty(), "over {WITHIN:?} on {what}: {slow:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_answer_within_fifty_milliseconds_on_sqlite() {
    answers_within_fifty_milliseconds("SQLite", Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_answer_within_fifty_milliseconds_on_postgres() {
    answers_within_fifty_milliseconds("PostgreSQL", Database::postgres().await).await;
}

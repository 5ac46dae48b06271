//! A server that is killed while it sends mails: nobody is missed, and at most one mail for each kill comes twice, by which
//! mail programs know that it is the same.

use std::collections::HashSet;
use std::time::Duration;

use colloquy_store::testing::Database;
use colloquy_store::{MailState, NewPerson};
use colloquy_tests::mail_server::MailServer;
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::study::Study;

const PEOPLE: usize = 500;
/// The server is killed when so many mails have arrived.
const KILLED_AT: [usize; 2] = [120, 330];
const ALL_WITHIN: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(5);

async fn arrived(mails: &MailServer, enough: impl Fn(&MailServer) -> bool) {
    let look = async {
        while !enough(mails) {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let seen = tokio::time::timeout(ALL_WITHIN, look).await;
    assert!(seen.is_ok(), "{} mails arrived", mails.taken().len());
}

fn people(mails: &MailServer) -> HashSet<String> {
    mails.taken().into_iter().map(|mail| mail.to).collect()
}

async fn sends_each_mail_over_two_kills(database: Database) {
    let store = database.store();
    let study = Study::open(store, 8, 3).await;
    let workspace = store.sessions().find(study.session).await.unwrap().unwrap().workspace;
    let person = |n: usize| NewPerson {
        workspace,
        email: format!("p{n}@northwind.example").into(),
        name: format!("Person {n}").into(),
        role: None,
        department: None,
    };
    let all: Vec<NewPerson> = (0..PEOPLE).map(person).collect();
    let now = colloquy_runtime::actor::unix_ms();
    let invitations = store.invitations();
    invitations
        .invite_many(study.session, &all, true, None, now)
        .await
        .unwrap();

    let mails = MailServer::start().await;
    let options = ServerOptions::on(database.url())
        .with("COLLOQUY_MAIL__HOST", "127.0.0.1")
        .with("COLLOQUY_MAIL__PORT", mails.port)
        .with("COLLOQUY_MAIL__ENCRYPTION", "none");
    let mut server = Server::start(options).await;
    for at in KILLED_AT {
        arrived(&mails, |mails| mails.taken().len() >= at).await;
        server.kill().await;
        assert!(people(&mails).len() < PEOPLE, "it was killed in the middle of it");
        server.restart().await;
    }
    arrived(&mails, |mails| people(mails).len() == PEOPLE).await;
    // What is sent is noted a moment later.
    let outbox = store.outbox();
    let noted = async {
        loop {
            let page = outbox.page(workspace, None, 1_000, now).await.unwrap();
            if page.len() == PEOPLE && page.iter().all(|mail| mail.state == MailState::Sent) {
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(ALL_WITHIN, noted).await.unwrap();
    let taken = mails.taken();
    let ids: HashSet<&str> = taken.iter().map(|mail| mail.id.as_str()).collect();
    let twice = taken.len() - PEOPLE;
    println!("{PEOPLE} mails over {} kills: {twice} came twice", KILLED_AT.len());
    assert!(twice <= KILLED_AT.len(), "{twice} came twice");
    assert_eq!(ids.len(), PEOPLE, "a mail that comes twice has one Message-ID");
    for mail in [&taken[0], &taken[taken.len() - 1]] {
        let link = mail.text.lines().find(|line| line.contains("/i/")).unwrap();
        let (_, token) = link.rsplit_once('/').unwrap();
        let found = store.invitations().by_token(token.trim(), now).await.unwrap().unwrap();
        assert_eq!(found.person.email.expose(), mail.to);
    }
    drop(server);
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_mails_over_two_kills_on_sqlite() {
    sends_each_mail_over_two_kills(Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_mails_over_two_kills_on_postgres() {
    sends_each_mail_over_two_kills(Database::postgres().await).await;
}

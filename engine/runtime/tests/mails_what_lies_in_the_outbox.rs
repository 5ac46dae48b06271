//! What lies in the outbox is handed to the mail server, or written to a file; what the server says is kept.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use colloquy_core::id::WorkspaceId;
use colloquy_runtime::actor::unix_ms;
use colloquy_runtime::lifecycle::Lifecycle;
use colloquy_runtime::mail::{MailEncryption, Mailer, Post, Smtp};
use colloquy_store::testing::Database;
use colloquy_store::testing::study::Study;
use colloquy_store::{Mail, MailState, NewPerson, Store};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Nothing here takes longer, on a busy machine either.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A mail server that refuses those called `never` for good, and those called `later` for now.
async fn mail_server() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&taken);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, Arc::clone(&kept)));
        }
    });
    (port, taken)
}

async fn talk(stream: TcpStream, kept: Arc<Mutex<Vec<String>>>) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 here\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250-here\r\n250 8BITMIME",
            "RCPT" if line.contains("<never@") => "550 5.1.1 nobody of that name",
            "RCPT" if line.contains("<later@") => "451 busy",
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    mail += &line;
                    mail.push('\n');
                }
                kept.lock().unwrap().push(mail);
                "250 taken"
            }
            _ => "250 yes",
        };
        writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

async fn invite(study: &Study, store: &Store, name: &str) -> WorkspaceId {
    let workspace = store.sessions().find(study.session).await.unwrap().unwrap().workspace;
    let guest = NewPerson {
        workspace,
        email: format!("{name}@northwind.example").into(),
        name: "Zoë <b>O'Neil</b>".into(),
        role: None,
        department: None,
    };
    let invitations = store.invitations();
    invitations
        .invite(study.session, &guest, true, None, unix_ms())
        .await
        .unwrap();
    workspace
}

fn mailer(store: &Store, post: Post) -> Mailer {
    Mailer {
        store: store.clone(),
        post,
        public_url: "https://talk.example.org".to_owned(),
        node: "north".to_owned(),
    }
}

/// The outbox, once every mail was tried.
async fn tried(store: &Store, workspace: WorkspaceId) -> Vec<Mail> {
    let all = async {
        loop {
            let mails = store.outbox().page(workspace, None, 99, unix_ms()).await.unwrap();
            if mails
                .iter()
                .all(|mail| mail.state != MailState::Queued || mail.error.is_some())
            {
                return mails;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(PATIENCE, all).await.unwrap()
}

#[tokio::test]
async fn the_server_takes_a_mail_refuses_one_for_good_and_another_for_now() {
    let database = Database::sqlite().await;
    let store = database.store();
    let study = Study::open(store, 8, 3).await;
    let (port, taken) = mail_server().await;
    for name in ["zoë", "never", "later"] {
        invite(&study, store, name).await;
    }
    let workspace = invite(&study, store, "zoe").await;
    let smtp = Smtp {
        host: "127.0.0.1".to_owned(),
        port,
        encryption: MailEncryption::None,
        user: String::new(),
        password: String::new(),
    };
    let post = Post::by_smtp("talks@northwind.example", &smtp).unwrap();
    let lifecycle = Lifecycle::default();
    let running = tokio::spawn(mailer(store, post).run(lifecycle.clone()));
    let mails = tried(store, workspace).await;
    let seen: Vec<_> = mails.iter().map(|mail| (mail.state, mail.error.as_deref())).collect();
    assert_eq!(
        seen,
        [
            (MailState::Sent, None),
            (MailState::Queued, Some("451")),
            (MailState::Failed, Some("550 5.1.1")),
            (MailState::Failed, Some("address"))
        ]
    );
    let taken = taken.lock().unwrap().clone();
    assert_eq!(taken.len(), 1);
    let mail = &taken[0];
    let id = format!("Message-ID: <{}@northwind.example>", mails[0].id);
    assert!(
        mail.contains(&id) && mail.contains("Auto-Submitted: auto-generated"),
        "{mail}"
    );
    assert!(mail.contains("From: Northwind <talks@northwind.example>"), "{mail}");
    assert!(mail.contains("text/plain") && mail.contains("text/html"), "{mail}");
    let whole = mail.replace("=\n", "");
    assert!(
        whole.contains("<p>Hello Zo=C3=AB &lt;b&gt;O&#39;Neil&lt;/b&gt;,</p>"),
        "what a name says is no markup: {mail}"
    );
    lifecycle.drain();
    tokio::time::timeout(PATIENCE, running).await.unwrap().unwrap();
    database.remove().await;
}

#[tokio::test]
async fn without_a_mail_server_a_mail_is_a_file_with_a_link_that_works() {
    let database = Database::sqlite().await;
    let store = database.store();
    let study = Study::open(store, 8, 3).await;
    let workspace = invite(&study, store, "zoe").await;
    let folder = tempfile::tempdir().unwrap();
    let outbox: PathBuf = folder.path().join("outbox");
    // What a server left that was killed, and the file of a mail that was deleted.
    std::fs::create_dir(&outbox).unwrap();
    for name in [
        "019a8f6e-0000-7000-8000-000000000001.eml",
        "019a8f6e-0000-7000-8000-000000000002.eml.part",
    ] {
        std::fs::write(outbox.join(name), "a link").unwrap();
    }
    let post = Post::by_files("talks@northwind.example", outbox.clone()).unwrap();
    let lifecycle = Lifecycle::default();
    let running = tokio::spawn(mailer(store, post).run(lifecycle.clone()));
    let mails = tried(store, workspace).await;
    assert_eq!(mails[0].state, MailState::Written);
    let files: Vec<_> = std::fs::read_dir(&outbox)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert_eq!(files, [outbox.join(format!("{}.eml", mails[0].id))]);
    let mail = std::fs::read_to_string(&files[0]).unwrap().replace("=\r\n", "");
    let (_, link) = mail.split_once("https://talk.example.org/i/").unwrap();
    let token: String = link
        .chars()
        .take_while(|c| c.is_alphanumeric() || "-_".contains(*c))
        .collect();
    let found = store.invitations().by_token(&token, unix_ms()).await.unwrap().unwrap();
    assert_eq!(found.person.email.expose(), "zoe@northwind.example");
    lifecycle.drain();
    tokio::time::timeout(PATIENCE, running).await.unwrap().unwrap();
    database.remove().await;
}

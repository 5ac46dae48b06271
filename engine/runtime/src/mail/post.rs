//! How a mail leaves: by SMTP, or into a file where no mail server is named.

use std::error::Error;
use std::ffi::OsStr;
use std::fs::Permissions;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use colloquy_core::id::MailId;
use colloquy_core::pii::Pii;
use colloquy_store::Store;
use lettre::address::AddressError;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};

use super::letter::Letter;

/// A command to the mail server is answered within so long.
const ANSWERS_WITHIN: Duration = Duration::from_secs(30);
/// The whole of sending a mail takes at most so long.
pub(super) const SEND_WITHIN: Duration = Duration::from_secs(60);
/// What a file that is being written ends with.
const UNFINISHED: &str = "part";
/// Of what a mail server refuses for good, what lies in the address or the mailbox (RFC 3463, 3.2 and 3.3). The rest, such as a
/// relay that is denied, is the operator's to mend: it would befall every mail, and is tried again.
const OF_THE_ADDRESS: [&str; 2] = ["5.1.", "5.2."];
/// But these are about the sender's address, which all mails have alike.
const OF_THE_SENDER: [&str; 2] = ["5.1.7", "5.1.8"];
/// Codes that speak of a mailbox or of one mail: others may be taken now (RFC 5321, 4.2.3).
const OF_THE_MAIL: [u16; 6] = [450, 451, 452, 550, 551, 553];

/// How the way to the mail server is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailEncryption {
    /// From the second command on (port 587); without it nothing is sent.
    #[default]
    Starttls,
    /// From the first byte on (port 465).
    Tls,
    /// Not at all (port 25): for a mail server on this machine.
    None,
}

/// A mail server.
#[derive(Clone)]
pub struct Smtp {
    /// Its name or address.
    pub host: String,
    /// Its port; 0: the usual one of its encryption.
    pub port: u16,
    /// How the way there is encrypted.
    pub encryption: MailEncryption,
    /// By whom we are known there; empty: by nobody.
    pub user: String,
    /// Their password.
    pub password: String,
}

/// Why mails cannot be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The sender's address is none.
    #[error("the sender's address cannot be used: {0}")]
    Sender(#[from] AddressError),
    /// The way to the mail server cannot be encrypted.
    #[error("the mail server cannot be talked with: {0}")]
    Smtp(#[from] lettre::transport::smtp::Error),
}

/// How mails leave.
#[derive(Debug)]
pub struct Post {
    sender: Address,
    way: Way,
    /// Where files of mails are, also those that were written before a mail server was named.
    files: Option<PathBuf>,
}

#[derive(Debug)]
enum Way {
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
    Files(PathBuf),
}

/// From whom a mail is, and to whom.
pub(super) struct Envelope<'a> {
    pub(super) id: MailId,
    /// Whose name stands at the sender's address: whom people know.
    pub(super) workspace: &'a str,
    pub(super) name: &'a Pii,
    pub(super) email: &'a Pii,
}

/// Where a mail is now.
pub(super) enum Taken {
    ByServer,
    ByFile,
}

/// Why a mail is not there. The reasons name no person.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It will never be taken.
    Never(String),
    /// It may be taken later. `of_the_mail`: other mails may be taken now.
    Later { why: String, of_the_mail: bool },
}

/// That nobody need answer, for programs (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Post {
    /// By that mail server, from `sender`.
    ///
    /// # Errors
    /// [`PostError`] where the sender's address is none, or encryption is not possible.
    pub fn by_smtp(sender: &str, smtp: &Smtp) -> Result<Self, PostError> {
        let sender: Address = sender.parse()?;
        let encrypted = || TlsParameters::new_rustls(smtp.host.clone());
        let (tls, port) = match smtp.encryption {
            MailEncryption::Starttls => (Tls::Required(encrypted()?), 587),
            MailEncryption::Tls => (Tls::Wrapper(encrypted()?), 465),
            MailEncryption::None => (Tls::None, 25),
        };
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host)
            .tls(tls)
            .port(if smtp.port == 0 { port } else { smtp.port })
            .hello_name(ClientId::Domain(sender.domain().to_owned()))
            .timeout(Some(ANSWERS_WITHIN));
        if !smtp.user.is_empty() {
            transport = transport.credentials(Credentials::new(smtp.user.clone(), smtp.password.clone()));
        }
        Ok(Self {
            sender,
            way: Way::Smtp(Box::new(transport.build())),
            files: None,
        })
    }

    /// Into files of that folder, one for each mail.
    ///
    /// # Errors
    /// [`PostError`] where the sender's address is none.
    pub fn by_files(sender: &str, folder: PathBuf) -> Result<Self, PostError> {
        Ok(Self {
            sender: sender.parse()?,
            files: Some(folder.clone()),
            way: Way::Files(folder),
        })
    }

    /// The same, which sees to it that files of mails go that were written there before.
    #[must_use]
    pub fn after_files(mut self, folder: PathBuf) -> Self {
        self.files = Some(folder);
        self
    }

    /// Sends a mail, within [`SEND_WITHIN`].
    pub(super) async fn send(&self, mail: &Envelope<'_>, letter: &Letter) -> Result<Taken, Refusal> {
        let never = |_| Refusal::Never("address".to_owned());
        let to: Address = mail.email.expose().parse().map_err(never)?;
        let message = Message::builder()
            // Who invites is whom they know; the address is that of the server which may send.
            .from(Mailbox::new(Some(mail.workspace.to_owned()), self.sender.clone()))
            .to(Mailbox::new(Some(mail.name.expose().to_owned()), to))
            .subject(&letter.subject)
            .date(SystemTime::now())
            .message_id(Some(format!("<{}@{}>", mail.id, self.sender.domain())))
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(
                letter.text.clone(),
                letter.html.clone(),
            ))
            .map_err(|_| Refusal::Never("message".to_owned()))?;
        let later = |why: &str, of_the_mail| Refusal::Later {
            why: why.to_owned(),
            of_the_mail,
        };
        match &self.way {
            Way::Smtp(transport) => {
                let sent = tokio::time::timeout(SEND_WITHIN, transport.send(message)).await;
                let sent = sent.map_err(|_| later("timeout", false))?;
                sent.map(|_| Taken::ByServer)
                    .map_err(|error| refusal(&error, mail.email.expose().is_ascii()))
            }
            Way::Files(folder) => {
                let name = format!("{}.eml", mail.id);
                let written = write(folder, &name, &message.formatted()).await;
                written.map(|()| Taken::ByFile).map_err(|_| later("file", false))
            }
        }
    }
}

impl Post {
    /// Deletes the file of a mail, if there is one.
    pub(super) async fn unwrite(&self, mail: MailId) -> std::io::Result<()> {
        match &self.files {
            None => Ok(()),
            Some(folder) => remove(&folder.join(format!("{mail}.eml"))).await,
        }
    }

    /// Deletes the files of mails that `store` does not know any more, and those that a server that was killed left unfinished.
    pub(super) async fn sweep(&self, store: &Store) -> std::io::Result<()> {
        let Some(folder) = &self.files else { return Ok(()) };
        let mut files = match tokio::fs::read_dir(folder).await {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            files => files?,
        };
        while let Some(file) = files.next_entry().await? {
            let path = file.path();
            let gone = match path.extension().and_then(OsStr::to_str) {
                // One mail is written after the other, and none now.
                Some(UNFINISHED) => true,
                Some("eml") => {
                    let id = path.file_stem().and_then(OsStr::to_str).and_then(|id| id.parse().ok());
                    match id {
                        Some(id) => !store.outbox().knows(MailId(id)).await.map_err(std::io::Error::other)?,
                        // None of ours.
                        None => false,
                    }
                }
                _ => false,
            };
            if gone {
                remove(&path).await?;
            }
        }
        Ok(())
    }
}

async fn remove(file: &Path) -> std::io::Result<()> {
    match tokio::fs::remove_file(file).await {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// What a failed attempt means for the mail to an address that is `ascii` or not.
fn refusal(error: &lettre::transport::smtp::Error, ascii: bool) -> Refusal {
    // That the server does not take such addresses at all is found by ourselves (RFC 6531).
    if error.is_client() && !ascii {
        return Refusal::Never("address".to_owned());
    }
    let Some(code) = error.status().map(u16::from) else {
        let why = match () {
            () if error.is_timeout() => "timeout",
            () if error.is_tls() => "tls",
            () if error.is_client() => "client",
            () => "connection",
        };
        return Refusal::Later {
            why: why.to_owned(),
            of_the_mail: false,
        };
    };
    let words = error.source().map(ToString::to_string).unwrap_or_default();
    judged(code, &words)
}

/// What a code with these words means. The server's own words may name people; its codes do not.
fn judged(code: u16, words: &str) -> Refusal {
    let enhanced = words.split_whitespace().next().filter(|word| {
        let mut parts = word.split('.');
        let number =
            |part: Option<&str>| part.is_some_and(|part| (1..=3).contains(&part.len()) && part.parse::<u16>().is_ok());
        number(parts.next()) && number(parts.next()) && number(parts.next()) && parts.next().is_none()
    });
    let why = enhanced.map_or_else(|| code.to_string(), |enhanced| format!("{code} {enhanced}"));
    let begins = |with: &[&str]| enhanced.is_some_and(|enhanced| with.iter().any(|with| enhanced.starts_with(with)));
    if code >= 500 && begins(&OF_THE_ADDRESS) && !enhanced.is_some_and(|enhanced| OF_THE_SENDER.contains(&enhanced)) {
        return Refusal::Never(why);
    }
    Refusal::Later {
        why,
        // Who says more than the code, and no more of the address, speaks of us.
        of_the_mail: OF_THE_MAIL.contains(&code) && (code < 500 || enhanced.is_none()),
    }
}

/// Writes a file that is there as a whole or not at all. It holds a link, and is the operator's alone.
async fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    tokio::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .await?;
    let (file, unfinished) = (folder.join(name), folder.join(format!("{name}.{UNFINISHED}")));
    tokio::fs::write(&unfinished, b"").await?;
    tokio::fs::set_permissions(&unfinished, Permissions::from_mode(0o600)).await?;
    tokio::fs::write(&unfinished, bytes).await?;
    tokio::fs::rename(&unfinished, &file).await
}

#[cfg(test)]
mod tests {
    use colloquy_store::testing::Database;

    use super::*;

    #[tokio::test]
    async fn files_from_before_a_mail_server_was_named_go_too() {
        let (database, folder) = (Database::sqlite().await, tempfile::tempdir().unwrap());
        let file = folder.path().join("018f0000-0000-7000-8000-000000000000.eml");
        std::fs::write(&file, b"To: ada@northwind.example").unwrap();
        let smtp = Smtp {
            host: "localhost".to_owned(),
            port: 25,
            encryption: MailEncryption::None,
            user: String::new(),
            password: String::new(),
        };
        let post = Post::by_smtp("talks@northwind.example", &smtp).unwrap();
        let post = post.after_files(folder.path().to_owned());
        post.sweep(database.store()).await.unwrap();
        assert!(!file.exists());
        database.remove().await;
    }

    #[test]
    fn only_what_is_said_of_an_address_is_final_and_what_befalls_all_mails_is_tried_again() {
        let later = |why: &str, of_the_mail| Refusal::Later {
            why: why.to_owned(),
            of_the_mail,
        };
        for (code, words, meant) in [
            (
                550,
                "5.1.1 <pat@northwind.example> unknown",
                Refusal::Never("550 5.1.1".to_owned()),
            ),
            (552, "5.2.2 mailbox full", Refusal::Never("552 5.2.2".to_owned())),
            (550, "5.7.1 relaying denied", later("550 5.7.1", false)),
            (553, "5.1.8 sender's domain unknown", later("553 5.1.8", false)),
            (554, "no service for you", later("554", false)),
            (550, "nobody of that name", later("550", true)),
            (451, "4.7.1 greylisted", later("451 4.7.1", true)),
            (421, "busy", later("421", false)),
        ] {
            assert_eq!(judged(code, words), meant, "{code} {words}");
        }
    }
}

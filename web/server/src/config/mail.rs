//! Settings of how mails are sent.

use std::path::{Path, PathBuf};

use anyhow::Context;
use colloquy_runtime::mail::{MailEncryption, Post, Smtp};
use serde::{Deserialize, Serialize};
use url::Url;

/// How mails are sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailConfig {
    /// The mail server's name; empty: mails are written to files in the folder `outbox` of `data_dir`.
    pub host: String,
    /// Its port; 0: 587, 465 or 25, by its encryption.
    pub port: u16,
    /// `starttls`, `tls` or `none`.
    pub encryption: MailEncryption,
    /// By whom this server is known there; empty: by nobody.
    pub user: String,
    /// Their password.
    pub password: String,
    /// The sender's address; empty: `colloquy@` and the name in `public_url`.
    pub from: String,
}

/// The folder into which mails are written where no mail server is named.
#[must_use]
pub fn outbox(data_dir: &Path) -> PathBuf {
    data_dir.join("outbox")
}

/// The sender of a server at this address. A number is no domain: a mail with a sender there cannot be built.
fn sender(public_url: &str) -> String {
    let url = Url::parse(public_url).ok();
    let domain = url.as_ref().and_then(Url::domain).unwrap_or("localhost");
    format!("colloquy@{domain}")
}

impl MailConfig {
    /// Whether a mail server is named.
    #[must_use]
    pub fn by_smtp(&self) -> bool {
        !self.host.is_empty()
    }

    /// The way of mails out of a server at `public_url` that keeps its files in `data_dir`.
    ///
    /// # Errors
    /// Names the setting that cannot be used.
    pub fn post(&self, public_url: &str, data_dir: &Path) -> anyhow::Result<Post> {
        let from = match self.from.as_str() {
            "" => sender(public_url),
            from => from.to_owned(),
        };
        if !self.by_smtp() {
            return Post::by_files(&from, outbox(data_dir)).context("mail.from");
        }
        let smtp = Smtp {
            host: self.host.clone(),
            port: self.port,
            encryption: self.encryption,
            user: self.user.clone(),
            password: self.password.clone(),
        };
        let post = Post::by_smtp(&from, &smtp).context("the settings mail.*")?;
        Ok(post.after_files(outbox(data_dir)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_has_a_sender_and_a_wrong_one_is_named() {
        let mail = MailConfig::default();
        for (url, from) in [
            ("https://talk.example.org", "colloquy@talk.example.org"),
            ("http://192.0.2.7:8080", "colloquy@localhost"),
            ("http://[::1]:8080", "colloquy@localhost"),
            ("http://localhost:80", "colloquy@localhost"),
        ] {
            assert_eq!(sender(url), from);
            assert!(mail.post(url, Path::new("/nowhere")).is_ok(), "{url}");
        }
        let wrong = MailConfig {
            from: "nobody".to_owned(),
            ..MailConfig::default()
        };
        let error = wrong
            .post("https://talk.example.org", Path::new("/nowhere"))
            .unwrap_err();
        assert!(format!("{error:#}").contains("mail.from"), "{error:#}");
    }
}

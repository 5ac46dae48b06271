//! Sends what lies in the outbox: one mail after the other, so that a server that is killed has at most one in its hands of
//! which nobody knows whether it arrived. That one is sent again, with the same Message-ID.

mod letter;
mod post;

use std::time::{Duration, Instant};

use colloquy_store::{ClaimedReset, MailState, Store, StoreError};
use tokio::time::sleep;
use tracing::{debug, error, info, warn};

use crate::actor::unix_ms;
use crate::lifecycle::Lifecycle;

pub use letter::subject;
use post::{Envelope, Refusal, Taken};
pub use post::{MailEncryption, Post, PostError, Smtp};

/// Between two looks into an empty outbox.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Where the mail server cannot be reached, the next mail is not tried before so long.
const AFTER_A_FAILURE: Duration = Duration::from_secs(5);
/// Whoever claims a mail has so long to send it: twice what [`Post::send`] takes at most.
const CLAIM_MS: i64 = 2 * post::SEND_WITHIN.as_millis() as i64;
/// A mail that was not taken is tried again after so long, then after twice as long, and so on.
const RETRY_MS: i64 = 10_000;
/// But never after longer.
const RETRY_MAX_MS: i64 = 15 * 60 * 1000;

/// How often mails that will never be sent are dropped, and files deleted that nobody may find any more.
const SWEEP_EVERY: Duration = Duration::from_secs(10 * 60);

/// What the worker needs.
#[derive(Debug)]
pub struct Mailer {
    /// Where mails lie.
    pub store: Store,
    /// How they are sent.
    pub post: Post,
    /// What links begin with, without a slash at its end.
    pub public_url: String,
    /// This server's name among several; the same one after a restart.
    pub node: String,
}

impl Mailer {
    /// Sends until no new work is to be begun.
    pub async fn run(self, lifecycle: Lifecycle) {
        let begun = self.store.outbox().reclaim(&self.node, unix_ms()).await;
        if let Err(error) = begun {
            error!(%error, "what this server was sending when it ended last is sent later");
        }
        let mut swept: Option<Instant> = None;
        while !lifecycle.is_draining() {
            if swept.is_none_or(|swept| swept.elapsed() >= SWEEP_EVERY) {
                swept = Some(Instant::now());
                self.sweep().await;
            }
            let rest = match self.send_next().await {
                Ok(Sent::One) => continue,
                Ok(Sent::Nothing) => LOOK_EVERY,
                Ok(Sent::NotNow) => AFTER_A_FAILURE,
                Err(error) => {
                    error!(%error, "the outbox cannot be read or written; it is tried again");
                    AFTER_A_FAILURE
                }
            };
            tokio::select! {
                () = sleep(rest) => {}
                () = lifecycle.draining() => {}
            }
        }
    }

    /// What fails is logged, and tried again the next time.
    async fn sweep(&self) {
        if let Err(error) = self.store.outbox().sweep(unix_ms()).await {
            error!(%error, "mails that will never be sent wait still");
        }
        if let Err(error) = self.post.sweep(&self.store).await {
            error!(%error, "files of mails that were deleted may be here still");
        }
    }

    /// Sends the mail that is due for longest, if one is.
    async fn send_next(&self) -> Result<Sent, StoreError> {
        let (outbox, now) = (self.store.outbox(), unix_ms());
        // Somebody waits for theirs before a page: it does not stand behind five hundred invitations.
        if let Some(mail) = self.store.resets().claim(&self.node, now, now + CLAIM_MS).await? {
            return self.send_reset(&mail, now).await;
        }
        let Some(mail) = outbox.claim(&self.node, now, now + CLAIM_MS).await? else {
            return Ok(Sent::Nothing);
        };
        let link = format!("{}/i/{}", self.public_url, mail.token.expose());
        let envelope = Envelope {
            id: mail.id,
            workspace: &mail.workspace,
            name: &mail.name,
            email: &mail.email,
        };
        let taken = self.post.send(&envelope, &letter::letter(&mail, &link, now)).await;
        let now = unix_ms();
        match taken {
            Ok(Taken::ByServer) => {
                debug!(mail = %mail.id, "a mail was sent");
                outbox.sent(mail.id, now).await?;
            }
            Ok(Taken::ByFile) => {
                debug!(mail = %mail.id, "a mail was written to a file");
                outbox.written(mail.id, now).await?;
                // Whoever deleted it while it was being written found no file.
                if !outbox.knows(mail.id).await?
                    && let Err(error) = self.post.unwrite(mail.id).await
                {
                    error!(mail = %mail.id, %error, "the file of a mail that was deleted is deleted later");
                }
            }
            Err(Refusal::Never(why)) => {
                info!(mail = %mail.id, why, "the mail server refuses a mail for good");
                outbox.failed(mail.id, &why, now).await?;
            }
            Err(Refusal::Later { why, of_the_mail }) => {
                warn!(mail = %mail.id, why, attempt = mail.attempt, "a mail could not be sent; it is tried again");
                let due = now + retry_after_ms(mail.attempt);
                outbox.put_off(mail.id, &self.node, &why, due).await?;
                if !of_the_mail {
                    return Ok(Sent::NotNow);
                }
            }
        }
        Ok(Sent::One)
    }

    /// Sends a link by which a password is set anew. Its secret stands behind a `#`, which browsers tell no server and no other page.
    async fn send_reset(&self, mail: &ClaimedReset, now: i64) -> Result<Sent, StoreError> {
        let link = format!("{}/console/reset#{}", self.public_url, mail.token.expose());
        let envelope = Envelope {
            id: mail.id,
            workspace: &mail.workspace,
            name: &mail.name,
            email: &mail.email,
        };
        let taken = self.post.send(&envelope, &letter::reset(&mail.name, &link)).await;
        let (resets, now) = (self.store.resets(), unix_ms().max(now));
        match taken {
            Ok(Taken::ByServer) => resets.settle(mail.id, MailState::Sent, None, now).await?,
            Ok(Taken::ByFile) => resets.settle(mail.id, MailState::Written, None, now).await?,
            Err(Refusal::Never(why)) => {
                info!(mail = %mail.id, why, "the mail server refuses a mail for good");
                resets.settle(mail.id, MailState::Failed, Some(&why), now).await?;
            }
            Err(Refusal::Later { why, of_the_mail }) => {
                warn!(mail = %mail.id, why, attempt = mail.attempt, "a mail could not be sent; it is tried again");
                let due = now + retry_after_ms(mail.attempt);
                self.store.outbox().put_off(mail.id, &self.node, &why, due).await?;
                if !of_the_mail {
                    return Ok(Sent::NotNow);
                }
            }
        }
        Ok(Sent::One)
    }
}

enum Sent {
    One,
    Nothing,
    /// The mail server cannot be reached, so that other mails would not be sent either.
    NotNow,
}

fn retry_after_ms(attempt: u32) -> i64 {
    let doublings = attempt.saturating_sub(1).min(16);
    (RETRY_MS << doublings).min(RETRY_MAX_MS)
}

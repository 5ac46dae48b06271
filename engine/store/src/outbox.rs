//! Mails: to be sent, and those that were.
//!
//! A row says what kind of mail is for whom. Its words are made when it is sent, and so is its link, of which the hash is kept as
//! of every other: a database, and whoever reads a copy of it, never holds a link that works. That a mail is tried again is
//! seen by its id, from which its Message-ID is made; each attempt has a link of its own, and all of them work.

mod claim;
pub(crate) mod due;
mod listed;

use colloquy_core::id::{InvitationId, MailId, WorkspaceId};
use colloquy_core::pii::Pii;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::StoreError;
use crate::pool::{Link, Store, on};
use crate::word::word;

pub use claim::Claimed;

/// When somebody who was invited by mail is reminded, after that mail was sent: on days 3 and 5 of the 7 that a link works.
pub const REMIND_AFTER_MS: [i64; 2] = [3 * 24 * 60 * 60 * 1000, 5 * 24 * 60 * 60 * 1000];

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// That somebody is invited.
    Invitation,
    /// That they still are.
    Reminder,
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// To be sent.
    Queued,
    /// Handed to the mail server.
    Sent,
    /// Written to a file, where there is no mail server.
    Written,
    /// The mail server does not take it.
    Failed,
    /// Not sent, because its link would have been good for nothing by then.
    Dropped,
}

/// A mail, as those see it who had it sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Which one.
    pub id: MailId,
    /// What it is about.
    pub kind: MailKind,
    /// What became of it.
    pub state: MailState,
    /// To whom.
    pub name: Pii,
    /// Their address.
    pub email: Pii,
    /// By which invitation.
    pub invitation: InvitationId,
    /// To which session.
    pub session: Uuid,
    /// That session's title.
    pub title: String,
    /// When it was stored, in unix milliseconds.
    pub created: i64,
    /// When it is tried next, while it is queued, in unix milliseconds.
    pub due: i64,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was sent, or given up, in unix milliseconds.
    pub settled_at: Option<i64>,
    /// Why the last attempt failed, such as the code that the mail server answered.
    pub error: Option<String>,
}

/// The mails of a store.
#[derive(Clone, Copy, Debug)]
pub struct Outbox<'s>(&'s Store);

impl Store {
    /// Its mails.
    #[must_use]
    pub fn outbox(&self) -> Outbox<'_> {
        Outbox(self)
    }
}

/// Stores a mail to whom this invitation is for, to be sent from `due` on.
pub(crate) async fn put(
    link: &mut Link<'_>,
    workspace: WorkspaceId,
    invitation: InvitationId,
    kind: MailKind,
    due: i64,
    now: i64,
) -> Result<(), StoreError> {
    on!(link, conn => {
        sqlx::query(
            "INSERT INTO outbox (id, workspace, invitation, kind, state, created, due, attempts)
             VALUES ($1, $2, $3, $4, 'queued', $5, $6, 0)",
        )
        .bind(Uuid::now_v7()).bind(workspace.0).bind(invitation.0).bind(word(&kind)).bind(now).bind(due)
        .execute(conn).await.map(drop)
    })?;
    Ok(())
}

/// Whether a mail that says that they are invited is still to be sent.
pub(crate) async fn waits(link: &mut Link<'_>, invitation: InvitationId) -> Result<bool, StoreError> {
    let found: Option<i64> = on!(link, conn => {
        sqlx::query_scalar(
            "SELECT due FROM outbox WHERE invitation = $1 AND kind = 'invitation' AND state = 'queued' LIMIT 1",
        )
        .bind(invitation.0).fetch_optional(conn).await
    })?;
    Ok(found.is_some())
}

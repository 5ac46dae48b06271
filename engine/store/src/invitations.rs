//! Invitations and the links that lead to them.

mod inviting;
mod listed;
mod many;
mod trial;

use colloquy_core::id::{InvitationId, PersonId, SessionId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::StoreError;
use crate::link::{Invited, LinkState, judge};
use crate::pool::{Link, Store, on};
use crate::token::Token;
use crate::word::{choice, word};
use crate::{conversations, people, sessions, workspaces};

pub(crate) use inviting::claim;
pub use inviting::{ONCE_MS, Once};
pub use listed::{Listed, Standing};
pub(crate) use trial::drop_idle;
pub use trial::{TRIAL_LIFETIME_MS, TRIALS_AT_MOST};

/// How long a link works from the invitation on: 7 days.
pub const LINK_LIFETIME_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// What became of an invitation. Whether its link works now is [`LinkState`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// To be sent.
    Queued,
    /// Handed to the mail server.
    Sent,
    /// Came back.
    Bounced,
    /// Its link was followed.
    Opened,
    /// Noted as run out.
    Expired,
    /// Taken back, for good.
    Revoked,
}

/// One person's way into one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Which one.
    pub id: InvitationId,
    /// To what.
    pub session: SessionId,
    /// Who.
    pub person: PersonId,
    /// What became of it.
    pub state: InvitationState,
    /// When it was made, in unix milliseconds.
    pub created: i64,
    /// From when on its links no longer work, in unix milliseconds.
    pub expires_at: i64,
    /// Whether an admin tries the session out by it, which counts nowhere.
    pub trial: bool,
}

/// The invitations of a store.
#[derive(Clone, Copy, Debug)]
pub struct Invitations<'s>(&'s Store);

impl Store {
    /// Its invitations.
    #[must_use]
    pub fn invitations(&self) -> Invitations<'_> {
        Invitations(self)
    }
}

impl Invitations<'_> {
    /// Invites somebody; the links will work for [`LINK_LIFETIME_MS`].
    ///
    /// # Errors
    /// [`StoreError::AlreadyInvited`]; [`StoreError::Database`], also when session or person do not exist.
    pub async fn create(&self, session: SessionId, person: PersonId, now: i64) -> Result<Invitation, StoreError> {
        let invitation = Invitation {
            id: InvitationId(Uuid::now_v7()),
            session,
            person,
            state: InvitationState::Queued,
            created: now,
            expires_at: now.saturating_add(LINK_LIFETIME_MS),
            trial: false,
        };
        let mut tx = self.0.write().await?;
        insert(&mut tx.link(), &invitation).await?;
        tx.commit().await?;
        Ok(invitation)
    }

    /// The one with this id.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn find(&self, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        find(&mut self.0.read().await?.link(), id).await
    }

    /// The one of this person to this session.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn of_person(&self, session: SessionId, person: PersonId) -> Result<Option<Invitation>, StoreError> {
        let mut reader = self.0.read().await?;
        let row: Option<Row> = on!(&mut reader.link(), conn => {
            sqlx::query_as("SELECT * FROM invitations WHERE session = $1 AND person = $2")
                .bind(session.0).bind(person.0).fetch_optional(conn).await
        })?;
        row.map(Row::into_invitation).transpose()
    }

    /// Draws a new link token and keeps its SHA-256. Earlier ones go on working.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::Link`] when the invitation is revoked.
    pub async fn mint_token(&self, id: InvitationId, now: i64) -> Result<Token, StoreError> {
        let mut tx = self.0.write().await?;
        unrevoked(&mut tx.link(), id).await?;
        let token = mint(&mut tx.link(), id, None, now).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Everything that somebody who presents this token may reach, and whether the link admits them at `now`.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn by_token(&self, token: &str, now: i64) -> Result<Option<Invited>, StoreError> {
        let Some(token) = Token::presented("", token) else {
            return Ok(None);
        };
        let mut reader = self.0.read().await?;
        let link = &mut reader.link();
        let row: Option<Row> = on!(&mut *link, conn => {
            sqlx::query_as(
                "SELECT invitations.* FROM invitation_tokens JOIN invitations ON invitations.id = invitation_tokens.invitation
                 WHERE invitation_tokens.hash = $1",
            )
            .bind(token.hash()).fetch_optional(conn).await
        })?;
        let Some(invitation) = row.map(Row::into_invitation).transpose()? else {
            return Ok(None);
        };
        let session = sessions::find(link, invitation.session)
            .await?
            .ok_or(StoreError::Missing("session"))?;
        let person = people::find(link, invitation.person)
            .await?
            .ok_or(StoreError::Missing("person"))?;
        let workspace = workspaces::find(link, session.workspace)
            .await?
            .ok_or(StoreError::Missing("workspace"))?;
        let conversation = conversations::by_invitation(link, invitation.id).await?;
        let state = judge(&invitation, session.state, conversation.as_ref(), now);
        Ok(Some(Invited {
            invitation,
            session,
            person,
            workspace,
            conversation,
            state,
        }))
    }

    /// Notes what became of it; a revoked one stays revoked. Revoking is [`Invitations::revoke`] all the same.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::Link`] when the invitation is revoked.
    pub async fn set_state(&self, id: InvitationId, state: InvitationState) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        unrevoked(&mut tx.link(), id).await?;
        on!(&mut tx.link(), conn => {
            sqlx::query("UPDATE invitations SET state = $2 WHERE id = $1 AND state <> 'revoked'")
                .bind(id.0).bind(word(&state)).execute(conn).await.map(drop)
        })?;
        tx.commit().await
    }

    /// Notes that its link was followed, where nothing further is known of it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn opened(&self, id: InvitationId) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        on!(&mut tx.link(), conn => {
            sqlx::query("UPDATE invitations SET state = 'opened' WHERE id = $1 AND state IN ('queued', 'sent', 'bounced')")
                .bind(id.0).execute(conn).await.map(drop)
        })?;
        tx.commit().await
    }

    /// Takes it back for good: none of its tokens and client secrets admits anybody from now on. Twice is once.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn revoke(&self, id: InvitationId) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let invitation = find(&mut tx.link(), id)
            .await?
            .ok_or(StoreError::Missing("invitation"))?;
        let revoked = on!(&mut tx.link(), conn => {
            sqlx::query("UPDATE invitations SET state = 'revoked' WHERE id = $1 AND state <> 'revoked'")
                .bind(id.0).execute(conn).await.map(|done| done.rows_affected())
        })?;
        if revoked > 0 {
            self.note(&mut tx.link(), &invitation, "invitation.revoke").await?;
        }
        tx.commit().await
    }

    /// Lets its links, those already sent too, work until `until` (unix milliseconds).
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::Link`] when the invitation is revoked.
    pub async fn extend(&self, id: InvitationId, until: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let invitation = unrevoked(&mut tx.link(), id).await?;
        on!(&mut tx.link(), conn => {
            sqlx::query(
                "UPDATE invitations SET expires_at = $2, state = CASE state WHEN 'expired' THEN 'sent' ELSE state END
                 WHERE id = $1",
            )
            .bind(id.0).bind(until).execute(conn).await.map(drop)
        })?;
        self.note(&mut tx.link(), &invitation, "invitation.extend").await?;
        tx.commit().await
    }

    /// Notes what is being done with it, in the audit log of its workspace.
    async fn note(&self, link: &mut Link<'_>, of: &Invitation, deed: &'static str) -> Result<(), StoreError> {
        let session = sessions::find(link, of.session).await?;
        let session = session.ok_or(StoreError::Missing("session"))?;
        self.0.note(link, session.workspace, deed, of.id.0).await
    }
}

async fn insert(link: &mut Link<'_>, invitation: &Invitation) -> Result<(), StoreError> {
    on!(link, conn => {
        sqlx::query(
            "INSERT INTO invitations (id, session, person, state, created, expires_at, trial) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(invitation.id.0).bind(invitation.session.0).bind(invitation.person.0).bind(word(&invitation.state))
        .bind(invitation.created).bind(invitation.expires_at).bind(invitation.trial)
        .execute(conn).await.map(drop)
    })?;
    Ok(())
}

/// Who draws a link to hand it on, or to try the session out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawn {
    /// Who, where that is known.
    pub(crate) by: Option<UserId>,
    /// Whether it ends as soon as the person agrees by another one.
    pub(crate) handed_on: bool,
}

/// Draws a link token, and keeps its hash; `drawn`: by whom, where it is not mailed.
pub(crate) async fn mint(
    link: &mut Link<'_>,
    id: InvitationId,
    drawn: Option<Drawn>,
    now: i64,
) -> Result<Token, StoreError> {
    let token = Token::draw("");
    on!(link, conn => {
        sqlx::query("INSERT INTO invitation_tokens (hash, invitation, created, drawn, drawn_by) VALUES ($1, $2, $3, $4, $5)")
            .bind(token.hash()).bind(id.0).bind(now).bind(drawn.is_some_and(|drawn| drawn.handed_on))
            .bind(drawn.and_then(|drawn| drawn.by).map(|user| user.0)).execute(conn).await.map(drop)
    })?;
    Ok(token)
}

pub(crate) async fn find(link: &mut Link<'_>, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
    let row: Option<Row> = on!(link, conn => {
        sqlx::query_as("SELECT * FROM invitations WHERE id = $1").bind(id.0).fetch_optional(conn).await
    })?;
    row.map(Row::into_invitation).transpose()
}

/// Ends the links that others drew to hand them on, but the one that the person follows: they agree, and from then on a link
/// leads to what they said.
pub(crate) async fn end_drawn(link: &mut Link<'_>, id: InvitationId, but: &Token) -> Result<(), StoreError> {
    on!(link, conn => {
        sqlx::query("DELETE FROM invitation_tokens WHERE invitation = $1 AND drawn AND hash <> $2")
            .bind(id.0).bind(but.hash()).execute(conn).await.map(drop)
    })?;
    Ok(())
}

/// Ends the links that somebody drew who is removed, and what their own trials are connected by. One by which a person has agreed
/// stays: it leads that person to what they said.
pub(crate) async fn end_drawn_by(link: &mut Link<'_>, user: UserId) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM client_secrets WHERE conversation IN (
             SELECT c.id FROM conversations c JOIN invitations i ON i.id = c.invitation
                 JOIN invitation_tokens t ON t.invitation = i.id WHERE i.trial AND t.drawn_by = $1)",
        "DELETE FROM invitation_tokens WHERE drawn_by = $1 AND (
             invitation IN (SELECT id FROM invitations WHERE trial)
             OR NOT EXISTS (
                 SELECT 1 FROM conversations c WHERE c.invitation = invitation_tokens.invitation AND c.state <> 'declined'))",
    ] {
        on!(&mut *link, conn => sqlx::query(statement).bind(user.0).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// Holds off others who do the same until the transaction ends. SQLite's transaction does so by itself. What is held is held in
/// one order everywhere: people, invitations, conversations, sessions, mails.
pub(crate) async fn hold(link: &mut Link<'_>, id: InvitationId) -> Result<(), StoreError> {
    if let Link::Postgres(conn) = link {
        sqlx::query("SELECT id FROM invitations WHERE id = $1 FOR NO KEY UPDATE")
            .bind(id.0)
            .execute(&mut **conn)
            .await?;
    }
    Ok(())
}

async fn unrevoked(link: &mut Link<'_>, id: InvitationId) -> Result<Invitation, StoreError> {
    let invitation = find(link, id).await?.ok_or(StoreError::Missing("invitation"))?;
    if invitation.state == InvitationState::Revoked {
        return Err(StoreError::Link(LinkState::Revoked));
    }
    Ok(invitation)
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    session: Uuid,
    person: Uuid,
    state: String,
    created: i64,
    expires_at: i64,
    trial: bool,
}

impl Row {
    fn into_invitation(self) -> Result<Invitation, StoreError> {
        Ok(Invitation {
            id: InvitationId(self.id),
            session: SessionId(self.session),
            person: PersonId(self.person),
            state: choice("invitations.state", self.state)?,
            created: self.created,
            expires_at: self.expires_at,
            trial: self.trial,
        })
    }
}

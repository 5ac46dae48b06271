//! Inviting somebody: the person and their invitation in one transaction, and once however often it is asked for.

use colloquy_core::id::{InvitationId, SessionId, UserId};
use uuid::Uuid;

use super::{Drawn, Invitation, InvitationState, Invitations, LINK_LIFETIME_MS, hold, insert, mint, unrevoked};
use crate::conversations;
use crate::error::StoreError;
use crate::link::{LinkState, judge};
use crate::outbox::{self, MailKind};
use crate::people::{self, NewPerson};
use crate::pool::{Link, on};
use crate::sessions::{self, SessionState};
use crate::state::ConversationState;
use crate::token::Token;

/// How long a request that comes again is known: 24 hours.
pub const ONCE_MS: i64 = 24 * 60 * 60 * 1000;

/// What makes a request that comes again known.
#[derive(Clone, Copy, Debug)]
pub struct Once<'a> {
    /// Who asks.
    pub user: UserId,
    /// What they call the request.
    pub key: &'a str,
    /// A hash of what they ask for.
    pub request: &'a [u8],
}

impl Invitations<'_> {
    /// Invites somebody to a session that is not closed, known or not; the links will work for [`LINK_LIFETIME_MS`]. With
    /// `mail` the mail that says so lies in the outbox from the same moment on. What is asked for again by the same `once` is
    /// answered again, and nothing is done. Whose invitation was revoked before they began gets it anew: links from before
    /// stay dead.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::AlreadyInvited`]; [`StoreError::Link`] where the session is closed, or they took part
    /// before they were revoked, and [`StoreError::Begun`] where they had begun to; [`StoreError::KeyReused`] where `once` stands for something else.
    pub async fn invite(
        &self,
        session: SessionId,
        who: &NewPerson,
        mail: bool,
        once: Option<&Once<'_>>,
        now: i64,
    ) -> Result<InvitationId, StoreError> {
        let mut tx = self.0.write().await?;
        let id = InvitationId(Uuid::now_v7());
        if let Some(once) = once
            && let Some(before) = claim(&mut tx.link(), once, id.0, now).await?
        {
            tx.commit().await?;
            return Ok(InvitationId(before));
        }
        let found = sessions::lock(&mut tx.link(), session).await?;
        if found.state == SessionState::Closed {
            return Err(StoreError::Link(LinkState::SessionClosed));
        }
        let person = people::keep(&mut tx.link(), who).await?;
        let invitation = Invitation {
            id,
            session,
            person: person.id,
            state: InvitationState::Queued,
            created: now,
            expires_at: now.saturating_add(LINK_LIFETIME_MS),
            trial: false,
        };
        let id = match renew(&mut tx.link(), &invitation).await? {
            Some(before) => {
                if let Some(once) = once {
                    stands_for(&mut tx.link(), once, before).await?;
                }
                before
            }
            None => {
                insert(&mut tx.link(), &invitation).await?;
                id
            }
        };
        if mail {
            outbox::put(&mut tx.link(), found.workspace, id, MailKind::Invitation, now, now).await?;
        }
        self.0
            .note(&mut tx.link(), found.workspace, "invitation.create", id.0)
            .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Has the invitation mailed again; where a mail of it waits to be sent, that one will do.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::Link`] when the links of the invitation admit nobody to a conversation, with the
    /// reason; those to a session that is not open yet will.
    pub async fn send_again(&self, id: InvitationId, now: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        // Of two who ask at once, the second one finds the mail of the first.
        hold(&mut tx.link(), id).await?;
        let invitation = unrevoked(&mut tx.link(), id).await?;
        let session = sessions::find(&mut tx.link(), invitation.session).await?;
        let session = session.ok_or(StoreError::Missing("session"))?;
        let conversation = conversations::by_invitation(&mut tx.link(), id).await?;
        match judge(&invitation, session.state, conversation.as_ref(), now) {
            LinkState::Usable => {}
            LinkState::SessionClosed if session.state == SessionState::Draft => {}
            other => return Err(StoreError::Link(other)),
        }
        if !outbox::waits(&mut tx.link(), id).await? {
            outbox::put(&mut tx.link(), session.workspace, id, MailKind::Invitation, now, now).await?;
        }
        self.note(&mut tx.link(), &invitation, "invitation.send").await?;
        tx.commit().await
    }

    /// As [`Invitations::mint_token`], for somebody who hands the link on: only until the person has agreed to take part,
    /// since from then on it leads to what they said. When they agree, it ends unless it is the one by which they do.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::Link`] when the invitation is revoked; [`StoreError::Begun`].
    pub async fn fresh_link(&self, id: InvitationId, now: i64) -> Result<Token, StoreError> {
        let mut tx = self.0.write().await?;
        // They may be agreeing in this moment: then it is refused, or ended with the others.
        hold(&mut tx.link(), id).await?;
        let invitation = unrevoked(&mut tx.link(), id).await?;
        let conversation = conversations::by_invitation(&mut tx.link(), id).await?;
        if conversation.is_some_and(|begun| begun.state != ConversationState::Declined) {
            return Err(StoreError::Begun);
        }
        let drawn = Drawn {
            by: self.0.author.and_then(|author| author.user),
            handed_on: true,
        };
        let token = mint(&mut tx.link(), id, Some(drawn), now).await?;
        self.note(&mut tx.link(), &invitation, "invitation.link").await?;
        tx.commit().await?;
        Ok(token)
    }
}

/// Notes that this request is being done, as `id`; or says as what it was done before.
pub(crate) async fn claim(
    link: &mut Link<'_>,
    once: &Once<'_>,
    id: Uuid,
    now: i64,
) -> Result<Option<Uuid>, StoreError> {
    on!(&mut *link, conn => {
        sqlx::query("DELETE FROM idempotency_keys WHERE created <= $1").bind(now - ONCE_MS).execute(conn).await.map(drop)
    })?;
    // Of two at once, PostgreSQL lets the second one wait here for the first.
    let first = on!(&mut *link, conn => {
        sqlx::query(
            "INSERT INTO idempotency_keys (user_id, name, request, invitation, created) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (user_id, name) DO NOTHING",
        )
        .bind(once.user.0).bind(once.key).bind(once.request).bind(id).bind(now)
        .execute(conn).await.map(|done| done.rows_affected())
    })?;
    if first > 0 {
        return Ok(None);
    }
    let (request, before): (Vec<u8>, Uuid) = on!(&mut *link, conn => {
        sqlx::query_as("SELECT request, invitation FROM idempotency_keys WHERE user_id = $1 AND name = $2")
            .bind(once.user.0).bind(once.key).fetch_one(conn).await
    })?;
    if request == once.request {
        Ok(Some(before))
    } else {
        Err(StoreError::KeyReused)
    }
}

/// Takes a revoked invitation of this person up again, with the times of `new`: links from before are deleted, so that only new ones
/// work. `None`: there is none to take up.
///
/// # Errors
/// [`StoreError::Link`] where they took part before it was revoked: nobody is asked twice; [`StoreError::Begun`] where they had begun to.
pub(super) async fn renew(link: &mut Link<'_>, new: &Invitation) -> Result<Option<InvitationId>, StoreError> {
    let revoked: Option<Uuid> = on!(&mut *link, conn => {
        sqlx::query_scalar(
            "UPDATE invitations SET state = 'queued', created = $3, expires_at = $4
             WHERE session = $1 AND person = $2 AND state = 'revoked' AND NOT EXISTS (
                 SELECT 1 FROM conversations c WHERE c.invitation = invitations.id AND (c.state <> 'declined' OR c.last_seq > 1))
             RETURNING id",
        )
        .bind(new.session.0).bind(new.person.0).bind(new.created).bind(new.expires_at).fetch_optional(conn).await
    })?;
    let Some(revoked) = revoked else {
        let begun: Option<Uuid> = on!(&mut *link, conn => {
            sqlx::query_scalar("SELECT id FROM invitations WHERE session = $1 AND person = $2 AND state = 'revoked'")
                .bind(new.session.0).bind(new.person.0).fetch_optional(conn).await
        })?;
        let Some(begun) = begun else { return Ok(None) };
        let talk = conversations::by_invitation(link, InvitationId(begun)).await?;
        // Whoever had the link that was revoked may have said what is there: a new one would lead to it.
        return Err(match talk.is_some_and(|talk| talk.state.is_over()) {
            true => StoreError::Link(LinkState::Finished),
            false => StoreError::Begun,
        });
    };
    for statement in [
        "DELETE FROM invitation_tokens WHERE invitation = $1",
        "DELETE FROM client_secrets WHERE conversation IN (SELECT id FROM conversations WHERE invitation = $1)",
        "DELETE FROM outbox WHERE invitation = $1 AND state = 'queued'",
    ] {
        on!(&mut *link, conn => sqlx::query(statement).bind(revoked).execute(conn).await.map(drop))?;
    }
    Ok(Some(InvitationId(revoked)))
}

/// The request was done to a row that was there before.
async fn stands_for(link: &mut Link<'_>, once: &Once<'_>, id: InvitationId) -> Result<(), StoreError> {
    on!(link, conn => {
        sqlx::query("UPDATE idempotency_keys SET invitation = $3 WHERE user_id = $1 AND name = $2")
            .bind(once.user.0).bind(once.key).bind(id.0).execute(conn).await.map(drop)
    })?;
    Ok(())
}

//! Inviting many people at once.

use std::collections::HashSet;

use colloquy_core::id::{InvitationId, SessionId};
use uuid::Uuid;

use super::inviting::{Once, claim};
use super::{Invitation, InvitationState, Invitations, LINK_LIFETIME_MS};
use crate::error::StoreError;
use crate::link::LinkState;
use crate::outbox::{self, MailKind};
use crate::people::{self, NewPerson};
use crate::pool::{Link, on};
use crate::sessions::{self, SessionState};
use crate::word::word;

impl Invitations<'_> {
    /// Invites all of these people, as [`Invitations::invite`] would, or none of them; how many were invited now, and how many
    /// before, of whom nothing is changed but what is told of them: also who was revoked stays so, since a list of many is sent
    /// without a look at each. It is noted once, as done to the session.
    ///
    /// # Errors
    /// As [`Invitations::invite`]; who is invited already is no error.
    pub async fn invite_many(
        &self,
        session: SessionId,
        people: &[NewPerson],
        mail: bool,
        once: Option<&Once<'_>>,
        now: i64,
    ) -> Result<(u32, u32), StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        if let Some(once) = once
            && claim(link, once, Uuid::now_v7(), now).await?.is_some()
        {
            let answer = answered(link, once).await?;
            tx.commit().await?;
            return Ok(answer);
        }
        let found = sessions::lock(link, session).await?;
        if found.state == SessionState::Closed {
            return Err(StoreError::Link(LinkState::SessionClosed));
        }
        let mut invited = 0;
        // In one order, so that two who invite the same people at once do not wait for each other for ever.
        let mut order: Vec<&NewPerson> = people.iter().collect();
        order.sort_by(|a, b| a.email.expose().cmp(b.email.expose()));
        for who in order {
            let person = people::keep(link, who).await?;
            let invitation = Invitation {
                id: InvitationId(Uuid::now_v7()),
                session,
                person: person.id,
                state: InvitationState::Queued,
                created: now,
                expires_at: now.saturating_add(LINK_LIFETIME_MS),
                trial: false,
            };
            if !insert_new(link, &invitation).await? {
                continue;
            }
            invited += 1;
            if mail {
                outbox::put(link, found.workspace, invitation.id, MailKind::Invitation, now, now).await?;
            }
        }
        let already = u32::try_from(people.len()).unwrap_or(u32::MAX) - invited;
        if let Some(once) = once {
            let answer = format!("{invited} {already}");
            on!(&mut *link, conn => {
                sqlx::query("UPDATE idempotency_keys SET answer = $3 WHERE user_id = $1 AND name = $2")
                    .bind(once.user.0).bind(once.key).bind(&answer).execute(conn).await.map(drop)
            })?;
        }
        self.0
            .note(link, found.workspace, "invitation.create_many", session.0)
            .await?;
        tx.commit().await?;
        Ok((invited, already))
    }

    /// The addresses of all who are invited to a session, in lower case.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn addresses(&self, session: SessionId) -> Result<HashSet<String>, StoreError> {
        let mut reader = self.0.read().await?;
        let found: Vec<String> = on!(&mut reader.link(), conn => {
            sqlx::query_scalar(
                "SELECT p.email FROM invitations i JOIN people p ON p.id = i.person WHERE i.session = $1",
            )
            .bind(session.0).fetch_all(conn).await
        })?;
        Ok(found.into_iter().collect())
    }
}

/// False where the person is invited already.
async fn insert_new(link: &mut Link<'_>, invitation: &Invitation) -> Result<bool, StoreError> {
    let new = on!(link, conn => {
        sqlx::query(
            "INSERT INTO invitations (id, session, person, state, created, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (session, person) DO NOTHING",
        )
        .bind(invitation.id.0).bind(invitation.session.0).bind(invitation.person.0).bind(word(&invitation.state))
        .bind(invitation.created).bind(invitation.expires_at)
        .execute(conn).await.map(|done| done.rows_affected())
    })?;
    Ok(new > 0)
}

/// What the request was answered the first time.
async fn answered(link: &mut Link<'_>, once: &Once<'_>) -> Result<(u32, u32), StoreError> {
    let answer: Option<String> = on!(link, conn => {
        sqlx::query_scalar("SELECT answer FROM idempotency_keys WHERE user_id = $1 AND name = $2")
            .bind(once.user.0).bind(once.key).fetch_one(conn).await
    })?;
    let numbers = answer.as_deref().and_then(|answer| {
        let (invited, already) = answer.split_once(' ')?;
        Some((invited.parse().ok()?, already.parse().ok()?))
    });
    // One person was invited by this key, with the same hash: that does not happen.
    numbers.ok_or(StoreError::KeyReused)
}

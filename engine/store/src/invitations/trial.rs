//! Trying a session out: an admin gets a link as its people do, and what they say by it counts nowhere.

use colloquy_core::id::{InvitationId, PersonId, SessionId};
use colloquy_core::pii::Pii;
use uuid::Uuid;

use super::{Drawn, Invitation, InvitationState, Invitations, hold, insert, mint};
use crate::conversations;
use crate::error::StoreError;
use crate::link::LinkState;
use crate::pool::{Link, on};
use crate::sessions::{self, SessionState};
use crate::token::Token;
use crate::topics;

/// How long a trial's link works: a day.
pub const TRIAL_LIFETIME_MS: i64 = 24 * 60 * 60 * 1000;

/// Trials of one session that are kept at once: whoever tries it out so often in a week does something else with it.
pub const TRIALS_AT_MOST: i64 = 20;

impl Invitations<'_> {
    /// Draws a link by which somebody of that name tries out a session that is open, or a draft still; it works for
    /// [`TRIAL_LIFETIME_MS`]. Each trial is another one: neither its invitation nor its person is in any list. Where there are
    /// [`TRIALS_AT_MOST`], the oldest that nobody has begun makes room.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::Link`] where the session is closed; [`StoreError::NoTopics`];
    /// [`StoreError::TooManyTrials`] where all of them have begun.
    pub async fn trial(&self, session: SessionId, name: &Pii, now: i64) -> Result<Token, StoreError> {
        self.make_room(session).await?;
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        let found = sessions::lock(link, session).await?;
        if found.state == SessionState::Closed {
            return Err(StoreError::Link(LinkState::SessionClosed));
        }
        if !topics::all(link, session).await?.iter().any(|topic| topic.enabled) {
            return Err(StoreError::NoTopics);
        }
        if kept(link, session).await? >= TRIALS_AT_MOST {
            return Err(StoreError::TooManyTrials);
        }
        let person = PersonId(Uuid::now_v7());
        on!(&mut *link, conn => {
            // An address that nobody has; and by no word they are found.
            sqlx::query("INSERT INTO people (id, workspace, email, name) VALUES ($1, $2, $3, $4)")
                .bind(person.0).bind(found.workspace.0).bind(person.to_string()).bind(name.expose())
                .execute(conn).await.map(drop)
        })?;
        let invitation = Invitation {
            id: InvitationId(Uuid::now_v7()),
            session,
            person,
            state: InvitationState::Opened,
            created: now,
            expires_at: now.saturating_add(TRIAL_LIFETIME_MS),
            trial: true,
        };
        insert(link, &invitation).await?;
        let drawn = Drawn {
            by: self.0.author.and_then(|author| author.user),
            handed_on: false,
        };
        let token = mint(link, invitation.id, Some(drawn), now).await?;
        self.0.note(link, found.workspace, "session.try", session.0).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// In a transaction of its own, because invitations are held before their session.
    async fn make_room(&self, session: SessionId) -> Result<(), StoreError> {
        if kept(&mut self.0.read().await?.link(), session).await? < TRIALS_AT_MOST {
            return Ok(());
        }
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        let idle: Option<Uuid> = on!(&mut *link, conn => {
            sqlx::query_scalar(
                "SELECT i.id FROM invitations i WHERE i.session = $1 AND i.trial AND i.state <> 'revoked'
                     AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.invitation = i.id)
                 ORDER BY i.created, i.id LIMIT 1",
            )
            .bind(session.0).fetch_optional(conn).await
        })?;
        if let Some(idle) = idle.map(InvitationId) {
            hold(link, idle).await?;
            drop_idle(link, idle).await?;
        }
        tx.commit().await
    }
}

async fn kept(link: &mut Link<'_>, session: SessionId) -> Result<i64, StoreError> {
    Ok(on!(link, conn => {
        sqlx::query_scalar("SELECT COUNT(*) FROM invitations WHERE session = $1 AND trial AND state <> 'revoked'")
            .bind(session.0).fetch_one(conn).await
    })?)
}

/// Deletes a trial, which is held, with everything that names it; not one that somebody has begun. Whether it is gone.
pub(crate) async fn drop_idle(link: &mut Link<'_>, id: InvitationId) -> Result<bool, StoreError> {
    if conversations::by_invitation(link, id).await?.is_some() {
        return Ok(false);
    }
    on!(&mut *link, conn => {
        sqlx::query("DELETE FROM invitation_tokens WHERE invitation = $1").bind(id.0).execute(conn).await.map(drop)
    })?;
    let person: Option<Uuid> = on!(&mut *link, conn => {
        sqlx::query_scalar("DELETE FROM invitations WHERE id = $1 AND trial RETURNING person")
            .bind(id.0).fetch_optional(conn).await
    })?;
    on!(link, conn => {
        sqlx::query("DELETE FROM people WHERE id = $1").bind(person).execute(conn).await.map(drop)
    })?;
    Ok(true)
}

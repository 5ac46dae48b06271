//! Trying a session out: an admin gets a link as its people do, and what they say by it counts nowhere.

use colloquy_core::id::{InvitationId, PersonId, SessionId};
use colloquy_core::pii::Pii;
use uuid::Uuid;

use super::{Drawn, Invitation, InvitationState, Invitations, insert, mint};
use crate::error::StoreError;
use crate::link::LinkState;
use crate::pool::on;
use crate::sessions::{self, SessionState};
use crate::token::Token;
use crate::topics;

/// How long a trial's link works: a day.
pub const TRIAL_LIFETIME_MS: i64 = 24 * 60 * 60 * 1000;

impl Invitations<'_> {
    /// Draws a link by which somebody of that name tries out a session that is open, or a draft still; it works for
    /// [`TRIAL_LIFETIME_MS`]. Each trial is another one: neither its invitation nor its person is in any list.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::Link`] where the session is closed; [`StoreError::NoTopics`].
    pub async fn trial(&self, session: SessionId, name: &Pii, now: i64) -> Result<Token, StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        let found = sessions::lock(link, session).await?;
        if found.state == SessionState::Closed {
            return Err(StoreError::Link(LinkState::SessionClosed));
        }
        if !topics::all(link, session).await?.iter().any(|topic| topic.enabled) {
            return Err(StoreError::NoTopics);
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
}

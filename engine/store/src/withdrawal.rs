//! Taking back: a person's whole conversation is erased, and only that there was one stays.

use colloquy_core::event::{Event, Outcome};
use colloquy_core::id::ConversationId;

use crate::conversations::Conversations;
use crate::error::StoreError;
use crate::events;
use crate::insights;
use crate::pool::{Link, on};
use crate::state::ConversationState;

impl Conversations<'_> {
    /// Takes the conversation back for its person, in one transaction: its last event says so, every event that holds or
    /// interprets words is deleted, and so are its client secrets and its part in insights; its sound is [doomed](crate::Recordings::doomed). What stays are the events of its course (consent,
    /// connections, pauses, end), without a word in them, at their positions and times. Twice is once.
    ///
    /// Whoever runs the conversation meanwhile learns of it by [`StoreError::Conflict`] and writes nothing more.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Database`].
    pub async fn withdraw(&self, id: ConversationId, now: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        erase(&mut tx.link(), id, now).await?;
        insights::forget(&mut tx.link(), id, now).await?;
        tx.commit().await?;
        // Again also where it was withdrawn before: a reader may have held it back then. Where one does now,
        // [`Store::forget_deleted`](crate::Store::forget_deleted) is to be asked again.
        self.0.forget_now().await.map(drop)
    }
}

/// Has a conversation be taken back, and nothing of what was said in it be kept; whether it was there until now. Its part in insights is forgotten
/// after all conversations that one transaction takes back: that holds the session, and others hold a conversation first.
pub(crate) async fn erase(link: &mut Link<'_>, id: ConversationId, now: i64) -> Result<bool, StoreError> {
    let held = events::hold(link, id, now)
        .await?
        .ok_or(StoreError::Missing("conversation"))?;
    if held.state == ConversationState::Withdrawn {
        return Ok(false);
    }
    let event = Event::Ended {
        outcome: Outcome::Withdrawn,
    };
    events::append(link, id, held.last_seq, held.at, now, &[event]).await?;
    on!(&mut *link, conn => {
        sqlx::query(
            "DELETE FROM events WHERE conversation = $1 AND kind NOT IN
                 ('consented', 'declined', 'started', 'connected', 'disconnected', 'paused', 'resumed', 'ended')",
        )
        .bind(id.0).execute(conn).await.map(drop)
    })?;
    on!(link, conn => {
        sqlx::query("DELETE FROM client_secrets WHERE conversation = $1")
            .bind(id.0).execute(conn).await.map(drop)
    })?;
    Ok(true)
}

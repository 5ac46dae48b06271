//! A person's word on which of their answers may be quoted.

use colloquy_core::conversation::transcript::{Log, Speaker};
use colloquy_core::event::Event;
use colloquy_core::id::{ConversationId, TurnId};

use crate::conversations::Conversations;
use crate::error::StoreError;
use crate::events;

impl Conversations<'_> {
    /// Notes as an event whether `turn` may be quoted from now on. What is so already changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is no such conversation, or no such turn of the person's own with words in it.
    pub async fn allow_quoting(
        &self,
        id: ConversationId,
        turn: TurnId,
        quotable: bool,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        let held = events::hold(link, id, now)
            .await?
            .ok_or(StoreError::Missing("conversation"))?;
        let mut log = Log::default();
        for recorded in events::read(link, id, 0).await? {
            log.apply(recorded.at, &recorded.event);
        }
        let theirs = log
            .turn(turn)
            .filter(|t| t.speaker == Speaker::Participant && !t.text.expose().is_empty())
            .ok_or(StoreError::Missing("turn"))?;
        if theirs.quotable == quotable {
            return Ok(());
        }
        let event = Event::QuotingChanged { turn, quotable };
        events::append(link, id, held.last_seq, held.at, now, &[event]).await?;
        tx.commit().await
    }
}

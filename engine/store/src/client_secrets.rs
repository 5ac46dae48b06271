//! Client secrets: what a browser shows to connect, in place of the personal link.

use colloquy_core::id::ConversationId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::pool::{Store, on};
use crate::token::Token;

/// How long a client secret admits its device, and again after a lost connection: 10 minutes.
pub const CLIENT_SECRET_LIFETIME_MS: i64 = 10 * 60 * 1000;

/// Marks a secret as one that expires.
const PREFIX: &str = "ek_";

/// The client secrets of a store.
#[derive(Clone, Copy, Debug)]
pub struct ClientSecrets<'s>(&'s Store);

impl Store {
    /// Its client secrets.
    #[must_use]
    pub fn client_secrets(&self) -> ClientSecrets<'_> {
        ClientSecrets(self)
    }
}

impl ClientSecrets<'_> {
    /// Draws a secret ("ek_…") that admits to `conversation` until `now + ttl_ms`, and keeps its SHA-256. Secrets that
    /// have expired are forgotten on the way.
    ///
    /// # Errors
    /// [`StoreError::Database`], also when the conversation does not exist.
    pub async fn mint(&self, conversation: ConversationId, now: i64, ttl_ms: i64) -> Result<Token, StoreError> {
        let secret = Token::draw(PREFIX);
        let mut tx = self.0.write().await?;
        on!(&mut tx.link(), conn => {
            sqlx::query("DELETE FROM client_secrets WHERE conversation = $1 AND expires_at <= $2")
                .bind(conversation.0).bind(now).execute(conn).await.map(drop)
        })?;
        on!(&mut tx.link(), conn => {
            sqlx::query("INSERT INTO client_secrets (hash, conversation, expires_at) VALUES ($1, $2, $3)")
                .bind(secret.hash()).bind(conversation.0).bind(now.saturating_add(ttl_ms))
                .execute(conn).await.map(drop)
        })?;
        tx.commit().await?;
        Ok(secret)
    }

    /// The conversation that a secret admits to at `now`, as often as it is shown; none once it has expired, or the
    /// invitation has expired or been revoked, or the session is not open (nor a draft that an admin tries out).
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn redeem(&self, secret: &str, now: i64) -> Result<Option<ConversationId>, StoreError> {
        let Some(secret) = Token::presented(PREFIX, secret) else {
            return Ok(None);
        };
        let mut reader = self.0.read().await?;
        let row: Option<(Uuid,)> = on!(&mut reader.link(), conn => {
            sqlx::query_as(
                "SELECT conversations.id FROM client_secrets
                 JOIN conversations ON conversations.id = client_secrets.conversation
                 JOIN invitations ON invitations.id = conversations.invitation
                 JOIN sessions ON sessions.id = conversations.session
                     AND (sessions.state = 'open' OR (invitations.trial AND sessions.state = 'draft'))
                 WHERE client_secrets.hash = $1 AND client_secrets.expires_at > $2
                     AND invitations.state <> 'revoked' AND invitations.expires_at > $2",
            )
            .bind(secret.hash()).bind(now).fetch_optional(conn).await
        })?;
        Ok(row.map(|(id,)| ConversationId(id)))
    }
}

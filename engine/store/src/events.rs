//! The log: what happened in a conversation, in order, for good.

use colloquy_core::event::{Event, Outcome, Recorded};
use colloquy_core::id::{ConversationId, SessionId};
use colloquy_core::time::Ms;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::error::StoreError;
use crate::pool::{Link, Store, on};
use crate::state::ConversationState;
use crate::word::{choice, word};
use crate::{insights, recordings, sessions};

/// The event logs of a store.
#[derive(Clone, Copy, Debug)]
pub struct Events<'s>(&'s Store);

impl Store {
    /// Its event logs.
    #[must_use]
    pub fn events(&self) -> Events<'_> {
        Events(self)
    }
}

impl Events<'_> {
    /// Stores `events` behind position `after_seq` (0: at the start), all or none, and what follows from them: the
    /// conversation's state and consent, and the session's lock at its first completion. Returns the last position.
    /// Once this returns, a crash of the process loses none of them.
    ///
    /// `at`: conversation time of all of them; `wall_ms`: unix milliseconds.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the log does not end at `after_seq`: somebody else writes to this conversation, or it
    /// was withdrawn, and nothing is ever written to it again;
    /// [`StoreError::Missing`], [`StoreError::Unstorable`].
    pub async fn append(
        &self,
        conversation: ConversationId,
        after_seq: u64,
        at: Ms,
        wall_ms: i64,
        events: &[Event],
    ) -> Result<u64, StoreError> {
        let mut tx = self.0.write().await?;
        let last = append(&mut tx.link(), conversation, after_seq, at, wall_ms, events).await?;
        tx.commit().await?;
        Ok(last)
    }

    /// What was stored behind position `after_seq` (0: everything), in order; nothing where there is no such conversation.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn read(&self, conversation: ConversationId, after_seq: u64) -> Result<Vec<Recorded>, StoreError> {
        read(&mut self.0.read().await?.link(), conversation, after_seq).await
    }
}

pub(crate) async fn read(
    link: &mut Link<'_>,
    conversation: ConversationId,
    after_seq: u64,
) -> Result<Vec<Recorded>, StoreError> {
    let rows: Vec<Row> = on!(link, conn => {
        sqlx::query_as("SELECT seq, at_ms, wall_ms, body FROM events WHERE conversation = $1 AND seq > $2 ORDER BY seq")
            .bind(conversation.0).bind(signed(after_seq)).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(Row::into_recorded).collect())
}

/// Where a log ends, at what conversation time, and where its conversation stands; the log is held until the transaction
/// is over, so that this stays true. None where there is no such conversation.
pub(crate) async fn hold(
    link: &mut Link<'_>,
    conversation: ConversationId,
    now: i64,
) -> Result<Option<Held>, StoreError> {
    let row: Option<(i64, String)> = on!(&mut *link, conn => {
        sqlx::query_as("UPDATE conversations SET updated = $2 WHERE id = $1 RETURNING last_seq, state")
            .bind(conversation.0).bind(now).fetch_optional(conn).await
    })?;
    let Some((last_seq, state)) = row else {
        return Ok(None);
    };
    // A statement of its own: on PostgreSQL the first one sees what was there before it had to wait.
    let (at,): (i64,) = on!(&mut *link, conn => {
        sqlx::query_as("SELECT COALESCE(MAX(at_ms), 0) FROM events WHERE conversation = $1")
            .bind(conversation.0).fetch_one(conn).await
    })?;
    Ok(Some(Held {
        last_seq: last_seq.unsigned_abs(),
        at: Ms(at.unsigned_abs()),
        state: choice("conversations.state", state)?,
    }))
}

/// The end of a log that is held.
pub(crate) struct Held {
    pub(crate) last_seq: u64,
    pub(crate) at: Ms,
    pub(crate) state: ConversationState,
}

pub(crate) async fn append(
    link: &mut Link<'_>,
    conversation: ConversationId,
    after_seq: u64,
    at: Ms,
    wall_ms: i64,
    events: &[Event],
) -> Result<u64, StoreError> {
    let last = after_seq.saturating_add(events.len() as u64);
    // Both the check of the position and, on PostgreSQL, the lock that makes a second writer wait for this one.
    let head: Option<Head> = on!(&mut *link, conn => {
        sqlx::query_as(
            "UPDATE conversations SET last_seq = $3, updated = $4
             WHERE id = $1 AND last_seq = $2 AND state <> 'withdrawn'
             RETURNING session, preview, state",
        )
        .bind(conversation.0).bind(signed(after_seq)).bind(signed(last)).bind(wall_ms)
        .fetch_optional(conn).await
    })?;
    let Some(head) = head else {
        let known: Option<(i64,)> = on!(&mut *link, conn => {
            sqlx::query_as("SELECT last_seq FROM conversations WHERE id = $1")
                .bind(conversation.0).fetch_optional(conn).await
        })?;
        return Err(known.map_or(StoreError::Missing("conversation"), |_| StoreError::Conflict));
    };
    for (seq, event) in (after_seq + 1..).zip(events) {
        let (kind, body) = written(event)?;
        on!(&mut *link, conn => {
            sqlx::query(
                "INSERT INTO events (conversation, seq, at_ms, wall_ms, kind, body) VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(conversation.0).bind(signed(seq)).bind(signed(at.0)).bind(wall_ms).bind(kind).bind(Json(body))
            .execute(conn).await.map(drop)
        })?;
    }
    derive(link, conversation, &head, wall_ms, events).await?;
    Ok(last)
}

/// Brings the rows up to what `events` say.
async fn derive(
    link: &mut Link<'_>,
    conversation: ConversationId,
    head: &Head,
    wall_ms: i64,
    events: &[Event],
) -> Result<(), StoreError> {
    for event in events {
        if let Event::Consented {
            mode,
            recording,
            text_version,
        } = event
        {
            on!(&mut *link, conn => {
                sqlx::query(
                    "UPDATE conversations SET mode = $2, recording = $3, text_version = $4, consented_at = $5 WHERE id = $1",
                )
                .bind(conversation.0).bind(word(mode)).bind(*recording).bind(text_version).bind(wall_ms)
                .execute(conn).await.map(drop)
            })?;
        }
    }
    let takes_sound_back = |event: &Event| match event {
        Event::Consented { recording, .. } => !recording,
        Event::Declined => true,
        Event::Ended { outcome } => *outcome == Outcome::Withdrawn,
        _ => false,
    };
    if events.iter().any(takes_sound_back) {
        recordings::doom(link, conversation, wall_ms).await?;
    }
    let before: ConversationState = choice("conversations.state", head.state.clone())?;
    let mut after = before;
    let mut completed = false;
    for event in events {
        let next = after.after(event);
        completed |= next == ConversationState::Completed && after != next;
        after = next;
    }
    if after != before {
        let ended = after.is_over().then_some(wall_ms);
        on!(&mut *link, conn => {
            sqlx::query("UPDATE conversations SET state = $2, ended = COALESCE(ended, $3) WHERE id = $1")
                .bind(conversation.0).bind(word(&after)).bind(ended).execute(conn).await.map(drop)
        })?;
    }
    if after.is_over() && after != before {
        // Who is through is not reminded.
        on!(&mut *link, conn => {
            sqlx::query(
                "DELETE FROM outbox WHERE kind = 'reminder' AND state = 'queued'
                     AND invitation = (SELECT invitation FROM conversations WHERE id = $1)",
            )
            .bind(conversation.0).execute(conn).await.map(drop)
        })?;
    }
    if completed && !head.preview {
        sessions::finalize(link, SessionId(head.session), wall_ms).await?;
        insights::ask(link, SessionId(head.session), wall_ms).await?;
    }
    Ok(())
}

/// An event's kind and JSON, proven to be readable: an event that is not would block its conversation for good.
fn written(event: &Event) -> Result<(String, Value), StoreError> {
    let unstorable = |kind: &str| StoreError::Unstorable { kind: kind.to_owned() };
    let mut body = serde_json::to_value(event).map_err(|_| unstorable("unknown"))?;
    let kind = body.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    drop_nul(&mut body);
    serde_json::from_value::<Event>(body.clone()).map_err(|_| unstorable(&kind))?;
    Ok((kind, body))
}

/// PostgreSQL refuses U+0000 in text, and nobody says it: a client that sends it must not stop the log.
fn drop_nul(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => text.retain(|c| c != '\0'),
        Value::Array(items) => items.iter_mut().for_each(drop_nul),
        Value::Object(fields) => fields.values_mut().for_each(drop_nul),
        _ => {}
    }
}

/// Positions and times as the databases know them; what is beyond 63 bits is beyond any log.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[derive(sqlx::FromRow)]
struct Head {
    session: Uuid,
    preview: bool,
    state: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    at_ms: i64,
    wall_ms: i64,
    body: Json<Event>,
}

impl Row {
    fn into_recorded(self) -> Recorded {
        Recorded {
            seq: self.seq.unsigned_abs(),
            at: Ms(self.at_ms.unsigned_abs()),
            wall_ms: self.wall_ms,
            event: self.body.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use colloquy_core::event::Event;
    use colloquy_core::id::{SegmentId, TurnId};
    use colloquy_core::time::Ms;

    use super::written;
    use crate::StoreError;

    fn heard(text: &str, confidence: f32) -> Event {
        let (from, to) = (Ms(0), Ms(900));
        Event::SegmentHeard {
            turn: TurnId(2),
            segment: SegmentId(0),
            from,
            to,
            text: text.into(),
            confidence,
        }
    }

    #[test]
    fn the_body_reads_back_as_the_event() {
        let event = heard("we ship on Fridays", 0.87);
        let (kind, body) = written(&event).unwrap();
        assert_eq!(kind, "segment_heard");
        assert_eq!(serde_json::from_value::<Event>(body).unwrap(), event);
    }

    #[test]
    fn an_event_that_would_not_read_back_is_refused() {
        let refused = StoreError::Unstorable {
            kind: "segment_heard".to_owned(),
        };
        assert_eq!(written(&heard("so", f32::NAN)), Err(refused));
    }

    #[test]
    fn a_nul_is_dropped_and_the_rest_kept() {
        let (_, body) = written(&heard("o\0k, a written \\u0000 stays", 1.0)).unwrap();
        assert_eq!(body["text"], "ok, a written \\u0000 stays");
    }
}

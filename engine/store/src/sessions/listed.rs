//! Sessions as an admin looks for them: by words of their titles, and with how far their people are.

use std::collections::HashMap;

use colloquy_core::id::{SessionId, WorkspaceId};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Session, Sessions};
use crate::conversations::stands;
use crate::error::StoreError;
use crate::invitations::Standing;
use crate::pool::on;
use crate::word::choice;

/// Titles that are looked at in one go.
const TITLES: i64 = 500;

/// Session, the invitation's state, its conversation's, for how many days that was kept, whether its time is over, and how many.
type Row = (Uuid, String, Option<String>, Option<i32>, bool, i64);

impl Sessions<'_> {
    /// As [`Sessions::page`], of those whose title has every word of `text` in it, whatever their case.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn search(
        &self,
        workspace: WorkspaceId,
        text: &str,
        before: Option<SessionId>,
        limit: u32,
    ) -> Result<Vec<Session>, StoreError> {
        let text = text.to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut before = before.map_or(Uuid::max(), |before| before.0);
        let mut found = Vec::new();
        loop {
            // The databases disagree about the case of letters beyond ASCII.
            let titles: Vec<(Uuid, String)> = on!(&mut self.0.read().await?.link(), conn => {
                sqlx::query_as(
                    "SELECT id, title FROM sessions WHERE workspace = $1 AND id < $2 AND deleted_at IS NULL ORDER BY id DESC LIMIT $3",
                )
                .bind(workspace.0).bind(before).bind(TITLES).fetch_all(conn).await
            })?;
            let last = titles.last().map(|(id, _)| *id);
            for (id, title) in titles {
                let title = title.to_lowercase();
                if words.iter().all(|word| title.contains(word)) {
                    found.push(id);
                }
            }
            match last {
                Some(last) if found.len() < limit as usize => before = last,
                _ => break,
            }
        }
        found.truncate(limit as usize);
        let mut sessions = Vec::with_capacity(found.len());
        let mut reader = self.0.read().await?;
        for id in found {
            // One that is deleted in this moment is left out.
            sessions.extend(super::find(&mut reader.link(), SessionId(id)).await?);
        }
        Ok(sessions)
    }

    /// How many invitations of each of these sessions stand where, at `now`.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn standings(
        &self,
        sessions: &[SessionId],
        now: i64,
    ) -> Result<HashMap<SessionId, HashMap<Standing, u32>>, StoreError> {
        let mut counts: HashMap<SessionId, HashMap<Standing, u32>> = HashMap::new();
        if sessions.is_empty() {
            return Ok(counts);
        }
        let places: Vec<String> = (0..sessions.len()).map(|n| format!("${}", n + 2)).collect();
        let sql = format!(
            "SELECT i.session, i.state, c.state AS talk, c.kept_days, i.expires_at <= $1 AS late, COUNT(*) AS n
             FROM invitations i LEFT JOIN conversations c ON c.invitation = i.id AND NOT c.preview
             WHERE i.session IN ({}) AND NOT i.trial GROUP BY 1, 2, 3, 4, 5",
            places.join(", ")
        );
        let rows: Vec<Row> = on!(&mut self.0.read().await?.link(), conn => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(now);
            for session in sessions {
                query = query.bind(session.0);
            }
            query.fetch_all(conn).await
        })?;
        for (session, state, talk, kept, late, n) in rows {
            let talk = talk.map(|talk| stands(talk, kept)).transpose()?;
            let standing = Standing::of(choice("invitations.state", state)?, talk, late);
            let count = counts
                .entry(SessionId(session))
                .or_default()
                .entry(standing)
                .or_default();
            *count = count.saturating_add(u32::try_from(n).unwrap_or(u32::MAX));
        }
        Ok(counts)
    }
}

//! Guides: frozen versions of a session, one of which each conversation keeps for good.

use colloquy_core::guide::Guide;
use colloquy_core::id::{GuideId, SessionId};
use sqlx::types::Json;
use uuid::Uuid;

use crate::error::StoreError;
use crate::pool::{Link, Store, on};
use crate::{sessions, topics, workspaces};

/// The guides of a store.
#[derive(Clone, Copy, Debug)]
pub struct Guides<'s>(&'s Store);

impl Store {
    /// Its guides.
    #[must_use]
    pub fn guides(&self) -> Guides<'_> {
        Guides(self)
    }
}

impl Guides<'_> {
    /// The one with this id, as it was frozen.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn find(&self, id: GuideId) -> Result<Option<Guide>, StoreError> {
        find(&mut self.0.read().await?.link(), id).await
    }
}

pub(crate) async fn find(link: &mut Link<'_>, id: GuideId) -> Result<Option<Guide>, StoreError> {
    let body: Option<Json<Guide>> = on!(link, conn => {
        sqlx::query_scalar("SELECT body FROM guides WHERE id = $1").bind(id.0).fetch_optional(conn).await
    })?;
    Ok(body.map(|body| body.0))
}

/// The latest version of a session's guide, or a new one where what it is made of has changed since.
pub(crate) async fn freeze(link: &mut Link<'_>, session: SessionId) -> Result<Guide, StoreError> {
    // Held, so that two conversations that start at once do not both make version n + 1.
    let session = sessions::lock(link, session).await?;
    let workspace = workspaces::find(link, session.workspace)
        .await?
        .ok_or(StoreError::Missing("workspace"))?;
    let topics = topics::all(link, session.id).await?;
    let latest: Option<(i32, Json<Guide>)> = on!(link, conn => {
        sqlx::query_as("SELECT version, body FROM guides WHERE session = $1 ORDER BY version DESC LIMIT 1")
            .bind(session.id.0).fetch_optional(conn).await
    })?;
    let id = latest
        .as_ref()
        .map_or_else(|| GuideId(Uuid::now_v7()), |(_, latest)| latest.id);
    let mut guide = Guide {
        id,
        title: session.title,
        organisation: workspace.name,
        length_min: session.length_min,
        confidentiality: session.confidentiality,
        mode: session.mode,
        help: session.help.or(workspace.help),
        topics: topics
            .into_iter()
            .filter(|topic| topic.enabled)
            .map(|topic| topic.topic)
            .collect(),
    };
    if guide.topics.is_empty() {
        return Err(StoreError::NoTopics);
    }
    let version = match latest {
        Some((_, Json(latest))) if latest == guide => return Ok(latest),
        Some((version, _)) => {
            guide.id = GuideId(Uuid::now_v7());
            version + 1
        }
        None => 1,
    };
    on!(link, conn => {
        sqlx::query("INSERT INTO guides (id, session, version, body) VALUES ($1, $2, $3, $4)")
            .bind(guide.id.0).bind(session.id.0).bind(version).bind(Json(&guide))
            .execute(conn).await.map(drop)
    })?;
    Ok(guide)
}

/// Takes every word out of a deleted session's guides; their rows stay, because conversations name them.
pub(crate) async fn blank(link: &mut Link<'_>, session: SessionId) -> Result<(), StoreError> {
    let guides: Vec<Json<Guide>> = on!(&mut *link, conn => {
        sqlx::query_scalar("SELECT body FROM guides WHERE session = $1").bind(session.0).fetch_all(conn).await
    })?;
    for Json(guide) in guides {
        let blank = Guide {
            title: String::new(),
            help: None,
            topics: Vec::new(),
            ..guide
        };
        on!(&mut *link, conn => {
            sqlx::query("UPDATE guides SET body = $2 WHERE id = $1")
                .bind(blank.id.0).bind(Json(&blank)).execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

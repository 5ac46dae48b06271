//! Workspaces: the customers.

use colloquy_core::guide::HelpContact;
use colloquy_core::id::WorkspaceId;
use sqlx::types::Json;
use uuid::Uuid;

use crate::error::StoreError;
use crate::pool::{Link, Store, on};

/// One customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Which one.
    pub id: WorkspaceId,
    /// The organisation's name, as participants see it.
    pub name: String,
    /// Who is named when an answer needs care.
    pub help: Option<HelpContact>,
    /// When it was made, in unix milliseconds.
    pub created: i64,
}

/// The workspaces of a store.
#[derive(Clone, Copy, Debug)]
pub struct Workspaces<'s>(&'s Store);

impl Store {
    /// Its workspaces.
    #[must_use]
    pub fn workspaces(&self) -> Workspaces<'_> {
        Workspaces(self)
    }
}

impl Workspaces<'_> {
    /// Makes one.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn create(&self, name: &str, help: Option<&HelpContact>, now: i64) -> Result<Workspace, StoreError> {
        let id = Uuid::now_v7();
        let mut tx = self.0.write().await?;
        on!(&mut tx.link(), conn => {
            sqlx::query("INSERT INTO workspaces (id, name, help, created) VALUES ($1, $2, $3, $4)")
                .bind(id).bind(name).bind(help.map(Json)).bind(now)
                .execute(conn).await.map(drop)
        })?;
        tx.commit().await?;
        Ok(Workspace {
            id: WorkspaceId(id),
            name: name.to_owned(),
            help: help.cloned(),
            created: now,
        })
    }

    /// The one with this id.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find(&self, id: WorkspaceId) -> Result<Option<Workspace>, StoreError> {
        find(&mut self.0.read().await?.link(), id).await
    }

    /// The oldest one of this name.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn by_name(&self, name: &str) -> Result<Option<Workspace>, StoreError> {
        let mut reader = self.0.read().await?;
        let row: Option<Row> = on!(&mut reader.link(), conn => {
            sqlx::query_as("SELECT id, name, help, created FROM workspaces WHERE name = $1 ORDER BY created, id LIMIT 1")
                .bind(name).fetch_optional(conn).await
        })?;
        Ok(row.map(Row::into_workspace))
    }
}

pub(crate) async fn find(link: &mut Link<'_>, id: WorkspaceId) -> Result<Option<Workspace>, StoreError> {
    let row: Option<Row> = on!(link, conn => {
        sqlx::query_as("SELECT id, name, help, created FROM workspaces WHERE id = $1")
            .bind(id.0).fetch_optional(conn).await
    })?;
    Ok(row.map(Row::into_workspace))
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    help: Option<Json<HelpContact>>,
    created: i64,
}

impl Row {
    fn into_workspace(self) -> Workspace {
        Workspace {
            id: WorkspaceId(self.id),
            name: self.name,
            help: self.help.map(|help| help.0),
            created: self.created,
        }
    }
}

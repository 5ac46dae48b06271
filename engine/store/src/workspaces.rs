//! Workspaces: the customers.

use colloquy_core::guide::HelpContact;
use colloquy_core::id::WorkspaceId;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::error::StoreError;
use crate::pool::{Link, Store, on};
use crate::word::{choice, word};

/// What a workspace has paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// Everything but sessions.
    Basic,
    /// Sessions too.
    #[default]
    Sessions,
}

/// One customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Which one.
    pub id: WorkspaceId,
    /// The organisation's name, as participants see it.
    pub name: String,
    /// Who is named when an answer needs care.
    pub help: Option<HelpContact>,
    /// What it has paid for.
    pub plan: Plan,
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
        let mut tx = self.0.write().await?;
        let workspace = insert(&mut tx.link(), name, help, now).await?;
        self.0
            .note(&mut tx.link(), workspace.id, "workspace.create", workspace.id.0)
            .await?;
        tx.commit().await?;
        Ok(workspace)
    }

    /// Changes its name, and whom it names when an answer needs care.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn change(
        &self,
        id: WorkspaceId,
        name: &str,
        help: Option<&HelpContact>,
    ) -> Result<Workspace, StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        on!(&mut *link, conn => {
            sqlx::query("UPDATE workspaces SET name = $2, help = $3 WHERE id = $1")
                .bind(id.0).bind(name).bind(help.map(Json)).execute(conn).await.map(drop)
        })?;
        let changed = find(link, id).await?.ok_or(StoreError::Missing("workspace"))?;
        self.0.note(link, id, "workspace.change", id.0).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Changes what it has paid for.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn set_plan(&self, id: WorkspaceId, plan: Plan) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let found = on!(&mut tx.link(), conn => {
            sqlx::query("UPDATE workspaces SET plan = $2 WHERE id = $1")
                .bind(id.0).bind(word(&plan)).execute(conn).await.map(|done| done.rows_affected())
        })?;
        if found == 0 {
            return Err(StoreError::Missing("workspace"));
        }
        tx.commit().await
    }

    /// All of them, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn all(&self) -> Result<Vec<Workspace>, StoreError> {
        let mut reader = self.0.read().await?;
        let rows: Vec<Row> = on!(&mut reader.link(), conn => {
            sqlx::query_as("SELECT * FROM workspaces ORDER BY created, id").fetch_all(conn).await
        })?;
        rows.into_iter().map(Row::into_workspace).collect()
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
            sqlx::query_as("SELECT * FROM workspaces WHERE name = $1 ORDER BY created, id LIMIT 1")
                .bind(name).fetch_optional(conn).await
        })?;
        row.map(Row::into_workspace).transpose()
    }
}

pub(crate) async fn insert(
    link: &mut Link<'_>,
    name: &str,
    help: Option<&HelpContact>,
    now: i64,
) -> Result<Workspace, StoreError> {
    let workspace = Workspace {
        id: WorkspaceId(Uuid::now_v7()),
        name: name.to_owned(),
        help: help.cloned(),
        plan: Plan::default(),
        created: now,
    };
    on!(link, conn => {
        sqlx::query("INSERT INTO workspaces (id, name, help, plan, created) VALUES ($1, $2, $3, $4, $5)")
            .bind(workspace.id.0).bind(name).bind(help.map(Json)).bind(word(&workspace.plan)).bind(now)
            .execute(conn).await.map(drop)
    })?;
    Ok(workspace)
}

/// Holds off others who do the same until the transaction ends. SQLite's transaction does so by itself.
pub(crate) async fn hold(link: &mut Link<'_>, id: WorkspaceId) -> Result<(), StoreError> {
    if let Link::Postgres(conn) = link {
        sqlx::query("SELECT id FROM workspaces WHERE id = $1 FOR NO KEY UPDATE")
            .bind(id.0)
            .execute(&mut **conn)
            .await?;
    }
    Ok(())
}

pub(crate) async fn find(link: &mut Link<'_>, id: WorkspaceId) -> Result<Option<Workspace>, StoreError> {
    let row: Option<Row> = on!(link, conn => {
        sqlx::query_as("SELECT * FROM workspaces WHERE id = $1")
            .bind(id.0).fetch_optional(conn).await
    })?;
    row.map(Row::into_workspace).transpose()
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    help: Option<Json<HelpContact>>,
    plan: String,
    created: i64,
}

impl Row {
    fn into_workspace(self) -> Result<Workspace, StoreError> {
        Ok(Workspace {
            id: WorkspaceId(self.id),
            name: self.name,
            help: self.help.map(|help| help.0),
            plan: choice("workspaces.plan", self.plan)?,
            created: self.created,
        })
    }
}

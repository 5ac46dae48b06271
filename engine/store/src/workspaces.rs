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

/// For how many days things are kept; `None`: for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// What was said in conversations that are over.
    pub conversations: Option<u16>,
    /// The sound of conversations, where the server does not delete it earlier.
    pub recordings: Option<u16>,
    /// That mails were sent, and to whom.
    pub mails: Option<u16>,
}

impl Keep {
    /// Whether something is kept for a shorter time than `before` says.
    #[must_use]
    pub fn is_shorter_than(self, before: Self) -> bool {
        let pairs = [
            (self.conversations, before.conversations),
            (self.recordings, before.recordings),
            (self.mails, before.mails),
        ];
        pairs
            .into_iter()
            .any(|(now, before)| now.is_some_and(|now| before.is_none_or(|before| now < before)))
    }
}

/// Where less is to be kept than before, nothing is let go of for so long: a day, in which whoever did not mean it sets it back.
pub const LET_GO_AFTER_MS: i64 = 24 * 60 * 60 * 1000;

/// What all sessions of a workspace have alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceEdit {
    /// The organisation's name, as participants see it.
    pub name: String,
    /// Who is named when an answer needs care.
    pub help: Option<HelpContact>,
    /// How long things are kept.
    pub keep: Keep,
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
    /// How long things are kept.
    pub keep: Keep,
    /// Before that nothing is let go of, in unix milliseconds; in the past, mostly.
    pub let_go_from: i64,
    /// Grows with each change.
    pub version: i64,
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

    /// Changes what all its sessions have alike, if it still is of that version. How long things are kept is noted as a deed of its own;
    /// where that is shorter than before, nothing is let go of for [`LET_GO_AFTER_MS`] from `now` on.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::Outdated`] where somebody else changed it.
    pub async fn change(
        &self,
        id: WorkspaceId,
        edit: &WorkspaceEdit,
        version: i64,
        now: i64,
    ) -> Result<Workspace, StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        let [conversations, recordings, mails] =
            [edit.keep.conversations, edit.keep.recordings, edit.keep.mails].map(|days| days.map(i32::from));
        let before = find(link, id).await?.ok_or(StoreError::Missing("workspace"))?;
        let from = if edit.keep.is_shorter_than(before.keep) {
            now.saturating_add(LET_GO_AFTER_MS)
        } else {
            before.let_go_from
        };
        let rows = on!(&mut *link, conn => {
            sqlx::query(
                "UPDATE workspaces SET name = $3, help = $4, keep_conversations_days = $5, keep_recordings_days = $6,
                     keep_mails_days = $7, let_go_from = $8, version = version + 1 WHERE id = $1 AND version = $2",
            )
            .bind(id.0).bind(version).bind(&edit.name).bind(edit.help.as_ref().map(Json))
            .bind(conversations).bind(recordings).bind(mails).bind(from)
            .execute(conn).await.map(|done| done.rows_affected())
        })?;
        if rows == 0 {
            return Err(StoreError::Outdated);
        }
        let changed = find(link, id).await?.ok_or(StoreError::Missing("workspace"))?;
        self.0.note(link, id, "workspace.change", id.0).await?;
        if before.keep != edit.keep {
            self.0.note(link, id, "workspace.keep", id.0).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// Changes what it has paid for. It is noted.
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
        self.0.note(&mut tx.link(), id, "workspace.plan", id.0).await?;
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
        keep: Keep::default(),
        let_go_from: 0,
        version: 1,
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
    keep_conversations_days: Option<i32>,
    keep_recordings_days: Option<i32>,
    keep_mails_days: Option<i32>,
    let_go_from: i64,
    version: i64,
    created: i64,
}

impl Row {
    fn into_workspace(self) -> Result<Workspace, StoreError> {
        Ok(Workspace {
            id: WorkspaceId(self.id),
            name: self.name,
            help: self.help.map(|help| help.0),
            plan: choice("workspaces.plan", self.plan)?,
            keep: Keep {
                conversations: self.keep_conversations_days.map(days).transpose()?,
                recordings: self.keep_recordings_days.map(days).transpose()?,
                mails: self.keep_mails_days.map(days).transpose()?,
            },
            let_go_from: self.let_go_from,
            version: self.version,
            created: self.created,
        })
    }
}

fn days(kept: i32) -> Result<u16, StoreError> {
    u16::try_from(kept).map_err(|_| StoreError::Corrupt("workspaces.keep".to_owned()))
}

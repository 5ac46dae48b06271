//! Keys by which programs act for a user: named, scoped, revocable; only their hashes are kept.

use colloquy_core::id::{ApiTokenId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::users::{self, User};
use crate::error::StoreError;
use crate::pool::{Link, Store, on};
use crate::token::Token;
use crate::word::{choice, word};
use crate::workspaces::{self, Workspace};

const PREFIX: &str = "cqy_";

/// What a key is good for, of what its user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Reading.
    Read,
    /// Reading and changing.
    Write,
}

/// A key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Which one.
    pub id: ApiTokenId,
    /// For whom it acts.
    pub user: UserId,
    /// What its user calls it.
    pub name: String,
    /// What it is good for.
    pub scope: Scope,
    /// When it was made, in unix milliseconds.
    pub created: i64,
    /// Since when it is good for nothing, in unix milliseconds.
    pub revoked_at: Option<i64>,
}

/// The API tokens of a store.
#[derive(Clone, Copy, Debug)]
pub struct ApiTokens<'s>(&'s Store);

impl Store {
    /// Its API tokens.
    #[must_use]
    pub fn api_tokens(&self) -> ApiTokens<'_> {
        ApiTokens(self)
    }
}

impl ApiTokens<'_> {
    /// Draws one: `cqy_…`, which nobody can read again.
    ///
    /// # Errors
    /// [`StoreError::Database`], also when there is no such user.
    pub async fn create(
        &self,
        user: UserId,
        name: &str,
        scope: Scope,
        now: i64,
    ) -> Result<(ApiToken, Token), StoreError> {
        let token = Token::draw(PREFIX);
        let row = ApiToken {
            id: ApiTokenId(Uuid::now_v7()),
            user,
            name: name.to_owned(),
            scope,
            created: now,
            revoked_at: None,
        };
        let mut tx = self.0.write().await?;
        on!(&mut tx.link(), conn => {
            sqlx::query("INSERT INTO api_tokens (id, hash, user_id, name, scope, created) VALUES ($1, $2, $3, $4, $5, $6)")
                .bind(row.id.0).bind(token.hash()).bind(user.0).bind(name).bind(word(&scope)).bind(now)
                .execute(conn).await.map(drop)
        })?;
        self.0.note_at(&mut tx.link(), user, "token.create", row.id.0).await?;
        tx.commit().await?;
        Ok((row, token))
    }

    /// For whom this token acts, and what it is good for.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn who(&self, token: &str) -> Result<Option<(ApiToken, User, Workspace)>, StoreError> {
        let Some(token) = Token::presented(PREFIX, token) else {
            return Ok(None);
        };
        let mut reader = self.0.read().await?;
        let link = &mut reader.link();
        let row: Option<Row> = on!(&mut *link, conn => {
            sqlx::query_as(
                "SELECT id, user_id, name, scope, created, revoked_at FROM api_tokens
                 WHERE hash = $1 AND revoked_at IS NULL",
            )
            .bind(token.hash()).fetch_optional(conn).await
        })?;
        let Some(row) = row.map(Row::into_token).transpose()? else {
            return Ok(None);
        };
        let Some(user) = users::find(link, row.user).await? else {
            return Ok(None);
        };
        let workspace = workspaces::find(link, user.workspace).await?;
        Ok(workspace.map(|workspace| (row, user, workspace)))
    }

    /// Somebody's, newest first, the revoked ones too.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn of_user(&self, user: UserId) -> Result<Vec<ApiToken>, StoreError> {
        let mut reader = self.0.read().await?;
        let rows: Vec<Row> = on!(&mut reader.link(), conn => {
            sqlx::query_as(
                "SELECT id, user_id, name, scope, created, revoked_at FROM api_tokens WHERE user_id = $1 ORDER BY id DESC",
            )
            .bind(user.0).fetch_all(conn).await
        })?;
        rows.into_iter().map(Row::into_token).collect()
    }

    /// Takes one of `user`'s back for good; twice is once. False where they have none of that id.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn revoke(&self, user: UserId, id: ApiTokenId, now: i64) -> Result<bool, StoreError> {
        let mut tx = self.0.write().await?;
        let revoked = on!(&mut tx.link(), conn => {
            sqlx::query("UPDATE api_tokens SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL")
                .bind(id.0).bind(user.0).bind(now).execute(conn).await.map(|done| done.rows_affected())
        })?;
        if revoked > 0 {
            self.0.note_at(&mut tx.link(), user, "token.revoke", id.0).await?;
        }
        let there: Option<Uuid> = on!(&mut tx.link(), conn => {
            sqlx::query_scalar("SELECT id FROM api_tokens WHERE id = $1 AND user_id = $2")
                .bind(id.0).bind(user.0).fetch_optional(conn).await
        })?;
        tx.commit().await?;
        Ok(there.is_some())
    }
}

/// Takes all of somebody's back for good.
pub(super) async fn revoke_all(link: &mut Link<'_>, user: UserId, now: i64) -> Result<(), StoreError> {
    on!(link, conn => {
        sqlx::query("UPDATE api_tokens SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL")
            .bind(user.0).bind(now).execute(conn).await.map(drop)
    })?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    name: String,
    scope: String,
    created: i64,
    revoked_at: Option<i64>,
}

impl Row {
    fn into_token(self) -> Result<ApiToken, StoreError> {
        Ok(ApiToken {
            id: ApiTokenId(self.id),
            user: UserId(self.user_id),
            name: self.name,
            scope: choice("api_tokens.scope", self.scope)?,
            created: self.created,
            revoked_at: self.revoked_at,
        })
    }
}

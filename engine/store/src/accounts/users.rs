//! Users: an owner and their colleagues. An address signs in to one workspace.

use std::fmt;

use colloquy_core::id::{UserId, WorkspaceId};
use colloquy_core::pii::Pii;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::audit::{self, Author};
use super::{api_tokens, logins, resets, setup_codes};
use crate::error::StoreError;
use crate::invitations;
use crate::people::normal;
use crate::pool::{Link, Store, on};
use crate::token::Token;
use crate::word::{choice, word};
use crate::workspaces::{self, Workspace};

/// What somebody is in their workspace; what each may do stands in the server's permission table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers for the workspace.
    Owner,
    /// Runs sessions.
    Admin,
    /// Reads sessions and what came out of them.
    Analyst,
    /// Reads what is shown to everybody.
    Viewer,
}

/// A hashed password in the PHC format. Shown by neither `Debug` nor any log.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes a hash in the PHC format, such as `$argon2id$v=19$…`.
    #[must_use]
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The text, to verify a password against.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// Somebody who is to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// E-mail address; kept in lower case.
    pub email: Pii,
    /// Full name.
    pub name: Pii,
    /// What they are.
    pub role: Role,
    /// How they are known.
    pub password: PasswordHash,
}

/// Somebody who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// Where.
    pub workspace: WorkspaceId,
    /// E-mail address, in lower case.
    pub email: Pii,
    /// Full name.
    pub name: Pii,
    /// What they are.
    pub role: Role,
    /// Since when, in unix milliseconds.
    pub created: i64,
}

/// The users of a store.
#[derive(Clone, Copy, Debug)]
pub struct Users<'s>(&'s Store);

impl Store {
    /// Its users.
    #[must_use]
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }
}

impl Users<'_> {
    /// The first run, by somebody who was shown a [setup code](crate::SetupCodes): makes a workspace of that name and its
    /// owner, of whatever role `owner` was given. Of several who try at once, one succeeds. It is noted.
    ///
    /// # Errors
    /// [`StoreError::AlreadySetUp`] where there is a user, else [`StoreError::WrongSetupCode`].
    pub async fn set_up(
        &self,
        code: &str,
        workspace: &str,
        owner: &NewUser,
        now: i64,
    ) -> Result<(Workspace, User), StoreError> {
        let mut tx = self.0.write().await?;
        if let Link::Postgres(conn) = &mut tx.link() {
            // SQLite's transaction holds off other writers anyway.
            sqlx::query("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE")
                .execute(&mut **conn)
                .await?;
        }
        if any(&mut tx.link()).await? {
            return Err(StoreError::AlreadySetUp);
        }
        if !setup_codes::admits(&mut tx.link(), code, now).await? {
            return Err(StoreError::WrongSetupCode);
        }
        setup_codes::forget(&mut tx.link()).await?;
        let workspace = workspaces::insert(&mut tx.link(), workspace, None, now).await?;
        let owner = NewUser {
            role: Role::Owner,
            ..owner.clone()
        };
        let user = insert(&mut tx.link(), workspace.id, &owner, now).await?;
        let author = Author::user(user.id, now);
        let set_up = workspace.id.0;
        audit::insert(&mut tx.link(), workspace.id, &author, "workspace.set_up", set_up).await?;
        tx.commit().await?;
        Ok((workspace, user))
    }

    /// Whether there is any.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn any(&self) -> Result<bool, StoreError> {
        any(&mut self.0.read().await?.link()).await
    }

    /// Adds somebody.
    ///
    /// # Errors
    /// [`StoreError::UserTaken`]; [`StoreError::Database`], also when the workspace does not exist.
    pub async fn create(&self, workspace: WorkspaceId, new: &NewUser, now: i64) -> Result<User, StoreError> {
        let mut tx = self.0.write().await?;
        let user = insert(&mut tx.link(), workspace, new, now).await?;
        self.0.note(&mut tx.link(), workspace, "user.create", user.id.0).await?;
        tx.commit().await?;
        Ok(user)
    }

    /// Makes something else of somebody who still is `from`.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::Outdated`] where they are not `from` any more; [`StoreError::LastOwner`] where
    /// nobody would own the workspace.
    pub async fn set_role(&self, id: UserId, from: Role, to: Role) -> Result<User, StoreError> {
        let mut tx = self.0.write().await?;
        let found = find(&mut tx.link(), id).await?.ok_or(StoreError::Missing("user"))?;
        // Of two owners who resign at once one stays.
        workspaces::hold(&mut tx.link(), found.workspace).await?;
        let user = find(&mut tx.link(), id).await?.ok_or(StoreError::Missing("user"))?;
        if user.role != from {
            return Err(StoreError::Outdated);
        }
        if from == to {
            return Ok(user);
        }
        if from == Role::Owner {
            another_owner(&mut tx.link(), user.workspace).await?;
        }
        on!(&mut tx.link(), conn => {
            sqlx::query("UPDATE users SET role = $2 WHERE id = $1")
                .bind(id.0).bind(word(&to)).execute(conn).await.map(drop)
        })?;
        self.0.note(&mut tx.link(), user.workspace, "user.role", id.0).await?;
        tx.commit().await?;
        Ok(User { role: to, ..user })
    }

    /// Removes somebody who still is `from`: from this moment on no login, API token, password or link of theirs admits them, neither do
    /// links that they drew by which nobody has agreed yet, and their address is free. Their name stays, because the audit log says what they did.
    ///
    /// # Errors
    /// As [`Users::set_role`].
    pub async fn remove(&self, id: UserId, from: Role, now: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        let found = find(link, id).await?.ok_or(StoreError::Missing("user"))?;
        workspaces::hold(link, found.workspace).await?;
        let user = find(link, id).await?.ok_or(StoreError::Missing("user"))?;
        if user.role != from {
            return Err(StoreError::Outdated);
        }
        if from == Role::Owner {
            another_owner(link, user.workspace).await?;
        }
        logins::end_all(link, id).await?;
        resets::end_all(link, id, now).await?;
        api_tokens::revoke_all(link, id, now).await?;
        on!(&mut *link, conn => {
            // No address looks so, and no two people have the same; and no password has such a hash.
            sqlx::query("UPDATE users SET removed_at = $2, email = $3, password = '' WHERE id = $1")
                .bind(id.0).bind(now).bind(id.to_string()).execute(conn).await.map(drop)
        })?;
        // After that, which waits for whoever draws one in this moment.
        invitations::end_drawn_by(link, id).await?;
        self.0.note(link, user.workspace, "user.remove", id.0).await?;
        tx.commit().await
    }

    /// Changes somebody's password at the server's command line, signs them out everywhere, and revokes their API tokens.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn reset_password(&self, id: UserId, password: &PasswordHash, now: i64) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        let user = find(link, id).await?.ok_or(StoreError::Missing("user"))?;
        write_password(link, id, password, now).await?;
        logins::end_all(link, id).await?;
        api_tokens::revoke_all(link, id, now).await?;
        self.0.note(link, user.workspace, "user.reset", id.0).await?;
        tx.commit().await
    }

    /// Changes somebody's password, signs them out everywhere, and in again here.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn set_password(&self, id: UserId, password: &PasswordHash, now: i64) -> Result<Token, StoreError> {
        let mut tx = self.0.write().await?;
        let user = find(&mut tx.link(), id).await?.ok_or(StoreError::Missing("user"))?;
        write_password(&mut tx.link(), id, password, now).await?;
        logins::end_all(&mut tx.link(), id).await?;
        let login = logins::insert(&mut tx.link(), id, now).await?;
        self.0
            .note(&mut tx.link(), user.workspace, "user.password", id.0)
            .await?;
        tx.commit().await?;
        Ok(login)
    }

    /// The one with this id.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn find(&self, id: UserId) -> Result<Option<User>, StoreError> {
        find(&mut self.0.read().await?.link(), id).await
    }

    /// The one who signs in by this address, however it is spelled, and the hash of their password.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn credentials(&self, email: &Pii) -> Result<Option<(User, PasswordHash)>, StoreError> {
        let mut reader = self.0.read().await?;
        let row: Option<Row> = on!(&mut reader.link(), conn => {
            sqlx::query_as("SELECT * FROM users WHERE email = $1 AND removed_at IS NULL")
                .bind(normal(email).expose()).fetch_optional(conn).await
        })?;
        let Some(mut row) = row else { return Ok(None) };
        let password = PasswordHash(std::mem::take(&mut row.password));
        Ok(Some((row.into_user()?, password)))
    }

    /// Those of a workspace, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn of_workspace(&self, workspace: WorkspaceId) -> Result<Vec<User>, StoreError> {
        let mut reader = self.0.read().await?;
        let rows: Vec<Row> = on!(&mut reader.link(), conn => {
            sqlx::query_as("SELECT * FROM users WHERE workspace = $1 AND removed_at IS NULL ORDER BY created, id")
                .bind(workspace.0).fetch_all(conn).await
        })?;
        rows.into_iter().map(Row::into_user).collect()
    }
}

pub(crate) async fn any(link: &mut Link<'_>) -> Result<bool, StoreError> {
    let found: Option<i64> = on!(link, conn => {
        sqlx::query_scalar("SELECT created FROM users LIMIT 1").fetch_optional(conn).await
    })?;
    Ok(found.is_some())
}

async fn insert(link: &mut Link<'_>, workspace: WorkspaceId, new: &NewUser, now: i64) -> Result<User, StoreError> {
    let user = User {
        id: UserId(Uuid::now_v7()),
        workspace,
        email: normal(&new.email),
        name: new.name.clone(),
        role: new.role,
        created: now,
    };
    on!(link, conn => {
        sqlx::query(
            "INSERT INTO users (id, workspace, email, name, role, password, created) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(user.id.0).bind(workspace.0).bind(user.email.expose()).bind(user.name.expose())
        .bind(word(&user.role)).bind(new.password.expose()).bind(now)
        .execute(conn).await.map(drop)
    })?;
    Ok(user)
}

pub(crate) async fn find(link: &mut Link<'_>, id: UserId) -> Result<Option<User>, StoreError> {
    let row: Option<Row> = on!(link, conn => {
        sqlx::query_as("SELECT * FROM users WHERE id = $1 AND removed_at IS NULL").bind(id.0).fetch_optional(conn).await
    })?;
    row.map(Row::into_user).transpose()
}

/// Writes a new password, and ends the links by which another one could be set.
pub(super) async fn write_password(
    link: &mut Link<'_>,
    id: UserId,
    password: &PasswordHash,
    now: i64,
) -> Result<(), StoreError> {
    on!(&mut *link, conn => {
        sqlx::query("UPDATE users SET password = $2 WHERE id = $1")
            .bind(id.0).bind(password.expose()).execute(conn).await.map(drop)
    })?;
    resets::end_all(link, id, now).await
}

/// Refuses to leave a workspace without an owner. The workspace is held by the caller.
async fn another_owner(link: &mut Link<'_>, workspace: WorkspaceId) -> Result<(), StoreError> {
    let owners: i64 = on!(link, conn => {
        sqlx::query_scalar("SELECT COUNT(*) FROM users WHERE workspace = $1 AND role = $2 AND removed_at IS NULL")
            .bind(workspace.0).bind(word(&Role::Owner)).fetch_one(conn).await
    })?;
    if owners < 2 {
        return Err(StoreError::LastOwner);
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    workspace: Uuid,
    email: String,
    name: String,
    role: String,
    password: String,
    created: i64,
}

impl Row {
    fn into_user(self) -> Result<User, StoreError> {
        Ok(User {
            id: UserId(self.id),
            workspace: WorkspaceId(self.workspace),
            email: Pii::new(self.email),
            name: Pii::new(self.name),
            role: choice("users.role", self.role)?,
            created: self.created,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::PasswordHash;

    #[test]
    fn debug_shows_nothing_of_a_hash() {
        let hash = PasswordHash::new("$argon2id$secret".to_owned());
        assert_eq!(format!("{hash:?}"), "PasswordHash(…)");
    }
}

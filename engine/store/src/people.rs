//! People: those who were invited, reused by their address.

mod erasing;
mod search;

use colloquy_core::id::{PersonId, WorkspaceId};
use colloquy_core::pii::Pii;
use uuid::Uuid;

use crate::error::StoreError;
use crate::pool::{Link, Store, on};

/// What is known of somebody who is to be invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPerson {
    /// Whose employee.
    pub workspace: WorkspaceId,
    /// E-mail address; kept in lower case, because nobody means two people by two spellings.
    pub email: Pii,
    /// Full name.
    pub name: Pii,
    /// Role, such as "Nurse".
    pub role: Option<String>,
    /// Department, such as "Ward 3".
    pub department: Option<String>,
}

/// Somebody who was invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Whose employee.
    pub workspace: WorkspaceId,
    /// E-mail address, in lower case.
    pub email: Pii,
    /// Full name.
    pub name: Pii,
    /// Role, such as "Nurse".
    pub role: Option<String>,
    /// Department, such as "Ward 3".
    pub department: Option<String>,
}

/// The people of a store.
#[derive(Clone, Copy, Debug)]
pub struct People<'s>(&'s Store);

impl Store {
    /// Its people.
    #[must_use]
    pub fn people(&self) -> People<'_> {
        People(self)
    }
}

impl People<'_> {
    /// Adds somebody.
    ///
    /// # Errors
    /// [`StoreError::EmailTaken`]; [`StoreError::Database`], also when the workspace does not exist.
    pub async fn create(&self, new: &NewPerson) -> Result<Person, StoreError> {
        let person = Person {
            id: PersonId(Uuid::now_v7()),
            workspace: new.workspace,
            email: normal(&new.email),
            name: new.name.clone(),
            role: new.role.clone(),
            department: new.department.clone(),
        };
        let mut tx = self.0.write().await?;
        on!(&mut tx.link(), conn => {
            sqlx::query("INSERT INTO people (id, workspace, email, name, role, department) VALUES ($1, $2, $3, $4, $5, $6)")
                .bind(person.id.0).bind(person.workspace.0).bind(person.email.expose()).bind(person.name.expose())
                .bind(&person.role).bind(&person.department)
                .execute(conn).await.map(drop)
        })?;
        search::index(&mut tx.link(), &person).await?;
        tx.commit().await?;
        Ok(person)
    }

    /// The one with this id.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find(&self, id: PersonId) -> Result<Option<Person>, StoreError> {
        find(&mut self.0.read().await?.link(), id).await
    }

    /// The names of everybody in a workspace, to find them in what is said.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn names(&self, workspace: WorkspaceId) -> Result<Vec<Pii>, StoreError> {
        let mut reader = self.0.read().await?;
        let names: Vec<String> = on!(&mut reader.link(), conn => {
            sqlx::query_scalar("SELECT name FROM people WHERE workspace = $1 AND erased_at IS NULL")
                .bind(workspace.0).fetch_all(conn).await
        })?;
        Ok(names.into_iter().map(Pii::new).collect())
    }

    /// The one in `workspace` with this address, however it is spelled.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn by_email(&self, workspace: WorkspaceId, email: &Pii) -> Result<Option<Person>, StoreError> {
        let mut reader = self.0.read().await?;
        let row: Option<Row> = on!(&mut reader.link(), conn => {
            sqlx::query_as("SELECT * FROM people WHERE workspace = $1 AND email = $2")
                .bind(workspace.0).bind(normal(email).expose()).fetch_optional(conn).await
        })?;
        Ok(row.map(Row::into_person))
    }
}

/// The one of that address, with the name that is told now, and the role and department where they are; a new one where there
/// is none.
pub(crate) async fn keep(link: &mut Link<'_>, new: &NewPerson) -> Result<Person, StoreError> {
    let row: Row = on!(&mut *link, conn => {
        sqlx::query_as(
            "INSERT INTO people (id, workspace, email, name, role, department) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (workspace, email) DO UPDATE SET name = excluded.name,
                 role = COALESCE(excluded.role, people.role), department = COALESCE(excluded.department, people.department)
             RETURNING *",
        )
        .bind(Uuid::now_v7()).bind(new.workspace.0).bind(normal(&new.email).expose()).bind(new.name.expose())
        .bind(&new.role).bind(&new.department)
        .fetch_one(conn).await
    })?;
    let person = row.into_person();
    search::index(link, &person).await?;
    Ok(person)
}

/// One spelling of an address, because nobody means two people by two.
pub(crate) fn normal(email: &Pii) -> Pii {
    Pii::new(email.expose().trim().to_lowercase())
}

/// Holds somebody, and on PostgreSQL all their invitations, until the transaction ends: nobody invites them meanwhile. SQLite's
/// transaction does so by itself.
async fn hold(link: &mut Link<'_>, id: PersonId) -> Result<(), StoreError> {
    if let Link::Postgres(conn) = link {
        for statement in [
            // Not even a row that names them is added.
            "SELECT id FROM people WHERE id = $1 FOR UPDATE",
            "SELECT id FROM invitations WHERE person = $1 ORDER BY id FOR NO KEY UPDATE",
        ] {
            sqlx::query(statement).bind(id.0).execute(&mut **conn).await?;
        }
    }
    Ok(())
}

pub(crate) async fn find(link: &mut Link<'_>, id: PersonId) -> Result<Option<Person>, StoreError> {
    let row: Option<Row> = on!(link, conn => {
        sqlx::query_as("SELECT * FROM people WHERE id = $1 AND erased_at IS NULL").bind(id.0).fetch_optional(conn).await
    })?;
    Ok(row.map(Row::into_person))
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    workspace: Uuid,
    email: String,
    name: String,
    role: Option<String>,
    department: Option<String>,
}

impl Row {
    fn into_person(self) -> Person {
        Person {
            id: PersonId(self.id),
            workspace: WorkspaceId(self.workspace),
            email: Pii::new(self.email),
            name: Pii::new(self.name),
            role: self.role,
            department: self.department,
        }
    }
}

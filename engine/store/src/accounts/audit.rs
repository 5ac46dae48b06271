//! Who did what. Entries name ids and never people's names or words, so that nothing in them has to be erased. An entry is
//! written in the transaction that does what it notes: there is neither without the other.

use colloquy_core::id::{ApiTokenId, UserId, WorkspaceId};
use colloquy_core::pii::Pii;
use uuid::Uuid;

use super::users;
use crate::error::StoreError;
use crate::pool::{Link, Store, on};

/// Who acts, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Author {
    /// Who; `None`: somebody at the server's command line.
    pub user: Option<UserId>,
    /// The key that acts for them, if one does.
    pub api_token: Option<ApiTokenId>,
    /// When, in unix milliseconds.
    pub at: i64,
}

impl Author {
    /// Somebody who is signed in.
    #[must_use]
    pub fn user(user: UserId, at: i64) -> Self {
        Self {
            user: Some(user),
            api_token: None,
            at,
        }
    }

    /// Somebody at the server's command line.
    #[must_use]
    pub fn operator(at: i64) -> Self {
        Self {
            user: None,
            api_token: None,
            at,
        }
    }
}

/// What somebody did, and when.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Deed {
    /// Its place in the log: later ones are greater.
    pub id: Uuid,
    /// Who; `None`: somebody at the server's command line.
    pub user_id: Option<Uuid>,
    /// The key that acted for them, if one did.
    pub api_token: Option<Uuid>,
    /// What, such as `session.create`.
    pub deed: String,
    /// To which row.
    pub subject: Option<Uuid>,
    /// When, in unix milliseconds.
    pub at_ms: i64,
}

/// What somebody did, with the names that its rows have now. Names are not printed by `Debug`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What was done.
    pub deed: Deed,
    /// Who did it, also where they were removed since.
    pub who: Option<Pii>,
    /// To whom, or whose invitation or conversation it was.
    pub person: Option<Pii>,
    /// To which session, or to which the invitation led.
    pub session: Option<String>,
    /// To which API token.
    pub api_token: Option<String>,
}

impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for Told
where
    Deed: sqlx::FromRow<'r, R>,
    &'static str: sqlx::ColumnIndex<R>,
    Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let text = |column: &'static str| row.try_get::<Option<String>, _>(column);
        Ok(Self {
            deed: Deed::from_row(row)?,
            who: text("who")?.map(Pii::new),
            person: text("person")?.map(Pii::new),
            session: text("session")?,
            api_token: text("api_token_name")?,
        })
    }
}

/// The audit log of a store.
#[derive(Clone, Copy, Debug)]
pub struct Audit<'s>(&'s Store);

impl Store {
    /// Its audit log.
    #[must_use]
    pub fn audit(&self) -> Audit<'_> {
        Audit(self)
    }

    /// The same store in somebody's hands: what is done with it is noted in the audit log, together with it or not at all.
    /// Without an author nothing is.
    #[must_use]
    pub fn by(&self, author: Author) -> Self {
        let mut theirs = self.clone();
        theirs.author = Some(author);
        theirs
    }

    /// Notes what is being done in this transaction, where somebody is known to do it.
    pub(crate) async fn note(
        &self,
        link: &mut Link<'_>,
        workspace: WorkspaceId,
        deed: &'static str,
        subject: Uuid,
    ) -> Result<(), StoreError> {
        match &self.author {
            Some(author) => insert(link, workspace, author, deed, subject).await,
            None => Ok(()),
        }
    }

    /// As [`Store::note`], in the workspace of this user.
    pub(crate) async fn note_at(
        &self,
        link: &mut Link<'_>,
        user: UserId,
        deed: &'static str,
        subject: Uuid,
    ) -> Result<(), StoreError> {
        if self.author.is_none() {
            return Ok(());
        }
        let user = users::find(link, user).await?.ok_or(StoreError::Missing("user"))?;
        self.note(link, user.workspace, deed, subject).await
    }
}

/// Writes an entry.
pub(crate) async fn insert(
    link: &mut Link<'_>,
    workspace: WorkspaceId,
    author: &Author,
    deed: &'static str,
    subject: Uuid,
) -> Result<(), StoreError> {
    on!(link, conn => {
        sqlx::query(
            "INSERT INTO audit (id, workspace, user_id, api_token, deed, subject, at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(Uuid::now_v7()).bind(workspace.0).bind(author.user.map(|user| user.0))
        .bind(author.api_token.map(|token| token.0)).bind(deed).bind(subject).bind(author.at)
        .execute(conn).await.map(drop)
    })?;
    Ok(())
}

impl Audit<'_> {
    /// As [`Audit::of_workspace`], with the names of today: they stand where they are kept and not in the log, so that who was erased
    /// has none.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn told(
        &self,
        workspace: WorkspaceId,
        before: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<Told>, StoreError> {
        let mut reader = self.0.read().await?;
        let told = on!(&mut reader.link(), conn => {
            sqlx::query_as(
                "SELECT a.id, a.user_id, a.api_token, a.deed, a.subject, a.at_ms, NULLIF(u.name, '') AS who,
                     NULLIF(COALESCE(x.name, p.name, ip.name, cp.name), '') AS person,
                     NULLIF(COALESCE(s.title, ins.title, cs.title), '') AS session, k.name AS api_token_name
                 FROM (SELECT * FROM audit WHERE workspace = $1 AND id < $2 ORDER BY id DESC LIMIT $3) a
                     LEFT JOIN users u ON u.id = a.user_id
                     LEFT JOIN users x ON x.id = a.subject
                     LEFT JOIN people p ON p.id = a.subject
                     LEFT JOIN sessions s ON s.id = a.subject
                     LEFT JOIN api_tokens k ON k.id = a.subject
                     LEFT JOIN invitations i ON i.id = a.subject
                     LEFT JOIN people ip ON ip.id = i.person
                     LEFT JOIN sessions ins ON ins.id = i.session
                     LEFT JOIN conversations c ON c.id = a.subject
                     LEFT JOIN invitations ci ON ci.id = c.invitation
                     LEFT JOIN people cp ON cp.id = ci.person
                     LEFT JOIN sessions cs ON cs.id = c.session
                 ORDER BY a.id DESC",
            )
            .bind(workspace.0).bind(before.unwrap_or(Uuid::max())).bind(i64::from(limit)).fetch_all(conn).await
        })?;
        Ok(told)
    }

    /// A workspace's, newest first: at most `limit` of those before `before`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn of_workspace(
        &self,
        workspace: WorkspaceId,
        before: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<Deed>, StoreError> {
        let mut reader = self.0.read().await?;
        let deeds = on!(&mut reader.link(), conn => {
            sqlx::query_as(
                "SELECT id, user_id, api_token, deed, subject, at_ms FROM audit WHERE workspace = $1 AND id < $2
                 ORDER BY id DESC LIMIT $3",
            )
            .bind(workspace.0).bind(before.unwrap_or(Uuid::max())).bind(i64::from(limit)).fetch_all(conn).await
        })?;
        Ok(deeds)
    }
}

//! How a mail that is due is claimed, whatever it is about: looked for without holding anybody up, held, and made ready in one
//! transaction.

use colloquy_core::id::MailId;

use crate::error::StoreError;
use crate::pool::{Link, Store, on};

/// A mail that is due, before it is known whether it should still be sent.
pub(crate) trait Due: Sized {
    /// What whoever sends it needs.
    type Claimed;

    /// Which one.
    fn id(&self) -> MailId;

    /// The one that is due for longest, `held` from others until the transaction ends or only looked at. SQLite's transaction
    /// holds it by itself.
    async fn next(link: &mut Link<'_>, now: i64, held: bool) -> Result<Option<Self>, StoreError>;

    /// Makes everything ready for sending, but the [lease](lease); `None`: it shall not be sent any more.
    async fn ready(&self, link: &mut Link<'_>, now: i64) -> Result<Option<Self::Claimed>, StoreError>;
}

/// Claims for `node`, until `until`, the mail that is due at `now` for longest. One that shall not be sent any more is dropped, and
/// one of which the rows cannot be read is put off until `until`: others do not wait for it.
pub(crate) async fn claim<D: Due>(
    store: &Store,
    node: &str,
    now: i64,
    until: i64,
) -> Result<Option<D::Claimed>, StoreError> {
    loop {
        // An empty outbox is asked every second: that shall keep nobody from writing.
        if D::next(&mut store.read().await?.link(), now, false).await?.is_none() {
            return Ok(None);
        }
        let mut tx = store.write().await?;
        let link = &mut tx.link();
        let Some(mail) = D::next(link, now, true).await? else {
            return Ok(None);
        };
        match mail.ready(link, now).await {
            Ok(Some(claimed)) => {
                lease(link, mail.id(), node, until).await?;
                tx.commit().await?;
                return Ok(Some(claimed));
            }
            Ok(None) => {
                drop_one(link, mail.id(), now).await?;
                tx.commit().await?;
            }
            Err(StoreError::Missing(_) | StoreError::Corrupt(_)) => {
                drop(tx);
                put_off(store, mail.id(), until).await?;
            }
            Err(error) => return Err(error),
        }
    }
}

async fn lease(link: &mut Link<'_>, id: MailId, node: &str, until: i64) -> Result<(), StoreError> {
    on!(link, conn => {
        sqlx::query("UPDATE outbox SET attempts = attempts + 1, due = $2, lease_node = $3 WHERE id = $1")
            .bind(id.0).bind(until).bind(node).execute(conn).await.map(drop)
    })?;
    Ok(())
}

async fn drop_one(link: &mut Link<'_>, id: MailId, now: i64) -> Result<(), StoreError> {
    on!(link, conn => {
        sqlx::query("UPDATE outbox SET state = 'dropped', settled_at = $2, lease_node = NULL WHERE id = $1")
            .bind(id.0).bind(now).execute(conn).await.map(drop)
    })?;
    Ok(())
}

async fn put_off(store: &Store, id: MailId, due: i64) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    on!(&mut tx.link(), conn => {
        sqlx::query(
            "UPDATE outbox SET attempts = attempts + 1, due = $2, error = 'unreadable', lease_node = NULL
             WHERE id = $1 AND state = 'queued'",
        )
        .bind(id.0).bind(due).execute(conn).await.map(drop)
    })?;
    tx.commit().await
}

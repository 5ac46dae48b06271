//! Invitations as an admin sees them: with whom they are for, and how far they have come.

use colloquy_core::id::{InvitationId, PersonId, SessionId, WorkspaceId};
use colloquy_core::pii::Pii;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Invitation, InvitationState, Invitations};
use crate::conversations::{kept_days, stands};
use crate::error::StoreError;
use crate::people::Person;
use crate::pool::{Link, on};
use crate::state::ConversationState;
use crate::word::choice;

/// How far an invitation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// To be sent.
    Queued,
    /// Handed to the mail server.
    Sent,
    /// Came back.
    Bounced,
    /// Its link was followed.
    Opened,
    /// The person agreed, and is not through.
    InProgress,
    /// The person is through.
    Completed,
    /// The person ended before that.
    EndedEarly,
    /// The person does not want to take part.
    Declined,
    /// The person took back what they had said.
    Withdrawn,
    /// What the person had said was kept for as long as such things are, and then erased.
    Erased,
    /// Its time is over.
    Expired,
    /// Taken back.
    Revoked,
}

/// An invitation, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The invitation.
    pub invitation: Invitation,
    /// Who is invited.
    pub person: Person,
    /// Where their conversation stands, if there is one.
    pub conversation: Option<ConversationState>,
    /// For how many days that was kept, where it was erased because they were over.
    pub kept_days: Option<u16>,
}

impl Listed {
    /// How far it has come at `now`: what the person decided goes before what the mail did, and before time.
    #[must_use]
    pub fn standing(&self, now: i64) -> Standing {
        Standing::of(
            self.invitation.state,
            self.conversation,
            now >= self.invitation.expires_at,
        )
    }
}

impl Standing {
    /// Of an invitation in that state, with a conversation in that one, whose time is `over` or not.
    pub(crate) fn of(invitation: InvitationState, talk: Option<ConversationState>, over: bool) -> Self {
        use ConversationState as Talk;
        match (invitation, talk) {
            (InvitationState::Revoked, _) => Standing::Revoked,
            (_, Some(Talk::Completed)) => Standing::Completed,
            (_, Some(Talk::EndedEarly)) => Standing::EndedEarly,
            (_, Some(Talk::Withdrawn)) => Standing::Withdrawn,
            (_, Some(Talk::Erased)) => Standing::Erased,
            (_, Some(Talk::Declined)) => Standing::Declined,
            (InvitationState::Expired, _) => Standing::Expired,
            _ if over => Standing::Expired,
            (_, Some(Talk::Consented | Talk::InProgress | Talk::Paused)) => Standing::InProgress,
            (InvitationState::Queued, None) => Standing::Queued,
            (InvitationState::Sent, None) => Standing::Sent,
            (InvitationState::Bounced, None) => Standing::Bounced,
            (InvitationState::Opened, None) => Standing::Opened,
        }
    }
}

/// The columns of [`Listed`], of the rows that the condition is for.
macro_rules! listed {
    ($condition:literal) => {
        concat!(
            "SELECT i.id, i.session, i.person, i.state, i.created, i.expires_at, p.workspace, p.email, p.name, p.role,
                 p.department, c.state AS conversation, c.kept_days
             FROM invitations i JOIN people p ON p.id = i.person AND p.erased_at IS NULL
             JOIN sessions s ON s.id = i.session AND s.deleted_at IS NULL
             LEFT JOIN conversations c ON c.invitation = i.id AND NOT c.preview WHERE NOT i.trial AND ",
            $condition
        )
    };
}

impl Invitations<'_> {
    /// Those to a session, newest first: at most `limit` of those before `before`.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn page(
        &self,
        session: SessionId,
        before: Option<InvitationId>,
        limit: u32,
    ) -> Result<Vec<Listed>, StoreError> {
        let before = before.map_or(Uuid::max(), |before| before.0);
        let mut reader = self.0.read().await?;
        let rows: Vec<Row> = on!(&mut reader.link(), conn => {
            sqlx::query_as(listed!("i.session = $1 AND i.id < $2 ORDER BY i.id DESC LIMIT $3"))
                .bind(session.0).bind(before).bind(i64::from(limit)).fetch_all(conn).await
        })?;
        rows.into_iter().map(Row::into_listed).collect()
    }

    /// The one with this id.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn listed(&self, id: InvitationId) -> Result<Option<Listed>, StoreError> {
        let mut reader = self.0.read().await?;
        let row: Option<Row> = on!(&mut reader.link(), conn => {
            sqlx::query_as(listed!("i.id = $1")).bind(id.0).fetch_optional(conn).await
        })?;
        row.map(Row::into_listed).transpose()
    }
}

impl Listed {
    /// Those of a person, oldest first.
    pub(crate) async fn of_person(link: &mut Link<'_>, person: PersonId) -> Result<Vec<Self>, StoreError> {
        let rows: Vec<Row> = on!(link, conn => {
            sqlx::query_as(listed!("i.person = $1 ORDER BY i.id")).bind(person.0).fetch_all(conn).await
        })?;
        rows.into_iter().map(Row::into_listed).collect()
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    session: Uuid,
    person: Uuid,
    state: String,
    created: i64,
    expires_at: i64,
    workspace: Uuid,
    email: String,
    name: String,
    role: Option<String>,
    department: Option<String>,
    conversation: Option<String>,
    kept_days: Option<i32>,
}

impl Row {
    fn into_listed(self) -> Result<Listed, StoreError> {
        let person = PersonId(self.person);
        Ok(Listed {
            invitation: Invitation {
                id: InvitationId(self.id),
                session: SessionId(self.session),
                person,
                state: choice("invitations.state", self.state)?,
                created: self.created,
                expires_at: self.expires_at,
                trial: false,
            },
            person: Person {
                id: person,
                workspace: WorkspaceId(self.workspace),
                email: Pii::new(self.email),
                name: Pii::new(self.name),
                role: self.role,
                department: self.department,
            },
            conversation: self
                .conversation
                .map(|state| stands(state, self.kept_days))
                .transpose()?,
            kept_days: kept_days(self.kept_days)?,
        })
    }
}

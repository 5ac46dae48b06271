//! What must not be lost: the event log of every conversation and the aggregates around it, on
//! SQLite or PostgreSQL with one set of SQL.
//!
//! A conversation is an append-only list of events ([`Events`]); its state, the session's lock and
//! whatever else a row says about it are derived in the transaction that appends. Nothing found is
//! `Ok(None)`, a broken rule is a named [`StoreError`], and no error carries what a person said.
//!
//! Times are unix milliseconds and are always given by the caller.
#![forbid(unsafe_code)]

mod accounts;
mod backup;
mod client_secrets;
mod consent;
mod conversations;
mod error;
mod events;
mod guides;
mod insights;
mod invitations;
mod lease;
mod link;
mod node;
mod outbox;
mod people;
mod pool;
mod quoting;
mod recordings;
mod retention;
mod sessions;
mod state;
#[cfg(feature = "testing")]
pub mod testing;
mod token;
mod topics;
mod withdrawal;
mod word;
mod workspaces;

pub use accounts::api_tokens::{ApiToken, ApiTokens, Scope};
pub use accounts::audit::{Audit, Author, Deed, Told};
pub use accounts::logins::{LOGIN_LIFETIME_MS, Logins};
pub use accounts::resets::{ClaimedReset, RESET_LIFETIME_MS, Resets};
pub use accounts::setup_codes::{SETUP_CODE_LIFETIME_MS, SetupCodes};
pub use accounts::users::{NewUser, PasswordHash, Role, User, Users};
pub use backup::Disowned;
pub use client_secrets::{CLIENT_SECRET_LIFETIME_MS, ClientSecrets};
pub use consent::{Consent, wording};
pub use conversations::{Conversation, Conversations};
pub use error::StoreError;
pub use events::Events;
pub use guides::Guides;
pub use insights::{Counted, InsightJob, Insights, KeptReport, ReadBy};
pub use invitations::{
    Invitation, InvitationState, Invitations, LINK_LIFETIME_MS, Listed, ONCE_MS, Once, Standing, TRIAL_LIFETIME_MS,
    TRIALS_AT_MOST,
};
pub use lease::Lease;
pub use link::{Invited, LinkState, OWN_COPY_MS};
pub use node::NodeClaim;
pub use outbox::{Claimed, Mail, MailKind, MailState, Outbox, REMIND_AFTER_MS};
pub use people::{NewPerson, People, Person};
pub use pool::Store;
pub use recordings::{Recording, Recordings};
pub use retention::{LettingGo, Retention};
pub use sessions::{NewSession, Session, SessionEdit, SessionState, Sessions};
pub use state::ConversationState;
pub use token::Token;
pub use topics::{SessionTopic, Topics};
pub use workspaces::{Keep, LET_GO_AFTER_MS, Plan, Workspace, WorkspaceEdit, Workspaces};

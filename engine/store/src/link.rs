//! Whether a personal link admits its person.

use serde::Serialize;

use crate::conversations::Conversation;
use crate::invitations::{Invitation, InvitationState};
use crate::people::Person;
use crate::sessions::{Session, SessionState};
use crate::state::ConversationState;
use crate::workspaces::Workspace;

/// How long the link of a finished conversation shows the person's own copy: 30 days from its end.
pub const OWN_COPY_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// What a link is good for now. Over HTTP these are the words `usable`, `expired`, `revoked`, `session_closed`, `finished`
/// and `withdrawn`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// To start or to go on.
    Usable,
    /// For nothing: its time is over.
    Expired,
    /// For nothing: it was taken back.
    Revoked,
    /// For nothing now: the session is not open.
    SessionClosed,
    /// To see one's own copy, whether the conversation was completed or ended early, for [`OWN_COPY_MS`]; then it has
    /// expired.
    Finished,
    /// For nothing: the person took the conversation back, and nothing of it is left to see. For good.
    Withdrawn,
}

/// What a token leads to.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The invitation.
    pub invitation: Invitation,
    /// The study.
    pub session: Session,
    /// Who is invited.
    pub person: Person,
    /// By whom.
    pub workspace: Workspace,
    /// The conversation, once they consented or declined.
    pub conversation: Option<Conversation>,
    /// What the link is good for.
    pub state: LinkState,
}

/// What an invitation's links are good for at `now`. Revoked goes before all, then withdrawn, and a finished
/// conversation before expiry. Of one that was kept for long enough there is nothing left to see: its time is over.
pub(crate) fn judge(
    invitation: &Invitation,
    session: SessionState,
    conversation: Option<&Conversation>,
    now: i64,
) -> LinkState {
    if invitation.state == InvitationState::Revoked {
        return LinkState::Revoked;
    }
    if conversation.is_some_and(|conversation| conversation.state == ConversationState::Withdrawn) {
        return LinkState::Withdrawn;
    }
    if conversation.is_some_and(|conversation| conversation.state == ConversationState::Erased) {
        return LinkState::Expired;
    }
    if let Some(over) = conversation.filter(|conversation| conversation.state.is_over()) {
        let ended = over.ended.unwrap_or(over.updated);
        return if now < ended.saturating_add(OWN_COPY_MS) {
            LinkState::Finished
        } else {
            LinkState::Expired
        };
    }
    if now >= invitation.expires_at {
        return LinkState::Expired;
    }
    // Who tries a session out does so before others can.
    if session == SessionState::Open || (invitation.trial && session == SessionState::Draft) {
        LinkState::Usable
    } else {
        LinkState::SessionClosed
    }
}

//! The door of a conversation: agreeing and declining, each kept as an event.

use colloquy_core::event::{Event, Mode};
use colloquy_core::guide::{Confidentiality, Guide};
use colloquy_core::id::{ConversationId, InvitationId};
use colloquy_core::time::Ms;
use uuid::Uuid;

use crate::conversations::{self, Conversation, Conversations};
use crate::error::StoreError;
use crate::link::{LinkState, judge};
use crate::pool::on;
use crate::state::ConversationState;
use crate::token::Token;
use crate::word::word;
use crate::{events, guides, invitations, sessions};

/// Between a wording's version and whom it names.
const NAMES: &str = " + ";

/// What a participant agrees to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// How they take part.
    pub mode: Mode,
    /// Whether audio may be kept.
    pub recording: bool,
    /// Which wording they agreed to, as [`wording`] has it.
    pub text_version: String,
}

impl Consent {
    /// Whether the wording said that `party` gets what is said, too.
    #[must_use]
    pub fn names(&self, party: &str) -> bool {
        let named = self.text_version.split_once(NAMES).map(|(_, named)| named);
        named == Some(party)
    }
}

/// The wording of this `version` that says that `party` outside gets what is said, too; or that nobody does. It is kept with
/// each consent, so that it can be told afterwards who agreed to what.
#[must_use]
pub fn wording(version: &str, party: Option<&str>) -> String {
    match party {
        Some(party) => format!("{version}{NAMES}{party}"),
        None => version.to_owned(),
    }
}

/// What is said at the door, and by whom.
struct Answer {
    event: Event,
    state: ConversationState,
    preview: bool,
    /// By which link, where one is known: others that somebody drew end.
    by: Option<Token>,
    /// What they were shown of who sees what, where they were shown it.
    shown: Option<Confidentiality>,
}

impl Conversations<'_> {
    /// Takes a participant's consent: makes the invitation's conversation, frozen guide and first event included, or
    /// finds it. A consent that differs from the last one is another event; the same one again changes nothing.
    ///
    /// The event of a changed consent comes from outside of whoever runs the conversation: their next append is a
    /// [`StoreError::Conflict`], whereupon they read on.
    ///
    /// # Errors
    /// [`StoreError::Link`] when the link does not admit, [`StoreError::Missing`], [`StoreError::NoTopics`].
    pub async fn open(
        &self,
        invitation: InvitationId,
        consent: &Consent,
        now: i64,
    ) -> Result<Conversation, StoreError> {
        self.answer(invitation, &Answer::agrees(consent, false), now).await
    }

    /// As [`Conversations::open`], by the link that ends with `token`: those that others drew to hand them on end in the same
    /// moment, but this one, because from then on a link leads to what the person says. What they were `shown` of who sees what
    /// is what the conversation's guide says, or they agree to nothing.
    ///
    /// # Errors
    /// As [`Conversations::open`]; [`StoreError::ShownOtherwise`] where the guide says something else than was shown.
    pub async fn open_by(
        &self,
        invitation: InvitationId,
        consent: &Consent,
        shown: Confidentiality,
        token: &str,
        now: i64,
    ) -> Result<Conversation, StoreError> {
        let mut answer = Answer::agrees(consent, false);
        answer.by = Token::presented("", token);
        answer.shown = Some(shown);
        self.answer(invitation, &answer, now).await
    }

    /// As [`Conversations::open`], for an admin who tries the session out. A conversation that was opened as the one
    /// never becomes the other.
    ///
    /// # Errors
    /// As [`Conversations::open`].
    pub async fn preview(
        &self,
        invitation: InvitationId,
        consent: &Consent,
        now: i64,
    ) -> Result<Conversation, StoreError> {
        self.answer(invitation, &Answer::agrees(consent, true), now).await
    }

    /// Notes that a participant does not agree. They may still, by [`Conversations::open`].
    ///
    /// # Errors
    /// As [`Conversations::open`].
    pub async fn decline(&self, invitation: InvitationId, now: i64) -> Result<Conversation, StoreError> {
        let answer = Answer {
            event: Event::Declined,
            state: ConversationState::Declined,
            preview: false,
            by: None,
            shown: None,
        };
        self.answer(invitation, &answer, now).await
    }

    async fn answer(&self, invitation: InvitationId, answer: &Answer, now: i64) -> Result<Conversation, StoreError> {
        loop {
            // Who loses the race to make the conversation finds it the next time: rows do not go away.
            if let Some(conversation) = self.try_answer(invitation, answer, now).await? {
                return Ok(conversation);
            }
        }
    }

    async fn try_answer(
        &self,
        invitation: InvitationId,
        answer: &Answer,
        now: i64,
    ) -> Result<Option<Conversation>, StoreError> {
        let mut tx = self.0.write().await?;
        let link = &mut tx.link();
        invitations::hold(link, invitation).await?;
        let invitation = invitations::find(link, invitation)
            .await?
            .ok_or(StoreError::Missing("invitation"))?;
        let session = sessions::find(link, invitation.session)
            .await?
            .ok_or(StoreError::Missing("session"))?;
        let mut existing = conversations::by_invitation(link, invitation.id).await?;
        let mut held = None;
        if let Some(conversation) = existing.as_ref().filter(|known| answer.changes(known)) {
            // It may be coming to its end in this moment: what is judged is what is held.
            held = events::hold(link, conversation.id, now).await?;
            existing = conversations::by_invitation(link, invitation.id).await?;
        }
        let state = judge(&invitation, session.state, existing.as_ref(), now);
        if state != LinkState::Usable {
            return Err(StoreError::Link(state));
        }
        if let Some(token) = &answer.by {
            invitations::end_drawn(link, invitation.id, token).await?;
        }
        let id = if let Some(conversation) = existing {
            let guide = guides::find(link, conversation.guide).await?;
            answer.was_shown(&guide.ok_or(StoreError::Missing("guide"))?)?;
            if let Some(held) = held.filter(|_| answer.changes(&conversation)) {
                let event = std::slice::from_ref(&answer.event);
                events::append(link, conversation.id, held.last_seq, held.at, now, event).await?;
            }
            conversation.id
        } else {
            let guide = guides::freeze(link, session.id).await?;
            answer.was_shown(&guide)?;
            let id = ConversationId(Uuid::now_v7());
            let made = on!(&mut *link, conn => {
                sqlx::query(
                    "INSERT INTO conversations (id, invitation, session, guide, state, preview, last_seq, created, updated)
                     VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7) ON CONFLICT (invitation) DO NOTHING",
                )
                .bind(id.0).bind(invitation.id.0).bind(session.id.0).bind(guide.id.0).bind(word(&answer.state))
                .bind(answer.preview || invitation.trial).bind(now)
                .execute(conn).await.map(|done| done.rows_affected())
            })?;
            if made == 0 {
                return Ok(None);
            }
            events::append(link, id, 0, Ms::ZERO, now, std::slice::from_ref(&answer.event)).await?;
            id
        };
        let conversation = conversations::find(link, id).await?;
        tx.commit().await?;
        Ok(conversation)
    }
}

impl Answer {
    fn agrees(consent: &Consent, preview: bool) -> Self {
        let Consent {
            mode,
            recording,
            text_version,
        } = consent.clone();
        let event = Event::Consented {
            mode,
            recording,
            text_version,
        };
        Self {
            event,
            state: ConversationState::Consented,
            preview,
            by: None,
            shown: None,
        }
    }

    /// Nobody agrees to more eyes than they read of: what holds is what the guide says, and not what the session says by now.
    fn was_shown(&self, guide: &Guide) -> Result<(), StoreError> {
        match self.shown {
            Some(shown) if shown != guide.confidentiality => Err(StoreError::ShownOtherwise),
            _ => Ok(()),
        }
    }

    fn changes(&self, conversation: &Conversation) -> bool {
        let declined = conversation.state == ConversationState::Declined;
        match &self.event {
            Event::Consented {
                mode,
                recording,
                text_version,
            } => {
                let consent = Consent {
                    mode: *mode,
                    recording: *recording,
                    text_version: text_version.clone(),
                };
                declined || conversation.consent.as_ref() != Some(&consent)
            }
            _ => !declined,
        }
    }
}

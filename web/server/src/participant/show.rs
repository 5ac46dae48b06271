//! `GET /api/participant/{token}`: what the link is for and where it stands.

use axum::Json;
use axum::extract::{Path, State};
use colloquy_core::event::Mode;
use colloquy_core::guide::{Confidentiality, HelpContact, ModeChoice};
use colloquy_store::{ConversationState, InvitationState, Invited, LinkState, wording};
use serde::Serialize;

use super::{CONSENT_VERSION, follow, party};
use crate::app::AppState;
use crate::error::ApiError;

/// What a link is for and where it stands.
#[derive(Debug, Serialize, ts_rs::TS)]
pub(crate) struct Shown {
    /// What the link is good for.
    pub(crate) state: LinkState,
    /// The study.
    pub(crate) session: ShownSession,
    /// What was agreed to, if anything was.
    pub(crate) consent: Option<ShownConsent>,
    /// Whether an admin tries the session out by this link, which counts nowhere.
    pub(crate) trial: bool,
    /// Who outside gets what is said, too, because a language model helps to hold the conversation; nobody where none does, or
    /// where it runs with us. To be told before anybody agrees.
    pub(crate) language_model: Option<String>,
    /// The wording that a consent must name.
    pub(crate) text_version: String,
}

/// The study, as its participants may see it.
#[derive(Debug, Serialize, ts_rs::TS)]
pub(crate) struct ShownSession {
    /// Title.
    pub(crate) title: String,
    /// Who asks.
    pub(crate) organisation: String,
    /// Minutes.
    pub(crate) length_min: u16,
    /// What is talked about, in plain words; nothing where the link is good for nothing any more, as with `welcome`.
    pub(crate) topics: Vec<String>,
    /// Who sees what.
    pub(crate) confidentiality: Confidentiality,
    /// By voice, by text, or as they like.
    pub(crate) mode: ModeChoice,
    /// Whether audio may be kept, where the person agrees.
    pub(crate) recording: bool,
    /// How the session greets them; may be empty.
    pub(crate) welcome: String,
    /// Whom to turn to.
    pub(crate) help: Option<HelpContact>,
}

/// What was agreed to.
#[derive(Debug, Serialize, ts_rs::TS)]
pub(crate) struct ShownConsent {
    /// How they take part.
    pub(crate) mode: Mode,
    /// Whether audio may be kept.
    pub(crate) recording: bool,
    /// The wording.
    pub(crate) text_version: String,
}

/// The handler.
///
/// # Errors
/// 404 for a link that is not known. A link that admits nobody is no error: its state says so.
pub(crate) async fn show(State(state): State<AppState>, Path(token): Path<String>) -> Result<Json<Shown>, ApiError> {
    let invited = follow(&state, &token).await?;
    // Programs that look at links in mails fetch the page; this is asked by a page that is looked at.
    if invited.state == LinkState::Usable
        && !matches!(
            invited.invitation.state,
            InvitationState::Opened | InvitationState::Revoked | InvitationState::Expired
        )
    {
        state.store().invitations().opened(invited.invitation.id).await?;
    }
    describe(&state, invited).await.map(Json)
}

pub(super) async fn describe(state: &AppState, invited: Invited) -> Result<Shown, ApiError> {
    let Invited {
        invitation,
        session,
        workspace,
        conversation,
        state: link,
        ..
    } = invited;
    // Whoever may not take part any more is told whose link it was and who helps, and not what is asked there.
    let admitted = !matches!(link, LinkState::Expired | LinkState::Revoked | LinkState::Withdrawn);
    let topics = match admitted {
        true => state.store().topics().of_session(session.id).await?,
        false => Vec::new(),
    };
    // Who has begun goes on by what held then: that is what they are shown, and what they agree to again.
    let guide = match &conversation {
        Some(begun) => state.store().guides().find(begun.guide).await?,
        None => None,
    };
    let party = party(state, conversation.as_ref());
    let consent = conversation
        .filter(|c| c.state != ConversationState::Declined)
        .and_then(|c| c.consent)
        .map(|c| ShownConsent {
            mode: c.mode,
            recording: c.recording,
            text_version: c.text_version,
        });
    Ok(Shown {
        state: link,
        session: ShownSession {
            title: session.title,
            organisation: workspace.name,
            length_min: session.length_min,
            topics: topics
                .into_iter()
                .filter(|t| t.enabled)
                .map(|t| t.topic.label)
                .collect(),
            confidentiality: guide.map_or(session.confidentiality, |guide| guide.confidentiality),
            mode: session.mode,
            recording: session.recording,
            welcome: if admitted { session.welcome } else { String::new() },
            help: session.help.or(workspace.help),
        },
        consent,
        trial: invitation.trial,
        text_version: wording(CONSENT_VERSION, party),
        language_model: party.map(str::to_owned),
    })
}

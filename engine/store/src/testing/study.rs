//! A session and its invitations, straight into the database: shorter than any library template's.

use std::time::{SystemTime, UNIX_EPOCH};

use colloquy_core::event::Mode;
use colloquy_core::guide::{Confidentiality, ModeChoice, library};
use colloquy_core::id::{ConversationId, InvitationId, SessionId, WorkspaceId};

use crate::{Consent, NewPerson, NewSession, SessionState, SessionTopic, Store};

/// The wording of consent that is in force.
pub const TEXT_VERSION: &str = "2026-11";

/// An open session.
#[derive(Clone, Debug)]
pub struct Study {
    store: Store,
    workspace: WorkspaceId,
    /// Which one.
    pub session: SessionId,
    recording: bool,
}

/// Somebody who is invited to it.
#[derive(Clone, Debug)]
pub struct Guest {
    /// The invitation.
    pub invitation: InvitationId,
    /// What their link ends with.
    pub token: String,
}

impl Study {
    /// A session of so many minutes with the first `topics` topics of the engagement pulse.
    pub async fn open(store: &Store, length_min: u16, topics: usize) -> Self {
        Self::begin(store, length_min, topics, false).await
    }

    /// The same, in which sound is kept, and everybody agrees to that.
    pub async fn recorded(store: &Store, length_min: u16, topics: usize) -> Self {
        Self::begin(store, length_min, topics, true).await
    }

    async fn begin(store: &Store, length_min: u16, topics: usize, recording: bool) -> Self {
        let template = library::template("pulse").expect("the template");
        let topics = template.topics.iter().take(topics);
        let workspace = store
            .workspaces()
            .create("Northwind", None, now())
            .await
            .expect("a workspace");
        let new = NewSession {
            workspace: workspace.id,
            title: template.title.clone(),
            kind: template.id.clone(),
            mode: ModeChoice::Participant,
            confidentiality: Confidentiality::Identified,
            recording,
            length_min,
            language: "en".to_owned(),
            topics: topics
                .map(|topic| SessionTopic {
                    enabled: true,
                    topic: topic.clone(),
                })
                .collect(),
        };
        let session = store.sessions().create(&new, now()).await.expect("a session");
        store
            .sessions()
            .set_state(session.id, SessionState::Open, now())
            .await
            .expect("an open session");
        Self {
            store: store.clone(),
            workspace: workspace.id,
            session: session.id,
            recording,
        }
    }

    /// Invites somebody.
    pub async fn invite(&self, name: &str) -> Guest {
        let new = NewPerson {
            workspace: self.workspace,
            email: format!("{name}@northwind.example").into(),
            name: name.into(),
            role: None,
            department: None,
        };
        let person = self.store.people().create(&new).await.expect("a person");
        let invitation = self
            .store
            .invitations()
            .create(self.session, person.id, now())
            .await
            .expect("an invitation");
        let token = self
            .store
            .invitations()
            .mint_token(invitation.id, now())
            .await
            .expect("a token");
        Guest {
            invitation: invitation.id,
            token: token.expose().to_owned(),
        }
    }

    /// Agrees in the guest's name.
    pub async fn consent(&self, guest: &Guest, mode: Mode) -> ConversationId {
        let consent = Consent {
            mode,
            recording: self.recording,
            text_version: TEXT_VERSION.to_owned(),
        };
        let opened = self
            .store
            .conversations()
            .open(guest.invitation, &consent, now())
            .await
            .expect("consent");
        opened.id
    }

    /// Agrees in the guest's name, and draws a key for the realtime connection.
    pub async fn admit(&self, guest: &Guest, mode: Mode) -> String {
        let conversation = self.consent(guest, mode).await;
        let secret = self
            .store
            .client_secrets()
            .mint(conversation, now(), 600_000)
            .await
            .expect("a secret");
        secret.expose().to_owned()
    }

    /// Lets the guest's links end a second ago.
    pub async fn expire(&self, guest: &Guest) {
        let past = now() - 1_000;
        self.store
            .invitations()
            .extend(guest.invitation, past)
            .await
            .expect("an invitation");
    }

    /// Takes the invitation back.
    pub async fn revoke(&self, guest: &Guest) {
        self.store
            .invitations()
            .revoke(guest.invitation)
            .await
            .expect("an invitation");
    }
}

/// Unix milliseconds.
fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a clock after 1970");
    i64::try_from(since.as_millis()).expect("a clock before the year 292 million")
}

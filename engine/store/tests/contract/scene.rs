//! A workspace with an open session of three topics, and people for it.

use colloquy_core::event::{Aim, Event, Mode, Outcome};
use colloquy_core::guide::{Confidentiality, HelpContact, ModeChoice, Priority, Probe, Topic};
use colloquy_core::id::{ConversationId, SegmentId, TurnId};
use colloquy_core::time::Ms;
use colloquy_store::{
    Consent, Conversation, Invitation, NewPerson, NewSession, Session, SessionState, SessionTopic, Store, Workspace,
};

/// Some day in 2026, in unix milliseconds.
pub(crate) const NOW: i64 = 1_780_000_000_000;
pub(crate) const DAY_MS: i64 = 24 * 60 * 60 * 1000;

pub(crate) struct Scene {
    pub(crate) store: Store,
    pub(crate) workspace: Workspace,
    pub(crate) session: Session,
}

impl Scene {
    pub(crate) async fn set(store: &Store) -> Self {
        let help = HelpContact {
            name: "Ombuds office".to_owned(),
            reach: "phone 100".to_owned(),
        };
        let workspace = store
            .workspaces()
            .create("Harbour Clinic", Some(&help), NOW)
            .await
            .unwrap();
        let new = new_session(&workspace);
        let session = store.sessions().create(&new, NOW).await.unwrap();
        store
            .sessions()
            .set_state(session.id, SessionState::Open, NOW)
            .await
            .unwrap();
        let session = store.sessions().find(session.id).await.unwrap().unwrap();
        Self {
            store: store.clone(),
            workspace,
            session,
        }
    }

    pub(crate) async fn invite(&self, name: &str) -> Invitation {
        let person = self
            .store
            .people()
            .create(&person(&self.workspace, name))
            .await
            .unwrap();
        self.store
            .invitations()
            .create(self.session.id, person.id, NOW)
            .await
            .unwrap()
    }

    /// Somebody who consented to talk.
    pub(crate) async fn participant(&self, name: &str) -> Conversation {
        let invitation = self.invite(name).await;
        self.store
            .conversations()
            .open(invitation.id, &voice(), NOW)
            .await
            .unwrap()
    }

    pub(crate) async fn append(&self, conversation: ConversationId, events: &[Event]) {
        let last = self
            .store
            .conversations()
            .find(conversation)
            .await
            .unwrap()
            .unwrap()
            .last_seq;
        self.store
            .events()
            .append(conversation, last, Ms(1_000), NOW + 1_000, events)
            .await
            .unwrap();
    }
}

pub(crate) fn new_session(workspace: &Workspace) -> NewSession {
    NewSession {
        workspace: workspace.id,
        title: "Why people stay".to_owned(),
        kind: "stay".to_owned(),
        mode: ModeChoice::Participant,
        confidentiality: Confidentiality::Confidential,
        recording: false,
        length_min: 15,
        language: "en".to_owned(),
        topics: vec![topic("draw", true), topic("learning", false), topic("change", true)],
    }
}

pub(crate) fn topic(id: &str, enabled: bool) -> SessionTopic {
    let topic = Topic {
        id: id.into(),
        label: format!("About {id}"),
        description: "What it is like.".to_owned(),
        priority: Priority::High,
        guidance: "Listen for a concrete event.".to_owned(),
        context: "Said to nobody.".to_owned(),
        openings: vec!["What comes to mind?".to_owned()],
        probes: vec![Probe {
            aim: Aim::Example,
            ask: "When was the last time?".to_owned(),
        }],
        cues: vec!["work".to_owned(), "team".to_owned()],
        sensitive: id == "change",
    };
    SessionTopic { enabled, topic }
}

pub(crate) fn person(workspace: &Workspace, name: &str) -> NewPerson {
    NewPerson {
        workspace: workspace.id,
        email: format!("{name}@Harbour.example").into(),
        name: name.into(),
        role: Some("Nurse".to_owned()),
        department: None,
    }
}

pub(crate) fn voice() -> Consent {
    Consent {
        mode: Mode::Voice,
        recording: false,
        text_version: "2026-11".to_owned(),
    }
}

pub(crate) fn heard(segment: u32, text: &str) -> Event {
    Event::SegmentHeard {
        turn: TurnId(2),
        segment: SegmentId(segment),
        from: Ms(0),
        to: Ms(900),
        text: text.into(),
        confidence: 0.87,
    }
}

pub(crate) fn ended(outcome: Outcome) -> Event {
    Event::Ended { outcome }
}

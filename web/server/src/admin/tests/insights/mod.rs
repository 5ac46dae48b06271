//! What is heard in a session, over HTTP.

mod leaks;
mod reads;

use std::sync::Arc;

use colloquy_core::event::{Event, Mode, Move, Outcome, Phrasing};
use colloquy_core::guide::Confidentiality;
use colloquy_core::id::{ConversationId, SegmentId, SessionId, TurnId, UtteranceId};
use colloquy_core::insights::{
    Carried, Claim, Coded, Coder, CoderVersion, CodingError, Concreteness, Interview, Meaning, Place, Polarity,
    PolarityCounts, Signal, Signalled, Span, Stance, Statement, Theme, ThemeKind,
};
use colloquy_core::ports::Embedder;
use colloquy_core::time::Ms;
use colloquy_runtime::insights::{Analyst, Engine};
use colloquy_store::{Consent, NewPerson, NewSession, Plan, SessionState};

use super::*;

/// What people may say, and what is made of it.
const MATTERS: [(&str, Signal, Stance); 4] = [
    (
        "the nights are too long and nobody comes to help",
        Signal::Workload,
        Stance::Strain,
    ),
    (
        "the pay is lower than next door and everybody knows it",
        Signal::Pay,
        Stance::Strain,
    ),
    (
        "my manager listens and has time for every one of us",
        Signal::ManagerTrust,
        Stance::Strength,
    ),
    (
        "the new computers crash in the middle of every handover",
        Signal::Tools,
        Stance::Strain,
    ),
];

/// Finds [`MATTERS`], each as often as it is said.
struct Planted;

fn version() -> CoderVersion {
    CoderVersion {
        name: "planted".to_owned(),
        version: 1,
    }
}

impl Coder for Planted {
    fn version(&self) -> CoderVersion {
        version()
    }

    fn code(&mut self, interview: &Interview) -> Result<Coded, CodingError> {
        let mut statements = Vec::new();
        for answer in &interview.answers {
            for (words, signal, stance) in MATTERS {
                let text = answer.text.expose();
                let Some(from) = text.find(words) else { continue };
                statements.push(Statement {
                    // With all that is said until the sentence ends.
                    span: Span {
                        turn: answer.turn,
                        from: from as u32,
                        to: text[from..].find(". ").map_or(text.len(), |to| from + to) as u32,
                    },
                    topic: answer.topic.clone(),
                    signals: vec![Carried {
                        what: Signalled { signal, stance },
                        percent: 100,
                    }],
                    polarity: match stance {
                        Stance::Strain => Polarity::Negative,
                        Stance::Strength => Polarity::Positive,
                    },
                    concreteness: Concreteness::Concrete,
                    claim: Claim::Fact,
                    sensitive: None,
                    meaning: Some(Meaning::of(&Words.embed(words)?)),
                });
            }
        }
        Ok(Coded {
            conversation: interview.participant.conversation,
            coder: version(),
            statements,
        })
    }
}

fn themes(people: &[(&Interview, &Coded)], _: &[Theme]) -> Vec<Theme> {
    let mut themes = Vec::new();
    for (words, signal, stance) in MATTERS {
        let signalled = Signalled { signal, stance };
        let mut statements = Vec::new();
        for (_, coded) in people {
            for (statement, said) in (0..).zip(&coded.statements) {
                if said.signals.iter().any(|carried| carried.what == signalled) {
                    statements.push(Place {
                        conversation: coded.conversation,
                        statement,
                    });
                }
            }
        }
        if !statements.is_empty() {
            themes.push(Theme {
                key: format!("{signal:?}").to_lowercase(),
                label: words.split(' ').take(4).collect::<Vec<_>>().join(" "),
                kind: ThemeKind::Signal(signalled),
                statements,
                against: Vec::new(),
                polarity: PolarityCounts::default(),
            });
        }
    }
    themes
}

/// A session whose people say what they are told to.
struct Heard {
    desk: Desk,
    session: SessionId,
    owner: As,
    analyst: As,
    analysts: Analyst,
}

impl Heard {
    async fn set(confidentiality: Confidentiality) -> Self {
        let desk = Desk::set().await;
        let store = desk.store().clone();
        let workspace = store.workspaces().create("Harbour", None, unix_ms()).await.unwrap();
        store.workspaces().set_plan(workspace.id, Plan::Sessions).await.unwrap();
        let template = colloquy_core::guide::library::template("pulse").unwrap();
        let new = NewSession {
            workspace: workspace.id,
            title: "Pulse".to_owned(),
            kind: template.id.clone(),
            mode: template.mode,
            confidentiality,
            recording: false,
            length_min: 8,
            language: "en".to_owned(),
            topics: template
                .topics
                .iter()
                .map(|topic| colloquy_store::SessionTopic {
                    enabled: true,
                    topic: topic.clone(),
                })
                .collect(),
        };
        let session = store.sessions().create(&new, unix_ms()).await.unwrap().id;
        store
            .sessions()
            .set_state(session, SessionState::Open, unix_ms())
            .await
            .unwrap();
        let owner = desk.user(workspace.id, "owner", Role::Owner).await;
        let analyst = desk.user(workspace.id, "analyst", Role::Analyst).await;
        let (owner, analyst) = (desk.login(&owner).await, desk.login(&analyst).await);
        let engine = Engine {
            coder: version(),
            load: Arc::new(Box::new(|| Ok(Box::new(Planted)))),
            themes,
            reader: None,
        };
        Self {
            session,
            owner,
            analyst,
            analysts: Analyst {
                store,
                node: "a".to_owned(),
                engine,
            },
            desk,
        }
    }

    fn at(&self, rest: &str) -> String {
        format!("/api/v1/sessions/{}/insights{rest}", self.session)
    }

    /// Somebody says `said` on the first topic, and completes; the insights are made.
    async fn complete(&self, name: &str, department: Option<&str>, role: Option<&str>, said: &str) -> ConversationId {
        let id = self.begin(name, department, role, said).await;
        self.append(
            id,
            &[Event::Ended {
                outcome: Outcome::Completed,
            }],
        )
        .await;
        assert!(self.analysts.catch_up().await.unwrap());
        id
    }

    async fn begin(&self, name: &str, department: Option<&str>, role: Option<&str>, said: &str) -> ConversationId {
        let store = self.desk.store();
        let session = store.sessions().find(self.session).await.unwrap().unwrap();
        let new = NewPerson {
            workspace: session.workspace,
            email: format!("{}@harbour.example", name.to_lowercase().replace(' ', ".")).into(),
            name: name.into(),
            role: role.map(str::to_owned),
            department: department.map(str::to_owned),
        };
        let made = store
            .invitations()
            .invite(self.session, &new, false, None, unix_ms())
            .await
            .unwrap();
        let consent = Consent {
            mode: Mode::Text,
            recording: false,
            text_version: "2026-11".to_owned(),
        };
        let talk = store.conversations().open(made, &consent, unix_ms()).await.unwrap();
        let topic = store.guides().find(talk.guide).await.unwrap().unwrap().topics[0]
            .id
            .clone();
        let events = [
            Event::Started { guide: talk.guide },
            Event::MoveDecided {
                turn: TurnId(1),
                answers: None,
                mv: Move::Welcome { topic },
            },
            Event::Spoken {
                turn: TurnId(1),
                utterance: UtteranceId(1),
                text: "How is work?".into(),
                interrupted: false,
                by: Phrasing::Guided,
            },
            Event::SegmentHeard {
                turn: TurnId(2),
                segment: SegmentId(0),
                from: Ms(1_000),
                to: Ms(9_000),
                text: said.into(),
                confidence: 1.0,
            },
            Event::AnswerEnded {
                turn: TurnId(2),
                voiced_until: Ms(9_000),
            },
        ];
        self.append(talk.id, &events).await;
        talk.id
    }

    async fn append(&self, id: ConversationId, events: &[Event]) {
        let store = self.desk.store();
        let last = store.conversations().find(id).await.unwrap().unwrap().last_seq;
        store
            .events()
            .append(id, last, Ms(9_000), unix_ms(), events)
            .await
            .unwrap();
    }

    async fn withdraw(&self, id: ConversationId) {
        self.desk.store().conversations().withdraw(id, unix_ms()).await.unwrap();
        assert!(self.analysts.catch_up().await.unwrap());
    }

    async fn read(&self, rest: &str) -> Value {
        let told = self.desk.get(&self.analyst, &self.at(rest)).await;
        assert_eq!(told.status, StatusCode::OK, "{rest}: {}", told.body);
        told.body
    }
}

//! Engines that are told what to say, a store of its own, and somebody at the other end.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use colloquy_core::event::{Event, Mode};
use colloquy_core::guide::{Confidentiality, ModeChoice, library};
use colloquy_core::id::{ConversationId, InvitationId, SessionId, WorkspaceId};
use colloquy_core::ports::{EndOfTurn, InferenceError, SpeechToText, TextToSpeech, Transcript, VoiceActivity};
use colloquy_runtime::actor::{CLIENT_ITEMS, Command, Farewell, ToClient, unix_ms};
use colloquy_runtime::error::JoinError;
use colloquy_runtime::inference::{Engines, Inference};
use colloquy_runtime::lifecycle::Lifecycle;
use colloquy_runtime::registry::Registry;
use colloquy_runtime::services::Services;
use colloquy_store::testing::Database;
use colloquy_store::{Consent, NewPerson, NewSession, SessionState, SessionTopic, Store};
use tokio::sync::mpsc;

/// Nothing here takes longer, on a busy machine either.
const PATIENCE: Duration = Duration::from_secs(30);

/// Hears the same words in everything, after it has panicked so often as it was told.
pub(crate) struct FakeEar {
    pub(crate) panics: Arc<AtomicU32>,
    pub(crate) words: &'static str,
}

impl SpeechToText for FakeEar {
    fn transcribe(&mut self, _pcm: &[f32], _cancelled: &dyn Fn() -> bool) -> Result<Transcript, InferenceError> {
        let left = self
            .panics
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        assert!(left.is_err(), "the recognizer was told to panic");
        Ok(Transcript {
            text: self.words.into(),
            words: Vec::new(),
            confidence: 0.9,
        })
    }
}

/// Is sure that every turn is over, or panics.
pub(crate) struct FakeJudge {
    pub(crate) panics: Arc<AtomicU32>,
}

impl EndOfTurn for FakeJudge {
    fn score(&mut self, _pcm: &[f32]) -> Result<f32, InferenceError> {
        let left = self
            .panics
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        assert!(left.is_err(), "the judge was told to panic");
        Ok(0.99)
    }
}

/// Says each piece in a tenth of a second, or panics in the middle of it.
pub(crate) struct FakeVoice {
    pub(crate) panics: Arc<AtomicU32>,
}

impl TextToSpeech for FakeVoice {
    fn synthesize(
        &mut self,
        _text: &str,
        sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
    ) -> Result<(), InferenceError> {
        let _wanted = sink(&[0.1; 1_200]);
        let left = self
            .panics
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        assert!(left.is_err(), "the synthesizer was told to panic");
        let _wanted = sink(&[0.1; 1_200]);
        Ok(())
    }
}

/// Takes whatever is loud for a voice.
struct FakeDetector;

impl VoiceActivity for FakeDetector {
    fn probability(&mut self, frame: &[f32]) -> Result<f32, InferenceError> {
        let loud = frame.iter().any(|s| s.abs() > 0.05);
        Ok(if loud { 0.99 } else { 0.01 })
    }
}

/// How often each model panics before it works.
#[derive(Clone, Default)]
pub(crate) struct Panics {
    pub(crate) hearing: Arc<AtomicU32>,
    pub(crate) judging: Arc<AtomicU32>,
    pub(crate) speaking: Arc<AtomicU32>,
}

pub(crate) fn engines(panics: &Panics) -> Engines {
    Engines {
        recognizers: vec![Box::new(FakeEar {
            panics: Arc::clone(&panics.hearing),
            words: "We shipped the new release on Friday.",
        })],
        end_of_turn: Box::new(FakeJudge {
            panics: Arc::clone(&panics.judging),
        }),
        synthesizers: vec![Box::new(FakeVoice {
            panics: Arc::clone(&panics.speaking),
        })],
        voice: Box::new(|| Box::new(FakeDetector)),
    }
}

/// A server without HTTP.
pub(crate) struct Rig {
    database: Database,
    pub(crate) store: Store,
    pub(crate) registry: Arc<Registry>,
    workspace: WorkspaceId,
    session: SessionId,
}

impl Rig {
    /// One that holds `limit` conversations at once.
    pub(crate) async fn with(limit: usize, panics: &Panics) -> Self {
        let database = Database::sqlite().await;
        let store = database.store().clone();
        let (workspace, session) = open_session(&store).await;
        let services = Services {
            store: store.clone(),
            inference: Inference::start(engines(panics)).unwrap(),
            model: None,
            model_deadline_ms: 800,
            speculate: true,
            node: "north".to_owned(),
        };
        let often = Duration::from_millis(100);
        let registry = Registry::with_signs_of_life(Arc::new(services), Lifecycle::default(), limit, often);
        Self {
            database,
            store,
            registry,
            workspace,
            session,
        }
    }

    pub(crate) async fn new(limit: usize) -> Self {
        Self::with(limit, &Panics::default()).await
    }

    /// Somebody who consented.
    pub(crate) async fn guest(&self, name: &str, mode: Mode) -> Guest {
        let new = NewPerson {
            workspace: self.workspace,
            email: format!("{name}@northwind.example").into(),
            name: name.into(),
            role: None,
            department: None,
        };
        let person = self.store.people().create(&new).await.unwrap();
        let invitation = self
            .store
            .invitations()
            .create(self.session, person.id, unix_ms())
            .await
            .unwrap()
            .id;
        let conversation = self.consent(invitation, mode).await;
        Guest {
            invitation,
            conversation,
        }
    }

    pub(crate) async fn consent(&self, invitation: InvitationId, mode: Mode) -> ConversationId {
        let consent = Consent {
            mode,
            recording: false,
            text_version: "2026-11".to_owned(),
        };
        let opened = self.store.conversations().open(invitation, &consent, unix_ms()).await;
        opened.unwrap().id
    }

    pub(crate) async fn join(&self, guest: &Guest) -> Result<Client, JoinError> {
        let (client, items) = mpsc::channel(CLIENT_ITEMS);
        let commands = self.registry.join(guest.conversation, client).await?;
        Ok(Client { commands, items })
    }

    pub(crate) async fn events(&self, guest: &Guest) -> Vec<Event> {
        let log = self.store.events().read(guest.conversation, 0).await.unwrap();
        log.into_iter().map(|recorded| recorded.event).collect()
    }

    /// Waits until nothing runs any more, and removes the database.
    pub(crate) async fn remove(self) {
        let lifecycle = self.registry.lifecycle().clone();
        drop(self.registry);
        lifecycle.finish(PATIENCE).await;
        self.database.remove().await;
    }
}

async fn open_session(store: &Store) -> (WorkspaceId, SessionId) {
    let template = library::template("pulse").unwrap();
    let workspace = store
        .workspaces()
        .create("Northwind", None, unix_ms())
        .await
        .unwrap()
        .id;
    let new = NewSession {
        workspace,
        title: template.title.clone(),
        kind: template.id.clone(),
        mode: ModeChoice::Participant,
        confidentiality: Confidentiality::Identified,
        recording: false,
        length_min: 8,
        language: "en".to_owned(),
        topics: template
            .topics
            .iter()
            .map(|topic| SessionTopic {
                enabled: true,
                topic: topic.clone(),
            })
            .collect(),
    };
    let session = store.sessions().create(&new, unix_ms()).await.unwrap().id;
    store.sessions().set_state(session, SessionState::Open).await.unwrap();
    (workspace, session)
}

/// Somebody who is invited.
pub(crate) struct Guest {
    pub(crate) invitation: InvitationId,
    pub(crate) conversation: ConversationId,
}

/// The guest's device.
pub(crate) struct Client {
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) items: mpsc::Receiver<ToClient>,
}

impl Client {
    pub(crate) async fn send(&self, command: Command) {
        self.commands.send(command).await.unwrap();
    }

    pub(crate) async fn types(&self, text: &str) {
        self.send(Command::Typed(text.into())).await;
    }

    /// Speaks for a second and a half, then is silent.
    pub(crate) async fn speaks(&self) {
        let tone: Vec<f32> = (0..24_000).map(|n| if n % 2 == 0 { 0.3 } else { -0.3 }).collect();
        self.send(Command::Audio(tone)).await;
    }

    /// The next thing that is `wanted`; what comes before it is passed over.
    pub(crate) async fn next<T>(&mut self, what: &str, mut wanted: impl FnMut(&ToClient) -> Option<T>) -> T {
        let found = async {
            while let Some(item) = self.items.recv().await {
                if let Some(found) = wanted(&item) {
                    return Some(found);
                }
            }
            None
        };
        let found = tokio::time::timeout(PATIENCE, found).await;
        found
            .unwrap_or_else(|_| panic!("waited in vain for {what}"))
            .unwrap_or_else(|| panic!("the conversation ended before {what}"))
    }

    /// The next stored event that is `wanted`.
    pub(crate) async fn event(&mut self, what: &str, wanted: impl Fn(&Event) -> bool) -> Event {
        self.next(what, |item| match item {
            ToClient::Recorded(recorded) if wanted(&recorded.event) => Some(recorded.event.clone()),
            _ => None,
        })
        .await
    }

    /// Waits until our turn is over.
    pub(crate) async fn hears_us_out(&mut self) {
        self.event("the end of our turn", |e| matches!(e, Event::Spoken { .. }))
            .await;
    }

    pub(crate) async fn farewell(&mut self) -> Farewell {
        self.next("a farewell", |item| match item {
            ToClient::Finished(farewell) => Some(*farewell),
            _ => None,
        })
        .await
    }
}

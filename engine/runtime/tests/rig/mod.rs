//! A server without HTTP on stand-ins for its models, a store of its own, and somebody at the other end.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use colloquy_core::event::{Event, Mode};
use colloquy_core::id::ConversationId;
use colloquy_runtime::actor::{CLIENT_ITEMS, Command, Farewell, ToClient};
use colloquy_runtime::error::JoinError;
use colloquy_runtime::inference::Inference;
use colloquy_runtime::lifecycle::Lifecycle;
use colloquy_runtime::llm::{Appraiser, LanguageModel, ModelConfig};
use colloquy_runtime::recording::Recordings;
use colloquy_runtime::registry::{Joined, Registry};
use colloquy_runtime::services::Services;
use colloquy_runtime::testing::{Panics, engines};
use colloquy_store::Store;
use colloquy_store::testing::Database;
use colloquy_store::testing::study::{Guest as Invited, Study};
use tempfile::TempDir;
use tokio::sync::mpsc;

/// Nothing here takes longer, on a busy machine either.
const PATIENCE: Duration = Duration::from_secs(30);

/// Longer than any test.
const NEVER: Duration = Duration::from_secs(3_600);

/// Sound is kept for so long.
pub(crate) const KEEP_DAYS: u32 = 90;

/// A server without HTTP.
pub(crate) struct Rig {
    database: Database,
    pub(crate) store: Store,
    pub(crate) registry: Arc<Registry>,
    pub(crate) study: Study,
    folder: TempDir,
}

impl Rig {
    /// One that holds `limit` conversations at once.
    pub(crate) async fn with(limit: usize, panics: &Panics) -> Self {
        Self::build(limit, panics, false, NEVER, None).await
    }

    /// One that gives up its place where nobody does anything for so long.
    pub(crate) async fn idle_after(idle_after: Duration) -> Self {
        Self::build(1, &Panics::default(), false, idle_after, None).await
    }

    /// One that keeps the sound of everybody, who agree to that.
    pub(crate) async fn recorded() -> Self {
        Self::build(4, &Panics::default(), true, NEVER, None).await
    }

    /// One whose language model is there, phrases, and judges answers; `party` is who gets what it is told.
    pub(crate) async fn judged_by(base_url: String, party: Option<&str>) -> Self {
        // An error means that another test was first. It is wanted for plain HTTP too.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let config = ModelConfig {
            base_url,
            api_key: String::new(),
            model: "judge".to_owned(),
            party: party.map(str::to_owned),
        };
        let model = LanguageModel::new(&config).unwrap();
        Self::build(4, &Panics::default(), false, NEVER, Some(model)).await
    }

    async fn build(
        limit: usize,
        panics: &Panics,
        recorded: bool,
        idle_after: Duration,
        model: Option<LanguageModel>,
    ) -> Self {
        let database = Database::sqlite().await;
        let store = database.store().clone();
        let folder = tempfile::tempdir().unwrap();
        let study = if recorded {
            Study::recorded(&store, 8, 6).await
        } else {
            Study::open(&store, 8, 6).await
        };
        let recordings = Recordings::start(folder.path().join("recordings"), KEEP_DAYS).unwrap();
        let services = Services {
            store: store.clone(),
            inference: Inference::start(engines(panics)).unwrap(),
            appraiser: model.clone().map(Appraiser::new),
            model,
            model_deadline_ms: 800,
            speculate: true,
            idle_after,
            recordings: recorded.then_some(recordings),
            node: "north".to_owned(),
        };
        let often = Duration::from_millis(100);
        let registry = Registry::with_signs_of_life(Arc::new(services), Lifecycle::default(), limit, often);
        Self {
            database,
            store,
            registry,
            study,
            folder,
        }
    }

    /// Where sound is kept.
    pub(crate) fn shelf(&self) -> PathBuf {
        self.folder.path().join("recordings")
    }

    /// What is kept, as names of files.
    pub(crate) fn kept(&self) -> Vec<String> {
        let entries = |path: &Path| std::fs::read_dir(path).into_iter().flatten().flatten();
        let folders = entries(&self.shelf());
        folders
            .flat_map(|folder| entries(&folder.path()))
            .map(|file| file.file_name().to_string_lossy().into_owned())
            .collect()
    }

    pub(crate) async fn new(limit: usize) -> Self {
        Self::with(limit, &Panics::default()).await
    }

    /// Somebody who consented.
    pub(crate) async fn guest(&self, name: &str, mode: Mode) -> Guest {
        let invited = self.study.invite(name).await;
        let conversation = self.study.consent(&invited, mode).await;
        Guest { invited, conversation }
    }

    pub(crate) async fn join(&self, guest: &Guest) -> Result<Client, JoinError> {
        let (client, items) = mpsc::channel(CLIENT_ITEMS);
        let Joined { commands, .. } = self.registry.join(guest.conversation, client).await?;
        Ok(Client { commands, items })
    }

    /// Somebody who consented, connected, and has heard our first words.
    pub(crate) async fn talks(&self, name: &str, mode: Mode) -> (Guest, Client) {
        let guest = self.guest(name, mode).await;
        let mut client = self.join(&guest).await.unwrap();
        client.hears_us_out().await;
        (guest, client)
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

/// Somebody who is invited.
pub(crate) struct Guest {
    pub(crate) invited: Invited,
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
        let text = text.into();
        self.send(Command::Typed { text, item: None }).await;
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

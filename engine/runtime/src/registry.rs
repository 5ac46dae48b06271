//! Which conversations run here, who is connected to them, and how many there may be.

use std::sync::Arc;
use std::time::Duration;

use colloquy_core::conversation::{Session, Settings};
use colloquy_core::event::Mode;
use colloquy_core::id::ConversationId;
use colloquy_core::planner::Planner;
use colloquy_store::ConversationState;
use dashmap::DashMap;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tracing::{debug, info, warn};

use crate::actor::{COMMANDS, Command, Conversation, ToClient, unix_ms};
use crate::error::JoinError;
use crate::lifecycle::Lifecycle;
use crate::services::Services;

/// A conversation belongs to its server for so long after the last sign of life.
const LEASE_MS: i64 = 30_000;
/// The sign of life.
const RENEW_EVERY: Duration = Duration::from_secs(10);
/// The older connection's last words are waited for so long when a newer one takes over.
const HANDOVER: Duration = Duration::from_secs(12);

/// A conversation that runs here.
struct Live {
    commands: mpsc::Sender<Command>,
    over: watch::Receiver<bool>,
}

/// The conversations that run here.
pub struct Registry {
    services: Arc<Services>,
    lifecycle: Lifecycle,
    live: DashMap<ConversationId, Live>,
    /// One joins at a time for each conversation.
    doors: DashMap<ConversationId, Arc<Mutex<()>>>,
    places: Arc<Semaphore>,
    limit: usize,
}

impl Registry {
    /// A registry that holds at most `limit` conversations at once.
    #[must_use]
    pub fn new(services: Arc<Services>, lifecycle: Lifecycle, limit: usize) -> Arc<Self> {
        let places = Arc::new(Semaphore::new(limit));
        Arc::new(Self {
            services,
            lifecycle,
            live: DashMap::new(),
            doors: DashMap::new(),
            places,
            limit,
        })
    }

    /// What every conversation shares.
    #[must_use]
    pub fn services(&self) -> &Arc<Services> {
        &self.services
    }

    /// The server's life.
    #[must_use]
    pub fn lifecycle(&self) -> &Lifecycle {
        &self.lifecycle
    }

    /// How many conversations run here, and how many may.
    #[must_use]
    pub fn occupancy(&self) -> (usize, usize) {
        (self.limit - self.places.available_permits(), self.limit)
    }

    /// Whether [`join`](Self::join) would find a place for this conversation now: a look ahead for clients that take a while
    /// to connect.
    ///
    /// # Errors
    /// [`JoinError::Draining`] or [`JoinError::Capacity`].
    pub fn admits(&self, id: ConversationId) -> Result<(), JoinError> {
        if self.lifecycle.is_draining() {
            return Err(JoinError::Draining);
        }
        // One that runs here gives its place to the connection that takes over.
        if self.places.available_permits() == 0 && !self.live.contains_key(&id) {
            return Err(JoinError::Capacity { limit: self.limit });
        }
        Ok(())
    }

    /// Connects a client to its conversation: begins it, or takes it up where its events left off. An older connection
    /// to the same conversation is told, and ends.
    ///
    /// # Errors
    /// [`JoinError`] says why not and what to do.
    pub async fn join(
        self: &Arc<Self>,
        id: ConversationId,
        client: mpsc::Sender<ToClient>,
    ) -> Result<mpsc::Sender<Command>, JoinError> {
        if self.lifecycle.is_draining() {
            return Err(JoinError::Draining);
        }
        let door = Arc::clone(self.doors.entry(id).or_default().value());
        let entered = door.lock_owned().await;
        let joined = self.enter(id, client).await;
        drop(entered);
        self.doors.remove_if(&id, |_, door| Arc::strong_count(door) == 1);
        joined
    }

    async fn enter(
        self: &Arc<Self>,
        id: ConversationId,
        client: mpsc::Sender<ToClient>,
    ) -> Result<mpsc::Sender<Command>, JoinError> {
        self.take_over(id).await;
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            metrics::counter!("colloquy_refused_total", "reason" => "capacity").increment(1);
            JoinError::Capacity { limit: self.limit }
        })?;
        let store = &self.services.store;
        let found = store.conversations().find(id).await?.ok_or(JoinError::Missing)?;
        if found.state.is_over() {
            return Err(JoinError::Over);
        }
        if found.state == ConversationState::Declined {
            return Err(JoinError::Missing);
        }
        let consent = found.consent.ok_or(JoinError::Missing)?;
        let now = unix_ms();
        if !store
            .conversations()
            .lease(id, &self.services.node, now, now + LEASE_MS)
            .await?
        {
            return Err(JoinError::Elsewhere);
        }
        let guide = store.guides().find(found.guide).await?.ok_or(JoinError::Missing)?;
        let events = store.events().read(id, 0).await?;
        let settings = Settings {
            guide: guide.id,
            mode: consent.mode,
            model: self.services.model.is_some(),
            model_deadline_ms: self.services.model_deadline_ms,
            speculate: self.services.speculate,
        };
        let seq = events.last().map_or(0, |last| last.seq);
        let session = Session::new(Planner::new(Arc::new(guide)), settings, &events);
        Ok(self.start(id, session, consent.mode, seq, client, place))
    }

    /// Ends the older connection's hold on the conversation, and waits until its last words are stored.
    async fn take_over(&self, id: ConversationId) {
        let Some((commands, mut over)) = self
            .live
            .get(&id)
            .map(|live| (live.commands.clone(), live.over.clone()))
        else {
            return;
        };
        info!(%id, "a newer connection takes over");
        // An error means that it is ending by itself.
        let _ending = commands.send(Command::TakenOver).await;
        if tokio::time::timeout(HANDOVER, over.wait_for(|over| *over))
            .await
            .is_err()
        {
            warn!(%id, "the older connection did not end in time");
        }
    }

    fn start(
        self: &Arc<Self>,
        id: ConversationId,
        session: Session<Planner>,
        mode: Mode,
        seq: u64,
        client: mpsc::Sender<ToClient>,
        place: OwnedSemaphorePermit,
    ) -> mpsc::Sender<Command> {
        let (commands, receiver) = mpsc::channel(COMMANDS);
        let (ended, over) = watch::channel(false);
        let (conversation, done) = Conversation::new(id, Arc::clone(&self.services), session, mode, seq, client);
        self.live.insert(
            id,
            Live {
                commands: commands.clone(),
                over,
            },
        );
        let registry = Arc::clone(self);
        let (drain, ours) = (commands.clone(), commands.clone());
        self.lifecycle.tasks().spawn(async move {
            tokio::select! {
                () = conversation.run(receiver, done) => {}
                () = registry.keep(id, drain) => {}
            }
            if let Err(error) = registry
                .services
                .store
                .conversations()
                .release(id, &registry.services.node)
                .await
            {
                debug!(%error, "a lease was not given back; it ends by itself");
            }
            // A newer connection may have given up on us and stand here by now.
            registry
                .live
                .remove_if(&id, |_, live| live.commands.same_channel(&ours));
            drop(place);
            ended.send_replace(true);
        });
        commands
    }

    /// Renews the lease, and passes on the news of a restart. It ends when everything should.
    async fn keep(&self, id: ConversationId, commands: mpsc::Sender<Command>) {
        let mut renew = tokio::time::interval(RENEW_EVERY);
        let mut told = false;
        loop {
            tokio::select! {
                _ = renew.tick() => {
                    let until = unix_ms() + LEASE_MS;
                    if let Err(error) = self.services.store.conversations().renew(id, &self.services.node, until).await {
                        warn!(%error, %id, "a lease was not renewed");
                    }
                }
                () = self.lifecycle.draining(), if !told => {
                    told = true;
                    let _ending = commands.send(Command::Drain).await;
                }
                () = self.lifecycle.stopped() => return,
            }
        }
    }
}

//! Which conversations run here, who is connected to them, and how many there may be.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use colloquy_core::conversation::{Input, Session, Settings};
use colloquy_core::event::Recorded;
use colloquy_core::guide::Guide;
use colloquy_core::id::{ConversationId, GuideId};
use colloquy_core::planner::Planner;
use colloquy_store::{Consent, ConversationState, StoreError};
use dashmap::DashMap;
use futures::FutureExt;
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tracing::{debug, error, info, warn};

use crate::actor::{COMMANDS, Command, Conversation, Farewell, ToClient, Way, unix_ms};
use crate::error::JoinError;
use crate::housekeeping::tidy;
use crate::lifecycle::Lifecycle;
use crate::llm::{Appraiser, LanguageModel};
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
    /// Its place among those that the server holds: whoever takes over gets it, so that nobody comes in between.
    place: Arc<OwnedSemaphorePermit>,
    /// Somebody takes over: the lease is theirs, and is not given back.
    inherited: Arc<AtomicBool>,
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
    renew_every: Duration,
}

/// What is known of a conversation that can be held.
struct Admissible {
    guide: GuideId,
    consent: Consent,
}

/// A client that is connected to its conversation.
#[derive(Debug)]
pub struct Joined {
    /// What it tells the conversation.
    pub commands: mpsc::Sender<Command>,
    /// What was stored before; everything after it comes to the client by itself.
    pub past: Vec<Recorded>,
}

impl Registry {
    /// A registry that holds at most `limit` conversations at once.
    #[must_use]
    pub fn new(services: Arc<Services>, lifecycle: Lifecycle, limit: usize) -> Arc<Self> {
        Self::with_signs_of_life(services, lifecycle, limit, RENEW_EVERY)
    }

    /// As [`Registry::new`], with a sign of life other than every ten seconds; it must be well under half a minute, which
    /// is how long a server is waited for.
    #[must_use]
    pub fn with_signs_of_life(
        services: Arc<Services>,
        lifecycle: Lifecycle,
        limit: usize,
        renew_every: Duration,
    ) -> Arc<Self> {
        let places = Arc::new(Semaphore::new(limit));
        Arc::new(Self {
            services,
            lifecycle,
            live: DashMap::new(),
            doors: DashMap::new(),
            places,
            limit,
            renew_every,
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
    /// As [`join`](Self::join).
    pub async fn admits(&self, id: ConversationId) -> Result<(), JoinError> {
        if self.lifecycle.is_draining() {
            return Err(JoinError::Draining);
        }
        // One that runs here gives its place to the connection that takes over.
        if self.places.available_permits() == 0 && !self.live.contains_key(&id) {
            return Err(JoinError::Capacity { limit: self.limit });
        }
        // Nobody is listened to who has not agreed, or has finished.
        self.admissible(id).await.map(|_| ())
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
    ) -> Result<Joined, JoinError> {
        if self.lifecycle.is_draining() {
            return Err(JoinError::Draining);
        }
        let entered = self.door(id).await;
        let joined = self.enter(id, client).await;
        self.leave_door(id, entered);
        joined
    }

    /// Has the conversation read what others wrote to its log, such as a consent that changed, if it runs here; elsewhere
    /// and later it is read before the next event is written.
    pub async fn read_on(&self, id: ConversationId) {
        let live = self.live.get(&id).map(|live| live.commands.clone());
        if let Some(commands) = live {
            // An error means that it is ending by itself, or does not listen; before its next event it reads in any case.
            let _ending = tokio::time::timeout(HANDOVER, commands.send(Command::ReadOn)).await;
        }
    }

    /// Has the interviewer say goodbye, as if the person had asked for that. False where the conversation does not run here, or
    /// does not listen.
    pub async fn say_goodbye(&self, id: ConversationId) -> bool {
        let live = self.live.get(&id).map(|live| live.commands.clone());
        match live {
            Some(commands) => {
                let told = commands.send(Command::Ask(Input::Stop));
                matches!(tokio::time::timeout(HANDOVER, told).await, Ok(Ok(())))
            }
            None => false,
        }
    }

    /// Takes the conversation back for its person: nothing of what was said stays, and nothing can be added from that moment
    /// on. If it runs here, it has ended when this returns, and its sound is deleted; elsewhere it ends at its next event,
    /// which is not stored. Once begun it is done to its end, also where nobody waits for it any more.
    ///
    /// # Errors
    /// As [`Conversations::withdraw`](colloquy_store::Conversations::withdraw).
    pub async fn withdraw(self: &Arc<Self>, id: ConversationId) -> Result<(), StoreError> {
        let registry = Arc::clone(self);
        let taking_back = self
            .lifecycle
            .tasks()
            .spawn(async move { registry.take_back(id).await });
        let done = taking_back.await;
        done.unwrap_or_else(|failed| Err(StoreError::Database(format!("a withdrawal broke off: {failed}"))))
    }

    async fn take_back(&self, id: ConversationId) -> Result<(), StoreError> {
        let entered = self.door(id).await;
        let withdrawn = self.services.store.conversations().withdraw(id, unix_ms()).await;
        if withdrawn.is_ok() {
            // What it would still write is refused already; it reads why, and ends.
            self.end(id, Command::ReadOn).await;
            tidy(&self.services, unix_ms()).await;
        }
        self.leave_door(id, entered);
        withdrawn
    }

    /// Waits until nobody else joins the conversation, and keeps everybody out meanwhile.
    async fn door(&self, id: ConversationId) -> OwnedMutexGuard<()> {
        let door = Arc::clone(self.doors.entry(id).or_default().value());
        door.lock_owned().await
    }

    fn leave_door(&self, id: ConversationId, entered: OwnedMutexGuard<()>) {
        drop(entered);
        self.doors.remove_if(&id, |_, door| Arc::strong_count(door) == 1);
    }

    /// Everything that could refuse the newcomer comes before the older connection is told to go.
    async fn enter(self: &Arc<Self>, id: ConversationId, client: mpsc::Sender<ToClient>) -> Result<Joined, JoinError> {
        let admissible = self.admissible(id).await?;
        let guide = self
            .services
            .store
            .guides()
            .find(admissible.guide)
            .await?
            .ok_or(JoinError::Missing)?;
        let place = self.place(id)?;
        self.lease(id).await?;
        let started = self.take_up(id, guide, client, place).await;
        if started.is_err() {
            self.give_back(id).await;
        }
        started
    }

    /// Takes up the conversation where its events leave off, from whoever holds it here.
    async fn take_up(
        self: &Arc<Self>,
        id: ConversationId,
        guide: Guide,
        client: mpsc::Sender<ToClient>,
        place: Arc<OwnedSemaphorePermit>,
    ) -> Result<Joined, JoinError> {
        self.take_over(id).await;
        // The older one may have given the lease back in the moment in which we took it, also where it left by itself.
        self.lease(id).await?;
        // Its last words may have been the end, and the person may have changed their mind.
        let Admissible { consent, .. } = self.admissible(id).await?;
        let events = self.services.store.events().read(id, 0).await?;
        let told = |model: &LanguageModel| model.may_hear(&consent);
        let settings = Settings {
            guide: guide.id,
            mode: consent.mode,
            model: self.services.model.as_ref().is_some_and(told),
            model_deadline_ms: self.services.model_deadline_ms,
            speculate: self.services.speculate,
            meaning: self.services.inference.places(),
            judge: self.services.appraiser.as_ref().map(Appraiser::model).is_some_and(told),
        };
        let seq = events.last().map_or(0, |last| last.seq);
        let session = Session::new(Planner::new(Arc::new(guide)), settings, &events);
        let way = Way {
            mode: consent.mode,
            recording: consent.recording,
        };
        let commands = self.start(id, session, way, seq, client, place);
        Ok(Joined { commands, past: events })
    }

    /// What is known of a conversation that can be held.
    async fn admissible(&self, id: ConversationId) -> Result<Admissible, JoinError> {
        let found = self.services.store.conversations().find(id).await?;
        let found = found.ok_or(JoinError::Missing)?;
        if found.state.is_over() {
            return Err(JoinError::Over);
        }
        if found.state == ConversationState::Declined {
            return Err(JoinError::Missing);
        }
        let consent = found.consent.ok_or(JoinError::Missing)?;
        Ok(Admissible {
            guide: found.guide,
            consent,
        })
    }

    /// The place of the one that runs here already, or a free one.
    fn place(&self, id: ConversationId) -> Result<Arc<OwnedSemaphorePermit>, JoinError> {
        if let Some(live) = self.live.get(&id) {
            return Ok(Arc::clone(&live.place));
        }
        let free = Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            metrics::counter!("colloquy_refused_total", "reason" => "capacity").increment(1);
            JoinError::Capacity { limit: self.limit }
        })?;
        Ok(Arc::new(free))
    }

    async fn lease(&self, id: ConversationId) -> Result<(), JoinError> {
        let (now, node) = (unix_ms(), &self.services.node);
        let conversations = self.services.store.conversations();
        let ours = conversations.lease(id, node, now, now + LEASE_MS).await?;
        if ours { Ok(()) } else { Err(JoinError::Elsewhere) }
    }

    /// Ends the older connection's hold on the conversation, and waits until its last words are stored. Whether there was
    /// one.
    async fn take_over(&self, id: ConversationId) -> bool {
        if let Some(live) = self.live.get(&id) {
            info!(%id, "a newer connection takes over");
            live.inherited.store(true, Ordering::Release);
        }
        self.end(id, Command::TakenOver).await
    }

    /// Ends a conversation that runs here, and waits until it is laid down. Whether it ran here.
    async fn end(&self, id: ConversationId, command: Command) -> bool {
        let Some((commands, mut over)) = self
            .live
            .get(&id)
            .map(|live| (live.commands.clone(), live.over.clone()))
        else {
            return false;
        };
        let ending = async {
            // An error means that it is ending by itself.
            let _ending = commands.send(command).await;
            over.wait_for(|over| *over).await.is_ok()
        };
        if tokio::time::timeout(HANDOVER, ending).await.is_err() {
            warn!(%id, "a conversation did not end in time; what it still writes is refused");
        }
        true
    }

    fn start(
        self: &Arc<Self>,
        id: ConversationId,
        session: Session<Planner>,
        way: Way,
        seq: u64,
        client: mpsc::Sender<ToClient>,
        place: Arc<OwnedSemaphorePermit>,
    ) -> mpsc::Sender<Command> {
        let (commands, receiver) = mpsc::channel(COMMANDS);
        let (ended, over) = watch::channel(false);
        let inherited = Arc::new(AtomicBool::new(false));
        let told = client.clone();
        let (conversation, done) = Conversation::new(id, Arc::clone(&self.services), session, way, seq, client);
        self.live.insert(
            id,
            Live {
                commands: commands.clone(),
                over,
                place,
                inherited: Arc::clone(&inherited),
            },
        );
        let registry = Arc::clone(self);
        let (keeping, ours) = (commands.clone(), commands.clone());
        self.lifecycle.tasks().spawn(async move {
            tokio::select! {
                run = AssertUnwindSafe(conversation.run(receiver, done)).catch_unwind() => if run.is_err() {
                    error!(%id, "a conversation panicked; its link continues it");
                    // A client that reads no more has nothing to be told.
                    let _gone = told.try_send(ToClient::Finished(Farewell::Failed));
                },
                () = registry.keep(id, keeping) => {}
            }
            if !inherited.load(Ordering::Acquire) {
                registry.give_back(id).await;
            }
            // A newer connection may have given up on us and stand here by now.
            registry
                .live
                .remove_if(&id, |_, live| live.commands.same_channel(&ours));
            ended.send_replace(true);
        });
        commands
    }

    async fn give_back(&self, id: ConversationId) {
        let conversations = self.services.store.conversations();
        if let Err(error) = conversations.release(id, &self.services.node).await {
            debug!(%error, "a lease was not given back; it ends by itself");
        }
    }

    /// Renews the lease, and passes on the news of a restart. It ends when everything should.
    async fn keep(&self, id: ConversationId, commands: mpsc::Sender<Command>) {
        let mut renew = tokio::time::interval(self.renew_every);
        let mut told = false;
        loop {
            tokio::select! {
                _ = renew.tick() => {
                    let until = unix_ms() + LEASE_MS;
                    match self.services.store.conversations().renew(id, &self.services.node, until).await {
                        Ok(true) => {
                            // What cannot be asked now is asked the next time.
                            if let Ok(true) = self.services.store.conversations().is_revoked(id).await {
                                let _ending = commands.send(Command::Revoked).await;
                            }
                        }
                        Ok(false) => {
                            warn!(%id, "another node holds the lease of a conversation");
                            let _ending = commands.send(Command::LeaseLost).await;
                        }
                        Err(error) => warn!(%error, %id, "a lease was not renewed"),
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

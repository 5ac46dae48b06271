//! One conversation at work: it feeds the machine in `engine/core` with what happens, and does what it says.

mod beat;
mod hearing;
mod journal;
mod messages;
mod outputs;
mod sound;
mod waking;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use colloquy_audio::clock::InputClock;
use colloquy_audio::pacer::Pacer;
use colloquy_core::conversation::{Input, Session};
use colloquy_core::event::{Mode, PauseCause};
use colloquy_core::id::{ConversationId, SegmentId, TurnId, UtteranceId};
use colloquy_core::planner::Planner;
use colloquy_core::ports::VoiceActivity;
use colloquy_core::time::{HEARING_RATE_HZ, SPEAKING_RATE_HZ};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::MissedTickBehavior;
use tracing::{Instrument, debug, info, warn};

use crate::error::RuntimeError;
use crate::inference::{Cancel, Done};
use crate::recording::Tape;
use crate::services::Services;
use hearing::Hearing;
pub use messages::{Command, Farewell, ToClient};
use waking::Waking;

/// Commands from a client that wait for the conversation: a second of 20 ms audio messages.
pub const COMMANDS: usize = 64;
/// Things for a client that wait for its connection: about four seconds of speech frames. A client that is further
/// behind is gone.
pub const CLIENT_ITEMS: usize = 256;
/// Answers of models that wait for the conversation. Their threads wait for a place.
const DONE: usize = 64;
/// The beat of a conversation: one frame of audio each way.
const BEAT: Duration = Duration::from_millis(20);
/// After the device is gone, the last words are waited for so long.
///
/// The machine itself gives up on a recognizer after 10 s, and then lays the conversation down as it should be.
const LEAVE_WITHIN: Duration = Duration::from_secs(11);
/// A told conversation goes on for so long before it is paused for a restart.
pub const DRAIN_GRACE: Duration = Duration::from_secs(8);

/// The work that is under way for an utterance.
#[derive(Default)]
struct Job {
    cancel: Cancel,
    model: Option<AbortHandle>,
    /// Pieces that were synthesized, and how many there will be.
    spoken: u32,
    chunks: Option<u32>,
    /// Samples of each piece.
    samples: Vec<usize>,
}

/// What a person agreed to, as far as it matters here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    /// By voice, or in writing.
    pub(crate) mode: Mode,
    /// Whether what is heard and said may be kept.
    pub(crate) recording: bool,
}

/// One conversation at work.
pub(crate) struct Conversation {
    pub(crate) id: ConversationId,
    services: Arc<Services>,
    session: Session<Planner>,
    mode: Mode,
    recording: bool,
    /// What is heard and said is kept on it, if it is.
    tape: Option<Tape>,
    seq: u64,
    voice: Box<dyn VoiceActivity>,
    clock: InputClock,
    hearing: Hearing,
    pacer: Pacer,
    beat_at: Instant,
    /// When the input clock was last told that time has passed.
    heard_at: Instant,
    jobs: HashMap<UtteranceId, Job>,
    /// The newest judgement of an answer that is asked for: a newer one makes it void.
    appraisal: Option<AbortHandle>,
    /// The newest transcription of each stretch: a longer one makes it void.
    stretches: HashMap<(TurnId, SegmentId), Cancel>,
    client: mpsc::Sender<ToClient>,
    work: mpsc::Sender<Done>,
    /// Answers in place of models that could not be asked. They are taken before anything else is done.
    owed: VecDeque<Done>,
    /// Resting for want of an answer: a voice wakes us.
    resting: Option<PauseCause>,
    waking: Waking,
    /// When the person last did something, or the conversation began to rest.
    last_sign: Instant,
    farewell: Option<Farewell>,
    /// The device is gone or will be: the last words are waited for until then.
    leave_by: Option<tokio::time::Instant>,
    /// The client does not read: it is as good as gone.
    stalled: bool,
}

impl Conversation {
    /// Takes up a conversation where its events left off.
    pub(crate) fn new(
        id: ConversationId,
        services: Arc<Services>,
        session: Session<Planner>,
        way: Way,
        seq: u64,
        client: mpsc::Sender<ToClient>,
    ) -> (Self, mpsc::Receiver<Done>) {
        let (work, done) = mpsc::channel(DONE);
        let voice = services.inference.voice();
        let hearing = Hearing::at(session.now());
        let conversation = Self {
            id,
            services,
            session,
            mode: way.mode,
            recording: way.recording,
            tape: None,
            seq,
            voice,
            clock: InputClock::new(HEARING_RATE_HZ),
            hearing,
            pacer: Pacer::new(SPEAKING_RATE_HZ),
            beat_at: Instant::now(),
            heard_at: Instant::now(),
            jobs: HashMap::new(),
            appraisal: None,
            stretches: HashMap::new(),
            client,
            work,
            owed: VecDeque::new(),
            resting: None,
            waking: Waking::default(),
            last_sign: Instant::now(),
            farewell: None,
            leave_by: None,
            stalled: false,
        };
        (conversation, done)
    }

    /// Runs until the conversation is over or its device is gone.
    pub(crate) async fn run(mut self, mut commands: mpsc::Receiver<Command>, mut done: mpsc::Receiver<Done>) {
        let span = tracing::info_span!("conversation", id = %self.id);
        async {
            info!(mode = ?self.mode, from = %self.session.now(), "a conversation is taken up");
            let _counted = Counted::new();
            let farewell = match self.work(&mut commands, &mut done).await {
                Ok(()) => self.farewell.unwrap_or(Farewell::Left),
                Err(RuntimeError::LaidDown(farewell)) => farewell,
                Err(error) => {
                    warn!(%error, "a conversation breaks off; its link continues it");
                    Farewell::Failed
                }
            };
            self.drop_everything();
            self.close_tape().await;
            metrics::counter!("colloquy_speech_gaps_total").increment(self.pacer.gaps().count.into());
            info!(?farewell, "a conversation is laid down");
            // A client that reads no more has nothing to be told.
            let _gone = self.client.try_send(ToClient::Finished(farewell));
        }
        .instrument(span)
        .await;
    }

    async fn work(
        &mut self,
        commands: &mut mpsc::Receiver<Command>,
        done: &mut mpsc::Receiver<Done>,
    ) -> Result<(), RuntimeError> {
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.beat_at = Instant::now();
        self.heard_at = self.beat_at;
        self.mind_tape().await?;
        self.input(Input::Connected).await?;
        let mut pause_by: Option<tokio::time::Instant> = None;
        loop {
            while let Some(answer) = self.owed.pop_front() {
                self.done(answer).await?;
            }
            if self.session.is_over() {
                return Ok(());
            }
            if self.stalled {
                self.leave(Farewell::Left).await?;
            }
            self.begin_to_speak().await?;
            let wakes_at = self.wakes_at();
            tokio::select! {
                biased;
                Some(answer) = done.recv() => self.done(answer).await?,
                // The registry holds a sender as long as we run.
                Some(command) = commands.recv() => match command {
                    Command::ReadOn => self.read_on().await?,
                    Command::LeaseLost => return Err(RuntimeError::LaidDown(Farewell::TakenOver)),
                    // Who has left has nothing more to say.
                    _ if self.leave_by.is_some() => {}
                    Command::Gone => self.leave(Farewell::Left).await?,
                    Command::TakenOver => self.leave(Farewell::TakenOver).await?,
                    Command::Revoked => self.leave(Farewell::Revoked).await?,
                    Command::Drain => {
                        let seconds = DRAIN_GRACE.as_secs() as u32;
                        self.tell(ToClient::Draining { seconds });
                        pause_by.get_or_insert(tokio::time::Instant::now() + DRAIN_GRACE);
                    }
                    command => self.command(command).await?,
                },
                _ = beat.tick() => self.beat().await?,
                () = until(wakes_at) => self.wake().await?,
                () = until(pause_by), if self.leave_by.is_none() => self.leave(Farewell::Drained).await?,
                () = until(self.leave_by) => {
                    warn!("the last words were not transcribed in time");
                    return Ok(());
                }
            }
        }
    }

    /// The device is gone or will be: the last words are heard out, and the place is kept.
    async fn leave(&mut self, farewell: Farewell) -> Result<(), RuntimeError> {
        if self.leave_by.is_some() {
            return Ok(());
        }
        self.leave_by = Some(tokio::time::Instant::now() + LEAVE_WITHIN);
        self.farewell = Some(farewell);
        if self.resting.is_none() {
            self.hear_backlog().await?;
        }
        let cause = if farewell == Farewell::Drained {
            PauseCause::Drain
        } else {
            PauseCause::Disconnected
        };
        self.input(Input::Disconnected { cause }).await
    }

    async fn command(&mut self, command: Command) -> Result<(), RuntimeError> {
        if matches!(
            command,
            Command::Typed { .. } | Command::Commit | Command::Ask(_) | Command::Cancel
        ) {
            self.last_sign = Instant::now();
        }
        match command {
            Command::Audio(samples) => self.arrived(&samples).await,
            Command::Typed { text, item } => self.input(Input::Typed { text, item }).await,
            Command::Commit => {
                self.hear_backlog().await?;
                self.input(Input::Commit).await
            }
            Command::Clear => {
                self.clock.clear();
                Ok(())
            }
            Command::Ask(input) => self.input(input).await,
            Command::Cancel => self.input(Input::Yield).await,
            Command::KeepAhead { ms } => {
                self.pacer.keep_ahead(ms);
                Ok(())
            }
            Command::ClientHolds(holds) => {
                self.pacer.client_holds(holds);
                Ok(())
            }
            Command::Gone
            | Command::TakenOver
            | Command::Revoked
            | Command::Drain
            | Command::ReadOn
            | Command::LeaseLost => Ok(()),
        }
    }

    pub(super) fn tell(&mut self, item: ToClient) {
        if let Err(error) = self.client.try_send(item)
            && self.farewell.is_none()
        {
            // Either it is gone, and `Command::Gone` is on its way, or it does not read; then it is as good as gone.
            debug!(%error, "the client does not take what it is told");
            self.stalled = true;
        }
    }
}

/// A conversation at work, in the metrics; gone from them however it ends.
struct Counted;

impl Counted {
    fn new() -> Self {
        metrics::gauge!("colloquy_conversations").increment(1.0);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        metrics::gauge!("colloquy_conversations").decrement(1.0);
    }
}

async fn until(moment: Option<tokio::time::Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// Wall clock, in unix milliseconds.
pub fn unix_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_millis() as i64)
}

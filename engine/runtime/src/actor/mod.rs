//! One conversation at work: it feeds the machine in `engine/core` with what happens, and does what it says.

mod hearing;
mod outputs;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use colloquy_audio::clock::InputClock;
use colloquy_audio::frame::samples_to_ms;
use colloquy_audio::pacer::Pacer;
use colloquy_core::conversation::{Input, Notice, Output, Session};
use colloquy_core::event::{Event, Mode, Outcome, PauseCause, Recorded};
use colloquy_core::id::{ConversationId, UtteranceId};
use colloquy_core::pii::Pii;
use colloquy_core::planner::Planner;
use colloquy_core::ports::VoiceActivity;
use colloquy_core::time::{HEARING_RATE_HZ, Ms, SPEAKING_RATE_HZ};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::MissedTickBehavior;
use tracing::{Instrument, debug, info, warn};

use crate::error::RuntimeError;
use crate::inference::{Cancel, Done};
use crate::services::Services;
use hearing::Hearing;

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
const LEAVE_WITHIN: Duration = Duration::from_secs(10);
/// A told conversation goes on for so long before it is paused for a restart.
const DRAIN_GRACE: Duration = Duration::from_secs(8);

/// What a client can tell its conversation.
#[derive(Debug)]
pub enum Command {
    /// Audio: mono f32 in [-1, 1] at 16 kHz.
    Audio(Vec<f32>),
    /// A typed answer.
    Typed(Pii),
    /// The turn is over.
    Commit,
    /// What was sent and not yet heard is void.
    Clear,
    /// Something is wanted of the interviewer: [`Input::Skip`], [`Input::Repeat`], [`Input::Stop`], [`Input::Resume`] or
    /// [`Input::Pause`].
    Ask(Input),
    /// The client has stopped playing.
    Cancel,
    /// The client plays at once what it gets: so much and no more is to be with it unheard.
    KeepAhead {
        /// Milliseconds.
        ms: u32,
    },
    /// The connection is gone.
    Gone,
    /// Another connection takes over.
    TakenOver,
    /// The server is being restarted.
    Drain,
}

/// What a conversation tells its client.
#[derive(Debug)]
pub enum ToClient {
    /// An event was stored.
    Recorded(Recorded),
    /// Something to show that is not stored.
    Notice(Notice),
    /// 20 ms of speech: mono f32 at 24 kHz.
    Audio {
        /// The utterance.
        utterance: UtteranceId,
        /// 480 samples.
        samples: Vec<f32>,
    },
    /// The whole of the utterance's audio was sent.
    AudioDone {
        /// The utterance.
        utterance: UtteranceId,
    },
    /// Text mode: words to show.
    Text {
        /// The utterance.
        utterance: UtteranceId,
        /// The words.
        text: String,
    },
    /// Audio came faster than time passes, and was refused.
    TooFast,
    /// The conversation will be paused in this many seconds, and goes on by the same link after the restart.
    Draining {
        /// Seconds.
        seconds: u32,
    },
    /// Nothing more will come.
    Finished(Farewell),
}

/// Why nothing more will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Farewell {
    /// The conversation is over.
    Ended(Outcome),
    /// Another connection took over.
    TakenOver,
    /// The server is being restarted.
    Drained,
    /// The store failed: what was confirmed is safe, and the same link continues.
    Failed,
    /// The client left.
    Left,
}

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

/// One conversation at work.
pub(crate) struct Conversation {
    pub(crate) id: ConversationId,
    services: Arc<Services>,
    session: Session<Planner>,
    mode: Mode,
    seq: u64,
    voice: Box<dyn VoiceActivity>,
    clock: InputClock,
    hearing: Hearing,
    pacer: Pacer,
    beat_at: Instant,
    jobs: HashMap<UtteranceId, Job>,
    /// The newest transcription of each stretch: a longer one makes it void.
    stretches: HashMap<(colloquy_core::id::TurnId, colloquy_core::id::SegmentId), Cancel>,
    client: mpsc::Sender<ToClient>,
    work: mpsc::Sender<Done>,
    /// Resting for want of an answer: a voice wakes us.
    resting: Option<PauseCause>,
    voiced_frames: u32,
    farewell: Option<Farewell>,
    /// The client does not read: it is as good as gone.
    stalled: bool,
}

impl Conversation {
    /// Takes up a conversation where its events left off.
    pub(crate) fn new(
        id: ConversationId,
        services: Arc<Services>,
        session: Session<Planner>,
        mode: Mode,
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
            mode,
            seq,
            voice,
            clock: InputClock::new(HEARING_RATE_HZ),
            hearing,
            pacer: Pacer::new(SPEAKING_RATE_HZ),
            beat_at: Instant::now(),
            jobs: HashMap::new(),
            stretches: HashMap::new(),
            client,
            work,
            resting: None,
            voiced_frames: 0,
            farewell: None,
            stalled: false,
        };
        (conversation, done)
    }

    /// Runs until the conversation is over or its device is gone.
    pub(crate) async fn run(mut self, mut commands: mpsc::Receiver<Command>, mut done: mpsc::Receiver<Done>) {
        let span = tracing::info_span!("conversation", id = %self.id);
        async {
            info!(mode = ?self.mode, from = %self.session.now(), "a conversation is taken up");
            metrics::gauge!("colloquy_conversations").increment(1.0);
            let result = self.work(&mut commands, &mut done).await;
            metrics::gauge!("colloquy_conversations").decrement(1.0);
            let farewell = match result {
                Ok(()) => self.farewell.unwrap_or(Farewell::Left),
                Err(error) => {
                    warn!(%error, "a conversation breaks off; its link continues it");
                    Farewell::Failed
                }
            };
            self.drop_everything();
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
        self.input(Input::Connected).await?;
        let mut leave_by: Option<tokio::time::Instant> = None;
        let mut pause_by: Option<tokio::time::Instant> = None;
        loop {
            if self.session.is_over() {
                return Ok(());
            }
            if self.stalled && leave_by.is_none() {
                self.leave(Farewell::Left).await?;
                leave_by = Some(tokio::time::Instant::now() + LEAVE_WITHIN);
            }
            tokio::select! {
                biased;
                Some(answer) = done.recv() => self.done(answer).await?,
                command = commands.recv(), if leave_by.is_none() => match command.unwrap_or(Command::Gone) {
                    Command::Gone => {
                        self.leave(Farewell::Left).await?;
                        leave_by = Some(tokio::time::Instant::now() + LEAVE_WITHIN);
                    }
                    Command::TakenOver => {
                        self.leave(Farewell::TakenOver).await?;
                        leave_by = Some(tokio::time::Instant::now() + LEAVE_WITHIN);
                    }
                    Command::Drain => {
                        let seconds = DRAIN_GRACE.as_secs() as u32;
                        self.tell(ToClient::Draining { seconds });
                        pause_by.get_or_insert(tokio::time::Instant::now() + DRAIN_GRACE);
                    }
                    command => self.command(command).await?,
                },
                _ = beat.tick() => self.beat().await?,
                () = until(pause_by), if leave_by.is_none() => {
                    self.leave(Farewell::Drained).await?;
                    leave_by = Some(tokio::time::Instant::now() + LEAVE_WITHIN);
                }
                () = until(leave_by) => {
                    warn!("the last words were not transcribed in time");
                    return Ok(());
                }
            }
        }
    }

    async fn leave(&mut self, farewell: Farewell) -> Result<(), RuntimeError> {
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
        match command {
            Command::Audio(samples) => {
                if let Err(error) = self.clock.push(&samples) {
                    debug!(%error, "audio was refused");
                    self.tell(ToClient::TooFast);
                }
                Ok(())
            }
            Command::Typed(text) => self.input(Input::Typed { text }).await,
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
            Command::Gone | Command::TakenOver | Command::Drain => Ok(()),
        }
    }

    /// What waits in the input clock is the end of the turn: it is heard at once.
    async fn hear_backlog(&mut self) -> Result<(), RuntimeError> {
        let waiting = self.clock.backlog_ms();
        self.clock.advance(Duration::from_millis(u64::from(waiting)));
        self.hear().await
    }

    /// 20 ms have passed: hear, speak, and look at the clock.
    async fn beat(&mut self) -> Result<(), RuntimeError> {
        let elapsed = self.beat_at.elapsed();
        self.beat_at += elapsed;
        self.clock.advance(elapsed);
        self.hear().await?;
        self.play(elapsed).await?;
        if self.session.poll_timeout().is_some_and(|(at, _)| self.now() >= at) && self.resting.is_none() {
            self.input(Input::Timeout).await?;
        }
        Ok(())
    }

    async fn hear(&mut self) -> Result<(), RuntimeError> {
        while let Some(frame) = self.clock.next_frame() {
            if self.resting.is_some() {
                self.voiced_frames += u32::from(loud(frame.samples));
                continue;
            }
            self.hearing.push(frame.samples);
        }
        if self.resting == Some(PauseCause::Silence) && self.voiced_frames >= WAKING_FRAMES {
            self.input(Input::Resume).await?;
        }
        while let Some((at, frame)) = self.hearing.next_frame() {
            if self.mode == Mode::Text {
                continue;
            }
            let probability = self.voice.probability(&frame)?;
            self.input_at(at, Input::Voice { probability }).await?;
        }
        Ok(())
    }

    async fn play(&mut self, elapsed: Duration) -> Result<(), RuntimeError> {
        let tick = self.pacer.tick(elapsed);
        for frame in tick.frames {
            let utterance = UtteranceId(frame.utterance);
            if frame.first {
                // The client learns what begins before it hears it.
                self.input(Input::Played {
                    utterance,
                    chunk: 0,
                    played_ms: 0,
                })
                .await?;
            }
            self.tell(ToClient::Audio {
                utterance,
                samples: frame.samples,
            });
        }
        for sent in tick.sent {
            self.tell(ToClient::AudioDone {
                utterance: UtteranceId(sent),
            });
        }
        let speaking: Vec<u32> = self.jobs.keys().map(|id| id.0).collect();
        for utterance in speaking {
            if let Some(played) = self.pacer.played(utterance).filter(|played| played.total > 0) {
                let played_ms = samples_to_ms(played.samples as usize, SPEAKING_RATE_HZ);
                let utterance = UtteranceId(utterance);
                self.input(Input::Played {
                    utterance,
                    chunk: played.chunk,
                    played_ms,
                })
                .await?;
            }
        }
        for finished in tick.finished {
            let utterance = UtteranceId(finished.utterance);
            let (chunk, played_ms) = (
                finished.played.chunk,
                samples_to_ms(finished.played.samples as usize, SPEAKING_RATE_HZ),
            );
            self.input(Input::Played {
                utterance,
                chunk,
                played_ms,
            })
            .await?;
            self.jobs.remove(&utterance);
        }
        Ok(())
    }

    /// Conversation time: frames that were heard, and what has passed since the last beat. While we rest it stands still.
    fn now(&self) -> Ms {
        if self.resting.is_some() {
            return self.hearing.now();
        }
        let since = self.beat_at.elapsed().min(BEAT).as_millis() as u64;
        self.hearing.now() + since
    }

    async fn input(&mut self, input: Input) -> Result<(), RuntimeError> {
        let now = self.now();
        self.input_at(now, input).await
    }

    async fn input_at(&mut self, now: Ms, input: Input) -> Result<(), RuntimeError> {
        self.session.handle(now, input);
        let mut outputs = Vec::new();
        while let Some(output) = self.session.poll_output() {
            outputs.push(output);
        }
        if !outputs.is_empty() {
            let first = self.seq + 1;
            self.store(&outputs).await?;
            let mut seq = first;
            for output in outputs {
                if let Output::Record(event) = output {
                    self.recorded(seq, event);
                    seq += 1;
                } else {
                    self.carry_out(output);
                }
            }
        }
        Ok(())
    }

    /// Writes the events before anything that follows from them is done.
    async fn store(&mut self, outputs: &[Output]) -> Result<(), RuntimeError> {
        let events: Vec<Event> = outputs
            .iter()
            .filter_map(|output| match output {
                Output::Record(event) => Some(event.clone()),
                _ => None,
            })
            .collect();
        if events.is_empty() {
            return Ok(());
        }
        let (at, wall_ms) = (self.session.now(), unix_ms());
        let begun = Instant::now();
        let last = self
            .services
            .store
            .events()
            .append(self.id, self.seq, at, wall_ms, &events)
            .await?;
        metrics::histogram!("colloquy_store_seconds").record(begun.elapsed().as_secs_f64());
        self.seq = last;
        Ok(())
    }

    fn tell(&mut self, item: ToClient) {
        if let Err(error) = self.client.try_send(item)
            && self.farewell.is_none()
        {
            // Either it is gone, and `Command::Gone` is on its way, or it does not read; then it is as good as gone.
            debug!(%error, "the client does not take what it is told");
            self.stalled = true;
        }
    }
}

/// Speech of this many frames of 20 ms wakes a conversation that rests because nobody answered.
const WAKING_FRAMES: u32 = 15;

/// Whether a frame is louder than a quiet room (-45 dBFS).
fn loud(samples: &[f32]) -> bool {
    let energy: f32 = samples.iter().map(|s| s * s).sum::<f32>() / samples.len().max(1) as f32;
    energy > 3.2e-5
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

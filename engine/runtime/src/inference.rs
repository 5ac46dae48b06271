//! Inference as a service to conversations: threads, queues by deadline, answers by channel.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use colloquy_core::conversation::Urgency;
use colloquy_core::id::{SegmentId, TurnId, UtteranceId};
use colloquy_core::ports::{
    Embedder, EndOfTurn, InferenceError, SpeechToText, TextToSpeech, Transcript, VoiceActivity,
};
use colloquy_core::time::Ms;
use tokio::sync::mpsc;
use tracing::{error, warn};

use crate::queue::{DeadlineQueue, QueueError};

/// Jobs that may wait for one kind of inference. Each conversation has at most a handful at a time: this is beyond what the
/// admission limit lets in. The largest, 20 s of sound, have 1.3 MB each.
const QUEUE_CAPACITY: usize = 256;
/// A decision on who has the floor can wait so long behind the tail of an answer.
const FLOOR_SLACK: Duration = Duration::from_millis(50);
/// What nobody waits for can wait so long.
const SEGMENT_SLACK: Duration = Duration::from_secs(2);
/// Each later piece of an utterance is needed about a second after the one before it.
const CHUNK_SLACK: Duration = Duration::from_secs(1);

/// Makes the voice detector of one conversation.
pub type VoiceFactory = Box<dyn Fn() -> Box<dyn VoiceActivity> + Send + Sync>;

/// The models that a server runs, before their threads are started.
pub struct Engines {
    /// One thread each.
    pub recognizers: Vec<Box<dyn SpeechToText>>,
    /// One thread.
    pub end_of_turn: Box<dyn EndOfTurn>,
    /// One thread each.
    pub synthesizers: Vec<Box<dyn TextToSpeech>>,
    /// One thread, where there is one; else answers are understood by their words alone.
    pub embedder: Option<Box<dyn Embedder>>,
    /// Runs on the caller: a tenth of a millisecond for each 32 ms of audio.
    pub voice: VoiceFactory,
}

/// What came of a job. It goes back to the conversation that asked.
#[derive(Debug)]
pub enum Done {
    /// A stretch was transcribed, or not.
    Heard {
        /// Stamp.
        turn: TurnId,
        /// Stamp.
        segment: SegmentId,
        /// Stamp.
        from: Ms,
        /// Stamp.
        to: Ms,
        /// The text, if the recognizer gave one.
        transcript: Option<Transcript>,
    },
    /// The end of a turn was judged, or not.
    Judged {
        /// Stamp.
        turn: TurnId,
        /// Stamp.
        voiced_until: Ms,
        /// Probability that the turn is over.
        probability: Option<f32>,
    },
    /// A passage was placed in the space of meaning, or not.
    Embedded {
        /// Stamp.
        turn: TurnId,
        /// Stamp.
        passage: u32,
        /// Its place, a unit vector.
        vector: Option<Vec<f32>>,
    },
    /// An answer was judged by the language model, or not.
    Appraised {
        /// Stamp.
        turn: TurnId,
        /// Stamp.
        appraisal: u32,
        /// What it said, whatever that is.
        json: Option<String>,
    },
    /// Speech of a chunk.
    Audio {
        /// Stamp.
        utterance: UtteranceId,
        /// Stamp.
        chunk: u32,
        /// Mono f32 at 24 kHz.
        samples: Vec<f32>,
    },
    /// A chunk is whole, or failed: then its audio is what came before, possibly nothing.
    Spoken {
        /// Stamp.
        utterance: UtteranceId,
        /// Stamp.
        chunk: u32,
    },
    /// The language model said something.
    ModelText {
        /// Stamp.
        utterance: UtteranceId,
        /// The piece.
        delta: String,
    },
    /// The language model is done.
    ModelDone {
        /// Stamp.
        utterance: UtteranceId,
    },
    /// The language model failed.
    ModelFailed {
        /// Stamp.
        utterance: UtteranceId,
    },
}

/// Tells a running job that its result is not wanted any more.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// From now on the job may stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it may.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A stretch of audio to transcribe.
pub struct Hear {
    /// Stamp.
    pub turn: TurnId,
    /// Stamp.
    pub segment: SegmentId,
    /// Stamp.
    pub from: Ms,
    /// Stamp.
    pub to: Ms,
    /// Mono f32 at 16 kHz.
    pub pcm: Vec<f32>,
    /// Set once a longer stretch was asked for instead; then nothing is answered.
    pub cancel: Cancel,
    /// Where the answer goes.
    pub reply: mpsc::Sender<Done>,
}

/// A silence to judge.
pub struct Judge {
    /// Stamp.
    pub turn: TurnId,
    /// Stamp.
    pub voiced_until: Ms,
    /// Mono f32 at 16 kHz: the turn so far, its last 8 s.
    pub pcm: Vec<f32>,
    /// Where the answer goes.
    pub reply: mpsc::Sender<Done>,
}

/// A passage of an answer to place in the space of meaning.
pub struct Embed {
    /// Stamp.
    pub turn: TurnId,
    /// Stamp.
    pub passage: u32,
    /// The words.
    pub text: String,
    /// Where the answer goes.
    pub reply: mpsc::Sender<Done>,
}

/// Words to speak.
pub struct Speak {
    /// Stamp.
    pub utterance: UtteranceId,
    /// Stamp.
    pub chunk: u32,
    /// The words.
    pub text: String,
    /// Set once they are not wanted any more; then nothing is answered.
    pub cancel: Cancel,
    /// Where the speech goes.
    pub reply: mpsc::Sender<Done>,
}

struct Queues {
    hearing: DeadlineQueue<Hear>,
    judging: DeadlineQueue<Judge>,
    placing: DeadlineQueue<Embed>,
    speaking: DeadlineQueue<Speak>,
}

/// The running models.
pub struct Inference {
    queues: Arc<Queues>,
    voice: VoiceFactory,
    places: bool,
    threads: Vec<JoinHandle<()>>,
}

impl Inference {
    /// Starts the threads.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub fn start(engines: Engines) -> std::io::Result<Self> {
        let queues = Arc::new(Queues {
            hearing: DeadlineQueue::new(QUEUE_CAPACITY),
            judging: DeadlineQueue::new(QUEUE_CAPACITY),
            placing: DeadlineQueue::new(QUEUE_CAPACITY),
            speaking: DeadlineQueue::new(QUEUE_CAPACITY),
        });
        let mut threads = Vec::new();
        for (index, recognizer) in engines.recognizers.into_iter().enumerate() {
            let queues = Arc::clone(&queues);
            threads.push(spawn(format!("hear-{index}"), move || {
                hear(&queues.hearing, recognizer)
            })?);
        }
        let judging = Arc::clone(&queues);
        threads.push(spawn("judge".to_owned(), move || {
            judge(&judging.judging, engines.end_of_turn)
        })?);
        let places = engines.embedder.is_some();
        if let Some(embedder) = engines.embedder {
            let queues = Arc::clone(&queues);
            threads.push(spawn("place".to_owned(), move || place(&queues.placing, embedder))?);
        }
        for (index, synthesizer) in engines.synthesizers.into_iter().enumerate() {
            let queues = Arc::clone(&queues);
            threads.push(spawn(format!("speak-{index}"), move || {
                speak(&queues.speaking, synthesizer)
            })?);
        }
        Ok(Self {
            queues,
            voice: engines.voice,
            places,
            threads,
        })
    }

    /// A voice detector for one conversation.
    #[must_use]
    pub fn voice(&self) -> Box<dyn VoiceActivity> {
        (self.voice)()
    }

    /// Asks for a transcription.
    ///
    /// # Errors
    /// When too many wait, or the threads are gone.
    pub fn hear(&self, urgency: Urgency, job: Hear) -> Result<(), QueueError> {
        let slack = match urgency {
            Urgency::Tail => Duration::ZERO,
            Urgency::Floor => FLOOR_SLACK,
            Urgency::Segment => SEGMENT_SLACK,
        };
        self.queues.hearing.push(Instant::now() + slack, job)
    }

    /// Asks whether a turn is over.
    ///
    /// # Errors
    /// When too many wait, or the threads are gone.
    pub fn judge(&self, job: Judge) -> Result<(), QueueError> {
        self.queues.judging.push(Instant::now(), job)
    }

    /// Whether passages can be placed in the space of meaning.
    #[must_use]
    pub fn places(&self) -> bool {
        self.places
    }

    /// Asks where a passage lies in the space of meaning.
    ///
    /// # Errors
    /// When too many wait, or the threads are gone.
    pub fn embed(&self, job: Embed) -> Result<(), QueueError> {
        self.queues.placing.push(Instant::now(), job)
    }

    /// Asks for speech.
    ///
    /// # Errors
    /// When too many wait, or the threads are gone.
    pub fn speak(&self, job: Speak) -> Result<(), QueueError> {
        self.queues.speaking.push(Instant::now() + CHUNK_SLACK * job.chunk, job)
    }

    /// Jobs that wait: transcriptions, judgements, speech, passages to place.
    #[must_use]
    pub fn backlog(&self) -> [usize; 4] {
        [
            self.queues.hearing.len(),
            self.queues.judging.len(),
            self.queues.speaking.len(),
            self.queues.placing.len(),
        ]
    }
}

impl Drop for Inference {
    fn drop(&mut self) {
        self.queues.hearing.close();
        self.queues.judging.close();
        self.queues.placing.close();
        self.queues.speaking.close();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                error!("an inference thread had panicked");
            }
        }
    }
}

fn spawn(name: String, run: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name).spawn(run)
}

/// Runs a model. One that panics has failed at this job and no more: its thread goes on, or its queue would fill with
/// jobs that nobody answers. What the panic said is left to the process's hook.
fn guarded<T>(model: &'static str, run: impl FnOnce() -> Result<T, InferenceError>) -> Result<T, InferenceError> {
    // The models keep no state between jobs but their weights, and scratch memory that each job overwrites.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_panic| {
        metrics::counter!("colloquy_inference_panics_total", "model" => model).increment(1);
        error!(model, "an inference thread panicked, and goes on with the next job");
        Err(InferenceError {
            model,
            cause: "it panicked".to_owned(),
        })
    })
}

fn hear(queue: &DeadlineQueue<Hear>, mut recognizer: Box<dyn SpeechToText>) {
    while let Some(job) = queue.pop() {
        if job.cancel.is_cancelled() {
            continue;
        }
        let begun = Instant::now();
        let result = guarded("speech to text", || {
            recognizer.transcribe(&job.pcm, &|| job.cancel.is_cancelled())
        });
        if job.cancel.is_cancelled() {
            continue;
        }
        metrics::histogram!("colloquy_transcription_seconds").record(begun.elapsed().as_secs_f64());
        let transcript = result
            .inspect_err(|error| warn!(%error, "a stretch was not transcribed"))
            .ok();
        let Hear {
            turn,
            segment,
            from,
            to,
            ..
        } = job;
        // An error means that the conversation is gone.
        let _gone = job.reply.blocking_send(Done::Heard {
            turn,
            segment,
            from,
            to,
            transcript,
        });
    }
}

fn judge(queue: &DeadlineQueue<Judge>, mut model: Box<dyn EndOfTurn>) {
    while let Some(Judge {
        turn,
        voiced_until,
        pcm,
        reply,
    }) = queue.pop()
    {
        let begun = Instant::now();
        let result = guarded("end of turn", || model.score(&pcm));
        metrics::histogram!("colloquy_end_of_turn_seconds").record(begun.elapsed().as_secs_f64());
        let probability = result
            .inspect_err(|error| warn!(%error, "the end of a turn was not judged"))
            .ok();
        let _gone = reply.blocking_send(Done::Judged {
            turn,
            voiced_until,
            probability,
        });
    }
}

fn place(queue: &DeadlineQueue<Embed>, mut embedder: Box<dyn Embedder>) {
    while let Some(Embed {
        turn,
        passage,
        text,
        reply,
    }) = queue.pop()
    {
        let begun = Instant::now();
        let result = guarded("embedder", || embedder.embed(&text));
        metrics::histogram!("colloquy_embedding_seconds").record(begun.elapsed().as_secs_f64());
        let vector = result
            .inspect_err(|error| warn!(%error, "what a passage means is not known"))
            .ok();
        let _gone = reply.blocking_send(Done::Embedded { turn, passage, vector });
    }
}

fn speak(queue: &DeadlineQueue<Speak>, mut synthesizer: Box<dyn TextToSpeech>) {
    while let Some(Speak {
        utterance,
        chunk,
        text,
        cancel,
        reply,
    }) = queue.pop()
    {
        if cancel.is_cancelled() {
            continue;
        }
        let begun = Instant::now();
        let mut first = true;
        let mut sink = |samples: &[f32]| {
            if cancel.is_cancelled() {
                return ControlFlow::Break(());
            }
            if std::mem::take(&mut first) {
                metrics::histogram!("colloquy_speech_first_audio_seconds").record(begun.elapsed().as_secs_f64());
            }
            match reply.blocking_send(Done::Audio {
                utterance,
                chunk,
                samples: samples.to_vec(),
            }) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_gone) => ControlFlow::Break(()),
            }
        };
        let result = guarded("text to speech", || synthesizer.synthesize(&text, &mut sink));
        if let Err(error) = result {
            warn!(%error, "a piece of speech was not synthesized");
        }
        if !cancel.is_cancelled() {
            let _gone = reply.blocking_send(Done::Spoken { utterance, chunk });
        }
    }
}

//! One connection: what came, with the time it came, and a microphone in real time.
//!
//! A reading and a writing task share the [line](super::line); both report into one bounded channel, so that what was sent and what
//! came stay in order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use colloquy_transport::proto::{ClientEvent, ServerEvent};
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::error::ClientError;
use super::line::{Broken, Carrier, Inward, Outward};
use super::sound::FRAME_SAMPLES;

/// Moments that may wait to be looked at: five seconds of sound both ways. Whoever looks later than that finds the times of
/// what came after wrong.
const MOMENTS_CAPACITY: usize = 512;
/// Orders to the writing task that may wait: a person gives one at a time; live sound comes in 20 ms pieces.
const ORDERS_CAPACITY: usize = 64;
/// The microphone's beat.
const FRAME: Duration = Duration::from_millis(20);
/// A machine that slept longer than this goes on from now, instead of sending all that it missed at once.
const LAG_MAX: Duration = Duration::from_millis(500);
/// How long a farewell may take.
const FAREWELL_WITHIN: Duration = Duration::from_secs(1);

/// Where sound comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Voice {
    /// From [`Call::speak`], with silence between, 20 ms for each 20 ms.
    #[default]
    Paced,
    /// From [`Call::live`], whenever a real microphone has some.
    Live,
    /// From nowhere: answers are typed.
    None,
}

/// How a call is held.
#[derive(Clone, Copy, Debug, Default)]
pub struct CallOptions {
    /// Where sound comes from.
    pub voice: Voice,
    /// Whether what the microphone sent is reported too, as [`What::Sent`].
    pub tap: bool,
    /// What carries it.
    pub carrier: Carrier,
    /// A relay to dial instead of the addresses that the server names, with WebRTC: a bad network in tests.
    pub relay: Option<SocketAddr>,
}

/// Something to say.
#[derive(Clone, Debug)]
pub struct Speech {
    /// The caller's number for it.
    pub id: u64,
    /// Mono at 24 kHz.
    pub samples: Arc<[f32]>,
    /// Number of its last 20 ms frame with speech.
    pub last_voiced_frame: usize,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Moment {
    /// When it came, or was handed to the socket.
    pub at: Instant,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What {
    /// The server said something other than sound.
    Event(Box<ServerEvent>),
    /// Sound of the interviewer's.
    Sound {
        /// The response.
        response_id: String,
        /// Its item.
        item_id: String,
        /// Mono in [-1, 1) at 24 kHz.
        samples: Vec<f32>,
    },
    /// An event that this client does not know, by its name.
    Unknown(String),
    /// The first frame of a speech was sent.
    Began(u64),
    /// Its last frame with speech in it was sent.
    LastVoiced(u64),
    /// All of it was sent.
    Finished(u64),
    /// What the microphone sent, with [`CallOptions::tap`].
    Sent(Vec<f32>),
    /// The connection is over. Nothing follows.
    Closed {
        /// The code of RFC 6455, where the server gave one.
        code: Option<u16>,
        /// Its words, or the network's.
        reason: String,
    },
}

enum Order {
    Speak(Speech),
    Live(Vec<f32>),
    Event(Box<ClientEvent>),
    Close,
}

/// A connection. Dropping it breaks it off.
#[derive(Debug)]
pub struct Call {
    moments: mpsc::Receiver<Moment>,
    orders: mpsc::Sender<Order>,
    over: bool,
    _reader: AbortOnDropHandle<()>,
    writer: AbortOnDropHandle<()>,
}

impl Call {
    pub(super) fn new((outward, inward): (Outward, Inward), options: CallOptions) -> Self {
        let (report, moments) = mpsc::channel(MOMENTS_CAPACITY);
        let (orders, ordered) = mpsc::channel(ORDERS_CAPACITY);
        let writer = Writer {
            outward,
            report: report.clone(),
            options,
            speech: None,
            next: 0,
        };
        Self {
            moments,
            orders,
            over: false,
            _reader: AbortOnDropHandle::new(tokio::spawn(read(inward, report))),
            writer: AbortOnDropHandle::new(tokio::spawn(writer.run(ordered))),
        }
    }

    /// The next thing that happened; [`What::Closed`] again and again once it is over. Safe to drop and call again.
    pub async fn next(&mut self) -> Moment {
        let closed = |reason: &str| What::Closed {
            code: None,
            reason: reason.to_owned(),
        };
        if self.over {
            return Moment {
                at: Instant::now(),
                what: closed("closed before"),
            };
        }
        let moment = self.moments.recv().await;
        let moment = moment.unwrap_or_else(|| Moment {
            at: Instant::now(),
            what: closed("broken off"),
        });
        self.over = matches!(moment.what, What::Closed { .. });
        moment
    }

    /// Says something from the next frame on, in real time.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn speak(&self, speech: Speech) -> Result<(), ClientError> {
        self.order(Order::Speak(speech)).await
    }

    /// Sends what a microphone just heard: mono at 24 kHz.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn live(&self, samples: Vec<f32>) -> Result<(), ClientError> {
        self.order(Order::Live(samples)).await
    }

    /// Sends an event.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn send(&self, event: ClientEvent) -> Result<(), ClientError> {
        self.order(Order::Event(Box::new(event))).await
    }

    /// Says farewell and closes.
    pub async fn close(self) {
        if self.order(Order::Close).await.is_ok() {
            // A server that does not answer is left without.
            let _ = timeout(FAREWELL_WITHIN, self.writer).await;
        }
    }

    async fn order(&self, order: Order) -> Result<(), ClientError> {
        self.orders.send(order).await.map_err(|_| ClientError::Closed)
    }
}

async fn read(mut inward: Inward, report: mpsc::Sender<Moment>) {
    loop {
        let (at, what) = inward.next().await;
        let over = matches!(what, What::Closed { .. });
        // Whoever does not listen any more need not know.
        if report.send(Moment { at, what }).await.is_err() || over {
            break;
        }
    }
    inward.close().await;
}

struct Writer {
    outward: Outward,
    report: mpsc::Sender<Moment>,
    options: CallOptions,
    speech: Option<Speech>,
    /// Number of the next frame of the speech.
    next: usize,
}

impl Writer {
    async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        let mut beat = interval(FRAME);
        beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let paced = self.options.voice == Voice::Paced;
        loop {
            let done = tokio::select! {
                due = beat.tick(), if paced => self.frame(&mut beat, due.into_std()).await,
                order = orders.recv() => match order {
                    Some(Order::Speak(speech)) => {
                        self.speech = Some(speech);
                        self.next = 0;
                        Ok(())
                    }
                    Some(Order::Live(samples)) => self.live(samples).await,
                    Some(Order::Event(event)) => self.outward.send(&event).await.map(|_| ()),
                    Some(Order::Close) | None => break,
                },
            };
            if done.is_err() {
                return;
            }
        }
        self.outward.close().await;
    }

    async fn frame(&mut self, beat: &mut Interval, due: Instant) -> Result<(), Broken> {
        if due.elapsed() > LAG_MAX {
            beat.reset();
        }
        let Some(speech) = self.speech.clone() else {
            return self.sound(vec![0.0; FRAME_SAMPLES]).await.map(|_| ());
        };
        let from = self.next * FRAME_SAMPLES;
        let to = (from + FRAME_SAMPLES).min(speech.samples.len());
        let mut frame = speech.samples[from..to].to_vec();
        frame.resize(FRAME_SAMPLES, 0.0);
        let at = self.sound(frame).await?;
        if self.next == 0 {
            self.tell(at, What::Began(speech.id)).await?;
        }
        if self.next == speech.last_voiced_frame {
            self.tell(at, What::LastVoiced(speech.id)).await?;
        }
        self.next += 1;
        if to == speech.samples.len() {
            self.speech = None;
            self.tell(at, What::Finished(speech.id)).await?;
        }
        Ok(())
    }

    async fn live(&mut self, samples: Vec<f32>) -> Result<(), Broken> {
        self.sound(samples).await.map(|_| ())
    }

    /// Sends sound and says when it was handed over.
    async fn sound(&mut self, samples: Vec<f32>) -> Result<Instant, Broken> {
        let at = self.outward.sound(&samples).await?;
        if self.options.tap {
            self.tell(at, What::Sent(samples)).await?;
        }
        Ok(at)
    }

    async fn tell(&mut self, at: Instant, what: What) -> Result<(), Broken> {
        self.report.send(Moment { at, what }).await.map_err(|_| Broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::testing::{Fake, Manner, tone};
    use crate::client::{Link, Participant};
    use colloquy_transport::proto::Mode;

    #[tokio::test]
    async fn speech_is_sent_in_real_time_with_silence_around_it() {
        let fake = Fake::start(Manner::default()).await;
        let participant = Participant::new(Link::parse(&fake.link).unwrap()).unwrap();
        let options = CallOptions {
            tap: true,
            ..CallOptions::default()
        };
        let (_, mut call) = participant.join(Mode::Voice, false, options).await.unwrap();
        let samples: Arc<[f32]> = [tone(400), vec![0.0; 4 * FRAME_SAMPLES]].concat().into();
        call.speak(Speech {
            id: 7,
            samples,
            last_voiced_frame: 19,
        })
        .await
        .unwrap();
        let (mut began, mut voiced, mut finished, mut sent) = (None, None, None, 0);
        while sent < 50 {
            let moment = call.next().await;
            match moment.what {
                What::Sent(samples) => {
                    assert_eq!(samples.len(), FRAME_SAMPLES);
                    sent += 1;
                }
                What::Began(7) => began = Some(moment.at),
                What::LastVoiced(7) => voiced = Some(moment.at),
                What::Finished(7) => finished = Some(moment.at),
                What::Closed { reason, .. } => panic!("{reason}"),
                _ => {}
            }
        }
        let (began, voiced, finished) = (began.unwrap(), voiced.unwrap(), finished.unwrap());
        // 19 frames later, give or take what the machine is busy with.
        let spoken = (voiced - began).as_millis();
        assert!((280..600).contains(&spoken), "{spoken}");
        assert!(finished > voiced);
        call.close().await;
    }
}

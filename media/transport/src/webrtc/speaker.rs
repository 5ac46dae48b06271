//! What the conversation says, as sound in real time and as messages: the speaking half of a call.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep};

use super::mouth::Mouth;
use super::stack::Voice;
use crate::connection::{Encoder, Outgoing, Reply};
use crate::proto::{AudioFormat, ServerEvent};
use crate::reader::Answer;
use crate::websocket::Ended;

/// The beat of what we say.
const BEAT: Duration = Duration::from_millis(20);
/// The client plays this much later than we send: its own jitter buffer.
const CLIENT_DELAY: Duration = Duration::from_millis(300);
/// What was said has so long to be heard when we close.
const FAREWELL_WITHIN: Duration = Duration::from_secs(2);

/// What the conversation says, as sound and as messages.
pub(super) struct Speaker {
    encoder: Encoder,
    mouth: Mouth,
    voice: Voice,
    messages: mpsc::Sender<String>,
}

impl Speaker {
    /// A speaker that says sound by `voice`, and queues messages for the data channel.
    pub(super) fn new(
        format: AudioFormat,
        voice: Voice,
        messages: mpsc::Sender<String>,
    ) -> Result<Self, colloquy_audio::AudioError> {
        Ok(Self {
            encoder: Encoder::new(format)?,
            mouth: Mouth::new(rand::random(), rand::random())?,
            voice,
            messages,
        })
    }

    /// Speaks until the conversation ends, or the client is gone.
    pub(super) async fn run(
        mut self,
        greeting: ServerEvent,
        mut answers: mpsc::Receiver<Answer>,
        mut outgoing: mpsc::Receiver<Outgoing>,
    ) -> Ended {
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut at = Instant::now();
        let mut going = self.event(greeting);
        while going.is_ok() {
            going = tokio::select! {
                biased;
                Some(answer) = answers.recv() => match answer {
                    Answer::Reply(Reply::Event(event)) => self.event(event),
                    // The format of RTP is Opus, whatever was asked for.
                    Answer::Reply(Reply::OutputFormat(_)) => Ok(()),
                    Answer::Close(..) => Err(Ended::TooManyErrors),
                },
                _ = beat.tick() => self.beat(&mut at).await,
                item = outgoing.recv() => match item {
                    Some(Outgoing::Event(event)) => self.event(event),
                    Some(Outgoing::Audio { samples, .. }) => {
                        let elapsed = at.elapsed();
                        // Time that passed in silence has passed before this sound.
                        let before = self.send(elapsed).await;
                        at += elapsed;
                        if before.is_ok() && self.mouth.say(samples) {
                            beat.reset();
                            self.send(Duration::ZERO).await
                        } else {
                            before
                        }
                    }
                    Some(Outgoing::Close { .. }) | None => {
                        self.finish(&mut beat, &mut at).await;
                        Err(Ended::ByServer)
                    }
                },
            };
        }
        going.err().unwrap_or(Ended::ByServer)
    }

    fn event(&mut self, event: ServerEvent) -> Result<(), Ended> {
        if matches!(event, ServerEvent::ItemTruncated { .. }) {
            self.mouth.hush();
        }
        for message in self.encoder.event(event) {
            // A client that is so far behind reads no more.
            self.messages.try_send(message).map_err(|_| Ended::Dead)?;
        }
        Ok(())
    }

    async fn beat(&mut self, at: &mut Instant) -> Result<(), Ended> {
        let elapsed = at.elapsed();
        *at += elapsed;
        self.send(elapsed).await
    }

    async fn send(&mut self, elapsed: Duration) -> Result<(), Ended> {
        let packets = self.mouth.tick(elapsed).map_err(|error| {
            tracing::error!(%error, "speech could not be encoded");
            Ended::Internal
        })?;
        for packet in packets {
            self.voice.send(packet).await.map_err(|_| Ended::ByClient)?;
        }
        Ok(())
    }

    /// Says what is left to say, until it is heard.
    async fn finish(&mut self, beat: &mut Interval, at: &mut Instant) {
        let left = self.mouth.waiting();
        let over = sleep((left + CLIENT_DELAY).min(FAREWELL_WITHIN));
        tokio::pin!(over);
        loop {
            tokio::select! {
                () = &mut over => return,
                _ = beat.tick() => if self.beat(at).await.is_err() {
                    return;
                },
            }
        }
    }
}

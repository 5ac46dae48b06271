//! The server's side of a call: it comes up, and is then driven like a socket.
//!
//! What a call does runs side by side in one task, and only where nothing else would wait for it: a client that does not
//! read its events still hears, and one that floods us with messages is still heard.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::RTCPeerConnectionState;

use super::EVENTS;
use super::ear::Ear;
use super::port::OpenLane;
use super::speaker::Speaker;
use super::stack::{Connected, Happening, Voice, next_of, until};
use crate::codec::HEARING_RATE_HZ;
use crate::connection::{Connection, Incoming, Outgoing};
use crate::reader::{REPLIES_CAPACITY, Reader, Stop};
use crate::websocket::{Ended, WRITE_WITHIN};

/// A call that has not come up by then never will: browsers are done, or give up, within 5 s.
pub const CONNECT_WITHIN: Duration = Duration::from_secs(15);
/// A client that did not prove for this long to be there is gone: each sends its voice 50 times a second, and checks about
/// every 2.5 s, at least every 6 s (RFC 7675).
pub const DEAD_AFTER: Duration = Duration::from_secs(8);
/// How often that is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Messages that may wait for the data channel: more than a whole conversation's at once.
const MESSAGES_WAITING: usize = 512;
/// Data channels that a client may open beside the one for events; each is closed.
const OTHER_CHANNELS: usize = 8;
/// What was said and written has so long to reach the client when we close.
const FAREWELL_WITHIN: Duration = Duration::from_secs(2);
/// The stack has so long to close a connection before we go on; it then goes on closing beside us.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// How often it is looked whether what was written has arrived; what is closed has a few of these to say so.
const MOMENT: Duration = Duration::from_millis(20);

/// Why a call did not come up. All of it is freed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotConnected {
    /// Nothing, or not enough, came from the client.
    #[error("the client did not connect within {} s; is UDP blocked?", CONNECT_WITHIN.as_secs())]
    TimedOut,
    /// The encryption failed, or the client closed it.
    #[error("the connection failed while it came up")]
    Failed,
}

/// A call that was answered and is coming up.
pub struct Call {
    connection: Connected,
    lane: Arc<OpenLane>,
    happenings: mpsc::Receiver<Happening>,
    voice: Voice,
    events_offered: bool,
    dead_after: Duration,
    channel: Option<Arc<dyn DataChannel>>,
    track: Option<Arc<dyn TrackRemote>>,
    others: usize,
    _place: OwnedSemaphorePermit,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Call({:?})", self.lane)
    }
}

/// A client opened more channels than anybody needs.
struct TooManyChannels;

impl Call {
    pub(super) fn new(
        connection: Connected,
        lane: OpenLane,
        happenings: mpsc::Receiver<Happening>,
        voice: Voice,
        events_offered: bool,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            connection,
            lane: Arc::new(lane),
            happenings,
            voice,
            events_offered,
            dead_after: DEAD_AFTER,
            channel: None,
            track: None,
            others: 0,
            _place: place,
        }
    }

    /// A test's patience instead of [`DEAD_AFTER`].
    #[cfg(test)]
    pub(super) fn dead_after(mut self, dead_after: Duration) -> Self {
        self.dead_after = dead_after;
        self
    }

    /// Waits until the call has come up: it is connected, encrypted, and the channel for events is open, if one was offered.
    ///
    /// # Errors
    /// [`NotConnected`] says why not; dropping the call frees it.
    pub async fn connected(&mut self) -> Result<(), NotConnected> {
        self.connected_within(CONNECT_WITHIN).await
    }

    pub(super) async fn connected_within(&mut self, within: Duration) -> Result<(), NotConnected> {
        let coming = timeout(within, self.come_up());
        coming.await.unwrap_or(Err(NotConnected::TimedOut))
    }

    async fn come_up(&mut self) -> Result<(), NotConnected> {
        let mut look = interval(LOOK_EVERY);
        let mut up = false;
        while !up || (self.events_offered && self.channel.is_none()) {
            tokio::select! {
                happening = self.happenings.recv() => match happening {
                    Some(Happening::State(RTCPeerConnectionState::Connected)) => up = true,
                    Some(Happening::State(RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed)) | None => {
                        return Err(NotConnected::Failed);
                    }
                    Some(Happening::Channel(channel)) => {
                        self.opened(channel).await.map_err(|TooManyChannels| NotConnected::Failed)?;
                    }
                    Some(Happening::Track(track)) => self.track = Some(track),
                    Some(_) => {}
                },
                _ = look.tick() => if self.lane.is_left() {
                    return Err(NotConnected::Failed);
                },
            }
        }
        Ok(())
    }

    /// Keeps the channel for events, and closes every other.
    async fn opened(&mut self, channel: Arc<dyn DataChannel>) -> Result<(), TooManyChannels> {
        if self.channel.is_none() && channel.label().await.is_ok_and(|label| label == EVENTS) {
            self.channel = Some(channel);
            return Ok(());
        }
        self.others += 1;
        if self.others > OTHER_CHANNELS {
            return Err(TooManyChannels);
        }
        // One that is gone is closed too.
        let _ = channel.close().await;
        Ok(())
    }

    /// Runs the call until it ends, as [`websocket::drive`](crate::websocket::drive) does: [`Incoming::Closed`] is the last
    /// thing that it hands over. Sound goes and comes as Opus over RTP, and not in messages.
    pub async fn drive(
        mut self,
        connection: Connection,
        incoming: mpsc::Sender<Incoming>,
        outgoing: mpsc::Receiver<Outgoing>,
    ) -> Ended {
        let ended = self
            .talk(connection, &incoming, outgoing)
            .await
            .unwrap_or_else(|error| {
                tracing::error!(%error, "the sound of a call could not be set up");
                Ended::Internal
            });
        let Self {
            connection, channel, ..
        } = self;
        // A client that is gone reads no farewell.
        let listens = !matches!(ended, Ended::ByClient | Ended::Dead);
        let leave = async {
            if let Some(channel) = channel.filter(|_| listens) {
                farewell(&channel).await;
            }
            connection.close(CLOSE_WITHIN).await;
        };
        // The conversation learns at once that nobody is there; one that is gone itself need not.
        let _ = tokio::join!(incoming.send(Incoming::Closed), leave);
        tracing::debug!(?ended, "call over");
        ended
    }

    async fn talk(
        &mut self,
        connection: Connection,
        incoming: &mpsc::Sender<Incoming>,
        outgoing: mpsc::Receiver<Outgoing>,
    ) -> Result<Ended, colloquy_audio::AudioError> {
        let connection = connection.with_sound_elsewhere();
        let (replies, answers) = mpsc::channel(REPLIES_CAPACITY);
        let (messages, to_write) = mpsc::channel(MESSAGES_WAITING);
        let speaker = Speaker::new(connection.session().output, self.voice.clone(), messages)?;
        let greeting = connection.greeting();
        let mut reader = Reader::new(connection, incoming.clone(), replies);
        let channel = self.channel.clone();
        let lane = Arc::clone(&self.lane);
        let mut ear = Ear::new(HEARING_RATE_HZ)?;
        let mut write = Box::pin(write(channel.clone(), to_write));
        let mut speak = Box::pin(speaker.run(greeting, answers, outgoing));
        let ended = tokio::select! {
            ended = self.listen(&mut ear, incoming.clone()) => last_words(ended, &mut speak).await,
            ended = read(&mut reader, channel, &lane) => last_words(ended, &mut speak).await,
            ended = &mut speak => ended,
            ended = &mut write => ended,
        };
        tracing::debug!(packets = ?ear.stats(), "sound that came");
        // A conversation that waits for room to speak must learn that nobody listens before it can hear that it is over.
        drop(speak);
        if matches!(ended, Ended::ByServer | Ended::TooManyErrors) {
            let _ = timeout(FAREWELL_WITHIN, write).await;
        }
        Ok(ended)
    }

    /// What comes as sound goes to the conversation; and looks whether anybody is there.
    async fn listen(&mut self, ear: &mut Ear, incoming: mpsc::Sender<Incoming>) -> Ended {
        let began = Instant::now();
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let due = ear.due().map(|due| began + due);
            tokio::select! {
                event = next_of(self.track.as_ref()) => match event {
                    Some(TrackRemoteEvent::OnRtpPacket(packet)) => {
                        self.lane.lives();
                        ear.take(began.elapsed(), packet);
                    }
                    Some(TrackRemoteEvent::OnEnded) | None => self.track = None,
                    Some(_) => {}
                },
                () = until(due) => {}
                happening = self.happenings.recv() => match happening {
                    Some(Happening::State(RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed)) | None => {
                        return Ended::ByClient;
                    }
                    Some(Happening::Channel(channel)) => {
                        if let Err(TooManyChannels) = self.opened(channel).await {
                            return Ended::TooManyErrors;
                        }
                    }
                    Some(Happening::Track(track)) => self.track = Some(track),
                    Some(_) => {}
                },
                _ = look.tick() => {
                    if self.lane.silent_for() >= self.dead_after {
                        return Ended::Dead;
                    }
                    if self.lane.is_left() {
                        return Ended::ByClient;
                    }
                }
            }
            while let Some(samples) = ear.hear(began.elapsed()) {
                let event_id = None;
                if incoming.send(Incoming::Audio { samples, event_id }).await.is_err() {
                    return Ended::ByServer;
                }
            }
        }
    }
}

/// What comes as messages goes to the conversation.
async fn read(reader: &mut Reader, channel: Option<Arc<dyn DataChannel>>, lane: &OpenLane) -> Ended {
    let Some(channel) = channel else {
        return std::future::pending().await;
    };
    loop {
        let event = channel.poll().await;
        if event.is_some() {
            lane.lives();
        }
        let read = match event {
            Some(DataChannelEvent::OnMessage(message)) if message.is_string => {
                match std::str::from_utf8(&message.data) {
                    Ok(text) => reader.on_text(text).await,
                    Err(_) => reader.on_binary().await,
                }
            }
            Some(DataChannelEvent::OnMessage(_)) => reader.on_binary().await,
            Some(DataChannelEvent::OnClose) | None => return Ended::ByClient,
            Some(_) => Ok(()),
        };
        match read {
            Ok(()) => {}
            Err(Stop::Gone) => return Ended::ByServer,
            Err(Stop::TooManyErrors) => return Ended::TooManyErrors,
        }
    }
}

/// Nobody listens to the client any more; what was to be said to it before that, the reason for it included, still is.
async fn last_words(ended: Ended, speak: &mut (impl Future<Output = Ended> + Unpin)) -> Ended {
    if matches!(ended, Ended::ByServer | Ended::TooManyErrors) {
        let _ = timeout(FAREWELL_WITHIN, speak).await;
    }
    ended
}

/// Messages go to the client. It ends by itself when there will be no more.
async fn write(channel: Option<Arc<dyn DataChannel>>, mut messages: mpsc::Receiver<String>) -> Ended {
    while let Some(message) = messages.recv().await {
        // Without a channel nobody wants to know.
        let Some(channel) = &channel else { continue };
        match timeout(WRITE_WITHIN, channel.send_text(&message)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Ended::ByClient,
            Err(_) => return Ended::Dead,
        }
    }
    Ended::ByServer
}

/// What was written reaches the client, and it learns that nothing more will come.
async fn farewell(channel: &Arc<dyn DataChannel>) {
    let said = async {
        while channel.outstanding_bytes().await.is_ok_and(|bytes| bytes > 0) {
            sleep(MOMENT).await;
        }
        if channel.close().await.is_ok() {
            // The stack stops at once when it is closed: this gives it time to say so.
            sleep(5 * MOMENT).await;
        }
    };
    let _ = timeout(FAREWELL_WITHIN, said).await;
}

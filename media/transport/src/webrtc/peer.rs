//! The client's side of a call, as a browser is one: for the terminal, the bench and tests.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use colloquy_audio::opus::{Encoder, RTP_FRAME, Silence};
use colloquy_audio::{AudioError, JitterStats};
use rtc::ice::mdns::MulticastDnsMode;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::error::Error;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    PeerConnectionBuilder, RTCPeerConnectionState, RTCSessionDescription, SettingEngineBuilder,
};

use super::EVENTS;
use super::ear::Ear;
use super::mouth::Spoken;
use super::runtime::StackRuntime;
use super::sdp::redirect;
use super::stack::{Connected, Happening, Voice, next_of, opus_only, reporter, reports, until};
use crate::codec::SPEAKING_RATE_HZ;

/// The payload type that browsers use for Opus.
const OPUS: u8 = 111;
/// Connectivity checks before an address is given up, one each 200 ms: as long as a browser tries.
const CHECKS: u16 = 50;
/// The stack has so long to close.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// Own addresses are known at once.
const GATHER_WITHIN: Duration = Duration::from_secs(5);

/// Why there is no call.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// The stack failed.
    #[error("the call could not be set up: {0}")]
    Stack(#[from] Error),
    /// The codec failed.
    #[error(transparent)]
    Audio(#[from] AudioError),
    /// No way leads there.
    #[error("no way leads to the server: {0}")]
    NoWay(#[from] std::io::Error),
    /// It did not come up in time.
    #[error("no connection within {within:?}; is UDP blocked?")]
    TimedOut {
        /// How long was waited.
        within: Duration,
    },
    /// It failed, or the server closed it.
    #[error("the connection failed while it came up")]
    Failed,
}

/// A call that was offered.
pub struct Ringing {
    connection: Connected,
    happenings: mpsc::Receiver<Happening>,
    channel: Arc<dyn DataChannel>,
    voice: Voice,
}

impl std::fmt::Debug for Ringing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ringing")
    }
}

/// A call that is connected. Dropping it closes it.
pub struct Peer {
    pub(super) connection: Connected,
    happenings: mpsc::Receiver<Happening>,
    channel: Arc<dyn DataChannel>,
    track: Option<Arc<dyn TrackRemote>>,
    ear: Ear,
    began: Instant,
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Peer({:?})", self.ear)
    }
}

/// Something that came.
#[derive(Clone, Debug, PartialEq)]
pub enum Happened {
    /// A message.
    Text(String),
    /// Sound: mono in [-1, 1] at 24 kHz, 20 ms as a rule.
    Sound(Vec<f32>),
    /// The call is over.
    Closed,
}

/// The microphone of a call.
pub struct PeerVoice {
    voice: Voice,
    encoder: Encoder,
    sequence: u16,
    timestamp: u32,
}

impl std::fmt::Debug for PeerVoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PeerVoice({})", self.sequence)
    }
}

impl Peer {
    /// Offers a call to a server that is reached at `server`: the offer's SDP, and what the answer is given to.
    ///
    /// # Errors
    /// [`PeerError`].
    pub async fn offer(server: SocketAddr) -> Result<(String, Ringing), PeerError> {
        let own = SocketAddr::new(own_address_towards(server)?, 0);
        let voice = Voice::new(OPUS);
        let (handler, mut happenings) = reporter();
        let settings = SettingEngineBuilder::new()
            .with_include_loopback_candidate(true)
            .with_multicast_dns_mode(MulticastDnsMode::Disabled)
            .with_ice_connection_attempts(None, Some(CHECKS))
            .build();
        let builder = PeerConnectionBuilder::new()
            .with_runtime(StackRuntime::own())
            .with_handler(handler)
            .with_setting_engine(settings)
            .with_media_engine(opus_only(OPUS)?)
            .with_interceptor_registry(reports())
            .with_udp_addrs(vec![own]);
        let connection = Connected::new(Box::pin(builder.build()).await?);
        let stack = connection.get()?;
        stack.add_track(voice.track()).await?;
        let channel = stack.create_data_channel(EVENTS, None).await?;
        let offer = stack.create_offer(None).await?;
        stack.set_local_description(offer).await?;
        let gathered = async {
            while let Some(happening) = happenings.recv().await {
                if matches!(happening, Happening::Gathered) {
                    break;
                }
            }
        };
        let within = GATHER_WITHIN;
        timeout(within, gathered)
            .await
            .map_err(|_| PeerError::TimedOut { within })?;
        let offer = stack.local_description().await.ok_or(PeerError::Failed)?;
        let ringing = Ringing {
            connection,
            happenings,
            channel,
            voice,
        };
        Ok((offer.sdp, ringing))
    }

    /// A handle to the data channel, to write to while something else waits for what comes.
    #[must_use]
    pub fn channel(&self) -> PeerChannel {
        PeerChannel {
            channel: Arc::clone(&self.channel),
        }
    }

    /// What comes next. Safe to drop and call again.
    pub async fn next(&mut self) -> Happened {
        loop {
            if let Some(samples) = self.ear.hear(self.began.elapsed()) {
                return Happened::Sound(samples);
            }
            let due = self.ear.due().map(|due| self.began + due);
            tokio::select! {
                event = next_of(self.track.as_ref()) => match event {
                    Some(TrackRemoteEvent::OnRtpPacket(packet)) => {
                        self.ear.take(self.began.elapsed(), packet);
                    }
                    Some(TrackRemoteEvent::OnEnded) | None => self.track = None,
                    Some(_) => {}
                },
                event = self.channel.poll() => match event {
                    Some(DataChannelEvent::OnMessage(message)) => {
                        return Happened::Text(String::from_utf8_lossy(&message.data).into_owned());
                    }
                    Some(DataChannelEvent::OnClose) | None => return Happened::Closed,
                    Some(_) => {}
                },
                happening = self.happenings.recv() => match happening {
                    Some(Happening::Track(track)) => self.track = Some(track),
                    Some(Happening::State(RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed)) | None => {
                        return Happened::Closed;
                    }
                    Some(_) => {}
                },
                () = until(due) => {}
            }
        }
    }

    /// RTP packets that came, and what became of them.
    #[must_use]
    pub fn heard(&self) -> JitterStats {
        self.ear.stats()
    }

    /// Closes the call.
    pub async fn close(self) {
        // One that is gone is closed too.
        let _ = self.channel.close().await;
        self.connection.close(CLOSE_WITHIN).await;
    }
}

/// Writes to the data channel.
#[derive(Clone)]
pub struct PeerChannel {
    channel: Arc<dyn DataChannel>,
}

impl std::fmt::Debug for PeerChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PeerChannel")
    }
}

impl PeerChannel {
    /// Sends a message.
    ///
    /// # Errors
    /// The call is over.
    pub async fn send(&self, text: &str) -> Result<(), PeerError> {
        Ok(self.channel.send_text(text).await?)
    }

    /// Closes it, and with it the call.
    pub async fn close(&self) {
        // One that is gone is closed too.
        let _ = self.channel.close().await;
    }
}

impl Ringing {
    /// As [`connect`](Self::connect), by a relay at this address instead of those that the server names.
    ///
    /// # Errors
    /// [`PeerError`].
    pub async fn connect_by(
        self,
        relay: SocketAddr,
        answer: &str,
        within: Duration,
    ) -> Result<(Peer, PeerVoice), PeerError> {
        self.connect(&redirect(answer, relay), within).await
    }

    /// Takes the answer, and waits until the call is connected and its data channel open.
    ///
    /// # Errors
    /// [`PeerError`].
    pub async fn connect(mut self, answer: &str, within: Duration) -> Result<(Peer, PeerVoice), PeerError> {
        let stack = self.connection.get()?;
        stack
            .set_remote_description(RTCSessionDescription::answer(answer.to_owned())?)
            .await?;
        let mut track = None;
        let come_up = async {
            let (mut up, mut open) = (false, false);
            while !up || !open {
                tokio::select! {
                    happening = self.happenings.recv() => match happening {
                        Some(Happening::State(RTCPeerConnectionState::Connected)) => up = true,
                        Some(Happening::State(RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed)) | None => {
                            return Err(PeerError::Failed);
                        }
                        Some(Happening::Track(came)) => track = Some(came),
                        Some(_) => {}
                    },
                    event = self.channel.poll(), if !open => match event {
                        Some(DataChannelEvent::OnOpen) => open = true,
                        Some(_) => {}
                        None => return Err(PeerError::Failed),
                    },
                }
            }
            Ok(())
        };
        timeout(within, come_up)
            .await
            .map_err(|_| PeerError::TimedOut { within })??;
        let voice = PeerVoice {
            voice: self.voice,
            encoder: Encoder::new(SPEAKING_RATE_HZ, Silence::Sent)?,
            sequence: rand::random(),
            timestamp: rand::random(),
        };
        let peer = Peer {
            connection: self.connection,
            happenings: self.happenings,
            channel: self.channel,
            track,
            ear: Ear::new(SPEAKING_RATE_HZ)?,
            began: Instant::now(),
        };
        Ok((peer, voice))
    }
}

impl PeerVoice {
    /// Sends 20 ms: mono in [-1, 1] at 24 kHz. Call it each 20 ms.
    ///
    /// # Errors
    /// The call is over, or it is not 20 ms.
    pub async fn say(&mut self, frame: &[f32]) -> Result<(), PeerError> {
        let packet = self.encoder.encode(frame)?;
        self.send(packet.bytes).await
    }

    /// Sends a packet of 20 ms that was encoded before, or anything else.
    ///
    /// # Errors
    /// The call is over.
    pub async fn send(&mut self, payload: Vec<u8>) -> Result<(), PeerError> {
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(RTP_FRAME);
        let spoken = Spoken {
            sequence: self.sequence,
            timestamp: self.timestamp,
            marker: false,
            payload,
        };
        Ok(self.voice.send(spoken).await?)
    }
}

/// The address of ours that packets to `server` leave from. Nothing is sent.
fn own_address_towards(server: SocketAddr) -> std::io::Result<IpAddr> {
    let any: IpAddr = if server.is_ipv4() {
        IpAddr::from([0; 4])
    } else {
        IpAddr::from([0u16; 8])
    };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0))?;
    socket.connect(server)?;
    Ok(socket.local_addr()?.ip())
}

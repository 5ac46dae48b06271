//! What is asked of the WebRTC stack, the same for both sides of a call.

use std::sync::Arc;
use std::time::Duration;

use rtc::media_stream::MediaStreamTrack;
use rtc::rtp;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use webrtc::data_channel::DataChannel;
use webrtc::error::Error;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionEventHandler, RTCIceGatheringState, RTCPeerConnectionState, Registry,
    configure_rtcp_reports,
};

use super::mouth::Spoken;

/// Things that may happen before they are looked at: a handful for each call.
const HAPPENINGS: usize = 16;

/// Something happened to a connection.
pub(super) enum Happening {
    /// It came up, or failed.
    State(RTCPeerConnectionState),
    /// All of our addresses are known.
    Gathered,
    /// The other side opened a data channel.
    Channel(Arc<dyn DataChannel>),
    /// Sound begins to come.
    Track(Arc<dyn TrackRemote>),
}

/// Reports what happens. What nobody has room for is dropped: it runs within the stack, which must never wait.
struct Reporter {
    happened: mpsc::Sender<Happening>,
}

impl Reporter {
    fn tell(&self, happening: Happening) {
        if self.happened.try_send(happening).is_err() {
            tracing::debug!("more happens to a connection than to a call of ours");
        }
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Reporter {
    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.tell(Happening::State(state));
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.tell(Happening::Gathered);
        }
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        self.tell(Happening::Channel(channel));
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        self.tell(Happening::Track(track));
    }
}

/// A handler, and what it reports.
pub(super) fn reporter() -> (Arc<dyn PeerConnectionEventHandler>, mpsc::Receiver<Happening>) {
    let (happened, happenings) = mpsc::channel(HAPPENINGS);
    (Arc::new(Reporter { happened }), happenings)
}

fn opus() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: "audio/opus".to_owned(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        rtcp_feedback: Vec::new(),
    }
}

/// Opus and nothing else, under this number where we may choose it.
pub(super) fn opus_only(payload_type: u8) -> Result<MediaEngine, Error> {
    let mut engine = MediaEngine::default();
    let parameters = RTCRtpCodecParameters {
        rtp_codec: opus(),
        payload_type,
    };
    engine.register_codec(parameters, RtpCodecKind::Audio)?;
    Ok(engine)
}

/// Sender and receiver reports: a browser writes in-band copies once it is told of losses.
pub(super) fn reports() -> Registry {
    configure_rtcp_reports(Registry::new())
}

/// Our voice on a connection.
#[derive(Clone)]
pub(super) struct Voice {
    track: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    payload_type: u8,
}

impl Voice {
    pub(super) fn new(payload_type: u8) -> Self {
        let ssrc = rand::random();
        let coding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters {
                ssrc: Some(ssrc),
                ..RTCRtpCodingParameters::default()
            },
            codec: opus(),
            ..RTCRtpEncodingParameters::default()
        };
        let track = MediaStreamTrack::new(
            "colloquy".to_owned(),
            "voice".to_owned(),
            "voice".to_owned(),
            RtpCodecKind::Audio,
            vec![coding],
        );
        Self {
            track: Arc::new(TrackLocalStaticRTP::new(track)),
            ssrc,
            payload_type,
        }
    }

    pub(super) fn track(&self) -> Arc<dyn TrackLocal> {
        Arc::clone(&self.track) as Arc<dyn TrackLocal>
    }

    /// Hands a packet to the stack. An error means that the connection is over.
    pub(super) async fn send(&self, spoken: Spoken) -> Result<(), Error> {
        let header = rtp::Header {
            version: 2,
            marker: spoken.marker,
            payload_type: self.payload_type,
            sequence_number: spoken.sequence,
            timestamp: spoken.timestamp,
            ssrc: self.ssrc,
            ..rtp::Header::default()
        };
        let payload = spoken.payload.into();
        self.track.write_rtp(rtp::Packet { header, payload }).await
    }
}

/// A connection that is closed when it is dropped: without that the stack would keep it, and all that it holds.
pub(super) struct Connected {
    inner: Option<Arc<dyn PeerConnection>>,
}

impl Connected {
    pub(super) fn new(inner: impl PeerConnection) -> Self {
        Self {
            inner: Some(Arc::new(inner)),
        }
    }

    pub(super) fn get(&self) -> Result<&Arc<dyn PeerConnection>, Error> {
        self.inner.as_ref().ok_or(Error::ErrConnectionClosed)
    }

    /// Closes it, and waits for at most so long until it is closed; it goes on closing by itself.
    pub(super) async fn close(mut self, within: Duration) {
        if let Some(inner) = self.inner.take() {
            let closing = tokio::spawn(close(inner));
            if timeout(within, closing).await.is_err() {
                tracing::warn!("a connection takes long to close");
            }
        }
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        if let Some(inner) = self.inner.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(close(inner));
        }
    }
}

async fn close(connection: Arc<dyn PeerConnection>) {
    if let Err(error) = connection.close().await {
        tracing::debug!(%error, "a connection did not close cleanly");
    }
}

/// What a track says next; never anything without a track.
pub(super) async fn next_of(track: Option<&Arc<dyn TrackRemote>>) -> Option<TrackRemoteEvent> {
    match track {
        Some(track) => track.poll().await,
        None => std::future::pending().await,
    }
}

/// Waits for a moment; without one, for ever.
pub(super) async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

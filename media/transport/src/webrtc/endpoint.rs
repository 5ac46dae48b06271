//! Answers offers on one UDP port.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rand::distr::{Alphanumeric, SampleString};
use rtc::ice::mdns::MulticastDnsMode;
use rtc::peer_connection::configuration::setting_engine::SctpMaxMessageSize;
use rtc::peer_connection::transport::RTCDtlsRole;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;
use webrtc::peer_connection::{PeerConnectionBuilder, RTCSessionDescription, SettingEngineBuilder};

use super::call::Call;
use super::port::Port;
use super::sdp::{Offer, OfferError, finish, takes_audio};
use super::stack::{Connected, Voice, opus_only, reporter, reports};
use crate::websocket::SOCKET_MESSAGE_BYTES;

/// Making an answer is local work of a few milliseconds.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// What may wait for a client that does not read, in bytes: a whole transcript several times.
const SEND_BUFFER_BYTES: usize = 1024 * 1024;
/// A STUN name and password: RFC 8445 asks for 24 and 128 bits of randomness, a letter or digit has almost 6.
const NAME_LETTERS: usize = 16;
const PASSWORD_LETTERS: usize = 32;

/// The stack binds sockets there for each call, of which only the addresses are used.
const LOCAL: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
    SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
];

/// Where calls come in.
#[derive(Clone, Debug)]
pub struct EndpointOptions {
    /// The UDP address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The addresses that clients are told, in falling preference. Empty: those of this machine.
    pub public: Vec<IpAddr>,
    /// Calls at once, those that are only coming up included.
    pub max_calls: usize,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The offer is wrong.
    #[error(transparent)]
    Offer(#[from] OfferError),
    /// Too many calls.
    #[error("all {limit} places for calls are taken; try again in a moment")]
    Full {
        /// How many there are.
        limit: usize,
    },
    /// The stack failed.
    #[error("the call could not be set up: {0}")]
    Stack(#[from] webrtc::error::Error),
}

/// One UDP port for all calls. Dropping it stops them.
#[derive(Debug)]
pub struct Endpoint {
    pub(super) port: Arc<Port>,
    announced: Vec<SocketAddr>,
    /// 1: IPv4. 2: IPv6 too, where the port is one of that.
    families: usize,
    places: Arc<Semaphore>,
    limit: usize,
    _receiver: AbortOnDropHandle<()>,
}

impl Endpoint {
    /// Listens.
    ///
    /// # Errors
    /// The port cannot be bound.
    pub async fn bind(options: EndpointOptions) -> io::Result<Self> {
        let port = Port::bind(options.listen).await?;
        let local = port.local_addr()?;
        let ips = if options.public.is_empty() {
            own_addresses(local.ip())
        } else {
            options.public
        };
        let announced = ips.into_iter().map(|ip| SocketAddr::new(ip, local.port())).collect();
        let receiver = tokio::spawn(Arc::clone(&port).receive());
        Ok(Self {
            port,
            announced,
            families: if local.is_ipv6() { 2 } else { 1 },
            places: Arc::new(Semaphore::new(options.max_calls)),
            limit: options.max_calls,
            _receiver: AbortOnDropHandle::new(receiver),
        })
    }

    /// The addresses that clients are told.
    #[must_use]
    pub fn announced(&self) -> &[SocketAddr] {
        &self.announced
    }

    /// Calls that exist now, those that are only coming up included.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.limit - self.places.available_permits()
    }

    /// Answers an offer: the answer's SDP, and the call, which is coming up.
    ///
    /// # Errors
    /// [`AnswerError`]; nothing is kept then.
    pub async fn answer(&self, offer: &str) -> Result<(String, Call), AnswerError> {
        let offer = Offer::parse(offer)?;
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| AnswerError::Full { limit: self.limit })?;
        let name = Alphanumeric.sample_string(&mut rand::rng(), NAME_LETTERS);
        let password = Alphanumeric.sample_string(&mut rand::rng(), PASSWORD_LETTERS);
        let lane = self.port.open(name.clone(), password.clone());
        let voice = Voice::new(offer.opus);
        let (handler, happenings) = reporter();
        let settings = SettingEngineBuilder::new()
            .with_lite(true)
            .with_ice_credentials(name, password)
            .with_answering_dtls_role(RTCDtlsRole::Server)
            .with_include_loopback_candidate(true)
            // A client's names are not looked up, and the stack is to have one socket and no second one for that.
            .with_multicast_dns_mode(MulticastDnsMode::Disabled)
            .with_sctp_max_message_size(SctpMaxMessageSize::Bounded(SOCKET_MESSAGE_BYTES as u32))
            .build();
        let builder = PeerConnectionBuilder::new()
            .with_runtime(lane.runtime())
            .with_handler(handler)
            .with_setting_engine(settings)
            .with_media_engine(opus_only(offer.opus)?)
            .with_interceptor_registry(reports())
            .with_data_channel_send_buffer_limit(SEND_BUFFER_BYTES)
            .with_udp_addrs(LOCAL[..self.families].to_vec());
        let connection = Connected::new(Box::pin(builder.build()).await?);
        let answer = timeout(ANSWER_WITHIN, Box::pin(negotiate(&connection, &voice, &offer)));
        let answer = answer.await.map_err(|_| webrtc::error::Error::ErrConnectionClosed)??;
        let answer = finish(&answer, &self.announced, offer.opus);
        let call = Call::new(connection, lane, happenings, voice, offer.events, place);
        Ok((answer, call))
    }
}

async fn negotiate(connection: &Connected, voice: &Voice, offer: &Offer) -> Result<String, AnswerError> {
    let connection = connection.get()?;
    connection.add_track(voice.track()).await?;
    // The stack refuses what it cannot parse; that is the client's fault.
    let unread = |error: webrtc::error::Error| {
        tracing::debug!(%error, "an offer was not understood");
        OfferError::NotSdp
    };
    let offered = RTCSessionDescription::offer(offer.sdp.clone()).map_err(unread)?;
    connection.set_remote_description(offered).await.map_err(unread)?;
    let answer = connection.create_answer(None).await?;
    let sdp = answer.sdp.clone();
    if !takes_audio(&sdp) {
        return Err(OfferError::NotTaken.into());
    }
    connection.set_local_description(answer).await?;
    Ok(sdp)
}

/// Where this machine can be reached that listens on `ip`.
fn own_addresses(ip: IpAddr) -> Vec<IpAddr> {
    if !ip.is_unspecified() {
        return vec![ip];
    }
    let found = rtc::shared::ifaces::ifaces().unwrap_or_default();
    let mut ips: Vec<IpAddr> = found.iter().filter_map(|one| one.addr).map(|addr| addr.ip()).collect();
    // Addresses without a router say nothing to another machine; an IPv6 port serves both families.
    ips.retain(|found| match found {
        IpAddr::V4(v4) => !v4.is_link_local(),
        IpAddr::V6(v6) => ip.is_ipv6() && !v6.is_unicast_link_local(),
    });
    ips.sort_by_key(|ip| (ip.is_loopback(), ip.is_ipv6()));
    ips.dedup();
    if ips.first().is_some_and(|ip| !ip.is_loopback()) {
        ips.retain(|ip| !ip.is_loopback());
    }
    ips
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_listens_everywhere_names_addresses_that_can_be_dialled() {
        let ips = own_addresses(IpAddr::from([0, 0, 0, 0]));
        assert!(
            !ips.is_empty() && ips.iter().all(|ip| ip.is_ipv4() && !ip.is_unspecified()),
            "{ips:?}"
        );
        let one = IpAddr::from([127, 0, 0, 1]);
        assert_eq!(own_addresses(one), [one]);
    }
}

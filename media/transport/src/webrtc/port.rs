//! One UDP port for all calls: the real socket, and for each call a socket that is none.
//!
//! The stack binds a socket of its own for each call; [`StackRuntime`] takes it away again and gives it a [`Lane`]
//! of the shared port instead. What a lane sends goes out by the port, and what comes in is given to the lane that
//! [`demux`](super::demux) finds.

use std::collections::VecDeque;
use std::io;
use std::io::IoSliceMut;
use std::net::{Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use socket2::SockRef;
use tokio::net::UdpSocket;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Runtime, Transmit};

use super::demux::{Found, Routes};
use super::runtime::StackRuntime;

/// Datagrams that may wait for their call: two seconds of voice with its control packets. What comes beyond it is lost, as
/// on any network.
const LANE_DATAGRAMS: usize = 128;
/// No datagram of ours or a browser's is longer: what is, is cut off and fails its checks.
const DATAGRAM_BYTES: usize = 2_048;
/// What may wait in the system: half a second of a hundred calls.
const RECEIVE_BUFFER_BYTES: usize = 4 * 1024 * 1024;
/// The addresses of a call whose client has not proved to be there for so long are free: media comes each 20 ms, and checks
/// each 5 s, so that a reader of a text may have to claim its address anew, and nobody who speaks.
const FREE_AFTER: Duration = Duration::from_secs(3);
/// A socket that fails is tried again after this.
const RETRY_AFTER: Duration = Duration::from_millis(50);

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is kept under these locks is whole after each line.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The shared port.
#[derive(Debug)]
pub(super) struct Port {
    socket: UdpSocket,
    routes: Mutex<Routes<Lane>>,
    began: Instant,
}

impl Port {
    pub(super) async fn bind(listen: SocketAddr) -> io::Result<Arc<Self>> {
        let socket = UdpSocket::bind(listen).await?;
        // As much as the system lets us have: it bridges the moments in which nobody reads.
        if let Err(error) = SockRef::from(&socket).set_recv_buffer_size(RECEIVE_BUFFER_BYTES) {
            tracing::debug!(%error, "the UDP port keeps its usual buffer");
        }
        let crypto = rtc::crypto::default_provider().map_err(io::Error::other)?;
        Ok(Arc::new(Self {
            socket,
            routes: Mutex::new(Routes::new(crypto)),
            began: Instant::now(),
        }))
    }

    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Gives every datagram that comes to its call, for ever.
    pub(super) async fn receive(self: Arc<Self>) {
        let mut buffer = vec![0; DATAGRAM_BYTES];
        loop {
            match self.socket.recv_from(&mut buffer).await {
                Ok((length, from)) => {
                    let (datagram, from) = (&buffer[..length], unmapped(from));
                    let is_dead = |lane: &Lane| lane.silent_for(self.began) >= FREE_AFTER;
                    let found = locked(&self.routes).find(from, datagram, is_dead);
                    if let Some(Found { call: lane, proven }) = found {
                        if proven {
                            lane.lives(self.began);
                        }
                        lane.take(from, datagram);
                    }
                }
                Err(error) => {
                    tracing::debug!(%error, "the UDP port failed to receive");
                    tokio::time::sleep(RETRY_AFTER).await;
                }
            }
        }
    }

    /// Opens a lane for the call of this name, whose client knows the password; it is closed when what is returned is dropped.
    pub(super) fn open(self: &Arc<Self>, name: String, password: String) -> OpenLane {
        let lane = Arc::new(Lane::default());
        lane.lives(self.began);
        locked(&self.routes).add(name.clone(), password, Arc::clone(&lane));
        OpenLane {
            port: Arc::clone(self),
            name,
            lane,
        }
    }

    fn send(&self, datagram: &[u8], to: SocketAddr) {
        // A port that listens on IPv6 writes to IPv4 by mapped addresses.
        let to = match (self.socket.local_addr(), to) {
            (Ok(SocketAddr::V6(_)), SocketAddr::V4(v4)) => {
                SocketAddr::from((Ipv6Addr::from(v4.ip().to_ipv6_mapped().octets()), v4.port()))
            }
            _ => to,
        };
        if let Err(error) = self.socket.try_send_to(datagram, to) {
            // A full socket loses a packet, as any network does; one call must not hold up the others.
            tracing::trace!(%error, "a datagram was not sent");
        }
    }

    /// How many calls and addresses are known.
    #[cfg(test)]
    pub(super) fn size(&self) -> (usize, usize) {
        locked(&self.routes).size()
    }
}

/// An IPv4 address that came in by an IPv6 socket, as what it is.
fn unmapped(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// What came for one call.
#[derive(Debug, Default)]
pub(super) struct Lane {
    /// Over IPv4 and over IPv6: the stack has a socket for each.
    waiting: [Mutex<Waiting>; 2],
    /// When the client last proved to be there, in milliseconds of the port's time.
    last_ms: AtomicU64,
    /// The stack has dropped its socket: nobody reads any more.
    left: AtomicBool,
}

#[derive(Debug, Default)]
struct Waiting {
    datagrams: VecDeque<(SocketAddr, Vec<u8>)>,
    reader: Option<Waker>,
}

impl Lane {
    fn waiting(&self, address: SocketAddr) -> &Mutex<Waiting> {
        &self.waiting[usize::from(address.is_ipv6())]
    }

    /// The client proved to be there: what came was encrypted or signed by it.
    fn lives(&self, began: Instant) {
        self.last_ms.store(millis_since(began), Ordering::Relaxed);
    }

    fn silent_for(&self, began: Instant) -> Duration {
        Duration::from_millis(millis_since(began).saturating_sub(self.last_ms.load(Ordering::Relaxed)))
    }

    fn take(&self, from: SocketAddr, datagram: &[u8]) {
        let reader = {
            let mut waiting = locked(self.waiting(from));
            if waiting.datagrams.len() >= LANE_DATAGRAMS {
                return;
            }
            waiting.datagrams.push_back((from, datagram.to_vec()));
            waiting.reader.take()
        };
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}

fn millis_since(began: Instant) -> u64 {
    began.elapsed().as_millis() as u64
}

/// A lane that closes when it is dropped.
#[derive(Debug)]
pub(super) struct OpenLane {
    port: Arc<Port>,
    name: String,
    lane: Arc<Lane>,
}

impl OpenLane {
    /// What the stack is to run on.
    pub(super) fn runtime(&self) -> Arc<dyn Runtime> {
        let (port, lane) = (Arc::clone(&self.port), Arc::clone(&self.lane));
        StackRuntime::with_sockets(move |socket| {
            // Only its address is wanted, as the name of the lane within the stack.
            Ok(Arc::new(LaneSocket {
                port: Arc::clone(&port),
                lane: Arc::clone(&lane),
                local: socket.local_addr()?,
            }))
        })
    }

    /// The client proved to be there by something that the stack decrypted. Its connectivity checks are seen to here.
    pub(super) fn lives(&self) {
        self.lane.lives(self.port.began);
    }

    /// How long nothing has come that its client must have sent.
    pub(super) fn silent_for(&self) -> Duration {
        self.lane.silent_for(self.port.began)
    }

    /// Whether the stack has stopped reading.
    pub(super) fn is_left(&self) -> bool {
        self.lane.left.load(Ordering::Relaxed)
    }
}

impl Drop for OpenLane {
    fn drop(&mut self) {
        locked(&self.port.routes).remove(&self.name);
    }
}

/// What the stack takes for a UDP socket of its own.
#[derive(Debug)]
struct LaneSocket {
    port: Arc<Port>,
    lane: Arc<Lane>,
    local: SocketAddr,
}

impl Drop for LaneSocket {
    fn drop(&mut self) {
        self.lane.left.store(true, Ordering::Relaxed);
    }
}

impl AsyncUdpSocket for LaneSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.local)
    }

    fn poll_send(&self, _: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        self.port.send(transmit.contents, transmit.destination);
        Poll::Ready(Ok(transmit.contents.len()))
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let (Some(buffer), Some(meta)) = (bufs.first_mut(), meta.first_mut()) else {
            return Poll::Ready(Ok(0));
        };
        let mut waiting = locked(self.lane.waiting(self.local));
        let Some((from, datagram)) = waiting.datagrams.pop_front() else {
            waiting.reader = Some(cx.waker().clone());
            return Poll::Pending;
        };
        let length = datagram.len().min(buffer.len());
        buffer[..length].copy_from_slice(&datagram[..length]);
        *meta = RecvMeta::default();
        (meta.addr, meta.len, meta.stride) = (from, length, length.max(1));
        Poll::Ready(Ok(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_flood_for_one_call_is_bounded_and_a_closed_lane_takes_nothing() {
        let port = Port::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let open = port.open("one".to_owned(), "password".to_owned());
        for _ in 0..10 * LANE_DATAGRAMS {
            open.lane.take("192.0.2.1:9".parse().unwrap(), &[128; 100]);
        }
        assert_eq!(locked(&open.lane.waiting[0]).datagrams.len(), LANE_DATAGRAMS);
        assert_eq!(port.size().0, 1);
        drop(open);
        assert_eq!(port.size(), (0, 0));
    }

    #[tokio::test]
    async fn a_lane_knows_when_the_stack_has_left_it() {
        let port = Port::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let open = port.open("one".to_owned(), "password".to_owned());
        let bound = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let socket = open.runtime().wrap_udp_socket(bound).unwrap();
        assert!(!open.is_left());
        drop(socket);
        assert!(open.is_left());
    }
}

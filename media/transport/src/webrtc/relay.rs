//! A bad network for tests: a UDP relay that loses and delays datagrams, seeded. A client dials it instead of the server
//! (write its port into the answer).

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::net::UdpSocket;
use tokio_util::task::AbortOnDropHandle;

/// How bad it is, in each direction.
#[derive(Clone, Copy, Debug, Default)]
pub struct Impairment {
    /// The same seed loses the same datagrams.
    pub seed: u64,
    /// Of a thousand datagrams so many are lost.
    pub loss_per_mille: u32,
    /// Each is late by up to this, so that they overtake each other.
    pub jitter: Duration,
}

/// A relay that runs. Dropping it stops it.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    cut: Arc<AtomicBool>,
    carried: Arc<AtomicU64>,
    lost: Arc<AtomicU64>,
    server: SocketAddr,
    /// Towards the server, one for each client.
    sockets: Arc<Mutex<Vec<Arc<UdpSocket>>>>,
    _task: AbortOnDropHandle<()>,
}

impl Relay {
    /// Relays to `server`.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start(server: SocketAddr, bad: Impairment) -> io::Result<Self> {
        let socket = Arc::new(UdpSocket::bind(SocketAddr::new(server.ip(), 0)).await?);
        let address = socket.local_addr()?;
        let (cut, carried, lost, sockets) = (Arc::default(), Arc::default(), Arc::default(), Arc::default());
        let line = Line {
            server,
            bad,
            sockets: Arc::clone(&sockets),
            cut: Arc::clone(&cut),
            carried: Arc::clone(&carried),
            lost: Arc::clone(&lost),
        };
        let task = tokio::spawn(line.run(socket));
        Ok(Self {
            address,
            cut,
            carried,
            lost,
            server,
            sockets,
            _task: AbortOnDropHandle::new(task),
        })
    }

    /// Where clients dial.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets nothing through any more, or again.
    pub fn cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::Relaxed);
    }

    /// Sends this to the server as if each client had: somebody who forges their addresses.
    ///
    /// # Errors
    /// The system does not take it.
    pub async fn forge(&self, datagram: &[u8]) -> io::Result<()> {
        let sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for socket in sockets {
            socket.send_to(datagram, self.server).await?;
        }
        Ok(())
    }

    /// Datagrams that were carried, and that were lost, both ways together.
    #[must_use]
    pub fn traffic(&self) -> (u64, u64) {
        (self.carried.load(Ordering::Relaxed), self.lost.load(Ordering::Relaxed))
    }
}

struct Line {
    server: SocketAddr,
    bad: Impairment,
    sockets: Arc<Mutex<Vec<Arc<UdpSocket>>>>,
    cut: Arc<AtomicBool>,
    carried: Arc<AtomicU64>,
    lost: Arc<AtomicU64>,
}

impl Line {
    /// Every client has a socket of its own towards the server, as behind a NAT.
    async fn run(self, near: Arc<UdpSocket>) {
        let line = Arc::new(self);
        let mut random = StdRng::seed_from_u64(line.bad.seed);
        let mut clients: HashMap<SocketAddr, (Arc<UdpSocket>, AbortOnDropHandle<()>)> = HashMap::new();
        let mut buffer = vec![0; 2_048];
        while let Ok((length, client)) = near.recv_from(&mut buffer).await {
            let (far, _) = match clients.entry(client) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let Ok(far) = UdpSocket::bind(SocketAddr::new(line.server.ip(), 0)).await else {
                        continue;
                    };
                    let far = Arc::new(far);
                    let mut sockets = line.sockets.lock().unwrap_or_else(PoisonError::into_inner);
                    sockets.push(Arc::clone(&far));
                    drop(sockets);
                    let back = Arc::clone(&line).back(Arc::clone(&far), Arc::clone(&near), client, random.random());
                    new.insert((far, AbortOnDropHandle::new(tokio::spawn(back))))
                }
            };
            line.carry(&mut random, buffer[..length].to_vec(), far, line.server);
        }
    }

    async fn back(self: Arc<Self>, far: Arc<UdpSocket>, near: Arc<UdpSocket>, client: SocketAddr, seed: u64) {
        let mut random = StdRng::seed_from_u64(seed);
        let mut buffer = vec![0; 2_048];
        while let Ok((length, _)) = far.recv_from(&mut buffer).await {
            self.carry(&mut random, buffer[..length].to_vec(), &near, client);
        }
    }

    fn carry(&self, random: &mut StdRng, datagram: Vec<u8>, by: &Arc<UdpSocket>, to: SocketAddr) {
        let (lost, late) = (random.random_range(0..1_000), random.random_range(0.0..=1.0));
        if lost < self.bad.loss_per_mille || self.cut.load(Ordering::Relaxed) {
            self.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.carried.fetch_add(1, Ordering::Relaxed);
        let (by, late) = (Arc::clone(by), self.bad.jitter.mul_f64(late));
        tokio::spawn(async move {
            tokio::time::sleep(late).await;
            // The other side may be gone.
            let _ = by.send_to(&datagram, to).await;
        });
    }
}

//! Accepts connections for the HTTP server, and encrypts them where there is a certificate.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use tokio::io;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;
use tokio_util::task::AbortOnDropHandle;
use tracing::debug;

/// Who has not begun to speak by then only takes a place from others.
const BEGIN_WITHIN: Duration = Duration::from_secs(3);
/// Who has not finished the handshake by then never will: a slow phone on a bad line takes two seconds.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// Handshakes at once. Each has a few kB, and half a millisecond of a core; more wait in the kernel's queue.
const HANDSHAKES: usize = 512;
/// Connections that wait for the HTTP server, which only spawns a task for each.
const READY: usize = 16;
/// The first byte of every TLS connection: a record of type handshake (RFC 8446, section 5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// A connection, encrypted or not.
pub type Stream = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// Where connections come in.
#[derive(Debug)]
pub struct Door {
    local: SocketAddr,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Plain(TcpListener),
    /// A handshake must not keep others waiting: they come here when theirs is done.
    Encrypted {
        ready: mpsc::Receiver<(Stream, SocketAddr)>,
        _accepting: AbortOnDropHandle<()>,
    },
}

/// The other end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its address: a visitor's, or a proxy's.
    pub address: SocketAddr,
    /// Whether the connection is encrypted.
    pub encrypted: bool,
}

impl Door {
    /// Listens without encryption.
    ///
    /// # Errors
    /// The listener has no address.
    pub fn plain(tcp: TcpListener) -> io::Result<Self> {
        Ok(Self {
            local: tcp.local_addr()?,
            way: Way::Plain(tcp),
        })
    }

    /// Listens with encryption. Who comes without it gets in too, and is told by [`Peer::encrypted`]: they are to be sent on.
    ///
    /// # Errors
    /// The listener has no address.
    pub fn encrypted(tcp: TcpListener, acceptor: TlsAcceptor) -> io::Result<Self> {
        let local = tcp.local_addr()?;
        let (done, ready) = mpsc::channel(READY);
        let accepting = tokio::spawn(accept_all(tcp, acceptor, done));
        let way = Way::Encrypted {
            ready,
            _accepting: AbortOnDropHandle::new(accepting),
        };
        Ok(Self { local, way })
    }

    /// Where it listens.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// The next connection.
    pub async fn accept(&mut self) -> (Stream, Peer) {
        let (stream, address) = match &mut self.way {
            Way::Plain(tcp) => {
                let (stream, address) = accept(tcp).await;
                (Either::Left(stream), address)
            }
            Way::Encrypted { ready, .. } => match ready.recv().await {
                Some(connection) => connection,
                // Its task goes on for as long as we are there.
                None => std::future::pending().await,
            },
        };
        let encrypted = matches!(stream, Either::Right(_));
        (stream, Peer { address, encrypted })
    }
}

async fn accept(tcp: &mut TcpListener) -> (TcpStream, SocketAddr) {
    let (stream, address) = Listener::accept(tcp).await;
    // A frame of 20 ms must not wait for the next one; a connection that refuses this is about to fail anyway.
    let _failing = stream.set_nodelay(true);
    (stream, address)
}

async fn accept_all(mut tcp: TcpListener, acceptor: TlsAcceptor, done: mpsc::Sender<(Stream, SocketAddr)>) {
    let places = Arc::new(Semaphore::new(HANDSHAKES));
    // The semaphore is never closed.
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let (stream, address) = accept(&mut tcp).await;
        let (acceptor, done) = (acceptor.clone(), done.clone());
        tokio::spawn(async move {
            match timeout(HANDSHAKE_WITHIN, encrypt(stream, acceptor)).await {
                // An error means that the server has closed its door meanwhile.
                Ok(Ok(stream)) => drop(done.send((stream, address)).await),
                Ok(Err(error)) => debug!(%error, "a TLS handshake failed"),
                Err(_) => debug!("a TLS handshake took too long"),
            }
            drop(place);
        });
    }
}

/// The handshake; none with who speaks plain HTTP, so that they can be told.
async fn encrypt(stream: TcpStream, acceptor: TlsAcceptor) -> io::Result<Stream> {
    let mut first = [0];
    if timeout(BEGIN_WITHIN, stream.peek(&mut first)).await?? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    if first[0] != TLS_HANDSHAKE {
        return Ok(Either::Left(stream));
    }
    let stream = acceptor.accept(stream).await?;
    Ok(Either::Right(Box::new(stream)))
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::extract::ConnectInfo;
    use axum::routing::get;
    use rustls::pki_types::ServerName;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::TlsConnector;

    use super::*;
    use crate::client::Trust;
    use crate::door::certificate::Certificate;
    use crate::door::self_signed;
    use crate::door::serve::serve;

    /// Asks over TLS: what was agreed on, and what came back.
    async fn ask(server: SocketAddr, trust: &Trust) -> (Vec<u8>, String) {
        let mut tls = trust.client().unwrap();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let stream = TcpStream::connect(server).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = TlsConnector::from(Arc::new(tls)).connect(name, stream).await.unwrap();
        let agreed = stream.get_ref().1.alpn_protocol().unwrap_or_default().to_vec();
        let request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let mut told = String::new();
        stream.read_to_string(&mut told).await.unwrap();
        (agreed, told)
    }

    async fn encrypts(ConnectInfo(peer): ConnectInfo<Peer>) -> String {
        format!("encrypted: {}", peer.encrypted)
    }

    #[tokio::test]
    async fn who_is_slow_or_talks_junk_holds_nobody_up_and_it_is_known_who_encrypts() {
        crate::client::Participant::new(crate::client::Link::parse("http://x/i/y").unwrap()).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let now = colloquy_runtime::actor::unix_ms();
        let files = self_signed::files(dir.path(), &["localhost".to_owned()], now).unwrap();
        let trust = Trust::File(files.certificate.clone());
        let acceptor = Certificate::load(files).unwrap().acceptor().unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = Door::encrypted(tcp, acceptor).unwrap();
        let server = door.local_addr();
        let app = Router::new().route("/", get(encrypts));
        tokio::spawn(serve(door, app, std::future::pending()));

        let _silent = TcpStream::connect(server).await.unwrap();
        let mut junk = TcpStream::connect(server).await.unwrap();
        junk.write_all(&[TLS_HANDSHAKE, 3, 1, 0, 4, 9, 9, 9, 9]).await.unwrap();
        let (agreed, told) = ask(server, &trust).await;
        assert_eq!(agreed, b"http/1.1");
        assert!(told.ends_with("encrypted: true"), "{told}");
        let mut plain = TcpStream::connect(server).await.unwrap();
        let request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        plain.write_all(request).await.unwrap();
        let mut told = String::new();
        plain.read_to_string(&mut told).await.unwrap();
        assert!(told.ends_with("encrypted: false"), "{told}");
    }
}

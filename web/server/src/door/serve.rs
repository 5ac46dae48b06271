//! Serves what comes through the door: there are places for so many, and whoever has one must say what they want in time.

use std::future::Future;
use std::io::IoSlice;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{self, AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use tracing::debug;

use super::listener::{Door, Peer, Stream};

/// Who has not said what they want by then is sent away, between two requests as well.
const REQUEST_WITHIN: Duration = Duration::from_secs(20);
/// Open files that are left for the database, recordings, calls and whatever else is not a connection.
const OTHER_FILES: usize = 256;
/// Places where the limit of open files is not known or very low.
const LEAST_PLACES: usize = 128;

/// Serves until `closing`, and then until every connection has had its answer. A connection keeps its place when it becomes
/// a WebSocket.
pub async fn serve(door: Door, app: Router, closing: impl Future<Output = ()>) {
    serve_within(REQUEST_WITHIN, door, app, closing).await;
}

async fn serve_within(request: Duration, mut door: Door, app: Router, closing: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(places()));
    let (connections, close) = (TaskTracker::new(), CancellationToken::new());
    let mut closing = pin!(closing);
    loop {
        let next = async {
            // It is never closed: an error cannot be.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (door.accept().await, place)
        };
        let ((stream, peer), place) = tokio::select! {
            next = next => next,
            () = &mut closing => break,
        };
        let held = Held { stream, _place: place };
        connections.spawn(converse(held, peer, request, app.clone(), close.clone()));
    }
    drop(door);
    close.cancel();
    connections.close();
    connections.wait().await;
}

/// One connection, until it is over or becomes a WebSocket.
async fn converse(held: Held, peer: Peer, within: Duration, app: Router, close: CancellationToken) {
    let http2 = matches!(&held.stream, Stream::Right(tls) if tls.get_ref().1.alpn_protocol() == Some(b"h2"));
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        app.clone().oneshot(request)
    });
    let io = TokioIo::new(held);
    let ended = if http2 {
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(within)
            // A WebSocket over HTTP/2 is opened by it.
            .enable_connect_protocol()
            .serve_connection(io, service);
        let mut connection = pin!(connection);
        tokio::select! {
            ended = connection.as_mut() => ended,
            () = close.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    } else {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(within)
            .serve_connection(io, service)
            .with_upgrades();
        let mut connection = pin!(connection);
        tokio::select! {
            ended = connection.as_mut() => ended,
            () = close.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    };
    if let Err(error) = ended {
        debug!(%error, "a connection failed");
    }
}

/// How many connections there may be: nearly as many as this process may have open files.
fn places() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft: Option<usize> = files.and_then(|line| line.split_whitespace().next()?.parse().ok());
    soft.map_or(LEAST_PLACES, |files| {
        files.saturating_sub(OTHER_FILES).max(LEAST_PLACES)
    })
    .min(Semaphore::MAX_PERMITS)
}

/// A connection and its place.
struct Held {
    stream: Stream,
    _place: Option<OwnedSemaphorePermit>,
}

impl AsyncRead for Held {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Held {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::{any, get};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::oneshot;

    use super::*;

    async fn answer(stream: &mut TcpStream) -> String {
        let mut buffer = [0; 1024];
        let read = stream.read(&mut buffer).await.unwrap();
        String::from_utf8_lossy(&buffer[..read]).into_owned()
    }

    #[tokio::test]
    async fn who_asks_is_known_and_what_is_under_way_at_the_close_is_answered() {
        let (release, released) = oneshot::channel::<()>();
        let released = Arc::new(tokio::sync::Mutex::new(Some(released)));
        let slow = move || async move {
            let released = released.lock().await.take();
            let _ = released.expect("one request").await;
            "at last"
        };
        let seen = |ConnectInfo(peer): ConnectInfo<Peer>| async move { peer.address.port().to_string() };
        let app = Router::new().route("/who", get(seen)).route("/slow", any(slow));
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        let (close, closed) = oneshot::channel::<()>();
        let serving = tokio::spawn(serve(Door::plain(tcp).unwrap(), app, async { drop(closed.await) }));

        let mut asks = TcpStream::connect(address).await.unwrap();
        asks.write_all(b"GET /who HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let port = asks.local_addr().unwrap().port();
        assert!(answer(&mut asks).await.ends_with(&port.to_string()));
        let mut waits = TcpStream::connect(address).await.unwrap();
        waits.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        // Its request is being served once the other connection has had another answer.
        tokio::time::timeout(Duration::from_secs(10), async {
            asks.write_all(b"GET /who HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
            answer(&mut asks).await;
        })
        .await
        .unwrap();
        close.send(()).unwrap();
        assert_eq!(asks.read(&mut [0]).await.unwrap(), 0, "an idle connection is closed");
        release.send(()).unwrap();
        assert!(answer(&mut waits).await.ends_with("at last"));
        serving.await.unwrap();
    }

    #[tokio::test]
    async fn who_says_nothing_is_sent_away() {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        let within = Duration::from_millis(50);
        let door = Door::plain(tcp).unwrap();
        tokio::spawn(serve_within(within, door, Router::new(), std::future::pending()));
        let mut silent = TcpStream::connect(address).await.unwrap();
        silent.write_all(b"GET / HTTP/1.1\r\nHo").await.unwrap();
        assert_eq!(silent.read(&mut [0]).await.unwrap_or(0), 0);
    }

    #[test]
    fn there_are_places_for_a_crowd_and_files_are_left() {
        assert!(places() >= LEAST_PLACES);
    }
}

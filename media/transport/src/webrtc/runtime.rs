//! What the stack runs on: Tokio, with sockets of our choice. It connects to nothing.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime, TokioRuntime,
};

use super::handshake::Repeating;

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
type Socket = io::Result<Arc<dyn AsyncUdpSocket>>;

/// Tokio, with what is made of each socket that the stack binds.
pub(super) struct StackRuntime {
    socket: Box<dyn Fn(std::net::UdpSocket) -> Socket + Send + Sync>,
}

impl StackRuntime {
    /// With the sockets that are bound.
    pub(super) fn own() -> Arc<dyn Runtime> {
        Self::with_sockets(|socket| TokioRuntime.wrap_udp_socket(socket))
    }

    /// With what `socket` makes of those that are bound.
    pub(super) fn with_sockets(
        socket: impl Fn(std::net::UdpSocket) -> Socket + Send + Sync + 'static,
    ) -> Arc<dyn Runtime> {
        Arc::new(Self {
            socket: Box::new(socket),
        })
    }
}

impl std::fmt::Debug for StackRuntime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StackRuntime")
    }
}

impl Runtime for StackRuntime {
    fn spawn(&self, future: Boxed<'static, ()>) -> Box<dyn JoinHandle> {
        TokioRuntime.spawn(future)
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> Socket {
        Ok(Arc::new(Repeating::new((self.socket)(socket)?)))
    }

    fn wrap_tcp_listener(&self, _: std::net::TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn connect_tcp<'a>(&'a self, _: SocketAddr) -> Boxed<'a, io::Result<Arc<dyn AsyncTcpStream>>> {
        Box::pin(async { Err(io::ErrorKind::Unsupported.into()) })
    }

    fn resolve_host<'a>(&'a self, _: &'a str) -> Boxed<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async { Err(io::ErrorKind::Unsupported.into()) })
    }

    fn sleep(&self, duration: Duration) -> Boxed<'static, ()> {
        TokioRuntime.sleep(duration)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        TokioRuntime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        TokioRuntime.block_on(future);
    }

    fn yield_now(&self) -> Boxed<'static, ()> {
        TokioRuntime.yield_now()
    }
}

//! Opens the WebSocket, plain or encrypted.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error as WsError, http};

use super::error::ClientError;
use super::link::Link;

/// A connection, encrypted or not.
pub(super) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

pub(super) type Socket = WebSocketStream<Box<dyn Wire>>;

/// Chooses the cryptography of the whole process, once; nothing encrypted works before.
pub(super) fn choose_cryptography() {
    // An error means that it was chosen before.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

pub(super) async fn open(link: &Link, secret: &str, tls: Arc<ClientConfig>) -> Result<Socket, ClientError> {
    let address = link.host();
    let unreachable = |why: &dyn std::fmt::Display| ClientError::Unreachable {
        host: link.host(),
        why: why.to_string(),
    };
    let stream = TcpStream::connect(&address)
        .await
        .map_err(|error| unreachable(&error))?;
    // A frame of 20 ms must not wait for the next one.
    stream.set_nodelay(true).map_err(|error| unreachable(&error))?;
    let stream: Box<dyn Wire> = if link.is_secure() {
        Box::new(encrypted(stream, &address, tls).await?)
    } else {
        Box::new(stream)
    };
    let mut request = link
        .realtime()
        .into_client_request()
        .map_err(|error| unreachable(&error))?;
    let bearer = http::HeaderValue::from_str(&format!("Bearer {secret}"))
        .map_err(|error| ClientError::Unreadable { why: error.to_string() })?;
    request.headers_mut().insert(http::header::AUTHORIZATION, bearer);
    match tokio_tungstenite::client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(WsError::Http(response)) => Err(ClientError::Refused {
            status: response.status().as_u16(),
            code: "websocket".to_owned(),
            message: response.status().canonical_reason().unwrap_or("no reason").to_owned(),
        }),
        Err(error) => Err(unreachable(&error)),
    }
}

async fn encrypted(
    stream: TcpStream,
    address: &str,
    tls: Arc<ClientConfig>,
) -> Result<tokio_rustls::client::TlsStream<TcpStream>, ClientError> {
    let wrong = |why: &dyn std::fmt::Display| ClientError::Tls { why: why.to_string() };
    let host = address
        .rsplit_once(':')
        .map_or(address, |(host, _)| host)
        .trim_matches(['[', ']']);
    let name = ServerName::try_from(host.to_owned()).map_err(|error| wrong(&error))?;
    TlsConnector::from(tls)
        .connect(name, stream)
        .await
        .map_err(|error| wrong(&error))
}

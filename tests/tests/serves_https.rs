//! The server encrypts by itself, with a certificate that stays, and believes the proxy that it was told of.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use colloquy::client::{Link, Trust, What};
use colloquy_core::event::{Event, Mode, PauseCause};
use colloquy_store::testing::Database;
use colloquy_tests::clips::clips;
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::story::Story;
use colloquy_tests::study::Study;
use colloquy_tests::talker::{Answers, Talker};
use h2::ext::Protocol;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Closing sockets and the database comes after the grace time.
const END_WITHIN: Duration = Duration::from_secs(25);
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

fn client(trust: &Trust, from: [u8; 4]) -> reqwest::Client {
    reqwest::Client::builder()
        .timeout(ANSWER_WITHIN)
        .tls_backend_preconfigured(trust.client().unwrap())
        .redirect(reqwest::redirect::Policy::none())
        .local_address(IpAddr::V4(Ipv4Addr::from(from)))
        .build()
        .unwrap()
}

/// What comes back for bytes that are no TLS.
async fn told_in_plain(server: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut told = String::new();
    let read = tokio::time::timeout(ANSWER_WITHIN, stream.read_to_string(&mut told));
    read.await.expect("it hangs").unwrap();
    told
}

/// A WebSocket over HTTP/2 (RFC 8441), as browsers open one where the page came so: the status, and the first words.
async fn socket_over_http2(server: SocketAddr, trust: &Trust, secret: &str) -> (u16, String) {
    let mut tls = trust.client().unwrap();
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let stream = TcpStream::connect(server).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(tls)).connect(name, stream).await.unwrap();
    let (sender, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let mut sender = sender.ready().await.unwrap();
    while !sender.is_extended_connect_protocol_enabled() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let request = axum::http::Request::builder()
        .method("CONNECT")
        .uri(format!("https://localhost:{}/v1/realtime", server.port()))
        .header("sec-websocket-version", "13")
        .header(
            "sec-websocket-protocol",
            format!("realtime, openai-insecure-api-key.{secret}"),
        )
        .extension(Protocol::from_static("websocket"))
        .body(())
        .unwrap();
    let (response, _stream) = sender.send_request(request, false).unwrap();
    let mut response = response.await.unwrap();
    let said = response.body_mut().data().await.unwrap().unwrap();
    (response.status().as_u16(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_held_over_tls_and_goes_on_after_a_restart_with_the_same_certificate() {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 8, 3).await;
    let (guest, other) = (study.invite("hedy").await, study.invite("radia").await);
    let other = study.admit(&other, Mode::Text).await;
    let data = tempfile::tempdir().unwrap();
    let options = ServerOptions::on(database.url())
        .with("COLLOQUY_TLS__SELF_SIGNED", true)
        .with("COLLOQUY_DATA_DIR", data.path().display())
        .with("COLLOQUY_TRUSTED_PROXIES", "127.0.0.2")
        .with("COLLOQUY_LOG", "info,colloquy=debug,tower_http=debug")
        // The log is searched for fields, which have colours in between otherwise.
        .with("NO_COLOR", 1);
    let mut server = Server::start(options).await;
    assert!(server.url().starts_with("https://"));
    let certificate = data.path().join("tls/certificate.pem");
    let trust = Trust::File(certificate.clone());
    let first = std::fs::read(&certificate).unwrap();

    // The page, and nothing without encryption.
    let page = format!("{}/i/{}", server.url(), guest.token);
    let got = client(&trust, [127, 0, 0, 1]).get(&page).send().await.unwrap();
    assert_eq!(got.status(), 200);
    assert!(got.text().await.unwrap().contains("<html"));
    let refused = client(&Trust::System, [127, 0, 0, 1]).get(&page).send().await;
    assert!(refused.is_err(), "nobody vouches for it");
    let told = told_in_plain(
        server.address(),
        "GET /i/x?y=1 HTTP/1.1\r\nHost: colloquy.test:8443\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert!(told.starts_with("HTTP/1.1 307"), "{told}");
    assert!(
        told.contains("location: https://colloquy.test:8443/i/x?y=1\r\n"),
        "{told}"
    );
    let post = "POST /api/participant/x/decline HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let told = told_in_plain(server.address(), post).await;
    assert!(
        told.starts_with("HTTP/1.1 403") && told.contains("https_required"),
        "{told}"
    );

    // Who is believed says who asks.
    for (from, address) in [([127, 0, 0, 2], "203.0.113.9"), ([127, 0, 0, 3], "198.51.100.99")] {
        let request = client(&trust, from).get(&page).header("x-forwarded-for", address);
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    let log = server.log();
    assert!(log.contains("client=203.0.113.9"), "the named proxy is not believed");
    assert!(
        log.contains("client=127.0.0.3") && !log.contains("198.51.100.99"),
        "a stranger is believed"
    );

    let (status, said) = socket_over_http2(server.address(), &trust, &other).await;
    assert_eq!(status, 200);
    assert!(said.contains("session.created"), "{said}");

    // A conversation, and a restart in the middle of it.
    let link = Link::parse(&page).unwrap();
    // Spoken: who types is done with the whole interview within the grace time.
    let mut talker = Talker::join_trusting(&link, Answers::Spoken(clips("answer")), &trust).await;
    talker.until_responses(2, Duration::from_secs(120)).await;
    server.terminate().await;
    let closed = talker
        .until("the end", END_WITHIN, |moment| {
            matches!(moment.what, What::Closed { .. })
        })
        .await;
    assert!(
        matches!(closed.what, What::Closed { code: Some(1012), .. }),
        "{:?}",
        closed.what
    );
    let status = server.exited(END_WITHIN).await;
    assert!(status.success(), "{status}");
    let story = Story::read(database.store(), &guest).await;
    assert!(story.has(&Event::Paused {
        cause: PauseCause::Drain
    }));
    server.restart().await;
    assert_eq!(std::fs::read(&certificate).unwrap(), first);
    talker.come_back().await;
    let told = talker.responses().len();
    talker.until_responses_after(told, 1, Duration::from_secs(60)).await;
    talker.leave().await;
    database.remove().await;
}

//! What a person's link lets them do before and between connections.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use colloquy_transport::proto::Mode;
use colloquy_transport::webrtc::{Peer, PeerError, PeerVoice};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::call::{Call, CallOptions};
use super::error::ClientError;
use super::line::{self, Carrier};
use super::link::Link;
use super::socket;
use super::trust::Trust;

/// A server that has not answered a request by then will not.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// A call over WebRTC that has not come up by then will not.
const CALL_WITHIN: Duration = Duration::from_secs(10);
/// First wait before coming back; it doubles up to [`BACK_OFF_MAX`].
const BACK_OFF_FIRST: Duration = Duration::from_millis(500);
/// Longest wait between two tries to come back: a restart takes about so long.
const BACK_OFF_MAX: Duration = Duration::from_secs(5);

/// What a link is for and where it stands.
#[derive(Clone, Debug, Deserialize)]
pub struct Invitation {
    /// `usable`, `expired`, `revoked`, `session_closed`, `finished` or `withdrawn`.
    pub state: String,
    /// The study.
    pub session: SessionShown,
    /// What was agreed to already.
    pub consent: Option<ConsentShown>,
    /// The wording that a consent must name.
    pub text_version: String,
}

/// The study, as its participants see it.
#[derive(Clone, Debug, Deserialize)]
pub struct SessionShown {
    /// Title.
    pub title: String,
    /// Who asks.
    pub organisation: String,
    /// Planned length in minutes.
    pub length_min: u32,
    /// What is talked about.
    pub topics: Vec<String>,
    /// `confidential` or `identified`.
    pub confidentiality: String,
    /// `voice`, `text` or `participant`.
    pub mode: String,
    /// Whether audio may be kept.
    pub recording: bool,
}

/// What was agreed to.
#[derive(Clone, Debug, Deserialize)]
pub struct ConsentShown {
    /// How the person takes part.
    pub mode: Mode,
    /// Whether audio may be kept.
    pub recording: bool,
}

/// What lets one connection in.
#[derive(Deserialize)]
pub(super) struct Secret {
    pub(super) value: String,
}

#[derive(Serialize)]
struct Agreement<'a> {
    mode: Mode,
    recording: bool,
    text_version: &'a str,
    confidentiality: &'a str,
}

/// A person with a link.
#[derive(Clone, Debug)]
pub struct Participant {
    link: Link,
    http: reqwest::Client,
    tls: Arc<rustls::ClientConfig>,
}

impl Participant {
    /// Somebody who has `link`.
    ///
    /// # Errors
    /// [`ClientError::Tls`].
    pub fn new(link: Link) -> Result<Self, ClientError> {
        Self::trusting(link, &Trust::System)
    }

    /// The same, who takes another one's word that a server is the one it says.
    ///
    /// # Errors
    /// [`ClientError::Tls`].
    pub fn trusting(link: Link, trust: &Trust) -> Result<Self, ClientError> {
        socket::choose_cryptography();
        let tls = trust.client()?;
        let http = reqwest::Client::builder()
            .timeout(ANSWER_WITHIN)
            .tls_backend_preconfigured(tls.clone())
            .build()
            .map_err(|error| ClientError::Tls { why: error.to_string() })?;
        let tls = Arc::new(tls);
        Ok(Self { link, http, tls })
    }

    /// The link.
    #[must_use]
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// Asks what the link is for.
    ///
    /// # Errors
    /// [`ClientError::Refused`] where it is unknown, [`ClientError::Unreachable`], [`ClientError::Unreadable`].
    pub async fn invitation(&self) -> Result<Invitation, ClientError> {
        self.ask(self.http.get(self.link.api(""))).await
    }

    /// Agrees to what was `shown`, and says which conversation that opened.
    ///
    /// # Errors
    /// As [`Self::invitation`].
    pub async fn consent(&self, mode: Mode, recording: bool, shown: &Invitation) -> Result<String, ClientError> {
        let agreement = Agreement {
            mode,
            recording,
            text_version: &shown.text_version,
            confidentiality: &shown.session.confidentiality,
        };
        let answer: Value = self
            .ask(self.http.post(self.link.api("/consent")).json(&agreement))
            .await?;
        match answer.get("conversation_id") {
            Some(Value::String(id)) => Ok(id.clone()),
            Some(id) => Ok(id.to_string()),
            None => Err(ClientError::Unreadable {
                why: "no conversation_id".to_owned(),
            }),
        }
    }

    /// Connects: exchanges the link for a secret, and opens the socket with it.
    ///
    /// # Errors
    /// As [`Self::invitation`]; 409 `consent_required` before consent.
    pub async fn connect(&self, options: CallOptions) -> Result<Call, ClientError> {
        let line = match options.carrier {
            Carrier::WebSocket => {
                let secret = self.secret().await?;
                line::by_socket(socket::open(&self.link, &secret, Arc::clone(&self.tls)).await?)
            }
            Carrier::WebRtc => {
                let (peer, voice) = Box::pin(self.ring(options.relay)).await?;
                line::by_peer(peer, voice)
            }
        };
        Ok(Call::new(line, options))
    }

    async fn secret(&self) -> Result<String, ClientError> {
        let request = self.http.post(self.link.api("/client_secret")).json(&json!({}));
        Ok(self.ask::<Secret>(request).await?.value)
    }

    /// Offers a call over WebRTC, and waits until it has come up: the bare call, as [`Self::connect`] has it inside. Where a
    /// relay is given, it is dialled instead of the server.
    ///
    /// # Errors
    /// As [`Self::connect`], and [`ClientError::NoCall`].
    pub async fn ring(&self, relay: Option<SocketAddr>) -> Result<(Peer, PeerVoice), ClientError> {
        let secret = self.secret().await?;
        let failed = |error: PeerError| ClientError::NoCall { why: error.to_string() };
        let unreachable = |why: String| ClientError::Unreachable {
            host: self.link.host(),
            why,
        };
        let mut addresses = tokio::net::lookup_host(self.link.host())
            .await
            .map_err(|error| unreachable(error.to_string()))?;
        let server = addresses.next().ok_or_else(|| unreachable("no address".to_owned()))?;
        let (offer, ringing) = Peer::offer(server).await.map_err(failed)?;
        let request = self.http.post(self.link.calls()).bearer_auth(&secret);
        let request = request
            .header(reqwest::header::CONTENT_TYPE, "application/sdp")
            .body(offer);
        let answer = self.send(request).await?;
        let answer = String::from_utf8_lossy(&answer);
        let connected = match relay {
            Some(relay) => ringing.connect_by(relay, &answer, CALL_WITHIN).await,
            None => ringing.connect(&answer, CALL_WITHIN).await,
        };
        connected.map_err(failed)
    }

    /// Looks at the link, agrees where that was not done (to recording too, where it is offered and `recording` is
    /// wanted), and connects.
    ///
    /// # Errors
    /// As [`Self::connect`], [`ClientError::NotUsable`], and [`ClientError::OtherMode`] where the conversation was begun
    /// in the other mode.
    pub async fn join(
        &self,
        mode: Mode,
        recording: bool,
        options: CallOptions,
    ) -> Result<(Invitation, Call), ClientError> {
        let invitation = self.agree(mode, recording).await?;
        let call = self.connect(options).await?;
        Ok((invitation, call))
    }

    /// Looks at the link, and agrees where that was not done.
    ///
    /// # Errors
    /// As [`Self::join`].
    pub async fn agree(&self, mode: Mode, recording: bool) -> Result<Invitation, ClientError> {
        let invitation = self.invitation().await?;
        if invitation.state != "usable" {
            return Err(not_usable(&invitation.state));
        }
        match &invitation.consent {
            Some(consent) if consent.mode != mode => return Err(other_mode(consent.mode)),
            Some(_) => {}
            None => {
                let recording = recording && invitation.session.recording;
                self.consent(mode, recording, &invitation).await?;
            }
        }
        Ok(invitation)
    }

    /// Comes back by the same link, trying again while the server is away, for at most `within`.
    ///
    /// # Errors
    /// [`ClientError::GaveUp`], or at once what no patience can mend.
    pub async fn rejoin(&self, options: CallOptions, within: Duration) -> Result<Call, ClientError> {
        let until = Instant::now() + within;
        let mut wait = BACK_OFF_FIRST;
        loop {
            match self.connect(options).await {
                Ok(call) => return Ok(call),
                Err(error) if !error.may_pass() => return Err(error),
                Err(error) if Instant::now() + wait >= until => {
                    return Err(ClientError::GaveUp {
                        seconds: within.as_secs(),
                        last: Box::new(error),
                    });
                }
                Err(_) => tokio::time::sleep(wait).await,
            }
            wait = (wait * 2).min(BACK_OFF_MAX);
        }
    }

    async fn ask<T: for<'a> Deserialize<'a>>(&self, request: reqwest::RequestBuilder) -> Result<T, ClientError> {
        let body = self.send(request).await?;
        serde_json::from_slice(&body).map_err(|error| ClientError::Unreadable { why: error.to_string() })
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<bytes::Bytes, ClientError> {
        // reqwest's errors name the address, and with it the token.
        let unreachable = |error: reqwest::Error| {
            let why = innermost(&error.without_url());
            // rustls says so of every certificate that it does not believe.
            if why.contains("certificate") {
                return ClientError::Tls { why };
            }
            let host = self.link.host();
            ClientError::Unreachable { host, why }
        };
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let body = response.bytes().await.map_err(unreachable)?;
        if !status.is_success() {
            let told: Value = serde_json::from_slice(&body).unwrap_or_default();
            let field = |name: &str| told["error"][name].as_str().map(str::to_owned);
            return Err(ClientError::Refused {
                status: status.as_u16(),
                code: field("code").unwrap_or_else(|| "no code".to_owned()),
                message: field("message").unwrap_or_else(|| "without a word".to_owned()),
            });
        }
        Ok(body)
    }
}

/// The error at the bottom, which says what the network said.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

fn not_usable(state: &str) -> ClientError {
    let advice = match state {
        "expired" => "ask for a new invitation",
        "revoked" => "ask who invited you",
        "session_closed" => "the session is closed; ask who invited you",
        "finished" => "the conversation is over; another one needs another invitation",
        "withdrawn" => "it was taken back for good; another one needs another invitation",
        _ => "ask who invited you",
    };
    ClientError::NotUsable {
        state: state.to_owned(),
        advice,
    }
}

fn other_mode(begun: Mode) -> ClientError {
    let (begun, with) = match begun {
        Mode::Voice => ("voice", "--wav FILE"),
        Mode::Text => ("text", "--text ANSWER"),
    };
    ClientError::OtherMode { begun, with }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::testing::{Fake, Manner};

    async fn participant(manner: Manner) -> (Fake, Participant) {
        let fake = Fake::start(manner).await;
        let participant = Participant::new(Link::parse(&fake.link).unwrap()).unwrap();
        (fake, participant)
    }

    #[tokio::test]
    async fn nobody_connects_before_consent() {
        let (_fake, participant) = participant(Manner::default()).await;
        let error = participant.connect(CallOptions::default()).await.unwrap_err();
        assert!(matches!(error, ClientError::Refused { status: 409, ref code, .. } if code == "consent_required"));
        let (invitation, call) = participant
            .join(Mode::Voice, true, CallOptions::default())
            .await
            .unwrap();
        assert_eq!(invitation.session.title, "Stay interview");
        drop(call);
        // Agreed once, one need not agree again; but not to something else.
        participant
            .join(Mode::Voice, true, CallOptions::default())
            .await
            .unwrap();
        let error = participant
            .join(Mode::Text, true, CallOptions::default())
            .await
            .unwrap_err();
        assert!(error.to_string().contains("--wav"), "{error}");
    }

    #[tokio::test]
    async fn a_link_that_admits_nobody_says_what_to_do() {
        let (_fake, participant) = participant(Manner {
            state: "expired",
            ..Manner::default()
        })
        .await;
        let error = participant
            .join(Mode::Voice, false, CallOptions::default())
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "this link is expired: ask for a new invitation");
    }

    #[tokio::test]
    async fn a_server_that_is_away_is_waited_for_and_named_without_the_token() {
        let participant = Participant::new(Link::parse("http://127.0.0.1:9/i/secret").unwrap()).unwrap();
        let began = Instant::now();
        let error = participant
            .rejoin(CallOptions::default(), Duration::from_millis(1_200))
            .await
            .unwrap_err();
        assert!(matches!(error, ClientError::GaveUp { .. }) && began.elapsed() >= Duration::from_millis(500));
        let told = error.to_string();
        assert!(told.contains("127.0.0.1:9") && !told.contains("secret"), "{told}");
    }
}

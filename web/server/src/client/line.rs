//! What carries a call: a WebSocket with everything in messages, or WebRTC with sound as Opus over RTP beside them.

use std::time::{Duration, Instant};

use colloquy_transport::proto::{ClientEvent, EncodedAudio, ServerEvent};
use colloquy_transport::webrtc::{Happened, Peer, PeerChannel, PeerVoice};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use serde::Deserialize;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::call::What;
use super::socket::Socket;
use super::sound::{FRAME_SAMPLES, decode, encode, is_audible};

/// How long the other side has to answer our farewell.
const FAREWELL_WITHIN: Duration = Duration::from_secs(1);

/// What carries a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Carrier {
    /// A WebSocket.
    #[default]
    WebSocket,
    /// WebRTC.
    WebRtc,
}

impl Carrier {
    /// As an option of a command says.
    #[must_use]
    pub fn chosen(webrtc: bool) -> Self {
        if webrtc { Self::WebRtc } else { Self::WebSocket }
    }
}

/// The connection is broken; the half that reads says so.
#[derive(Debug)]
pub(super) struct Broken;

/// The half that writes.
pub(super) enum Outward {
    Socket(SplitSink<Socket, Message>),
    Peer {
        channel: PeerChannel,
        voice: Box<PeerVoice>,
        /// Sound that fills no frame yet.
        rest: Vec<f32>,
    },
}

/// The half that reads.
pub(super) enum Inward {
    Socket(SplitStream<Socket>),
    Peer { peer: Box<Peer>, saying: Saying },
}

/// What the sound belongs to that comes beside the messages.
#[derive(Debug, Default)]
pub(super) struct Saying {
    response_id: String,
    item_id: String,
    /// All of it was sent; what still comes is the rest, and then the silence behind it.
    sent: bool,
}

/// The two halves of a WebSocket.
pub(super) fn by_socket(socket: Socket) -> (Outward, Inward) {
    let (sink, stream) = socket.split();
    (Outward::Socket(sink), Inward::Socket(stream))
}

/// The two halves of a call over WebRTC.
pub(super) fn by_peer(peer: Peer, voice: PeerVoice) -> (Outward, Inward) {
    let outward = Outward::Peer {
        channel: peer.channel(),
        voice: Box::new(voice),
        rest: Vec::new(),
    };
    let inward = Inward::Peer {
        peer: Box::new(peer),
        saying: Saying::default(),
    };
    (outward, inward)
}

impl Outward {
    /// Sends an event, and says when it was handed over.
    pub(super) async fn send(&mut self, event: &ClientEvent) -> Result<Instant, Broken> {
        let text = serde_json::to_string(event).map_err(|_| Broken)?;
        let at = Instant::now();
        match self {
            Self::Socket(sink) => sink.send(Message::Text(text.into())).await.map_err(|_| Broken)?,
            Self::Peer { channel, .. } => channel.send(&text).await.map_err(|_| Broken)?,
        }
        Ok(at)
    }

    /// Sends sound (mono at 24 kHz), and says when it was handed over.
    pub(super) async fn sound(&mut self, samples: &[f32]) -> Result<Instant, Broken> {
        let Self::Peer { voice, rest, .. } = self else {
            let audio = EncodedAudio(encode(samples));
            return self.send(&ClientEvent::Append { audio }).await;
        };
        let at = Instant::now();
        rest.extend_from_slice(samples);
        while rest.len() >= FRAME_SAMPLES {
            voice.say(&rest[..FRAME_SAMPLES]).await.map_err(|_| Broken)?;
            rest.drain(..FRAME_SAMPLES);
        }
        Ok(at)
    }

    /// Says farewell.
    pub(super) async fn close(&mut self) {
        match self {
            // What is broken is closed too.
            Self::Socket(sink) => drop(sink.close().await),
            Self::Peer { channel, .. } => channel.close().await,
        }
    }
}

impl Inward {
    /// What comes next. [`What::Closed`] is the last.
    pub(super) async fn next(&mut self) -> (Instant, What) {
        match self {
            Self::Socket(stream) => next_of_socket(stream).await,
            Self::Peer { peer, saying } => loop {
                let happened = peer.next().await;
                let at = Instant::now();
                match happened {
                    Happened::Text(text) => {
                        let what = understood(&text);
                        if let What::Event(event) = &what {
                            saying.follow(event);
                        }
                        return (at, what);
                    }
                    Happened::Sound(samples) => {
                        if let Some(what) = saying.sound(samples) {
                            return (at, what);
                        }
                    }
                    Happened::Closed => return (at, closed("the server hung up")),
                }
            },
        }
    }

    /// Lets go of the connection once nothing more is wanted of it.
    pub(super) async fn close(self) {
        if let Self::Peer { peer, .. } = self {
            // A server that does not answer is left without.
            let _ = timeout(FAREWELL_WITHIN, peer.close()).await;
        }
    }
}

impl Saying {
    fn follow(&mut self, event: &ServerEvent) {
        match event {
            ServerEvent::OutputItemAdded { response_id, item, .. } => {
                *self = Self {
                    response_id: response_id.clone(),
                    item_id: item.id.clone(),
                    sent: false,
                };
            }
            ServerEvent::OutputAudioDone { .. } => self.sent = true,
            _ => {}
        }
    }

    fn sound(&self, samples: Vec<f32>) -> Option<What> {
        let silence = self.item_id.is_empty() || (self.sent && !is_audible(&samples));
        (!silence).then(|| What::Sound {
            response_id: self.response_id.clone(),
            item_id: self.item_id.clone(),
            samples,
        })
    }
}

async fn next_of_socket(stream: &mut SplitStream<Socket>) -> (Instant, What) {
    loop {
        let message = stream.next().await;
        let at = Instant::now();
        let what = match message {
            Some(Ok(Message::Text(text))) => understood(text.as_str()),
            Some(Ok(Message::Close(frame))) => {
                let frame = frame.map(|frame| (Some(u16::from(frame.code)), frame.reason.as_str().to_owned()));
                let (code, reason) = frame.unwrap_or_default();
                What::Closed { code, reason }
            }
            Some(Ok(_)) => continue,
            Some(Err(error)) => closed(&error.to_string()),
            None => closed("the server hung up"),
        };
        return (at, what);
    }
}

fn closed(reason: &str) -> What {
    What::Closed {
        code: None,
        reason: reason.to_owned(),
    }
}

fn understood(text: &str) -> What {
    #[derive(Deserialize)]
    struct Named {
        #[serde(rename = "type")]
        kind: String,
    }
    match serde_json::from_str(text) {
        Ok(ServerEvent::OutputAudioDelta {
            response_id,
            item_id,
            delta,
            ..
        }) => match decode(&delta) {
            Some(samples) => What::Sound {
                response_id,
                item_id,
                samples,
            },
            None => What::Unknown("sound that is no PCM16".to_owned()),
        },
        Ok(event) => What::Event(Box::new(event)),
        Err(_) => {
            let named: Result<Named, _> = serde_json::from_str(text);
            What::Unknown(named.map_or_else(|_| "no event at all".to_owned(), |named| named.kind))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use colloquy_transport::proto::{Item, ItemStatus, Role};

    #[test]
    fn an_event_of_tomorrow_is_told_by_name_and_breaks_nothing() {
        assert!(
            matches!(understood(r#"{"type":"colloquy.new","x":1}"#), What::Unknown(kind) if kind == "colloquy.new")
        );
        assert!(matches!(understood("nonsense"), What::Unknown(_)));
        let known = r#"{"type":"colloquy.resumed","event_id":"event_1"}"#;
        assert!(matches!(understood(known), What::Event(event) if *event == ServerEvent::Resumed));
    }

    #[test]
    fn sound_beside_the_messages_belongs_to_what_is_being_said_and_silence_behind_it_to_nothing() {
        let mut saying = Saying::default();
        let (loud, quiet) = (vec![0.1; FRAME_SAMPLES], vec![0.0; FRAME_SAMPLES]);
        assert!(saying.sound(loud.clone()).is_none());
        saying.follow(&ServerEvent::OutputItemAdded {
            response_id: "resp_1".to_owned(),
            output_index: 0,
            item: Item::message("item_1".to_owned(), Role::Assistant, ItemStatus::InProgress, Vec::new()),
        });
        assert!(matches!(saying.sound(quiet.clone()), Some(What::Sound { item_id, .. }) if item_id == "item_1"));
        saying.follow(&ServerEvent::OutputAudioDone {
            response_id: "resp_1".to_owned(),
            item_id: "item_1".to_owned(),
            output_index: 0,
            content_index: 0,
        });
        assert!(saying.sound(loud).is_some() && saying.sound(quiet).is_none());
    }
}

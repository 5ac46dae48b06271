//! The socket: reads what a client sends, writes what the conversation says, and notices when nobody is there.
//!
//! Reading and writing run side by side in one task and never wait for each other, so that a conversation that is slow
//! to listen still speaks. Both channels are bounded; a client that floods us waits in its own TCP window.

use std::fmt::Display;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, close_code};
use futures::stream::{SplitSink, SplitStream};
use futures::{Sink, SinkExt, Stream, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::connection::{Connection, Encoder, Incoming, Outgoing, Reply};
use crate::proto::ServerEvent;
use crate::reader::{Answer, REPLIES_CAPACITY, Reader, Stop};

/// Messages of a client that may wait for the conversation: a second and a half of 20 ms each, so that a short
/// hesitation of the conversation does not reach the socket.
pub const INCOMING_CAPACITY: usize = 64;
/// Items that may wait for the socket: the 10 frames that the pacer sends at once, and the events around them, several
/// times.
pub const OUTGOING_CAPACITY: usize = 64;
/// What the upgrade is to accept (`WebSocketUpgrade::max_message_size`): more than
/// [`MAX_MESSAGE_BYTES`](crate::connection::MAX_MESSAGE_BYTES), so that a message over it gets an error event and not a broken
/// connection.
pub const SOCKET_MESSAGE_BYTES: usize = 1024 * 1024;
/// How often we ask whether the client is there.
pub const PING_EVERY: Duration = Duration::from_secs(15);
/// A client from which nothing came for this long, two pings included, is gone.
pub const DEAD_AFTER: Duration = Duration::from_secs(35);
/// A client that takes nothing for this long is gone.
pub const WRITE_WITHIN: Duration = Duration::from_secs(10);
/// How long a client has to answer our farewell.
const FAREWELL_WITHIN: Duration = Duration::from_secs(2);

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The client closed it, or its network did.
    ByClient,
    /// The conversation closed it.
    ByServer,
    /// Nothing came from the client for [`DEAD_AFTER`], or it took nothing.
    Dead,
    /// [`MAX_ERRORS_IN_A_ROW`](crate::MAX_ERRORS_IN_A_ROW).
    TooManyErrors,
    /// Something of ours failed.
    Internal,
}

/// How long a client may be silent; tests are less patient.
#[derive(Clone, Copy)]
struct Patience {
    ping_every: Duration,
    dead_after: Duration,
    write_within: Duration,
}

const PATIENCE: Patience = Patience {
    ping_every: PING_EVERY,
    dead_after: DEAD_AFTER,
    write_within: WRITE_WITHIN,
};

/// Runs a connection until it ends; [`Incoming::Closed`] is the last thing that it hands over. Give `incoming` and
/// `outgoing` the capacities [`INCOMING_CAPACITY`] and [`OUTGOING_CAPACITY`]. Dropping the sender of `outgoing` closes the
/// connection after what was sent before. `socket` must accept [`SOCKET_MESSAGE_BYTES`].
pub async fn drive<S, E>(
    socket: S,
    connection: Connection,
    incoming: mpsc::Sender<Incoming>,
    outgoing: mpsc::Receiver<Outgoing>,
) -> Ended
where
    S: Stream<Item = Result<Message, E>> + Sink<Message>,
    E: Display,
{
    drive_with(PATIENCE, socket, connection, incoming, outgoing).await
}

async fn drive_with<S, E>(
    patience: Patience,
    socket: S,
    connection: Connection,
    incoming: mpsc::Sender<Incoming>,
    outgoing: mpsc::Receiver<Outgoing>,
) -> Ended
where
    S: Stream<Item = Result<Message, E>> + Sink<Message>,
    E: Display,
{
    let Ok(encoder) = Encoder::new(connection.session().output) else {
        return Ended::Internal;
    };
    let (sink, mut stream) = socket.split();
    let (replies, answers) = mpsc::channel(REPLIES_CAPACITY);
    let mut writer = Box::pin(
        Writer {
            sink,
            encoder,
            patience,
        }
        .run(connection.greeting(), answers, outgoing),
    );
    let mut reader = Reader::new(connection, incoming.clone(), replies);
    let ended = tokio::select! {
        ended = read(&mut reader, &mut stream, patience.dead_after) => {
            if matches!(ended, Ended::ByServer | Ended::TooManyErrors) {
                // The last words and the reason for closing are still to be written: nobody listens, but what was said before
                // may wait for its turn.
                let _ = timeout(FAREWELL_WITHIN, &mut writer).await;
            }
            ended
        }
        ended = &mut writer => ended,
    };
    // A conversation that waits for room to speak must learn that nobody listens before it can hear that it is over.
    drop(writer);
    if matches!(ended, Ended::ByServer | Ended::TooManyErrors) {
        let farewell = async { while let Some(Ok(_)) = stream.next().await {} };
        let _ = timeout(FAREWELL_WITHIN, farewell).await;
    }
    // A conversation that is gone needs no farewell.
    let _ = incoming.send(Incoming::Closed).await;
    tracing::debug!(?ended, "connection over");
    ended
}

async fn read<S, E>(reader: &mut Reader, stream: &mut SplitStream<S>, dead_after: Duration) -> Ended
where
    S: Stream<Item = Result<Message, E>>,
    E: Display,
{
    loop {
        let message = match timeout(dead_after, stream.next()).await {
            Err(_) => return Ended::Dead,
            Ok(None) => return Ended::ByClient,
            Ok(Some(Err(error))) => {
                tracing::debug!(%error, "socket failed");
                return Ended::ByClient;
            }
            Ok(Some(Ok(message))) => message,
        };
        let read = match message {
            Message::Text(text) => reader.on_text(text.as_str()).await,
            Message::Binary(_) => reader.on_binary().await,
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => {
                // Polling once more lets the socket answer it.
                let _ = timeout(FAREWELL_WITHIN, stream.next()).await;
                return Ended::ByClient;
            }
        };
        match read {
            Ok(()) => {}
            Err(Stop::Gone) => return Ended::ByServer,
            Err(Stop::TooManyErrors) => return Ended::TooManyErrors,
        }
    }
}

struct Writer<S> {
    sink: SplitSink<S, Message>,
    encoder: Encoder,
    patience: Patience,
}

impl<S: Sink<Message>> Writer<S> {
    async fn run(
        mut self,
        greeting: ServerEvent,
        mut answers: mpsc::Receiver<Answer>,
        mut outgoing: mpsc::Receiver<Outgoing>,
    ) -> Ended {
        let mut ping = interval(self.patience.ping_every);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first tick is at once.
        ping.tick().await;
        let mut going = self.event(greeting).await;
        while going.is_ok() {
            going = tokio::select! {
                biased;
                Some(answer) = answers.recv() => match answer {
                    Answer::Reply(Reply::Event(event)) => self.event(event).await,
                    Answer::Reply(Reply::OutputFormat(format)) => {
                        self.encoder.set_format(format).map_err(|_| Ended::Internal)
                    }
                    Answer::Close(code, reason) => self.close(code, reason).await,
                },
                _ = ping.tick() => self.send(Message::Ping(Default::default())).await,
                item = outgoing.recv() => match item {
                    None => self.close(close_code::NORMAL, String::new()).await,
                    Some(Outgoing::Event(event)) => self.event(event).await,
                    Some(Outgoing::Audio { response_id, item_id, samples }) => {
                        match self.encoder.audio(response_id, item_id, &samples) {
                            Some(message) => self.send(Message::Text(message.into())).await,
                            None => Ok(()),
                        }
                    }
                    Some(Outgoing::Close { code, reason }) => self.close(code, reason).await,
                },
            };
        }
        going.err().unwrap_or(Ended::ByServer)
    }

    async fn event(&mut self, event: ServerEvent) -> Result<(), Ended> {
        for message in self.encoder.event(event) {
            self.send(Message::Text(message.into())).await?;
        }
        Ok(())
    }

    /// Always an end, so that the loop stops.
    async fn close(&mut self, code: u16, reason: String) -> Result<(), Ended> {
        self.send(Message::Close(Some(CloseFrame {
            code,
            reason: Utf8Bytes::from(reason),
        })))
        .await?;
        Err(Ended::ByServer)
    }

    async fn send(&mut self, message: Message) -> Result<(), Ended> {
        match timeout(self.patience.write_within, self.sink.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Ended::ByClient),
            Err(_) => Err(Ended::Dead),
        }
    }
}

#[cfg(test)]
mod tests;

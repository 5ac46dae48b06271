//! Between a client's line and the conversation, whichever kind of line it is.

use axum::extract::ws::WebSocket;
use colloquy_core::conversation::Input;
use colloquy_core::event::PauseCause;
use colloquy_core::pii::Pii;
use colloquy_runtime::actor::{CLIENT_ITEMS, Command, ToClient};
use colloquy_runtime::error::JoinError;
use colloquy_runtime::registry::Joined;
use colloquy_transport::connection::{Connection, Incoming, Outgoing};
use colloquy_transport::error::{ErrorCode, ProtocolError};
use colloquy_transport::proto::{Control, ServerEvent};
use colloquy_transport::webrtc::Call;
use colloquy_transport::websocket::{Ended, INCOMING_CAPACITY, OUTGOING_CAPACITY, drive};
use tokio::sync::mpsc;
use tracing::{debug, error};

use super::Admitted;
use super::wire::Wire;
use crate::app::AppState;

/// What may be with a call's client unheard, in milliseconds: enough for a conversation that is late by a few frames, and
/// little enough that it falls silent soon when somebody begins to speak.
const CALL_AHEAD_MS: u32 = 80;
/// RFC 6455 and its registry: try again later.
const CLOSE_TRY_LATER: u16 = 1013;
/// Policy.
const CLOSE_POLICY: u16 = 1008;

/// What carries a conversation to its client and back.
pub(super) enum Line {
    /// Everything in messages.
    WebSocket(Box<WebSocket>),
    /// Voice over RTP, and messages beside it.
    Call(Box<Call>),
}

impl Line {
    /// What is to be with the client unheard, where the usual is too much.
    fn keeps_ahead_ms(&self) -> Option<u32> {
        matches!(self, Self::Call(_)).then_some(CALL_AHEAD_MS)
    }

    async fn drive(
        self,
        connection: Connection,
        incoming: mpsc::Sender<Incoming>,
        outgoing: mpsc::Receiver<Outgoing>,
    ) -> Ended {
        match self {
            Self::WebSocket(socket) => drive(*socket, connection, incoming, outgoing).await,
            Self::Call(call) => call.drive(connection, incoming, outgoing).await,
        }
    }
}

/// Runs a connection until it ends.
pub(super) async fn run(line: Line, state: AppState, admitted: Admitted) {
    let connection = match Connection::new(admitted.view()) {
        Ok(connection) => connection,
        Err(error) => {
            error!(%error, "a connection could not be set up");
            return;
        }
    };
    let ahead = line.keeps_ahead_ms();
    let (incoming, received) = mpsc::channel(INCOMING_CAPACITY);
    let (outgoing, to_send) = mpsc::channel(OUTGOING_CAPACITY);
    let driver = tokio::spawn(line.drive(connection, incoming, to_send));
    let (client, items) = mpsc::channel(CLIENT_ITEMS);
    match state.registry.join(admitted.conversation, client).await {
        Ok(Joined { commands, past }) => {
            if let Some(ms) = ahead {
                // One that ends at once says so by itself.
                let _ending = commands.send(Command::KeepAhead { ms }).await;
            }
            let mut wire = Wire::new(&admitted.guide, admitted.modality());
            let told = wire.history(&past);
            tokio::select! {
                () = listen(received, commands) => {}
                () = tell(told, items, wire, outgoing) => {}
            }
        }
        Err(error) => {
            // Nobody listens: the driver must not wait for room.
            drop(received);
            refuse(&error, outgoing).await;
        }
    }
    if let Err(error) = driver.await {
        // Its own words may quote what somebody said.
        error!(panicked = error.is_panic(), "a connection's task failed");
    }
}

async fn refuse(error: &JoinError, outgoing: mpsc::Sender<Outgoing>) {
    debug!(%error, "a connection is refused");
    let (code, close) = match error {
        JoinError::Capacity { .. } => (ErrorCode::Capacity, CLOSE_TRY_LATER),
        JoinError::Draining => (ErrorCode::Draining, CLOSE_TRY_LATER),
        JoinError::Missing => (ErrorCode::ConsentRequired, CLOSE_POLICY),
        JoinError::Over => (ErrorCode::ConversationEnded, CLOSE_POLICY),
        JoinError::Elsewhere => (ErrorCode::Elsewhere, CLOSE_TRY_LATER),
        JoinError::Store(_) => (ErrorCode::Internal, CLOSE_TRY_LATER),
    };
    let message = match error {
        JoinError::Store(_) => {
            "Something failed on our side. What was confirmed is kept; try again in a moment.".to_owned()
        }
        told => told.to_string(),
    };
    let event = ServerEvent::Error {
        error: ProtocolError::new(code, message.clone()),
    };
    // A client that is gone needs no reason.
    let _gone = outgoing.send(Outgoing::Event(event)).await;
    let _gone = outgoing
        .send(Outgoing::Close {
            code: close,
            reason: "refused; the error event says why".to_owned(),
        })
        .await;
}

/// What the client says goes to the conversation.
async fn listen(mut received: mpsc::Receiver<Incoming>, commands: mpsc::Sender<Command>) {
    while let Some(incoming) = received.recv().await {
        let command = match incoming {
            Incoming::Audio { samples, .. } => Command::Audio(samples),
            Incoming::Commit { .. } => Command::Commit,
            Incoming::Clear => Command::Clear,
            Incoming::Text { text, item_id, .. } => Command::Typed {
                text: Pii::new(text.0),
                item: item_id,
            },
            Incoming::Cancel { .. } => Command::Cancel,
            Incoming::Control { action, .. } => Command::Ask(match action {
                Control::Skip => Input::Skip,
                Control::Repeat => Input::Repeat,
                Control::Pause => Input::Pause {
                    cause: PauseCause::Asked,
                },
                Control::Resume => Input::Resume,
                Control::End => Input::Stop,
            }),
            Incoming::Playback { holds } => Command::ClientHolds(holds),
            // We answer by ourselves, and know by our own pacing what was heard.
            Incoming::CreateResponse { .. } | Incoming::Truncate { .. } => continue,
            Incoming::Closed => break,
        };
        if commands.send(command).await.is_err() {
            // The conversation has ended; its farewell is on the way to the client.
            std::future::pending::<()>().await;
        }
    }
    let _ending = commands.send(Command::Gone).await;
}

/// What the conversation says goes to the client.
async fn tell(
    past: Vec<Outgoing>,
    mut items: mpsc::Receiver<ToClient>,
    mut wire: Wire,
    outgoing: mpsc::Sender<Outgoing>,
) {
    for message in past {
        if outgoing.send(message).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
    while let Some(item) = items.recv().await {
        for message in wire.translate(item) {
            if outgoing.send(message).await.is_err() {
                // The driver hands `Closed` to the other half.
                std::future::pending::<()>().await;
            }
        }
    }
}

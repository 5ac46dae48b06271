//! What a client's messages bring about, whatever carries them.

use tokio::sync::mpsc;

use crate::connection::{Connection, Incoming, Reply};
use crate::error::{ErrorCode, ProtocolError};
use crate::proto::ServerEvent;

/// Answers of the connection itself that may wait: one or two a message.
pub(crate) const REPLIES_CAPACITY: usize = 8;
/// Wrong messages in a row after which the connection is closed: no program that works sends so many.
pub const MAX_ERRORS_IN_A_ROW: u32 = 20;
/// RFC 6455: policy.
const CLOSE_POLICY: u16 = 1008;

/// What the reader wants written.
pub(crate) enum Answer {
    Reply(Reply),
    Close(u16, String),
}

/// Why nothing more is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The other half is gone, and with it the reason to go on.
    Gone,
    /// [`MAX_ERRORS_IN_A_ROW`].
    TooManyErrors,
}

/// Reads messages one after the other: what they mean goes to the conversation, what is wrong with them back.
pub(crate) struct Reader {
    connection: Connection,
    incoming: mpsc::Sender<Incoming>,
    replies: mpsc::Sender<Answer>,
    errors_in_a_row: u32,
}

impl Reader {
    pub(crate) fn new(connection: Connection, incoming: mpsc::Sender<Incoming>, replies: mpsc::Sender<Answer>) -> Self {
        Self {
            connection,
            incoming,
            replies,
            errors_in_a_row: 0,
        }
    }

    pub(crate) async fn on_text(&mut self, text: &str) -> Result<(), Stop> {
        let received = match self.connection.on_text(text) {
            Ok(received) => received,
            Err(error) => return self.on_error(error).await,
        };
        self.errors_in_a_row = 0;
        for reply in received.replies {
            self.replies.send(Answer::Reply(reply)).await.map_err(|_| Stop::Gone)?;
        }
        for incoming in received.incoming {
            self.incoming.send(incoming).await.map_err(|_| Stop::Gone)?;
        }
        Ok(())
    }

    pub(crate) async fn on_binary(&mut self) -> Result<(), Stop> {
        self.on_error(Connection::on_binary()).await
    }

    async fn on_error(&mut self, error: ProtocolError) -> Result<(), Stop> {
        tracing::debug!(code = ?error.code, "refused a message");
        self.errors_in_a_row += 1;
        self.answer_error(error).await?;
        if self.errors_in_a_row < MAX_ERRORS_IN_A_ROW {
            return Ok(());
        }
        let message = "Too many wrong messages in a row; the connection is closed. Mend the client and connect again.";
        self.answer_error(ProtocolError::new(ErrorCode::TooManyErrors, message))
            .await?;
        let reason = format!("{MAX_ERRORS_IN_A_ROW} wrong messages in a row");
        let _ = self.replies.send(Answer::Close(CLOSE_POLICY, reason)).await;
        Err(Stop::TooManyErrors)
    }

    async fn answer_error(&self, error: ProtocolError) -> Result<(), Stop> {
        let event = Reply::Event(ServerEvent::Error { error });
        self.replies.send(Answer::Reply(event)).await.map_err(|_| Stop::Gone)
    }
}

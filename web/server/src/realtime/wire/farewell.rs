//! The last words, and how the socket is closed.

use colloquy_runtime::actor::Farewell;
use colloquy_transport::connection::Outgoing;
use colloquy_transport::error::ErrorCode;

use super::words::error;

/// The last words, and how the socket is closed (RFC 6455; 4000 and above are ours).
pub(super) fn farewell_of(farewell: Farewell) -> Vec<Outgoing> {
    let told = |code, message: &str| Some(error(code, message.to_owned()));
    let (event, code, reason) = match farewell {
        Farewell::Ended(_) | Farewell::Left => (None, 1000, "the conversation is over"),
        Farewell::TakenOver => (
            told(
                ErrorCode::ConversationTakenOver,
                "The conversation goes on in another window or on another device.",
            ),
            4001,
            "taken over",
        ),
        Farewell::Drained => (
            told(
                ErrorCode::Draining,
                "The server is being restarted. Connect again by the same link in a moment.",
            ),
            1012,
            "restart",
        ),
        Farewell::Idle => (
            told(
                ErrorCode::Idle,
                "Nobody has said or written anything for a long time. Your place is kept: go on by the same link.",
            ),
            1000,
            "idle",
        ),
        Farewell::Revoked => (
            told(
                ErrorCode::LinkRevoked,
                "The invitation was taken back. What was said so far is kept as it is.",
            ),
            1008,
            "revoked",
        ),
        Farewell::Declined => (
            told(
                ErrorCode::ConsentRequired,
                "You declined. Nothing more is heard; by the same link you may think it over.",
            ),
            1000,
            "declined",
        ),
        Farewell::Failed => (
            told(
                ErrorCode::Internal,
                "Something failed on our side. What was said is safe; connect again by the same link.",
            ),
            1011,
            "internal error",
        ),
    };
    let close = Outgoing::Close {
        code,
        reason: reason.to_owned(),
    };
    event.map(Outgoing::Event).into_iter().chain([close]).collect()
}

//! The words of choices, for the API's description: taken from the choices themselves, so that they cannot differ.

use colloquy_core::guide::{Confidentiality, ModeChoice, Priority};
use colloquy_core::report_card::Recap;
use colloquy_store::{ConversationState, MailKind, MailState, Plan, Scope, SessionState, Standing};
use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use super::permissions::{Action, ROLES};

fn words<T: Serialize>(choices: &[T]) -> Object {
    let words = choices
        .iter()
        .map(|choice| serde_json::to_value(choice).unwrap_or(Value::Null));
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .build()
}

pub(super) fn role() -> Object {
    words(&ROLES)
}

pub(super) fn plan() -> Object {
    words(&[Plan::Basic, Plan::Sessions])
}

pub(super) fn scope() -> Object {
    words(&[Scope::Read, Scope::Write])
}

pub(super) fn action() -> Object {
    words(&Action::ALL)
}

pub(super) fn state() -> Object {
    words(&[SessionState::Draft, SessionState::Open, SessionState::Closed])
}

pub(super) fn mode() -> Object {
    words(&[ModeChoice::Voice, ModeChoice::Text, ModeChoice::Participant])
}

pub(super) fn confidentiality() -> Object {
    words(&[Confidentiality::Identified, Confidentiality::Confidential])
}

pub(super) fn priority() -> Object {
    words(&[Priority::Low, Priority::Medium, Priority::High])
}

pub(super) fn mail_kind() -> Object {
    words(&[MailKind::Invitation, MailKind::Reminder])
}

pub(super) fn mail_state() -> Object {
    use MailState as S;
    words(&[S::Queued, S::Sent, S::Written, S::Failed, S::Dropped])
}

pub(super) fn talk() -> Object {
    use ConversationState as S;
    words(&[
        S::Consented,
        S::InProgress,
        S::Paused,
        S::Completed,
        S::EndedEarly,
        S::Withdrawn,
        S::Erased,
        S::Declined,
    ])
}

pub(super) fn recap() -> Object {
    words(&[Recap::None, Recap::Given, Recap::Confirmed, Recap::Corrected])
}

/// How far people may be, from the mail to the end.
pub(super) const STANDINGS: [Standing; 12] = [
    Standing::Queued,
    Standing::Sent,
    Standing::Bounced,
    Standing::Opened,
    Standing::InProgress,
    Standing::Completed,
    Standing::EndedEarly,
    Standing::Declined,
    Standing::Withdrawn,
    Standing::Erased,
    Standing::Expired,
    Standing::Revoked,
];

pub(super) fn standing() -> Object {
    words(&STANDINGS)
}

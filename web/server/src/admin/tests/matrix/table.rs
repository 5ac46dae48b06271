//! Every documented operation, and what one must be allowed to do for it.

use crate::admin::permissions::Action;

/// Method, path, and what one must be allowed to do; `None`: nothing.
const MATRIX: [(&str, &str, Option<Action>); 57] = [
    ("get", "/api/v1/setup", None),
    ("post", "/api/v1/setup", None),
    ("post", "/api/v1/login", None),
    ("post", "/api/v1/logout", Some(Action::KeepKeys)),
    ("post", "/api/v1/logout/everywhere", Some(Action::KeepKeys)),
    ("get", "/api/v1/me", Some(Action::SeeOneself)),
    ("put", "/api/v1/me/password", Some(Action::KeepKeys)),
    ("post", "/api/v1/password-reset", None),
    ("put", "/api/v1/password-reset", None),
    ("get", "/api/v1/users", Some(Action::SeeColleagues)),
    ("post", "/api/v1/users", Some(Action::KeepColleagues)),
    ("put", "/api/v1/users/{id}/role", Some(Action::KeepColleagues)),
    ("delete", "/api/v1/users/{id}", Some(Action::KeepColleagues)),
    ("get", "/api/v1/tokens", Some(Action::KeepKeys)),
    ("post", "/api/v1/tokens", Some(Action::KeepKeys)),
    ("delete", "/api/v1/tokens/{id}", Some(Action::KeepKeys)),
    ("get", "/api/v1/audit", Some(Action::ReadAudit)),
    ("get", "/api/v1/templates", Some(Action::ReadSessions)),
    ("get", "/api/v1/sessions", Some(Action::ReadSessions)),
    ("post", "/api/v1/sessions", Some(Action::EditSessions)),
    ("get", "/api/v1/sessions/{id}", Some(Action::ReadSessions)),
    ("put", "/api/v1/sessions/{id}", Some(Action::EditSessions)),
    ("delete", "/api/v1/sessions/{id}", Some(Action::EditSessions)),
    ("post", "/api/v1/sessions/{id}/clone", Some(Action::EditSessions)),
    ("post", "/api/v1/sessions/{id}/open", Some(Action::EditSessions)),
    ("post", "/api/v1/sessions/{id}/trial", Some(Action::EditSessions)),
    ("get", "/api/v1/sessions/{id}/invitations", Some(Action::SeeInvitations)),
    ("post", "/api/v1/sessions/{id}/invitations", Some(Action::Invite)),
    (
        "post",
        "/api/v1/sessions/{id}/invitations/preview",
        Some(Action::Invite),
    ),
    ("post", "/api/v1/sessions/{id}/invitations/many", Some(Action::Invite)),
    ("get", "/api/v1/invitations/{id}", Some(Action::SeeInvitations)),
    ("post", "/api/v1/invitations/{id}/extend", Some(Action::Invite)),
    ("post", "/api/v1/invitations/{id}/revoke", Some(Action::Invite)),
    ("post", "/api/v1/invitations/{id}/link", Some(Action::Invite)),
    ("post", "/api/v1/invitations/{id}/send", Some(Action::Invite)),
    ("get", "/api/v1/outbox", Some(Action::SeeInvitations)),
    ("get", "/api/v1/workspace", Some(Action::SeeOneself)),
    ("put", "/api/v1/workspace", Some(Action::KeepWorkspace)),
    ("get", "/api/v1/workspace/keep", Some(Action::KeepPeople)),
    ("get", "/api/v1/sessions/{id}/quality", Some(Action::ReadQuality)),
    ("get", "/api/v1/sessions/{id}/quality/export", Some(Action::ReadQuality)),
    ("get", "/api/v1/conversations/{id}/quality", Some(Action::ReadQuality)),
    ("get", "/api/v1/sessions/{id}/live", Some(Action::Watch)),
    ("post", "/api/v1/conversations/{id}/end", Some(Action::EditSessions)),
    ("delete", "/api/v1/people/{id}", Some(Action::KeepPeople)),
    ("get", "/api/v1/people/{id}/export", Some(Action::KeepPeople)),
    ("get", "/api/v1/templates/{name}", Some(Action::ReadSessions)),
    ("post", "/api/v1/sessions/describe", Some(Action::EditSessions)),
    ("get", "/api/v1/people", Some(Action::SeeInvitations)),
    ("get", "/api/v1/sessions/{id}/insights", Some(Action::ReadInsights)),
    (
        "get",
        "/api/v1/sessions/{id}/insights/export",
        Some(Action::ReadInsights),
    ),
    (
        "get",
        "/api/v1/sessions/{id}/insights/edits",
        Some(Action::ReadInsights),
    ),
    (
        "put",
        "/api/v1/sessions/{id}/insights/edits",
        Some(Action::EditInsights),
    ),
    ("post", "/api/v1/sessions/{id}/insights/ask", Some(Action::ReadInsights)),
    (
        "get",
        "/api/v1/sessions/{id}/insights/trend",
        Some(Action::ReadInsights),
    ),
    (
        "get",
        "/api/v1/conversations/{id}/transcript",
        Some(Action::ReadInsights),
    ),
    (
        "get",
        "/api/v1/conversations/{id}/turns/{turn}/audio",
        Some(Action::ReadInsights),
    ),
];
// `close` needs a session that is open, and stands beside the others.
const CLOSE: (&str, &str, Option<Action>) = ("post", "/api/v1/sessions/{id}/close", Some(Action::EditSessions));

/// All of them.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static str, Option<Action>)> {
    MATRIX.into_iter().chain([CLOSE])
}

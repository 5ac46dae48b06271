//! The words of a mail: plain ones, because they must be understood by everybody and taken for an advertisement by nobody.

use colloquy_core::guide::ModeChoice;
use colloquy_core::pii::Pii;
use colloquy_store::{Claimed, MailKind};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What is sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

/// The subject of a mail about the session of this title.
#[must_use]
pub fn subject(kind: MailKind, title: &str) -> String {
    match kind {
        MailKind::Invitation => format!("Your invitation: {title}"),
        MailKind::Reminder => format!("Reminder: {title}"),
    }
}

/// The words of `mail` with that link, sent at `now`.
pub(super) fn letter(mail: &Claimed, link: &str, now: i64) -> Letter {
    let session = &mail.session;
    let way = match session.mode {
        ModeChoice::Voice => "by voice",
        ModeChoice::Text => "in writing",
        ModeChoice::Participant => "by voice or in writing, as you like",
    };
    let why = match mail.kind {
        MailKind::Invitation => format!(
            "{} invites you to take part in \u{201c}{}\u{201d}.",
            mail.workspace, session.title
        ),
        MailKind::Reminder => format!(
            "{} has invited you to take part in \u{201c}{}\u{201d}. If you would like to, there is still time.",
            mail.workspace, session.title
        ),
    };
    let what = format!(
        "It is a conversation of about {} minutes, {way}. The interviewer is a program, not a person. Before it begins you are \
         told what becomes of what you say, and you decide whether you take part.",
        session.length_min
    );
    let lasts = match (mail.expires_at - now) / DAY_MS {
        i64::MIN..=0 => "less than a day".to_owned(),
        1 => "one day".to_owned(),
        days => format!("{days} days"),
    };
    let after = format!(
        "The link works for {lasts}. It is yours alone: please do not pass it on. You can stop at any time, and come back by the \
         same link."
    );
    let greeting = format!("Hello {},", mail.name.expose());
    let text = format!("{greeting}\n\n{why}\n\n{what}\n\nYour personal link:\n{link}\n\n{after}\n");
    let [greeting, why, what, shown, after] = [&greeting, &why, &what, link, &after].map(escaped);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<body>\n<p>{greeting}</p>\n<p>{why}</p>\n<p>{what}</p>\n\
         <p><a href=\"{shown}\">Your personal link</a><br>{shown}</p>\n<p>{after}</p>\n</body>\n</html>\n"
    );
    Letter {
        subject: subject(mail.kind, &session.title),
        text,
        html,
    }
}

/// The words of a mail to `name` with the link by which a password is set anew.
pub(super) fn reset(name: &Pii, link: &str) -> Letter {
    let greeting = format!("Hello {},", name.expose());
    let why =
        "Somebody has asked to set a new password for this address. If it was you, follow this link and choose one:";
    let lasts = "The link works for an hour, and once. You are then signed out everywhere else, and your API tokens are revoked.";
    let not_you = "If it was not you, there is nothing to do: your password stays as it is.";
    let text = format!("{greeting}\n\n{why}\n{link}\n\n{lasts}\n\n{not_you}\n");
    let [greeting, shown] = [greeting.as_str(), link].map(escaped);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<body>\n<p>{greeting}</p>\n<p>{why}</p>\n<p><a href=\"{shown}\">Set a new \
         password</a><br>{shown}</p>\n<p>{lasts}</p>\n<p>{not_you}</p>\n</body>\n</html>\n"
    );
    Letter {
        subject: "Set a new password".to_owned(),
        text,
        html,
    }
}

/// Text that is safe in HTML, also between quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_mail_is_no_markup() {
        assert_eq!(escaped("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    }

    #[test]
    fn a_reminder_is_told_from_an_invitation_by_its_subject() {
        let subjects = [MailKind::Invitation, MailKind::Reminder].map(|kind| subject(kind, "Why people stay"));
        assert_eq!(
            subjects,
            ["Your invitation: Why people stay", "Reminder: Why people stay"]
        );
    }
}

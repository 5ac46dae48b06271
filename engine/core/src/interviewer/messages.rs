//! The interviewer's own words, loaded from `messages/*.toml`, so that another language is data.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::event::Aim;

macro_rules! section {
    ($name:ident { $($field:ident: $type:ty),* $(,)? }) => {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name { $(pub(crate) $field: $type),* }
    };
}

section!(Messages {
    welcome: Welcome,
    acknowledge: Acknowledge,
    probe: Probes,
    again: Again,
    inform: Inform,
    silence: Silence,
    care: Care,
    back: Back,
    recap: Recap,
    close: Close,
});
section!(Welcome {
    hello: String,
    transcribed: String,
    recorded: String,
    confidential: String,
    identified: String,
    rights: String,
});
section!(Acknowledge {
    reflect: Vec<String>,
    neutral: Vec<String>,
    leave: Vec<String>,
    declined: Vec<String>,
    skipped: Vec<String>,
    unknown: Vec<String>,
    unheard: Vec<String>,
    after_care: Vec<String>,
    strayed: Vec<String>,
    protest: Vec<String>,
    bridge: Vec<String>,
    turn: Vec<String>,
    touched: Vec<String>,
    time_check: Vec<String>,
    open: Vec<String>,
    open_touched: Vec<String>,
    returning: Vec<String>,
    going_back: Vec<String>,
    open_again: Vec<String>,
});
section!(Probes {
    example: Vec<String>,
    reason: Vec<String>,
    change: Vec<String>,
    echo: Vec<String>,
    clarify: Vec<String>,
    contrast: Vec<String>,
    invite: Vec<String>,
    example_last: String,
    reason_last: String,
    change_last: String,
    contrast_last: String,
});
section!(Again {
    lead: Vec<String>,
    unheard: Vec<String>,
    slower: Vec<String>,
});
section!(Inform {
    who_sees_confidential: String,
    who_sees_identified: String,
    anonymous_confidential: String,
    anonymous_identified: String,
    kept: String,
    sound_kept: String,
    sound_not_kept: String,
    readers_confidential: String,
    readers_identified: String,
    language: String,
    recording_on: String,
    recording_off: String,
    nature: String,
    one_minute: String,
    minutes: String,
    time_left: String,
    time_left_little: String,
    meaning: String,
    purpose: String,
    other: String,
    resume: Vec<String>,
});
section!(Silence { nudge: Vec<String>, offer_pause: String, pausing: String });
section!(Care {
    harassment: String,
    violence: String,
    self_harm: String,
    emergency: String,
    distress: String,
    contact: String,
    no_contact: String,
    question: Vec<String>,
});
section!(Back {
    lead: String,
    were: String,
    said: String,
    question: String
});
section!(Recap {
    lead: String,
    nothing: String,
    quoted: Vec<String>,
    mentioned: Vec<String>,
    topic: Vec<String>,
    left_out: String,
    question: String,
    correct: Vec<String>,
    corrected: Vec<String>,
    anything: Vec<String>,
});
section!(Close {
    plain: String,
    stopped: String,
    after_care: String,
    again: String
});

impl Probes {
    /// The general questions for `aim`, and the one for when all were asked.
    pub(crate) fn of(&self, aim: Aim) -> (&[String], Option<&str>) {
        match aim {
            Aim::Example => (&self.example, Some(&self.example_last)),
            Aim::Reason => (&self.reason, Some(&self.reason_last)),
            Aim::Change => (&self.change, Some(&self.change_last)),
            Aim::Echo => (&self.echo, None),
            Aim::Clarify => (&self.clarify, None),
            Aim::Invite => (&self.invite, None),
            Aim::Contrast => (&self.contrast, Some(&self.contrast_last)),
        }
    }
}

/// The English messages.
pub(crate) fn english() -> &'static Messages {
    static MESSAGES: LazyLock<Messages> =
        LazyLock::new(|| toml::from_str(include_str!("messages/en.toml")).expect("the built-in messages are tested"));
    &MESSAGES
}

/// `message` with each `{name}` replaced by its value.
pub(crate) fn fill(message: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(message.len() + 32);
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            rest = after;
            break;
        };
        out.push_str(values.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The variant for the `count`-th time.
pub(crate) fn variant(variants: &[String], count: u32) -> &str {
    variants
        .get(count as usize % variants.len().max(1))
        .map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::{english, fill};

    #[test]
    fn messages_load_and_are_filled() {
        assert!(english().welcome.hello.contains("AI"));
        assert_eq!(
            fill("You mentioned {words}.", &[("words", "your shift")]),
            "You mentioned your shift."
        );
    }
}

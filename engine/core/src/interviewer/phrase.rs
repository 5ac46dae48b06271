//! The guided words of a move: complete, varied, in the person's own words where they can be said back, and never invented.

use super::messages::{english, fill};
use super::questions::{self, label, quotable, statement};
use super::{quote, recap};
use crate::event::{Aim, Concern, Inquiry, Mode, Move};
use crate::guide::{Confidentiality, Guide, HelpContact, Topic};
use crate::planner::{Ledger, Phase, remaining_ms, time_check_due};
use crate::time::Ms;

/// How the last answer was taken, which decides how the next words begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As an answer.
    Plain,
    /// As a wish not to speak about it.
    Declined,
    /// As a wish to go on.
    Skipped,
    /// As not knowing.
    Unknown,
    /// It could not be made out.
    Unheard,
    /// As a wish for more time to take the question in.
    Slower,
    /// As talk of something else.
    Strayed,
    /// As displeasure with the interview.
    Protest,
    /// As a wish to end.
    Stopped,
    /// It followed the question of care.
    AfterCare,
    /// A correction was announced, and is asked for.
    Asking,
}

/// Phrases `mv`. `ledger`: as it is before the move is decided; `heard`: the answer that it follows.
pub(crate) fn phrase(guide: &Guide, ledger: &Ledger, now: Ms, mv: &Move, tone: Tone, heard: Option<&str>) -> String {
    let messages = english();
    let question = questions::pick(guide, ledger, mv, heard).unwrap_or_default();
    let pending = ledger.pending.as_ref().map(|p| p.question.clone()).unwrap_or_default();
    match mv {
        Move::Welcome { .. } => join(&[&disclosure(guide, ledger), &question]),
        Move::OpenTopic { .. } => {
            let list = &messages.acknowledge;
            let touched = topic_of(guide, mv).is_some_and(|t| questions::is_touched(guide, ledger, t));
            let due = if time_check_due(guide, ledger, now) {
                Some(&list.time_check)
            } else {
                // After care the person is not told what they have said.
                touched.then_some(&list.touched).filter(|_| tone != Tone::AfterCare)
            };
            let words = said_back(guide, ledger, heard).filter(|_| tone == Tone::Plain);
            let lead = match (due, words) {
                (None, Some(words)) => fill(statement(&list.leave, ledger), &[("the", &quote::definite(&words))]),
                // "We leave that" turns to another topic by itself.
                (None, None) if matches!(tone, Tone::AfterCare | Tone::Skipped | Tone::Strayed | Tone::Declined) => {
                    tone_alone(ledger, tone)
                }
                (None, None) if tone == Tone::Plain => statement(&list.bridge, ledger).to_owned(),
                (None, None) => join(&[&tone_alone(ledger, tone), statement(&list.turn, ledger)]),
                (Some(due), _) => join(&[&tone_alone(ledger, tone), statement(due, ledger)]),
            };
            join(&[&lead, &question])
        }
        Move::ReturnTo { .. } if tone == Tone::Asking => {
            join(&[statement(&messages.acknowledge.going_back, ledger), &question])
        }
        Move::ReturnTo { .. } => {
            let lead = acknowledge(guide, ledger, tone, heard);
            join(&[&lead, statement(&messages.acknowledge.returning, ledger), &question])
        }
        // The echo says back by itself.
        Move::Probe { aim: Aim::Echo, .. } if tone == Tone::Plain => join(&[&question]),
        Move::Probe { .. } => join(&[&acknowledge(guide, ledger, tone, heard), &question]),
        Move::Repeat => {
            let lead = match tone {
                Tone::Unheard => &messages.again.unheard,
                Tone::Slower => &messages.again.slower,
                _ => &messages.again.lead,
            };
            join(&[statement(lead, ledger), &pending])
        }
        Move::Inform { about } => join(&[
            &inform(guide, ledger, now, *about),
            statement(&messages.inform.resume, ledger),
            &pending,
        ]),
        Move::Hold => String::new(),
        Move::Nudge => join(&[statement(&messages.silence.nudge, ledger)]),
        Move::OfferPause if heard.is_some() => join(&[&messages.silence.pausing]),
        Move::OfferPause => join(&[&messages.silence.offer_pause]),
        Move::Care { concern } => join(&[care(*concern), &contact(guide.help.as_ref()), &question]),
        Move::Reconvene { topic } => {
            let topic = topic.as_ref().and_then(|id| guide.topics.iter().find(|t| t.id == *id));
            let back = &messages.back;
            let words = ledger.current.and_then(|i| recalled(ledger, i));
            let where_we_were = match (words, topic) {
                (Some(words), _) => fill(&back.said, &[("words", &words)]),
                (None, Some(topic)) => fill(&back.were, &[("label", &label(topic))]),
                (None, None) => String::new(),
            };
            join(&[&back.lead, &where_we_were, &back.question, &pending])
        }
        Move::Recap => {
            // After care nothing is turned to any more.
            let lead = if tone == Tone::AfterCare {
                String::new()
            } else {
                tone_alone(ledger, tone)
            };
            join(&[&lead, &recap::words(guide, ledger), &question])
        }
        Move::AcceptCorrection if tone == Tone::Asking => join(&[&question]),
        Move::AcceptCorrection => join(&[statement(&messages.recap.corrected, ledger), &question]),
        Move::Close => join(&[&close(guide, ledger, tone)]),
    }
}

fn topic_of<'a>(guide: &'a Guide, mv: &Move) -> Option<&'a Topic> {
    mv.topic().and_then(|id| guide.topics.iter().find(|t| t.id == *id))
}

fn disclosure(guide: &Guide, ledger: &Ledger) -> String {
    let welcome = &english().welcome;
    let minutes = guide.length_min.to_string();
    let values = [
        ("organisation", guide.organisation.as_str()),
        ("minutes", minutes.as_str()),
    ];
    let kept = if is_recorded(ledger) {
        &welcome.recorded
    } else {
        &welcome.transcribed
    };
    let seen = match guide.confidentiality {
        Confidentiality::Confidential => &welcome.confidential,
        Confidentiality::Identified => &welcome.identified,
    };
    join(&[
        &fill(&welcome.hello, &values),
        kept,
        &fill(seen, &values),
        &welcome.rights,
    ])
}

/// Whether sound is kept: nothing sounds where somebody types.
fn is_recorded(ledger: &Ledger) -> bool {
    ledger.recording && ledger.mode != Some(Mode::Text)
}

/// The first words after an answer: what was said is said back, or it is simply taken.
fn acknowledge(guide: &Guide, ledger: &Ledger, tone: Tone, heard: Option<&str>) -> String {
    let list = &english().acknowledge;
    if tone != Tone::Plain {
        return tone_alone(ledger, tone);
    }
    // Who hears their words after each answer hears a machine.
    let topic = ledger.current.map(|i| &guide.topics[i]);
    let fits = |words: &String| topic.is_some_and(|topic| questions::is_to_the_point(words, topic));
    match said_back(guide, ledger, heard).filter(|words| ledger.decided.is_multiple_of(2) && fits(words)) {
        Some(words) => fill(statement(&list.reflect, ledger), &[("words", &words)]),
        None => statement(&list.neutral, ledger).to_owned(),
    }
}

/// A piece of the last answer that can be said back.
fn said_back(guide: &Guide, ledger: &Ledger, heard: Option<&str>) -> Option<String> {
    let pieces = quotable(ledger, heard?, ledger.current.map(|i| &guide.topics[i]));
    pieces.into_iter().next()
}

fn tone_alone(ledger: &Ledger, tone: Tone) -> String {
    let list = &english().acknowledge;
    let variants = match tone {
        Tone::Declined => &list.declined,
        Tone::Skipped => &list.skipped,
        Tone::Unknown => &list.unknown,
        Tone::Unheard => &list.unheard,
        Tone::AfterCare => &list.after_care,
        Tone::Strayed => &list.strayed,
        Tone::Protest => &list.protest,
        Tone::Plain | Tone::Stopped | Tone::Asking | Tone::Slower => return String::new(),
    };
    statement(variants, ledger).to_owned()
}

fn inform(guide: &Guide, ledger: &Ledger, now: Ms, about: Inquiry) -> String {
    let list = &english().inform;
    let minutes = remaining_ms(guide, now) / 60_000;
    let left = if minutes == 1 {
        list.one_minute.clone()
    } else {
        fill(&list.minutes, &[("count", &minutes.to_string())])
    };
    let confidential = guide.confidentiality == Confidentiality::Confidential;
    let sound = if is_recorded(ledger) {
        &list.sound_kept
    } else {
        &list.sound_not_kept
    };
    let readers = if confidential {
        &list.readers_confidential
    } else {
        &list.readers_identified
    };
    let message = match about {
        Inquiry::WhoSees if confidential => &list.who_sees_confidential,
        Inquiry::WhoSees => &list.who_sees_identified,
        Inquiry::Anonymous if confidential => &list.anonymous_confidential,
        Inquiry::Anonymous => &list.anonymous_identified,
        Inquiry::Kept => &list.kept,
        Inquiry::Language => &list.language,
        Inquiry::Recording if is_recorded(ledger) => &list.recording_on,
        Inquiry::Recording => &list.recording_off,
        Inquiry::Nature => &list.nature,
        Inquiry::TimeLeft if minutes == 0 || ledger.phase != Phase::Asking => &list.time_left_little,
        Inquiry::TimeLeft => &list.time_left,
        Inquiry::Meaning => &list.meaning,
        Inquiry::Purpose => &list.purpose,
        Inquiry::Other => &list.other,
    };
    let values = [
        ("organisation", guide.organisation.as_str()),
        ("left", &left),
        ("sound", sound),
        ("readers", readers),
    ];
    fill(message, &values)
}

fn care(concern: Concern) -> &'static str {
    let list = &english().care;
    match concern {
        Concern::Harassment => &list.harassment,
        Concern::Violence => &list.violence,
        Concern::SelfHarm => &list.self_harm,
        Concern::Emergency => &list.emergency,
        Concern::Distress => &list.distress,
    }
}

fn contact(help: Option<&HelpContact>) -> String {
    let list = &english().care;
    match help {
        Some(help) => fill(&list.contact, &[("name", &help.name), ("reach", &help.reach)]),
        None => list.no_contact.clone(),
    }
}

/// A piece of what was said last on a topic.
fn recalled(ledger: &Ledger, index: usize) -> Option<String> {
    let said: Vec<String> = ledger.said_on(index).collect();
    said.iter()
        .rev()
        .find_map(|text| quote::pieces(text).into_iter().next())
}

fn close(guide: &Guide, ledger: &Ledger, tone: Tone) -> String {
    let list = &english().close;
    match tone {
        _ if ledger.phase == Phase::Closed => list.again.clone(),
        Tone::AfterCare => fill(&list.after_care, &[("contact", &contact(guide.help.as_ref()))]),
        Tone::Stopped => list.stopped.clone(),
        _ => list.plain.clone(),
    }
}

fn join(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().map(|p| p.trim()).filter(|p| !p.is_empty()).collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Tone, phrase};
    use crate::event::{Concern, Event, Inquiry, Mode, Move};
    use crate::guide::{Confidentiality, Priority};
    use crate::interviewer::rules::word_count;
    use crate::planner::{Ledger, testing};
    use crate::time::Ms;

    #[test]
    fn the_welcome_tells_what_it_must_in_few_words() {
        let mut guide = testing::guide(15, &[Priority::High]);
        let mut ledger = Ledger::new(&guide);
        let mv = Move::Welcome {
            topic: guide.topics[0].id.clone(),
        };
        let said = phrase(&guide, &ledger, Ms::ZERO, &mv, Tone::Plain, None);
        for part in ["an AI", "Acme", "15 minutes", "kept", "confidential", "skip", "stop"] {
            assert!(said.contains(part), "{part}: {}", said);
        }
        assert!(!said.contains("anonymous"));
        assert!(word_count(&said) <= 75, "{} words", word_count(&said));

        let consent = Event::Consented {
            mode: Mode::Voice,
            recording: true,
            text_version: "1".into(),
        };
        ledger.apply(&guide, Ms::ZERO, &consent);
        guide.confidentiality = Confidentiality::Identified;
        let said = phrase(&guide, &ledger, Ms::ZERO, &mv, Tone::Plain, None);
        assert!(said.contains("recorded") && said.contains("with your name"));
    }

    #[test]
    fn the_opening_is_whole_sentences_however_answers_are_kept_and_read() {
        let mut guide = testing::guide(15, &[Priority::High]);
        let mut seen = Vec::new();
        for confidentiality in [Confidentiality::Confidential, Confidentiality::Identified] {
            guide.confidentiality = confidentiality;
            for (mode, recording) in [
                (Mode::Voice, true),
                (Mode::Voice, false),
                (Mode::Text, true),
                (Mode::Text, false),
            ] {
                let mut ledger = Ledger::new(&guide);
                let text_version = "1".into();
                let consent = Event::Consented {
                    mode,
                    recording,
                    text_version,
                };
                ledger.apply(&guide, Ms::ZERO, &consent);
                let said = super::disclosure(&guide, &ledger);
                let kept = said.split("15 minutes. ").nth(1).unwrap().to_owned();
                seen.push(format!("{mode:?} {recording}: {kept}"));
            }
        }
        let (group, name) = (
            "They are confidential: Acme sees group results, and quotes without names.",
            "The people team of Acme can read them, with your name.",
        );
        let (sound, text) = (
            "Your answers are recorded and transcribed.",
            "Your answers are kept in writing.",
        );
        let rights = "You can skip questions or stop at any time.";
        let expected = [
            format!("Voice true: {sound} {group} {rights}"),
            format!("Voice false: {text} {group} {rights}"),
            format!("Text true: {text} {group} {rights}"),
            format!("Text false: {text} {group} {rights}"),
            format!("Voice true: {sound} {name} {rights}"),
            format!("Voice false: {text} {name} {rights}"),
            format!("Text true: {text} {name} {rights}"),
            format!("Text false: {text} {name} {rights}"),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn questions_about_privacy_get_plain_answers() {
        let mut guide = testing::guide(15, &[Priority::High]);
        let ledger = Ledger::new(&guide);
        let mut told = |about, confidentiality| {
            guide.confidentiality = confidentiality;
            phrase(&guide, &ledger, Ms::ZERO, &Move::Inform { about }, Tone::Plain, None)
        };
        let plain = told(Inquiry::Anonymous, Confidentiality::Identified);
        assert!(
            plain.starts_with("No, it is not anonymous.") && plain.contains("your name"),
            "{plain}"
        );
        assert!(told(Inquiry::Anonymous, Confidentiality::Confidential).starts_with("No, it is not anonymous"));
        let kept = told(Inquiry::Kept, Confidentiality::Identified);
        for part in [
            "until Acme deletes it",
            "sound itself is not kept",
            "with your name",
            "your link",
            "invited you",
        ] {
            assert!(kept.contains(part), "{part}: {kept}");
        }
        let english = told(Inquiry::Language, Confidentiality::Confidential);
        assert!(english.contains("English alone") && english.contains("write") && english.contains("stop"));
    }

    #[test]
    fn care_names_the_contact_or_the_page() {
        let mut guide = testing::guide(15, &[Priority::High]);
        let mv = Move::Care {
            concern: Concern::SelfHarm,
        };
        let said = phrase(&guide, &Ledger::new(&guide), Ms::ZERO, &mv, Tone::Plain, None);
        assert!(said.contains("Maria Lopez") && said.contains("4711") && said.ends_with('?'));
        guide.help = None;
        let said = phrase(&guide, &Ledger::new(&guide), Ms::ZERO, &mv, Tone::Plain, None);
        assert!(said.contains("on this page"));
    }
}

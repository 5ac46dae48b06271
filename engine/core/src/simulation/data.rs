//! Simulated people and what they have to say, loaded from `data/*.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// Somebody who can be interviewed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Persona {
    pub(super) id: String,
    /// Whether the targets for those who play along hold for them.
    #[serde(default)]
    pub(super) cooperative: bool,
    /// Sentences of an answer, at least and at most.
    pub(super) sentences: [u32; 2],
    /// Percent of questions for an example or a reason that get one.
    pub(super) gives: u32,
    /// Percent of other answers that hold one by themselves.
    pub(super) holds: u32,
    /// Percent of the sentences that are about something else.
    #[serde(default)]
    pub(super) wanders: u32,
    /// Percent of turns with something else than an answer.
    #[serde(default)]
    pub(super) acts: BTreeMap<String, u32>,
    /// What is certainly done, once.
    #[serde(default)]
    pub(super) once: Vec<Once>,
    /// Percent of recaps that are corrected.
    #[serde(default)]
    pub(super) corrects: u32,
    /// Percent of offers to go on after a disclosure that are taken.
    #[serde(default = "likely")]
    pub(super) after_care: u32,
    /// The first answer speaks to all topics.
    #[serde(default)]
    pub(super) first_covers_all: bool,
    /// Milliseconds of thought before an answer.
    #[serde(default = "usual_thought")]
    pub(super) think_ms: u32,
    /// How they sound where they speak.
    pub(super) voice: Voice,
}

/// How somebody sounds. Pitch and pace are percents of the synthetic voice's own.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voice {
    /// How high.
    pub pitch: u32,
    /// How fast.
    pub pace: u32,
    /// Milliseconds of silence between two sentences, at least and at most.
    pub pause_ms: [u32; 2],
}

/// Something that is done at some turn between two.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Once {
    pub(super) act: String,
    pub(super) from: u32,
    pub(super) to: u32,
}

fn likely() -> u32 {
    80
}

fn usual_thought() -> u32 {
    2_500
}

/// What can be said about a theme, by what it holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Theme {
    pub(super) topics: Vec<String>,
    pub(super) things: Vec<String>,
    pub(super) general: Vec<String>,
    pub(super) example: Vec<String>,
    pub(super) reason: Vec<String>,
    pub(super) change: Vec<String>,
}

/// What can be said about anything; `{thing}`, `{when}` and `{who}` are filled in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Anything {
    pub(super) when: Vec<String>,
    pub(super) who: Vec<String>,
    pub(super) general: Vec<String>,
    pub(super) example: Vec<String>,
    pub(super) reason: Vec<String>,
    pub(super) change: Vec<String>,
    pub(super) detail: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Themes {
    pub(super) any: Anything,
    pub(super) theme: Vec<Theme>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cast {
    persona: Vec<Persona>,
}

/// Everyone who can be interviewed.
pub(super) fn personas() -> &'static [Persona] {
    static CAST: LazyLock<Cast> =
        LazyLock::new(|| toml::from_str(include_str!("data/personas.toml")).expect("the built-in personas are tested"));
    &CAST.persona
}

/// What they talk about.
pub(super) fn themes() -> &'static Themes {
    static THEMES: LazyLock<Themes> =
        LazyLock::new(|| toml::from_str(include_str!("data/themes-en.toml")).expect("the built-in themes are tested"));
    &THEMES
}

/// What they say to the interviewer rather than about their work, by act.
pub(super) fn lines() -> &'static BTreeMap<String, Vec<String>> {
    static LINES: LazyLock<BTreeMap<String, Vec<String>>> =
        LazyLock::new(|| toml::from_str(include_str!("data/lines-en.toml")).expect("the built-in lines are tested"));
    &LINES
}

/// The theme of a topic.
pub(super) fn theme_of(topic: &str) -> Option<&'static Theme> {
    themes()
        .theme
        .iter()
        .find(|theme| theme.topics.iter().any(|t| t == topic))
}

#[cfg(test)]
mod tests {
    use super::{Voice, lines, personas, theme_of};
    use crate::guide::library;

    #[test]
    fn every_topic_has_a_theme_and_every_act_has_lines() {
        for topic in library::templates().iter().flat_map(|t| &t.topics) {
            assert!(
                theme_of(&topic.id.0).is_some(),
                "nobody has anything to say about {}",
                topic.id
            );
        }
        assert!(personas().len() >= 12);
        for persona in personas() {
            let once = persona.once.iter().map(|o| &o.act);
            for act in persona.acts.keys().chain(once).filter(|act| *act != "nothing") {
                assert!(!lines()[act].is_empty(), "{}: {act}", persona.id);
            }
            assert!(persona.acts.values().sum::<u32>() <= 100, "{}", persona.id);
            let Voice { pitch, pace, pause_ms } = persona.voice;
            assert!(
                [pitch, pace].iter().all(|percent| (75..=125).contains(percent)) && pause_ms[0] <= pause_ms[1],
                "{} sounds like nobody",
                persona.id
            );
        }
    }
}

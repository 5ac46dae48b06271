//! The library of nine session types, with every question written out.
//!
//! A template is data (`templates/*.toml`) that ships inside the program; sessions clone it, so that editing a
//! session never touches it. The order of topics is the order in which they are talked about.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{Confidentiality, Guide, HelpContact, ModeChoice, Topic};
use crate::id::GuideId;

/// A session type to start from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name in links and in the store, such as `onboarding-30`.
    pub id: String,
    /// Title that a session made from it begins with.
    pub title: String,
    /// What it is good for, in a sentence or two, for the admin.
    pub summary: String,
    /// Planned length in minutes.
    pub length_min: u16,
    /// Who may see what one person says, unless the admin decides otherwise.
    pub confidentiality: Confidentiality,
    /// How people take part, unless the admin decides otherwise.
    pub mode: ModeChoice,
    /// Its topics in order. Never empty.
    pub topics: Vec<Topic>,
}

impl Template {
    /// A guide that runs every topic of the template as it stands, under the template's title.
    /// `organisation`: who asks; `help`: whom an answer that needs care is pointed to.
    #[must_use]
    pub fn guide(&self, id: GuideId, organisation: &str, help: Option<HelpContact>) -> Guide {
        Guide {
            id,
            title: self.title.clone(),
            organisation: organisation.to_owned(),
            length_min: self.length_min,
            confidentiality: self.confidentiality,
            mode: self.mode,
            help,
            topics: self.topics.clone(),
        }
    }
}

/// The files, in the order in which an admin sees them.
const FILES: [&str; 9] = [
    include_str!("templates/stay.toml"),
    include_str!("templates/exit.toml"),
    include_str!("templates/onboarding-30.toml"),
    include_str!("templates/pulse.toml"),
    include_str!("templates/onboarding-90.toml"),
    include_str!("templates/upward-feedback.toml"),
    include_str!("templates/return-from-leave.toml"),
    include_str!("templates/post-change.toml"),
    include_str!("templates/wellbeing.toml"),
];

// The files are part of the program: one that does not parse fails the tests below and is left out here rather than
// bringing a server down.
static TEMPLATES: LazyLock<Vec<Template>> =
    LazyLock::new(|| FILES.iter().filter_map(|file| toml::from_str(file).ok()).collect());

/// All templates, in the order in which an admin sees them.
#[must_use]
pub fn templates() -> &'static [Template] {
    &TEMPLATES
}

/// The template of that name.
#[must_use]
pub fn template(id: &str) -> Option<&'static Template> {
    templates().iter().find(|t| t.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;
    use crate::event::Aim;
    use crate::guide::Priority::{self, High as H, Low as L, Medium as M};

    /// Most words that the interviewer asks in.
    const WORDS_MAX: usize = 30;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace()
            .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
            .filter(|w| !w.is_empty())
            .collect()
    }

    fn topic_questions(topic: &Topic) -> impl Iterator<Item = &str> {
        topic
            .openings
            .iter()
            .map(String::as_str)
            .chain(topic.probes.iter().map(|p| p.ask.as_str()))
    }

    fn questions(template: &Template) -> impl Iterator<Item = &str> {
        template.topics.iter().flat_map(topic_questions)
    }

    /// Asserts `holds` for each question of the library and names the one that fails.
    fn every_question(rule: &str, holds: impl Fn(&str) -> bool) {
        for template in templates() {
            for question in questions(template) {
                assert!(holds(question), "{}: {rule}: {question}", template.id);
            }
        }
    }

    #[test]
    fn every_file_parses() {
        for file in FILES {
            if let Err(e) = toml::from_str::<Template>(file) {
                panic!("{}: {e}", file.lines().next().unwrap_or_default());
            }
        }
    }

    #[test]
    fn the_nine_types_follow_their_outlines() {
        use Confidentiality::{Confidential, Identified};
        use ModeChoice::{Participant, Text};
        let outlines: [(&str, u16, Confidentiality, ModeChoice, &[Priority]); 9] = [
            ("stay", 15, Identified, Participant, &[H, H, H, M, M, M, L]),
            ("exit", 20, Identified, Participant, &[H, H, H, H, M, M, L, L]),
            ("onboarding-30", 10, Identified, Participant, &[H, H, M, M, M, M, L]),
            ("pulse", 8, Identified, Participant, &[H, H, M, M, M, L]),
            ("onboarding-90", 15, Identified, Participant, &[H, H, M, M, M, M, L]),
            ("upward-feedback", 12, Confidential, Participant, &[H, H, H, M, L]),
            ("return-from-leave", 10, Identified, Participant, &[H, H, M, M, M]),
            ("post-change", 12, Confidential, Participant, &[H, H, H, M, M, L]),
            ("wellbeing", 12, Confidential, Text, &[H, M, H, M, M, M, H]),
        ];
        let found: Vec<_> = templates()
            .iter()
            .map(|t| {
                let priorities: Vec<_> = t.topics.iter().map(|topic| topic.priority).collect();
                (t.id.as_str(), t.length_min, t.confidentiality, t.mode, priorities)
            })
            .collect();
        let wanted: Vec<_> = outlines
            .map(|(id, min, who, mode, topics)| (id, min, who, mode, topics.to_vec()))
            .into();
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_template_is_found_by_its_name() {
        assert_eq!(template("post-change").unwrap().title, "After a change");
        assert_eq!(template("no-such-type"), None);
    }

    #[test]
    fn a_guide_holds_the_whole_template() {
        let stay = template("stay").unwrap();
        let help = HelpContact {
            name: "Ana".into(),
            reach: "extension five".into(),
        };
        let guide = stay.guide(GuideId(uuid::Uuid::nil()), "Acme", Some(help.clone()));
        assert_eq!((guide.organisation.as_str(), guide.help), ("Acme", Some(help)));
        assert_eq!(
            (guide.title, guide.length_min, guide.mode),
            (stay.title.clone(), 15, ModeChoice::Participant)
        );
        assert_eq!(guide.topics, stay.topics);
    }

    #[test]
    fn every_topic_is_complete() {
        for template in templates() {
            let ids: HashSet<_> = template.topics.iter().map(|t| &t.id).collect();
            assert_eq!(ids.len(), template.topics.len(), "{}: topic ids repeat", template.id);
            for topic in &template.topics {
                let at = format!("{}/{}", template.id, topic.id);
                assert!(
                    topic.id.0.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
                    "{at}: not a slug"
                );
                assert!(
                    words(&topic.label).len() <= 7 && topic.description.ends_with('.'),
                    "{at}: label, description"
                );
                assert!(words(&topic.guidance).len() >= 10, "{at}: guidance");
                assert!(
                    topic.openings.len() >= 3 && topic.probes.len() >= 5,
                    "{at}: too few questions"
                );
                let aims: BTreeSet<_> = topic.probes.iter().map(|p| p.aim).collect();
                // Echo probes are made from the person's own words, never curated.
                assert!(
                    aims.is_superset(&[Aim::Example, Aim::Reason, Aim::Change].into()),
                    "{at}: an aim is missing"
                );
                assert!(!aims.contains(&Aim::Echo), "{at}: curated echo");
                let cues: HashSet<_> = topic.cues.iter().collect();
                assert_eq!(cues.len(), topic.cues.len(), "{at}: cues repeat");
                assert!((8..=20).contains(&cues.len()), "{at}: {} cues", cues.len());
                assert!(
                    cues.iter().all(|c| **c == c.to_lowercase() && c.trim() == **c),
                    "{at}: cues are lower case"
                );
            }
        }
    }

    #[test]
    fn no_question_comes_twice_in_a_template_even_in_other_words() {
        for template in templates() {
            let all: Vec<(&str, HashSet<String>)> = questions(template)
                .map(|q| (q, words(q).into_iter().collect()))
                .collect();
            for (i, (a, in_a)) in all.iter().enumerate() {
                for (b, in_b) in &all[..i] {
                    let (shared, either) = (in_a.intersection(in_b).count(), in_a.union(in_b).count());
                    assert!(shared * 100 < either * 60, "{}: alike: {a} | {b}", template.id);
                }
            }
        }
    }

    #[test]
    fn no_stock_beginning_wears_thin() {
        for template in templates() {
            let mut seen = HashSet::new();
            for question in questions(template) {
                let start: Vec<_> = words(question).into_iter().take(5).collect();
                assert!(seen.insert(start), "{}: begins like another: {question}", template.id);
            }
        }
    }

    #[test]
    fn questions_are_short() {
        every_question("too long", |q| words(q).len() <= WORDS_MAX);
    }

    #[test]
    fn one_thing_is_asked_at_a_time() {
        every_question("not one question", |q| match q.matches('?').count() {
            0 => {
                let imperatives = [
                    "tell me", "describe", "walk me", "take me", "give me", "help me", "think of",
                ];
                q.ends_with('.') && imperatives.iter().any(|i| q.to_lowercase().starts_with(i))
            }
            1 => q.ends_with('?'),
            _ => false,
        });
        let double = [
            " and what",
            " and how",
            " and why",
            " and who",
            " and when",
            " and where",
            " and by whom",
        ];
        every_question("double-barrelled", |q| {
            !double.iter().any(|d| q.to_lowercase().contains(d))
        });
    }

    #[test]
    fn none_can_be_answered_by_yes_or_no() {
        const STARTS: &str = "do does did is are was were am have has had can could would will should shall may might \
                              must isn't aren't don't didn't won't";
        let closed: HashSet<_> = STARTS.split_whitespace().collect();
        every_question("closed", |q| {
            // The question is the last sentence; what stands before it sets the scene.
            let asked = q.rsplit(". ").next().unwrap_or(q);
            words(asked).first().is_some_and(|w| !closed.contains(w.as_str()))
        });
    }

    #[test]
    fn none_leads() {
        const LEADING: [&str; 12] = [
            "don't you",
            "isn't it",
            "wouldn't you",
            "aren't you",
            "didn't you",
            "haven't you",
            ", right?",
            "surely",
            "obviously",
            "of course",
            "i think",
            "i guess",
        ];
        every_question("leading", |q| !LEADING.iter().any(|l| q.to_lowercase().contains(l)));
    }

    #[test]
    fn all_can_be_spoken() {
        every_question("hard to speak", |q| {
            q.chars().all(|c| c.is_ascii_alphabetic() || " ,.?'-".contains(c))
        });
    }

    #[test]
    fn return_from_leave_never_asks_for_the_reason() {
        const PRIVATE: [&str; 10] = [
            "why", "leave", "away", "absence", "absent", "illness", "ill", "sick", "health", "baby",
        ];
        let leave = template("return-from-leave").unwrap();
        for question in questions(leave) {
            assert!(
                words(question).iter().all(|w| !PRIVATE.contains(&w.as_str())),
                "asks for the reason: {question}"
            );
        }
    }

    #[test]
    fn wellbeing_diagnoses_nothing() {
        const CLINICAL: [&str; 12] = [
            "stress",
            "stressed",
            "burnout",
            "burned",
            "anxiety",
            "anxious",
            "depressed",
            "depression",
            "symptoms",
            "diagnosis",
            "sleep",
            "mental",
        ];
        let wellbeing = template("wellbeing").unwrap();
        for question in questions(wellbeing) {
            assert!(
                words(question).iter().all(|w| !CLINICAL.contains(&w.as_str())),
                "clinical: {question}"
            );
        }
    }

    #[test]
    fn upward_feedback_speaks_of_the_manager() {
        for topic in &template("upward-feedback").unwrap().topics {
            for opening in &topic.openings {
                let about = ["manager", "manager's"]
                    .iter()
                    .any(|m| words(opening).iter().any(|w| w == m));
                assert!(about, "not about the manager: {opening}");
            }
        }
    }

    #[test]
    fn nothing_is_called_anonymous() {
        for file in FILES {
            assert!(!file.to_lowercase().contains("anonym"));
        }
    }
}

//! The library's topics as a bank: a session for a goal is put together from those that come closest to it in meaning.
//!
//! Of the templates the one that is closest sets the way of asking, and most of the topics, because they were written to be talked
//! about together; those of others come in where they speak to the goal more plainly. What two templates have in common is taken once.

use std::sync::LazyLock;

use super::library::{Template, templates};
use super::{Priority, Topic};
use crate::ports::{Embedder, InferenceError};

/// So many topics make a conversation of a quarter of an hour.
pub const TOPICS: usize = 7;
/// How much a template's own closeness counts beside that of its topics when the closest one is sought.
const OF_ITS_TEMPLATE: f32 = 0.6;
/// How much closer than another topic those of the closest template are: they were written for goals like this one, while words
/// alone find "Coming back" close to "leaving".
const OF_THE_CLOSEST: f32 = 0.35;
/// And of those, how much closer for each step of priority that the template gives them.
const OF_PRIORITY: f32 = 0.06;
/// Two topics that are closer than this ask for the same. In the library "Your workload" and "What your work asks of you" are,
/// "Growth, pay and workload" and "Recognition and fair pay" are not.
const SAME: f32 = 0.62;
/// A goal that no topic comes closer to than this is about something else than the library: unrelated sentences lie below it.
const NEAR: f32 = 0.22;
/// The first three topics get the most time, and the last one the least.
const HIGH: usize = 3;
/// So many words are a phrase still, such as "Night shifts on the wards"; more are a sentence.
const PHRASE: usize = 6;
/// How goals begin that people write, and titles do not.
static OPENINGS: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| {
    let phrases = [
        "i want to understand",
        "i want to find out",
        "i want to know",
        "i want to learn",
        "i would like to understand",
        "i would like to know",
        "i'd like to understand",
        "i'd like to know",
        "we want to understand",
        "we want to find out",
        "we want to know",
        "we want to learn",
        "we would like to understand",
        "we would like to know",
        "we need to understand",
        "we need to know",
        "help me understand",
        "help us understand",
        "understand",
        "find out",
        "learn",
    ];
    phrases.iter().map(|phrase| phrase.split(' ').collect()).collect()
});

/// A topic and where it lies.
struct Placed {
    template: usize,
    /// How far into its template it comes, from 0 to 1.
    at: f32,
    topic: &'static Topic,
    vector: Vec<f32>,
}

/// The library, placed by meaning.
pub struct Bank {
    templates: Vec<Vec<f32>>,
    topics: Vec<Placed>,
}

/// A session for a goal.
#[derive(Clone, Debug, PartialEq)]
pub struct Composition {
    /// The template that is closest.
    pub template: &'static Template,
    /// Topics, in the order in which they are to be talked about; their priorities are those for this goal.
    pub topics: Vec<Topic>,
    /// Whether the library has something for this goal; else this is its closest template as it stands.
    pub fits: bool,
}

impl Bank {
    /// Places every topic and template: some sixty texts.
    ///
    /// # Errors
    /// What the embedder fails by.
    pub fn place(embedder: &mut dyn Embedder) -> Result<Self, InferenceError> {
        let mut bank = Self {
            templates: Vec::new(),
            topics: Vec::new(),
        };
        for (number, template) in templates().iter().enumerate() {
            bank.templates
                .push(embedder.embed(&format!("{}. {}", template.title, template.summary))?);
            for (at, topic) in template.topics.iter().enumerate() {
                bank.topics.push(Placed {
                    template: number,
                    at: at as f32 / template.topics.len() as f32,
                    topic,
                    vector: embedder.embed(&format!("{}. {}", topic.label, topic.description))?,
                });
            }
        }
        Ok(bank)
    }

    /// The session for a goal that lies at `goal`, in the same embedder's space.
    #[must_use]
    pub fn compose(&self, goal: &[f32]) -> Option<Composition> {
        let of_template: Vec<f32> = self.templates.iter().map(|vector| likeness(goal, vector)).collect();
        let mut ranked: Vec<(f32, &Placed)> = self
            .topics
            .iter()
            .map(|placed| {
                let own = likeness(goal, &placed.vector);
                (own + OF_ITS_TEMPLATE * of_template[placed.template], placed)
            })
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        let nearest = ranked.first()?.1.template;
        let template = templates().get(nearest)?;
        for (score, placed) in &mut ranked {
            *score = likeness(goal, &placed.vector);
            if placed.template == nearest {
                *score += OF_THE_CLOSEST + OF_PRIORITY * f32::from(placed.topic.priority as u8);
            }
        }
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        let closest = self.topics.iter().map(|placed| likeness(goal, &placed.vector));
        let fits = closest.fold(f32::MIN, f32::max) >= NEAR;
        if !fits {
            return Some(Composition {
                template,
                topics: template.topics.clone(),
                fits,
            });
        }
        let mut chosen: Vec<&Placed> = Vec::new();
        for (_, placed) in ranked {
            let told =
                |other: &&Placed| other.topic.id == placed.topic.id || likeness(&other.vector, &placed.vector) > SAME;
            if chosen.len() < TOPICS && !chosen.iter().any(told) {
                chosen.push(placed);
            }
        }
        let mut topics: Vec<(f32, Topic)> = chosen
            .iter()
            .enumerate()
            .map(|(rank, placed)| {
                let priority = match rank {
                    rank if rank < HIGH => Priority::High,
                    rank if rank + 1 < TOPICS => Priority::Medium,
                    _ => Priority::Low,
                };
                let topic = Topic {
                    priority,
                    ..placed.topic.clone()
                };
                (placed.at, topic)
            })
            .collect();
        // As in their templates: one does not begin with what comes next, nor end with how it began.
        topics.sort_by(|a, b| a.0.total_cmp(&b.0));
        Some(Composition {
            template,
            topics: topics.into_iter().map(|(_, topic)| topic).collect(),
            fits,
        })
    }
}

/// The cosine of two unit vectors.
fn likeness(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// What a session for this goal may be called: its first clause, without how one begins to write a goal. Empty where that has more than
/// `max` characters, since a title that breaks off is none, and where it is a sentence as it was written: then the template's own is better.
#[must_use]
pub fn title(goal: &str, max: usize) -> String {
    let words: Vec<&str> = goal.split_whitespace().collect();
    let begins = |opening: &&Vec<&str>| {
        opening.len() < words.len() && opening.iter().zip(&words).all(|(a, b)| a.eq_ignore_ascii_case(b))
    };
    let skipped = OPENINGS.iter().find(begins).map_or(0, Vec::len);
    let said = &words[skipped..];
    let ends = |word: &str| word.ends_with(['.', '?', '!', ',', ';', ':']);
    let length = said.iter().position(|word| ends(word)).map_or(said.len(), |at| at + 1);
    let title = said[..length].join(" ");
    let title = title.trim_end_matches(['.', '?', '!', ',', ';', ':']);
    if title.chars().count() > max || (skipped == 0 && length > PHRASE) {
        return String::new();
    }
    let mut letters = title.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts that share words are close.
    struct Words;

    impl Embedder for Words {
        fn embed(&mut self, text: &str) -> Result<Vec<f32>, InferenceError> {
            let mut vector = vec![0.0; 512];
            for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 3) {
                let sum: usize = word
                    .to_lowercase()
                    .bytes()
                    .fold(7, |sum, byte| sum * 31 % 509 + usize::from(byte));
                vector[sum % 512] += 1.0;
            }
            let length = vector.iter().map(|x: &f32| x * x).sum::<f32>().sqrt().max(1e-6);
            Ok(vector.iter().map(|x| x / length).collect())
        }
    }

    fn composed(goal: &str) -> Composition {
        let bank = Bank::place(&mut Words).unwrap();
        bank.compose(&Words.embed(goal).unwrap()).unwrap()
    }

    #[test]
    fn a_goal_gets_topics_of_its_own_each_once_with_the_most_time_for_the_closest() {
        let made = composed(
            "Exit interview: understand the decision to leave, workload, growth and what would have kept the person",
        );
        assert_eq!((made.template.id.as_str(), made.fits), ("exit", true));
        assert_eq!(made.topics.len(), TOPICS);
        let high = made.topics.iter().filter(|topic| topic.priority == Priority::High);
        assert_eq!(high.count(), HIGH);
        let mut ids: Vec<_> = made.topics.iter().map(|topic| topic.id.clone()).collect();
        ids.dedup();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), TOPICS);
    }

    #[test]
    fn what_is_about_something_else_gets_a_template_as_it_stands() {
        let made = composed("of it");
        assert!(!made.fits);
        assert_eq!(made.topics, made.template.topics);
    }

    #[test]
    fn a_title_is_the_goal_without_its_opening() {
        let long = format!("We want to know {}", "word ".repeat(40));
        for (goal, expected) in [
            (
                "I want to understand why our mid-level engineers are leaving.",
                "Why our mid-level engineers are leaving",
            ),
            (
                "We need to know why nurses leave, what would keep them. Ask gently.",
                "Why nurses leave",
            ),
            ("find out  how night shifts feel?", "How night shifts feel"),
            ("Night shifts", "Night shifts"),
            ("Nurses on our wards leave us after two years.", ""),
            ("I want to understand", "I want to understand"),
            (long.as_str(), ""),
            ("  ", ""),
        ] {
            assert_eq!(title(goal, 60), expected, "{goal}");
        }
    }
}

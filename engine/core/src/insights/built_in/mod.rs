//! The engine that needs nothing but `MiniLM`: statements are cut from what was said, rules read how they speak, and a head that
//! was fitted on written examples tells what they speak of.

mod clauses;
mod examples;
mod head;
mod tone;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{
    Answer, Asked, Carried, Claim, Coded, Coder, CoderVersion, CodingError, Concreteness, Interview, Meaning, Polarity,
    Signal, Signalled, Span, Stance, Statement,
};
use crate::id::TopicId;
use crate::planner;
use crate::planner::words::{Token, tokens};
use crate::ports::Embedder;

use clauses::{Clause, clauses};
use tone::Tone;

pub use examples::{Example, examples};
pub(in crate::insights) use head::dot;
pub use head::{About, Class, Head, Matter, Side, Speaks, grams};

/// Counted up with every change of rules or weights after which an interview may give other statements.
const VERSION: u32 = 2;
/// Probability of a signal from which on a statement's guess is noted: [`themes`](super::themes) weighs it with what others say.
const CARRIES_MIN: f32 = 0.05;
/// Signals that are noted of one statement.
const CARRIES_MAX: usize = 3;
/// By how much the odds of a signal grow where the topic asks for it.
const ASKED_FOR: f32 = 1.5;
/// Probability from which on a statement speaks as the side that it takes does, whatever its words are.
const SIDE_MIN: f32 = 0.4;
/// Another topic must be this much closer in meaning than the one that was asked.
const OTHER_TOPIC: f32 = 0.15;
/// And this close.
const TOPIC_MIN: f32 = 0.35;

/// The built-in coder.
pub struct BuiltIn {
    embedder: Box<dyn Embedder>,
    head: &'static Head,
    /// Where topics stand, by label and description: sessions ask for the same ones.
    topics: BTreeMap<String, Vec<f32>>,
}

/// The words by which a topic asks for a signal.
static ABOUT: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| toml::from_str(include_str!("about-en.toml")).expect("the built-in lists are tested"));

impl BuiltIn {
    /// A coder that places text with `embedder`.
    #[must_use]
    pub fn new(embedder: Box<dyn Embedder>) -> Self {
        Self::with(embedder, Head::english())
    }

    fn with(embedder: Box<dyn Embedder>, head: &'static Head) -> Self {
        Self {
            embedder,
            head,
            topics: BTreeMap::new(),
        }
    }

    /// The version of this coder, without one at hand.
    #[must_use]
    pub fn current() -> CoderVersion {
        CoderVersion {
            name: "built-in".to_owned(),
            version: VERSION,
        }
    }

    /// Where a question or a phrase stands, as statements do.
    ///
    /// # Errors
    /// [`CodingError::Inference`] where the embedder fails.
    pub fn meaning(&mut self, text: &str) -> Result<Meaning, CodingError> {
        Ok(Meaning::of(&self.embedder.embed(text)?))
    }

    /// What a statement speaks of and how surely, likeliest first.
    fn judge(&self, words: &[Token], place: &[f32]) -> Vec<(Speaks, f32)> {
        let judged = self.head.judge(&self.head.read(words, place));
        let speaks = self.head.classes.iter().map(Class::speaks);
        let mut out: Vec<(Speaks, f32)> = speaks
            .zip(judged)
            .filter_map(|(speaks, p)| Some((speaks?, p)))
            .collect();
        out.sort_by(|a, b| b.1.total_cmp(&a.1));
        out
    }

    fn place_topics(&mut self, topics: &[Asked]) -> Result<Vec<Vec<f32>>, CodingError> {
        let mut places = Vec::with_capacity(topics.len());
        for topic in topics {
            let text = format!("{}. {}", topic.label, topic.description);
            let place = match self.topics.get(&text) {
                Some(place) => place.clone(),
                None => {
                    let place = self.embedder.embed(&plain(&text))?;
                    self.topics.insert(text, place.clone());
                    place
                }
            };
            places.push(place);
        }
        Ok(places)
    }
}

/// A text as statements are embedded.
fn plain(text: &str) -> String {
    let words: Vec<String> = tokens(text)
        .into_iter()
        .filter(|t| !t.is_end())
        .map(|t| t.text)
        .collect();
    words.join(" ")
}

impl Coder for BuiltIn {
    fn version(&self) -> CoderVersion {
        Self::current()
    }

    fn code(&mut self, interview: &Interview) -> Result<Coded, CodingError> {
        let topics = self.place_topics(&interview.topics)?;
        let parts: Vec<(&Answer, Clause)> = interview
            .answers
            .iter()
            .flat_map(|answer| {
                clauses(answer.text.expose())
                    .into_iter()
                    .map(move |clause| (answer, clause))
            })
            .collect();
        let plain: Vec<String> = parts.iter().map(|(_, clause)| clause.plain()).collect();
        let texts: Vec<&str> = plain.iter().map(String::as_str).collect();
        let places = self.embedder.embed_all(&texts)?;
        let statements = parts.iter().zip(&places).map(|((answer, clause), place)| {
            let judged = self.judge(&clause.tokens, place);
            statement(interview, &topics, answer, clause, place, &judged)
        });
        Ok(Coded {
            conversation: interview.participant.conversation,
            coder: Self::current(),
            statements: statements.collect(),
        })
    }

    /// What does not slice stays without a meaning.
    fn place(&mut self, interview: &Interview, coded: &mut Coded) -> Result<(), CodingError> {
        for statement in coded.statements.iter_mut().filter(|s| s.meaning.is_none()) {
            let answer = interview.answer(statement.span.turn);
            if let Some(words) = answer.and_then(|a| statement.span.slice(a.text.expose())) {
                statement.meaning = Some(Meaning::of(&self.embedder.embed(&plain(words))?));
            }
        }
        Ok(())
    }
}

fn statement(
    interview: &Interview,
    topics: &[Vec<f32>],
    answer: &Answer,
    clause: &Clause,
    place: &[f32],
    judged: &[(Speaks, f32)],
) -> Statement {
    let tone = Tone::of(&clause.tokens);
    let topic = topic(interview, topics, answer, place);
    let asked = topic.as_ref().and_then(|id| interview.topic(id));
    let signals = signals(judged, asked);
    let side = judged
        .first()
        .filter(|(_, p)| *p >= SIDE_MIN)
        .map(|(speaks, _)| speaks.stance);
    let evidence = planner::evidence(&clause.tokens);
    let bytes = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Statement {
        span: Span {
            turn: answer.turn,
            from: bytes(clause.from),
            to: bytes(clause.to),
        },
        topic,
        polarity: match side {
            Some(Stance::Strain) => Polarity::Negative,
            Some(Stance::Strength) => Polarity::Positive,
            None => tone.polarity(),
        },
        concreteness: if evidence.example {
            Concreteness::Concrete
        } else {
            Concreteness::General
        },
        claim: match (evidence.change, evidence.reason) {
            (true, _) => Claim::Wish,
            (_, true) => Claim::Reason,
            _ => Claim::Fact,
        },
        sensitive: answer.concern.or_else(|| planner::concern(&clause.tokens)),
        signals,
        meaning: Some(Meaning::of(place)),
    }
}

/// What the statement is about: what was asked, unless it stands far closer to another topic.
fn topic(interview: &Interview, topics: &[Vec<f32>], answer: &Answer, place: &[f32]) -> Option<TopicId> {
    let likeness = |at: usize| topics.get(at).map_or(0.0, |topic| dot(topic, place));
    let asked = answer
        .topic
        .as_ref()
        .and_then(|id| interview.topics.iter().position(|t| t.id == *id));
    let closest = (0..topics.len()).max_by(|a, b| likeness(*a).total_cmp(&likeness(*b)));
    let other = closest.filter(|at| {
        likeness(*at) >= TOPIC_MIN && asked.is_none_or(|asked| likeness(*at) >= likeness(asked) + OTHER_TOPIC)
    });
    other.or(asked).map(|at| interview.topics[at].id.clone())
}

/// The signals that may be carried, plainest first.
fn signals(judged: &[(Speaks, f32)], asked: Option<&Asked>) -> Vec<Carried> {
    let words = asked.map(|topic| plain(&format!("{} {}", topic.label, topic.description)));
    let words: Vec<&str> = words.as_deref().unwrap_or_default().split(' ').collect();
    let asked_for = |signal: Signal| {
        let list = ABOUT.get(name(signal)).map_or("", String::as_str);
        list.split_whitespace().any(|word| words.contains(&word))
    };
    let mut found: Vec<(Signalled, f32)> = judged
        .iter()
        .filter_map(|(speaks, p)| {
            let what = speaks.signalled()?;
            let odds = p / (1.0 - p).max(f32::EPSILON) * if asked_for(what.signal) { ASKED_FOR } else { 1.0 };
            Some((what, odds / (1.0 + odds)))
        })
        .filter(|(_, p)| *p >= CARRIES_MIN)
        .collect();
    found.sort_by(|a, b| b.1.total_cmp(&a.1));
    let carried = found.into_iter().take(CARRIES_MAX);
    carried
        .map(|(what, p)| Carried {
            what,
            percent: (p * 100.0) as u8,
        })
        .collect()
}

/// A signal's name in the lists.
fn name(signal: Signal) -> &'static str {
    match signal {
        Signal::FlightRisk => "flight_risk",
        Signal::Burnout => "burnout",
        Signal::ManagerTrust => "manager_trust",
        Signal::Growth => "growth",
        Signal::Pay => "pay",
        Signal::Workload => "workload",
        Signal::Recognition => "recognition",
        Signal::Belonging => "belonging",
        Signal::Tools => "tools",
        Signal::Clarity => "clarity",
        Signal::Flexibility => "flexibility",
        Signal::Change => "change",
        Signal::Leadership => "leadership",
    }
}

#[cfg(test)]
mod tests;

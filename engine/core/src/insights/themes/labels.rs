//! A theme's heading: ours for a signal, else counted from the words that several people used.

use std::collections::{BTreeMap, BTreeSet};

use super::super::built_in::{About, Matter, Speaks};
use super::super::{Signal, Stance};
use super::Entry;
use crate::planner::english;
use crate::planner::words::{self, Token, stem};

/// The heading of what cannot be named.
pub(super) const NAMELESS: &str = "Something else";
/// People who must have used a phrase.
const USED_BY_MIN: usize = 2;
/// And at least so many percent of the theme's people.
const USED_BY_PERCENT: usize = 25;
/// Words of the longest phrase.
const PHRASE_MAX_WORDS: usize = 4;
/// What each further word of content adds to a phrase's worth.
const LONGER: f64 = 0.5;
/// Words that may stand inside a phrase.
const INSIDE: [&str; 10] = ["of", "the", "and", "in", "to", "for", "between", "from", "at", "with"];

/// The heading of what can be named.
pub(super) fn of_named(speaks: Speaks) -> &'static str {
    let (warns, does_good) = match speaks.about {
        About::Signal(signal) => of_signal(signal),
        About::Matter(matter) => of_matter(matter),
    };
    match speaks.stance {
        Stance::Strain => warns,
        Stance::Strength => does_good,
    }
}

fn of_matter(matter: Matter) -> (&'static str, &'static str) {
    match matter {
        Matter::Meetings => ("Too many or too long meetings", "Meetings that help"),
        Matter::Parking => ("Not enough parking", "Enough parking"),
        Matter::Noise => ("Too much noise", "A quiet place to work"),
        Matter::Food => ("Poor food at work", "Good food at work"),
        Matter::Approvals => ("Slow approvals and paperwork", "Quick decisions"),
        Matter::Handover => ("Handovers that lose things", "Handovers that work"),
        Matter::Silos => (
            "Departments that do not work together",
            "Departments that work together",
        ),
        Matter::Customers => ("Difficult customers", "Joy in working for customers"),
        Matter::Work => ("Work that is no joy", "Joy in the work itself"),
        Matter::Other => (NAMELESS, NAMELESS),
    }
}

fn of_signal(signal: Signal) -> (&'static str, &'static str) {
    match signal {
        Signal::FlightRisk => ("Thoughts of leaving", "Wish to stay"),
        Signal::Burnout => ("Exhaustion and stress", "Energy and recovery"),
        Signal::ManagerTrust => ("Strained trust in managers", "Trust in managers"),
        Signal::Growth => ("Few chances to grow", "Learning and growth"),
        Signal::Pay => ("Pay seen as too low or unfair", "Pay seen as fair"),
        Signal::Workload => ("Too much work", "Manageable workload"),
        Signal::Recognition => ("Lack of recognition", "Recognition for good work"),
        Signal::Belonging => ("Not feeling part of the team", "Good colleagues"),
        Signal::Tools => ("Tools and systems that get in the way", "Tools that work"),
        Signal::Clarity => ("Unclear goals and roles", "Clear goals and roles"),
        Signal::Flexibility => ("Too little say over hours and place", "Flexible hours and place"),
        Signal::Change => ("Tired of change", "Change that helped"),
        Signal::Leadership => ("Distance to leadership", "Trust in leadership"),
    }
}

/// How many people use which word.
pub(super) struct Words {
    people: usize,
    used_by: BTreeMap<String, BTreeSet<usize>>,
}

/// A phrase as people used it.
#[derive(Default)]
struct Used {
    by: BTreeSet<usize>,
    /// How often in which form.
    forms: BTreeMap<String, usize>,
}

impl Words {
    pub(super) fn of(entries: &[Entry<'_>]) -> Self {
        let mut used_by: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        let mut people = BTreeSet::new();
        for entry in entries {
            people.insert(entry.person);
            for stem in words::content(&words::tokens(entry.words), &english().function_words) {
                used_by.entry(stem).or_default().insert(entry.person);
            }
        }
        Self {
            people: people.len(),
            used_by,
        }
    }

    /// The phrase that says best what `members` have in common and others do not; nobody's words alone, and none that are not to
    /// be quoted.
    pub(super) fn label(&self, members: &[&Entry<'_>]) -> Option<String> {
        let people: BTreeSet<usize> = members.iter().map(|m| m.person).collect();
        let at_least = USED_BY_MIN.max((people.len() * USED_BY_PERCENT).div_ceil(100));
        let mut phrases: BTreeMap<Vec<String>, Used> = BTreeMap::new();
        for member in members.iter().filter(|m| m.quotable) {
            let tokens = words::tokens(member.words);
            for sentence in words::sentences(&tokens) {
                for phrase in phrases_in(sentence) {
                    let stems = phrase.iter().map(|t| stem(&t.text)).collect();
                    let used = phrases.entry(stems).or_default();
                    used.by.insert(member.person);
                    let form: Vec<&str> = phrase.iter().map(|t| t.text.as_str()).collect();
                    *used.forms.entry(form.join(" ")).or_default() += 1;
                }
            }
        }
        let worth = |stems: &[String], used: &Used| {
            let content: Vec<f64> = stems.iter().filter_map(|s| self.rarity(s)).collect();
            let rarity = content.iter().sum::<f64>() / content.len().max(1) as f64;
            used.by.len() as f64 * rarity * (1.0 + LONGER * (content.len().max(1) - 1) as f64)
        };
        let best = phrases
            .iter()
            .filter(|(_, used)| used.by.len() >= at_least)
            .map(|(stems, used)| (worth(stems, used), used))
            .max_by(|a, b| a.0.total_cmp(&b.0))?;
        let form = best.1.forms.iter().max_by_key(|(_, many)| **many)?.0;
        let mut letters = form.chars();
        let first = letters.next()?.to_uppercase().collect::<String>();
        Some(first + letters.as_str())
    }

    /// How much a word tells, by how few use it; `None` where it carries no content.
    fn rarity(&self, stem: &str) -> Option<f64> {
        let by = self.used_by.get(stem)?.len();
        Some((1.0 + self.people as f64 / by as f64).ln())
    }
}

/// The stretches of a sentence that could be a heading: they begin and end with words of content.
fn phrases_in(sentence: &[Token]) -> impl Iterator<Item = &[Token]> {
    let function = &english().function_words;
    let content = move |t: &Token| t.text.chars().count() > 2 && !function.contains(&t.text);
    (0..sentence.len()).flat_map(move |from| {
        (from + 1..=(from + PHRASE_MAX_WORDS).min(sentence.len())).filter_map(move |to| {
            let phrase = &sentence[from..to];
            let ends = content(&phrase[0]) && content(&phrase[phrase.len() - 1]);
            let whole = phrase[1..].iter().all(|t| !t.opens_clause);
            let inside = phrase.iter().all(|t| content(t) || INSIDE.contains(&t.text.as_str()));
            (ends && whole && inside).then_some(phrase)
        })
    })
}

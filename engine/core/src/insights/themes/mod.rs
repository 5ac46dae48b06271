//! From what each person says to what several say: named signals, and clusters of statements that mean the same.

mod clusters;
mod keys;
mod labels;
mod weighed;

use std::collections::{BTreeMap, BTreeSet};

use super::built_in::Speaks;
use super::{Coded, Interview, Place, Polarity, PolarityCounts, Signalled, Statement, Theme, ThemeKind};
use crate::id::TopicId;
use weighed::Weighed;

/// Probability of a matter, on average over a cluster, from which on all of it is taken for that matter.
const JOINS: f32 = 0.1;
/// Probability from which on a statement is taken to say nothing of how work is: it is part of no cluster.
const IDLE: f32 = 0.5;
/// People who speak of a matter that is not borne out: more of them would be taken for a group, on words that are all the same.
const VOICES_MAX: usize = 2;
/// Percent of a cluster's statements on the same topic before it is a theme of that topic.
const SAME_TOPIC_PERCENT: usize = 60;
/// People who make a cluster.
const PEOPLE_MIN: usize = 2;

/// A statement that may be part of a theme.
struct Entry<'a> {
    place: Place,
    /// Index of the conversation, in order.
    person: usize,
    statement: &'a Statement,
    words: &'a str,
    quotable: bool,
}

impl<'a> Entry<'a> {
    fn all(said: &[(&'a Interview, &'a Coded)]) -> Vec<Self> {
        let mut out = Vec::new();
        for (person, (interview, coded)) in said.iter().enumerate() {
            for (index, statement) in coded.statements.iter().enumerate() {
                let Some(answer) = interview.answer(statement.span.turn) else {
                    continue;
                };
                let words = statement.span.slice(answer.text.expose());
                let (None, None, Some(words)) = (answer.concern, statement.sensitive, words) else {
                    continue;
                };
                out.push(Self {
                    place: Place {
                        conversation: coded.conversation,
                        statement: u32::try_from(index).unwrap_or(u32::MAX),
                    },
                    person,
                    statement,
                    words,
                    quotable: answer.quotable,
                });
            }
        }
        out
    }

    fn carries(&self, what: Signalled) -> Option<u8> {
        let carried = self.statement.signals.iter().find(|s| s.what == what);
        carried.map(|s| s.percent)
    }
}

/// The themes of a session: `said` holds its conversations in a fixed order (each with what was coded of it). A statement whose span
/// does not slice, and one that calls for care, is part of none. `previous`: the themes that were found before, which hand on
/// their keys where most of their statements are still together.
#[must_use]
pub fn themes(said: &[(&Interview, &Coded)], previous: &[Theme]) -> Vec<Theme> {
    let entries = Entry::all(said);
    let weighed = Weighed::of(&entries);
    let mut named = weighed.borne_out(&entries);
    let taken: BTreeSet<usize> = named.values().flatten().copied().collect();
    let left = (0..entries.len()).filter(|at| !taken.contains(at) && weighed.idle(*at) < IDLE);
    let mut clusters = Vec::new();
    for cluster in clusters::find(&entries, left) {
        // What means the same as many plain statements is taken for the same.
        let nearest = named
            .keys()
            .map(|speaks| (weighed.mean(&cluster, *speaks), *speaks))
            .filter(|(mean, _)| *mean >= JOINS)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        match nearest {
            Some((_, speaks)) => named.entry(speaks).or_default().extend(cluster),
            // The same words out of several mouths are a manner of speaking.
            None if weighed.is_said_in_several_ways(&cluster) => clusters.push(cluster),
            None => {}
        }
    }
    // A voice that nobody else bears out is heard all the same, and so are two.
    let clustered: BTreeSet<usize> = clusters.iter().flatten().copied().collect();
    let mut voices: BTreeMap<Speaks, BTreeSet<usize>> = BTreeMap::new();
    for at in (0..entries.len()).filter(|at| !clustered.contains(at)) {
        if let Some(speaks) = weighed.surely(at)
            && !named.contains_key(&speaks)
        {
            voices.entry(speaks).or_default().insert(at);
        }
    }
    voices.retain(|_, members| {
        let people: BTreeSet<usize> = members.iter().map(|at| entries[*at].person).collect();
        people.len() <= VOICES_MAX
    });
    named.extend(voices);
    let mut out: Vec<Theme> = named
        .iter()
        .map(|(speaks, members)| of_named(&entries, *speaks, members, &named))
        .collect();
    let words = labels::Words::of(&entries);
    for cluster in &clusters {
        out.extend(of_cluster(&entries, cluster, &words, said));
    }
    keys::hand_on(&mut out, previous);
    out.sort_by(|a, b| (b.people().len(), &a.key).cmp(&(a.people().len(), &b.key)));
    out
}

/// The theme of what can be named, which holds against it what is said on its other side.
fn of_named(
    entries: &[Entry<'_>],
    speaks: Speaks,
    members: &BTreeSet<usize>,
    named: &BTreeMap<Speaks, BTreeSet<usize>>,
) -> Theme {
    let opposite = Speaks {
        stance: speaks.stance.opposite(),
        ..speaks
    };
    let topic = || {
        let members: Vec<usize> = members.iter().copied().collect();
        same_topic(entries, &members)
    };
    let kind = match speaks.signalled() {
        Some(what) => ThemeKind::Signal(what),
        None => topic().map_or(ThemeKind::Emergent, |topic| ThemeKind::Topic { topic }),
    };
    Theme {
        key: keys::of_named(speaks),
        label: labels::of_named(speaks).to_owned(),
        kind,
        statements: places(entries, members),
        against: named.get(&opposite).map_or_else(Vec::new, |m| places(entries, m)),
        polarity: polarity(entries, members),
    }
}

fn of_cluster(
    entries: &[Entry<'_>],
    cluster: &[usize],
    words: &labels::Words,
    said: &[(&Interview, &Coded)],
) -> Option<Theme> {
    let counts = polarity(entries, cluster);
    // Those who speak the other way than most are the evidence against it.
    let other = if counts.negative >= counts.positive {
        Polarity::Positive
    } else {
        Polarity::Negative
    };
    let (against, statements): (Vec<usize>, Vec<usize>) =
        cluster.iter().partition(|at| entries[**at].statement.polarity == other);
    if people(entries, &statements).len() < PEOPLE_MIN {
        return None;
    }
    let topic = same_topic(entries, &statements);
    let topic_label = topic.as_ref().and_then(|id| {
        let topics = said.iter().flat_map(|(interview, _)| interview.topic(id));
        topics.map(|topic| topic.label.clone()).next()
    });
    let members: Vec<&Entry<'_>> = statements.iter().map(|at| &entries[*at]).collect();
    let label = words
        .label(&members)
        .or(topic_label)
        .unwrap_or_else(|| labels::NAMELESS.to_owned());
    let kind = topic.map_or(ThemeKind::Emergent, |topic| ThemeKind::Topic { topic });
    let statements_at = places(entries, &statements);
    Some(Theme {
        key: keys::of_cluster(&kind, &statements_at),
        label,
        kind,
        polarity: polarity(entries, &statements),
        against: places(entries, &against),
        statements: statements_at,
    })
}

fn same_topic(entries: &[Entry<'_>], members: &[usize]) -> Option<TopicId> {
    let mut counts: BTreeMap<&TopicId, usize> = BTreeMap::new();
    for topic in members.iter().filter_map(|at| entries[*at].statement.topic.as_ref()) {
        *counts.entry(topic).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, many)| *many);
    let enough = most.filter(|(_, many)| many * 100 >= members.len() * SAME_TOPIC_PERCENT);
    enough.map(|(topic, _)| topic.clone())
}

fn people(entries: &[Entry<'_>], members: &[usize]) -> BTreeSet<usize> {
    members.iter().map(|at| entries[*at].person).collect()
}

fn places<'a>(entries: &[Entry<'_>], members: impl IntoIterator<Item = &'a usize>) -> Vec<Place> {
    let mut members: Vec<usize> = members.into_iter().copied().collect();
    members.sort_unstable();
    members.into_iter().map(|at| entries[at].place).collect()
}

fn polarity<'a>(entries: &[Entry<'_>], members: impl IntoIterator<Item = &'a usize>) -> PolarityCounts {
    let mut counts = PolarityCounts::default();
    for at in members {
        counts.count(entries[*at].statement.polarity);
    }
    counts
}

#[cfg(test)]
mod tests;

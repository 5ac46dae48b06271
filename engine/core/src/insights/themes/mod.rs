//! From what each person says to what several say: named signals, and clusters of statements that mean the same.

mod clusters;
mod keys;
mod labels;

use std::collections::{BTreeMap, BTreeSet};

use super::{Coded, Interview, Place, Polarity, PolarityCounts, Signalled, Statement, Theme, ThemeKind};
use crate::id::TopicId;

/// Percent of certainty from which on a signal stands by itself.
const SURE_PERCENT: u8 = 42;
/// People who must say it so plainly before what others say less plainly counts too.
const SURE_PEOPLE_MIN: usize = 2;
/// Percent of a cluster's statements that carry the same signal before all of it is taken for that signal.
const SAME_SIGNAL_PERCENT: usize = 50;
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
    let mut signals = by_signal(&entries);
    let (mut clusters, mut joined) = (Vec::new(), Vec::new());
    for cluster in clusters::find(&entries) {
        match same_signal(&entries, &cluster, &signals) {
            Some(what) => joined.push((what, cluster)),
            None => clusters.push(cluster),
        }
    }
    // What means the same as many plain statements is taken for the same, unless it speaks the other way.
    for (what, cluster) in joined {
        let theirs = polarity_of(what);
        let members = signals.entry(what).or_default();
        let fits = |at: &usize| matches!(entries[*at].statement.polarity, p if p == theirs || p == Polarity::Neutral);
        members.extend(cluster.into_iter().filter(fits));
    }
    // And what means the same as others who do not carry a signal is not taken for it on a guess.
    for cluster in &clusters {
        if people(&entries, cluster).len() > PEOPLE_MIN {
            for (what, members) in &mut signals {
                members.retain(|at| !cluster.contains(at) || entries[*at].carries(*what).unwrap_or(0) >= SURE_PERCENT);
            }
        }
    }
    let mut out: Vec<Theme> = signals
        .iter()
        .filter(|(_, members)| !members.is_empty())
        .map(|(what, members)| {
            let opposite = Signalled {
                signal: what.signal,
                stance: what.stance.opposite(),
            };
            Theme {
                key: keys::of_signal(*what),
                label: labels::of_signal(*what).to_owned(),
                kind: ThemeKind::Signal(*what),
                statements: places(&entries, members),
                against: signals.get(&opposite).map_or_else(Vec::new, |m| places(&entries, m)),
                polarity: polarity(&entries, members),
            }
        })
        .collect();
    let words = labels::Words::of(&entries);
    for cluster in &clusters {
        out.extend(of_cluster(&entries, cluster, &words, said));
    }
    keys::hand_on(&mut out, previous);
    out.sort_by(|a, b| (b.people().len(), &a.key).cmp(&(a.people().len(), &b.key)));
    out
}

/// By signal, the entries that carry it: those that do so plainly, and the others where enough people are plain.
fn by_signal(entries: &[Entry<'_>]) -> BTreeMap<Signalled, BTreeSet<usize>> {
    let mut all: BTreeMap<Signalled, Vec<(usize, u8)>> = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        for carried in &entry.statement.signals {
            all.entry(carried.what).or_default().push((at, carried.percent));
        }
    }
    let keep = |(what, found): (Signalled, Vec<(usize, u8)>)| {
        let sure = found.iter().filter(|(_, percent)| *percent >= SURE_PERCENT);
        let plain: BTreeSet<usize> = sure.map(|(at, _)| entries[*at].person).collect();
        let at_least = if plain.len() >= SURE_PEOPLE_MIN {
            0
        } else {
            SURE_PERCENT
        };
        let kept = found.into_iter().filter(|(_, percent)| *percent >= at_least);
        (what, kept.map(|(at, _)| at).collect())
    };
    all.into_iter().map(keep).collect()
}

/// The signal that most of a cluster carries.
fn same_signal(
    entries: &[Entry<'_>],
    cluster: &[usize],
    signals: &BTreeMap<Signalled, BTreeSet<usize>>,
) -> Option<Signalled> {
    let mut counts: BTreeMap<Signalled, usize> = BTreeMap::new();
    for at in cluster {
        for carried in &entries[*at].statement.signals {
            if signals.get(&carried.what).is_some_and(|members| members.contains(at)) {
                *counts.entry(carried.what).or_default() += 1;
            }
        }
    }
    let most = counts.into_iter().max_by_key(|(_, many)| *many);
    most.filter(|(_, many)| many * 100 >= cluster.len() * SAME_SIGNAL_PERCENT)
        .map(|(what, _)| what)
}

fn polarity_of(what: Signalled) -> Polarity {
    match what.stance {
        super::Stance::Strain => Polarity::Negative,
        super::Stance::Strength => Polarity::Positive,
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

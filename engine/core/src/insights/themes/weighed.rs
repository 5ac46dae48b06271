//! What each statement speaks of, weighed with what everybody says: a guess that many bear out is likelier than one that nobody else
//! does. How large a share each matter has is estimated from the session itself (Saerens, Latinne and Decaestecker 2002).

use std::collections::{BTreeMap, BTreeSet};

use super::super::built_in::{About, Class, Head, Matter, Speaks, dot};
use super::Entry;

/// How often the shares are estimated anew: they hardly move afterwards.
const ROUNDS: usize = 8;
/// How far a share bends the guesses: 0 not at all, 1 as if the guesses without it were exact.
const BENDS: f32 = 0.6;
/// Statements that the shares of the written examples count for beside those of the session.
const EXAMPLES_COUNT: f32 = 30.0;
/// Probability from which on a statement is sure to speak of a matter.
const SURE: f32 = 0.5;
/// And from which on it is taken for a matter of which others surely speak,
const LIKELY: f32 = 0.25;
/// if it is at least so likely beside the likeliest.
const BESIDE_BEST: f32 = 0.5;
/// People who must surely speak of a matter before it is taken for one of the group, in more than one way: the head errs alike on
/// sentences that are alike, so that the same words out of several mouths are no further sign of it.
const BORNE_OUT: usize = 2;
/// Statements are said alike from this cosine on.
const ALIKE: f32 = 0.9;

/// Statements by what they speak of.
pub(super) struct Weighed {
    /// What each column stands for; one is for nothing.
    columns: Vec<Option<Speaks>>,
    /// By entry, the probability of each column.
    rows: Vec<Vec<f32>>,
    /// By entry, where it stands.
    places: Vec<Vec<f32>>,
}

impl Weighed {
    pub(super) fn of(entries: &[Entry<'_>]) -> Self {
        let head = Head::english();
        let columns: Vec<Option<Speaks>> = head.classes.iter().map(Class::speaks).collect();
        let places: Vec<Vec<f32>> = entries
            .iter()
            .map(|entry| {
                entry
                    .statement
                    .meaning
                    .as_ref()
                    .map_or_else(Vec::new, |meaning| meaning.unit())
            })
            .collect();
        let guesses = entries
            .iter()
            .zip(&places)
            .map(|(entry, place)| guess(head, &columns, entry, place));
        let mut weighed = Self {
            rows: guesses.collect(),
            columns,
            places,
        };
        weighed.bend(&head.classes.iter().map(|class| class.share).collect::<Vec<f32>>());
        weighed
    }

    /// Bends the guesses by the shares that they have together. `before`: the shares of the examples.
    fn bend(&mut self, before: &[f32]) {
        let mut shares = before.to_vec();
        let mut bent = self.rows.clone();
        for _ in 0..ROUNDS {
            for (bent, row) in bent.iter_mut().zip(&self.rows) {
                for (n, p) in bent.iter_mut().enumerate() {
                    *p = row[n] * (shares[n] / before[n].max(f32::EPSILON)).powf(BENDS);
                }
                whole(bent);
            }
            for (n, share) in shares.iter_mut().enumerate() {
                let said: f32 = bent.iter().map(|row| row[n]).sum();
                *share = (EXAMPLES_COUNT * before[n] + said) / (EXAMPLES_COUNT + bent.len() as f32);
            }
        }
        self.rows = bent;
    }

    /// The columns of what can be named.
    fn named(&self) -> impl Iterator<Item = (usize, Speaks)> {
        let columns = self.columns.iter().enumerate();
        columns
            .filter_map(|(n, speaks)| Some((n, (*speaks)?)))
            .filter(|(_, speaks)| speaks.about != About::Matter(Matter::Other))
    }

    /// The entries that speak of what several people surely speak of.
    pub(super) fn borne_out(&self, entries: &[Entry<'_>]) -> BTreeMap<Speaks, BTreeSet<usize>> {
        let mut out: BTreeMap<Speaks, BTreeSet<usize>> = BTreeMap::new();
        let borne: Vec<(usize, Speaks)> = self
            .named()
            .filter(|(n, _)| {
                let sure: Vec<usize> = (0..entries.len()).filter(|at| self.rows[*at][*n] >= SURE).collect();
                let people: BTreeSet<usize> = sure.iter().map(|at| entries[*at].person).collect();
                people.len() >= BORNE_OUT && self.is_said_in_several_ways(&sure)
            })
            .collect();
        for (at, row) in self.rows.iter().enumerate() {
            let best = row.iter().copied().fold(0.0, f32::max);
            let of = borne.iter().max_by(|a, b| row[a.0].total_cmp(&row[b.0]));
            if let Some((n, speaks)) = of
                && row[*n] >= LIKELY.max(best * BESIDE_BEST)
            {
                out.entry(*speaks).or_default().insert(at);
            }
        }
        out
    }

    /// What an entry surely speaks of, whether others do or not.
    pub(super) fn surely(&self, at: usize) -> Option<Speaks> {
        self.named()
            .find(|(n, _)| self.rows[at][*n] >= SURE)
            .map(|(_, speaks)| speaks)
    }

    /// How much all of `members` speak of `speaks`, on average.
    pub(super) fn mean(&self, members: &[usize], speaks: Speaks) -> f32 {
        let column = self.columns.iter().position(|column| *column == Some(speaks));
        let sum: f32 = column.map_or(0.0, |n| members.iter().map(|at| self.rows[*at][n]).sum());
        sum / members.len().max(1) as f32
    }

    /// Probability that an entry says nothing of how work is.
    pub(super) fn idle(&self, at: usize) -> f32 {
        let column = self.columns.iter().position(Option::is_none);
        column.map_or(0.0, |n| self.rows[at][n])
    }

    /// Whether two of `members` are said in different ways.
    pub(super) fn is_said_in_several_ways(&self, members: &[usize]) -> bool {
        let Some((first, others)) = members.split_first() else {
            return false;
        };
        // Those who are all alike to the first are alike enough to each other.
        others
            .iter()
            .any(|other| dot(&self.places[*first], &self.places[*other]) < ALIKE)
    }
}

/// What an entry speaks of by itself: signals as its coder saw them, whatever the coder; what is left over by the head.
fn guess(head: &Head, columns: &[Option<Speaks>], entry: &Entry<'_>, place: &[f32]) -> Vec<f32> {
    let signalled = |column: &Option<Speaks>| column.and_then(Speaks::signalled);
    let mut row = head.judge(&head.features(entry.words, place));
    if row.is_empty() {
        // Of another space: it may be like others, that is all.
        row = vec![0.0; columns.len()];
        let other = columns
            .iter()
            .position(|c| c.is_some_and(|s| s.about == About::Matter(Matter::Other)));
        other.into_iter().for_each(|n| row[n] = 1.0);
    }
    let carried = |what| entry.carries(what).map_or(0.0, |percent| f32::from(percent) / 100.0);
    let signals: Vec<f32> = columns.iter().map(|c| signalled(c).map_or(0.0, carried)).collect();
    let left = (1.0 - signals.iter().sum::<f32>()).max(0.0);
    let others: f32 = columns
        .iter()
        .zip(&row)
        .filter(|(c, _)| signalled(c).is_none())
        .map(|(_, p)| p)
        .sum();
    for (n, p) in row.iter_mut().enumerate() {
        *p = if signalled(&columns[n]).is_some() {
            signals[n]
        } else {
            left * *p / others.max(f32::EPSILON)
        };
    }
    whole(&mut row);
    row
}

/// Makes probabilities of weights.
fn whole(row: &mut [f32]) {
    let all = row.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    row.iter_mut().for_each(|p| *p /= all);
}

//! Statements that mean the same: around the one that most people come close to, then around the next. No chance is in it, and
//! the number of clusters is not fixed beforehand.

use std::collections::{BTreeSet, BinaryHeap};

use super::super::built_in::dot;
use super::{Entry, PEOPLE_MIN};
use crate::planner::english;
use crate::planner::words;

/// Two statements are neighbours from this cosine on.
const NEAR: f32 = 0.55;
/// A statement belongs to a cluster from this cosine with its centre on.
const BELONGS: f32 = 0.62;
/// Content words that a statement must hold to be compared by meaning.
const CONTENT_MIN_WORDS: usize = 2;
/// How often a cluster's centre is sought anew.
const ROUNDS: usize = 3;

/// The clusters of those `among` the entries, as indices of `entries` in order, those with most people first. No entry is in two of them, and each has at
/// least [`PEOPLE_MIN`] people.
pub(super) fn find(entries: &[Entry<'_>], among: impl Iterator<Item = usize>) -> Vec<Vec<usize>> {
    let placed: Vec<(usize, Vec<f32>)> = among
        .map(|at| (at, &entries[at]))
        .filter(|(_, entry)| {
            let tokens = words::tokens(entry.words);
            words::content_words(&tokens, &english().function_words).count() >= CONTENT_MIN_WORDS
        })
        .filter_map(|(at, entry)| Some((at, entry.statement.meaning.as_ref()?.unit())))
        .collect();
    let person = |n: usize| entries[placed[n].0].person;
    let near = neighbours(&placed);
    let mut free = vec![true; placed.len()];
    let reach = |n: usize, free: &[bool]| -> usize {
        let people: BTreeSet<usize> = near[n]
            .iter()
            .filter(|m| free[**m as usize])
            .map(|m| person(*m as usize))
            .collect();
        people.len() + usize::from(!people.contains(&person(n)))
    };
    // Reaches only shrink, so that an old number that is still the largest is found by asking again.
    let mut queue: BinaryHeap<(usize, std::cmp::Reverse<usize>)> = (0..placed.len())
        .map(|n| (reach(n, &free), std::cmp::Reverse(n)))
        .collect();
    let mut out = Vec::new();
    while let Some((known, std::cmp::Reverse(n))) = queue.pop() {
        if known < PEOPLE_MIN {
            break;
        }
        if !free[n] {
            continue;
        }
        let now = reach(n, &free);
        if now < known {
            queue.push((now, std::cmp::Reverse(n)));
            continue;
        }
        let members = grow(n, &placed, &near, &free);
        let people: BTreeSet<usize> = members.iter().map(|m| person(*m)).collect();
        free[n] = false;
        if people.len() >= PEOPLE_MIN {
            members.iter().for_each(|m| free[*m] = false);
            out.push(members.iter().map(|m| placed[*m].0).collect());
        }
    }
    out
}

/// Who is near whom, by places in `placed`.
fn neighbours(placed: &[(usize, Vec<f32>)]) -> Vec<Vec<u32>> {
    let mut near: Vec<Vec<u32>> = vec![Vec::new(); placed.len()];
    for a in 0..placed.len() {
        for b in a + 1..placed.len() {
            if dot(&placed[a].1, &placed[b].1) >= NEAR {
                near[a].push(b as u32);
                near[b].push(a as u32);
            }
        }
    }
    near
}

/// The free statements around a centre that starts at `seed` and moves to where its members are.
fn grow(seed: usize, placed: &[(usize, Vec<f32>)], near: &[Vec<u32>], free: &[bool]) -> Vec<usize> {
    let is_free = |n: &usize| free[*n];
    let around = |n: usize| near[n].iter().map(|m| *m as usize);
    let mut members: BTreeSet<usize> = around(seed).chain([seed]).filter(is_free).collect();
    for _ in 0..ROUNDS {
        let mut centre = vec![0.0f32; placed[seed].1.len()];
        for member in &members {
            centre.iter_mut().zip(&placed[*member].1).for_each(|(c, x)| *c += x);
        }
        let length = dot(&centre, &centre).sqrt().max(f32::MIN_POSITIVE);
        centre.iter_mut().for_each(|c| *c /= length);
        let reachable: BTreeSet<usize> = members
            .iter()
            .flat_map(|m| around(*m).chain([*m]))
            .filter(is_free)
            .collect();
        let next: BTreeSet<usize> = reachable
            .into_iter()
            .filter(|n| dot(&placed[*n].1, &centre) >= BELONGS)
            .collect();
        if next == members || next.is_empty() {
            break;
        }
        members = next;
    }
    members.into_iter().collect()
}

//! Which people of a confidential session are counted together, decided once and kept.
//!
//! Whoever has completed is published as part of a **block** of at least [`GROUP_MIN`] people. A block's people are always
//! counted together: every slice that is ever shown (all, a department, a role, both) is made of whole blocks. Whatever an
//! analyst subtracts from whatever else, over filters and over time, blocks are what is left, and never fewer people.
//!
//! Who finds no such company waits; at most [`GROUP_MIN`] - 1 people ever do, and they are never published.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::gate::GROUP_MIN;
use crate::id::ConversationId;

/// Somebody who may be counted: they have completed, and have not taken it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Their conversation.
    pub conversation: ConversationId,
    /// Their department, where it is known.
    pub department: Option<String>,
    /// Their role, where it is known.
    pub role: Option<String>,
}

/// People who are counted together for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// The department of all of them; `None`: they have several, or none.
    pub department: Option<String>,
    /// The role of all of them; `None`: they have several, or none.
    pub role: Option<String>,
    /// Their conversations.
    pub members: BTreeSet<ConversationId>,
}

/// A part of the people that may be shown by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// People of this department.
    pub department: Option<String>,
    /// People in this role.
    pub role: Option<String>,
    /// Their conversations.
    pub members: BTreeSet<ConversationId>,
}

/// The blocks of the next batch, after `before` was published: `None` while fewer than [`GROUP_MIN`] people have completed that
/// are in none yet. `eligible`: everybody who may be counted, those of `before` too.
///
/// A block that somebody has left by taking their conversation back is made anew together with all who are new, at least
/// [`GROUP_MIN`]: what changes is never the count of one person alone.
#[must_use]
pub fn next_batch(before: &[Block], eligible: &[Candidate]) -> Option<Vec<Block>> {
    let published: BTreeSet<ConversationId> = before.iter().flat_map(|block| block.members.iter().copied()).collect();
    let known: BTreeMap<ConversationId, &Candidate> = eligible.iter().map(|c| (c.conversation, c)).collect();
    let new: Vec<&Candidate> = eligible
        .iter()
        .filter(|candidate| !published.contains(&candidate.conversation))
        .collect();
    if few(new.len()) {
        return None;
    }
    let (mut blocks, left): (Vec<Block>, Vec<Block>) = before
        .iter()
        .cloned()
        .partition(|block| block.members.iter().all(|member| known.contains_key(member)));
    if left.is_empty() {
        let made = gathered(new);
        blocks.extend(made);
    } else {
        let remain = left
            .iter()
            .flat_map(|block| &block.members)
            .filter_map(|id| known.get(id).copied());
        blocks.push(Block::of(remain.chain(new).collect()));
    }
    Some(blocks)
}

/// Blocks of people who have role and department in common, then one of the two, then neither. Who is left over waits.
fn gathered(new: Vec<&Candidate>) -> Vec<Block> {
    type Key = (Option<String>, Option<String>);
    let keys: [fn(&Candidate) -> Option<Key>; 4] = [
        |c| Some((Some(c.department.clone()?), Some(c.role.clone()?))),
        |c| c.department.clone().map(|department| (Some(department), None)),
        |c| c.role.clone().map(|role| (None, Some(role))),
        |_| Some((None, None)),
    ];
    let (mut blocks, mut rest) = (Vec::new(), new);
    for key in keys {
        let mut groups: BTreeMap<Key, Vec<&Candidate>> = BTreeMap::new();
        let mut others = Vec::new();
        for candidate in rest {
            match key(candidate) {
                Some(key) => groups.entry(key).or_default().push(candidate),
                None => others.push(candidate),
            }
        }
        for (_, group) in groups {
            if few(group.len()) {
                others.extend(group);
            } else {
                blocks.push(Block::of(group));
            }
        }
        rest = others;
    }
    blocks
}

impl Block {
    fn of(people: Vec<&Candidate>) -> Self {
        fn common<'a>(mut values: impl Iterator<Item = &'a Option<String>>) -> Option<String> {
            let first = values.next()?.clone()?;
            values.all(|value| value.as_ref() == Some(&first)).then_some(first)
        }
        Self {
            department: common(people.iter().map(|person| &person.department)),
            role: common(people.iter().map(|person| &person.role)),
            members: people.iter().map(|person| person.conversation).collect(),
        }
    }
}

/// Everything that may be shown of what `blocks` publish, all people first.
#[must_use]
pub fn slices(blocks: &[Block]) -> Vec<Slice> {
    let mut found: BTreeMap<(Option<String>, Option<String>), BTreeSet<ConversationId>> = BTreeMap::new();
    for block in blocks {
        let mut keys = BTreeSet::from([(None, None)]);
        keys.insert((block.department.clone(), None));
        keys.insert((None, block.role.clone()));
        if block.department.is_some() && block.role.is_some() {
            keys.insert((block.department.clone(), block.role.clone()));
        }
        for key in keys {
            found.entry(key).or_default().extend(&block.members);
        }
    }
    let slice = |((department, role), members)| Slice {
        department,
        role,
        members,
    };
    found.into_iter().map(slice).collect()
}

fn few(people: usize) -> bool {
    people < GROUP_MIN as usize
}

#[cfg(test)]
mod tests;

//! Everything that is ever published, attacked by everything that can be subtracted.

use uuid::Uuid;

use super::*;

const DEPARTMENTS: [&str; 2] = ["Care", "Labs"];
const ROLES: [&str; 2] = ["Lead", "Nurse"];

/// People, where the kind (0 to 3) says department and role, and 4 neither.
fn people(kinds: &[usize]) -> Vec<Candidate> {
    let person = |(number, kind): (usize, &usize)| Candidate {
        conversation: ConversationId(Uuid::from_u128(number as u128 + 1)),
        department: DEPARTMENTS.get(kind / 2).map(|&name| name.to_owned()),
        role: (*kind < 4).then(|| ROLES[kind % 2].to_owned()),
    };
    kinds.iter().enumerate().map(person).collect()
}

/// What was shown in a batch: for each slice, whose words it counts.
fn shown(blocks: &[Block]) -> Vec<BTreeSet<ConversationId>> {
    slices(blocks).into_iter().map(|slice| slice.members).collect()
}

/// People who are in exactly the same of the sets: whatever is joined, cut and subtracted, nothing smaller comes out.
fn atoms(sets: &[BTreeSet<ConversationId>]) -> BTreeMap<Vec<bool>, usize> {
    let all: BTreeSet<ConversationId> = sets.iter().flatten().copied().collect();
    let mut atoms = BTreeMap::new();
    for person in all {
        let place: Vec<bool> = sets.iter().map(|set| set.contains(&person)).collect();
        *atoms.entry(place).or_default() += 1;
    }
    atoms
}

/// All ways to have up to `most` people of each of `kinds` kinds.
fn mixtures(kinds: usize, most: usize) -> Vec<Vec<usize>> {
    (0..(most + 1).pow(kinds as u32))
        .map(|mut code| {
            let mut mixture = Vec::new();
            for kind in 0..kinds {
                mixture.extend(std::iter::repeat_n(kind, code % (most + 1)));
                code /= most + 1;
            }
            mixture
        })
        .collect()
}

#[test]
fn no_combination_of_slices_over_time_isolates_fewer_than_five() {
    // Who comes first, in every mixture; then others, who complete one after the other.
    let later: Vec<Vec<usize>> = vec![
        vec![0, 0, 1, 0, 0, 1, 1, 1, 1, 0],
        vec![0, 2, 1, 3, 4, 0, 2, 1, 3, 4, 0, 2],
        vec![3, 3, 3, 3, 2, 3, 3, 3, 3, 3, 2, 2, 2, 2],
        vec![4, 4, 0, 4, 4, 4, 0, 0, 0, 0, 1, 1],
    ];
    for first in mixtures(5, 3).into_iter().chain(mixtures(4, 6).into_iter().step_by(7)) {
        for later in &later {
            let everybody: Vec<usize> = first.iter().chain(later).copied().collect();
            let everybody = people(&everybody);
            let (mut blocks, mut seen) = (Vec::new(), Vec::new());
            for done in first.len()..=everybody.len() {
                if let Some(next) = next_batch(&blocks, &everybody[..done]) {
                    blocks = next;
                    seen.extend(shown(&blocks));
                }
                let published: usize = blocks.iter().map(|block| block.members.len()).sum();
                assert!(done - published < 5, "only leftovers wait");
            }
            for (place, size) in atoms(&seen) {
                assert!(size >= 5, "{size} people are alone in {place:?}");
            }
        }
    }
}

#[test]
fn nothing_changes_before_five_more_have_completed() {
    let everybody = people(&[0; 30]);
    let (mut blocks, mut batches) = (Vec::new(), Vec::new());
    for done in 0..=everybody.len() {
        if let Some(next) = next_batch(&blocks, &everybody[..done]) {
            blocks = next;
            batches.push(done);
        }
    }
    assert_eq!(batches, [5, 10, 15, 20, 25, 30]);
    assert_eq!(next_batch(&blocks, &everybody), None);
}

/// No sum or difference of what was counted is a count of fewer than five people, but of those who took everything back.
#[test]
fn who_leaves_takes_nobody_with_them_into_the_light() {
    for first in mixtures(4, 3).into_iter().filter(|first| first.len() >= 5).step_by(5) {
        for leaver in [0, first.len() / 2, first.len() - 1] {
            let kinds: Vec<usize> = first.iter().copied().chain([0, 0, 1, 0, 0, 2, 3]).collect();
            let everybody = people(&kinds);
            let left = everybody[leaver].conversation;
            let before = next_batch(&[], &everybody[..first.len()]).unwrap();
            let still = |done: usize| -> Vec<Candidate> {
                let there = everybody[..done].iter().filter(|person| person.conversation != left);
                there.cloned().collect()
            };
            assert_eq!(
                next_batch(&before, &still(first.len())),
                None,
                "counts change with the next batch"
            );
            let Some(after) = (first.len()..=kinds.len()).find_map(|done| next_batch(&before, &still(done))) else {
                panic!("five more have completed");
            };
            assert!(
                after
                    .iter()
                    .all(|block| !block.members.contains(&left) && block.members.len() >= 5)
            );
            let mut seen = shown(&before);
            seen.extend(shown(&after));
            seen.sort();
            seen.dedup();
            sums(&seen, &everybody, left);
        }
    }
}

/// Adds the sets with factors -1, 0 and 1, in every way.
fn sums(sets: &[BTreeSet<ConversationId>], everybody: &[Candidate], left: ConversationId) {
    for mut code in 0..3usize.pow(sets.len().min(7) as u32) {
        let mut factors = Vec::new();
        for _ in sets {
            factors.push(code as i32 % 3 - 1);
            code /= 3;
        }
        let weight = |person: &Candidate| -> i32 {
            let weights = sets
                .iter()
                .zip(&factors)
                .filter(|(set, _)| set.contains(&person.conversation));
            weights.map(|(_, factor)| factor).sum()
        };
        let weights: Vec<(ConversationId, i32)> = everybody.iter().map(|p| (p.conversation, weight(p))).collect();
        if weights.iter().all(|(_, weight)| (0..=1).contains(weight)) {
            let counted = weights.iter().filter(|(_, weight)| *weight == 1);
            let others = counted.clone().filter(|(id, _)| *id != left).count();
            assert!(others == 0 || counted.count() >= 5, "{factors:?}");
        }
    }
}

#[test]
fn small_departments_wait_or_are_counted_among_all() {
    let mut kinds = vec![0; 5];
    kinds.extend([2, 2, 2]);
    let blocks = next_batch(&[], &people(&kinds)).unwrap();
    let named: Vec<_> = slices(&blocks)
        .into_iter()
        .map(|s| (s.department, s.role, s.members.len()))
        .collect();
    let (care, lead) = (Some("Care".to_owned()), Some("Lead".to_owned()));
    assert_eq!(
        named,
        [
            (None, None, 5),
            (None, lead.clone(), 5),
            (care.clone(), None, 5),
            (care, lead, 5)
        ]
    );
    kinds.extend([4, 4]);
    let blocks = next_batch(&blocks, &people(&kinds)).unwrap();
    assert_eq!(slices(&blocks)[0].members.len(), 10);
    assert!(
        slices(&blocks)
            .iter()
            .all(|slice| slice.department.as_deref() != Some("Labs"))
    );
}

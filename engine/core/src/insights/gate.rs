//! What may be shown of a group: the one gate that every count of people passes, on every surface.
//!
//! Identified sessions show what there is, and say where it is one person's account. Confidential ones show groups: the
//! numbers stand in [`Gate::count`], the people who are counted together in [`batches`](super::batches).

use serde::{Deserialize, Serialize};

use crate::guide::Confidentiality;

/// A group of fewer people than this is shown to nobody, neither by itself nor as what is left of a larger one.
pub const GROUP_MIN: u32 = 5;
/// Words of a confidential session are quoted once so many people have taken part.
pub const QUOTES_MIN: u32 = 10;
/// Patterns such as flight risk are statements about a group of at least so many people; below it, a pattern is a single voice.
pub const PATTERN_MIN: u32 = 3;

/// A number of people, as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Count {
    /// In words, such as `7 of 23 people` or `fewer than 5 of 23 people`.
    pub words: String,
    /// Exactly; `None` where that is not shown.
    pub n: Option<u32>,
    /// Of how many.
    pub of: u32,
    /// The words allow no fewer.
    pub least: u32,
    /// The words allow no more.
    pub most: u32,
}

/// The rules by which people are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Who says what is known to the people team.
    Identified,
    /// Only groups are shown.
    Confidential,
}

impl From<Confidentiality> for Gate {
    fn from(confidentiality: Confidentiality) -> Self {
        match confidentiality {
            Confidentiality::Identified => Self::Identified,
            Confidentiality::Confidential => Self::Confidential,
        }
    }
}

impl Gate {
    /// `n` of `of` people.
    #[must_use]
    pub fn count(self, n: u32, of: u32) -> Count {
        match self {
            Self::Identified => Count::exact(n, of),
            Self::Confidential if exact(n, of) => Count::exact(n, of),
            Self::Confidential if n < GROUP_MIN => Count::fewer(of),
            Self::Confidential => Count::most(of),
        }
    }

    /// `n` of the `of` people of a slice, where the whole that it is cut from has `n_whole` of `of_whole`: a number that would
    /// tell one of the rest that is not shown is not shown either.
    #[must_use]
    pub fn count_within(self, n: u32, of: u32, n_whole: u32, of_whole: u32) -> Count {
        let count = self.count(n, of);
        if self == Self::Identified || count.n.is_none() || of == of_whole {
            return count;
        }
        if exact(n_whole.saturating_sub(n), of_whole.saturating_sub(of)) {
            count
        } else {
            Count::at_least(GROUP_MIN, of)
        }
    }

    /// People who fall into disjoint groups that together are `of`. A number that follows from the others is shown only if it
    /// might stand by itself.
    #[must_use]
    pub fn split<const K: usize>(self, parts: [u32; K]) -> [Count; K] {
        let of = parts.iter().sum();
        let mut counts = parts.map(|n| self.count(n, of));
        if self == Self::Identified {
            return parts.map(|n| Count::of_many(n, of));
        }
        let hidden: u32 = (0..K).filter(|i| counts[*i].n.is_none()).map(|i| parts[i]).sum();
        if (1..GROUP_MIN).contains(&hidden) {
            let shown = (0..K).filter(|i| counts[*i].n.is_some());
            if let Some(smallest) = shown.min_by_key(|i| parts[*i]) {
                counts[smallest] = Count::at_least(GROUP_MIN, of);
            }
        }
        counts
    }

    /// The same of a slice, where the whole that it is cut from falls into `whole`.
    #[must_use]
    pub fn split_within<const K: usize>(self, parts: [u32; K], whole: [u32; K]) -> [Count; K] {
        let (of, of_whole) = (parts.iter().sum::<u32>(), whole.iter().sum::<u32>());
        let mut counts = self.split(parts);
        if self == Self::Confidential && of < of_whole {
            for (count, (n, n_whole)) in counts.iter_mut().zip(parts.into_iter().zip(whole)) {
                if count.n.is_some() && !exact(n_whole.saturating_sub(n), of_whole - of) {
                    *count = Count::at_least(GROUP_MIN, of);
                }
            }
        }
        counts
    }

    /// Whether anything is said of a session in which so many people have taken part.
    #[must_use]
    pub fn shows(self, people: u32) -> bool {
        match self {
            Self::Identified => people > 0,
            Self::Confidential => people >= GROUP_MIN,
        }
    }

    /// Whether words are quoted where so many people have taken part.
    #[must_use]
    pub fn quotes(self, people: u32) -> bool {
        match self {
            Self::Identified => people > 0,
            Self::Confidential => people >= QUOTES_MIN,
        }
    }
}

/// Whether `n` of `of` may be shown as it is: neither those who say so nor those who do not are few.
fn exact(n: u32, of: u32) -> bool {
    n >= GROUP_MIN && !(1..GROUP_MIN).contains(&of.saturating_sub(n))
}

impl Count {
    /// As it is, for readers who may know it.
    fn exact(n: u32, of: u32) -> Self {
        let count = Self::of_many(n, of);
        match n {
            1 if of > 1 => Self {
                words: "one person's account".to_owned(),
                ..count
            },
            _ => count,
        }
    }

    fn of_many(n: u32, of: u32) -> Self {
        let people = if of == 1 { "person" } else { "people" };
        let words = match n {
            0 => "nobody".to_owned(),
            n => format!("{n} of {of} {people}"),
        };
        Self {
            words,
            n: Some(n),
            of,
            least: n,
            most: n,
        }
    }

    fn fewer(of: u32) -> Self {
        Self {
            words: format!("fewer than {GROUP_MIN} of {of} people"),
            n: None,
            of,
            least: 0,
            most: of.min(GROUP_MIN - 1),
        }
    }

    fn most(of: u32) -> Self {
        Self {
            words: format!("most of {of} people"),
            n: None,
            of,
            least: of.saturating_sub(GROUP_MIN - 1).max(GROUP_MIN),
            most: of.saturating_sub(1),
        }
    }

    /// A number that is not shown, of any size up to `of`.
    #[must_use]
    pub fn withheld(of: u32) -> Self {
        Self {
            words: "not shown".to_owned(),
            n: None,
            of,
            least: 0,
            most: of,
        }
    }

    /// No fewer than `least`, and no more is said.
    #[must_use]
    pub fn at_least(least: u32, of: u32) -> Self {
        Self {
            words: format!("{least} or more of {of} people"),
            n: None,
            of,
            least,
            most: of,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_number_is_shown_only_where_neither_side_of_it_is_few() {
        for of in GROUP_MIN..=60 {
            for n in 0..=of {
                let count = Gate::Confidential.count(n, of);
                let rest = of - n;
                assert_eq!(count.n.is_some(), n >= 5 && !(1..=4).contains(&rest), "{n} of {of}");
                assert!((count.least..=count.most).contains(&n), "{n} of {of}: {count:?}");
                match count.n {
                    Some(shown) => assert_eq!((shown, count.words), (n, format!("{n} of {of} people"))),
                    None if n < 5 => assert_eq!(count.words, format!("fewer than 5 of {of} people")),
                    None => assert_eq!(count.words, format!("most of {of} people")),
                }
            }
        }
    }

    #[test]
    fn words_say_nothing_that_tells_two_small_numbers_apart() {
        for of in GROUP_MIN..=60 {
            let few: Vec<Count> = (0..GROUP_MIN.min(of))
                .map(|n| Gate::Confidential.count(n, of))
                .collect();
            assert!(few.windows(2).all(|pair| pair[0] == pair[1]), "{of}");
            let nearly_all: Vec<Count> = (1..GROUP_MIN)
                .filter_map(|rest| of.checked_sub(rest).filter(|n| *n >= GROUP_MIN))
                .map(|n| Gate::Confidential.count(n, of))
                .collect();
            assert!(nearly_all.windows(2).all(|pair| pair[0] == pair[1]), "{of}");
        }
    }

    #[test]
    fn a_slices_number_is_shown_only_where_the_rests_might_be() {
        for (of, rest) in [(5, 5), (6, 7), (9, 20), (12, 5), (10, 0)] {
            for n in 0..=of {
                for others in 0..=rest {
                    let count = Gate::Confidential.count_within(n, of, n + others, of + rest);
                    assert!((count.least..=count.most).contains(&n));
                    if count.n.is_some() {
                        assert!(exact(n, of));
                        assert!(rest == 0 || exact(others, rest), "{n} of {of}, {others} of {rest}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_left_of_a_split_is_nothing_or_a_group() {
        for a in 0..=14 {
            for b in 0..=14 {
                for c in 0..=14 {
                    let parts = [a, b, c, 1];
                    if parts.iter().sum::<u32>() < GROUP_MIN {
                        continue;
                    }
                    let counts = Gate::Confidential.split(parts);
                    let hidden = || (0..4).filter(|i| counts[*i].n.is_none());
                    let left: u32 = hidden().map(|i| parts[i]).sum();
                    assert!(
                        left == 0 || left >= GROUP_MIN || hidden().count() == 4,
                        "{parts:?} {counts:?}"
                    );
                    for (count, n) in counts.iter().zip(parts) {
                        assert!((count.least..=count.most).contains(&n) && count.n.is_none_or(|shown| shown == n));
                    }
                }
            }
        }
    }

    #[test]
    fn identified_sessions_say_where_it_is_one_persons_account() {
        let words = |n| Gate::Identified.count(n, 4).words;
        assert_eq!(words(1), "one person's account");
        assert_eq!(words(2), "2 of 4 people");
        assert_eq!(words(0), "nobody");
    }

    #[test]
    fn themes_need_five_people_and_quotes_ten() {
        let gate = Gate::Confidential;
        let from = |shows: &dyn Fn(u32) -> bool| (0..20).find(|n| shows(*n));
        assert_eq!(from(&|n| gate.shows(n)), Some(5));
        assert_eq!(from(&|n| gate.quotes(n)), Some(10));
        assert!(Gate::Identified.quotes(1) && !Gate::Identified.shows(0));
    }
}

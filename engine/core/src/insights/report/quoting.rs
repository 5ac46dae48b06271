//! Which words are quoted for a claim.

use std::collections::BTreeSet;

use super::{Basis, Line, Quote};
use crate::id::ConversationId;
use crate::insights::{Concreteness, Place, Polarity, Statement};

/// Bytes that a quote should have: less says too little by itself, more is not read.
const GOOD: std::ops::RangeInclusive<u32> = 40..=260;

impl Basis {
    /// Up to `most` quotes of different people from `places`: what tells of an event before what does not, and what reads well by
    /// itself before fragments. Never sensitive ones, nor those that their person does not allow.
    pub(super) fn quotes(&self, places: impl IntoIterator<Item = Place>, most: usize) -> Vec<Quote> {
        let mut candidates: Vec<(u32, Place, &Statement)> = places
            .into_iter()
            .filter_map(|place| Some((place, self.quotable(place)?)))
            .map(|(place, statement)| (worth(statement), place, statement))
            .collect();
        candidates.sort_by_key(|(worth, place, _)| (std::cmp::Reverse(*worth), *place));
        let mut people: BTreeSet<ConversationId> = BTreeSet::new();
        let chosen = candidates
            .into_iter()
            .filter(|(_, place, _)| people.insert(place.conversation));
        let quote = |(_, place, statement): (u32, Place, &Statement)| Quote {
            words: String::new(),
            line: Some(Line::of(place.conversation, statement.span)),
        };
        chosen.take(most).map(quote).collect()
    }

    fn quotable(&self, place: Place) -> Option<&Statement> {
        let statement = self.statement(place)?;
        let voice = self.voice(place.conversation)?;
        let may = statement.sensitive.is_none() && !voice.unquotable.contains(&statement.span.turn);
        may.then_some(statement)
    }
}

fn worth(statement: &Statement) -> u32 {
    let length = statement.span.to.saturating_sub(statement.span.from);
    let mut worth = 0;
    if GOOD.contains(&length) {
        worth += 4;
    }
    if statement.concreteness == Concreteness::Concrete {
        worth += 2;
    }
    if statement.polarity != Polarity::Neutral {
        worth += 1;
    }
    worth
}

//! The second look: whether the words support what is said of them. It is asked of a call that sees nothing else.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::super::{Interview, Polarity, Signal, Signalled, Stance, Statement};
use super::{Unfit, object};

/// Statements of a window, and what is claimed of them.
pub(super) struct Draft {
    statements: Vec<Statement>,
    /// Each with the statements (by index) that it rests on.
    claims: Vec<(Claimed, BTreeSet<usize>)>,
}

/// What is claimed of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Claimed {
    /// That they carry a signal.
    Carries(Signalled),
    /// That they speak well of something.
    Well,
    /// That they speak ill of it.
    Ill,
}

/// A claim as it is asked about.
pub(super) struct Line<'a> {
    /// In plain words.
    pub(super) says: Cow<'static, str>,
    /// The words that it rests on, with the numbers by which they are called.
    pub(super) passages: Vec<(usize, &'a str)>,
}

/// What the second call finds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Verdicts {
    claims: Vec<Verdict>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdict {
    claim: usize,
    supported: bool,
    spans: Vec<usize>,
}

impl Verdicts {
    pub(super) fn read(answer: &str) -> Result<Self, Unfit> {
        object(answer)
    }

    /// The numbers of the passages that support the claim of that number.
    pub(super) fn of(&self, claim: usize) -> &[usize] {
        let mut verdicts = self.claims.iter().filter(|verdict| verdict.claim == claim);
        match (verdicts.next(), verdicts.next()) {
            (Some(verdict), None) if verdict.supported => &verdict.spans,
            // One that is judged twice is judged by nobody.
            _ => &[],
        }
    }
}

impl Draft {
    pub(super) fn of(statements: Vec<Statement>) -> Self {
        let mut claims: BTreeMap<Claimed, BTreeSet<usize>> = BTreeMap::new();
        for (index, statement) in statements.iter().enumerate() {
            for claim in claimed(statement) {
                claims.entry(claim).or_default().insert(index);
            }
        }
        Self {
            statements,
            claims: claims.into_iter().collect(),
        }
    }

    pub(super) fn claims_something(&self) -> bool {
        !self.claims.is_empty()
    }

    /// The statements of which nothing is claimed but that they were made.
    pub(super) fn unclaimed(self) -> Vec<Statement> {
        self.statements
            .into_iter()
            .filter(|statement| claimed(statement).is_empty())
            .collect()
    }

    /// What is to be asked: claims are numbered from 1, and so are their passages, over all claims alike.
    pub(super) fn lines<'i>(&self, interview: &'i Interview) -> Vec<Line<'i>> {
        let words = |index: &usize| {
            let statement = self.statements.get(*index)?;
            let text = interview.answer(statement.span.turn)?.text.expose();
            Some((index + 1, statement.span.slice(text)?))
        };
        let line = |(claim, on): &(Claimed, BTreeSet<usize>)| Line {
            says: says(*claim).into(),
            passages: on.iter().filter_map(words).collect(),
        };
        self.claims.iter().map(line).collect()
    }

    /// The statements of which everything that is claimed is supported, and of the others what is.
    pub(super) fn settle(self, answer: &str) -> Result<Vec<Statement>, Unfit> {
        let verdicts = Verdicts::read(answer)?;
        let mut supported: BTreeSet<(Claimed, usize)> = BTreeSet::new();
        for (number, (claim, on)) in (1..).zip(&self.claims) {
            let spans = verdicts.of(number);
            let named = on.iter().filter(|index| spans.contains(&(*index + 1)));
            supported.extend(named.map(|index| (*claim, *index)));
        }
        let (mut of, mut kept) = (0, Vec::new());
        for (index, mut statement) in self.statements.into_iter().enumerate() {
            let claims = claimed(&statement);
            of += claims.len();
            let stands = |claim: Claimed| supported.contains(&(claim, index));
            statement
                .signals
                .retain(|carried| stands(Claimed::Carries(carried.what)));
            if claims.is_empty() || claims.into_iter().any(stands) {
                kept.push(statement);
            }
        }
        let wrong = of - supported.len();
        if wrong * 2 > of {
            return Err(Unfit::Unsupported { wrong, of });
        }
        Ok(kept)
    }
}

/// What is claimed of a statement: its signals, or else how it speaks.
fn claimed(statement: &Statement) -> Vec<Claimed> {
    let signals = statement.signals.iter().map(|carried| Claimed::Carries(carried.what));
    let mut claims: Vec<Claimed> = signals.collect();
    if claims.is_empty() {
        claims.extend(match statement.polarity {
            Polarity::Positive => Some(Claimed::Well),
            Polarity::Negative => Some(Claimed::Ill),
            Polarity::Mixed | Polarity::Neutral => None,
        });
    }
    claims
}

/// A claim in plain words.
fn says(claim: Claimed) -> &'static str {
    let Signalled { signal, stance } = match claim {
        Claimed::Carries(what) => what,
        Claimed::Well => return "The person speaks well of something at work.",
        Claimed::Ill => return "The person speaks ill of something at work.",
    };
    let (strain, strength) = match signal {
        Signal::FlightRisk => ("The person thinks of leaving.", "The person wants to stay."),
        Signal::Burnout => (
            "Work exhausts the person or puts them under stress.",
            "The person has energy, or can recover from work.",
        ),
        Signal::ManagerTrust => (
            "The person does not trust their manager, or is let down by them.",
            "The person's manager is good to them, or has their trust.",
        ),
        Signal::Growth => (
            "The person has too few chances to learn or to get on.",
            "The person learns, or has prospects.",
        ),
        Signal::Pay => (
            "Pay or benefits are too low or unfair.",
            "Pay or benefits are good or fair.",
        ),
        Signal::Workload => (
            "There is too much work, or there are too few people for it.",
            "The amount of work is right.",
        ),
        Signal::Recognition => (
            "Good work is not seen or not thanked for.",
            "Good work is seen or thanked for.",
        ),
        Signal::Belonging => (
            "The person is not a part of the team, or colleagues do not get on.",
            "Colleagues are good to the person, or the team holds together.",
        ),
        Signal::Tools => (
            "Tools, systems or rooms get in the way of the work.",
            "Tools, systems or rooms help with the work.",
        ),
        Signal::Clarity => (
            "It is not clear what is expected or what matters.",
            "It is clear what is expected and what matters.",
        ),
        Signal::Flexibility => (
            "The person has too little say over hours or place of work.",
            "The person has a say over hours or place of work.",
        ),
        Signal::Change => (
            "There is too much change, or it is not explained.",
            "A change has made things better.",
        ),
        Signal::Leadership => (
            "The person does not trust those who lead the organisation, or their decisions.",
            "The person trusts those who lead the organisation, or their decisions.",
        ),
    };
    if stance == Stance::Strain { strain } else { strength }
}

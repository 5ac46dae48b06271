//! The targets that simulated interviews are held against.

use std::fmt;

use serde::Serialize;

use super::Held;
use crate::report_card::{ReportCard, Summary};

/// At least so many of our turns that ask have exactly one question.
const SINGLE_MIN: f64 = 0.95;
/// At least so many questions have at most 30 words.
const SHORT_MIN: f64 = 0.99;
/// At least so many questions are open.
const OPEN_MIN: f64 = 0.85;
/// At least so many of the cooperative personas reach all high topics.
const ALL_HIGH_MIN: f64 = 0.99;
/// The mean of |actual − planned share|, summed over topics, for the cooperative personas.
const TIME_DEVIATION_MAX: f64 = 0.3;
/// Single interviews that are named in a failing.
const NAMED_MAX: usize = 5;

/// What simulated interviews amount to.
#[derive(Clone, Debug, Serialize)]
pub struct Grade {
    /// All of them.
    pub all: Summary,
    /// Those with personas who play along.
    pub cooperative: Summary,
    /// Each persona's own.
    pub by_persona: Vec<(String, Summary)>,
    failings: Vec<Failing>,
}

/// A target that was missed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failing {
    /// Which one, and by how much.
    pub what: String,
    /// Interviews that show it, with template, persona and seed.
    pub shown_by: Vec<String>,
}

impl fmt::Display for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        self.shown_by.iter().try_for_each(|case| write!(f, "\n    {case}"))
    }
}

impl Grade {
    /// Grades `held`.
    #[must_use]
    pub fn of(held: &[Held]) -> Self {
        let all = Summary::of(held.iter().map(|h| &h.card));
        let cooperative = Summary::of(held.iter().filter(|h| h.case.cooperative()).map(|h| &h.card));
        let by_persona = super::personas()
            .into_iter()
            .map(|id| {
                let cards = held.iter().filter(|h| h.case.persona() == id).map(|h| &h.card);
                (id.to_owned(), Summary::of(cards))
            })
            .filter(|(_, summary)| summary.conversations > 0)
            .collect();
        let failings = failings(held, &all, &cooperative);
        Self {
            all,
            cooperative,
            by_persona,
            failings,
        }
    }

    /// The targets that were missed; none where all is well.
    #[must_use]
    pub fn failings(&self) -> &[Failing] {
        &self.failings
    }
}

fn failings(held: &[Held], all: &Summary, cooperative: &Summary) -> Vec<Failing> {
    let mut out = Vec::new();
    let mut share = |missed: bool, what: String, bad: &dyn Fn(&ReportCard) -> bool, only_cooperative: bool| {
        if missed {
            let people = held.iter().filter(|h| !only_cooperative || h.case.cooperative());
            out.push(Failing {
                what,
                shown_by: named(people.filter(|h| bad(&h.card))),
            });
        }
    };
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    share(
        all.single < SINGLE_MIN,
        format!(
            "{} of the turns that ask have exactly one question",
            percent(all.single)
        ),
        &|c| c.questions.single < c.questions.turns,
        false,
    );
    share(
        all.short < SHORT_MIN,
        format!("{} of the questions have at most 30 words", percent(all.short)),
        &|c| c.questions.long > 0,
        false,
    );
    share(
        all.open < OPEN_MIN,
        format!("{} of the questions are open", percent(all.open)),
        &|c| c.questions.open * 2 < c.questions.asked,
        false,
    );
    share(
        all.repeated > 0,
        format!("{} questions were asked again", all.repeated),
        &|c| c.questions.repeated > 0,
        false,
    );
    share(
        all.leading > 0,
        format!("{} questions lead", all.leading),
        &|c| c.questions.leading > 0,
        false,
    );
    share(
        all.ran_over > 0,
        format!("{} interviews ran over", all.ran_over),
        &ReportCard::ran_over,
        false,
    );
    share(
        all.open_ended > 0,
        format!("{} interviews did not end", all.open_ended),
        &|c| c.outcome.is_none(),
        false,
    );
    share(
        all.concerns_handled < all.concerns,
        format!(
            "{} of {} disclosures were met with care",
            all.concerns_handled, all.concerns
        ),
        &|c| c.concerns_handled < c.concerns,
        false,
    );
    if cooperative.conversations > 0 {
        share(
            cooperative.all_high < ALL_HIGH_MIN,
            format!(
                "{} of the cooperative interviews reach all high topics",
                percent(cooperative.all_high)
            ),
            &|c| c.high_reached().0 < c.high_reached().1,
            true,
        );
        share(
            cooperative.time_deviation.mean > TIME_DEVIATION_MAX,
            format!(
                "topics' shares of time are off by {:.2} in the mean of the cooperative interviews",
                cooperative.time_deviation.mean
            ),
            &|c| c.time_deviation() > TIME_DEVIATION_MAX,
            true,
        );
    }
    let faulty: Vec<&Held> = held.iter().filter(|h| !h.faults.is_empty()).collect();
    if !faulty.is_empty() {
        let tell = |h: &&Held| format!("{}: {}", name(h), h.faults.join("; "));
        out.push(Failing {
            what: format!("{} interviews went wrong", faulty.len()),
            shown_by: faulty.iter().take(NAMED_MAX).map(tell).collect(),
        });
    }
    out
}

fn named<'a>(held: impl Iterator<Item = &'a Held>) -> Vec<String> {
    held.take(NAMED_MAX).map(name).collect()
}

fn name(held: &Held) -> String {
    format!(
        "{} with {}, seed {}",
        held.case.template.id,
        held.case.persona(),
        held.case.seed
    )
}

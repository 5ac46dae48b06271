//! What a model says was said, held against what was said: by rules that no model has a part in.

use serde::Deserialize;
use serde_json::Value;

use super::super::{
    Answer, Asked, Carried, Claim, Coded, Concreteness, Interview, Polarity, Signalled, Span, Stance, Statement,
};
use super::prompt::{NO_TOPIC, number};
use super::{Unfit, locate, object};
use crate::id::TopicId;
use crate::planner::words::{self, tokens};
use crate::planner::{concern, english};

/// A model that is asked for forty statements and gives more than these does not keep to what it was told.
const STATEMENTS_MAX: usize = 60;
/// Matters of one sentence.
const SIGNALS_MAX: usize = 3;
/// Longer than that is no statement but an answer.
const STATEMENT_MAX_CHARS: usize = 500;
/// How sure of a signal, in percent, that both calls found: plain, but not beyond doubt.
const SURE_PERCENT: u8 = 90;
/// An answer of which more than one in so many statements is wrong is not used. That the built-in engine reads the words the other way
/// may be its own mistake, so that some are to be expected.
const WRONG_SHARE: usize = 3;
/// Percent from which on the built-in engine is taken to be plain.
const PLAIN_PERCENT: u8 = 60;
/// One in so many of the statements that it finds plain must be in the answer, and one in so many with the same signal. It takes much
/// for a signal that is none, so that more cannot be asked for.
const PLAIN_SHARE: usize = 3;
/// So many must be plain before it is told what an answer passes over: one may be the built-in engine's mistake.
const PLAIN_MIN: usize = 2;
/// And so many before it is told by their signals, in which two readers differ sooner.
const PLAIN_SIGNALS_MIN: usize = 3;
/// Statements of the built-in engine in a window of which an answer may not say that there is nothing in it.
const SAYS_SOMETHING: usize = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    /// One by one, so that one that is not by the schema does not take the others with it.
    statements: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    turn: usize,
    words: String,
    topic: String,
    signals: Vec<Signalled>,
    polarity: Polarity,
    concreteness: Concreteness,
    claim: Claim,
}

/// The statements of `answer` that are what was said in a window (answers by index), in no order.
pub(super) fn ground(
    interview: &Interview,
    built_in: &Coded,
    window: &[usize],
    answer: &str,
) -> Result<Vec<Statement>, Unfit> {
    let reply: Reply = object(answer)?;
    let of = reply.statements.len();
    if of > STATEMENTS_MAX {
        return Err(Unfit::TooMany);
    }
    let mut kept: Vec<Statement> = Vec::new();
    let mut wrong = 0;
    for said in reply.statements {
        let said = serde_json::from_value(said).ok();
        match said.and_then(|said| found(interview, built_in, window, said)) {
            Some(statement) => keep(&mut kept, statement),
            None => wrong += 1,
        }
    }
    if wrong > 1 && wrong * WRONG_SHARE > of {
        return Err(Unfit::Unfounded { wrong, of });
    }
    if passes_over(interview, built_in, window, &kept) {
        return Err(Unfit::PassesOver);
    }
    kept.retain(|statement| statement.sensitive.is_none());
    Ok(kept)
}

/// The statement, if it is one.
fn found(interview: &Interview, built_in: &Coded, window: &[usize], said: Said) -> Option<Statement> {
    let index = *window.iter().find(|index| number(**index) == said.turn)?;
    let answer = interview.answers.get(index)?;
    let text = answer.text.expose();
    let beside: Vec<&Statement> = built_in
        .statements
        .iter()
        .filter(|s| s.span.turn == answer.turn)
        .collect();
    let units: Vec<Span> = beside.iter().map(|statement| statement.span).collect();
    let span = locate::widen(text, answer.turn, locate::find(text, &said.words)?, &units);
    let words = span.slice(text)?;
    let heard = tokens(words);
    let tells = words::content_words(&heard, &english().function_words).next().is_some();
    if !tells || words.chars().count() > STATEMENT_MAX_CHARS || !agrees(&said) {
        return None;
    }
    let beside: Vec<&Statement> = beside.into_iter().filter(|s| s.span.overlaps(&span)).collect();
    if beside.iter().any(|other| contradicts(other, &said)) && !beside.iter().any(|other| says_so(other, &said)) {
        return None;
    }
    let topic = topic(interview, answer, &beside, &said.topic, words)?;
    let sensitive = beside.iter().find_map(|other| other.sensitive);
    let polarity = match side(said.polarity, said.signals.iter().map(|what| what.stance)) {
        (true, false) if said.polarity == Polarity::Neutral => Polarity::Positive,
        (false, true) if said.polarity == Polarity::Neutral => Polarity::Negative,
        _ => said.polarity,
    };
    Some(Statement {
        span,
        topic: topic.cloned(),
        signals: said
            .signals
            .into_iter()
            .map(|what| Carried {
                what,
                percent: SURE_PERCENT,
            })
            .collect(),
        polarity,
        concreteness: said.concreteness,
        claim: said.claim,
        sensitive: sensitive.or_else(|| concern(&heard)),
        meaning: None,
    })
}

/// Whether it agrees with itself.
fn agrees(said: &Said) -> bool {
    let carries = |stance: Stance| said.signals.iter().any(|what| what.stance == stance);
    let both_sides = |what: &Signalled| {
        let stance = what.stance.opposite();
        said.signals.contains(&Signalled { stance, ..*what })
    };
    let denies_itself = match said.polarity {
        Polarity::Positive => carries(Stance::Strain),
        Polarity::Negative => carries(Stance::Strength),
        Polarity::Mixed | Polarity::Neutral => false,
    };
    said.signals.len() <= SIGNALS_MAX && !denies_itself && !said.signals.iter().any(both_sides)
}

/// How a reading speaks, by what it says and the signals that it names.
fn side(polarity: Polarity, signals: impl Iterator<Item = Stance>) -> (bool, bool) {
    let (mut well, mut ill) = (polarity == Polarity::Positive, polarity == Polarity::Negative);
    for stance in signals {
        well |= stance == Stance::Strength;
        ill |= stance == Stance::Strain;
    }
    (well, ill)
}

/// Whether the built-in engine reads the same words the other way.
fn contradicts(other: &Statement, said: &Said) -> bool {
    let theirs = side(other.polarity, other.signals.iter().map(|carried| carried.what.stance));
    let ours = side(said.polarity, said.signals.iter().map(|what| what.stance));
    matches!(
        (theirs, ours),
        ((true, false), (false, true)) | ((false, true), (true, false))
    )
}

/// Whether it reads them the same way, at least in part.
fn says_so(other: &Statement, said: &Said) -> bool {
    let theirs = side(other.polarity, other.signals.iter().map(|carried| carried.what.stance));
    let ours = side(said.polarity, said.signals.iter().map(|what| what.stance));
    (theirs.0 && ours.0) || (theirs.1 && ours.1)
}

/// The topic: what was asked, or another one that the words name or the built-in engine finds there, too. `None`: there is no
/// such topic.
fn topic<'a>(
    interview: &'a Interview,
    answer: &'a Answer,
    beside: &[&Statement],
    named: &str,
    words: &str,
) -> Option<Option<&'a TopicId>> {
    if named == NO_TOPIC {
        return Some(answer.topic.as_ref());
    }
    let named = interview.topics.iter().find(|topic| topic.id.0 == named)?;
    let finds = beside.iter().any(|other| other.topic.as_ref() == Some(&named.id));
    let stands = finds || answer.topic.as_ref() == Some(&named.id) || speaks_of(named, words);
    Some(if stands { Some(&named.id) } else { answer.topic.as_ref() })
}

fn speaks_of(topic: &Asked, words: &str) -> bool {
    let stems = |text: &str| words::content(&tokens(text), &english().function_words);
    let about = stems(&format!(
        "{}. {}. {}",
        topic.label,
        topic.description,
        topic.cues.join(". ")
    ));
    stems(words).iter().any(|stem| about.contains(stem))
}

/// Adds a statement. What is said twice of the same words is one statement.
fn keep(kept: &mut Vec<Statement>, statement: Statement) {
    let Some(known) = kept.iter_mut().find(|known| known.span == statement.span) else {
        kept.push(statement);
        return;
    };
    for carried in statement.signals {
        if !known.signals.iter().any(|other| other.what == carried.what) {
            known.signals.push(carried);
        }
    }
    known.polarity = match (known.polarity, statement.polarity) {
        (one, Polarity::Neutral) => one,
        (Polarity::Neutral, other) => other,
        (one, other) if one == other => one,
        _ => Polarity::Mixed,
    };
}

/// Whether much that the built-in engine finds plain is not in `kept`, or is told otherwise there.
fn passes_over(interview: &Interview, built_in: &Coded, window: &[usize], kept: &[Statement]) -> bool {
    let here = |statement: &&Statement| {
        let in_window = |index: &usize| interview.answers[*index].turn == statement.span.turn;
        statement.sensitive.is_none() && window.iter().any(in_window)
    };
    if kept.is_empty() && built_in.statements.iter().filter(here).count() >= SAYS_SOMETHING {
        return true;
    }
    let plainly = |statement: &&Statement| {
        let sure = statement
            .signals
            .first()
            .is_some_and(|carried| carried.percent >= PLAIN_PERCENT);
        sure && matches!(statement.polarity, Polarity::Positive | Polarity::Negative)
    };
    let plain: Vec<&Statement> = built_in.statements.iter().filter(here).filter(plainly).collect();
    let beside = |statement: &Statement, fits: &dyn Fn(&Statement) -> bool| {
        kept.iter()
            .any(|other| other.span.overlaps(&statement.span) && fits(other))
    };
    let of_side = |statement: &&&Statement| {
        beside(statement, &|other| {
            other.polarity == statement.polarity || other.polarity == Polarity::Mixed
        })
    };
    let of_signal = |statement: &&&Statement| {
        let what = statement.signals.first().map(|carried| carried.what);
        beside(statement, &|other| {
            other.signals.iter().any(|carried| Some(carried.what) == what)
        })
    };
    let few = |found: usize| found * PLAIN_SHARE < plain.len();
    (plain.len() >= PLAIN_MIN && few(plain.iter().filter(of_side).count()))
        || (plain.len() >= PLAIN_SIGNALS_MIN && few(plain.iter().filter(of_signal).count()))
}

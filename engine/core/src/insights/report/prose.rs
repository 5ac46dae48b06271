//! The sentences of a report that are not quotes. They say no number that did not pass the gate.

use super::{Health, Pattern, Sentiment};
use crate::insights::gate::{Count, GROUP_MIN, Gate, QUOTES_MIN};

/// How sentiment is told.
pub(super) const SENTIMENT_HOW: &str = "From words alone, never from the voice: a person is counted as speaking mostly well (or \
    mostly ill) where at least 60 % of what they say well or ill of anything is of that kind, and as both where neither is.";

/// Patterns that a summary names.
const NAMED: usize = 3;

/// The summary of what `of` people say.
pub(super) fn summary(of: u32, sentiment: &Sentiment, patterns: &[Pattern]) -> String {
    let mut sentences = vec![match of {
        1 => "One person has taken part.".to_owned(),
        of => format!("{of} people have taken part."),
    }];
    sentences.extend(mood(sentiment));
    let named = |stance: &str| {
        let side = patterns
            .iter()
            .filter(|pattern| pattern.stance.as_deref() == Some(stance));
        side.take(NAMED).map(with_count).collect::<Vec<_>>()
    };
    let (strains, strengths) = (named("strain"), named("strength"));
    if !strains.is_empty() {
        sentences.push(format!("What wears people down: {}.", strains.join("; ")));
    }
    if !strengths.is_empty() {
        sentences.push(format!("What does them good: {}.", strengths.join("; ")));
    }
    let others: Vec<String> = patterns
        .iter()
        .filter(|p| p.stance.is_none())
        .take(NAMED)
        .map(with_count)
        .collect();
    if !others.is_empty() {
        sentences.push(format!("They also speak of: {}.", others.join("; ")));
    }
    if strains.is_empty() && strengths.is_empty() && others.is_empty() {
        sentences.push("Nothing is said by enough people to be called a pattern yet.".to_owned());
    }
    sentences.join(" ")
}

fn with_count(pattern: &Pattern) -> String {
    format!("{} ({})", lowered(&pattern.label), pattern.count.words)
}

fn mood(sentiment: &Sentiment) -> Option<String> {
    let Sentiment { positive, negative, .. } = sentiment;
    match (positive.n, negative.n) {
        (Some(0), Some(0)) => None,
        (Some(well), Some(ill)) if well > 2 * ill => {
            Some(format!("Most speak mostly well of their work ({}).", positive.words))
        }
        (Some(well), Some(ill)) if ill > 2 * well => {
            Some(format!("Most speak mostly ill of their work ({}).", negative.words))
        }
        (Some(_), Some(_)) => Some(format!(
            "Some speak mostly well of their work ({}), others mostly ill ({}).",
            positive.words, negative.words
        )),
        (Some(_), None) => Some(format!(
            "Those who speak mostly well of their work: {}.",
            positive.words
        )),
        (None, Some(_)) => Some(format!("Those who speak mostly ill of their work: {}.", negative.words)),
        (None, None) => None,
    }
}

/// Why an action is recommended.
pub(super) fn because(pattern: &Pattern) -> String {
    format!("{}: {}.", pattern.label, pattern.count.words)
}

/// Why there are no quotes.
pub(super) fn quotes_withheld(whole: bool) -> String {
    if whole {
        format!(
            "Words are quoted once {QUOTES_MIN} people are part of this report, so that nobody is recognised by them."
        )
    } else {
        format!(
            "Words are not quoted of groups of fewer than {QUOTES_MIN} people, so that nobody is recognised by them."
        )
    }
}

/// What those who speak of a topic agree on.
pub(super) fn agreement(coverage: &Count, sentiment: &Sentiment, themes: &[&Pattern]) -> String {
    if coverage.n == Some(0) {
        return "Nobody has said anything on this yet.".to_owned();
    }
    let shared = themes.iter().find(|pattern| pattern.count.least >= 2);
    let mut sentences = Vec::new();
    if let Some(pattern) = shared {
        sentences.push(format!(
            "Most often heard: {} ({}).",
            lowered(&pattern.label),
            pattern.count.words
        ));
    }
    let one_sided = |count: &Count, other: &Count| count.n.is_some_and(|n| n > 1 && n > 2 * other.most);
    if one_sided(&sentiment.positive, &sentiment.negative) {
        sentences.push(format!(
            "Those who speak of it do so mostly well ({}).",
            sentiment.positive.words
        ));
    } else if one_sided(&sentiment.negative, &sentiment.positive) {
        sentences.push(format!(
            "Those who speak of it do so mostly ill ({}).",
            sentiment.negative.words
        ));
    }
    if sentences.is_empty() {
        sentences.push("Nothing is said on this by enough people to be called common.".to_owned());
    }
    sentences.join(" ")
}

/// On what those who speak of a topic do not agree.
pub(super) fn disagreement(sentiment: &Sentiment) -> Option<String> {
    let (well, ill) = (&sentiment.positive, &sentiment.negative);
    let both = well.n.is_some_and(|n| n > 0) && ill.n.is_some_and(|n| n > 0);
    both.then(|| {
        format!(
            "Some speak mostly well of it ({}), others mostly ill ({}).",
            well.words, ill.words
        )
    })
}

/// How people are, all in all.
pub(super) fn health(score: u32, gate: Gate) -> Health {
    let label = match score {
        75.. => "strong",
        55.. => "steady",
        35.. => "mixed",
        _ => "strained",
    };
    let mut how = "Each person who speaks mostly well of their work counts 100, who speaks of both sides 50, who speaks mostly ill \
        of it 0; the score is their average. Who does neither is left out. It is made from words alone."
        .to_owned();
    if gate == Gate::Confidential {
        how += &format!(
            " It is rounded to tens, or to twenties where it stands on few people, and needs at least {GROUP_MIN} of them, so \
             that nobody's answer can be worked out from it."
        );
    }
    Health {
        score,
        label: label.to_owned(),
        how,
    }
}

/// A label within a sentence.
fn lowered(label: &str) -> String {
    let mut chars = label.chars();
    match (chars.next(), chars.clone().next()) {
        // "HR" and "I" stay as they are.
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(chars).collect(),
        _ => label.to_owned(),
    }
}

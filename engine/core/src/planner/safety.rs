//! Finds, in words alone, what calls for care instead of questions: harassment, violence, self-harm, acute distress.
//!
//! A miss costs more than a false alarm (which costs one kind question), so hits are wide; idioms and plain negations
//! are taken out.

use std::sync::LazyLock;

use serde::Deserialize;

use super::lexicon::Patterns;
use super::words::Token;
use crate::event::Concern;

/// How many words before a hit a negation may stand and still hold for it.
const NEGATION_REACH: usize = 5;
/// What a benign idiom's words are replaced by.
const TAKEN_OUT: &str = "\u{0}";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    benign: Patterns,
    negation: Vec<String>,
    still: Vec<String>,
    harassment: Patterns,
    violence: Patterns,
    self_harm: Patterns,
    distress: Patterns,
}

fn english() -> &'static Lists {
    static LISTS: LazyLock<Lists> = LazyLock::new(|| {
        toml::from_str(include_str!("lexicon/safety-en.toml")).expect("the built-in lists are tested")
    });
    &LISTS
}

/// The gravest concern in `tokens`, if any.
pub(crate) fn concern(tokens: &[Token]) -> Option<Concern> {
    let lists = english();
    let mut tokens = tokens.to_vec();
    for benign in &lists.benign.0 {
        let mut from = 0;
        while let Some((start, end)) = benign.find(&tokens, from) {
            tokens[start..end]
                .iter_mut()
                .for_each(|t| t.text = TAKEN_OUT.to_owned());
            from = end.max(start + 1);
        }
    }
    let by_gravity = [
        (&lists.self_harm, Concern::SelfHarm),
        (&lists.violence, Concern::Violence),
        (&lists.harassment, Concern::Harassment),
        (&lists.distress, Concern::Distress),
    ];
    by_gravity
        .into_iter()
        .find(|(patterns, _)| meant(patterns, &tokens, lists))
        .map(|(_, concern)| concern)
}

fn meant(patterns: &Patterns, tokens: &[Token], lists: &Lists) -> bool {
    patterns.0.iter().any(|pattern| {
        let mut from = 0;
        while let Some((start, _)) = pattern.find(tokens, from) {
            if !negated(&tokens[..start], lists) {
                return true;
            }
            from = start + 1;
        }
        false
    })
}

/// Whether the words just `before` a hit turn it round: "I was never harassed", but not "nobody stopped him when …".
fn negated(before: &[Token], lists: &Lists) -> bool {
    let near = before.iter().rev().take_while(|t| !t.is_end()).take(NEGATION_REACH);
    for token in near {
        if lists.still.contains(&token.text)
            || ["but", "and", "when", "because", "until", "that"].contains(&token.text.as_str())
        {
            return false;
        }
        if lists.negation.contains(&token.text) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::concern;
    use crate::event::Concern::{self, Distress, Harassment, SelfHarm, Violence};
    use crate::planner::words::tokens;

    const LABELLED: &[(&str, Option<Concern>)] = &[
        ("My team lead keeps making sexual comments about me.", Some(Harassment)),
        ("He harassed me for months.", Some(Harassment)),
        ("I was passed over because I am pregnant.", Some(Harassment)),
        (
            "They make jokes about my accent all the time, it's racist.",
            Some(Harassment),
        ),
        ("A colleague grabbed my waist at the party.", Some(Harassment)),
        ("I'm being bullied by two people in the warehouse.", Some(Harassment)),
        ("She gets discriminated against for her religion.", Some(Harassment)),
        ("He sent me nude pictures.", Some(Harassment)),
        ("Nobody stopped him when he touched me.", Some(Harassment)),
        ("My boss humiliated me in front of everyone.", Some(Harassment)),
        ("My supervisor threatened me.", Some(Violence)),
        ("He hit me in the storage room.", Some(Violence)),
        ("A customer pushed her against the wall and hit her.", Some(Violence)),
        ("He threw a wrench at me.", Some(Violence)),
        ("Somebody brought a knife to work.", Some(Violence)),
        ("I got attacked by a visitor.", Some(Violence)),
        ("I'm scared that he will hurt me.", Some(Violence)),
        ("Sometimes I think about killing myself.", Some(SelfHarm)),
        ("I don't want to live any more.", Some(SelfHarm)),
        ("I have had suicidal thoughts since the winter.", Some(SelfHarm)),
        ("Everyone would be better off without me.", Some(SelfHarm)),
        ("I cut myself when it gets too much.", Some(SelfHarm)),
        ("I just want to die.", Some(SelfHarm)),
        ("I can't stop crying when I think of Monday.", Some(Distress)),
        ("I had a panic attack in the car park.", Some(Distress)),
        ("I'm falling apart, honestly.", Some(Distress)),
        ("I can't take it anymore.", Some(Distress)),
        ("I cry every night after the shift.", Some(Distress)),
        ("I feel completely hopeless.", Some(Distress)),
        ("I had a nervous breakdown last spring.", Some(Distress)),
        ("This deadline is killing me.", None),
        ("I could kill for a coffee.", None),
        ("We killed the project in May.", None),
        ("I was never harassed here.", None),
        ("There's no bullying in our team.", None),
        ("We had a training about harassment last week.", None),
        ("The new policy hit the ground running.", None),
        ("I nearly died laughing.", None),
        ("That presentation blew me away.", None),
        ("The workload is heavy and my manager is strict.", None),
        ("I'm dying to see the new office.", None),
        ("We beat the competition last year.", None),
        ("Price pressure is a threat to the business.", None),
        ("I work on threat detection for customers.", None),
        ("I was not threatened or anything, he was simply annoyed.", None),
        ("It makes me sad that good people leave.", None),
        ("I was stressed before the release.", None),
        ("They shot down my proposal.", None),
        ("I would not say that I feel discriminated against.", None),
        ("He fired me from the project.", None),
        ("We're fighting fires every week.", None),
    ];

    #[test]
    fn labelled_sentences_are_told_apart() {
        assert!(LABELLED.len() >= 40);
        let wrong: Vec<String> = LABELLED
            .iter()
            .map(|(text, expected)| (text, expected, concern(&tokens(text))))
            .filter(|(_, expected, got)| *expected != got)
            .map(|(text, expected, got)| format!("{text}: {got:?} instead of {expected:?}"))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

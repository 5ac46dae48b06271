//! What we asked: counted in the words that were heard.

use std::collections::BTreeSet;

use super::{ReportCard, course};
use crate::event::{Event, Move, Recorded};
use crate::guide::Guide;
use crate::interviewer::rules::{self, QUESTION_MAX_WORDS};
use crate::planner::words::{self, same_key};

/// Counts words and judges questions.
pub(super) fn count(card: &mut ReportCard, _guide: &Guide, events: &[&Recorded]) {
    card.their_words = course::answers(events).values().map(|text| words_of(text)).sum();
    let ours = course::ours(events);
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for recorded in events {
        let Event::MoveDecided { turn, mv, .. } = &recorded.event else {
            continue;
        };
        let Some(said) = ours.get(turn) else { continue };
        card.our_words += words_of(said);
        let questions: Vec<&str> = rules::sentences(said).into_iter().filter(|s| rules::asks(s)).collect();
        if questions.is_empty() {
            continue;
        }
        card.questions.turns += 1;
        card.questions.single += u32::from(questions.len() == 1);
        // A question that is said again on purpose was judged when it was asked.
        if matches!(
            mv,
            Move::Repeat | Move::Inform { .. } | Move::Reconvene { .. } | Move::Nudge | Move::OfferPause
        ) {
            continue;
        }
        for question in questions {
            judge(card, question);
            card.questions.repeated += u32::from(!asked.insert(same_key(question)));
        }
    }
}

fn judge(card: &mut ReportCard, question: &str) {
    let counted = &mut card.questions;
    let tokens = words::tokens(question);
    let breaks = |names: &[&str]| {
        rules::english()
            .iter()
            .any(|rule| names.contains(&rule.name) && rule.broken_by(question, &tokens, true))
    };
    let words = words_of(question);
    counted.asked += 1;
    counted.open += u32::from(!breaks(&["open_question"]));
    counted.leading += u32::from(breaks(&["not_leading", "not_loaded"]));
    counted.words += words;
    counted.longest = counted.longest.max(words);
    counted.long += u32::from(words as usize > QUESTION_MAX_WORDS);
}

fn words_of(text: &str) -> u32 {
    u32::try_from(rules::word_count(text)).unwrap_or(u32::MAX)
}

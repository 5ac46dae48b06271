//! What the recap says back: one thing for each topic that was spoken of, in the person's own words where they can be quoted.

use super::messages::{english, fill, variant};
use super::questions::{label, to_the_point};
use super::quote;
use super::rules::word_count;
use super::{Scene, Watch};
use crate::event::Move;
use crate::guide::Guide;
use crate::planner::words::same_key;
use crate::planner::{Leave, Ledger};

/// Topics that the recap says back at the most.
const TOPICS_MAX: usize = 3;
/// Words of it at the most: enough for two topics in the person's words, or three by name. With a first word on the answer before
/// it and the question after it the whole stays within what the guard lets pass.
const WORDS_MAX: usize = 36;

/// What was heard, topic by topic; topics that were declined or called for care are left out.
pub(super) fn words(guide: &Guide, ledger: &Ledger) -> String {
    let list = &english().recap;
    let topics = covered(guide, ledger);
    if topics.is_empty() {
        return list.nothing.clone();
    }
    let mut parts = vec![list.lead.clone()];
    let mut watch = Watch::new(Scene::new(guide, ledger, &Move::Recap));
    let mut used: Vec<String> = Vec::with_capacity(TOPICS_MAX);
    for (i, index) in (0..).zip(topics) {
        let label = label(&guide.topics[index]);
        let said: Vec<String> = ledger.said_on(index).collect();
        let quoted = said
            .iter()
            .filter_map(|text| quote::saying(text))
            .find(|q| !used.contains(q));
        let mut pieces: Vec<String> = said.iter().flat_map(|text| quote::pieces(text)).collect();
        pieces.sort_by_key(|piece| !quote::is_telling(piece));
        to_the_point(&mut pieces, &guide.topics[index]);
        // "On your goals, you spoke of your goals" says nothing.
        let names = |piece: &str| same_key(piece) == same_key(&label);
        let piece = pieces.into_iter().find(|piece| !used.contains(piece) && !names(piece));
        let ways = [
            quoted.map(|words| (&list.quoted, words)),
            piece.map(|words| (&list.mentioned, words)),
            Some((&list.topic, String::new())),
        ];
        let left = WORDS_MAX.saturating_sub(parts.iter().map(|part| word_count(part)).sum());
        let fits = ways.into_iter().flatten().find_map(|(variants, words)| {
            let part = fill(variant(variants, i), &[("label", &label), ("words", &words)]);
            // A person's own words can break a rule that ours must keep; then less of them is said back.
            (word_count(&part) <= left && watch.sentence(&part).is_ok()).then_some((part, words))
        });
        let Some((part, words)) = fits else { continue };
        parts.push(part);
        used.push(words);
    }
    parts.join(" ")
}

/// Whether there is nothing to say back.
pub(crate) fn is_empty(guide: &Guide, ledger: &Ledger) -> bool {
    covered(guide, ledger).is_empty()
}

/// The topics that something was said about, the weightiest first.
fn covered(guide: &Guide, ledger: &Ledger) -> Vec<usize> {
    let mut order: Vec<usize> = (0..guide.topics.len())
        .filter(|i| {
            let topic = &ledger.topics[*i];
            topic.answered && !topic.declined && topic.closed != Some(Leave::Discomfort)
        })
        .collect();
    order.sort_by_key(|i| std::cmp::Reverse(guide.topics[*i].priority));
    order.truncate(TOPICS_MAX);
    order
}

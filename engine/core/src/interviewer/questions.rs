//! Chooses the question of a move: curated ones first, then general ones, and never one that was asked before.

use std::collections::BTreeSet;

use super::messages::{english, fill, variant};
use super::quote;
use crate::event::{Aim, Move};
use crate::guide::{Guide, Topic};
use crate::planner::Ledger;
use crate::planner::english as lexicon;
use crate::planner::words::{content, same_key, tokens};

/// The question of `mv`, or `None` where it has none of its own or all were asked. `heard`: the answer it follows.
///
/// A function of what was recorded alone, so that the same question is found again after a crash.
pub(crate) fn pick(guide: &Guide, ledger: &Ledger, mv: &Move, heard: Option<&str>) -> Option<String> {
    let messages = english();
    let topic = mv.topic().and_then(|id| guide.topics.iter().find(|t| t.id == *id));
    match mv {
        Move::Welcome { .. } | Move::OpenTopic { .. } => Some(open(guide, topic?, ledger)),
        Move::Probe { aim, .. } => probe(topic?, *aim, ledger, heard),
        Move::ReturnTo { .. } => Some(open_again(topic?, ledger)),
        Move::Care { .. } => Some(fresh(&messages.care.question, ledger)),
        Move::Recap if super::recap::is_empty(guide, ledger) => Some(messages.recap.left_out.clone()),
        Move::Recap => Some(messages.recap.question.clone()),
        Move::AcceptCorrection => {
            // What is right was not said yet: that is asked for, else whether there is more.
            let bare = heard.is_some_and(crate::planner::says_only_no);
            let recap = &messages.recap;
            Some(fresh(if bare { &recap.correct } else { &recap.anything }, ledger))
        }
        _ => None,
    }
}

/// The first of `questions` that was not asked yet.
fn fresh(questions: &[String], ledger: &Ledger) -> String {
    let unasked = questions.iter().find(|q| !ledger.asked.contains(&same_key(q)));
    unasked.or(questions.last()).cloned().unwrap_or_default()
}

/// Whether so much was said about `topic` before it was opened that its opening would ask again.
pub(crate) fn is_touched(guide: &Guide, ledger: &Ledger, topic: &Topic) -> bool {
    let index = guide.topics.iter().position(|t| t.id == topic.id);
    index.is_some_and(|i| {
        let heard = &ledger.topics[i];
        !heard.asked && heard.answered && (heard.example || heard.reason)
    })
}

fn open_again(topic: &Topic, ledger: &Ledger) -> String {
    let filled = |q: &String| fill(q, &[("label", &label(topic))]);
    // An opening that was not used is better than a general question.
    let all: Vec<String> = topic
        .openings
        .iter()
        .skip(1)
        .cloned()
        .chain(english().acknowledge.open_again.iter().map(filled))
        .collect();
    fresh(&all, ledger)
}

fn open(guide: &Guide, topic: &Topic, ledger: &Ledger) -> String {
    let list = &english().acknowledge;
    let filled = |q: &String| fill(q, &[("label", &label(topic))]);
    if is_touched(guide, ledger, topic) {
        let all: Vec<String> = (0..list.open_touched.len())
            .map(|i| filled(&list.open_touched[(i + ledger.decided as usize) % list.open_touched.len()]))
            .collect();
        return fresh(&all, ledger);
    }
    let general = list.open.iter().map(filled);
    let curated = topic.openings.iter().cloned();
    let all: Vec<String> = curated.chain(general).collect();
    // A topic is opened once, so some question is left unless another topic has the very same ones.
    all.iter()
        .find(|q| !ledger.asked.contains(&same_key(q)))
        .or(all.last())
        .cloned()
        .unwrap_or_default()
}

fn probe(topic: &Topic, aim: Aim, ledger: &Ledger, heard: Option<&str>) -> Option<String> {
    let fresh = |q: &String| keys(q).iter().all(|key| !ledger.asked.contains(key));
    let (general, last) = english().probe.of(aim);
    let start = ledger.decided as usize;
    let turned = (0..general.len()).map(|i| &general[(start + i) % general.len()]);
    if aim == Aim::Echo {
        let words = quotable(ledger, heard?, Some(topic))
            .into_iter()
            .find(|piece| quote::is_telling(piece))?;
        let the = quote::definite(&words);
        let mut questions = turned.map(|q| fill(q, &[("words", &words), ("the", &the)]));
        return questions.find(fresh);
    }
    let curated = topic.probes.iter().filter(|p| p.aim == aim).map(|p| p.ask.clone());
    let last = last.map(|q| fill(q, &[("label", &label(topic))]));
    curated.chain(turned.cloned()).chain(last).find(fresh)
}

/// By what a question is known again: the whole of it, and its asking sentence alone.
pub(crate) fn keys(question: &str) -> Vec<String> {
    let mut keys = vec![same_key(question)];
    keys.extend(asked_in(question).map(|q| same_key(&q)));
    keys
}

/// Pieces of `heard` that were not said back yet, best first: those that speak to `topic` before all others.
pub(crate) fn quotable(ledger: &Ledger, heard: &str, topic: Option<&Topic>) -> Vec<String> {
    let ours: Vec<String> = ledger
        .turns
        .values()
        .filter(|t| t.ours)
        .map(|t| same_key(&t.text()))
        .collect();
    let asked = |key: &String| ledger.asked.iter().chain(&ours).any(|said| said.contains(key.as_str()));
    let mut pieces = quote::pieces(heard);
    // It may have been said back as "the" one.
    pieces.retain(|piece| !asked(&same_key(&quote::definite(piece))) && !asked(&same_key(piece)));
    if let Some(topic) = topic {
        to_the_point(&mut pieces, topic);
    }
    pieces
}

/// Puts the pieces that speak to `topic` first: "your partner" is hardly what a question about pay was after.
pub(crate) fn to_the_point(pieces: &mut [String], topic: &Topic) {
    pieces.sort_by_key(|piece| !is_to_the_point(piece, topic));
}

/// Whether a piece speaks to `topic`.
pub(crate) fn is_to_the_point(piece: &str, topic: &Topic) -> bool {
    let content = |text: &str| content(&tokens(text), &lexicon().function_words);
    let signs = topic.cues.iter().chain([&topic.label]);
    let signs: BTreeSet<String> = signs.flat_map(|cue| content(cue)).collect();
    !signs.is_disjoint(&content(piece))
}

/// A topic's label as it stands within a sentence.
pub(crate) fn label(topic: &Topic) -> String {
    let label = topic.label.trim().trim_end_matches(['.', '?', '!']);
    let mut chars = label.chars();
    let (first, second) = (chars.next(), chars.next());
    match (first, second) {
        (Some(a), Some(b)) if a.is_uppercase() && b.is_lowercase() => {
            a.to_lowercase().chain(label.chars().skip(1)).collect()
        }
        _ => label.to_owned(),
    }
}

/// The last sentence of `text` that asks.
pub(crate) fn asked_in(text: &str) -> Option<String> {
    super::rules::sentences(text)
        .into_iter()
        .rev()
        .find(|s| super::rules::asks(s))
        .map(str::to_owned)
}

/// The variant of a list of statements for this point of the interview.
pub(crate) fn statement<'a>(variants: &'a [String], ledger: &Ledger) -> &'a str {
    variant(variants, ledger.decided)
}

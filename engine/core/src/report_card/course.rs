//! What can be read from the order of the events: follow-ups, interruptions, latency, recap, care, the end.

use std::collections::{BTreeMap, BTreeSet};

use super::{LatencyCard, Recap, ReportCard};
use crate::event::{Event, Move, Phrasing, Recorded};
use crate::guide::Guide;
use crate::id::TurnId;
use crate::planner::{english, words};

/// The events that still hold: a turn that was undone has left nothing but that it was.
#[must_use]
pub fn standing(events: &[Recorded]) -> Vec<&Recorded> {
    let mut out: Vec<&Recorded> = Vec::with_capacity(events.len());
    for recorded in events {
        if let Event::TurnReopened { turn: open, undone } = &recorded.event {
            let decided = out
                .iter()
                .rposition(|r| matches!(&r.event, Event::MoveDecided { turn, .. } if turn == undone))
                .unwrap_or(0);
            let mut at = 0;
            out.retain(|r| {
                let void = match &r.event {
                    Event::MoveDecided { turn, .. } | Event::Spoken { turn, .. } | Event::Latency { turn, .. } => {
                        turn == undone
                    }
                    Event::Assessed { turn, .. } | Event::SafetyRaised { turn, .. } => turn == open && at < decided,
                    Event::AnswerEnded { turn, .. } => turn == open,
                    _ => false,
                };
                at += 1;
                !void
            });
        }
        out.push(recorded);
    }
    out
}

/// The participant's words, turn by turn.
pub(super) fn answers(events: &[&Recorded]) -> BTreeMap<TurnId, String> {
    let mut heard: BTreeMap<TurnId, BTreeMap<u32, &str>> = BTreeMap::new();
    for recorded in events {
        if let Event::SegmentHeard {
            turn, segment, text, ..
        } = &recorded.event
        {
            heard.entry(*turn).or_default().insert(segment.0, text.expose());
        }
    }
    let joined = |parts: BTreeMap<u32, &str>| parts.into_values().collect::<Vec<_>>().join(" ");
    heard.into_iter().map(|(turn, parts)| (turn, joined(parts))).collect()
}

/// What was heard of each turn of ours.
pub(super) fn ours(events: &[&Recorded]) -> BTreeMap<TurnId, String> {
    let mut said: BTreeMap<TurnId, String> = BTreeMap::new();
    for recorded in events {
        if let Event::Spoken { turn, text, .. } = &recorded.event {
            said.insert(*turn, text.expose().to_owned());
        }
    }
    said
}

/// Fills in what the order of the events tells.
pub(super) fn follow(card: &mut ReportCard, guide: &Guide, events: &[&Recorded]) {
    let (answers, ours) = (answers(events), ours(events));
    let mut waits: Vec<u32> = Vec::new();
    let mut concern = None;
    for recorded in events {
        match &recorded.event {
            Event::AnswerEnded { .. } => card.answers += 1,
            Event::TurnReopened { .. } => card.interruptions += 1,
            Event::Latency { parts, .. } => waits.push(parts.total_ms()),
            Event::FellBack { .. } => card.fell_back += 1,
            Event::Ended { outcome } => card.outcome = Some(*outcome),
            Event::Spoken { interrupted, by, .. } => {
                card.cut_short += u32::from(*interrupted);
                card.by_model += u32::from(*by == Phrasing::Model);
            }
            Event::SafetyRaised { turn, .. } => {
                card.concerns += 1;
                concern = Some(*turn);
            }
            Event::MoveDecided { turn, answers: to, mv } => {
                let said = ours.get(turn).map_or("", String::as_str);
                if concern.take().is_some_and(|c| *to == Some(c)) && cares(guide, mv, said) {
                    card.concerns_handled += 1;
                }
                if matches!(mv, Move::Probe { .. }) {
                    card.follow_ups += 1;
                    let answer = to.and_then(|t| answers.get(&t));
                    card.follow_ups_in_their_words += u32::from(answer.is_some_and(|a| shares_a_word(said, a)));
                }
                card.recap = after(card.recap, mv);
            }
            _ => {}
        }
    }
    card.latency = latency(waits);
}

/// Whether what follows a disclosure is care: it names somebody to turn to, or ends as the participant wished.
fn cares(guide: &Guide, mv: &Move, said: &str) -> bool {
    let named = guide
        .help
        .as_ref()
        .is_none_or(|help| said.contains(&help.name) && said.contains(&help.reach));
    match mv {
        Move::Care { .. } => named,
        Move::Close => true,
        _ => false,
    }
}

fn after(recap: Recap, mv: &Move) -> Recap {
    match (recap, mv) {
        (_, Move::Recap) => Recap::Given,
        (Recap::Given | Recap::Corrected, Move::AcceptCorrection) => Recap::Corrected,
        (Recap::Given, Move::Close) => Recap::Confirmed,
        (recap, _) => recap,
    }
}

fn shares_a_word(said: &str, answer: &str) -> bool {
    let content = |text: &str| -> BTreeSet<String> { words::content(&words::tokens(text), &english().function_words) };
    !content(said).is_disjoint(&content(answer))
}

fn latency(mut waits: Vec<u32>) -> Option<LatencyCard> {
    waits.sort_unstable();
    let at = |percent: usize| {
        waits
            .get((waits.len() * percent / 100).min(waits.len().checked_sub(1)?))
            .copied()
    };
    Some(LatencyCard {
        turns: waits.len() as u32,
        p50_ms: at(50)?,
        p95_ms: at(95)?,
    })
}

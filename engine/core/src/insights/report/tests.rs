//! Reports of planted voices.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::*;
use crate::event::Concern;
use crate::insights::gate::Gate;
use crate::insights::{
    Claim, CoderVersion, Concreteness, Place, Polarity, PolarityCounts, Signal, Signalled, Stance, Statement, ThemeKind,
};

fn id(number: u32) -> ConversationId {
    ConversationId(Uuid::from_u128(u128::from(number) + 1))
}

fn said(turn: u32, polarity: Polarity) -> Statement {
    Statement {
        span: Span {
            turn: TurnId(turn),
            from: 0,
            to: 60,
        },
        topic: Some("load".into()),
        signals: Vec::new(),
        polarity,
        concreteness: Concreteness::Concrete,
        claim: Claim::Fact,
        sensitive: None,
        meaning: None,
    }
}

/// Somebody who says one thing ill and one well.
fn voice(number: u32, department: &str) -> Voice {
    Voice {
        role: None,
        department: Some(department.to_owned()),
        topics: vec![("load".into(), "Workload".to_owned()), ("pay".into(), "Pay".to_owned())],
        unquotable: BTreeSet::new(),
        coded: Coded {
            conversation: id(number),
            coder: CoderVersion {
                name: "planted".to_owned(),
                version: 1,
            },
            statements: vec![said(2, Polarity::Negative), said(4, Polarity::Positive)],
        },
    }
}

fn theme(signal: Signal, people: impl IntoIterator<Item = u32>, against: impl IntoIterator<Item = u32>) -> Theme {
    let place = |statement| {
        move |number| Place {
            conversation: id(number),
            statement,
        }
    };
    Theme {
        key: format!("{signal:?}"),
        label: format!("{signal:?} matters"),
        kind: ThemeKind::Signal(Signalled {
            signal,
            stance: Stance::Strain,
        }),
        statements: people.into_iter().map(place(0)).collect(),
        against: against.into_iter().map(place(1)).collect(),
        polarity: PolarityCounts::default(),
    }
}

/// `people` voices, of which the first five are in Care.
fn basis(people: u32, themes: Vec<Theme>) -> Basis {
    let department = |number| if number < 5 { "Care" } else { "Labs" };
    Basis {
        voices: (0..people).map(|number| voice(number, department(number))).collect(),
        themes,
    }
}

/// Nine people, of whom seven speak of workload and three of those of pay.
pub(super) fn planted() -> Basis {
    basis(
        9,
        vec![theme(Signal::Workload, 0..7, 7..9), theme(Signal::Pay, 0..3, [])],
    )
}

fn all(basis: &Basis) -> BTreeSet<ConversationId> {
    basis.voices.iter().map(Voice::conversation).collect()
}

pub(super) fn report(basis: &Basis, gate: Gate) -> Report {
    basis.report(gate, &all(basis), &BTreeMap::new(), basis.saturation(&all(basis)))
}

#[test]
fn few_voices_are_called_so_where_people_are_known() {
    let themes = vec![
        theme(Signal::Pay, 0..1, []),
        theme(Signal::Tools, 0..2, []),
        theme(Signal::Growth, 0..3, 3..4),
    ];
    let found = report(&basis(6, themes), Gate::Identified);
    let told: Vec<_> = found
        .patterns
        .iter()
        .map(|p| (p.key.as_str(), p.count.words.as_str(), p.voice.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("Growth", "3 of 6 people", None),
            ("Tools", "2 of 6 people", Some("single_voice")),
            ("Pay", "one person's account", Some("one_person")),
        ]
    );
    assert_eq!(found.patterns[0].against.as_ref().unwrap().n, Some(1));
    assert_eq!(found.patterns[0].counter_quotes.len(), 1);
}

#[test]
fn nobody_is_said_to_be_a_risk() {
    for gate in [Gate::Identified, Gate::Confidential] {
        let basis = basis(
            12,
            vec![theme(Signal::FlightRisk, 0..2, []), theme(Signal::Burnout, 0..3, [])],
        );
        let keys: Vec<String> = report(&basis, gate).patterns.into_iter().map(|p| p.key).collect();
        assert_eq!(keys, ["Burnout"], "{gate:?}");
    }
}

#[test]
fn confidential_reports_show_groups_and_nothing_of_one_person() {
    let themes = vec![
        theme(Signal::Pay, 0..1, 1..9),
        theme(Signal::Tools, 0..6, []),
        theme(Signal::Growth, 0..10, []),
    ];
    let found = report(&basis(12, themes), Gate::Confidential);
    let told: Vec<_> = found
        .patterns
        .iter()
        .map(|p| (p.key.as_str(), p.count.words.as_str(), p.count.n))
        .collect();
    assert_eq!(
        told,
        [
            ("Growth", "most of 12 people", None),
            ("Tools", "6 of 12 people", Some(6)),
            ("Pay", "fewer than 5 of 12 people", None),
        ]
    );
    assert!(found.patterns.iter().all(|pattern| pattern.voice.is_none()));
    assert!(found.summary.health.unwrap().score.is_multiple_of(10));
}

#[test]
fn words_are_quoted_from_ten_people_on_and_only_where_their_person_allows_it() {
    let quoted = |people| {
        report(
            &basis(people, vec![theme(Signal::Tools, 0..people, [])]),
            Gate::Confidential,
        )
    };
    assert!(quoted(9).patterns[0].quotes.is_empty() && quoted(9).summary.quotes_withheld.is_some());
    assert_eq!(quoted(10).patterns[0].quotes.len(), 3);
    assert!(
        quoted(9)
            .topics
            .iter()
            .all(|topic| topic.quotes.is_empty() && topic.dissent.is_empty())
    );

    let mut basis = basis(3, vec![theme(Signal::Tools, 0..3, [])]);
    basis.voices[0].unquotable.insert(TurnId(2));
    basis.voices[1].coded.statements[0].sensitive = Some(Concern::Harassment);
    let found = report(&basis, Gate::Identified);
    let lines: Vec<_> = found.patterns[0]
        .quotes
        .iter()
        .filter_map(|quote| quote.line.clone())
        .collect();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].conversation, id(2));
}

#[test]
fn how_many_speak_of_a_topic_is_not_told_by_how_they_do() {
    let mut basis = planted();
    for voice in basis.voices.iter_mut().skip(3) {
        voice.coded.statements.clear();
    }
    let found = report(&basis, Gate::Confidential);
    assert_eq!(found.topics[0].coverage.words, "fewer than 5 of 9 people");
    assert_eq!(found.topics[0].sentiment.mixed.words, "not shown");
    let found = report(&basis, Gate::Identified);
    assert_eq!(
        (found.topics[0].coverage.n, found.topics[0].sentiment.mixed.n),
        (Some(3), Some(3))
    );
    assert_eq!(found.summary.sentiment.neutral.n, Some(6));
}

#[test]
fn a_slice_names_the_same_themes_as_the_whole() {
    let basis = basis(10, vec![theme(Signal::Tools, 5..10, []), theme(Signal::Pay, 0..10, [])]);
    let care: BTreeSet<_> = (0..5).map(id).collect();
    let found = basis.report(Gate::Confidential, &care, &BTreeMap::new(), Vec::new());
    let told: Vec<_> = found
        .patterns
        .iter()
        .map(|p| (p.key.as_str(), p.count.words.as_str()))
        .collect();
    // Nobody of them speaks of tools, which nobody learns.
    assert_eq!(told, [("Pay", "5 of 5 people"), ("Tools", "fewer than 5 of 5 people")]);
}

#[test]
fn every_claim_has_words_and_every_action_a_claim() {
    let found = report(&planted(), Gate::Identified);
    assert!(found.patterns.iter().all(|pattern| !pattern.quotes.is_empty()));
    assert!(!found.summary.actions.is_empty());
    for action in &found.summary.actions {
        let claim = found
            .patterns
            .iter()
            .find(|pattern| pattern.key == action.theme)
            .unwrap();
        assert_eq!(action.count, claim.count);
    }
    assert_eq!(
        found.summary.made,
        "9 people have taken part. What wears people down: workload matters (7 of 9 people); pay matters (3 of 9 people)."
    );
    assert_eq!(found.summary.sentiment.mixed.n, Some(9));
}

#[test]
fn saturation_counts_themes_by_whom_they_were_first_heard_from() {
    let basis = basis(
        4,
        vec![
            theme(Signal::Pay, 0..4, []),
            theme(Signal::Tools, 2..4, []),
            theme(Signal::Growth, 2..3, []),
        ],
    );
    let themes: Vec<u32> = basis
        .saturation(&all(&basis))
        .iter()
        .map(|point| point.themes)
        .collect();
    assert_eq!(themes, [1, 1, 3, 3]);
}

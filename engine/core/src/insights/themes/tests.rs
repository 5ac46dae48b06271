use super::*;
use crate::id::{ConversationId, PersonId, TurnId};
use crate::insights::{Answer, Carried, Claim, CoderVersion, Concreteness, Meaning, Participant, Signal, Span, Stance};
use crate::time::Ms;

const PAY: Signalled = Signalled {
    signal: Signal::Pay,
    stance: Stance::Strain,
};
const GOOD_PAY: Signalled = Signalled {
    signal: Signal::Pay,
    stance: Stance::Strength,
};

fn polarity_of(what: Signalled) -> Polarity {
    match what.stance {
        Stance::Strain => Polarity::Negative,
        Stance::Strength => Polarity::Positive,
    }
}

/// A statement's words, where it stands, what it carries and how surely.
type Said<'a> = (&'a str, [f32; 3], Option<(Signalled, u8)>);

/// A conversation in which each answer is one statement: its words, where it stands, what it carries.
fn told(n: u128, says: &[Said<'_>]) -> (Interview, Coded) {
    let conversation = ConversationId(uuid::Uuid::from_u128(n));
    let turn = |at: usize| TurnId(at as u32 * 2 + 2);
    let answers = says.iter().enumerate().map(|(at, (text, ..))| Answer {
        turn: turn(at),
        topic: Some("one-change".into()),
        aim: None,
        text: (*text).into(),
        quotable: true,
        at: Ms::ZERO,
        concern: None,
    });
    let statements = says.iter().enumerate().map(|(at, (text, place, carries))| Statement {
        span: Span {
            turn: turn(at),
            from: 0,
            to: text.len() as u32,
        },
        topic: Some("one-change".into()),
        signals: carries
            .iter()
            .map(|(what, percent)| Carried {
                what: *what,
                percent: *percent,
            })
            .collect(),
        polarity: carries.map_or(Polarity::Neutral, |(what, _)| polarity_of(what)),
        concreteness: Concreteness::General,
        claim: Claim::Fact,
        sensitive: None,
        meaning: Some(Meaning::of(place)),
    });
    let interview = Interview {
        participant: Participant {
            conversation,
            person: PersonId(conversation.0),
            role: None,
            department: None,
        },
        topics: Vec::new(),
        answers: answers.collect(),
    };
    let coded = Coded {
        conversation,
        coder: CoderVersion {
            name: "test".into(),
            version: 1,
        },
        statements: statements.collect(),
    };
    (interview, coded)
}

fn found(said: &[(Interview, Coded)], previous: &[Theme]) -> Vec<Theme> {
    let said: Vec<(&Interview, &Coded)> = said.iter().map(|(i, c)| (i, c)).collect();
    themes(&said, previous)
}

const CAR: [f32; 3] = [1.0, 0.0, 0.0];

#[test]
fn people_are_counted_once_and_the_opposite_stands_against() {
    let pay = |percent| Some((PAY, percent));
    let said = [
        told(
            1,
            &[
                ("wages are low", [0.0, 1.0, 0.0], pay(90)),
                ("the pay is bad", [0.0, 0.0, 1.0], pay(80)),
            ],
        ),
        told(2, &[("salaries are poor", [0.0, 0.9, 0.4], pay(60))]),
        told(3, &[("money is short", [0.3, 0.0, 0.9], pay(40))]),
        told(4, &[("the pay is good", [-1.0, 0.0, 0.0], Some((GOOD_PAY, 70)))]),
    ];
    let themes = found(&said, &[]);
    let strained = themes.iter().find(|t| t.key == "pay.strain").unwrap();
    assert_eq!((strained.people().len(), strained.statements.len()), (3, 4));
    assert_eq!(strained.people_against().len(), 1);
    assert_eq!(strained.polarity.negative, 4);
    let fair = themes.iter().find(|t| t.key == "pay.strength").unwrap();
    assert_eq!((fair.people().len(), fair.people_against().len()), (1, 3));
}

#[test]
fn a_guess_counts_only_beside_plain_words() {
    let said = [
        told(1, &[("wages are low", [0.0, 1.0, 0.0], Some((PAY, 90)))]),
        told(2, &[("money is short", [0.3, 0.0, 0.9], Some((PAY, 25)))]),
    ];
    let themes = found(&said, &[]);
    assert_eq!(
        themes[0].people().len(),
        1,
        "one plain voice does not make a guess count"
    );
}

#[test]
fn the_same_words_out_of_several_mouths_are_a_manner_of_speaking() {
    let said: Vec<(Interview, Coded)> = (1..=4)
        .map(|n| told(n, &[("that is one for the books", CAR, None)]))
        .collect();
    assert!(found(&said, &[]).is_empty());
    let said: Vec<(Interview, Coded)> = (1..=4)
        .map(|n| told(n, &[("wages are low", CAR, Some((PAY, 90)))]))
        .collect();
    assert!(found(&said, &[]).is_empty());
    assert_eq!(found(&said[..2], &[])[0].key, "pay.strain", "two are heard");
}

#[test]
fn what_means_the_same_is_a_theme_that_people_name() {
    let mut said: Vec<(Interview, Coded)> = (1..=4)
        .map(|n| told(n, &[("we need more parking spaces", [1.0, 0.22 * n as f32, 0.0], None)]))
        .collect();
    said.push(told(5, &[("geese live on the pond", [0.0, 0.0, 1.0], None)]));
    let first = found(&said, &[]);
    assert_eq!(first.len(), 1);
    assert_eq!(
        (first[0].people().len(), first[0].label.as_str()),
        (4, "Parking spaces")
    );
    assert_eq!(
        first[0].kind,
        ThemeKind::Topic {
            topic: "one-change".into()
        }
    );
    // One who came before all others joins: the theme keeps its key by what it is made of.
    said.insert(0, told(9, &[("parking spaces are rare", CAR, None)]));
    let second = found(&said, &first);
    assert_eq!((second[0].people().len(), &second[0].key), (5, &first[0].key));
    assert_ne!(found(&said, &[])[0].key, first[0].key);
}

#[test]
fn nothing_that_calls_for_care_or_does_not_slice_is_in_a_theme() {
    let mut said: Vec<(Interview, Coded)> = (1..=3)
        .map(|n| told(n, &[("no parking spaces there", CAR, None)]))
        .collect();
    said[0].1.statements[0].sensitive = Some(crate::event::Concern::Distress);
    said[1].1.statements[0].span.to = 999;
    assert!(found(&said, &[]).is_empty());
}

#[test]
fn words_of_one_person_or_not_to_be_quoted_name_no_theme() {
    let mut said: Vec<(Interview, Coded)> = [
        "queue endless mornings",
        "corridor crowded afternoons",
        "corridor crowded evenings",
    ]
    .iter()
    .zip(1..)
    .map(|(text, n)| told(n, &[(*text, [1.0, 0.4 * n as f32, 0.0], None)]))
    .collect();
    assert_eq!(found(&said, &[])[0].label, "Corridor crowded");
    said[1].0.answers[0].quotable = false;
    assert_eq!(found(&said, &[])[0].label, labels::NAMELESS);
}

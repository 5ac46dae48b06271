use super::*;
use crate::event::Concern;
use crate::id::{ConversationId, PersonId, TurnId};
use crate::insights::Participant;
use crate::ports::InferenceError;
use crate::time::Ms;

/// Places a text by which of a few words it holds.
struct ByWords;

const WORDS: [&str; 8] = [
    "pay", "salary", "manager", "boss", "laptop", "computer", "lunch", "garden",
];

impl Embedder for ByWords {
    fn embed(&mut self, text: &str) -> Result<Vec<f32>, InferenceError> {
        let mut place: Vec<f32> = vec![0.05; 4];
        for (at, word) in WORDS.iter().enumerate() {
            if text.contains(word) {
                place[at / 2] += 1.0;
            }
        }
        let length = dot(&place, &place).sqrt();
        Ok(place.iter().map(|x| x / length).collect())
    }
}

struct Fails;

impl Embedder for Fails {
    fn embed(&mut self, _: &str) -> Result<Vec<f32>, InferenceError> {
        Err(InferenceError {
            model: "minilm",
            cause: "gone".into(),
        })
    }
}

/// Reads [`ByWords`]: what is spoken of by the place, and the side by a few words.
fn head() -> &'static Head {
    static HEAD: LazyLock<Head> = LazyLock::new(|| {
        let class = |signal, stance, place: usize| {
            let mut weights = vec![0.0; 7];
            weights[place] = 8.0;
            let side = if stance == Stance::Strain { 1.0 } else { -1.0 };
            weights[4] = -4.0 * side;
            weights[5..].fill(4.0 * side);
            let about = About::Signal(signal);
            Class::of(Some(Speaks { about, stance }), 1.0 / 7.0, 0.0, weights)
        };
        let both = |signal, place| [Stance::Strain, Stance::Strength].map(|stance| class(signal, stance, place));
        let nothing = Class::of(None, 1.0 / 7.0, 0.0, vec![0.0, 0.0, 0.0, 16.0, 0.0, 0.0, 0.0]);
        let signals = [(Signal::Pay, 0), (Signal::ManagerTrust, 1), (Signal::Tools, 2)];
        Head {
            words: ["great", "low", "slow"].map(str::to_owned).to_vec(),
            side: Side {
                bias: 0.0,
                weights: vec![0.0; 7],
            },
            classes: signals
                .into_iter()
                .flat_map(|(signal, place)| both(signal, place))
                .chain([nothing])
                .collect(),
        }
    });
    &HEAD
}

fn coder() -> BuiltIn {
    BuiltIn::with(Box::new(ByWords), head())
}

fn interview(says: &[&str]) -> Interview {
    Interview {
        participant: Participant {
            conversation: ConversationId(uuid::Uuid::from_u128(1)),
            person: PersonId(uuid::Uuid::from_u128(2)),
            role: None,
            department: None,
        },
        topics: Vec::new(),
        answers: says
            .iter()
            .zip(1..)
            .map(|(text, n)| Answer {
                turn: TurnId(n * 2),
                topic: None,
                aim: None,
                text: (*text).into(),
                quotable: true,
                at: Ms::ZERO,
                concern: None,
            })
            .collect(),
    }
}

#[test]
fn statements_are_slices_with_their_signal_and_side() {
    let said = interview(&["Um, the salary is low. But my boss is great!", "I like lunch at work."]);
    let coded = coder().code(&said).unwrap();
    let read: Vec<(&str, Option<Signalled>, Polarity)> = coded
        .statements
        .iter()
        .map(|s| {
            let words = s.span.slice(said.answer(s.span.turn).unwrap().text.expose()).unwrap();
            (words, s.signals.first().map(|c| c.what), s.polarity)
        })
        .collect();
    let carried = |signal, stance| Some(Signalled { signal, stance });
    assert_eq!(
        read[0],
        (
            "the salary is low.",
            carried(Signal::Pay, Stance::Strain),
            Polarity::Negative
        )
    );
    assert_eq!(read[1].0, "my boss is great!");
    assert_eq!(read[2], ("I like lunch at work.", None, Polarity::Positive));
    assert_eq!(read.len(), 3);
    assert_eq!(
        coder().code(&said).unwrap(),
        coded,
        "the same interview gives the same statements"
    );
}

#[test]
fn disclosures_are_marked_wherever_the_care_came_from() {
    let mut said = interview(&[
        "The pay is low. My boss grabbed me and touched me.",
        "The laptop is slow.",
    ]);
    said.answers[1].concern = Some(Concern::Distress);
    let coded = coder().code(&said).unwrap();
    let sensitive: Vec<bool> = coded.statements.iter().map(|s| s.sensitive.is_some()).collect();
    assert_eq!(sensitive, [false, true, true]);
}

#[test]
fn what_is_told_as_an_event_a_reason_or_a_wish_is_told_apart() {
    let said = interview(&[
        "Last month the laptop crashed and I lost a whole day.",
        "I stay because the pay is fair.",
        "They should buy us a new computer.",
    ]);
    let coded = coder().code(&said).unwrap();
    let kinds: Vec<(Concreteness, Claim)> = coded.statements.iter().map(|s| (s.concreteness, s.claim)).collect();
    assert_eq!(
        kinds,
        [
            (Concreteness::Concrete, Claim::Fact),
            (Concreteness::General, Claim::Reason),
            (Concreteness::General, Claim::Wish)
        ]
    );
}

#[test]
fn a_failing_model_codes_nothing() {
    let mut coder = BuiltIn::with(Box::new(Fails), head());
    assert!(matches!(
        coder.code(&interview(&["The pay is low."])),
        Err(CodingError::Inference(_))
    ));
}

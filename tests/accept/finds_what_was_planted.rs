//! The built-in engine of insights on sessions with labels, with the real `MiniLM`: what it finds, what it misses, and what it takes.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use colloquy_core::insights::synthetic::{Marks, Plan, Wording, session};
use colloquy_core::insights::{BuiltIn, Coded, Coder as _, Interview, themes};
use colloquy_models::{Models, ModelsConfig};

/// Sessions of forty people.
const SEEDS: u64 = 5;
/// Conversations of thirty turns, and what coding them on two threads may take together with finding their themes.
const MANY: u32 = 200;
const WITHIN: Duration = Duration::from_secs(60);
/// What one more completion may take.
const ONE_MORE: Duration = Duration::from_secs(3);

fn coder() -> BuiltIn {
    BuiltIn::new(Box::new(Models::embedder(&ModelsConfig::default()).unwrap()))
}

fn marked(wording: Wording) -> Marks {
    let mut coder = coder();
    let mut all = Marks::default();
    for seed in 0..SEEDS {
        let made = session(&Plan::forty(seed, wording));
        let interviews = made.interviews();
        let coded: Vec<Coded> = interviews.iter().map(|i| coder.code(i).unwrap()).collect();
        let said: Vec<(&Interview, &Coded)> = interviews.iter().zip(&coded).collect();
        all += Marks::of(&made, &said, &themes(&said, &[]));
    }
    println!(
        "{wording:?}: recall {:.0} %, precision {:.0} %, people off {:.2}: {all:?}",
        all.recall_percent(),
        all.precision_percent(),
        all.people_off_mean()
    );
    assert_eq!(all.verbatim, all.quotes, "every quote is a slice of what was said");
    assert_eq!(all.without_spans, 0, "no theme is without words");
    assert_eq!(all.disclosed, 0, "what calls for care is in no theme");
    all
}

#[test]
fn what_was_planted_is_found_and_little_else() {
    let known = marked(Wording::Known);
    assert!(known.recall_percent() >= 80.0 && known.precision_percent() >= 80.0);
    // Wordings that nothing was made upon: the targets are as above, and these are what holds.
    for (wording, recall, precision) in [
        (Wording::HeldOut, HELD_OUT.0, HELD_OUT.1),
        (Wording::Fresh, FRESH.0, FRESH.1),
    ] {
        let marks = marked(wording);
        assert!(marks.recall_percent() >= recall && marks.precision_percent() >= precision);
    }
}

/// Percent of recall and precision that hold.
const HELD_OUT: (f64, f64) = (50.0, 70.0);
const FRESH: (f64, f64) = (28.0, 55.0);

#[test]
fn two_hundred_conversations_take_less_than_a_minute() {
    let plan = Plan {
        conversations: MANY,
        answers: 15,
        ..Plan::forty(1, Wording::Both)
    };
    let interviews = session(&plan).interviews();
    let embedder = Models::embedder(&ModelsConfig::default()).unwrap();
    let began = Instant::now();
    let halves = interviews.chunks(interviews.len().div_ceil(2));
    let coded: BTreeMap<_, Coded> = std::thread::scope(|scope| {
        let coding: Vec<_> = halves
            .map(|half| {
                let mut coder = BuiltIn::new(Box::new(embedder.clone()));
                scope.spawn(move || half.iter().map(|i| coder.code(i).unwrap()).collect::<Vec<Coded>>())
            })
            .collect();
        let all = coding.into_iter().flat_map(|half| half.join().unwrap());
        all.map(|coded| (coded.conversation, coded)).collect()
    });
    let took = began.elapsed();
    let said: Vec<(&Interview, &Coded)> = interviews
        .iter()
        .map(|i| (i, &coded[&i.participant.conversation]))
        .collect();
    let found = themes(&said, &[]);
    let all = began.elapsed();
    let mut coder = BuiltIn::new(Box::new(embedder));
    let again = Instant::now();
    coder.code(&interviews[0]).unwrap();
    themes(&said, &found);
    let more = again.elapsed();
    println!("{MANY} conversations coded in {took:.1?}, with themes {all:.1?}; one more in {more:.1?}");
    assert!(all < WITHIN, "{all:?}");
    assert!(more < ONE_MORE, "{more:?}");
}

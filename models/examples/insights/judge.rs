//! Marks on sessions with labels.

use std::time::Instant;

use colloquy_core::insights::synthetic::{Marks, Plan, Session, Wording, session};
use colloquy_core::insights::{BuiltIn, Coded, Coder as _, Interview, Theme, themes};
use colloquy_models::{Models, ModelsConfig};

/// Marks the engine on `words`: which wordings, and how many seeds.
pub(crate) fn judge(words: &[String]) {
    let wording = match words.first().map(String::as_str) {
        Some("held-out") => Wording::HeldOut,
        Some("fresh") => Wording::Fresh,
        _ => Wording::Known,
    };
    let seeds = words.get(1).and_then(|n| n.parse().ok()).unwrap_or(5);
    let mut coder = BuiltIn::new(Box::new(Models::embedder(&ModelsConfig::default()).unwrap()));
    let mut all = Marks::default();
    for seed in 0..seeds {
        let made = session(&Plan::forty(seed, wording));
        let interviews = made.interviews();
        let began = Instant::now();
        let coded: Vec<Coded> = interviews.iter().map(|i| coder.code(i).unwrap()).collect();
        let took = began.elapsed();
        let said: Vec<(&Interview, &Coded)> = interviews.iter().zip(&coded).collect();
        let found = themes(&said, &[]);
        let marks = Marks::of(&made, &said, &found);
        tell(
            &format!("seed {seed} ({took:.1?}, themes {:.1?})", began.elapsed() - took),
            &marks,
        );
        if wording == Wording::Known {
            explain(&made, &said, &found);
        } else {
            found
                .iter()
                .filter(|t| t.people().len() >= 3)
                .for_each(|t| println!("    heading: {}", t.label));
        }
        all += marks;
    }
    tell("all", &all);
}

fn tell(what: &str, marks: &Marks) {
    println!(
        "{what}: recall {:.0} % ({} of {}), precision {:.0} % ({} of {}), people off {:.2}, quotes verbatim {} of {}, \
         without spans {}, disclosed {}",
        marks.recall_percent(),
        marks.recalled,
        marks.planted,
        marks.precision_percent(),
        marks.right,
        marks.found,
        marks.people_off_mean(),
        marks.verbatim,
        marks.quotes,
        marks.without_spans,
        marks.disclosed
    );
}

/// Every planted theme and every found one, with what they share.
fn explain(made: &Session, said: &[(&Interview, &Coded)], found: &[Theme]) {
    for planted in made.planted.iter().filter(|p| p.people().len() >= 3) {
        println!("  planted {} by {}", planted.id, planted.people().len());
    }
    for theme in found.iter().filter(|t| t.people().len() >= 3) {
        println!("  found {} \"{}\" of {}", theme.key, theme.label, theme.people().len());
        for place in &theme.statements {
            let (interview, coded) = said.iter().find(|(_, c)| c.conversation == place.conversation).unwrap();
            let span = coded.statements[place.statement as usize].span;
            let words = span.slice(interview.answer(span.turn).unwrap().text.expose()).unwrap();
            let of = made.planted.iter().filter(|p| {
                let mut says = p.says.iter();
                says.any(|(c, s)| *c == place.conversation && s.overlaps(&span))
            });
            let of: Vec<&str> = of.map(|p| p.id.as_str()).collect();
            println!("      [{}] {words}", of.join(" "));
        }
    }
}

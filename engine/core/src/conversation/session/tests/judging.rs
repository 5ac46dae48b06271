//! A language model judges answers while they are spoken.

use super::super::*;
use super::rig::*;
use crate::event::Mode;

const SAID: &str = "The lake looks inviting these days.";
const CARE: &str = "Help is there. Go on?";
const ASKED: &str = "Thank you. What came after number 0?";

fn rig() -> Rig {
    let settings = Settings {
        judge: true,
        ..Settings::default()
    };
    let mut rig = Rig::with(settings, Scripted::closing_after(100), Vec::new());
    rig.begin();
    rig
}

fn form(concern: &str) -> String {
    format!(
        r#"{{"topics": [], "concrete": false, "reason": false, "hedging": false, "intent": "answer", "concern": "{concern}"}}"#
    )
}

impl Rig {
    fn appraisals(&self) -> Vec<(TurnId, u32, String)> {
        let asked = self.outputs.iter().filter_map(|o| match o {
            Output::Appraise {
                turn,
                appraisal,
                question,
            } => Some((
                *turn,
                *appraisal,
                question.schema.as_str().unwrap_or_default().to_owned(),
            )),
            _ => None,
        });
        asked.collect()
    }

    /// The model answers what it was asked last.
    fn judges(&mut self, json: Option<&str>) {
        let (turn, appraisal, _) = self.appraisals().pop().expect("it was asked");
        let json = json.map(str::to_owned);
        self.input(Input::Appraised { turn, appraisal, json });
    }
}

#[test]
fn what_comes_in_time_changes_what_was_prepared() {
    let mut rig = rig();
    rig.speak(SAID, 900);
    rig.quiet(200);
    assert_eq!(rig.appraisals().len(), 1);
    assert!(rig.session.draft.is_some(), "nothing waits for it");
    rig.judges(Some(&form("self_harm")));
    rig.quiet(3_000);
    assert_eq!(rig.transcript().last().unwrap(), CARE);
}

#[test]
fn what_stalls_or_comes_late_or_is_something_else_changes_nothing() {
    // How long the turn takes where nobody judges it.
    let mut plain = Rig::new();
    plain.begin();
    let answers = |rig: &mut Rig, json: Option<Option<&str>>| {
        let began = rig.now;
        rig.speak(SAID, 900);
        rig.quiet(200);
        if let Some(json) = json {
            rig.judges(json);
        }
        while rig.session.phase != Phase::Replying {
            rig.quiet(32);
        }
        let took = rig.now.since(began);
        rig.quiet(3_000);
        (took, rig.transcript().last().cloned().unwrap_or_default())
    };
    let usual = answers(&mut plain, None);
    assert_eq!(usual.1, ASKED);
    let long = form("self_harm").repeat(100);
    for json in [
        None,
        Some(None),
        Some(Some("")),
        Some(Some("{\"concern\": \"self_harm\"}")),
        Some(Some(&long)),
    ] {
        assert_eq!(answers(&mut rig(), json), usual, "{json:?}");
    }
    let mut late = rig();
    late.speak(SAID, 900);
    late.quiet(200);
    while late.session.phase != Phase::Replying {
        late.quiet(32);
    }
    late.judges(Some(&form("self_harm")));
    late.quiet(3_000);
    assert_eq!(late.transcript().last().unwrap(), ASKED);
    late.speak("We went on with the report.", 900);
    late.quiet(3_000);
    assert_ne!(late.transcript().last().unwrap(), CARE, "nor does it later");
}

#[test]
fn of_a_beginning_what_was_told_counts_and_each_pause_is_asked_about_once() {
    let mut rig = rig();
    rig.speak("The lake looks inviting these days, and", 900);
    rig.quiet(300);
    rig.judges(Some(&form("self_harm")));
    rig.speak("The lake looks inviting these days, and I swim a lot.", 900);
    rig.quiet(3_000);
    assert_eq!(rig.transcript().last().unwrap(), CARE);
    let mut other = self::rig();
    other.speak("The bake looks inviting these days, and", 900);
    other.quiet(300);
    other.judges(Some(&form("self_harm")));
    other.speak("The cakes looked inviting these days, and I ate one.", 900);
    other.quiet(3_000);
    assert_eq!(
        other.transcript().last().unwrap(),
        ASKED,
        "it was heard otherwise at last"
    );
    let texts: Vec<String> = other.appraisals().into_iter().map(|(.., text)| text).collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
}

#[test]
fn a_model_that_always_calls_for_care_is_believed_twice() {
    let mut rig = rig();
    let mut cared = 0;
    for n in 0..5 {
        rig.speak(&format!("We finished number {n} of the reports."), 900);
        rig.quiet(200);
        rig.judges(Some(&form("distress")));
        rig.quiet(3_000);
        cared += usize::from(rig.transcript().last().unwrap() == CARE);
    }
    assert_eq!(cared, 2);
}

#[test]
fn nobody_is_asked_in_writing_or_where_it_is_switched_off() {
    let mut off = Rig::new();
    off.begin();
    off.speak(SAID, 900);
    off.quiet(3_000);
    assert!(off.appraisals().is_empty());
    let settings = Settings {
        mode: Mode::Text,
        judge: true,
        ..Settings::default()
    };
    let mut written = Rig::with(settings, Scripted::closing_after(100), Vec::new());
    written.input(Input::Connected);
    written.input(Input::Typed {
        text: SAID.into(),
        item: None,
    });
    assert!(written.appraisals().is_empty());
    assert_eq!(written.transcript().last().unwrap(), ASKED);
}

//! What holds whatever happens.

use super::super::*;
use super::rig::*;
use crate::event::PauseCause;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Speak(String, u64),
    Quiet(u64),
    Button(u8),
    Model(String),
    ModelEnds(bool),
    Sure(f32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        ("[a-z]{1,6}( [a-z]{1,6}){0,6}[.]?", 32u64..3_000).prop_map(|(w, ms)| Step::Speak(w, ms)),
        (32u64..4_000).prop_map(Step::Quiet),
        (0u8..6).prop_map(Step::Button),
        "[A-Z][a-z]{1,6}( [a-z]{1,6}){0,4}[.?] ".prop_map(Step::Model),
        any::<bool>().prop_map(Step::ModelEnds),
        (0.0f32..1.0).prop_map(Step::Sure),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn nothing_is_said_after_it_was_dropped_and_the_log_holds_only_what_was_played(
        steps in prop::collection::vec(step(), 1..40),
        model in any::<bool>(),
    ) {
        let settings = Settings { model, ..Settings::default() };
        let mut rig = Rig::with(settings, Scripted::modelled(8), Vec::new());
        rig.input(Input::Connected);
        for step in steps {
            let last = rig.session.next_utterance.0 - 1;
            let utterance = UtteranceId(last);
            match step {
                Step::Speak(words, ms) => rig.speak(&words, ms),
                Step::Quiet(ms) => rig.quiet(ms),
                Step::Button(0) => rig.input(Input::Skip),
                Step::Button(1) => rig.input(Input::Repeat),
                Step::Button(2) => rig.input(Input::Pause { cause: PauseCause::Asked }),
                Step::Button(3) => rig.input(Input::Commit),
                Step::Button(_) => rig.input(Input::Resume),
                Step::Model(delta) => rig.input(Input::ModelText { utterance, delta }),
                Step::ModelEnds(true) => rig.input(Input::ModelDone { utterance }),
                Step::ModelEnds(false) => rig.input(Input::ModelFailed { utterance }),
                Step::Sure(p) => rig.sure = p,
            }
        }
        let mut dropped = Vec::new();
        let mut released = Vec::new();
        for output in &rig.outputs {
            match output {
                Output::Drop { utterance } => dropped.push(*utterance),
                Output::Synthesize { utterance, .. } => {
                    prop_assert!(!dropped.contains(utterance), "synthesized after it was dropped");
                }
                Output::Release { utterance } => {
                    prop_assert!(!dropped.contains(utterance), "released after it was dropped");
                    released.push(*utterance);
                }
                Output::Record(Event::Spoken { utterance, text, .. }) => {
                    prop_assert!(released.contains(utterance), "only what was released can be heard");
                    let (written, played) = (text.expose(), rig.played_of(*utterance));
                    let rest = played.strip_prefix(written);
                    prop_assert!(rest.is_some(), "{written:?}, and only {played:?} was played");
                    let words = rest.unwrap_or_default().split_whitespace().count();
                    prop_assert!(words <= 1, "{played:?} was played, and only {written:?} is written");
                }
                _ => {}
            }
        }
        // The log is a fold: from the events alone it comes out the same.
        let plan = Scripted::modelled(8);
        let again = Session::new(plan, settings, &rig.events);
        prop_assert_eq!(again.log().turns(), rig.session.log().turns());
    }
}

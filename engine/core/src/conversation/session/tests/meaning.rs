//! What an answer means beside its words.

use super::super::*;
use super::rig::*;
use crate::planner::care::Head;

/// Words that no list knows.
const TOLD: &str = "I count my pills in the evening.";
const CARE: &str = "Help is there. Go on?";

fn rig(mode: Mode) -> Rig {
    let settings = Settings {
        mode,
        meaning: true,
        ..Settings::default()
    };
    Rig::with(settings, Scripted::closing_after(100), Vec::new())
}

/// A place that calls for care, or one that does not.
fn place(cares: bool) -> Vec<f32> {
    let classes = &Head::english().classes;
    let (nothing, something) = (&classes[0].weights, &classes[1].weights);
    let way: Vec<f32> = nothing.iter().zip(something).map(|(n, s)| s - n).collect();
    let length = way.iter().map(|x| x * x).sum::<f32>().sqrt() * if cares { 1.0 } else { -1.0 };
    let place: Vec<f32> = way.iter().map(|x| x / length).collect();
    assert_eq!(Head::english().concern(&place).is_some(), cares);
    place
}

impl Rig {
    fn asked(&self) -> Vec<(TurnId, u32, String)> {
        let asked = self.outputs.iter().filter_map(|o| match o {
            Output::Embed { turn, passage, text } => Some((*turn, *passage, text.clone())),
            _ => None,
        });
        asked.collect()
    }

    /// The passage that was asked about last is placed.
    fn means(&mut self, vector: Option<Vec<f32>>) {
        let (turn, passage, _) = self.asked().pop().expect("a passage was asked about");
        self.input(Input::Embedded { turn, passage, vector });
    }

    /// Somebody says this, and all of it is heard and answered at once.
    fn says(&mut self, words: &str) {
        self.speak(words, 900);
        self.deaf = true;
        self.input(Input::Commit);
        self.deaf = false;
        self.hears(words);
    }
}

#[test]
fn what_is_meant_is_asked_while_the_silence_lasts_and_changes_what_was_prepared() {
    let mut rig = rig(Mode::Voice);
    rig.begin();
    rig.speak(TOLD, 900);
    rig.quiet(200);
    assert_eq!(rig.asked().len(), 1, "{:?}", rig.asked());
    assert_eq!(rig.asked()[0].2, "I count my pills in the evening");
    assert!(rig.session.draft.is_some(), "nothing waits for it");
    rig.means(Some(place(true)));
    rig.quiet(3_000);
    assert_eq!(rig.transcript().last().unwrap(), CARE);
    assert!(!rig.has_event(|e| matches!(e, Event::TurnReopened { .. })));
}

#[test]
fn a_reply_of_which_nothing_was_heard_gives_way_to_care() {
    let mut rig = rig(Mode::Voice);
    rig.begin();
    rig.says(TOLD);
    assert_eq!(rig.session.phase, Phase::Replying);
    rig.means(Some(place(true)));
    rig.quiet(3_000);
    assert_eq!(rig.transcript()[1..], [TOLD, CARE]);
}

#[test]
fn what_is_known_too_late_counts_for_the_next_answer_and_once() {
    let mut rig = rig(Mode::Voice);
    rig.begin();
    rig.says(TOLD);
    rig.quiet(500);
    rig.means(Some(place(true)));
    rig.quiet(3_000);
    rig.says("And so it goes on.");
    rig.means(None);
    rig.quiet(2_000);
    assert_eq!(rig.transcript().last().unwrap(), CARE);
    rig.says("Let us go on with the next one.");
    rig.quiet(2_000);
    assert_ne!(rig.transcript().last().unwrap(), CARE);
}

#[test]
fn a_written_answer_waits_for_what_it_means_and_not_for_long() {
    let settings = || rig(Mode::Text);
    let write = |rig: &mut Rig| {
        rig.input(Input::Connected);
        rig.input(Input::Typed {
            text: TOLD.into(),
            item: None,
        });
        assert_eq!(rig.transcript().len(), 2, "nothing is shown yet");
    };
    let mut known = settings();
    write(&mut known);
    known.means(Some(place(true)));
    assert_eq!(known.transcript().last().unwrap(), CARE);
    let mut harmless = settings();
    write(&mut harmless);
    harmless.means(Some(place(false)));
    assert_eq!(
        harmless.transcript().last().unwrap(),
        "Thank you. What came after number 0?"
    );
    let mut late = settings();
    write(&mut late);
    let (at, reason) = late.session.poll_timeout().unwrap();
    assert_eq!((at.since(late.now), reason), (500, Reason::Meaning));
    late.now = at;
    late.input(Input::Timeout);
    assert_eq!(
        late.transcript().last().unwrap(),
        "Thank you. What came after number 0?"
    );
}

#[test]
fn a_passage_is_asked_about_once_and_one_that_was_misheard_counts_no_more() {
    let mut rig = rig(Mode::Voice);
    rig.begin();
    rig.speak("It is loud. I want to", 900);
    rig.quiet(250);
    let first: Vec<String> = rig.asked().into_iter().map(|(.., text)| text).collect();
    assert_eq!(first, ["It is loud", "I want to"]);
    rig.means(Some(place(true)));
    rig.speak("It is loud. I want to go home earlier.", 600);
    rig.quiet(250);
    let then: Vec<String> = rig.asked().into_iter().map(|(.., text)| text).collect();
    assert_eq!(then[2..], ["I want to go home earlier"]);
    rig.quiet(3_000);
    assert_ne!(rig.transcript().last().unwrap(), CARE);
}

#[test]
fn nobody_is_asked_where_there_is_no_model() {
    let mut rig = Rig::new();
    rig.begin();
    rig.says(TOLD);
    assert!(rig.asked().is_empty());
}

//! Scripts on a manual clock.

use super::*;
use crate::conversation::io::Urgency;
use crate::event::{Concern, FallbackCause, Move, Outcome, PauseCause, Phrasing};
use crate::id::TopicId;
use crate::interviewer::{Prompt, Scene, Watch};
use crate::planner::{Decision, Ledger, Occasion};
use crate::ports::Transcript;
use proptest::prelude::*;

/// Answers everything with one sentence and one question, and closes after `answers`.
struct Scripted {
    answers: u32,
    asked: u32,
    open_to_model: bool,
}

impl Scripted {
    fn decision(&self, turn: TurnId, answers: Option<TurnId>, mv: Move, phrase: &str) -> Decision {
        Decision {
            events: vec![Event::MoveDecided {
                turn,
                answers,
                mv: mv.clone(),
            }],
            open_to_model: self.open_to_model && !mv.ends(),
            mv,
            phrase: phrase.to_owned(),
            fixed: String::new(),
        }
    }
}

impl Plan for Scripted {
    fn apply(&mut self, _at: Ms, event: &Event) {
        match event {
            Event::MoveDecided { answers: Some(_), .. } => self.asked += 1,
            Event::TurnReopened { .. } => self.asked -= 1,
            _ => {}
        }
    }
    fn answer(&self, _now: Ms, turn: TurnId, answer: Answer<'_>) -> Decision {
        let answers = Some(answer.turn);
        if answer.text.to_lowercase().contains("let me think") && answer.text.split_whitespace().count() < 5 {
            return self.decision(turn, answers, Move::Hold, "");
        }
        if answer.text.contains("hurt myself") {
            return self.decision(
                turn,
                answers,
                Move::Care {
                    concern: Concern::SelfHarm,
                },
                "Help is there. Go on?",
            );
        }
        if self.asked + 1 >= self.answers {
            return self.decision(turn, answers, Move::Close, "Thank you. Goodbye.");
        }
        let mv = Move::OpenTopic {
            topic: TopicId::from("work"),
        };
        self.decision(
            turn,
            answers,
            mv,
            &format!("Thank you. What came after number {}?", self.asked),
        )
    }
    fn speak(&self, _now: Ms, turn: TurnId, occasion: Occasion) -> Decision {
        let (mv, phrase) = match occasion {
            Occasion::Begin => (
                Move::Welcome {
                    topic: TopicId::from("work"),
                },
                "Hello. How is your work?",
            ),
            Occasion::Silence => (Move::Nudge, "Take your time. Are you there?"),
            Occasion::LongSilence => (Move::OfferPause, "Shall we pause?"),
            Occasion::Return => (Move::Reconvene { topic: None }, "Welcome back. How is your work?"),
            Occasion::Skip => (
                Move::OpenTopic {
                    topic: TopicId::from("pay"),
                },
                "Fine. What about pay?",
            ),
            Occasion::Repeat => (Move::Repeat, "How is your work?"),
            Occasion::Stop => (Move::Close, "Thank you. Goodbye."),
        };
        self.decision(turn, None, mv, phrase)
    }
    fn outcome(&self) -> Outcome {
        Outcome::Completed
    }
    fn patience(&self) -> Patience {
        Patience::Normal
    }
    fn prompt(&self, _now: Ms, _decision: &Decision, _answer: Option<Answer<'_>>) -> Prompt {
        Prompt {
            system: String::new(),
            messages: Vec::new(),
            max_tokens: 60,
        }
    }
    fn watch(&self, decision: &Decision, _answer: Option<Answer<'_>>) -> Watch {
        let guide = crate::planner::testing::guide(15, &[crate::guide::Priority::High]);
        Watch::new(Scene::new(&guide, &Ledger::new(&guide), &decision.mv))
    }
}

/// Models and a client that answer at once, on a manual clock.
struct Rig {
    session: Session<Scripted>,
    now: Ms,
    /// What the person says next, from the start of the turn.
    words: String,
    sure: f32,
    outputs: Vec<Output>,
    events: Vec<Recorded>,
    playing: Vec<(UtteranceId, u32, u32, u32)>,
    released: Vec<UtteranceId>,
    holding: bool,
    deaf: bool,
}

const WORD_MS: u32 = 200;

impl Rig {
    fn with(settings: Settings, plan: Scripted, events: Vec<Recorded>) -> Self {
        let session = Session::new(plan, settings, &events);
        let now = session.now();
        Self {
            session,
            now,
            words: String::new(),
            sure: 0.99,
            outputs: Vec::new(),
            events,
            playing: Vec::new(),
            released: Vec::new(),
            holding: false,
            deaf: false,
        }
    }

    fn new() -> Self {
        Self::with(
            Settings::default(),
            Scripted {
                answers: 100,
                asked: 0,
                open_to_model: false,
            },
            Vec::new(),
        )
    }

    fn input(&mut self, input: Input) {
        self.session.handle(self.now, input);
        while let Some(output) = self.session.poll_output() {
            self.outputs.push(output.clone());
            match output {
                Output::Record(event) => {
                    let seq = self.events.len() as u64 + 1;
                    self.events.push(Recorded {
                        seq,
                        at: self.now,
                        wall_ms: 0,
                        event,
                    });
                }
                Output::ScoreEndOfTurn { turn, voiced_until, .. } => {
                    let probability = Some(self.sure);
                    self.session.handle(
                        self.now,
                        Input::EndOfTurn {
                            turn,
                            voiced_until,
                            probability,
                        },
                    );
                }
                Output::Transcribe {
                    turn,
                    segment,
                    from,
                    to,
                    ..
                } if !self.deaf => {
                    let transcript = Transcript {
                        text: self.words.as_str().into(),
                        words: Vec::new(),
                        confidence: 0.9,
                    };
                    let transcript = Some(transcript);
                    self.session.handle(
                        self.now,
                        Input::Heard {
                            turn,
                            segment,
                            from,
                            to,
                            transcript,
                        },
                    );
                }
                Output::Synthesize { utterance, chunk, text } => {
                    let duration_ms = text.split_whitespace().count() as u32 * WORD_MS;
                    self.playing.push((utterance, chunk, duration_ms, duration_ms));
                    self.session.handle(self.now, Input::FirstAudio { utterance, chunk });
                    self.session.handle(
                        self.now,
                        Input::Synthesized {
                            utterance,
                            chunk,
                            duration_ms,
                        },
                    );
                }
                Output::Release { utterance } => self.released.push(utterance),
                Output::Drop { utterance } => {
                    self.holding = false;
                    self.playing.retain(|(id, ..)| *id != utterance);
                }
                Output::HoldPlayback => self.holding = true,
                Output::ContinuePlayback => self.holding = false,
                _ => {}
            }
        }
    }

    /// One frame of 32 ms in which somebody speaks or not, and playback goes on.
    fn frame(&mut self, probability: f32) {
        self.now += 32;
        self.input(Input::Voice { probability });
        if self.holding {
            return;
        }
        let next = self
            .playing
            .iter()
            .position(|(id, _, left, _)| self.released.contains(id) && *left > 0);
        if let Some(at) = next {
            let (id, chunk, left, whole) = self.playing[at];
            let left = left.saturating_sub(32);
            self.playing[at].2 = left;
            self.input(Input::Played {
                utterance: id,
                chunk,
                played_ms: whole - left,
            });
        }
    }

    fn quiet(&mut self, ms: u64) {
        for _ in 0..ms / 32 {
            self.frame(0.01);
        }
    }

    fn speak(&mut self, words: &str, ms: u64) {
        self.words = words.to_owned();
        for _ in 0..ms / 32 {
            self.frame(0.95);
        }
    }

    /// Connects and hears the greeting out.
    fn begin(&mut self) {
        self.input(Input::Connected);
        self.quiet(1_500);
        assert_eq!(self.session.phase, Phase::Listening);
    }

    fn transcript(&self) -> Vec<String> {
        self.session
            .log()
            .turns()
            .iter()
            .map(|t| t.text.expose().to_owned())
            .collect()
    }

    fn count(&self, wanted: impl Fn(&Output) -> bool) -> usize {
        self.outputs.iter().filter(|o| wanted(o)).count()
    }

    fn has_event(&self, wanted: impl Fn(&Event) -> bool) -> bool {
        self.events.iter().any(|r| wanted(&r.event))
    }
}

#[test]
fn an_answer_is_taken_and_answered_soon() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("We shipped the new release.", 2_000);
    rig.quiet(3_000);
    assert_eq!(
        rig.transcript(),
        [
            "Hello. How is your work?",
            "We shipped the new release.",
            "Thank you. What came after number 0?"
        ]
    );
    let parts = rig.events.iter().find_map(|r| match &r.event {
        Event::Latency { parts, .. } => Some(*parts),
        _ => None,
    });
    let parts = parts.expect("the latency of the answer is recorded");
    assert!((400..=600).contains(&parts.total_ms()), "{parts:?}");
}

#[test]
fn nothing_speculative_is_recorded_or_released() {
    let mut rig = Rig::new();
    rig.begin();
    let before = rig.released.len();
    rig.speak("We shipped it.", 1_000);
    rig.quiet(256);
    assert!(rig.session.draft.is_some(), "an answer is prepared in the pause");
    assert_eq!(rig.released.len(), before);
    assert!(!rig.has_event(|e| matches!(e, Event::AnswerEnded { .. })));
    rig.speak("We shipped it. And then it broke.", 1_000);
    assert!(rig.session.draft.is_none());
    assert!(rig.count(|o| matches!(o, Output::Drop { .. })) > 0);
    rig.quiet(3_000);
    assert_eq!(rig.transcript()[1], "We shipped it. And then it broke.");
}

#[test]
fn words_that_cannot_end_are_waited_for() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("I stayed because", 1_000);
    rig.quiet(1_000);
    assert!(!rig.has_event(|e| matches!(e, Event::AnswerEnded { .. })));
    rig.speak("I stayed because of the team.", 1_000);
    rig.quiet(600);
    assert!(rig.has_event(|e| matches!(e, Event::AnswerEnded { .. })));
}

#[test]
fn a_moment_to_think_holds_the_floor_and_then_is_part_of_the_answer() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("Let me think.", 800);
    rig.quiet(8_000);
    assert_eq!(rig.transcript().len(), 2, "nothing was said meanwhile");
    rig.speak("Let me think. It was the pay.", 1_000);
    rig.quiet(2_000);
    assert_eq!(rig.transcript()[1], "Let me think. It was the pay.");
    assert_eq!(rig.transcript().len(), 3);
}

#[test]
fn speech_into_our_turn_silences_us_within_three_frames_and_a_sign_of_listening_does_not_end_it() {
    let mut rig = Rig::new();
    rig.input(Input::Connected);
    rig.quiet(300);
    rig.speak("Mm-hmm.", 130);
    assert!(rig.holding);
    rig.quiet(400);
    assert!(!rig.holding);
    rig.quiet(1_500);
    assert_eq!(rig.transcript(), ["Hello. How is your work?"]);
}

#[test]
fn words_into_our_turn_take_the_floor_and_only_what_was_played_stays() {
    let mut rig = Rig::new();
    rig.input(Input::Connected);
    rig.quiet(500);
    rig.speak("Sorry, who is this?", 1_200);
    rig.quiet(600);
    let transcript = rig.transcript();
    assert_eq!(transcript[0], "Hello. How is");
    assert_eq!(transcript[1], "Sorry, who is this?");
    assert!(rig.has_event(|e| matches!(e, Event::Spoken { interrupted: true, .. })));
}

#[test]
fn who_speaks_into_our_last_words_is_heard_and_answered() {
    let mut rig = Rig::new();
    rig.input(Input::Connected);
    rig.quiet(900);
    // Everything was sent; the client plays the rest while the person begins.
    let (utterance, chunk) = (UtteranceId(1), 1);
    rig.speak("It goes well.", 128);
    assert!(rig.holding);
    rig.input(Input::Played {
        utterance,
        chunk,
        played_ms: 4 * WORD_MS,
    });
    assert!(!rig.holding, "playback is not held for the next turn");
    rig.speak("It goes well.", 900);
    rig.quiet(3_000);
    assert_eq!(
        rig.transcript()[1..],
        ["It goes well.", "Thank you. What came after number 0?"]
    );
}

#[test]
fn a_recognizer_that_never_answers_does_not_stall_the_turn() {
    let mut rig = Rig::new();
    rig.begin();
    rig.deaf = true;
    rig.speak("We shipped it.", 1_200);
    rig.quiet(16_000);
    assert!(rig.has_event(|e| matches!(e, Event::MoveDecided { answers: Some(_), .. })));
}

#[test]
fn a_take_over_that_was_wrong_is_undone_and_both_pieces_are_one_answer() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("We shipped it.", 1_000);
    rig.quiet(700);
    assert!(
        rig.session.reply.as_ref().is_some_and(|r| r.audible_since.is_some()),
        "we speak"
    );
    rig.speak("We shipped it. But it broke the next day.", 1_500);
    assert!(rig.has_event(|e| matches!(e, Event::TurnReopened { .. })));
    rig.quiet(2_500);
    assert_eq!(rig.transcript()[1], "We shipped it. But it broke the next day.");
    assert_eq!(
        rig.transcript()[2],
        "Thank you. What came after number 0?",
        "the undone move was not counted"
    );
}

#[test]
fn a_cough_is_no_answer() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("", 300);
    rig.quiet(5_000);
    assert_eq!(rig.transcript(), ["Hello. How is your work?"]);
}

#[test]
fn silence_is_met_gently_then_with_an_offer_then_with_a_rest() {
    let mut rig = Rig::new();
    rig.begin();
    rig.quiet(10_000);
    assert_eq!(rig.transcript()[1], "Take your time. Are you there?");
    rig.quiet(12_000);
    assert_eq!(rig.transcript()[2], "Shall we pause?");
    rig.quiet(70_000);
    assert!(rig.has_event(|e| matches!(
        e,
        Event::Paused {
            cause: PauseCause::Silence
        }
    )));
    rig.input(Input::Resume);
    rig.quiet(2_000);
    assert_eq!(rig.transcript().last().unwrap(), "Welcome back. How is your work?");
}

#[test]
fn the_closing_ends_the_conversation() {
    let mut rig = Rig::with(
        Settings::default(),
        Scripted {
            answers: 1,
            asked: 0,
            open_to_model: false,
        },
        Vec::new(),
    );
    rig.begin();
    rig.speak("All fine.", 800);
    rig.quiet(2_500);
    assert_eq!(
        rig.outputs.last(),
        Some(&Output::Finish {
            outcome: Some(Outcome::Completed)
        })
    );
    assert!(rig.session.is_over());
}

fn modelled() -> Rig {
    let settings = Settings {
        model: true,
        ..Settings::default()
    };
    let mut rig = Rig::with(
        settings,
        Scripted {
            answers: 100,
            asked: 0,
            open_to_model: true,
        },
        Vec::new(),
    );
    rig.input(Input::Connected);
    let id = asked(&rig);
    rig.input(Input::ModelText {
        utterance: id,
        delta: "Hello there. How is your work going?".to_owned(),
    });
    rig.input(Input::ModelDone { utterance: id });
    rig.quiet(2_500);
    rig.speak("We shipped it.", 1_000);
    rig.quiet(500);
    rig
}

fn asked(rig: &Rig) -> UtteranceId {
    let mut asks = rig.outputs.iter().filter_map(|o| match o {
        Output::Ask { utterance, .. } => Some(*utterance),
        _ => None,
    });
    asks.next_back().expect("the model was asked")
}

#[test]
fn the_models_words_are_spoken_as_they_come() {
    let mut rig = modelled();
    let id = asked(&rig);
    rig.input(Input::ModelText {
        utterance: id,
        delta: "That is quite a step. What made".to_owned(),
    });
    rig.quiet(100);
    assert!(
        rig.session.reply.as_ref().is_some_and(|r| r.audible_since.is_some()),
        "the first sentence is heard"
    );
    rig.input(Input::ModelText {
        utterance: id,
        delta: " it possible?".to_owned(),
    });
    rig.input(Input::ModelDone { utterance: id });
    rig.quiet(3_000);
    assert_eq!(rig.transcript()[2], "That is quite a step. What made it possible?");
    assert!(rig.has_event(|e| matches!(
        e,
        Event::Spoken {
            by: Phrasing::Model,
            interrupted: false,
            ..
        }
    )));
}

#[test]
fn a_late_model_costs_its_deadline_and_the_turn_goes_on_in_guided_words() {
    let mut rig = modelled();
    rig.quiet(3_500);
    assert_eq!(rig.transcript()[2], "Thank you. What came after number 0?");
    assert!(rig.has_event(|e| matches!(
        e,
        Event::FellBack {
            cause: FallbackCause::Late,
            ..
        }
    )));
    let id = asked(&rig);
    rig.input(Input::ModelText {
        utterance: id,
        delta: "Too late. What?".to_owned(),
    });
    rig.quiet(1_000);
    assert_eq!(rig.transcript().len(), 3);
}

#[test]
fn a_model_that_breaks_off_after_a_sentence_is_completed_with_the_guided_question() {
    let mut rig = modelled();
    let id = asked(&rig);
    rig.input(Input::ModelText {
        utterance: id,
        delta: "That is quite a step. What".to_owned(),
    });
    rig.quiet(100);
    rig.input(Input::ModelFailed { utterance: id });
    rig.quiet(4_000);
    assert_eq!(
        rig.transcript()[2],
        "That is quite a step. Thank you. What came after number 0?"
    );
}

#[test]
fn what_the_guard_refuses_is_not_spoken() {
    let mut rig = modelled();
    let id = asked(&rig);
    rig.input(Input::ModelText {
        utterance: id,
        delta: "Don't you think that your manager is bad? Yes. ".to_owned(),
    });
    rig.input(Input::ModelDone { utterance: id });
    rig.quiet(3_500);
    assert_eq!(rig.transcript()[2], "Thank you. What came after number 0?");
    assert!(rig.has_event(|e| matches!(
        e,
        Event::FellBack {
            cause: FallbackCause::Guard { .. },
            ..
        }
    )));
}

#[test]
fn after_a_crash_the_conversation_goes_on_and_nothing_heard_is_lost() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("We shipped it, and", 1_000);
    rig.quiet(300);
    let events = rig.events.clone();
    let plan = Scripted {
        answers: 100,
        asked: 0,
        open_to_model: false,
    };
    let mut again = Rig::with(Settings::default(), plan, events);
    again.input(Input::Connected);
    again.quiet(2_500);
    assert_eq!(
        again.transcript(),
        [
            "Hello. How is your work?",
            "We shipped it, and",
            "Welcome back. How is your work?"
        ]
    );
    assert!(again.has_event(|e| matches!(e, Event::AnswerEnded { .. })));
}

#[test]
fn when_the_line_breaks_the_last_words_are_still_transcribed() {
    let mut rig = Rig::new();
    rig.begin();
    rig.deaf = true;
    rig.speak("And then", 700);
    rig.input(Input::Disconnected {
        cause: PauseCause::Disconnected,
    });
    assert!(
        rig.count(|o| matches!(o, Output::Finish { .. })) == 0,
        "it waits for them"
    );
    let asked = rig.outputs.iter().rev().find_map(|o| match o {
        Output::Transcribe {
            turn,
            segment,
            from,
            to,
            ..
        } => Some((*turn, *segment, *from, *to)),
        _ => None,
    });
    let (turn, segment, from, to) = asked.unwrap();
    let transcript = Some(Transcript {
        text: "And then".into(),
        words: Vec::new(),
        confidence: 0.9,
    });
    rig.input(Input::Heard {
        turn,
        segment,
        from,
        to,
        transcript,
    });
    assert_eq!(rig.transcript()[1], "And then");
    assert_eq!(rig.outputs.last(), Some(&Output::Finish { outcome: None }));
}

#[test]
fn who_hangs_up_on_the_farewell_has_completed() {
    let mut rig = Rig::with(
        Settings::default(),
        Scripted {
            answers: 1,
            asked: 0,
            open_to_model: false,
        },
        Vec::new(),
    );
    rig.begin();
    rig.speak("All fine.", 800);
    rig.quiet(700);
    rig.input(Input::Disconnected {
        cause: PauseCause::Disconnected,
    });
    assert_eq!(
        rig.outputs.last(),
        Some(&Output::Finish {
            outcome: Some(Outcome::Completed)
        })
    );
}

#[test]
fn a_button_in_the_middle_of_an_answer_waits_for_its_words() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("We shipped it", 900);
    rig.input(Input::Skip);
    rig.quiet(2_000);
    assert_eq!(rig.transcript()[1..], ["We shipped it", "Fine. What about pay?"]);
}

#[test]
fn a_disclosure_is_met_with_care_whatever_button_follows_it() {
    for then in [
        Input::Skip,
        Input::Pause {
            cause: PauseCause::Asked,
        },
    ] {
        let mut rig = Rig::new();
        rig.begin();
        rig.speak("I think I will hurt myself.", 1_200);
        rig.input(then);
        rig.quiet(1_500);
        assert_eq!(rig.transcript().last().unwrap(), "Help is there. Go on?");
    }
}

#[test]
fn typed_words_are_answered_in_text() {
    let settings = Settings {
        mode: Mode::Text,
        ..Settings::default()
    };
    let mut rig = Rig::with(
        settings,
        Scripted {
            answers: 3,
            asked: 0,
            open_to_model: false,
        },
        Vec::new(),
    );
    rig.input(Input::Connected);
    rig.input(Input::Typed {
        text: "Good, mostly.".into(),
    });
    assert_eq!(
        rig.transcript(),
        [
            "Hello. How is your work?",
            "Good, mostly.",
            "Thank you. What came after number 0?"
        ]
    );
    assert_eq!(rig.count(|o| matches!(o, Output::Synthesize { .. })), 0);
}

#[test]
fn a_long_answer_is_kept_while_it_is_spoken() {
    let mut rig = Rig::new();
    rig.begin();
    rig.speak("So it began like this", 8_600);
    let kept = rig.outputs.iter().any(|o| {
        matches!(
            o,
            Output::Transcribe {
                urgency: Urgency::Segment,
                ..
            }
        )
    });
    assert!(kept && rig.transcript()[1] == "So it began like this");
}

#[test]
fn a_button_skips_the_question_even_while_we_speak() {
    let mut rig = Rig::new();
    rig.input(Input::Connected);
    rig.quiet(300);
    rig.input(Input::Skip);
    rig.quiet(2_000);
    assert_eq!(rig.transcript().last().unwrap(), "Fine. What about pay?");
}

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
        let mut rig = Rig::with(settings, Scripted { answers: 8, asked: 0, open_to_model: true }, Vec::new());
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
        let mut synthesized: Vec<(UtteranceId, String)> = Vec::new();
        let mut released = Vec::new();
        for output in &rig.outputs {
            match output {
                Output::Drop { utterance } => dropped.push(*utterance),
                Output::Synthesize { utterance, text, .. } => {
                    prop_assert!(!dropped.contains(utterance), "synthesized after it was dropped");
                    synthesized.push((*utterance, text.clone()));
                }
                Output::Release { utterance } => {
                    prop_assert!(!dropped.contains(utterance), "released after it was dropped");
                    released.push(*utterance);
                }
                Output::Record(Event::Spoken { utterance, text, .. }) => {
                    prop_assert!(released.contains(utterance), "only what was released can be heard");
                    let whole: String =
                        synthesized.iter().filter(|(id, _)| id == utterance).map(|(_, t)| t.as_str()).collect();
                    prop_assert!(whole.trim().starts_with(text.expose()), "{:?} of {:?}", text.expose(), whole);
                }
                _ => {}
            }
        }
        // The log is a fold: from the events alone it comes out the same.
        let plan = Scripted { answers: 8, asked: 0, open_to_model: true };
        let again = Session::new(plan, settings, &rig.events);
        prop_assert_eq!(again.log().turns(), rig.session.log().turns());
    }
}

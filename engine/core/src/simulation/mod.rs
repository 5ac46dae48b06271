//! Simulated respondents: whole interviews at full speed on a manual clock, the same each time for the same seed.
//!
//! They are how a change of the planner or of the interviewer is judged: [`Grade`] takes their report cards together and
//! says which target is missed.

mod data;
mod grade;
mod respondent;
pub(crate) mod rng;

use std::sync::Arc;

use crate::conversation::{Input, Output, Session, Settings};
use crate::event::{Event, Mode, Move, Recorded};
use crate::guide::library::{self, Template};
use crate::guide::{Guide, HelpContact};
use crate::id::GuideId;
use crate::pii::Pii;
use crate::planner::Planner;
use crate::report_card::ReportCard;
use crate::time::Ms;

pub use grade::{Failing, Grade};

use data::Persona;
pub use data::Voice;
pub use respondent::{Breath, Respondent, Said};

/// What a word takes to be said by them, and to be heard from us: 150 and 180 words a minute.
const THEIR_WORD_MS: u64 = 400;
const OUR_WORD_MS: u64 = 330;
/// Answers after which an interview is taken to go round in circles.
const ANSWERS_MAX: u32 = 150;
/// How long somebody rests who asked for it.
const REST_MS: u64 = 60_000;

/// Who is interviewed about what.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The session type.
    pub template: &'static Template,
    persona: &'static Persona,
    /// What chance is drawn from.
    pub seed: u64,
}

/// An interview that was held.
#[derive(Clone, Debug)]
pub struct Held {
    /// Of whom, about what.
    pub case: Case,
    /// Its log.
    pub events: Vec<Recorded>,
    /// Its marks.
    pub card: ReportCard,
    /// What went wrong beside the marks, such as a "stop" that was not heeded.
    pub faults: Vec<String>,
}

impl Case {
    /// The persona's name.
    #[must_use]
    pub fn persona(&self) -> &'static str {
        &self.persona.id
    }

    /// Whether this persona plays along, so that the targets for topics and time hold.
    #[must_use]
    pub fn cooperative(&self) -> bool {
        self.persona.cooperative
    }

    /// The guide that is talked about.
    #[must_use]
    pub fn guide(&self) -> Guide {
        let help = HelpContact {
            name: "Maria Lopez of the people team".to_owned(),
            reach: "extension 4711".to_owned(),
        };
        self.template.guide(GuideId(uuid::Uuid::nil()), "Acme", Some(help))
    }

    /// The person, for an interview about `guide` that is held by other means than [`Case::hold`].
    #[must_use]
    pub fn respondent<'a>(&self, guide: &'a Guide) -> Respondent<'a> {
        Respondent::new(self.persona, guide, self.seed)
    }

    /// Holds the interview, in writing.
    #[must_use]
    pub fn hold(self) -> Held {
        let guide = self.guide();
        let mut talk = Talk::new(&guide);
        let mut respondent = self.respondent(&guide);
        let faults = talk.hold(&mut respondent);
        let card = ReportCard::of(&guide, &talk.events);
        Held {
            case: self,
            card,
            events: talk.events,
            faults,
        }
    }
}

/// The names of all personas.
#[must_use]
pub fn personas() -> Vec<&'static str> {
    data::personas().iter().map(|p| p.id.as_str()).collect()
}

/// `count` interviews from `seed` on, over all templates and personas in turn.
pub fn cases(seed: u64, count: u32) -> impl Iterator<Item = Case> {
    let (templates, personas) = (library::templates(), data::personas());
    (0..count as usize).map(move |i| Case {
        template: &templates[i % templates.len()],
        persona: &personas[(i / templates.len()) % personas.len()],
        seed: seed.wrapping_add(i as u64).wrapping_mul(0x2545_F491_4F6C_DD1D),
    })
}

/// `count` interviews from `seed` on, each with another persona and over another template than the one before: few show much.
pub fn cases_apart(seed: u64, count: u32) -> impl Iterator<Item = Case> {
    let (templates, personas) = (library::templates(), data::personas());
    (0..count as usize).map(move |i| Case {
        template: &templates[i % templates.len()],
        persona: &personas[i % personas.len()],
        seed: seed.wrapping_add(i as u64).wrapping_mul(0x2545_F491_4F6C_DD1D),
    })
}

/// One interview in text on a manual clock.
struct Talk {
    session: Session<Planner>,
    now: Ms,
    events: Vec<Recorded>,
    over: bool,
    resting: bool,
    /// The moves that were decided since the last answer.
    moves: Vec<Move>,
}

impl Talk {
    fn new(guide: &Guide) -> Self {
        let settings = Settings {
            guide: guide.id,
            mode: Mode::Text,
            ..Settings::default()
        };
        Self {
            session: Session::new(Planner::new(Arc::new(guide.clone())), settings, &[]),
            now: Ms::ZERO,
            events: Vec::new(),
            over: false,
            resting: false,
            moves: Vec::new(),
        }
    }

    fn hold(&mut self, respondent: &mut Respondent<'_>) -> Vec<String> {
        let mut faults = Vec::new();
        self.record(Event::Consented {
            mode: Mode::Text,
            recording: false,
            text_version: "simulated".to_owned(),
        });
        self.input(Input::Connected);
        let mut last = Move::Recap;
        for _ in 0..ANSWERS_MAX {
            if self.over {
                return faults;
            }
            if self.resting {
                self.now += REST_MS;
                self.input(Input::Resume);
                continue;
            }
            if let Some(mv) = self.moves.last() {
                last = mv.clone();
            }
            self.moves.clear();
            let said = respondent.answer(&last);
            self.now += said.think_ms + THEIR_WORD_MS * said.text.split_whitespace().count() as u64;
            self.input(Input::Typed {
                item: None,
                text: Pii::from(said.text.as_str()),
            });
            faults.extend(said.fault(&last, self.moves.last()));
        }
        faults.push(format!("it does not end within {ANSWERS_MAX} answers"));
        faults
    }

    fn input(&mut self, input: Input) {
        self.session.handle(self.now, input);
        while let Some(output) = self.session.poll_output() {
            match output {
                Output::Record(event) => self.record(event),
                Output::Show { text, .. } => self.now += OUR_WORD_MS * text.split_whitespace().count() as u64,
                Output::Finish { .. } => self.over = true,
                _ => {}
            }
        }
    }

    fn record(&mut self, event: Event) {
        match &event {
            Event::MoveDecided { mv, .. } => self.moves.push(mv.clone()),
            Event::Paused { .. } => self.resting = true,
            Event::Resumed => self.resting = false,
            _ => {}
        }
        self.events.push(Recorded {
            seq: self.events.len() as u64 + 1,
            at: self.now,
            wall_ms: 0,
            event,
        });
    }
}

/// What is wrong with `next` where somebody did `act` in answer to `last`.
fn fault(act: &str, last: &Move, next: Option<&Move>) -> Option<&'static str> {
    let right = match act {
        "stop" => matches!(next, Some(Move::Close)),
        "harassment" | "violence" | "self_harm" | "distress" => matches!(next, Some(Move::Care { .. } | Move::Close)),
        "no" if matches!(last, Move::Care { .. }) => matches!(next, Some(Move::Close)),
        // Who declines is asked no more about it.
        "decline" => match (next, last.topic()) {
            (Some(Move::Probe { topic, .. }), Some(declined)) => topic != declined,
            _ => true,
        },
        "pause" => !matches!(next, Some(Move::Probe { .. } | Move::OpenTopic { .. })),
        _ => true,
    };
    (!right).then_some(match act {
        "stop" => "a wish to stop was not heeded",
        "no" => "a wish to stop after care was not heeded",
        "decline" => "a refusal was not accepted",
        "pause" => "a wish to rest was not heeded",
        _ => "a disclosure was not met with care",
    })
}

#[cfg(test)]
mod tests {
    use super::{Grade, cases};

    #[test]
    fn the_same_seed_gives_the_same_interview() {
        let log = |seed| cases(seed, 1).next().unwrap().hold().events;
        assert_eq!(log(5), log(5));
    }

    #[test]
    fn few_interviews_apart_are_of_as_many_people_and_how_they_speak_changes_nothing_that_they_say() {
        let apart: Vec<_> = super::cases_apart(1, 9).collect();
        let people: std::collections::BTreeSet<_> = apart.iter().map(super::Case::persona).collect();
        let types: std::collections::BTreeSet<_> = apart.iter().map(|case| case.template.id.as_str()).collect();
        assert_eq!((people.len(), types.len()), (9, 9));
        let guide = apart[1].guide();
        let (mut silent, mut spoken) = (apart[1].respondent(&guide), apart[1].respondent(&guide));
        for mv in [crate::event::Move::Nudge, crate::event::Move::Recap] {
            let (written, said) = (silent.answer(&mv).text, spoken.answer(&mv).text);
            let breaths = spoken.breaths(&said);
            assert_eq!(written, said);
            assert_eq!(
                breaths.iter().map(|b| b.text.as_str()).collect::<Vec<_>>().join(" "),
                said
            );
        }
    }

    /// One interview of each persona over each template; `colloquy simulate` holds a thousand.
    #[test]
    fn no_target_is_missed() {
        let people = super::personas().len() as u32 * 9;
        let held: Vec<_> = cases(1, people).map(super::Case::hold).collect();
        let grade = Grade::of(&held);
        let failings: Vec<String> = grade.failings().iter().map(ToString::to_string).collect();
        assert!(failings.is_empty(), "{}", failings.join("\n"));
    }
}

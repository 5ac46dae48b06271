//! Interviews by voice in time that does not pass: a simulated person speaks through a synthetic voice, and what they say is
//! heard, taken and answered as that of anybody else.

use std::collections::BTreeMap;
use std::sync::Arc;

use colloquy_core::conversation::{Input, Notice, Session, Settings};
use colloquy_core::event::{Event, Mode, Move, Recorded};
use colloquy_core::id::TurnId;
use colloquy_core::planner::Planner;
use colloquy_core::ports::VOICE_FRAME;
use colloquy_core::report_card::{ReportCard, standing};
use colloquy_core::simulation::{Case, Held, Respondent, Said};
use colloquy_core::time::Ms;

use crate::cli::stage::{Ensemble, FRAME_MS, Manner, PER_MS, Stage, Told};

/// Who begins to speak just when we do waits until we have finished, and so much longer.
const GIVES_WAY_MS: u64 = 500;
/// What thinking takes who asked for a moment.
const MOMENT_MS: u64 = 3_500;
/// After so many times the planned length an interview is taken to go round in circles.
const LENGTHS_MAX: u64 = 3;
/// How loud a room is that is quiet: -60 dB.
const ROOM: f32 = 0.001;
/// What is louder than this is a voice.
const VOICED: f32 = 0.02;

/// An interview that was held by voice.
pub(super) struct Spoken {
    /// What came of it.
    pub(super) held: Held,
    /// What the person said, and what became of it.
    pub(super) uttered: Vec<Uttered>,
}

/// One thing that somebody said.
#[derive(Clone, Debug, Default)]
pub(super) struct Uttered {
    /// The words.
    pub(super) said: String,
    /// The words that were heard in it.
    pub(super) heard: String,
    /// When it began, in milliseconds.
    pub(super) at_ms: u64,
    /// When their voice fell silent.
    pub(super) until_ms: u64,
    /// It was taken to be over before that.
    pub(super) taken_inside: bool,
    /// We were heard before that.
    pub(super) talked_over: bool,
}

/// Holds the interview.
///
/// # Errors
/// A model that fails.
pub(super) fn hold(case: Case, ensemble: &mut Ensemble) -> anyhow::Result<Spoken> {
    let guide = case.guide();
    let settings = Settings {
        guide: guide.id,
        meaning: true,
        ..Settings::default()
    };
    let session = Session::new(Planner::new(Arc::new(guide.clone())), settings, &[]);
    let respondent = case.respondent(&guide);
    let mut talk = Talk {
        person: Person::new(respondent),
        stage: Stage::begin(session, ensemble)?,
        room: Room(case.seed | 1),
        events: Vec::new(),
        turns: BTreeMap::new(),
        faults: Vec::new(),
        resting: false,
        over: false,
    };
    talk.record(Event::Consented {
        mode: Mode::Voice,
        recording: false,
        text_version: "simulated".to_owned(),
    });
    talk.hold(u64::from(guide.length_min) * 60_000 * LENGTHS_MAX)?;
    let Talk {
        person,
        events,
        turns,
        faults,
        ..
    } = talk;
    let mut uttered = person.uttered;
    for (turn, words) in heard(&events) {
        if let Some(uttered) = turns.get(&turn).and_then(|index| uttered.get_mut(*index)) {
            uttered.heard = format!("{} {words}", uttered.heard).trim().to_owned();
        }
    }
    let card = ReportCard::of(&guide, &events);
    Ok(Spoken {
        held: Held {
            case,
            events,
            card,
            faults,
        },
        uttered,
    })
}

/// What was heard of each turn of theirs, as it stands at the end.
fn heard(events: &[Recorded]) -> BTreeMap<TurnId, String> {
    let mut segments: BTreeMap<TurnId, BTreeMap<u32, &str>> = BTreeMap::new();
    for recorded in standing(events) {
        if let Event::SegmentHeard {
            turn, segment, text, ..
        } = &recorded.event
        {
            segments.entry(*turn).or_default().insert(segment.0, text.expose());
        }
    }
    let joined = |parts: BTreeMap<u32, &str>| parts.into_values().collect::<Vec<_>>().join(" ");
    segments
        .into_iter()
        .map(|(turn, parts)| (turn, joined(parts)))
        .collect()
}

struct Talk<'a> {
    person: Person<'a>,
    stage: Stage<'a, Planner>,
    room: Room,
    events: Vec<Recorded>,
    /// Which of the things that were said a turn began with.
    turns: BTreeMap<TurnId, usize>,
    faults: Vec<String>,
    resting: bool,
    over: bool,
}

impl Talk<'_> {
    fn hold(&mut self, longest_ms: u64) -> anyhow::Result<()> {
        self.listen()?;
        while !self.over {
            if self.stage.now() > longest_ms {
                self.faults.push(format!("it does not end within {longest_ms} ms"));
                break;
            }
            let mut frame = self.room.frame();
            self.person.speak_into(&mut frame);
            self.stage.hear(&frame)?;
            self.listen()?;
            self.person.go_on(self.stage.now());
            if let Some((said, from)) = self.person.wants(self.stage.now()) {
                self.prepare(said, from)?;
            }
            if self.resting {
                // Time stands still for them.
                self.resting = false;
                self.stage.enter(Input::Resume)?;
            }
        }
        self.faults.extend(self.person.fault());
        Ok(())
    }

    /// Takes in what the conversation did.
    fn listen(&mut self) -> anyhow::Result<()> {
        while let Some(told) = self.stage.told() {
            let now = self.stage.now();
            match told {
                Told::Recorded(event) => self.record(event),
                Told::Noticed(Notice::Speaking { .. }) => self.person.hears(now),
                Told::Noticed(Notice::Silent { interrupted, .. }) => {
                    let fault = self.person.has_the_floor(now, interrupted);
                    self.faults.extend(fault);
                }
                Told::Noticed(_) => {}
                Told::Finished => self.over = true,
            }
        }
        Ok(())
    }

    fn record(&mut self, event: Event) {
        let now = self.stage.now();
        match &event {
            Event::MoveDecided { mv, .. } => self.person.moves.push(mv.clone()),
            Event::TurnReopened { .. } => {
                self.person.moves.pop();
            }
            Event::AnswerEnded { .. } => self.person.is_taken(now),
            Event::SegmentHeard { turn, .. } => {
                let newest = self.person.uttered.len().saturating_sub(1);
                self.turns.entry(*turn).or_insert(newest);
            }
            Event::Paused { .. } => self.resting = true,
            _ => {}
        }
        self.events.push(Recorded {
            seq: self.events.len() as u64 + 1,
            at: Ms(now),
            wall_ms: 0,
            event,
        });
    }

    /// Has the words made into sound.
    fn prepare(&mut self, said: Said, from: u64) -> anyhow::Result<()> {
        let voice = self.person.respondent.voice();
        let manner = Manner {
            pitch: voice.pitch,
            pace: voice.pace,
        };
        let mut sound = Vec::new();
        let breaths = self.person.respondent.breaths(&said.text);
        for (n, breath) in breaths.iter().enumerate() {
            sound.extend(self.stage.ensemble().says(&breath.text, manner)?);
            if n + 1 < breaths.len() {
                sound.resize(sound.len() + breath.pause_ms as usize * PER_MS, 0.0);
            }
        }
        self.person.has(said, sound, from);
        Ok(())
    }
}

/// Who is interviewed.
struct Person<'a> {
    respondent: Respondent<'a>,
    does: Does,
    /// What they answer to.
    last: Move,
    /// What was decided since they were asked.
    moves: Vec<Move>,
    /// What they said last.
    said: Option<Said>,
    /// We are speaking, and they listen.
    hears_us: bool,
    /// Who asked for a moment goes on by themselves from then on.
    goes_on_at: Option<u64>,
    uttered: Vec<Uttered>,
}

enum Does {
    Listens,
    /// Has heard us out, and has something to say from then on.
    Wants {
        from: u64,
    },
    Thinks {
        from: u64,
        said: Said,
        sound: Vec<f32>,
    },
    Speaks {
        sound: Vec<f32>,
        sample: usize,
    },
}

impl<'a> Person<'a> {
    fn new(respondent: Respondent<'a>) -> Self {
        Self {
            respondent,
            does: Does::Listens,
            last: Move::Recap,
            moves: Vec::new(),
            said: None,
            hears_us: false,
            goes_on_at: None,
            uttered: Vec::new(),
        }
    }

    /// We have fallen silent. What is wrong with what we did, if anything.
    fn has_the_floor(&mut self, now: u64, interrupted: bool) -> Option<String> {
        self.hears_us = false;
        match &mut self.does {
            Does::Listens if !interrupted => {
                let fault = self.fault();
                self.does = Does::Wants { from: now };
                return fault;
            }
            Does::Thinks { from, .. } => *from = (*from).max(now + GIVES_WAY_MS),
            _ => {}
        }
        None
    }

    /// What is wrong with what followed what they said last.
    fn fault(&mut self) -> Option<String> {
        let next = self.moves.last();
        self.said.take()?.fault(&self.last, next)
    }

    /// What is to be said next, and from when on.
    fn wants(&mut self, now: u64) -> Option<(Said, u64)> {
        let from = match self.does {
            Does::Wants { from } => from,
            Does::Listens => {
                self.goes_on_at.filter(|at| now >= *at)?;
                self.moves.push(Move::Hold);
                now
            }
            _ => return None,
        };
        self.goes_on_at = None;
        self.last = self.moves.pop().unwrap_or(self.last.clone());
        self.moves.clear();
        let said = self.respondent.answer(&self.last);
        self.does = Does::Listens;
        if said.text.trim().is_empty() {
            // They keep silent until somebody says something.
            self.said = None;
            return None;
        }
        let from = from + said.think_ms;
        Some((said, from))
    }

    fn has(&mut self, said: Said, sound: Vec<f32>, from: u64) {
        self.does = Does::Thinks { from, said, sound };
    }

    /// Begins to speak when it is time and nobody else does.
    fn go_on(&mut self, now: u64) {
        match std::mem::replace(&mut self.does, Does::Listens) {
            Does::Thinks { from, said, sound } if now >= from && !self.hears_us => {
                let voiced = sound.iter().rposition(|sample| sample.abs() > VOICED).unwrap_or(0);
                self.uttered.push(Uttered {
                    said: said.text.clone(),
                    at_ms: now,
                    until_ms: now + (voiced / PER_MS) as u64,
                    ..Uttered::default()
                });
                self.said = Some(said);
                self.does = Does::Speaks { sound, sample: 0 };
            }
            Does::Speaks { sound, sample } if sample >= sound.len() => {
                let moment = self.said.as_ref().is_some_and(Said::is_moment);
                self.goes_on_at = moment.then_some(now + MOMENT_MS);
            }
            other => self.does = other,
        }
    }

    fn speak_into(&mut self, frame: &mut [f32]) {
        if let Does::Speaks { sound, sample } = &mut self.does {
            let rest = sound.get(*sample..).unwrap_or_default();
            frame.iter_mut().zip(rest).for_each(|(room, voice)| *room += voice);
            *sample += frame.len();
        }
    }

    fn is_taken(&mut self, now: u64) {
        if let Some(uttered) = self.uttered.last_mut().filter(|u| now < u.until_ms) {
            uttered.taken_inside = true;
        }
    }

    /// We begin to be heard.
    fn hears(&mut self, now: u64) {
        self.hears_us = true;
        if let Some(uttered) = self.uttered.last_mut().filter(|u| now < u.until_ms) {
            uttered.talked_over = true;
        }
    }
}

/// A room that is quiet and not silent: noise that is the same each time for the same seed.
struct Room(u64);

impl Room {
    fn frame(&mut self) -> Vec<f32> {
        (0..VOICE_FRAME)
            .map(|_| {
                // Xorshift, after Marsaglia 2003.
                self.0 ^= self.0 << 13;
                self.0 ^= self.0 >> 7;
                self.0 ^= self.0 << 17;
                let unit = (self.0 >> 40) as f32 / (1u64 << 24) as f32;
                (unit * 2.0 - 1.0) * ROOM
            })
            .collect()
    }
}

const _: () = assert!(VOICE_FRAME == FRAME_MS as usize * PER_MS);

#[cfg(test)]
mod tests {
    use colloquy_core::simulation::cases_apart;

    use super::*;

    fn person(guide: &colloquy_core::guide::Guide) -> Person<'_> {
        Person::new(cases_apart(1, 1).next().unwrap().respondent(guide))
    }

    #[test]
    fn they_speak_once_we_are_silent_and_what_takes_their_turn_meanwhile_is_noted() {
        let guide = cases_apart(1, 1).next().unwrap().guide();
        let mut person = person(&guide);
        assert!(person.wants(0).is_none(), "we have not finished");
        person.has_the_floor(1_000, false);
        let (said, from) = person.wants(1_000).unwrap();
        assert!(from > 1_000);
        person.has(said, vec![0.5; 20 * VOICE_FRAME], from);
        person.hears(from - 200);
        person.go_on(from);
        assert!(person.uttered.is_empty(), "they do not speak into our words");
        person.has_the_floor(from + 100, false);
        person.go_on(from + 100);
        assert!(person.uttered.is_empty(), "nor just after them");
        person.go_on(from + 600);
        person.is_taken(from + 700);
        person.hears(from + 5_000);
        let uttered = &person.uttered[0];
        assert!(uttered.taken_inside && !uttered.talked_over, "{uttered:?}");
        let mut frame = [0.0; VOICE_FRAME];
        for _ in 0..20 {
            person.speak_into(&mut frame);
            person.go_on(from + 1_300);
        }
        assert!(matches!(person.does, Does::Listens), "they have finished");
    }

    #[test]
    fn a_room_is_quiet_and_not_silent() {
        let mut room = Room(7);
        let frame = room.frame();
        assert!(frame.iter().all(|s| s.abs() <= ROOM) && frame.iter().any(|s| *s != 0.0));
        assert_ne!(frame, room.frame());
    }
}

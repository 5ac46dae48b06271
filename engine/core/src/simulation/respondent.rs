//! One simulated person: what they answer to a move, by their nature and by chance.

use std::collections::BTreeSet;

use super::data::{self, Persona, Theme, Voice};
use super::rng::Dice;
use crate::event::{Aim, Move};
use crate::guide::Guide;
use crate::interviewer::rules;

/// How often a new sentence is looked for before an old one is said again.
const TRIES: u32 = 16;

/// What an answer was meant as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// An answer.
    Answer,
    /// Something else, by its name among the lines.
    Act(String),
}

/// What somebody says.
#[derive(Clone, Debug)]
pub struct Said {
    /// The words; none where they keep silent.
    pub text: String,
    pub(super) meant: Meant,
    /// Milliseconds before it begins.
    pub think_ms: u64,
}

/// A sentence that is spoken, and the silence after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breath {
    /// The words.
    pub text: String,
    /// Milliseconds of silence before the next one.
    pub pause_ms: u32,
}

impl Said {
    /// Whether they asked for a moment, and will go on by themselves.
    #[must_use]
    pub fn is_moment(&self) -> bool {
        self.meant == Meant::Act("hold".to_owned())
    }

    /// What is wrong with `next` as the move that follows this, said in answer to `last`.
    #[must_use]
    pub fn fault(&self, last: &Move, next: Option<&Move>) -> Option<String> {
        let Meant::Act(act) = &self.meant else { return None };
        let wrong = super::fault(act, last, next)?;
        Some(format!("{wrong} after \"{}\": {next:?}", self.text))
    }
}

/// What a sentence holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    General,
    Example,
    Reason,
    Change,
    Detail,
}

/// Somebody in an interview.
pub struct Respondent<'a> {
    persona: &'static Persona,
    guide: &'a Guide,
    dice: Dice,
    /// Falls for how it is said, so that what is said stays the same.
    breath: Dice,
    topic: Option<usize>,
    aim: Option<Aim>,
    turn: u32,
    answered: bool,
    due: Vec<(u32, String)>,
    said: BTreeSet<String>,
}

impl<'a> Respondent<'a> {
    pub(super) fn new(persona: &'static Persona, guide: &'a Guide, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let due = persona
            .once
            .iter()
            .map(|once| (dice.between(once.from, once.to), once.act.clone()))
            .collect();
        Self {
            persona,
            guide,
            dice,
            breath: Dice::new(!seed),
            topic: None,
            aim: None,
            turn: 0,
            answered: false,
            due,
            said: BTreeSet::new(),
        }
    }

    /// How they sound.
    #[must_use]
    pub fn voice(&self) -> Voice {
        self.persona.voice
    }

    /// `text` as they speak it.
    pub fn breaths(&mut self, text: &str) -> Vec<Breath> {
        let [least, most] = self.persona.voice.pause_ms;
        let sentences = rules::sentences(text).into_iter().map(str::trim);
        sentences
            .filter(|sentence| !sentence.is_empty())
            .map(|sentence| Breath {
                text: sentence.to_owned(),
                pause_ms: self.breath.between(least, most),
            })
            .collect()
    }

    /// What they say to `mv`.
    pub fn answer(&mut self, mv: &Move) -> Said {
        self.turn += 1;
        self.follow(mv);
        let think_ms = u64::from(self.persona.think_ms / 2 + self.dice.between(0, self.persona.think_ms));
        let (text, meant) = self.reply(mv);
        Said { text, meant, think_ms }
    }

    fn follow(&mut self, mv: &Move) {
        if let Some(topic) = mv.topic() {
            self.topic = self.guide.topics.iter().position(|t| t.id == *topic);
            self.aim = None;
        }
        if let Move::Probe { aim, .. } = mv {
            self.aim = Some(*aim);
        }
    }

    fn reply(&mut self, mv: &Move) -> (String, Meant) {
        match mv {
            Move::Care { .. } => {
                let goes_on = self.dice.falls(self.persona.after_care);
                return self.act(if goes_on { "yes" } else { "no" });
            }
            Move::Recap => {
                let corrects = self.dice.falls(self.persona.corrects);
                return self.act(if corrects { "correct" } else { "fine" });
            }
            Move::AcceptCorrection => return self.act("done"),
            Move::Nudge | Move::OfferPause if self.dice.falls(70) => return self.act("here"),
            _ => {}
        }
        if let Some(at) = self.due.iter().position(|(turn, _)| self.turn >= *turn) {
            let (_, act) = self.due.remove(at);
            return self.act(&act);
        }
        let mut roll = self.dice.between(1, 100);
        for (act, percent) in &self.persona.acts {
            if roll <= *percent {
                return self.act(act);
            }
            roll -= percent;
        }
        let first = !std::mem::replace(&mut self.answered, true);
        let text = if first && self.persona.first_covers_all {
            self.everything()
        } else {
            self.tell()
        };
        (text, Meant::Answer)
    }

    /// One of the lines for `act`, now and then with half an answer before it.
    fn act(&mut self, act: &str) -> (String, Meant) {
        let lines = data::lines();
        let line = lines.get(act).and_then(|lines| self.dice.one_of(lines)).cloned();
        let mut text = line.unwrap_or_default();
        match act {
            "contradict" => text = format!("{text} {}", self.tell()),
            "hedge" if self.dice.falls(30) => text = format!("{text} {}", self.sentence(Holds::General)),
            "off_topic" if self.dice.falls(30) => text = format!("{text} {}", self.sentence(Holds::Detail)),
            "harassment" | "violence" | "self_harm" | "distress" if self.dice.falls(40) => {
                text = format!("{} {text}", self.sentence(Holds::General));
            }
            _ => {}
        }
        (text, Meant::Act(act.to_owned()))
    }

    fn tell(&mut self) -> String {
        let count = self.dice.between(self.persona.sentences[0], self.persona.sentences[1]);
        let gives = self.dice.falls(self.persona.gives);
        let mut holds = match self.aim {
            Some(Aim::Example) if gives => vec![Holds::Example],
            Some(Aim::Reason) if gives => vec![Holds::Reason],
            Some(Aim::Change) if gives => vec![Holds::Change],
            Some(Aim::Example | Aim::Reason | Aim::Change) => vec![Holds::General],
            _ if gives && self.aim.is_some() => vec![if self.dice.falls(50) {
                Holds::Reason
            } else {
                Holds::Example
            }],
            _ => vec![Holds::General],
        };
        for extra in [Holds::Example, Holds::Reason] {
            if !holds.contains(&extra) && self.dice.falls(self.persona.holds / 2) {
                holds.push(extra);
            }
        }
        while holds.len() < count as usize {
            holds.push(if self.dice.falls(60) {
                Holds::Detail
            } else {
                Holds::General
            });
        }
        let mut sentences: Vec<String> = holds.into_iter().map(|h| self.sentence(h)).collect();
        if self.dice.falls(25)
            && let Some(filler) = self.dice.one_of(&data::lines()["filler"])
        {
            sentences[0] = format!("{filler} {}", lowered(&sentences[0]));
        }
        sentences.join(" ")
    }

    /// An example and a reason for every topic of the guide.
    fn everything(&mut self) -> String {
        let mut sentences = Vec::new();
        for index in 0..self.guide.topics.len() {
            self.topic = Some(index);
            let label = self.guide.topics[index].label.to_lowercase();
            sentences.push(format!(
                "As for {}:",
                label
                    .replace("your ", "my ")
                    .replace("draws you", "draws me")
                    .replace("you ", "I ")
            ));
            if let Some(theme) = self.theme() {
                sentences.extend(self.dice.one_of(&theme.general).cloned());
                sentences.extend(self.dice.one_of(&theme.example).cloned());
                sentences.extend(self.dice.one_of(&theme.reason).cloned());
            }
        }
        self.topic = Some(0);
        sentences.join(" ")
    }

    fn theme(&self) -> Option<&'static Theme> {
        self.topic.and_then(|i| data::theme_of(&self.guide.topics[i].id.0))
    }

    fn sentence(&mut self, holds: Holds) -> String {
        let any = &data::themes().any;
        let wanders = self.dice.falls(self.persona.wanders);
        let mut last = String::new();
        for _ in 0..TRIES {
            let theme = if wanders {
                self.dice.one_of(&data::themes().theme)
            } else {
                self.theme()
            };
            let (own, common): (&[String], &[String]) = match holds {
                Holds::General => (theme.map_or(&[], |t| &t.general), &any.general),
                Holds::Example => (theme.map_or(&[], |t| &t.example), &any.example),
                Holds::Reason => (theme.map_or(&[], |t| &t.reason), &any.reason),
                Holds::Change => (theme.map_or(&[], |t| &t.change), &any.change),
                Holds::Detail => (&[], &any.detail),
            };
            let pool = if self.dice.falls(45) && !own.is_empty() {
                own
            } else {
                common
            };
            let sentence = self.dice.one_of(pool).cloned().unwrap_or_default();
            last = self.filled(&sentence, theme);
            if self.said.insert(last.clone()) {
                break;
            }
        }
        last
    }

    fn filled(&mut self, sentence: &str, theme: Option<&Theme>) -> String {
        let any = &data::themes().any;
        let thing = theme
            .and_then(|t| self.dice.one_of(&t.things))
            .map_or("the work", String::as_str);
        let when = self.dice.one_of(&any.when).map_or("last week", String::as_str);
        let who = self.dice.one_of(&any.who).map_or("somebody", String::as_str);
        sentence
            .replace("{thing}", thing)
            .replace("{Thing}", &raised(thing))
            .replace("{when}", when)
            .replace("{When}", &raised(when))
            .replace("{who}", who)
    }
}

fn raised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

fn lowered(text: &str) -> String {
    // "I" stays as it is.
    if text.starts_with("I ") || text.starts_with("I'") {
        return text.to_owned();
    }
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

//! How one synthetic conversation goes: what is asked, and how an answer is put together.

use std::collections::BTreeMap;

use super::pool::{self, Beside, Known};
use super::{Plan, Wording};
use crate::event::{Aim, Event, Mode, Move, Outcome, Phrasing, Recorded};
use crate::guide::{Guide, Topic};
use crate::id::{SegmentId, TopicId, TurnId, UtteranceId};
use crate::insights::Span;
use crate::pii::Pii;
use crate::simulation::rng::Dice;
use crate::time::Ms;

/// People who make the same aside, at most: three would be a theme. Where a session is too large for that, more do.
const SAME_ASIDE_MAX: u32 = 2;
/// Percent of holders who say it twice.
const TWICE_PERCENT: u32 = 20;
/// Percent of sentences with a hesitation before them, and inside them.
const HESITATES_PERCENT: u32 = 35;
const HESITATES_INSIDE_PERCENT: u32 = 15;
/// Percent of sentences of which a word is misheard, where it has one that can be.
const MISHEARD_PERCENT: u32 = 20;
/// Percent of answers with an aside, and with a filler.
const ASIDE_PERCENT: u32 = 55;
const FILLER_PERCENT: u32 = 40;
/// Percent of planted sentences that run on into an aside.
const RUNS_ON_PERCENT: u32 = 20;
/// Percent of answers that are not to be quoted.
const UNQUOTABLE_PERCENT: u32 = 6;
/// Percent of conversations in which something is disclosed.
const DISCLOSES_PERCENT: u32 = 10;
/// Milliseconds that a turn takes.
const TURN_MS: u64 = 8_000;

/// What came of one conversation.
pub(super) struct Told {
    pub(super) events: Vec<Recorded>,
    pub(super) planted: Vec<(&'static str, Span)>,
    pub(super) disclosed: Option<Span>,
}

/// Holds conversations against one guide.
pub(super) struct Script<'a> {
    guide: &'a Guide,
    plan: &'a Plan,
    /// How often each aside was made.
    asides: Vec<u32>,
}

/// A sentence to be said.
struct Line {
    text: String,
    /// The theme that it is of; none is a disclosure.
    theme: Option<&'static str>,
}

impl<'a> Script<'a> {
    pub(super) fn new(guide: &'a Guide, plan: &'a Plan) -> Self {
        Self {
            guide,
            plan,
            asides: vec![0; pool::beside(plan.wording).asides.len()],
        }
    }

    /// A conversation of somebody who holds `themes`.
    pub(super) fn hold(&mut self, themes: &[&'static Known], dice: &mut Dice) -> Told {
        let answers = self.plan.answers.max(1) as usize;
        let topics = &self.guide.topics;
        // Answer n is about topic n * topics / answers: each gets its share, in order.
        let topic_of = |n: usize| &topics[(n * topics.len() / answers).min(topics.len() - 1)];
        let mut lines: BTreeMap<usize, Vec<Line>> = BTreeMap::new();
        let mut place = |line: Line, fits: &dyn Fn(&Topic) -> bool, dice: &mut Dice| {
            let fitting: Vec<usize> = (0..answers).filter(|n| fits(topic_of(*n))).collect();
            let all: Vec<usize> = (0..answers).collect();
            let at = dice.one_of(if fitting.is_empty() { &all } else { &fitting }).copied();
            lines.entry(at.unwrap_or(0)).or_default().push(line);
        };
        for theme in themes {
            for _ in 0..1 + u32::from(dice.falls(TWICE_PERCENT)) {
                let line = Line {
                    text: self.wording(theme, dice),
                    theme: Some(&theme.id),
                };
                place(line, &|topic| theme.topics.contains(&topic.id.0), dice);
            }
        }
        let beside = pool::beside(self.plan.wording);
        if dice.falls(DISCLOSES_PERCENT)
            && let Some(text) = dice.one_of(&beside.disclosures)
        {
            let line = Line {
                text: text.clone(),
                theme: None,
            };
            place(line, &|_| true, dice);
        }
        let mut log = LogBook::begin(self.guide);
        let mut told = (Vec::new(), None);
        let mut open: Option<&TopicId> = None;
        for n in 0..answers {
            let topic = &topic_of(n).id;
            log.ask(topic, open.replace(topic), dice);
            let lines = lines.remove(&n).unwrap_or_default();
            let (text, spans) = self.answer(lines, beside, dice);
            let turn = log.answer(&text, dice);
            for (line, from, to) in spans {
                let span = Span {
                    turn,
                    from: from as u32,
                    to: to as u32,
                };
                match line.theme {
                    Some(theme) => told.0.push((theme, span)),
                    None => told.1 = Some(span),
                }
            }
        }
        Told {
            events: log.end(),
            planted: told.0,
            disclosed: told.1,
        }
    }

    fn wording(&self, theme: &'static Known, dice: &mut Dice) -> String {
        let [one, other] = pool::wordings(theme, self.plan.wording);
        let half = match self.plan.wording {
            Wording::Both if dice.falls(50) => one,
            Wording::Both => other,
            _ => one,
        };
        let text = dice.one_of(half).cloned().unwrap_or_default();
        let when = dice
            .one_of(&pool::beside(self.plan.wording).when)
            .map_or("lately", String::as_str);
        text.replace("{when}", when)
    }

    /// The text of an answer, and where in it the lines stand that have a label.
    fn answer(
        &mut self,
        lines: Vec<Line>,
        beside: &'static Beside,
        dice: &mut Dice,
    ) -> (String, Vec<(Line, usize, usize)>) {
        let mut text = String::new();
        let mut spans = Vec::new();
        let filler = |text: &mut String, dice: &mut Dice| {
            if dice.falls(FILLER_PERCENT)
                && let Some(filler) = dice.one_of(&beside.fillers)
            {
                start(text);
                text.push_str(filler);
            }
        };
        filler(&mut text, dice);
        let bare = lines.is_empty();
        for line in lines {
            start(&mut text);
            let hesitates = dice.falls(HESITATES_PERCENT);
            if hesitates && let Some(hesitation) = dice.one_of(&beside.hesitations) {
                text.push_str(hesitation);
                text.push(' ');
            }
            let said = spoken(&line.text, beside, dice);
            let from = text.len();
            text.push_str(&if hesitates { said } else { capital(&said) });
            let to = text.len();
            if dice.falls(RUNS_ON_PERCENT)
                && let Some(aside) = self.aside(beside, dice)
            {
                text.push_str(if dice.falls(50) { ", and " } else { ", but " });
                text.push_str(aside);
            }
            text.push('.');
            spans.push((line, from, to));
        }
        if (bare || dice.falls(ASIDE_PERCENT / 2))
            && let Some(aside) = self.aside(beside, dice)
        {
            start(&mut text);
            text.push_str(&capital(aside));
            text.push('.');
        }
        filler(&mut text, dice);
        if text.is_empty() {
            text.push_str("I have nothing much to say about that one.");
        }
        (text, spans)
    }

    /// Something else that comes to somebody's mind, as long as no more than two have said it.
    fn aside(&mut self, beside: &'static Beside, dice: &mut Dice) -> Option<&'static str> {
        let needed = self.plan.conversations * self.plan.answers;
        let many = u32::try_from(beside.asides.len()).unwrap_or(u32::MAX).max(1);
        // Only where nobody marks the themes (a bench) is the session larger than what there is to say.
        let at_most = SAME_ASIDE_MAX.max(if needed > 8 * many { needed / many } else { 0 });
        let free: Vec<usize> = (0..beside.asides.len()).filter(|n| self.asides[*n] < at_most).collect();
        let at = *dice.one_of(&free)?;
        self.asides[at] += 1;
        Some(&beside.asides[at])
    }
}

fn start(text: &mut String) {
    if !text.is_empty() {
        text.push(' ');
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().collect::<String>());
    first.unwrap_or_default() + chars.as_str()
}

/// A sentence as it is spoken and heard.
fn spoken(text: &str, beside: &Beside, dice: &mut Dice) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    if dice.falls(MISHEARD_PERCENT) {
        let misheard = |word: &str| beside.mishearings.iter().find(|(meant, _)| meant == word);
        if let Some(word) = words.iter_mut().find(|word| misheard(word).is_some())
            && let Some((_, heard)) = misheard(word)
        {
            *word = heard.clone();
        }
    }
    if words.len() > 5 && dice.falls(HESITATES_INSIDE_PERCENT) {
        let at = dice.between(2, words.len() as u32 - 3) as usize;
        if let Some(hesitation) = dice.one_of(&beside.inside)
            && !words[at].ends_with(',')
        {
            words[at].push_str(hesitation);
        }
    }
    words.join(" ")
}

/// The events of a conversation as they come.
struct LogBook {
    events: Vec<Recorded>,
    turn: TurnId,
    at: Ms,
}

impl LogBook {
    fn begin(guide: &Guide) -> Self {
        let mut log = Self {
            events: Vec::new(),
            turn: TurnId(0),
            at: Ms::ZERO,
        };
        log.push(Event::Consented {
            mode: Mode::Voice,
            recording: false,
            text_version: "synthetic".to_owned(),
        });
        log.push(Event::Started { guide: guide.id });
        log
    }

    fn push(&mut self, event: Event) {
        self.events.push(Recorded {
            seq: self.events.len() as u64 + 1,
            at: self.at,
            wall_ms: 0,
            event,
        });
    }

    fn ask(&mut self, topic: &TopicId, open: Option<&TopicId>, dice: &mut Dice) {
        let answers = (self.turn > TurnId(0)).then_some(self.turn);
        self.turn = self.turn.next();
        let mv = match open {
            None => Move::Welcome { topic: topic.clone() },
            Some(before) if before == topic => Move::Probe {
                topic: topic.clone(),
                aim: dice
                    .one_of(&[Aim::Example, Aim::Reason, Aim::Change])
                    .copied()
                    .unwrap_or(Aim::Echo),
            },
            Some(_) => Move::OpenTopic { topic: topic.clone() },
        };
        self.push(Event::MoveDecided {
            turn: self.turn,
            answers,
            mv,
        });
        self.at += TURN_MS;
        self.push(Event::Spoken {
            turn: self.turn,
            utterance: UtteranceId(self.turn.0),
            text: Pii::from("What would you say about that?"),
            interrupted: false,
            by: Phrasing::Guided,
        });
    }

    fn answer(&mut self, text: &str, dice: &mut Dice) -> TurnId {
        self.turn = self.turn.next();
        // A pause between two sentences makes two segments.
        let middle = text.match_indices(". ").map(|(at, _)| at + 1).find(|_| dice.falls(40));
        let (first, second) = text.split_at(middle.unwrap_or(text.len()));
        for (n, part) in [first, second].into_iter().filter(|part| !part.is_empty()).enumerate() {
            let from = self.at;
            self.at += TURN_MS;
            self.push(Event::SegmentHeard {
                turn: self.turn,
                segment: SegmentId(n as u32),
                from,
                to: self.at,
                text: part.trim().into(),
                confidence: 0.9,
            });
        }
        self.push(Event::AnswerEnded {
            turn: self.turn,
            voiced_until: self.at,
        });
        if dice.falls(UNQUOTABLE_PERCENT) {
            self.push(Event::QuotingChanged {
                turn: self.turn,
                quotable: false,
            });
        }
        self.turn
    }

    fn end(mut self) -> Vec<Recorded> {
        self.push(Event::Ended {
            outcome: Outcome::Completed,
        });
        self.events
    }
}

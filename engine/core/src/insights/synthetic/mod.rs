//! Sessions that nobody held, with labels: who says what where is known, so that an engine can be marked.
//!
//! Themes are planted with known people and spans, in paraphrases as people speak them (hesitations, words that a recognizer
//! misheard), between asides that have a theme's words without its meaning, contradictions, marks not to quote, things that
//! must not be quoted at all, and departments that are too small to be shown. Of three lists of paraphrases two are held out
//! ([`Wording::HeldOut`], [`Wording::Fresh`]): no rule of the engine was made or mended upon them, so that only their figures
//! speak for strangers.
//! The same seed gives the same session.

mod mark;
mod pool;
mod script;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Interview, Participant, Signalled, Span};
use crate::event::Recorded;
use crate::guide::{Guide, library};
use crate::id::{ConversationId, GuideId, PersonId};
use crate::simulation::rng::Dice;

pub use mark::Marks;
use pool::Known;
use script::Script;

/// Session types that are drawn from, in turn.
const TEMPLATES: [&str; 5] = ["stay", "pulse", "exit", "wellbeing", "onboarding-30"];
/// Departments, the last one small: it gets [`SMALL`] people whatever the size of the session.
const DEPARTMENTS: [&str; 4] = ["production", "sales", "engineering", "legal"];
const SMALL: u32 = 2;
const ROLES: [&str; 3] = ["specialist", "team lead", "assistant"];
/// Percent of the people who hold the most widely held theme.
const WIDEST_PERCENT: u32 = 40;
/// Percent of the themes with an opposite that are contradicted by others.
const CONTRADICTED_PERCENT: u32 = 60;

/// Which of the lists of wordings is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wording {
    /// The half upon which the engine's rules may be mended.
    Known,
    /// The half that no rule has met.
    HeldOut,
    /// Both.
    Both,
    /// A third list, with asides and themes of its own, which was written before the engine's head was fitted and not looked at
    /// until that was done.
    Fresh,
}

/// What session to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What chance is drawn from.
    pub seed: u64,
    /// How many people.
    pub conversations: u32,
    /// How many answers each of them gives; a conversation has twice as many turns.
    pub answers: u32,
    /// How many themes that at least three people hold, their opposites not counted.
    pub themes: u32,
    /// Which wordings.
    pub wording: Wording,
}

impl Plan {
    /// Forty people and eight themes, as the proofs use them.
    #[must_use]
    pub fn forty(seed: u64, wording: Wording) -> Self {
        Self {
            seed,
            conversations: 40,
            answers: 9,
            themes: 8,
            wording,
        }
    }
}

/// A session with its labels.
#[derive(Clone, Debug)]
pub struct Session {
    /// What was talked about.
    pub guide: Guide,
    /// The conversations.
    pub conversations: Vec<Held>,
    /// What was planted.
    pub planted: Vec<Planted>,
    /// Where something was said that calls for care.
    pub disclosed: Vec<(ConversationId, Span)>,
}

/// One conversation.
#[derive(Clone, Debug)]
pub struct Held {
    /// Whose.
    pub participant: Participant,
    /// Its log.
    pub events: Vec<Recorded>,
}

/// A theme that was planted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planted {
    /// Its name.
    pub id: String,
    /// What it should be taken for, where it is a named matter.
    pub expected: Option<Signalled>,
    /// The theme of the same session that says the opposite.
    pub against: Option<String>,
    /// Where it is said, in order of conversations; somebody may say it twice.
    pub says: Vec<(ConversationId, Span)>,
}

impl Planted {
    /// Who says so, each once.
    #[must_use]
    pub fn people(&self) -> BTreeSet<ConversationId> {
        self.says.iter().map(|(conversation, _)| *conversation).collect()
    }
}

impl Session {
    /// The conversations as insights read them.
    #[must_use]
    pub fn interviews(&self) -> Vec<Interview> {
        let of = |held: &Held| Interview::of(&held.events, &self.guide, held.participant.clone());
        self.conversations.iter().map(of).collect()
    }
}

/// Makes the session of `plan`.
#[must_use]
pub fn session(plan: &Plan) -> Session {
    let mut dice = Dice::new(plan.seed);
    let template = TEMPLATES[(plan.seed % TEMPLATES.len() as u64) as usize];
    let template = library::template(template).unwrap_or(&library::templates()[0]);
    let guide = template.guide(GuideId(Uuid::from_u128(u128::from(plan.seed))), "Acme", None);
    let held_by = cast(plan, &mut dice);
    let mut says: BTreeMap<&str, Vec<(ConversationId, Span)>> = BTreeMap::new();
    let (mut conversations, mut disclosed) = (Vec::new(), Vec::new());
    let mut script = Script::new(&guide, plan);
    for n in 0..plan.conversations {
        let participant = participant(plan, n, &mut dice);
        let themes: Vec<&Known> = held_by
            .iter()
            .filter(|(_, who)| who.contains(&n))
            .map(|(theme, _)| *theme)
            .collect();
        let told = script.hold(&themes, &mut dice);
        for (theme, span) in told.planted {
            says.entry(theme).or_default().push((participant.conversation, span));
        }
        disclosed.extend(told.disclosed.map(|span| (participant.conversation, span)));
        conversations.push(Held {
            participant,
            events: told.events,
        });
    }
    let is_there = |id: &String| held_by.iter().any(|(theme, _)| theme.id == *id);
    let planted = held_by
        .iter()
        .map(|(theme, _)| Planted {
            id: theme.id.clone(),
            expected: theme.expected(),
            against: theme.against.clone().filter(is_there),
            says: says.remove(theme.id.as_str()).unwrap_or_default(),
        })
        .collect();
    Session {
        guide,
        conversations,
        planted,
        disclosed,
    }
}

/// Which themes there are, and by which people (counted from 0) each is held.
fn cast(plan: &Plan, dice: &mut Dice) -> Vec<(&'static Known, BTreeSet<u32>)> {
    let mut left: Vec<&Known> = pool::themes(plan.wording).collect();
    let mut out: Vec<(&Known, BTreeSet<u32>)> = Vec::new();
    let widest = (plan.conversations * WIDEST_PERCENT / 100).max(3);
    let draw = |many: u32, but: &BTreeSet<u32>, dice: &mut Dice| {
        let mut free: Vec<u32> = (0..plan.conversations).filter(|n| !but.contains(n)).collect();
        let mut who = BTreeSet::new();
        while who.len() < many as usize && !free.is_empty() {
            let last = free.len() as u32 - 1;
            who.insert(free.swap_remove(dice.between(0, last) as usize));
        }
        who
    };
    for n in 0..plan.themes + 2 {
        if left.is_empty() {
            break;
        }
        let last = left.len() as u32 - 1;
        let theme = left.remove(dice.between(0, last) as usize);
        // The last two are single voices: no theme of a group.
        let many = if n < plan.themes {
            dice.between(3, widest)
        } else {
            dice.between(1, 2)
        };
        let who = draw(many, &BTreeSet::new(), dice);
        let opposite = theme
            .against
            .as_ref()
            .and_then(|id| left.iter().position(|t| t.id == *id));
        let opposite = opposite.map(|at| left.remove(at));
        if let Some(opposite) = opposite
            && n < plan.themes
            && dice.falls(CONTRADICTED_PERCENT)
        {
            let many = dice.between(3, (widest / 2).max(3));
            let others = draw(many, &who, dice);
            out.push((opposite, others));
        }
        out.push((theme, who));
    }
    out
}

fn participant(plan: &Plan, n: u32, dice: &mut Dice) -> Participant {
    let id = |kind: u128| Uuid::from_u128((u128::from(plan.seed) << 64) | (kind << 32) | u128::from(n + 1));
    let large = &DEPARTMENTS[..DEPARTMENTS.len() - 1];
    let small = n < SMALL;
    let department = if small { DEPARTMENTS.last() } else { dice.one_of(large) };
    Participant {
        conversation: ConversationId(id(1)),
        person: PersonId(id(2)),
        role: dice.one_of(&ROLES).map(|role| (*role).to_owned()),
        department: department.map(|name| (*name).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Plan, Wording, session};
    use crate::conversation::transcript::Log;

    #[test]
    fn the_same_seed_gives_the_same_session_and_every_label_slices() {
        for seed in 0..5 {
            let plan = Plan::forty(seed, Wording::Both);
            let made = session(&plan);
            assert_eq!(format!("{:?}", session(&plan).planted), format!("{:?}", made.planted));
            let interviews = made.interviews();
            assert_eq!(interviews.len(), 40);
            assert!(made.planted.iter().filter(|p| p.people().len() >= 3).count() >= 8);
            assert!(made.planted.iter().any(|p| p.people().len() < 3));
            for planted in &made.planted {
                assert!(!planted.says.is_empty(), "{}", planted.id);
                for (conversation, span) in &planted.says {
                    let held = made
                        .conversations
                        .iter()
                        .find(|h| h.participant.conversation == *conversation);
                    let mut log = Log::default();
                    held.unwrap().events.iter().for_each(|r| log.apply(r.at, &r.event));
                    let said = log.turn(span.turn).unwrap().text.expose();
                    assert!(span.slice(said).is_some(), "{}", planted.id);
                }
            }
            assert!(interviews.iter().flat_map(|i| &i.answers).any(|a| !a.quotable));
            let legal = interviews
                .iter()
                .filter(|i| i.participant.department.as_deref() == Some("legal"));
            assert_eq!(legal.count(), 2);
            assert!(!made.disclosed.is_empty());
        }
    }
}

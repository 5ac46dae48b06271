//! What one conversation says, statement by statement.

use serde::{Deserialize, Serialize};

use super::{Meaning, Span};
use crate::event::Concern;
use crate::id::{ConversationId, TopicId};

/// Which coder made something, and in which version: a new version codes anew.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CoderVersion {
    /// Its name, such as `built-in`, or the language model's.
    pub name: String,
    /// Counted up whenever the same interview may give other statements.
    pub version: u32,
}

/// What one conversation says. It depends on that conversation alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coded {
    /// Which conversation.
    pub conversation: ConversationId,
    /// By whom.
    pub coder: CoderVersion,
    /// In the order in which they were said; a place in here ([`super::Place`]) names a statement for good.
    pub statements: Vec<Statement>,
}

/// Something that somebody says about their work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// The words.
    pub span: Span,
    /// What it is about: what was asked, or another topic of the guide that it speaks to more plainly.
    pub topic: Option<TopicId>,
    /// What is said of the group's named matters, most plainly said first.
    pub signals: Vec<Carried>,
    /// How it speaks of its matter, from its words alone.
    pub polarity: Polarity,
    /// Whether it tells of something that happened.
    pub concreteness: Concreteness,
    /// What kind of claim it is.
    pub claim: Claim,
    /// It discloses something that calls for care. Such a statement is part of no theme and is never quoted.
    pub sensitive: Option<Concern>,
    /// Where it stands in meaning; `None` where it says too little to be placed.
    pub meaning: Option<Meaning>,
}

/// How something is spoken of, from words alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    /// As good.
    Positive,
    /// As bad.
    Negative,
    /// As both.
    Mixed,
    /// As neither.
    #[default]
    Neutral,
}

/// Whether a statement tells of something that happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Concreteness {
    /// It tells of an event.
    Concrete,
    /// It tells how things are.
    #[default]
    General,
}

/// What kind of claim a statement makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// How something is, or was.
    #[default]
    Fact,
    /// Why it is so.
    Reason,
    /// What would have to change.
    Wish,
}

/// What HR asks a group about. A signal is never a statement about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Thoughts of leaving; as a strength, the wish to stay.
    FlightRisk,
    /// Exhaustion; as a strength, energy and recovery.
    Burnout,
    /// Trust in one's manager.
    ManagerTrust,
    /// Learning and prospects.
    Growth,
    /// Pay and what goes with it.
    Pay,
    /// How much there is to do, with how many people.
    Workload,
    /// Being seen and thanked.
    Recognition,
    /// Being part of a team.
    Belonging,
    /// Tools, systems, rooms.
    Tools,
    /// Knowing what is expected, and what matters.
    Clarity,
    /// Say over one's hours and place of work.
    Flexibility,
    /// Too much change, or changes that are not explained.
    Change,
    /// Trust in those above one's manager, and in what they decide.
    Leadership,
}

impl Signal {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 13] = [
        Self::FlightRisk,
        Self::Burnout,
        Self::ManagerTrust,
        Self::Growth,
        Self::Pay,
        Self::Workload,
        Self::Recognition,
        Self::Belonging,
        Self::Tools,
        Self::Clarity,
        Self::Flexibility,
        Self::Change,
        Self::Leadership,
    ];
}

/// On which side of a signal a statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// Something is missing or wears people down: the side that the signal warns of.
    Strain,
    /// It is there, and does good.
    Strength,
}

impl Stance {
    /// The other side.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Strain => Self::Strength,
            Self::Strength => Self::Strain,
        }
    }
}

/// A signal that a statement carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Carried {
    /// Which, on which side.
    pub what: Signalled,
    /// How sure the coder is, in percent. Unsure ones count only where somebody else is plainer: see
    /// [`themes`](super::themes).
    pub percent: u8,
}

/// A signal with the side that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Signalled {
    /// Which.
    pub signal: Signal,
    /// Which side.
    pub stance: Stance,
}

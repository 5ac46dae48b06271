//! What a reader is shown: summary, patterns and topics, each number through the [gate](super::gate), each claim with the
//! words that it rests on.
//!
//! A report is made of [`Voice`]s and [`Theme`]s by [`Basis::report`], and is kept as it is here. Its quotes are places in
//! stored turns ([`Line`]); whoever shows it cuts their words from there, at that moment.

mod advice;
mod assemble;
mod edits;
mod prose;
mod quoting;
mod short;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use edits::{ReportEdits, SummaryEdit, ThemeEdit};

pub use super::gate::Count;
use super::{Coded, Interview, Span, Theme};
use crate::id::{ConversationId, TopicId, TurnId};

/// One conversation, as far as a report needs it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Voice {
    /// The person's role, where it is known.
    pub role: Option<String>,
    /// Their department, where it is known.
    pub department: Option<String>,
    /// The topics of their guide: name and label, in its order.
    pub topics: Vec<(TopicId, String)>,
    /// Turns that they do not allow to be quoted.
    pub unquotable: BTreeSet<TurnId>,
    /// What they say.
    pub coded: Coded,
}

impl Voice {
    /// What a report needs of an interview and what was made of it.
    #[must_use]
    pub fn of(interview: &Interview, coded: &Coded) -> Self {
        let mut coded = coded.clone();
        for statement in &mut coded.statements {
            // Themes are found already, and it is most of the room.
            statement.meaning = None;
        }
        Self {
            role: interview.participant.role.clone(),
            department: interview.participant.department.clone(),
            topics: interview
                .topics
                .iter()
                .map(|topic| (topic.id.clone(), topic.label.clone()))
                .collect(),
            unquotable: interview
                .answers
                .iter()
                .filter(|a| !a.quotable)
                .map(|a| a.turn)
                .collect(),
            coded,
        }
    }

    /// Which conversation.
    #[must_use]
    pub fn conversation(&self) -> ConversationId {
        self.coded.conversation
    }
}

/// All that a session's reports are made of: everybody who is counted, and what they say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// In the order in which they completed.
    pub voices: Vec<Voice>,
    /// Over all of them.
    pub themes: Vec<Theme>,
}

/// What was heard from some people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Report {
    /// The whole in short.
    pub summary: Summary,
    /// What several people say, most people first.
    pub patterns: Vec<Pattern>,
    /// What was said on each topic, in the guide's order.
    pub topics: Vec<TopicFound>,
    /// How many different themes were known after so many interviews.
    pub saturation: Vec<Saturation>,
}

/// The whole in short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ReportSummary))]
pub struct Summary {
    /// Some sentences: as they were made, or an admin's.
    pub words: String,
    /// Whose they are, where they are an admin's.
    pub edited: Option<Edited>,
    /// The sentences as they were made.
    pub made: String,
    /// How people are, all in all; none where too few speak well or ill of anything.
    pub health: Option<Health>,
    /// People by how they mostly speak.
    pub sentiment: Sentiment,
    /// How that is told.
    pub sentiment_how: String,
    /// Words of several people on what most speak of.
    pub quotes: Vec<Quote>,
    /// Why there are none.
    pub quotes_withheld: Option<String>,
    /// What might be done.
    pub actions: Vec<Recommended>,
}

/// What an admin changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Edited {
    /// Their name.
    pub by: String,
    /// When, in unix milliseconds.
    pub at: i64,
}

/// How people are, all in all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Health {
    /// 0 (everybody speaks mostly ill of it) to 100 (everybody speaks mostly well of it).
    pub score: u32,
    /// `strong`, `steady`, `mixed` or `strained`.
    pub label: String,
    /// How it is computed.
    pub how: String,
}

/// People by how they mostly speak. Each is in one of the groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Sentiment {
    /// Mostly well.
    pub positive: Count,
    /// Mostly ill.
    pub negative: Count,
    /// Both.
    pub mixed: Count,
    /// Neither.
    pub neutral: Count,
}

/// Words that were said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Quote {
    /// A slice of a stored turn, names masked. Empty where it was not cut yet, as in what is kept.
    pub words: String,
    /// Where it stands; none where nobody may know whose words they are.
    pub line: Option<Line>,
}

/// A place in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Line {
    /// The conversation.
    #[cfg_attr(feature = "schema", schema(value_type = uuid::Uuid))]
    pub conversation: ConversationId,
    /// The turn.
    #[cfg_attr(feature = "schema", schema(value_type = u32))]
    pub turn: TurnId,
    /// Where the words begin: as bytes in what is kept, as characters in what is shown.
    pub from: u32,
    /// Where they end.
    pub to: u32,
}

impl Line {
    fn of(conversation: ConversationId, span: Span) -> Self {
        Self {
            conversation,
            turn: span.turn,
            from: span.from,
            to: span.to,
        }
    }

    /// The place as a span, where it counts bytes.
    #[must_use]
    pub fn span(&self) -> Span {
        Span {
            turn: self.turn,
            from: self.from,
            to: self.to,
        }
    }
}

/// Something that might be done, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Recommended {
    /// What.
    pub text: String,
    /// Why: what so many people say.
    pub because: String,
    /// The pattern that it rests on, by its key.
    pub theme: String,
    /// How many people that is.
    pub count: Count,
}

/// Something that several people say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Pattern {
    /// Its name over versions.
    pub key: String,
    /// A few words: as they were made, or an admin's.
    pub label: String,
    /// As they were made.
    pub made_label: String,
    /// `signal`, `topic` or `emergent`.
    pub kind: String,
    /// Which matter, where it is a named one.
    pub signal: Option<String>,
    /// Which side of it: `strain` or `strength`.
    pub stance: Option<String>,
    /// Which topic, where it is a part of what was said on one.
    pub topic: Option<String>,
    /// How most of its statements speak: `positive`, `negative`, `mixed` or `neutral`.
    pub polarity: String,
    /// Who says so.
    pub count: Count,
    /// `one_person` or `single_voice` (two), where so few say it that it is no pattern yet.
    pub voice: Option<String>,
    /// Who says so by department, where the groups are large enough.
    pub departments: Vec<Spread>,
    /// Who says the opposite; none where nobody does.
    pub against: Option<Count>,
    /// Words that say so, of different people.
    pub quotes: Vec<Quote>,
    /// Words that say the opposite.
    pub counter_quotes: Vec<Quote>,
    /// Who changed its label, merged or hid it, if an admin did.
    pub edited: Option<Edited>,
    /// An admin has hidden it.
    pub hidden: bool,
    /// What an admin merged into it.
    pub merged: Vec<Merged>,
}

/// A theme that was merged into another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Merged {
    /// Its key.
    pub key: String,
    /// Its label as it was made.
    pub label: String,
}

/// How many say so in a department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Spread {
    /// The department.
    pub name: String,
    /// Its people who say so.
    pub count: Count,
}

/// What was said on a topic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TopicFound {
    /// Its name within the session.
    pub id: String,
    /// As it is called.
    pub label: String,
    /// Who said something on it.
    pub coverage: Count,
    /// How those speak of it.
    pub sentiment: Sentiment,
    /// On what they agree, in sentences.
    pub agreement: String,
    /// On what they do not, if they do not.
    pub disagreement: Option<String>,
    /// Keys of the patterns that are part of it.
    pub themes: Vec<String>,
    /// Words for what most say.
    pub quotes: Vec<Quote>,
    /// Words for the other side.
    pub dissent: Vec<Quote>,
}

/// How many different themes were known after so many interviews.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Saturation {
    /// Interviews.
    pub people: u32,
    /// Themes.
    pub themes: u32,
}

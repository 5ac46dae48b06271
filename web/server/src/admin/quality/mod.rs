//! How well interviews were held: report cards of conversations, of identified ones each, of confidential ones all together.
//!
//! A card is about the interviewer, but it tells of one person too: how much they said, whether they stopped, whether
//! something called for care. So of confidential conversations there are means of at least five that were completed, in whole
//! batches of five, without their ends, and no number of people that is smaller than five or leaves fewer than five.

pub(super) mod card;
pub(super) mod export;
pub(super) mod session;

use std::collections::HashMap;
use std::sync::Arc;

use colloquy_core::guide::{Confidentiality, Guide};
use colloquy_core::id::GuideId;
use colloquy_core::report_card::{ReportCard, Summary};
use colloquy_store::{Conversation, ConversationState, Session};
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::app::AppState;
use card::CardShown;

/// Conversations that are marked at once, the newest: each costs about a millisecond.
const MARKED_MAX: usize = 1_000;
const TAKEN_BACK: &str = "Somebody took their interview back. The marks of the others are not shown: beside those before they would tell of theirs.";
const KEPT_NO_LONGER: &str = "Some interviews are kept no longer. The marks of the others are not shown: beside those before they would tell of these.";
/// People that hide each other.
const CROWD: usize = 5;

/// How well the interviews of a session were held.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Quality {
    /// Whether they are shown all together alone.
    confidential: bool,
    /// Why nothing is shown; else empty.
    explanation: String,
    /// All together, where there is anything to show.
    means: Option<Means>,
    /// Each of them, newest first; of confidential ones none.
    cards: Vec<CardShown>,
}

/// Interviews taken together.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Means {
    /// How many.
    conversations: u32,
    /// Percent of our turns that ask which ask one thing.
    single_percent: u32,
    /// Percent of the questions that are open.
    open_percent: u32,
    /// Percent of the questions of at most 30 words.
    short_percent: u32,
    /// Words a question.
    words_per_question: f64,
    /// The interviewer's part of the words, in percent.
    our_words_percent: u32,
    /// Questions that were asked before.
    repeated: u32,
    /// Questions that lead.
    leading: u32,
    /// Percent of the follow-ups that carry the person's words.
    in_their_words_percent: u32,
    /// Sum over topics of |actual − planned share| of the time.
    time_deviation: f64,
    /// Times that the person was interrupted.
    interruptions: f64,
    /// The 95th percentile of the latency, in milliseconds; none where nobody spoke.
    latency_p95_ms: Option<u32>,
    /// Length in percent of what was planned.
    length_percent: u32,
    /// Conversations in which every topic of high priority was reached; none of confidential conversations.
    all_high: Option<u32>,
    /// Conversations that took more than their length and a tenth; none of confidential conversations.
    ran_over: Option<u32>,
    /// Answers that called for care; none of confidential conversations.
    concerns: Option<u32>,
    /// Those that were met with it at once; none of confidential conversations.
    concerns_handled: Option<u32>,
}

/// A conversation with its card.
pub(in crate::admin) struct Marked {
    talk: Conversation,
    guide: Arc<Guide>,
    card: ReportCard,
}

/// Whose marks may be told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Everybody's.
    Each,
    /// Those of whole groups: one of them is confidential, and then all are.
    Together,
    /// Nobody's: one of the confidential ones is gone, and what the means were before would tell of it. And how that is said.
    Nothing(&'static str),
}

/// Marks the conversations of a session that are over, newest first.
async fn marked(state: &AppState, session: &Session) -> Result<(Vec<Marked>, Told), Problem> {
    let mut over: Vec<Conversation> = state.store().conversations().of_session(session.id).await?;
    let gone = |state| over.iter().any(|talk| talk.state == state && !talk.preview);
    let gone = match (gone(ConversationState::Withdrawn), gone(ConversationState::Erased)) {
        (true, _) => Some(TAKEN_BACK),
        (false, true) => Some(KEPT_NO_LONGER),
        (false, false) => None,
    };
    over.retain(|talk| {
        !talk.preview && matches!(talk.state, ConversationState::Completed | ConversationState::EndedEarly)
    });
    over.sort_by_key(|talk| std::cmp::Reverse((talk.ended, talk.id)));
    let mut guides: HashMap<GuideId, Arc<Guide>> = HashMap::new();
    let mut confidential = session.confidentiality == Confidentiality::Confidential;
    let mut marked = Vec::new();
    over.truncate(MARKED_MAX);
    for talk in over {
        let guide = match guides.get(&talk.guide) {
            Some(guide) => Arc::clone(guide),
            None => {
                let Some(guide) = state.store().guides().find(talk.guide).await? else {
                    continue;
                };
                let guide = Arc::new(guide);
                guides.insert(talk.guide, Arc::clone(&guide));
                guide
            }
        };
        confidential |= guide.confidentiality == Confidentiality::Confidential;
        marked.push(mark(state, talk, guide).await?);
    }
    let told = match (confidential, gone) {
        (false, _) => Told::Each,
        (true, None) => Told::Together,
        (true, Some(why)) => Told::Nothing(why),
    };
    Ok((marked, told))
}

async fn mark(state: &AppState, talk: Conversation, guide: Arc<Guide>) -> Result<Marked, Problem> {
    let events = state.store().events().read(talk.id, 0).await?;
    let card = ReportCard::of(&guide, &events);
    Ok(Marked { talk, guide, card })
}

/// Of confidential conversations those that may be told of together: whole batches of the completed ones, in the order in
/// which they were.
fn crowd(mut marked: Vec<Marked>) -> Vec<Marked> {
    marked.retain(|one| one.talk.state == ConversationState::Completed);
    marked.reverse();
    marked.truncate(marked.len() / CROWD * CROWD);
    marked
}

fn percent(share: f64) -> u32 {
    (share * 100.0).round() as u32
}

fn rounded(value: f64, digits: i32) -> f64 {
    let by = 10f64.powi(digits);
    (value * by).round() / by
}

impl Means {
    fn of(cards: &[&ReportCard], confidential: bool) -> Option<Self> {
        if cards.is_empty() {
            return None;
        }
        let summary = Summary::of(cards.iter().copied());
        let all_high = cards.iter().filter(|card| {
            let (reached, high) = card.high_reached();
            reached == high
        });
        let all_high = all_high.count() as u32;
        // Numbers of people are not told of confidential conversations: two of them, five completions apart, tell of those five.
        let named = |number: u32| Some(number).filter(|_| !confidential);
        let measured = cards.iter().any(|card| card.latency.is_some());
        Some(Self {
            conversations: summary.conversations,
            single_percent: percent(summary.single),
            open_percent: percent(summary.open),
            short_percent: percent(summary.short),
            words_per_question: rounded(summary.words_per_question, 1),
            our_words_percent: percent(summary.our_words.mean),
            repeated: summary.repeated,
            leading: summary.leading,
            in_their_words_percent: percent(summary.in_their_words),
            time_deviation: rounded(summary.time_deviation.mean, 2),
            interruptions: rounded(summary.interruptions.mean, 1),
            latency_p95_ms: measured.then(|| summary.latency_p95_ms.mean.round() as u32),
            length_percent: summary.length_percent.mean.round() as u32,
            all_high: named(all_high),
            ran_over: named(summary.ran_over),
            concerns: named(summary.concerns),
            concerns_handled: named(summary.concerns_handled),
        })
    }
}

/// How well the interviews of a session were held, as far as it may be told.
async fn quality(state: &AppState, session: &Session) -> Result<Quality, Problem> {
    let (mut marked, told) = marked(state, session).await?;
    let confidential = told != Told::Each;
    match told {
        Told::Each => {}
        Told::Together => marked = crowd(marked),
        Told::Nothing(_) => marked.clear(),
    }
    let means = Means::of(&marked.iter().map(|one| &one.card).collect::<Vec<_>>(), confidential);
    let explanation = match (&means, told) {
        (Some(_), _) => "",
        (None, Told::Nothing(why)) => why,
        (None, Told::Together) => {
            "Confidential interviews are marked together, once five people have completed theirs."
        }
        (None, Told::Each) => "No interview is over yet.",
    };
    let cards = if confidential {
        Vec::new()
    } else {
        marked.into_iter().map(CardShown::from).collect()
    };
    Ok(Quality {
        confidential,
        explanation: explanation.to_owned(),
        means,
        cards,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_confidential_conversations_no_number_of_people_is_told() {
        let card = ReportCard::default();
        let cards = [&card, &card];
        let means = Means::of(&cards, true).unwrap();
        assert_eq!((means.all_high, means.ran_over), (None, None));
        assert_eq!((means.concerns, means.concerns_handled), (None, None));
        assert!(Means::of(&cards, false).unwrap().all_high.is_some());
    }
}

//! What stands out in a conversation, of what the interviewer did: marks beyond what is aimed at.

use serde::{Deserialize, Serialize};

use super::{Recap, ReportCard};

/// Above this share the interviewer talked too much, whoever was interviewed: twice what is aimed at.
const OUR_SHARE_MOST: f64 = 0.5;
/// Of the questions so many are open and single.
const SHARE_LEAST: f64 = 0.85;
/// A sum over topics of |actual − planned share| beyond this is no plan any more.
const DEVIATION_MOST: f64 = 0.6;
/// So often the floor is taken too early by mishap.
const INTERRUPTIONS_MOST: u32 = 2;
/// A 95th percentile of the latency that people notice, in milliseconds.
const SLOW_MS: u32 = 2_000;

/// Something that stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// An answer called for care and did not get it at once.
    CareMissed,
    /// A topic of high priority was not reached.
    HighMissed,
    /// A question led, or used a loaded word.
    Leading,
    /// A question was asked twice, word for word.
    Repeated,
    /// More than one question at a time.
    SeveralQuestions,
    /// Questions that can be answered by yes or no.
    ClosedQuestions,
    /// A question of more than 30 words.
    LongQuestion,
    /// The interviewer talked more than the person.
    TalkedMuch,
    /// The person was interrupted.
    Interrupted,
    /// The person waited long for us.
    Slow,
    /// It took more than its length and a tenth.
    RanOver,
    /// The time was spread otherwise than planned.
    OffPlan,
    /// The recap was given, and nobody was heard on it.
    RecapUnanswered,
}

impl Note {
    /// All of them, the gravest first.
    pub const ALL: [Self; 13] = [
        Self::CareMissed,
        Self::HighMissed,
        Self::Leading,
        Self::Repeated,
        Self::SeveralQuestions,
        Self::ClosedQuestions,
        Self::LongQuestion,
        Self::TalkedMuch,
        Self::Interrupted,
        Self::Slow,
        Self::RanOver,
        Self::OffPlan,
        Self::RecapUnanswered,
    ];

    fn holds(self, card: &ReportCard) -> bool {
        let few = |part: u32, whole: u32| whole > 0 && f64::from(part) < f64::from(whole) * SHARE_LEAST;
        let q = card.questions;
        // Who ended it early did not let us reach, or plan, the rest.
        let whole = card.recap != Recap::None;
        match self {
            Self::CareMissed => card.concerns_handled < card.concerns,
            Self::HighMissed => {
                let (reached, high) = card.high_reached();
                whole && reached < high
            }
            Self::Leading => q.leading > 0,
            Self::Repeated => q.repeated > 0,
            Self::SeveralQuestions => few(q.single, q.turns),
            Self::ClosedQuestions => few(q.open, q.asked),
            Self::LongQuestion => q.long > 0,
            Self::TalkedMuch => card.answers > 0 && card.our_share() > OUR_SHARE_MOST,
            Self::Interrupted => card.interruptions > INTERRUPTIONS_MOST,
            Self::Slow => card.latency.is_some_and(|latency| latency.p95_ms > SLOW_MS),
            Self::RanOver => card.ran_over(),
            Self::OffPlan => whole && card.time_deviation() > DEVIATION_MOST,
            Self::RecapUnanswered => card.recap == Recap::Given,
        }
    }
}

impl ReportCard {
    /// What stands out in it, the gravest first.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        Note::ALL.into_iter().filter(|note| note.holds(self)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report_card::{LatencyCard, Questions};

    #[test]
    fn a_good_conversation_has_none_and_each_fault_has_its_own() {
        let good = ReportCard {
            questions: Questions {
                turns: 20,
                single: 20,
                asked: 20,
                open: 19,
                words: 200,
                longest: 18,
                ..Questions::default()
            },
            our_words: 200,
            their_words: 600,
            answers: 20,
            concerns: 1,
            concerns_handled: 1,
            recap: Recap::Confirmed,
            length_ms: 600_000,
            planned_ms: 600_000,
            ..ReportCard::default()
        };
        assert_eq!(good.notes(), []);
        let latency = |p95_ms| LatencyCard {
            turns: 5,
            p50_ms: 500,
            p95_ms,
        };
        type Spoil = fn(&mut ReportCard);
        let cases: [(Note, Spoil); 6] = [
            (Note::CareMissed, |card| card.concerns = 2),
            (Note::SeveralQuestions, |card| card.questions.single = 16),
            (Note::ClosedQuestions, |card| card.questions.open = 16),
            (Note::TalkedMuch, |card| card.our_words = 601),
            (Note::RanOver, |card| card.length_ms = 670_000),
            (Note::RecapUnanswered, |card| card.recap = Recap::Given),
        ];
        for (note, spoil) in cases {
            let mut card = good.clone();
            spoil(&mut card);
            assert_eq!(card.notes(), [note]);
        }
        let slow = |p95| ReportCard {
            latency: Some(latency(p95)),
            ..good.clone()
        };
        assert_eq!((slow(2_000).notes(), slow(2_001).notes()), (vec![], vec![Note::Slow]));
    }
}

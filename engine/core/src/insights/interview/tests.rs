use super::*;
use crate::event::Phrasing;
use crate::guide::library;
use crate::id::{GuideId, SegmentId, UtteranceId};

fn guide() -> Guide {
    let stay = library::template("stay").unwrap();
    stay.guide(GuideId(uuid::Uuid::nil()), "Acme", None)
}

fn participant() -> Participant {
    Participant {
        conversation: ConversationId(uuid::Uuid::from_u128(7)),
        person: PersonId(uuid::Uuid::from_u128(8)),
        role: Some("engineer".into()),
        department: None,
    }
}

/// A log made by hand: our moves and their words by turns.
#[derive(Default)]
struct Told(Vec<Recorded>);

impl Told {
    fn push(&mut self, event: Event) {
        let seq = self.0.len() as u64 + 1;
        self.0.push(Recorded {
            seq,
            at: Ms(seq * 1_000),
            wall_ms: 0,
            event,
        });
    }

    fn ask(&mut self, turn: u32, mv: Move) {
        self.push(Event::MoveDecided {
            turn: TurnId(turn),
            answers: None,
            mv,
        });
        self.push(Event::Spoken {
            turn: TurnId(turn),
            utterance: UtteranceId(turn),
            text: "Well?".into(),
            interrupted: false,
            by: Phrasing::Guided,
        });
    }

    fn answer(&mut self, turn: u32, segment: u32, text: &str) {
        self.push(Event::SegmentHeard {
            turn: TurnId(turn),
            segment: SegmentId(segment),
            from: Ms(u64::from(turn)),
            to: Ms(u64::from(turn) + 1),
            text: text.into(),
            confidence: 0.9,
        });
    }

    fn interview(&self) -> Interview {
        Interview::of(&self.0, &guide(), participant())
    }
}

fn open(topic: &str) -> Move {
    Move::OpenTopic { topic: topic.into() }
}

#[test]
fn an_answer_belongs_to_what_was_asked_and_only_answers_are_kept() {
    let mut told = Told::default();
    told.ask(1, Move::Welcome { topic: "draw".into() });
    told.answer(2, 0, "Could you repeat that?");
    told.ask(3, Move::Repeat);
    told.answer(4, 0, "The customers");
    told.answer(4, 1, " draw me in every morning. ");
    told.ask(5, open("manager-support"));
    told.answer(6, 0, "No.");
    let probe = Move::Probe {
        topic: "manager-support".into(),
        aim: Aim::Invite,
    };
    told.ask(7, probe);
    told.answer(8, 0, "My manager cancels our one to one every second week.");
    told.ask(9, Move::OfferPause);
    told.answer(10, 0, "Let us go on, I have some time left before the train leaves.");
    told.ask(11, Move::Recap);
    told.answer(12, 0, "Yes, that's right.");
    told.answer(14, 0, "No, I said that the pay was fair compared with others.");
    told.push(Event::QuotingChanged {
        turn: TurnId(8),
        quotable: false,
    });
    let heard = told.interview();
    let answers: Vec<(u32, Option<&str>, bool, &str)> = heard
        .answers
        .iter()
        .map(|a| {
            (
                a.turn.0,
                a.topic.as_ref().map(|t| t.0.as_str()),
                a.quotable,
                a.text.expose(),
            )
        })
        .collect();
    assert_eq!(
        answers,
        [
            (4, Some("draw"), true, "The customers draw me in every morning."),
            (
                8,
                Some("manager-support"),
                false,
                "My manager cancels our one to one every second week."
            ),
            (14, None, true, "No, I said that the pay was fair compared with others."),
        ]
    );
    assert_eq!(heard.answer(TurnId(8)).unwrap().aim, Some(Aim::Invite));
    let opened: Vec<&str> = heard
        .topics
        .iter()
        .filter(|t| t.opened)
        .map(|t| t.id.0.as_str())
        .collect();
    assert_eq!(opened, ["draw", "manager-support"]);
    assert_eq!(heard.participant, participant());
}

#[test]
fn a_take_over_that_was_undone_has_left_nothing() {
    let mut told = Told::default();
    told.ask(1, open("manager-support"));
    told.answer(2, 0, "My manager listens to us");
    told.ask(3, open("recognition-pay"));
    told.push(Event::TurnReopened {
        turn: TurnId(2),
        undone: TurnId(3),
    });
    told.answer(2, 1, "and backs us up.");
    told.ask(4, Move::Nudge);
    told.answer(5, 0, "She even came in on a Sunday to help.");
    let heard = told.interview();
    let topics: Vec<_> = heard.answers.iter().map(|a| a.topic.clone().unwrap().0).collect();
    assert_eq!(topics, ["manager-support", "manager-support"]);
    assert_eq!(
        heard.answers[0].text.expose(),
        "My manager listens to us and backs us up."
    );
    assert!(!heard.topic(&"recognition-pay".into()).unwrap().opened);
}

#[test]
fn what_was_met_with_care_says_so_and_the_word_to_go_on_is_no_answer() {
    let mut told = Told::default();
    told.ask(1, open("manager-support"));
    told.answer(2, 0, "He touched me twice and laughed about it.");
    told.push(Event::SafetyRaised {
        turn: TurnId(2),
        concern: Concern::Harassment,
    });
    told.ask(
        3,
        Move::Care {
            concern: Concern::Harassment,
        },
    );
    told.answer(4, 0, "I would like to go on with the next questions please.");
    told.ask(5, open("recognition-pay"));
    told.answer(6, 0, "The pay is behind the market.");
    let heard = told.interview();
    let answers: Vec<(u32, Option<Concern>)> = heard.answers.iter().map(|a| (a.turn.0, a.concern)).collect();
    assert_eq!(answers, [(2, Some(Concern::Harassment)), (6, None)]);
}

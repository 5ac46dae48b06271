//! Who said what: a fold over the events.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::id::{SegmentId, TurnId};
use crate::pii::Pii;
use crate::time::Ms;

/// A side of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The person.
    Participant,
    /// Us.
    Interviewer,
}

/// One contribution by one side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Which one.
    pub id: TurnId,
    /// Whose.
    pub speaker: Speaker,
    /// When it began.
    pub at: Ms,
    /// What was said and heard.
    pub text: Pii,
    /// Mean confidence of its segments in [0, 1], weighted by length; 1 for ours.
    pub confidence: f32,
    /// Whether we were cut short.
    pub interrupted: bool,
    /// Whether it is known to be over.
    pub ended: bool,
    /// Whether the person allows it to be quoted; they do until they say otherwise.
    #[serde(default = "quotable")]
    pub quotable: bool,
    #[serde(skip)]
    segments: Vec<(SegmentId, Pii, f32)>,
    /// Which of them have a client's name.
    #[serde(skip)]
    names: Vec<(SegmentId, String)>,
}

/// The conversation as both sides heard it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Log {
    turns: Vec<Turn>,
    #[serde(skip)]
    next: TurnId,
}

impl Log {
    /// Takes the next event.
    pub fn apply(&mut self, at: Ms, event: &Event) {
        match event {
            Event::SegmentHeard {
                turn,
                segment,
                from,
                text,
                confidence,
                ..
            } => {
                let entry = self.entry(*turn, Speaker::Participant, *from);
                let heard = (*segment, text.clone(), *confidence);
                match entry.segments.binary_search_by_key(segment, |(id, ..)| *id) {
                    Ok(old) => entry.segments[old] = heard,
                    // A stretch that is still decoded while later words are typed comes after them, and belongs before.
                    Err(place) => entry.segments.insert(place, heard),
                }
                entry.rejoin();
            }
            Event::TypedAs { turn, segment, item } => {
                let entry = self.entry(*turn, Speaker::Participant, at);
                entry.names.push((*segment, item.clone()));
            }
            Event::AnswerEnded { turn, .. } => {
                if let Some(entry) = self.find(*turn) {
                    entry.ended = true;
                }
            }
            Event::TurnReopened { turn, undone } => {
                self.turns.retain(|t| t.id != *undone);
                if let Some(entry) = self.find(*turn) {
                    entry.ended = false;
                }
            }
            Event::MoveDecided { turn, .. } => {
                self.reserve(*turn);
            }
            Event::QuotingChanged { turn, quotable } => {
                if let Some(entry) = self.find(*turn).filter(|t| t.speaker == Speaker::Participant) {
                    entry.quotable = *quotable;
                }
            }
            Event::Spoken {
                turn,
                text,
                interrupted,
                ..
            } => {
                let entry = self.entry(*turn, Speaker::Interviewer, at);
                entry.text = text.clone();
                entry.interrupted = *interrupted;
                entry.confidence = 1.0;
                entry.ended = true;
            }
            _ => {}
        }
    }

    /// The turns in order. A participant's turn in which nothing was understood is among them, empty.
    #[must_use]
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }

    /// The turn with this id.
    #[must_use]
    pub fn turn(&self, id: TurnId) -> Option<&Turn> {
        self.turns.iter().find(|t| t.id == id)
    }

    /// Whether a client typed something under this name.
    #[must_use]
    pub fn was_typed(&self, item: &str) -> bool {
        self.turns
            .iter()
            .any(|turn| turn.names.iter().any(|(_, name)| name == item))
    }

    /// The first id that no turn has had, void ones included.
    #[must_use]
    pub fn next_turn(&self) -> TurnId {
        self.next
    }

    /// The participant's last turn, if it was left open.
    #[must_use]
    pub fn open_answer(&self) -> Option<&Turn> {
        self.turns
            .last()
            .filter(|t| t.speaker == Speaker::Participant && !t.ended)
    }

    fn find(&mut self, id: TurnId) -> Option<&mut Turn> {
        self.turns.iter_mut().find(|t| t.id == id)
    }

    fn reserve(&mut self, id: TurnId) {
        self.next = self.next.max(id.next());
    }

    fn entry(&mut self, id: TurnId, speaker: Speaker, at: Ms) -> &mut Turn {
        self.reserve(id);
        let place = match self.turns.iter().position(|t| t.id == id) {
            Some(place) => place,
            None => {
                let turn = Turn {
                    id,
                    speaker,
                    at,
                    text: Pii::default(),
                    confidence: 0.0,
                    interrupted: false,
                    ended: false,
                    quotable: quotable(),
                    segments: Vec::new(),
                    names: Vec::new(),
                };
                let place = self.turns.partition_point(|t| t.id < id);
                self.turns.insert(place, turn);
                place
            }
        };
        &mut self.turns[place]
    }
}

/// What a turn is until its person says otherwise.
fn quotable() -> bool {
    true
}

impl Turn {
    /// What was typed under a name of the client's: the names and the words, in order.
    pub fn typed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.segments
            .iter()
            .filter_map(|(segment, text, _)| Some((self.name(*segment)?, text.expose())))
    }

    /// The rest of it: what was spoken, or typed without a name.
    #[must_use]
    pub fn unnamed(&self) -> String {
        self.join(|segment| self.name(segment).is_none())
    }

    /// The client's name for a stretch.
    #[must_use]
    pub fn name(&self, segment: SegmentId) -> Option<&str> {
        let named = self.names.iter().find(|(id, _)| *id == segment);
        named.map(|(_, name)| name.as_str())
    }

    fn join(&self, belongs: impl Fn(SegmentId) -> bool) -> String {
        let heard = self
            .segments
            .iter()
            .filter(|(segment, ..)| belongs(*segment))
            .map(|(_, text, _)| text.expose().trim())
            .filter(|t| !t.is_empty());
        heard.collect::<Vec<_>>().join(" ")
    }

    fn rejoin(&mut self) {
        self.text = Pii::new(self.join(|_| true));
        let (mut weighted, mut letters) = (0.0, 0.0);
        for (_, text, confidence) in &self.segments {
            let length = text.expose().len() as f32;
            weighted += confidence * length;
            letters += length;
        }
        self.confidence = if letters > 0.0 { weighted / letters } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Phrasing;
    use crate::id::UtteranceId;

    fn heard(turn: u32, segment: u32, text: &str) -> Event {
        Event::SegmentHeard {
            turn: TurnId(turn),
            segment: SegmentId(segment),
            from: Ms(10),
            to: Ms(20),
            text: text.into(),
            confidence: 0.8,
        }
    }

    fn spoken(turn: u32, text: &str) -> Event {
        Event::Spoken {
            turn: TurnId(turn),
            utterance: UtteranceId(turn),
            text: text.into(),
            interrupted: false,
            by: Phrasing::Guided,
        }
    }

    fn texts(events: &[Event]) -> Vec<String> {
        let mut log = Log::default();
        for event in events {
            log.apply(Ms(10), event);
        }
        log.turns().iter().map(|t| t.text.expose().to_owned()).collect()
    }

    #[test]
    fn a_growing_segment_replaces_itself_and_segments_join() {
        assert_eq!(
            texts(&[
                spoken(1, "Why?"),
                heard(2, 0, "I left"),
                heard(2, 0, "I left the team"),
                heard(2, 1, "in May.")
            ]),
            ["Why?", "I left the team in May."]
        );
    }

    #[test]
    fn segments_join_in_the_order_in_which_they_were_said() {
        assert_eq!(
            texts(&[heard(2, 1, "in May."), heard(2, 0, "I left the team")]),
            ["I left the team in May."]
        );
    }

    #[test]
    fn the_last_word_on_quoting_counts_and_only_for_the_persons_turns() {
        let mut log = Log::default();
        let marks = [(1, false), (2, false), (3, false), (3, true), (9, false)];
        let marks = marks.map(|(turn, quotable)| Event::QuotingChanged {
            turn: TurnId(turn),
            quotable,
        });
        let said = [spoken(1, "Why?"), heard(2, 0, "The pay."), heard(3, 0, "The team.")];
        for event in said.iter().chain(&marks) {
            log.apply(Ms(10), event);
        }
        let quotable: Vec<bool> = log.turns().iter().map(|t| t.quotable).collect();
        assert_eq!(quotable, [true, false, true]);
    }

    #[test]
    fn an_undone_turn_vanishes_and_the_answer_goes_on() {
        let events = [
            heard(2, 0, "I left"),
            Event::AnswerEnded {
                turn: TurnId(2),
                voiced_until: Ms(20),
            },
            spoken(3, "What"),
            Event::TurnReopened {
                turn: TurnId(2),
                undone: TurnId(3),
            },
            heard(2, 1, "because of the pay."),
        ];
        assert_eq!(texts(&events), ["I left because of the pay."]);
    }
}

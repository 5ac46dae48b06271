//! What the database holds of a conversation.

use colloquy_core::conversation::transcript::{Log, Speaker};
use colloquy_core::event::{Event, FallbackCause, Move, Phrasing, Recorded};
use colloquy_core::id::TopicId;
use colloquy_store::{Conversation, Store};

use crate::study::Guest;

/// A conversation as it is stored.
#[derive(Clone, Debug)]
pub struct Story {
    /// Its row.
    pub conversation: Conversation,
    /// Its log.
    pub events: Vec<Recorded>,
}

/// One contribution: `item` is its name on the wire.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// `item_N`.
    pub item: String,
    /// Whether it is the participant's.
    pub participant: bool,
    /// The words.
    pub text: String,
}

impl Story {
    /// Reads it.
    pub async fn read(store: &Store, guest: &Guest) -> Self {
        let found = store
            .conversations()
            .by_invitation(guest.invitation)
            .await
            .expect("the database");
        let conversation = found.expect("a conversation: nobody has agreed to it");
        let events = store.events().read(conversation.id, 0).await.expect("the database");
        Self { conversation, events }
    }

    /// The transcript: turns in order, without those in which nothing was said.
    #[must_use]
    pub fn transcript(&self) -> Vec<Said> {
        let mut log = Log::default();
        for recorded in &self.events {
            log.apply(recorded.at, &recorded.event);
        }
        let turns = log.turns().iter().map(|turn| Said {
            item: format!("item_{}", turn.id),
            participant: turn.speaker == Speaker::Participant,
            text: turn.text.expose().to_owned(),
        });
        turns.filter(|said| !said.text.is_empty()).collect()
    }

    /// What `pick` finds in the log, in order.
    #[must_use]
    pub fn all<'a, T>(&'a self, pick: impl Fn(&'a Event) -> Option<T>) -> Vec<T> {
        self.events
            .iter()
            .filter_map(|recorded| pick(&recorded.event))
            .collect()
    }

    /// The moves, in order.
    #[must_use]
    pub fn moves(&self) -> Vec<&Move> {
        self.all(|event| match event {
            Event::MoveDecided { mv, .. } => Some(mv),
            _ => None,
        })
    }

    /// The topic that is talked about at the end of the log.
    #[must_use]
    pub fn topic(&self) -> Option<&TopicId> {
        self.moves().into_iter().rev().find_map(Move::topic)
    }

    /// How many utterances were heard that were phrased so.
    #[must_use]
    pub fn spoken_by(&self, phrasing: Phrasing) -> usize {
        self.all(|event| matches!(event, Event::Spoken { by, .. } if *by == phrasing).then_some(()))
            .len()
    }

    /// Why guided phrases were used instead of the language model's.
    #[must_use]
    pub fn fallbacks(&self) -> Vec<&FallbackCause> {
        self.all(|event| match event {
            Event::FellBack { cause, .. } => Some(cause),
            _ => None,
        })
    }

    /// Whether `event` is in it.
    #[must_use]
    pub fn has(&self, event: &Event) -> bool {
        self.events.iter().any(|recorded| recorded.event == *event)
    }
}

//! Where a conversation stands, as a fold over its events.

use colloquy_core::event::{Event, Outcome};
use serde::{Deserialize, Serialize};

/// Where a conversation stands. It changes only by events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationState {
    /// The person agreed, and nothing was said yet.
    Consented,
    /// Somebody is talking.
    InProgress,
    /// It rests, and can go on.
    Paused,
    /// The closing was reached, or enough was answered.
    Completed,
    /// The person ended it before.
    EndedEarly,
    /// The person took it back.
    Withdrawn,
    /// It was kept for as long as its workspace keeps conversations, and then erased.
    Erased,
    /// The person did not agree; they may still.
    Declined,
}

impl ConversationState {
    /// Whether nothing more will be said.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::Completed | Self::EndedEarly | Self::Withdrawn | Self::Erased
        )
    }

    /// Where it stands after `event`. What is over stays as it is, except that it can be taken back. That it was [`Erased`](Self::Erased)
    /// no event says, but the row: to the log it was taken back.
    #[must_use]
    pub fn after(self, event: &Event) -> Self {
        match event {
            _ if self == Self::Erased => self,
            Event::Ended {
                outcome: Outcome::Withdrawn,
            } => Self::Withdrawn,
            _ if self.is_over() => self,
            Event::Ended {
                outcome: Outcome::Completed,
            } => Self::Completed,
            Event::Ended {
                outcome: Outcome::EndedEarly,
            } => Self::EndedEarly,
            Event::Declined => Self::Declined,
            Event::Consented { .. } if self == Self::Declined => Self::Consented,
            Event::Started { .. } | Event::Resumed => Self::InProgress,
            Event::Paused { .. } => Self::Paused,
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use colloquy_core::event::{Event, Outcome, PauseCause};

    use super::ConversationState as State;

    #[test]
    fn a_conversation_rests_and_goes_on_until_it_is_over() {
        let events = [
            (Event::Resumed, State::InProgress),
            (
                Event::Paused {
                    cause: PauseCause::Drain,
                },
                State::Paused,
            ),
            (Event::Connected, State::Paused),
            (Event::Resumed, State::InProgress),
            (
                Event::Ended {
                    outcome: Outcome::Completed,
                },
                State::Completed,
            ),
            (
                Event::Paused {
                    cause: PauseCause::Disconnected,
                },
                State::Completed,
            ),
        ];
        let mut state = State::Consented;
        for (event, expected) in events {
            state = state.after(&event);
            assert_eq!(state, expected, "{event:?}");
        }
    }

    #[test]
    fn what_is_over_can_still_be_taken_back() {
        assert_eq!(
            State::Completed.after(&Event::Ended {
                outcome: Outcome::Withdrawn
            }),
            State::Withdrawn
        );
        assert_eq!(
            State::Withdrawn.after(&Event::Ended {
                outcome: Outcome::Completed
            }),
            State::Withdrawn
        );
    }
}

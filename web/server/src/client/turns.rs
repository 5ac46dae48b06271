//! When it is our turn to speak: as a polite person would feel it.

use std::time::{Duration, Instant};

use colloquy_transport::proto::{ResponseStatus, ServerEvent};

/// Shortest wait after the interviewer was heard to the end: people answer after about 200 to 700 ms.
const PAUSE_MIN_MS: u64 = 300;
/// The waits differ by at most this.
const PAUSE_RANGE_MS: u64 = 401;
/// A prime, so that successive waits look irregular and still are the same in every run.
const PAUSE_STEP_MS: u64 = 137;
/// Where nobody answers us, we go on after this: later than the interviewer's own prompt after 8 s.
const GIVE_UP_AFTER: Duration = Duration::from_secs(15);
/// The interviewer opens the conversation, and may have to warm up.
const OPENING_WITHIN: Duration = Duration::from_secs(40);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Floor {
    /// The interviewer's, who has not begun. Ours at the instant.
    Theirs(Instant),
    /// The interviewer speaks.
    TheySpeak,
    /// Ours since the instant, once all was heard.
    Ours(Instant),
    /// We speak.
    WeSpeak,
    /// Nobody's: it rests, or is over.
    Nobody,
}

/// Whose turn it is.
#[derive(Debug)]
pub struct Turns {
    floor: Floor,
    /// The response that is being said.
    response: Option<String>,
    answers: u64,
}

impl Turns {
    /// A conversation that was joined at `at`.
    #[must_use]
    pub fn new(at: Instant) -> Self {
        Self {
            floor: Floor::Theirs(at + OPENING_WITHIN),
            response: None,
            answers: 0,
        }
    }

    /// The same conversation, joined again at `at`.
    pub fn rejoined(&mut self, at: Instant) {
        self.floor = Floor::Theirs(at + OPENING_WITHIN);
        self.response = None;
    }

    /// Takes what the server said at `at` into account.
    pub fn on_event(&mut self, at: Instant, event: &ServerEvent) {
        match event {
            ServerEvent::ResponseCreated { response } => {
                self.response = Some(response.id.clone());
                if self.floor != Floor::WeSpeak {
                    self.floor = Floor::TheySpeak;
                }
            }
            ServerEvent::ResponseDone { response } if self.response.as_deref() == Some(&response.id) => {
                self.response = None;
                if self.floor == Floor::TheySpeak {
                    let said = response.status == ResponseStatus::Completed;
                    // Who was cut short will begin again.
                    self.floor = if said {
                        Floor::Ours(at)
                    } else {
                        Floor::Theirs(at + GIVE_UP_AFTER)
                    };
                }
            }
            ServerEvent::Paused { .. } | ServerEvent::Ended { .. } => self.floor = Floor::Nobody,
            ServerEvent::Resumed => self.floor = Floor::Theirs(at + GIVE_UP_AFTER),
            _ => {}
        }
    }

    /// We begin to speak.
    pub fn begin(&mut self) {
        self.floor = Floor::WeSpeak;
        self.answers += 1;
    }

    /// We have finished, at `at`.
    pub fn finish(&mut self, at: Instant) {
        if self.floor == Floor::WeSpeak {
            let they_speak = self.response.is_some();
            self.floor = if they_speak {
                Floor::TheySpeak
            } else {
                Floor::Theirs(at + GIVE_UP_AFTER)
            };
        }
    }

    /// When it will be our turn, if nothing happens before; `heard_at` is when all that came will have been heard.
    #[must_use]
    pub fn ours_at(&self, heard_at: Option<Instant>) -> Option<Instant> {
        match self.floor {
            Floor::Ours(since) => {
                let pause = PAUSE_MIN_MS + self.answers * PAUSE_STEP_MS % PAUSE_RANGE_MS;
                Some(heard_at.map_or(since, |heard| heard.max(since)) + Duration::from_millis(pause))
            }
            Floor::Theirs(until) => Some(until),
            Floor::TheySpeak | Floor::WeSpeak | Floor::Nobody => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use colloquy_transport::proto::{CancelReason, EndOutcome, Item, ItemStatus, Modality, Response, Role};

    fn created(id: &str) -> ServerEvent {
        ServerEvent::ResponseCreated {
            response: Response::begun(id, Modality::Audio),
        }
    }

    fn item() -> Item {
        Item::message("item", Role::Assistant, ItemStatus::Completed, Vec::new())
    }

    fn done(id: &str) -> ServerEvent {
        ServerEvent::ResponseDone {
            response: Response::begun(id, Modality::Audio).completed(item()),
        }
    }

    fn cut(id: &str) -> ServerEvent {
        let begun = Response::begun(id, Modality::Audio);
        ServerEvent::ResponseDone {
            response: begun.cancelled(item(), CancelReason::TurnDetected),
        }
    }

    #[test]
    fn our_turn_begins_a_moment_after_all_was_heard() {
        let t = Instant::now();
        let mut turns = Turns::new(t);
        turns.on_event(t, &created("a"));
        assert_eq!(turns.ours_at(Some(t)), None);
        turns.on_event(t, &done("a"));
        let heard = t + Duration::from_secs(3);
        assert_eq!(turns.ours_at(Some(heard)), Some(heard + Duration::from_millis(300)));
        turns.begin();
        assert_eq!(turns.ours_at(Some(heard)), None);
    }

    #[test]
    fn the_pauses_differ_and_stay_within_300_to_700_ms() {
        let t = Instant::now();
        let mut turns = Turns::new(t);
        let mut pauses: Vec<Duration> = Vec::new();
        for _ in 0..50 {
            turns.on_event(t, &created("a"));
            turns.on_event(t, &done("a"));
            pauses.push(turns.ours_at(Some(t)).unwrap() - t);
            turns.begin();
            turns.finish(t);
        }
        assert!(pauses.iter().all(|p| (300..=700).contains(&p.as_millis())));
        assert!(pauses.windows(2).all(|p| p[0] != p[1]));
    }

    #[test]
    fn who_was_cut_short_is_waited_for() {
        let t = Instant::now();
        let mut turns = Turns::new(t);
        turns.begin();
        // Taken over in a pause of ours, and undone as we went on.
        turns.on_event(t, &created("a"));
        turns.on_event(t, &cut("a"));
        turns.finish(t);
        assert_eq!(turns.ours_at(None), Some(t + GIVE_UP_AFTER));
        turns.on_event(t, &created("b"));
        turns.on_event(t, &done("b"));
        assert!(turns.ours_at(None).unwrap() < t + Duration::from_secs(1));
    }

    #[test]
    fn an_interviewer_who_speaks_past_our_end_is_heard_out() {
        let t = Instant::now();
        let mut turns = Turns::new(t);
        turns.begin();
        turns.on_event(t, &created("a"));
        turns.finish(t);
        assert_eq!(turns.ours_at(None), None);
        turns.on_event(t, &done("a"));
        assert!(turns.ours_at(None).is_some());
    }

    #[test]
    fn nobody_speaks_after_the_end() {
        let t = Instant::now();
        let mut turns = Turns::new(t);
        turns.on_event(
            t,
            &ServerEvent::Ended {
                outcome: EndOutcome::Completed,
            },
        );
        assert_eq!(turns.ours_at(Some(t)), None);
    }
}

//! Where the time goes between somebody's last word and our first.

use crate::event::LatencyParts;
use crate::time::Ms;

/// A part of the way, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The turn is taken to be over.
    Endpoint,
    /// The answer is transcribed.
    Transcribed,
    /// The move is decided.
    Planned,
    /// The language model gave its first token.
    FirstToken,
    /// There is something to speak.
    FirstChunk,
    /// Its first sample is there.
    FirstAudio,
    /// It was handed to the transport.
    Sent,
}

const STAGES: usize = 7;

/// Notes when each stage was reached. A stage that speculation reached before the endpoint adds nothing.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    voiced_until: Ms,
    reached: [Option<Ms>; STAGES],
}

impl Stopwatch {
    /// Starts at the last voiced sample.
    #[must_use]
    pub fn new(voiced_until: Ms) -> Self {
        Self {
            voiced_until,
            reached: [None; STAGES],
        }
    }

    /// The stage was reached; only the first time counts.
    pub fn reach(&mut self, stage: Stage, now: Ms) {
        self.reached[stage as usize].get_or_insert(now);
    }

    /// Takes over what another watch reached before.
    pub fn adopt(&mut self, earlier: &Self) {
        for (mine, theirs) in self.reached.iter_mut().zip(earlier.reached) {
            if mine.is_none() {
                *mine = theirs;
            }
        }
    }

    /// What each stage added to the critical path. The parts sum to the way from the last voiced sample to the sending.
    #[must_use]
    pub fn parts(&self) -> LatencyParts {
        let mut cursor = self.voiced_until;
        let mut parts = [0u32; STAGES];
        for (part, reached) in parts.iter_mut().zip(self.reached) {
            if let Some(at) = reached {
                *part = u32::try_from(at.since(cursor)).unwrap_or(u32::MAX);
                cursor = cursor.max(at);
            }
        }
        let [
            endpoint_wait,
            stt_tail,
            plan,
            llm_first_token,
            chunk_wait,
            tts_first_audio,
            send,
        ] = parts;
        LatencyParts {
            endpoint_wait,
            stt_tail,
            plan,
            llm_first_token,
            chunk_wait,
            tts_first_audio,
            send,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_sum_to_the_whole_and_speculation_adds_nothing() {
        let mut watch = Stopwatch::new(Ms(1_000));
        watch.reach(Stage::Transcribed, Ms(1_300));
        watch.reach(Stage::Planned, Ms(1_301));
        watch.reach(Stage::Endpoint, Ms(1_450));
        watch.reach(Stage::FirstToken, Ms(1_455));
        watch.reach(Stage::FirstChunk, Ms(1_500));
        watch.reach(Stage::FirstAudio, Ms(1_560));
        watch.reach(Stage::Sent, Ms(1_562));
        let parts = watch.parts();
        assert_eq!((parts.endpoint_wait, parts.stt_tail, parts.plan), (450, 0, 0));
        assert_eq!(parts.total_ms(), 562);
    }
}

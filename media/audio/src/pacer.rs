//! The clock of what we say: speech is synthesized in bursts, and is sent in real time.
//!
//! At most [`AHEAD_MS`], or what [`Pacer::keep_ahead`] says, are with the client and not yet heard. Therefore playback can pause within that time, a
//! flush loses little, and it is known at each moment which sample the listener hears: what was sent, less what is
//! still ahead. The client is taken to play from the first frame on, and without breaks while it has something.
//!
//! Speech belongs to an utterance (a draft until it is [released](Pacer::release)) and to a chunk of it. Where the next
//! chunk is not there in time the listener hears a gap; it is counted, and the utterance goes on.

mod utterance;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::error::AudioError;
use crate::frame::{FRAME_MS, samples_per_frame, samples_to_ms};
use utterance::{Closed, Utterance};

/// What the client may have unheard, in milliseconds.
pub const AHEAD_MS: u32 = 200;
/// What may wait to be sent, in milliseconds, all utterances together: twice the longest thing that the interviewer
/// says, at 48 kB a second.
pub const MAX_QUEUED_MS: u32 = 60_000;

/// 20 ms to send.
#[derive(Clone, Debug, PartialEq)]
pub struct OutFrame {
    /// The utterance it belongs to.
    pub utterance: u32,
    /// Mono samples in [-1, 1]; the last frame of an utterance is filled up with silence.
    pub samples: Vec<f32>,
    /// Whether it is the first of its utterance.
    pub first: bool,
}

/// How much of an utterance was heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Played {
    /// Samples of the utterance that were heard, all chunks together.
    pub total: u64,
    /// The chunk that was heard last.
    pub chunk: u32,
    /// Samples of that chunk that were heard.
    pub samples: u64,
}

/// An utterance that was heard to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Which one.
    pub utterance: u32,
    /// All of it.
    pub played: Played,
}

/// What one tick brought about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tick {
    /// Frames to send now, in order.
    pub frames: Vec<OutFrame>,
    /// Utterances whose last frame is among the frames sent up to now.
    pub sent: Vec<u32>,
    /// Utterances that were heard to their end; the pacer has forgotten them.
    pub finished: Vec<Finished>,
}

/// Silence that the listener heard within utterances because the next sound was late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// How many.
    pub count: u32,
    /// How long altogether, in samples.
    pub samples: u64,
}

/// Sends speech in real time. See the module for how.
#[derive(Debug)]
pub struct Pacer {
    rate_hz: u32,
    frame: usize,
    utterances: BTreeMap<u32, Utterance>,
    /// Released utterances that are not wholly sent, in the order of their release.
    order: VecDeque<u32>,
    /// What the client has and was not heard, in order.
    ahead: VecDeque<Sent>,
    ahead_samples: usize,
    queued: usize,
    /// What the client may have unheard, in samples.
    most: usize,
    paused: bool,
    /// Whether the client stops playing as long as we are paused.
    client_holds: bool,
    /// Real time that is less than a sample, in units of a sample / 1e9.
    rest: u64,
    gaps: Gaps,
    in_gap: bool,
    /// A pause was in between: that nothing was ahead is no fault.
    excused: bool,
    closed: Closed,
}

/// A frame that the client has.
#[derive(Debug)]
struct Sent {
    utterance: u32,
    /// Samples of speech that were not heard.
    speech: usize,
    /// Samples of silence behind them.
    padding: usize,
}

impl Pacer {
    /// A pacer for mono speech at `rate_hz` (24,000 for all that we say).
    #[must_use]
    pub fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            frame: samples_per_frame(rate_hz),
            utterances: BTreeMap::new(),
            order: VecDeque::new(),
            ahead: VecDeque::new(),
            ahead_samples: 0,
            queued: 0,
            most: samples_per_frame(rate_hz) * (AHEAD_MS / FRAME_MS) as usize,
            paused: false,
            client_holds: false,
            rest: 0,
            gaps: Gaps::default(),
            in_gap: false,
            excused: false,
            closed: Closed::default(),
        }
    }

    /// Lets the client have so many milliseconds unheard from now on, rounded up to whole frames and at least one: fewer than
    /// [`AHEAD_MS`] where it plays at once what it gets, so that a pause is felt sooner.
    pub fn keep_ahead(&mut self, ms: u32) {
        self.most = self.frame * ms.div_ceil(FRAME_MS).max(1) as usize;
    }

    /// Queues speech (mono f32 in [-1, 1]) of a chunk of an utterance. For one that was flushed or finished it does
    /// nothing: synthesis that is cancelled may lag behind.
    ///
    /// # Errors
    /// [`AudioError::PlaybackFull`] beyond [`MAX_QUEUED_MS`], [`AudioError::OutOfOrder`] for a chunk before the newest
    /// one; nothing is taken then.
    pub fn push(&mut self, utterance: u32, chunk: u32, samples: &[f32]) -> Result<(), AudioError> {
        let (queued, rate_hz) = (self.queued, self.rate_hz);
        let Some(entry) = self.entry(utterance) else {
            return Ok(());
        };
        if samples_to_ms(queued + samples.len(), rate_hz) > MAX_QUEUED_MS {
            return Err(AudioError::PlaybackFull {
                queued_ms: samples_to_ms(queued, rate_hz),
                refused_ms: samples_to_ms(samples.len(), rate_hz),
            });
        }
        entry.push(chunk, samples).map_err(|newest| AudioError::OutOfOrder {
            utterance,
            chunk,
            newest,
        })?;
        self.queued += samples.len();
        Ok(())
    }

    /// Says that no more of the utterance will come: what is left is sent without waiting for a full frame.
    pub fn end(&mut self, utterance: u32) {
        if let Some(entry) = self.entry(utterance) {
            entry.ended = true;
        }
    }

    /// Lets an utterance be heard, after all that were released before it. Until then it is a draft.
    pub fn release(&mut self, utterance: u32) {
        if let Some(entry) = self.entry(utterance)
            && !entry.released
        {
            entry.released = true;
            self.order.push_back(utterance);
        }
    }

    /// Says whether the client stops playing while we are paused, and goes on where it stopped.
    pub fn client_holds(&mut self, holds: bool) {
        self.client_holds = holds;
    }

    /// Whether the client does so.
    #[must_use]
    pub fn has_client_that_holds(&self) -> bool {
        self.client_holds
    }

    /// Stops sending. What the client has already, at most [`AHEAD_MS`], is still heard, unless it [holds](Self::client_holds).
    pub fn pause(&mut self) {
        self.paused = true;
        self.excused = true;
    }

    /// Goes on after [`pause`](Self::pause) with the very next sample.
    pub fn resume(&mut self) {
        self.paused = false;
    }

    /// Whether it is paused.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.paused
    }

    /// Drops all of an utterance that was not heard, also what the client has (which is told to drop it), and says
    /// how much was heard; `None` for one that is not known. Nothing of it is ever sent again. A pause ends with the last
    /// released utterance that it held back.
    pub fn flush(&mut self, utterance: u32) -> Option<Played> {
        let entry = self.utterances.remove(&utterance)?;
        self.closed.insert(utterance);
        self.queued -= entry.unsent();
        self.order.retain(|id| *id != utterance);
        self.ahead.retain(|sent| sent.utterance != utterance);
        self.ahead_samples = self.ahead.iter().map(|sent| sent.speech + sent.padding).sum();
        self.in_gap = false;
        if self.order.is_empty() {
            self.paused = false;
        }
        Some(entry.played())
    }

    /// [Flushes](Self::flush) every utterance, drafts too, and says of each how much was heard, by rising id.
    pub fn flush_all(&mut self) -> Vec<(u32, Played)> {
        let ids: Vec<u32> = self.utterances.keys().copied().collect();
        ids.into_iter().filter_map(|id| Some((id, self.flush(id)?))).collect()
    }

    /// How much of an utterance was heard; `None` for one that is not known, was flushed or has finished.
    #[must_use]
    pub fn played(&self, utterance: u32) -> Option<Played> {
        self.utterances.get(&utterance).map(Utterance::played)
    }

    /// Lets real time pass and says what to send now. Call it about every 20 ms, and with [`Duration::ZERO`] where
    /// something must not wait for that: right after the first sound of an utterance is there.
    pub fn tick(&mut self, elapsed: Duration) -> Tick {
        let mut tick = Tick::default();
        self.play(elapsed);
        self.send(&mut tick);
        self.finish(&mut tick);
        tick
    }

    /// Milliseconds that the client has and were not heard.
    #[must_use]
    pub fn ahead_ms(&self) -> u32 {
        samples_to_ms(self.ahead_samples, self.rate_hz)
    }

    /// Milliseconds that wait to be sent, drafts too.
    #[must_use]
    pub fn queued_ms(&self) -> u32 {
        samples_to_ms(self.queued, self.rate_hz)
    }

    /// The gaps so far.
    #[must_use]
    pub fn gaps(&self) -> Gaps {
        self.gaps
    }

    fn entry(&mut self, utterance: u32) -> Option<&mut Utterance> {
        if !self.utterances.contains_key(&utterance) && self.closed.contains(utterance) {
            return None;
        }
        Some(self.utterances.entry(utterance).or_default())
    }

    /// The client plays.
    fn play(&mut self, elapsed: Duration) {
        const NANOS: u128 = 1_000_000_000;
        if self.paused && self.client_holds {
            return;
        }
        let parts = elapsed.as_nanos() * u128::from(self.rate_hz) + u128::from(self.rest);
        self.rest = (parts % NANOS) as u64;
        let mut left = usize::try_from(parts / NANOS).unwrap_or(usize::MAX);
        while left > 0
            && let Some(front) = self.ahead.front_mut()
        {
            let speech = front.speech.min(left);
            let padding = front.padding.min(left - speech);
            front.speech -= speech;
            front.padding -= padding;
            left -= speech + padding;
            self.ahead_samples -= speech + padding;
            if let Some(entry) = self.utterances.get_mut(&front.utterance) {
                entry.heard += speech as u64;
            }
            if front.speech + front.padding == 0 {
                self.ahead.pop_front();
            }
        }
        let begun = self
            .order
            .front()
            .and_then(|id| self.utterances.get(id))
            .is_some_and(|entry| entry.sent > 0);
        if left > 0 && begun && !self.excused {
            self.gaps.count += u32::from(!self.in_gap);
            self.gaps.samples += left as u64;
            self.in_gap = true;
        }
    }

    /// We send.
    fn send(&mut self, tick: &mut Tick) {
        self.excused = self.paused;
        while let Some(&utterance) = self.order.front()
            && let Some(entry) = self.utterances.get_mut(&utterance)
        {
            if entry.ended && entry.unsent() == 0 {
                self.order.pop_front();
                tick.sent.push(utterance);
                continue;
            }
            let ready = entry.unsent() >= self.frame || entry.ended;
            if self.paused || !ready || self.ahead_samples + self.frame > self.most {
                break;
            }
            let first = entry.sent == 0;
            let mut samples = entry.take(self.frame);
            let speech = samples.len();
            samples.resize(self.frame, 0.0);
            self.queued -= speech;
            self.ahead.push_back(Sent {
                utterance,
                speech,
                padding: self.frame - speech,
            });
            self.ahead_samples += self.frame;
            self.in_gap = false;
            tick.frames.push(OutFrame {
                utterance,
                samples,
                first,
            });
        }
    }

    fn finish(&mut self, tick: &mut Tick) {
        let ahead = &self.ahead;
        let heard = |id: u32, entry: &Utterance| {
            entry.released && entry.ended && entry.unsent() == 0 && !ahead.iter().any(|sent| sent.utterance == id)
        };
        let done: Vec<u32> = self
            .utterances
            .iter()
            .filter(|(id, entry)| heard(**id, entry))
            .map(|(id, _)| *id)
            .collect();
        for utterance in done {
            if let Some(entry) = self.utterances.remove(&utterance) {
                self.closed.insert(utterance);
                tick.finished.push(Finished {
                    utterance,
                    played: entry.played(),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! One utterance in the pacer, and the memory of those that are over.

use std::collections::VecDeque;

use super::Played;
use crate::frame::{from_i16, to_i16};

/// Utterances that are over and remembered one by one; older ones are known by their number. Drafts that live at the same
/// time are a handful.
const REMEMBERED: usize = 64;

/// Speech of one utterance.
#[derive(Debug, Default)]
pub(super) struct Utterance {
    /// Each chunk and how many samples of it came, in order.
    chunks: Vec<(u32, u64)>,
    /// As 16 bits: what is said next is most of what a conversation keeps.
    waiting: VecDeque<i16>,
    pub(super) sent: u64,
    pub(super) heard: u64,
    pub(super) released: bool,
    pub(super) ended: bool,
}

impl Utterance {
    /// Queues samples; gives the newest chunk as an error where this one is older.
    pub(super) fn push(&mut self, chunk: u32, samples: &[f32]) -> Result<(), u32> {
        match self.chunks.last_mut() {
            Some((newest, _)) if *newest > chunk => return Err(*newest),
            Some((newest, count)) if *newest == chunk => *count += samples.len() as u64,
            _ => self.chunks.push((chunk, samples.len() as u64)),
        }
        self.waiting.extend(samples.iter().map(|sample| to_i16(*sample)));
        Ok(())
    }

    /// Samples that wait to be sent.
    pub(super) fn unsent(&self) -> usize {
        self.waiting.len()
    }

    /// Takes at most `count` samples to send.
    pub(super) fn take(&mut self, count: usize) -> Vec<f32> {
        let count = count.min(self.waiting.len());
        self.sent += count as u64;
        self.waiting.drain(..count).map(from_i16).collect()
    }

    /// Where in the chunks the listener is.
    pub(super) fn played(&self) -> Played {
        let mut before = 0;
        let mut at = Played {
            total: self.heard,
            ..Played::default()
        };
        for &(chunk, count) in &self.chunks {
            if self.heard <= before && before > 0 {
                break;
            }
            (at.chunk, at.samples) = (chunk, (self.heard - before).min(count));
            before += count;
        }
        at
    }
}

/// Utterances that were flushed or have finished, so that nothing of them comes back.
#[derive(Debug, Default)]
pub(super) struct Closed {
    newest: VecDeque<u32>,
    /// Every id below this is over or was never begun: ids are counted upwards.
    below: u32,
}

impl Closed {
    pub(super) fn insert(&mut self, utterance: u32) {
        self.newest.push_back(utterance);
        if self.newest.len() > REMEMBERED
            && let Some(oldest) = self.newest.pop_front()
        {
            self.below = self.below.max(oldest.saturating_add(1));
        }
    }

    pub(super) fn contains(&self, utterance: u32) -> bool {
        utterance < self.below || self.newest.contains(&utterance)
    }
}

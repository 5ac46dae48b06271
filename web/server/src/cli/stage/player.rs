//! The loudspeaker: what was synthesized goes out frame by frame, once it is released.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use colloquy_core::conversation::Input;
use colloquy_core::id::UtteranceId;
use colloquy_core::ports::VOICE_FRAME;

use super::{Course, FRAME_MS, PER_MS};

/// When a piece's first sample is there, and the piece.
type Piece = (u64, Arc<[f32]>);

/// The loudspeaker.
#[derive(Default)]
pub(super) struct Player {
    pieces: HashMap<UtteranceId, BTreeMap<u32, Piece>>,
    released: Option<UtteranceId>,
    chunk: u32,
    /// Samples of that piece.
    played: usize,
    audible: bool,
    pub(super) held: bool,
    /// All that went out, silence too, from the beginning.
    pub(super) out: Vec<f32>,
}

impl Player {
    pub(super) fn load(&mut self, utterance: UtteranceId, chunk: u32, first_at: u64, pcm: Arc<[f32]>) {
        self.pieces.entry(utterance).or_default().insert(chunk, (first_at, pcm));
    }

    pub(super) fn release(&mut self, utterance: UtteranceId) {
        self.released = Some(utterance);
        (self.chunk, self.played, self.audible, self.held) = (0, 0, false, false);
    }

    /// Whether it was audible.
    pub(super) fn drop(&mut self, utterance: UtteranceId) -> bool {
        self.pieces.remove(&utterance);
        let playing = self.released == Some(utterance);
        if playing {
            self.released = None;
            self.held = false;
        }
        playing && self.audible
    }

    pub(super) fn audible(&self) -> bool {
        self.released.is_some() && self.audible
    }

    /// Plays the frame that ends at `now`.
    pub(super) fn advance(&mut self, now: u64, course: &mut Course) -> Option<Input> {
        let played = self.play_on(now, course);
        self.out.resize(now as usize * PER_MS, 0.0);
        played
    }

    fn play_on(&mut self, now: u64, course: &mut Course) -> Option<Input> {
        let utterance = self.released.filter(|_| !self.held)?;
        let (first_at, pcm) = self.pieces.get(&utterance)?.get(&self.chunk)?;
        if *first_at > now {
            return None;
        }
        if !self.audible {
            self.audible = true;
            course.audible.push(now - FRAME_MS.min(now - first_at));
        }
        let until = (self.played + VOICE_FRAME).min(pcm.len());
        self.out.extend_from_slice(&pcm[self.played..until]);
        self.played = until;
        let input = Input::Played {
            utterance,
            chunk: self.chunk,
            // What is left after the last whole millisecond was played too.
            played_ms: u32::try_from(until / PER_MS).unwrap_or(u32::MAX),
        };
        if until == pcm.len() {
            (self.chunk, self.played) = (self.chunk + 1, 0);
        }
        Some(input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_playback_keeps_its_place_and_silence_goes_out() {
        let (mut player, mut course) = (Player::default(), Course::default());
        let utterance = UtteranceId(1);
        player.load(utterance, 0, 0, vec![1.0; 2 * VOICE_FRAME].into());
        player.release(utterance);
        assert!(player.advance(FRAME_MS, &mut course).is_some());
        player.held = true;
        assert!(player.advance(2 * FRAME_MS, &mut course).is_none());
        player.held = false;
        let Some(Input::Played { played_ms, .. }) = player.advance(3 * FRAME_MS, &mut course) else {
            panic!("nothing was played");
        };
        assert_eq!(played_ms, 64);
        assert_eq!(player.out.iter().filter(|s| **s > 0.0).count(), 2 * VOICE_FRAME);
        assert_eq!((player.out.len(), course.audible.len()), (3 * VOICE_FRAME, 1));
    }
}

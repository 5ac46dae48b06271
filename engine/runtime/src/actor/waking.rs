//! A voice wakes a conversation that rests because nobody answered. Time stands still meanwhile: what is heard is judged and
//! dropped, and a noise is no voice, however loud.

use colloquy_core::ports::{InferenceError, VOICE_FRAME, VoiceActivity};

/// Frames of 32 ms with a voice, one after the other: a third of a second of speech. A cough is shorter.
const WAKING_FRAMES: u32 = 10;
/// A frame at least this sure has a voice in it.
const VOICED: f32 = 0.5;

/// Listens for a voice.
#[derive(Debug, Default)]
pub(super) struct Waking {
    frame: Vec<f32>,
    voiced: u32,
}

impl Waking {
    /// Takes what came next. Whether somebody speaks.
    pub(super) fn hears(&mut self, samples: &[f32], voice: &mut dyn VoiceActivity) -> Result<bool, InferenceError> {
        let mut woken = false;
        for sample in samples {
            self.frame.push(*sample);
            if self.frame.len() == VOICE_FRAME {
                let is_voice = voice.probability(&self.frame)? >= VOICED;
                self.voiced = if is_voice { self.voiced + 1 } else { 0 };
                woken |= self.voiced >= WAKING_FRAMES;
                self.frame.clear();
            }
        }
        Ok(woken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says of each frame how loud it is.
    struct Loudness;

    impl VoiceActivity for Loudness {
        fn probability(&mut self, frame: &[f32]) -> Result<f32, InferenceError> {
            Ok(frame[0])
        }
    }

    fn hears(waking: &mut Waking, probability: f32, frames: usize) -> bool {
        // Pieces that are no whole frames.
        vec![probability; frames * VOICE_FRAME]
            .chunks(320)
            .any(|piece| waking.hears(piece, &mut Loudness).unwrap())
    }

    #[test]
    fn only_a_voice_that_lasts_wakes() {
        let mut waking = Waking::default();
        for _ in 0..100 {
            assert!(!hears(&mut waking, 0.9, 9), "too short");
            assert!(!hears(&mut waking, 0.4, 1), "a noise, which begins the count again");
        }
        assert!(hears(&mut waking, 0.9, 10));
    }
}

//! Which frames are silence.
//!
//! This is no voice detector: it only says where a few milliseconds can be cut without anybody missing them, and
//! is therefore careful: what is not clearly the room's own noise is not silence.

/// Quieter than this is silence in any room: -60 dBFS.
const SILENT_RMS: f32 = 0.001;
/// Louder than this is never silence, however long it lasts: -44 dBFS.
const LOUD_RMS: f32 = 0.006;
/// How far above the room's noise silence may reach: 6 dB.
const ABOVE_FLOOR: f32 = 2.0;
/// How fast the estimate of the room's noise rises, a frame of 20 ms: 6 dB in about 1.4 s.
const FLOOR_RISE: f32 = 1.01;

/// Root mean square of `samples`; 0 for none.
#[must_use]
pub fn rms(samples: &[f32]) -> f32 {
    if samples.is_empty() {
        return 0.0;
    }
    (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
}

/// Follows the noise of the room: down at once, up slowly.
#[derive(Clone, Debug)]
pub struct NoiseFloor {
    rms: f32,
}

impl Default for NoiseFloor {
    fn default() -> Self {
        Self { rms: SILENT_RMS }
    }
}

impl NoiseFloor {
    /// Takes the level of the next frame into account.
    pub fn learn(&mut self, frame_rms: f32) {
        self.rms = frame_rms.min(self.rms * FLOOR_RISE).max(SILENT_RMS / ABOVE_FLOOR);
    }

    /// Whether a frame of this level is silence.
    #[must_use]
    pub fn is_silence(&self, frame_rms: f32) -> bool {
        frame_rms <= (self.rms * ABOVE_FLOOR).clamp(SILENT_RMS, LOUD_RMS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noise_of_a_room_becomes_silence_and_speech_in_it_does_not() {
        let mut floor = NoiseFloor::default();
        assert!(!floor.is_silence(0.003));
        for _ in 0..300 {
            floor.learn(0.002);
        }
        assert!(floor.is_silence(0.003));
        assert!(!floor.is_silence(0.02));
    }

    #[test]
    fn loud_sound_never_becomes_silence_however_long_it_lasts() {
        let mut floor = NoiseFloor::default();
        for _ in 0..10_000 {
            floor.learn(0.1);
        }
        assert!(!floor.is_silence(0.1));
    }

    #[test]
    fn digital_zero_is_silence() {
        assert!(NoiseFloor::default().is_silence(rms(&[0.0; 320])));
        assert_eq!(rms(&[]), 0.0);
    }
}

//! Sound on its way: PCM16 at 24 kHz as base64, in frames of 20 ms.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use colloquy_audio::frame::{f32_to_pcm16, pcm16_to_f32, samples_per_frame};
use colloquy_audio::level::rms;

/// What goes over the wire, both ways.
pub const RATE_HZ: u32 = 24_000;
/// Samples of 20 ms.
pub const FRAME_SAMPLES: usize = samples_per_frame(RATE_HZ);
/// Louder than this can be heard: -50 dBFS.
const AUDIBLE_RMS: f32 = 0.003_162_3;

/// Mono samples in [-1, 1] as base64 of PCM16.
#[must_use]
pub fn encode(samples: &[f32]) -> String {
    let mut bytes = Vec::with_capacity(samples.len() * 2);
    f32_to_pcm16(samples, &mut bytes);
    STANDARD.encode(bytes)
}

/// Base64 of PCM16 as mono samples in [-1, 1); `None` where it is neither.
#[must_use]
pub fn decode(base64: &str) -> Option<Vec<f32>> {
    let bytes = STANDARD.decode(base64).ok()?;
    let mut samples = Vec::with_capacity(bytes.len() / 2);
    pcm16_to_f32(&bytes, &mut samples).ok()?;
    Some(samples)
}

/// Whether any 20 ms of it reach -50 dBFS.
#[must_use]
pub fn is_audible(samples: &[f32]) -> bool {
    samples.chunks(FRAME_SAMPLES).any(|frame| rms(frame) > AUDIBLE_RMS)
}

/// So many milliseconds of something like a voice, which no codec takes for silence: a buzz at a pitch that wanders, in
/// syllables. Mono in [-1, 1].
#[must_use]
pub fn buzz(rate_hz: u32, ms: usize) -> Vec<f32> {
    let count = rate_hz as usize / 1_000 * ms;
    let wave = |n: usize| {
        let t = n as f32 / rate_hz as f32;
        let pitch = std::f32::consts::TAU * (140.0 + 30.0 * (t * 5.0).sin());
        (1..6).map(|k| (t * pitch * k as f32).sin() / k as f32).sum::<f32>() * 0.15 * (0.6 + 0.4 * (t * 20.0).sin())
    };
    (0..count).map(wave).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_survives_the_wire() {
        let said = [0.0, 0.5, -0.5, 0.25];
        assert_eq!(decode(&encode(&said)).unwrap(), said);
        assert!(decode("AAAA").is_none() && decode("?").is_none());
    }

    #[test]
    fn one_loud_frame_is_heard_and_faint_noise_is_not() {
        let mut samples = vec![0.001; 4 * FRAME_SAMPLES];
        assert!(!is_audible(&samples) && !is_audible(&[]));
        samples[2 * FRAME_SAMPLES..3 * FRAME_SAMPLES].fill(0.01);
        assert!(is_audible(&samples));
    }
}

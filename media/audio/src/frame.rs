//! Samples as bytes, and the length of a frame.

use crate::error::AudioError;

/// Length of the frames in which audio moves, in milliseconds: what one Opus or RTP packet carries.
pub const FRAME_MS: u32 = 20;

/// Full scale of a 16-bit sample.
const FULL_SCALE: f32 = 32_768.0;

/// Samples of one frame at `rate_hz`: 320 at 16 kHz, 480 at 24 kHz.
#[must_use]
pub const fn samples_per_frame(rate_hz: u32) -> usize {
    (rate_hz / 1000 * FRAME_MS) as usize
}

/// Milliseconds that `samples` last at `rate_hz`, rounded down.
#[must_use]
pub const fn samples_to_ms(samples: usize, rate_hz: u32) -> u32 {
    (samples as u64 * 1000 / rate_hz as u64) as u32
}

/// Appends `bytes` (PCM16, little endian, mono) to `out` as samples in [-1, 1).
///
/// # Errors
/// [`AudioError::OddLength`] where half a sample is left over; `out` is as before.
pub fn pcm16_to_f32(bytes: &[u8], out: &mut Vec<f32>) -> Result<(), AudioError> {
    let (samples, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(AudioError::OddLength { bytes: bytes.len() });
    }
    out.extend(samples.iter().map(|sample| from_i16(i16::from_le_bytes(*sample))));
    Ok(())
}

/// Appends `samples` (mono, in [-1, 1]; louder ones are clipped, NaN is silence) to `out` as PCM16, little endian.
pub fn f32_to_pcm16(samples: &[f32], out: &mut Vec<u8>) {
    out.reserve(samples.len() * 2);
    for &sample in samples {
        out.extend_from_slice(&to_i16(sample).to_le_bytes());
    }
}

/// A 16-bit sample as a number in [-1, 1).
#[must_use]
pub fn from_i16(sample: i16) -> f32 {
    f32::from(sample) / FULL_SCALE
}

/// The nearest 16-bit sample.
#[must_use]
pub fn to_i16(sample: f32) -> i16 {
    // A float cast saturates, and turns NaN into 0: nothing that a model returns can wrap around.
    (sample * FULL_SCALE).round() as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_16_bit_sample_survives_the_way_to_float_and_back() {
        let bytes: Vec<u8> = (i16::MIN..=i16::MAX).flat_map(i16::to_le_bytes).collect();
        let mut samples = Vec::new();
        pcm16_to_f32(&bytes, &mut samples).unwrap();
        let mut back = Vec::new();
        f32_to_pcm16(&samples, &mut back);
        assert!(bytes == back);
        assert!(samples.iter().all(|s| (-1.0..1.0).contains(s)));
    }

    #[test]
    fn what_is_too_loud_is_clipped_and_never_wraps() {
        let mut out = Vec::new();
        f32_to_pcm16(&[1.0, 7.5, -1.0, -9.0, f32::NAN, f32::INFINITY], &mut out);
        let back: Vec<i16> = out.as_chunks::<2>().0.iter().map(|s| i16::from_le_bytes(*s)).collect();
        assert_eq!(back, [i16::MAX, i16::MAX, i16::MIN, i16::MIN, 0, i16::MAX]);
    }

    #[test]
    fn half_a_sample_is_refused_and_nothing_is_taken() {
        let mut out = vec![0.5];
        assert_eq!(
            pcm16_to_f32(&[1, 2, 3], &mut out),
            Err(AudioError::OddLength { bytes: 3 })
        );
        assert_eq!(out, [0.5]);
    }

    #[test]
    fn a_frame_is_20_ms_at_every_rate() {
        assert_eq!(
            [8_000, 16_000, 24_000, 48_000].map(samples_per_frame),
            [160, 320, 480, 960]
        );
        assert_eq!(samples_to_ms(480, 24_000), 20);
    }
}

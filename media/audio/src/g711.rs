//! The telephone's codes: 8 bits a sample on a logarithmic scale, after ITU-T G.711 (11/1988).
//!
//! Both are computed and not looked up: a segment is the position of the highest set bit, which one instruction finds.

use crate::frame::{from_i16, to_i16};

/// Samples a second of both codes.
pub const RATE_HZ: u32 = 8_000;

/// Which of the two codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Law {
    /// A-law, of Europe and most of the world.
    A,
    /// mu-law, of North America and Japan.
    Mu,
}

/// What mu-law adds to a magnitude so that every segment begins at a power of two (33 of the standard's 14 bits).
const MU_BIAS: i32 = 0x84;
/// The loudest magnitude that mu-law can say, so that the bias does not overflow.
const MU_CLIP: i32 = 32_635;
/// A-law inverts every second bit, so that silence is no long row of zeros on the line.
const A_TOGGLE: u8 = 0x55;

impl Law {
    /// Appends `codes` to `out` as samples in [-1, 1] at [`RATE_HZ`].
    pub fn decode(self, codes: &[u8], out: &mut Vec<f32>) {
        out.extend(codes.iter().map(|&code| from_i16(self.expand(code))));
    }

    /// Appends `samples` (in [-1, 1] at [`RATE_HZ`]) to `out` as codes.
    pub fn encode(self, samples: &[f32], out: &mut Vec<u8>) {
        out.extend(samples.iter().map(|&sample| self.compress(to_i16(sample))));
    }

    /// The 16-bit sample that a code stands for.
    #[must_use]
    pub fn expand(self, code: u8) -> i16 {
        match self {
            Self::A => expand_a(code),
            Self::Mu => expand_mu(code),
        }
    }

    /// The code nearest to a 16-bit sample.
    #[must_use]
    pub fn compress(self, sample: i16) -> u8 {
        match self {
            Self::A => compress_a(sample),
            Self::Mu => compress_mu(sample),
        }
    }
}

fn expand_a(code: u8) -> i16 {
    let code = code ^ A_TOGGLE;
    let mantissa = i32::from(code & 0x0f);
    let segment = u32::from(code >> 4 & 0x07);
    // The half step (8) puts the value in the middle of its interval.
    let magnitude = match segment {
        0 => (mantissa << 4) + 8,
        _ => ((mantissa << 4) + 0x108) << (segment - 1),
    };
    signed(magnitude, code & 0x80 == 0)
}

fn compress_a(sample: i16) -> u8 {
    let negative = sample < 0;
    // One's complement, as the standard's tables are symmetric about the gap between 0 and -1.
    let magnitude = if negative { !sample } else { sample } as u16;
    let code = if magnitude < 0x100 {
        (magnitude >> 4) as u8
    } else {
        let segment = 8 - magnitude.leading_zeros();
        ((segment as u8) << 4) | (magnitude >> (segment + 3) & 0x0f) as u8
    };
    (if negative { code } else { code | 0x80 }) ^ A_TOGGLE
}

fn expand_mu(code: u8) -> i16 {
    let code = !code;
    let mantissa = i32::from(code & 0x0f);
    let segment = u32::from(code >> 4 & 0x07);
    signed((((mantissa << 3) + MU_BIAS) << segment) - MU_BIAS, code & 0x80 != 0)
}

fn compress_mu(sample: i16) -> u8 {
    let magnitude = (i32::from(sample).abs().min(MU_CLIP) + MU_BIAS) as u16;
    let segment = 8 - magnitude.leading_zeros();
    let code = ((segment as u8) << 4) | (magnitude >> (segment + 3) & 0x0f) as u8;
    !(if sample < 0 { code | 0x80 } else { code })
}

fn signed(magnitude: i32, negative: bool) -> i16 {
    (if negative { -magnitude } else { magnitude }) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decoder output values of the standard's tables 1a (A-law, 13 bits) and 2a (mu-law, 14 bits), positive half, rising:
    /// the first value, the step and how many there are in each segment.
    const TABLE_1A: [(i32, i32, i32); 7] = [
        (1, 2, 32),
        (66, 4, 16),
        (132, 8, 16),
        (264, 16, 16),
        (528, 32, 16),
        (1056, 64, 16),
        (2112, 128, 16),
    ];
    const TABLE_2A: [(i32, i32, i32); 8] = [
        (0, 2, 16),
        (33, 4, 16),
        (99, 8, 16),
        (231, 16, 16),
        (495, 32, 16),
        (1023, 64, 16),
        (2079, 128, 16),
        (4191, 256, 16),
    ];

    fn values(table: &[(i32, i32, i32)], scale: i32) -> Vec<i16> {
        let rows = table
            .iter()
            .flat_map(|&(first, step, count)| (0..count).map(move |i| first + i * step));
        rows.map(|value| i16::try_from(value * scale).unwrap()).collect()
    }

    #[test]
    fn all_codes_decode_to_the_values_of_the_standard() {
        let a = values(&TABLE_1A, 8);
        let mu = values(&TABLE_2A, 4);
        for (i, (&a, &mu)) in a.iter().zip(&mu).enumerate() {
            let i = i as u8;
            assert_eq!(Law::A.expand((i | 0x80) ^ 0x55), a);
            assert_eq!(Law::A.expand(i ^ 0x55), -a);
            assert_eq!(Law::Mu.expand(!i), mu);
            assert_eq!(Law::Mu.expand(!(i | 0x80)), -mu);
        }
        assert_eq!((a.len(), mu.len()), (128, 128));
    }

    #[test]
    fn encoding_keeps_every_16_bit_sample_within_half_a_step_of_the_standard() {
        for (law, table, scale) in [(Law::A, &TABLE_1A[..], 8), (Law::Mu, &TABLE_2A[..], 4)] {
            let steps: Vec<i32> = table
                .iter()
                .flat_map(|&(_, step, count)| (0..count).map(move |_| step * scale))
                .collect();
            let values = values(table, scale);
            // The loudest value's interval ends here; louder is clipped to it.
            let loudest = i32::from(values[127]) + steps[127] / 2;
            for sample in i16::MIN..=i16::MAX {
                let value = law.expand(law.compress(sample));
                let step = steps[values.iter().position(|v| *v == value.abs()).unwrap()];
                let off = (i32::from(sample).clamp(-loudest, loudest) - i32::from(value)).abs();
                assert!(off <= step / 2, "{law:?} {sample}: {value} is off by {off}");
            }
        }
    }

    #[test]
    fn a_code_that_is_decoded_and_encoded_stays_itself() {
        for code in 0..=255u8 {
            assert_eq!(Law::A.compress(Law::A.expand(code)), code);
            // mu-law has two zeros, and an integer only one.
            if code != 0x7f {
                assert_eq!(Law::Mu.compress(Law::Mu.expand(code)), code);
            }
        }
    }

    #[test]
    fn floats_go_through_in_both_directions() {
        let speech: Vec<f32> = (0..800).map(|i| (i as f32 * 0.3).sin() * 0.4).collect();
        for law in [Law::A, Law::Mu] {
            let (mut codes, mut back) = (Vec::new(), Vec::new());
            law.encode(&speech, &mut codes);
            law.decode(&codes, &mut back);
            let noise: f32 = speech.iter().zip(&back).map(|(a, b)| (a - b).powi(2)).sum();
            let signal: f32 = speech.iter().map(|a| a * a).sum();
            // The codes are built for about 38 dB at this level.
            assert!(10.0 * (signal / noise).log10() > 35.0);
        }
    }
}

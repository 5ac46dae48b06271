//! Whisper's log-mel picture of sound: 80 bands, windows of 25 ms every 10 ms, Slaney's mel scale.

use std::f64::consts::PI;
use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

/// Mel bands.
pub(crate) const BANDS: usize = 80;

/// Samples in a window at 16 kHz (25 ms).
const WINDOW: usize = 400;

/// Samples from window to window (10 ms).
const HOP: usize = 160;

/// Frequencies in a window's spectrum.
pub(crate) const BINS: usize = WINDOW / 2 + 1;

/// Half of the sampling rate, in Hz.
const TOP_HZ: f64 = 8000.0;

/// Power below which nothing is told apart.
const FLOOR: f64 = 1e-10;

/// Kept out of a division by a variance of zero.
const VARIANCE_FLOOR: f32 = 1e-7;

/// The mel filters, [`BANDS`] rows of [`BINS`], normalised to equal area (as librosa does by default).
pub(crate) fn filters() -> Vec<f64> {
    let top = hz_to_mel(TOP_HZ);
    let edges: Vec<f64> = (0..BANDS + 2)
        .map(|n| mel_to_hz(top * n as f64 / (BANDS + 1) as f64))
        .collect();
    let mut filters = Vec::with_capacity(BANDS * BINS);
    for band in edges.windows(3) {
        let area = 2.0 / (band[2] - band[0]);
        for bin in 0..BINS {
            let hz = TOP_HZ * bin as f64 / (BINS - 1) as f64;
            let up = (hz - band[0]) / (band[1] - band[0]);
            let down = (band[2] - hz) / (band[2] - band[1]);
            filters.push(up.min(down).max(0.0) * area);
        }
    }
    filters
}

/// Slaney's scale: linear up to 1 kHz, logarithmic above.
fn hz_to_mel(hz: f64) -> f64 {
    if hz < 1000.0 {
        hz * 3.0 / 200.0
    } else {
        15.0 + (hz / 1000.0).ln() * 27.0 / 6.4_f64.ln()
    }
}

fn mel_to_hz(mel: f64) -> f64 {
    if mel < 15.0 {
        mel * 200.0 / 3.0
    } else {
        1000.0 * ((mel - 15.0) * 6.4_f64.ln() / 27.0).exp()
    }
}

/// Computes log-mel features of whole stretches; holds the tables that this needs.
pub(crate) struct LogMel {
    fft: Arc<dyn Fft<f64>>,
    hann: Vec<f64>,
    /// Per band: its first bin, and the weights from there on.
    bands: Vec<(usize, Vec<f64>)>,
    buffer: Vec<Complex<f64>>,
    scratch: Vec<Complex<f64>>,
}

impl LogMel {
    pub(crate) fn new() -> Self {
        let fft = FftPlanner::new().plan_fft_forward(WINDOW);
        let hann = (0..WINDOW)
            .map(|n| 0.5 - 0.5 * (2.0 * PI * n as f64 / WINDOW as f64).cos())
            .collect();
        let filters = filters();
        let bands = filters.chunks(BINS).map(|row| {
            let first = row.iter().position(|w| *w > 0.0).unwrap_or(0);
            let last = row.iter().rposition(|w| *w > 0.0).map_or(first, |n| n + 1);
            (first, row[first..last].to_vec())
        });
        Self {
            hann,
            bands: bands.collect(),
            buffer: vec![Complex::default(); WINDOW],
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            fft,
        }
    }

    /// Features of `pcm` (mono at 16 kHz, more than 200 samples), the way Whisper's feature extractor makes them with
    /// `do_normalize`: the wave brought to mean 0 and variance 1, windows centred and mirrored at both ends, powers in
    /// logarithms at most 8 decades below the loudest, scaled to about [-1, 1]. Shape: [`BANDS`] rows of `pcm.len() / 160`.
    pub(crate) fn features(&mut self, pcm: &[f32]) -> Vec<f32> {
        let frames = pcm.len() / HOP;
        let wave = normalised(pcm);
        let mut logs = vec![0.0_f64; BANDS * frames];
        let mut powers = [0.0; BINS];
        for frame in 0..frames {
            for (n, (slot, hann)) in self.buffer.iter_mut().zip(&self.hann).enumerate() {
                *slot = Complex::new(f64::from(wave[mirrored(frame * HOP + n, wave.len())]) * hann, 0.0);
            }
            self.fft.process_with_scratch(&mut self.buffer, &mut self.scratch);
            for (power, value) in powers.iter_mut().zip(&self.buffer) {
                *power = value.norm_sqr();
            }
            for (band, (first, weights)) in self.bands.iter().enumerate() {
                let power: f64 = weights.iter().zip(&powers[*first..]).map(|(w, p)| w * p).sum();
                logs[band * frames + frame] = power.max(FLOOR).log10();
            }
        }
        let loudest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        logs.into_iter()
            .map(|log| ((log.max(loudest - 8.0) + 4.0) / 4.0) as f32)
            .collect()
    }
}

/// Where sample `n` of the wave with half a window before it comes from: before the start and after the end it is mirrored.
fn mirrored(n: usize, len: usize) -> usize {
    let n = n.abs_diff(WINDOW / 2);
    if n < len { n } else { 2 * (len - 1) - n }
}

fn normalised(pcm: &[f32]) -> Vec<f32> {
    let count = pcm.len() as f64;
    let mean = pcm.iter().map(|x| f64::from(*x)).sum::<f64>() / count;
    let variance = pcm.iter().map(|x| (f64::from(*x) - mean).powi(2)).sum::<f64>() / count;
    let (mean, scale) = (mean as f32, (variance as f32 + VARIANCE_FLOOR).sqrt());
    pcm.iter().map(|x| (x - mean) / scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chirp with a tone in it, the same in the reference script: silence for 2 s, then 6 s of sound.
    pub(crate) fn chirp() -> Vec<f32> {
        let sample = |n: usize| {
            if n < 32_000 {
                return 0.0;
            }
            let t = (n - 32_000) as f64 / 16_000.0;
            let x = 0.3 * (2.0 * PI * (150.0 + 400.0 * t) * t).sin() + 0.1 * (2.0 * PI * 1234.0 * t).sin();
            x as f32
        };
        (0..128_000).map(sample).collect()
    }

    #[test]
    fn features_are_those_of_the_reference() {
        // Computed by the feature extractor in numpy that ships with Smart Turn (frames 0, 199, 200, 500, 799; bands 0, 10, 40, 79).
        const REFERENCE: [[f32; 4]; 5] = [
            [-0.249_152, -0.296_923, -0.296_923, -0.296_923],
            [0.618_606, 0.403_767, 0.166_193, -0.296_923],
            [1.336_183, 0.848_185, 0.674_592, 0.069_004],
            [-0.248_076, -0.296_923, -0.296_923, -0.296_923],
            [0.156_808, 0.213_171, 0.308_567, 0.029_432],
        ];
        let features = LogMel::new().features(&chirp());
        assert_eq!(features.len(), 80 * 800);
        for (frame, row) in [0, 199, 200, 500, 799].into_iter().zip(REFERENCE) {
            for (band, expected) in [0, 10, 40, 79].into_iter().zip(row) {
                let found = features[band * 800 + frame];
                assert!(
                    (found - expected).abs() < 2e-4,
                    "frame {frame} band {band}: {found} for {expected}"
                );
            }
        }
    }

    #[test]
    fn filters_have_equal_area() {
        let filters = filters();
        assert_eq!(filters.len(), 80 * 201);
        // Triangles of Slaney's norm enclose 1 when integrated over Hz; wide ones are sampled well enough to show it.
        let area: f64 = filters[79 * BINS..].iter().sum::<f64>() * TOP_HZ / (BINS - 1) as f64;
        assert!((area - 1.0).abs() < 0.01, "{area}");
    }
}

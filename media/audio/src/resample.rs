//! Streaming resampling, in chunks of any size.
//!
//! The filter works on blocks of about 20 ms. Samples wait until a block is full, and the filter itself looks half a
//! block ahead; [`Resampler::delay`] says how far. The start of the filter is cut off and its end is given out by
//! [`Resampler::flush`], so that sample `n` of the output is the moment `n / to_hz` of the input, and nothing is lost.
//!
//! Sound that is heard as it comes cannot wait for that: a frame would lack its last half block until the next one comes. A
//! [prompt](Resampler::prompt) resampler gives the filter's start out too, as 5 ms of silence, and a frame for each frame.

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Resampler as _};

use crate::error::AudioError;
use crate::frame::FRAME_MS;

/// Rates that make sense for sound; both bounds keep the filter's size sane.
const RATES_HZ: std::ops::RangeInclusive<u32> = 4_000..=192_000;

/// Turns mono samples of one rate into another rate.
pub struct Resampler {
    filter: Option<Filter>,
    from_hz: u32,
    to_hz: u32,
    /// Samples that came in since the start or the last flush.
    taken: u64,
    /// Samples that went out since then.
    given: u64,
    /// How many of them come before the first that was taken.
    ahead: u64,
}

struct Filter {
    fft: Fft<f32>,
    /// Input that waits for a full block.
    waiting: Vec<f32>,
    block_in: usize,
    block_out: Vec<f32>,
    /// Output samples that are still the filter's start, and not sound.
    to_skip: usize,
    /// How many these are at the beginning.
    skipped: usize,
}

impl std::fmt::Debug for Resampler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Resampler({} -> {} Hz)", self.from_hz, self.to_hz)
    }
}

impl Resampler {
    /// A resampler from `from_hz` to `to_hz`. Equal rates pass through untouched.
    ///
    /// # Errors
    /// [`AudioError::UnsupportedRate`] outside 4 to 192 kHz.
    pub fn new(from_hz: u32, to_hz: u32) -> Result<Self, AudioError> {
        Self::with_block(from_hz, to_hz, FRAME_MS, true)
    }

    /// A resampler that gives out a frame of 20 ms at once for each that it takes: what comes out is [`delay`](Self::delay)
    /// behind (5 ms), and begins with silence of that length.
    ///
    /// # Errors
    /// [`AudioError::UnsupportedRate`] outside 4 to 192 kHz.
    pub fn prompt(from_hz: u32, to_hz: u32) -> Result<Self, AudioError> {
        Self::with_block(from_hz, to_hz, FRAME_MS / 2, false)
    }

    fn with_block(from_hz: u32, to_hz: u32, block_ms: u32, skips: bool) -> Result<Self, AudioError> {
        let unsupported = AudioError::UnsupportedRate { from_hz, to_hz };
        if !RATES_HZ.contains(&from_hz) || !RATES_HZ.contains(&to_hz) {
            return Err(unsupported);
        }
        let filter = if from_hz == to_hz {
            None
        } else {
            Some(Filter::new(from_hz, to_hz, block_ms, skips).ok_or(unsupported)?)
        };
        let delay = filter.as_ref().filter(|_| !skips).map_or(0, |f| f.fft.output_delay());
        Ok(Self {
            filter,
            from_hz,
            to_hz,
            taken: 0,
            given: 0,
            ahead: delay as u64,
        })
    }

    /// How far the output lags behind the input, in output samples, beyond the wait for a full block of 20 ms.
    #[must_use]
    pub fn delay(&self) -> usize {
        self.filter.as_ref().map_or(0, |filter| filter.fft.output_delay())
    }

    /// Takes `input` and appends to `out` what can be said already.
    pub fn push(&mut self, input: &[f32], out: &mut Vec<f32>) {
        self.taken += input.len() as u64;
        let before = out.len();
        match &mut self.filter {
            None => out.extend_from_slice(input),
            Some(filter) => filter.push(input, out),
        }
        self.given += (out.len() - before) as u64;
    }

    /// Appends the rest to `out`, so that altogether `round(input * to_hz / from_hz)` samples came out (and those that a prompt
    /// one begins with), and starts anew.
    pub fn flush(&mut self, out: &mut Vec<f32>) {
        if let Some(filter) = &mut self.filter {
            let (from, to) = (u64::from(self.from_hz), u64::from(self.to_hz));
            let ahead = if self.taken == 0 { 0 } else { self.ahead };
            let wanted = ((self.taken * to + from / 2) / from + ahead).saturating_sub(self.given) as usize;
            let end = out.len() + wanted;
            let silence = vec![0.0; filter.block_in];
            while out.len() < end {
                filter.push(&silence, out);
            }
            out.truncate(end);
            filter.reset();
        }
        self.taken = 0;
        self.given = 0;
    }
}

impl Filter {
    fn new(from_hz: u32, to_hz: u32, block_ms: u32, skips: bool) -> Option<Self> {
        let frame = (from_hz * block_ms / 1000) as usize;
        let fft = Fft::new(from_hz as usize, to_hz as usize, frame, 1, FixedSync::Both).ok()?;
        let block_in = fft.input_frames_next();
        let block_out = vec![0.0; fft.output_frames_next()];
        let skipped = if skips { fft.output_delay() } else { 0 };
        Some(Self {
            fft,
            waiting: Vec::with_capacity(2 * block_in),
            block_in,
            block_out,
            to_skip: skipped,
            skipped,
        })
    }

    fn push(&mut self, mut input: &[f32], out: &mut Vec<f32>) {
        while self.waiting.len() + input.len() >= self.block_in {
            let (now, later) = input.split_at(self.block_in - self.waiting.len());
            self.waiting.extend_from_slice(now);
            input = later;
            self.block(out);
            self.waiting.clear();
        }
        self.waiting.extend_from_slice(input);
    }

    fn block(&mut self, out: &mut Vec<f32>) {
        let frames = self.block_out.len();
        let adapters = (
            SequentialSlice::new(&self.waiting, 1, self.block_in),
            SequentialSlice::new_mut(&mut self.block_out, 1, frames),
        );
        let (Ok(from), Ok(mut to)) = adapters else { return };
        // Both buffers have the sizes that the filter asked for, and that is the only way for it to refuse.
        if self.fft.process_into_buffer(&from, &mut to, None).is_err() {
            return;
        }
        let skip = self.to_skip.min(frames);
        self.to_skip -= skip;
        out.extend_from_slice(&self.block_out[skip..]);
    }

    fn reset(&mut self) {
        self.fft.reset();
        self.waiting.clear();
        self.to_skip = self.skipped;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::samples_per_frame;

    const PAIRS: [(u32, u32); 8] = [
        (8_000, 16_000),
        (22_050, 16_000),
        (24_000, 16_000),
        (48_000, 16_000),
        (24_000, 8_000),
        (24_000, 48_000),
        (22_050, 24_000),
        (44_100, 16_000),
    ];

    fn tone(hz: f32, rate: u32, seconds: f32) -> Vec<f32> {
        let step = std::f64::consts::TAU * f64::from(hz) / f64::from(rate);
        (0..(seconds * rate as f32) as usize)
            .map(|n| ((n as f64 * step).sin() * 0.5) as f32)
            .collect()
    }

    fn all(from: u32, to: u32, input: &[f32], chunk: usize) -> Vec<f32> {
        let mut resampler = Resampler::new(from, to).unwrap();
        let mut out = Vec::new();
        for chunk in input.chunks(chunk) {
            resampler.push(chunk, &mut out);
        }
        resampler.flush(&mut out);
        out
    }

    #[test]
    fn the_length_is_exact_at_every_pair_of_rates_and_chunk_size() {
        for (from, to) in PAIRS {
            for chunk in [1, 7, 160, 481, 5_000] {
                let input = tone(300.0, from, 0.333);
                let wanted = (input.len() as f64 * f64::from(to) / f64::from(from)).round() as usize;
                assert_eq!(all(from, to, &input, chunk).len(), wanted, "{from} -> {to} by {chunk}");
            }
        }
    }

    #[test]
    fn the_chunk_size_changes_nothing() {
        let input = tone(1_000.0, 24_000, 0.5);
        assert_eq!(all(24_000, 16_000, &input, 1), all(24_000, 16_000, &input, 12_000));
    }

    #[test]
    fn a_tone_of_speech_stays_what_it_is_and_where_it_is() {
        for (from, to) in PAIRS {
            let out = all(from, to, &tone(1_000.0, from, 1.0), 333);
            // The best sine through the middle (a whole number of periods), and what is left beside it.
            let step = std::f64::consts::TAU * 1_000.0 / f64::from(to);
            let middle = to as usize / 10..to as usize * 9 / 10;
            let half = middle.len() as f64 / 2.0;
            let sum = |f: &dyn Fn(f64) -> f64| -> f64 {
                middle
                    .clone()
                    .map(|n| f64::from(out[n]) * f(n as f64 * step))
                    .sum::<f64>()
                    / half
            };
            let (sine, cosine) = (sum(&f64::sin), sum(&f64::cos));
            let fit = |n: usize| sine * (n as f64 * step).sin() + cosine * (n as f64 * step).cos();
            let noise: f64 = middle.clone().map(|n| (f64::from(out[n]) - fit(n)).powi(2)).sum();
            let signal: f64 = middle.clone().map(|n| fit(n).powi(2)).sum();
            let snr_db = 10.0 * (signal / noise).log10();
            assert!(snr_db > 80.0, "{from} -> {to}: {snr_db} dB");
            assert!(
                (sine.hypot(cosine) - 0.5).abs() < 0.005,
                "{from} -> {to}: the level changed"
            );
            let shift_us = cosine.atan2(sine) / std::f64::consts::TAU * 1_000.0;
            assert!(shift_us.abs() < 25.0, "{from} -> {to}: shifted by {shift_us} us");
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_carry_is_gone_and_not_folded() {
        let cases = [
            (48_000, 16_000, 12_000.0),
            (24_000, 16_000, 9_500.0),
            (24_000, 8_000, 5_500.0),
        ];
        let both = [Resampler::new, Resampler::prompt];
        for ((from, to, hz), make) in cases.into_iter().flat_map(|case| both.map(|make| (case, make))) {
            let mut out = Vec::new();
            let mut resampler = make(from, to).unwrap();
            resampler.push(&tone(hz, from, 0.5), &mut out);
            resampler.flush(&mut out);
            let loudest = out[800..out.len() - 800].iter().fold(0.0f32, |max, s| max.max(s.abs()));
            assert!(loudest < 0.5 * 0.001, "{from} -> {to}: {hz} Hz left {loudest}");
        }
    }

    #[test]
    fn the_delay_is_what_was_promised() {
        for (from, to) in PAIRS {
            let mut resampler = Resampler::new(from, to).unwrap();
            let block = 2 * from as usize * FRAME_MS as usize / 1000;
            let mut out = Vec::new();
            resampler.push(&vec![0.1; block * 10], &mut out);
            let due = (block * 10) as f64 * f64::from(to) / f64::from(from);
            let lag = due - out.len() as f64;
            assert!(
                (lag - resampler.delay() as f64).abs() < 1.5 * f64::from(to) / 50.0,
                "{from} -> {to}: {lag}"
            );
            assert!(
                resampler.delay() <= (to / 50) as usize,
                "{from} -> {to}: {} samples",
                resampler.delay()
            );
        }
        assert_eq!(Resampler::new(48_000, 16_000).unwrap().delay(), 160);
        assert_eq!(Resampler::new(24_000, 24_000).unwrap().delay(), 0);
    }

    #[test]
    fn a_prompt_one_gives_a_frame_for_each_frame_five_milliseconds_behind() {
        for (from, to) in [(24_000, 16_000), (8_000, 16_000), (48_000, 16_000)] {
            let mut resampler = Resampler::prompt(from, to).unwrap();
            let sound = tone(440.0, from, 0.2);
            let mut out = Vec::new();
            for (n, frame) in sound.chunks(samples_per_frame(from)).enumerate() {
                resampler.push(frame, &mut out);
                assert_eq!(out.len(), (n + 1) * samples_per_frame(to), "{from} -> {to}");
            }
            let delay = to as usize / 200;
            assert_eq!(resampler.delay(), delay);
            resampler.flush(&mut out);
            assert_eq!(out.len(), to as usize / 5 + delay);
            let expected = tone(440.0, to, 0.2);
            let middle = to as usize / 50..to as usize / 6;
            let off = middle.map(|n| (out[n + delay] - expected[n]).abs());
            assert!(off.fold(0.0, f32::max) < 0.005, "{from} -> {to}");
            out.clear();
            resampler.flush(&mut out);
            assert!(out.is_empty(), "nothing was taken since");
        }
    }

    #[test]
    fn after_a_flush_it_is_as_new() {
        let input = tone(440.0, 24_000, 0.1);
        let mut resampler = Resampler::new(24_000, 16_000).unwrap();
        let (mut first, mut second) = (Vec::new(), Vec::new());
        resampler.push(&input, &mut first);
        resampler.flush(&mut first);
        resampler.push(&input, &mut second);
        resampler.flush(&mut second);
        assert_eq!(first, second);
    }

    #[test]
    fn rates_that_are_no_sound_are_refused() {
        for (from, to) in [(0, 16_000), (16_000, 0), (16_000, 1_000_000)] {
            let error = Resampler::new(from, to).unwrap_err();
            assert_eq!(
                error,
                AudioError::UnsupportedRate {
                    from_hz: from,
                    to_hz: to
                }
            );
        }
    }
}

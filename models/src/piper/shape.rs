//! What a voice's sound needs before it is spoken: silence cut to what is natural, and our sampling rate.

use colloquy_core::time::SPEAKING_RATE_HZ;
use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Resampler};

/// Silence kept before the very first sound: every millisecond more is latency.
const LEAD_FIRST_MS: usize = 10;

/// Silence kept before the sound of a later breath.
const LEAD_LATER_MS: usize = 40;

/// Silence after a sentence and after a clause, as people leave it.
const AFTER_SENTENCE_MS: usize = 180;
const AFTER_CLAUSE_MS: usize = 90;

/// Silence is what stays 40 dB below the loudest.
const SILENCE: f32 = 0.01;

/// Samples that the resampler takes at a time; its delay is trimmed.
const RESAMPLED_AT_ONCE: usize = 1024;

/// Where in a text a sound stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    First,
    Later,
}

/// Shapes sounds of one sampling rate.
pub(super) struct Shaper {
    rate: usize,
    resampler: Option<Fft<f32>>,
}

impl Shaper {
    pub(super) fn new(rate: u32) -> Result<Self, String> {
        let resampler = if rate == SPEAKING_RATE_HZ {
            None
        } else {
            let (from, to) = (rate as usize, SPEAKING_RATE_HZ as usize);
            Some(Fft::new(from, to, RESAMPLED_AT_ONCE, 1, FixedSync::Both).map_err(|e| e.to_string())?)
        };
        Ok(Self {
            rate: rate as usize,
            resampler,
        })
    }

    /// `sound` at [`SPEAKING_RATE_HZ`], with silence around it as fits its place and whether it `closes` a sentence.
    pub(super) fn shape(&mut self, sound: &[f32], place: Place, closes: bool) -> Result<Vec<f32>, String> {
        let lead = self.samples(if place == Place::First {
            LEAD_FIRST_MS
        } else {
            LEAD_LATER_MS
        });
        let tail = self.samples(if closes { AFTER_SENTENCE_MS } else { AFTER_CLAUSE_MS });
        let loudest = sound.iter().fold(0.0_f32, |loudest, x| loudest.max(x.abs()));
        let audible = |x: &f32| x.abs() > loudest * SILENCE;
        let Some(first) = sound.iter().position(audible) else {
            return Ok(Vec::new());
        };
        let last = sound.iter().rposition(audible).unwrap_or(first);
        let mut shaped = sound[first.saturating_sub(lead)..sound.len().min(last + tail + 1)].to_vec();
        shaped.resize(last + tail + 1 - first.saturating_sub(lead), 0.0);
        self.resampled(shaped)
    }

    fn resampled(&mut self, sound: Vec<f32>) -> Result<Vec<f32>, String> {
        let Some(resampler) = &mut self.resampler else {
            return Ok(sound);
        };
        let input = SequentialSlice::new(sound.as_slice(), 1, sound.len()).map_err(|e| e.to_string())?;
        Ok(resampler
            .process_all(&input, sound.len(), None)
            .map_err(|e| e.to_string())?
            .take_data())
    }

    fn samples(&self, ms: usize) -> usize {
        self.rate * ms / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0.5 s of silence, 0.5 s of a tone, 0.2 s of silence, at 22,050 Hz.
    fn sound() -> Vec<f32> {
        let tone = |n: u16| {
            if (11_025..22_050).contains(&n) {
                (f32::from(n) * 0.2).sin() * 0.5
            } else {
                0.0
            }
        };
        (0..26_460).map(tone).collect()
    }

    fn shaped(place: Place, closes: bool) -> (usize, usize, usize) {
        let shaped = Shaper::new(22_050).unwrap().shape(&sound(), place, closes).unwrap();
        let loud = |x: &f32| x.abs() > 0.1;
        let (first, last) = (
            shaped.iter().position(loud).unwrap(),
            shaped.iter().rposition(loud).unwrap(),
        );
        (first / 24, (last - first) / 24, (shaped.len() - last) / 24)
    }

    #[test]
    fn the_first_sound_comes_after_10_ms_and_a_sentence_ends_in_a_pause() {
        let (lead, tone, tail) = shaped(Place::First, true);
        assert!((9..=12).contains(&lead), "{lead}");
        assert!(
            (498..=501).contains(&tone),
            "resampled without a change of length: {tone}"
        );
        assert!((178..=183).contains(&tail), "{tail}");
    }

    #[test]
    fn a_clause_ends_in_a_shorter_pause() {
        let (lead, _, tail) = shaped(Place::Later, false);
        assert!((38..=42).contains(&lead) && (88..=93).contains(&tail), "{lead} {tail}");
    }

    #[test]
    fn silence_alone_gives_nothing() {
        assert!(
            Shaper::new(22_050)
                .unwrap()
                .shape(&[0.0; 5000], Place::First, true)
                .unwrap()
                .is_empty()
        );
    }
}

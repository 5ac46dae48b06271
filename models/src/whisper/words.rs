//! Where in the audio each word was said. Whisper's own timestamps cost tokens and a second pass, so that the words are laid
//! over the voiced stretches of the audio by their length in letters: within some 200 ms, and never in a pause.

use colloquy_core::ports::Word;
use colloquy_core::time::HEARING_RATE_HZ;

/// A word before it has a time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spoken {
    pub(super) text: String,
    /// The mean probability of its tokens.
    pub(super) probability: f32,
}

/// Frames in which loudness is measured: 20 ms.
const FRAME: usize = HEARING_RATE_HZ as usize / 50;
const FRAME_MS: f32 = 20.0;

/// A frame is voiced if its power is within 30 dB of that of the loudest.
const VOICED_BELOW_LOUDEST: f32 = 1e-3;

/// Gives each word its place in `pcm`.
pub(super) fn laid_over(words: Vec<Spoken>, pcm: &[f32]) -> Vec<Word> {
    let voiced = voiced_frames(pcm);
    let letters: usize = words.iter().map(|word| weight(&word.text)).sum();
    let frames_per_letter = voiced.len() as f32 / letters.max(1) as f32;
    let mut before = 0;
    words
        .into_iter()
        .map(|word| {
            let after = before + weight(&word.text);
            let (start_ms, end_ms) = (
                start_of(&voiced, before, frames_per_letter),
                end_of(&voiced, after, frames_per_letter),
            );
            before = after;
            Word {
                text: word.text.into(),
                start_ms,
                end_ms: end_ms.max(start_ms),
                probability: word.probability,
            }
        })
        .collect()
}

fn weight(word: &str) -> usize {
    word.chars().filter(|c| c.is_alphanumeric()).count().max(1)
}

fn start_of(voiced: &[usize], letters: usize, frames_per_letter: f32) -> u32 {
    let place = letters as f32 * frames_per_letter;
    let frame = voiced.get(place as usize).or(voiced.last()).copied().unwrap_or(0);
    ((frame as f32 + place.fract()) * FRAME_MS) as u32
}

fn end_of(voiced: &[usize], letters: usize, frames_per_letter: f32) -> u32 {
    // The end of a word lies in the frame before the next one's start, so that no pause falls into a word's last letter.
    let place = letters as f32 * frames_per_letter;
    let frame = voiced
        .get((place.ceil() as usize).saturating_sub(1))
        .or(voiced.last())
        .copied()
        .unwrap_or(0);
    let within = if place.fract() > 0.0 { place.fract() } else { 1.0 };
    ((frame as f32 + within) * FRAME_MS) as u32
}

/// The numbers of the frames that are voiced.
fn voiced_frames(pcm: &[f32]) -> Vec<usize> {
    let powers: Vec<f32> = pcm
        .chunks(FRAME)
        .map(|frame| frame.iter().map(|x| x * x).sum::<f32>())
        .collect();
    let threshold = powers.iter().copied().fold(0.0, f32::max) * VOICED_BELOW_LOUDEST;
    powers
        .iter()
        .enumerate()
        .filter(|(_, power)| **power >= threshold)
        .map(|(frame, _)| frame)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Spoken {
        Spoken {
            text: text.into(),
            probability: 0.9,
        }
    }

    #[test]
    fn words_lie_in_order_in_the_voiced_stretches() {
        // 0.5 s of silence, 0.5 s of sound, 1 s of silence, 0.5 s of sound.
        let sound = |n: usize| {
            if (8_000..16_000).contains(&n) || n >= 32_000 {
                0.1
            } else {
                0.0
            }
        };
        let pcm: Vec<f32> = (0..40_000).map(sound).collect();
        let words = laid_over(vec![word("abcd,"), word("efgh")], &pcm);
        let times: Vec<_> = words.iter().map(|w| (w.start_ms, w.end_ms)).collect();
        assert_eq!(times, [(500, 1000), (2000, 2500)]);
    }

    #[test]
    fn audio_without_any_frame_gives_times_all_the_same() {
        assert_eq!(laid_over(vec![word("a")], &[])[0].start_ms, 0);
    }
}

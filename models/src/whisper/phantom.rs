//! Tells what Whisper makes up out of silence and noise from what was said.

use colloquy_core::time::HEARING_RATE_HZ;

/// What Whisper learned to say where subtitles had nothing: its habit on silence, and now and then somebody's real words.
const HABITS: [&str; 14] = [
    "you",
    "thank you",
    "thank you very much",
    "thank you for watching",
    "thanks for watching",
    "thanks",
    "bye",
    "bye bye",
    "okay",
    "so",
    "oh",
    "the end",
    "i",
    "please subscribe",
];

/// Quieter than this at its loudest (30 ms at -50 dB of full scale), audio holds nobody who speaks to us.
const SILENCE: f32 = 0.003;

/// No-speech probability above which a habit is taken for one.
const HABIT_NO_SPEECH: f32 = 0.35;

/// No-speech probability and mean log-probability at which any text is disbelieved.
const ANY_NO_SPEECH: f32 = 0.75;
const ANY_LOGPROB: f32 = -0.7;

/// Mean log-probability below which a text is a guess, whatever else: the decoder was as good as drawing lots.
const GUESS_LOGPROB: f32 = -1.3;

/// What the decoder says of its own text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trust {
    /// Probability that nothing was said, in [0, 1].
    pub(super) no_speech: f32,
    /// Mean natural logarithm of the tokens' probabilities.
    pub(super) logprob: f32,
}

/// Whether `text` was made up rather than heard in `pcm`.
pub(super) fn is_phantom(text: &str, trust: Trust, pcm: &[f32]) -> bool {
    let bare = text
        .to_lowercase()
        .replace(|c: char| !c.is_alphanumeric() && c != ' ' && c != '\'', "");
    let bare = bare.trim();
    bare.is_empty()
        || loudest(pcm) < SILENCE
        || (trust.no_speech > HABIT_NO_SPEECH && HABITS.contains(&bare))
        || (trust.no_speech > ANY_NO_SPEECH && trust.logprob < ANY_LOGPROB)
        || trust.logprob < GUESS_LOGPROB
}

/// Whether a word stands for a sound rather than speech, as in `[BLANK_AUDIO]`, `(music)` or `♪`; `inside` is whether a
/// bracket is still open from the words before, and is updated.
pub(super) fn is_annotation(word: &str, inside: &mut bool) -> bool {
    let opens = word.starts_with(['[', '(', '*', '♪']);
    let annotation = *inside || opens;
    if annotation {
        let closes = word
            .trim_end_matches(['.', ',', '!', '?'])
            .ends_with([']', ')', '*', '♪']);
        *inside = !closes;
    }
    annotation
}

/// Letters in a row that are the same in no word: "AHHHH" is a sound, and the way a decoder loops on one.
const WAIL: usize = 5;

/// Whether a word is a drawn-out sound.
pub(super) fn is_wail(word: &str) -> bool {
    let letters: Vec<char> = word.to_lowercase().chars().collect();
    letters
        .windows(WAIL)
        .any(|run| run[0].is_alphabetic() && run.iter().all(|letter| *letter == run[0]))
}

/// The effective value of the loudest 30 ms.
fn loudest(pcm: &[f32]) -> f32 {
    let frame = HEARING_RATE_HZ as usize * 30 / 1000;
    let power = |frame: &[f32]| frame.iter().map(|x| x * x).sum::<f32>() / frame.len() as f32;
    pcm.chunks(frame).map(power).fold(0.0, f32::max).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SURE: Trust = Trust {
        no_speech: 0.01,
        logprob: -0.2,
    };

    fn tone(level: f32) -> Vec<f32> {
        (0..16_000_u16).map(|n| (f32::from(n) * 0.1).sin() * level).collect()
    }

    #[test]
    fn nothing_is_heard_in_silence() {
        assert!(is_phantom("I left because of the pay.", SURE, &tone(0.001)));
        assert!(!is_phantom("I left because of the pay.", SURE, &tone(0.1)));
    }

    #[test]
    fn a_habit_counts_only_where_speech_is_likely() {
        let doubtful = Trust {
            no_speech: 0.5,
            logprob: -0.3,
        };
        assert!(is_phantom(" Thank you.", doubtful, &tone(0.1)));
        assert!(!is_phantom(" Thank you.", SURE, &tone(0.1)));
        assert!(!is_phantom(" Thank you for that, it helped.", doubtful, &tone(0.1)));
    }

    #[test]
    fn what_the_decoder_itself_disbelieves_is_dropped() {
        assert!(is_phantom(
            "We'll be right back.",
            Trust {
                no_speech: 0.9,
                logprob: -0.9
            },
            &tone(0.1)
        ));
        assert!(is_phantom(
            "Gee of a tau.",
            Trust {
                no_speech: 0.1,
                logprob: -1.5
            },
            &tone(0.1)
        ));
    }

    #[test]
    fn annotations_are_not_speech() {
        let mut inside = false;
        let words = ["[BLANK_AUDIO]", "(soft", "music", "playing)", "Well,", "♪"];
        let kept: Vec<_> = words
            .into_iter()
            .filter(|word| !is_annotation(word, &mut inside))
            .collect();
        assert_eq!(kept, ["Well,"]);
        assert!(is_phantom("...", SURE, &tone(0.1)));
        assert!(is_wail("AHHHHHH!") && !is_wail("Hmmm...") && !is_wail("100000"));
    }
}

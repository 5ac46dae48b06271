//! Whisper on real weights: what people said comes out, what nobody said does not.

#![allow(clippy::unwrap_used)]

mod common;

use std::cell::Cell;

use colloquy_core::ports::{SpeechToText, Transcript};
use colloquy_models::wer::{errors, words};
use common::{flac, models, recordings, speech};

fn heard(pcm: &[f32]) -> Transcript {
    models().recognizer().unwrap().transcribe(pcm, &|| false).unwrap()
}

#[test]
fn recordings_are_written_down() {
    let all = recordings(&speech());
    for id in [
        "jfk",
        "pico_cheetah_en",
        "vctk_p226_011",
        "vctk_p240_00000",
        "psphinx_librivox_0870",
        "libri-other_367-130732-0004",
    ] {
        let recording = all.iter().find(|recording| recording.id == id).unwrap();
        let said = words(&recording.text);
        let transcript = heard(&flac(&recording.path));
        let wrong = errors(&said, &words(transcript.text.expose()));
        assert!(
            wrong * 10 <= said.len(),
            "{id}: {wrong} of {} words are wrong",
            said.len()
        );
        assert!(transcript.confidence > 0.6, "{id}: {}", transcript.confidence);
    }
}

#[test]
fn an_imported_model_decodes_the_reference_sentence() {
    let transcript = heard(&flac(&speech().join("jfk.flac")));
    let text =
        "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country.";
    assert_eq!(words(transcript.text.expose()), words(text));
}

#[test]
fn words_lie_within_the_audio_in_order() {
    let pcm = flac(&speech().join("jfk.flac"));
    let transcript = heard(&pcm);
    let joined: Vec<&str> = transcript.words.iter().map(|word| word.text.expose()).collect();
    assert_eq!(joined.join(" "), transcript.text.expose());
    assert!(
        transcript
            .words
            .windows(2)
            .all(|pair| pair[0].end_ms <= pair[1].start_ms + 20)
    );
    assert!(transcript.words.last().unwrap().end_ms as usize <= pcm.len() / 16 + 20);
    assert!(
        transcript
            .words
            .iter()
            .all(|word| (0.0..=1.0).contains(&word.probability))
    );
    // "country" is first said between 5.3 and 6.1 s of this recording.
    let country = transcript
        .words
        .iter()
        .find(|word| word.text.expose().contains("country"))
        .unwrap();
    assert!(country.start_ms.abs_diff(5_300) < 1_200, "{}", country.start_ms);
}

#[test]
fn silence_and_noise_say_nothing() {
    assert_eq!(heard(&[0.0; 32_000]), Transcript::default());
    assert_eq!(heard(&[0.0; 800]), Transcript::default());
    let mut seed = 1_u32;
    let hiss: Vec<f32> = (0..48_000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / (1 << 24) as f32 * 0.004 - 0.002
        })
        .collect();
    assert_eq!(heard(&hiss), Transcript::default());
    for file in ["desk_tap.flac", "keyboard_typing_a.flac"] {
        assert_eq!(heard(&flac(&speech().join(file))).text.expose(), "", "{file}");
    }
}

#[test]
fn a_cancelled_decode_ends_early_and_the_next_one_is_whole() {
    let pcm = flac(&speech().join("jfk.flac"));
    let mut recognizer = models().recognizer().unwrap();
    let asked = Cell::new(0);
    let cancelled = || {
        asked.set(asked.get() + 1);
        asked.get() > 2
    };
    let error = recognizer.transcribe(&pcm, &cancelled).unwrap_err();
    assert_eq!(error.to_string(), "whisper: cancelled");
    assert!(asked.get() < 8, "it went on for {} steps", asked.get());
    let whole = recognizer.transcribe(&pcm, &|| false).unwrap();
    assert!(whole.text.expose().ends_with("country."));
}

#[test]
fn more_than_30_seconds_are_refused() {
    let error = models()
        .recognizer()
        .unwrap()
        .transcribe(&vec![0.0; 16_000 * 31], &|| false)
        .unwrap_err();
    assert!(error.to_string().contains("30 s"), "{error}");
}

#[test]
fn the_fitted_window_says_what_the_full_one_says() {
    let said = |recognizer: &mut dyn SpeechToText, pcm: &[f32]| {
        words(recognizer.transcribe(pcm, &|| false).unwrap().text.expose())
    };
    for file in ["pico_cheetah_en.flac", "vctk_p240_00000.flac"] {
        let pcm = flac(&speech().join(file));
        let fitted = said(&mut models().recognizer().unwrap(), &pcm);
        assert_eq!(
            fitted,
            said(&mut models().full_window_recognizer().unwrap(), &pcm),
            "{file}"
        );
    }
}

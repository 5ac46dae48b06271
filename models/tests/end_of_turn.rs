//! Smart Turn says that a complete question is over and that half of it is not, with the numbers of its reference.

#![allow(clippy::unwrap_used)]

mod common;

use colloquy_core::ports::EndOfTurn;

/// Recordings that end where their speaker does, and the part of each after which it is cut in the middle of a sentence.
const EXAMPLES: [(&str, f32); 4] = [
    ("ami_ES2003a_MEE009_18430.flac", 0.3),
    ("barista_52c120b7.flac", 0.5),
    ("pico_cheetah_en.flac", 0.6),
    ("vctk_p226_011.flac", 0.6),
];

/// Recordings and what the reference makes of them, from unlikely to likely.
const REFERENCE: [(&str, f32); 5] = [
    ("libri-other_3080-5032-0001.flac", 0.0091),
    ("ami_ES2003b_MEE009_07050.flac", 0.2566),
    ("ami_EN2005a_FEE083_13590.flac", 0.4315),
    ("jfk.flac", 0.7988),
    ("pico_cheetah_en.flac", 0.9885),
];

#[test]
fn a_complete_utterance_is_over_and_half_of_it_is_not() {
    let mut judge = common::models().end_of_turn();
    for (file, part) in EXAMPLES {
        let pcm = common::flac(&common::speech().join(file));
        let whole = judge.score(&pcm).unwrap();
        let cut = judge.score(&pcm[..(pcm.len() as f32 * part) as usize]).unwrap();
        assert!(whole > 0.8 && cut < 0.4, "{file}: {whole} whole, {cut} cut");
    }
}

#[test]
fn scores_are_those_of_the_reference() {
    let mut judge = common::models().end_of_turn();
    // Features by the extractor in numpy that ships with the model, scores by ONNX Runtime in Python.
    for (file, expected) in REFERENCE {
        let score = judge.score(&common::flac(&common::speech().join(file))).unwrap();
        assert!((score - expected).abs() < 0.02, "{file}: {score} for {expected}");
    }
}

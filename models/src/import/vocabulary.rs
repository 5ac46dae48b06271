//! Whisper's vocabulary as bytes, out of a `tokenizer.json` that writes each byte as a printable character (GPT-2's way).

use std::collections::HashMap;

use serde::Deserialize;

use crate::error::ModelsError;

const END_OF_TEXT: &str = "<|endoftext|>";

#[derive(Deserialize)]
struct Tokenizer {
    model: Model,
    added_tokens: Vec<Added>,
}

#[derive(Deserialize)]
struct Model {
    vocab: HashMap<String, usize>,
}

#[derive(Deserialize)]
struct Added {
    id: usize,
    content: String,
}

/// The tokens before the first special one, by id, as the bytes they stand for: 50,256 for English models, 50,257 for
/// multilingual ones. whisper.cpp makes the special ones itself.
pub(super) fn from_tokenizer(json: &[u8]) -> Result<Vec<Vec<u8>>, ModelsError> {
    let bad = |cause: String| ModelsError::Import(format!("tokenizer: {cause}"));
    let tokenizer: Tokenizer = serde_json::from_slice(json).map_err(|e| bad(e.to_string()))?;
    let listed = tokenizer
        .added_tokens
        .iter()
        .find(|added| added.content == END_OF_TEXT)
        .map(|added| added.id);
    let end = listed.or_else(|| tokenizer.model.vocab.get(END_OF_TEXT).copied());
    let end = end.ok_or_else(|| bad(format!("{END_OF_TEXT} is missing")))?;
    if end > tokenizer.model.vocab.len() {
        return Err(bad(format!(
            "{END_OF_TEXT} is number {end} of {}",
            tokenizer.model.vocab.len()
        )));
    }
    let bytes = byte_of_char();
    let mut tokens: Vec<Option<Vec<u8>>> = vec![None; end];
    for (text, id) in &tokenizer.model.vocab {
        let Some(token) = tokens.get_mut(*id) else { continue };
        let decoded = text
            .chars()
            .map(|c| bytes.get(&c).copied())
            .collect::<Option<Vec<u8>>>();
        *token = Some(decoded.ok_or_else(|| bad(format!("token {id} is not written in bytes")))?);
    }
    let whole = tokens
        .into_iter()
        .enumerate()
        .map(|(id, token)| token.ok_or_else(|| bad(format!("token {id} is missing"))));
    whole.collect()
}

/// GPT-2's table: printable bytes stand for themselves, the others for the characters from U+0100 on, in order.
fn byte_of_char() -> HashMap<char, u8> {
    let printable = |byte: &u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    let own = (0..=u8::MAX).filter(printable).map(|byte| (char::from(byte), byte));
    let moved = (0..=u8::MAX)
        .filter(|byte| !printable(byte))
        .zip('\u{100}'..)
        .map(|(byte, c)| (c, byte));
    own.chain(moved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_become_the_bytes_they_stand_for() {
        let json = r#"{"model": {"vocab": {"a": 0, "Ġthe": 1, "Ċ": 2, "Ã©": 3, "<|endoftext|>": 4}},
                       "added_tokens": [{"id": 4, "content": "<|endoftext|>"}]}"#;
        let tokens = from_tokenizer(json.as_bytes()).unwrap();
        assert_eq!(
            tokens,
            [b"a".to_vec(), b" the".to_vec(), b"\n".to_vec(), "é".as_bytes().to_vec()]
        );
    }

    #[test]
    fn the_table_has_all_256_bytes() {
        let table = byte_of_char();
        let mut bytes: Vec<u8> = table.values().copied().collect();
        bytes.sort_unstable();
        assert_eq!(bytes, (0..=255).collect::<Vec<u8>>());
        assert_eq!(table[&'Ġ'], b' ');
    }

    #[test]
    fn a_hole_in_the_vocabulary_is_an_error() {
        let json = r#"{"model": {"vocab": {"a": 0, "b": 2}}, "added_tokens": [{"id": 2, "content": "<|endoftext|>"}]}"#;
        assert!(
            from_tokenizer(json.as_bytes())
                .unwrap_err()
                .to_string()
                .contains("token 1 is missing")
        );
    }
}

//! Imports Whisper models from `CTranslate2`, as which they are packaged, to GGML, as which whisper.cpp reads them.

mod ct2;
mod ggml;
mod vocabulary;

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::error::ModelsError;

/// Converts a Whisper model from `CTranslate2` (`model`: the content of `model.bin`, f16 or f32) to GGML. `tokenizer`: the
/// content of its `tokenizer.json`. Returns the count of tensors written.
///
/// # Errors
/// [`ModelsError::Import`] if the model is not a Whisper model in that format, or is quantized, or the tokenizer does not
/// fit it, or `to` cannot be written.
pub fn whisper_ggml(model: &[u8], tokenizer: &[u8], to: &mut dyn Write) -> Result<usize, ModelsError> {
    let model = ct2::Model::read(model)?;
    let vocabulary = vocabulary::from_tokenizer(tokenizer)?;
    ggml::write(&model, &vocabulary, to)
}

/// [`whisper_ggml`] from file to file: `to` appears whole or not at all.
///
/// # Errors
/// As [`whisper_ggml`], and [`ModelsError::Io`].
pub fn whisper_ggml_file(model: &Path, tokenizer: &Path, to: &Path) -> Result<usize, ModelsError> {
    let read = |path: &Path| fs::read(path).map_err(ModelsError::io(path));
    let (model, tokenizer) = (read(model)?, read(tokenizer)?);
    let mut fresh = to.as_os_str().to_owned();
    fresh.push(format!(".{}", std::process::id()));
    let fresh = Path::new(&fresh);
    let written = File::create(fresh).map_err(ModelsError::io(fresh)).and_then(|file| {
        let mut file = BufWriter::new(file);
        let tensors = whisper_ggml(&model, &tokenizer, &mut file)?;
        file.into_inner().map_err(|e| ModelsError::io(fresh)(e.into_error()))?;
        fs::rename(fresh, to).map_err(ModelsError::io(to))?;
        Ok(tensors)
    });
    if written.is_err() {
        // It may not even have been made.
        let _ = fs::remove_file(fresh);
    }
    written
}

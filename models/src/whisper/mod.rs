//! Speech to text with whisper.cpp: weights shared, one state for each thread that decodes.

mod native;
mod phantom;
mod repetition;
mod spare;
mod words;

use std::path::Path;

use colloquy_core::ports::{InferenceError, SpeechToText, Transcript};
use colloquy_core::time::HEARING_RATE_HZ;
use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperState};

use crate::error::ModelsError;
use crate::onnx::inference;
use phantom::{Trust, is_annotation, is_phantom, is_wail};
use repetition::{Repetition, repetition};
use words::{Spoken, laid_over};

const MODEL: &str = "whisper";

/// Steps of the encoder for 30 s, and so 20 ms each.
const FULL_CONTEXT: usize = 1500;

/// Steps of silence kept after the audio (2.6 s): with less, the decoder does not see the end and says things twice.
const PADDING_STEPS: usize = 128;

/// Steps are a multiple of this, so that few sizes of its graph are planned.
const CONTEXT_UNIT: usize = 64;

/// The shortest window: 3.8 s.
const SHORTEST_CONTEXT: usize = 192;

/// Samples to one step of the encoder.
const SAMPLES_PER_STEP: usize = 320;

/// The longest audio that is taken at once.
const MAX_SAMPLES: usize = 30 * HEARING_RATE_HZ as usize;

/// Shorter audio (0.1 s) holds no word.
const MIN_SAMPLES: usize = HEARING_RATE_HZ as usize / 10;

/// Shorter audio is filled up with silence to half a second; whisper.cpp refuses stretches near 0.1 s.
const FILLED_SAMPLES: usize = HEARING_RATE_HZ as usize / 2;

/// Tokens allowed for a second of audio, and besides: fast English has about 7, and a loop runs into this bound.
const TOKENS_PER_SECOND: usize = 10;
const TOKENS_BESIDES: usize = 12;

/// How much of the encoder's 30 s is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Window {
    /// The audio and some silence after it: several times faster, the same words.
    #[default]
    Fitted,
    /// All of it, as the model was trained.
    Full,
}

impl Window {
    /// Steps of the encoder for `samples`.
    fn steps(self, samples: usize) -> usize {
        match self {
            Self::Full => FULL_CONTEXT,
            Self::Fitted => {
                let steps = samples.div_ceil(SAMPLES_PER_STEP) + PADDING_STEPS;
                steps
                    .max(SHORTEST_CONTEXT)
                    .next_multiple_of(CONTEXT_UNIT)
                    .min(FULL_CONTEXT)
            }
        }
    }
}

/// A loaded Whisper model.
pub struct Whisper {
    context: WhisperContext,
    params: FullParams<'static, 'static>,
    threads: usize,
}

impl Whisper {
    /// Loads a GGML file. `language`: a code such as `en`, or `None` to have it detected in each stretch (multilingual
    /// models alone). `threads` is what one decode may use while cores are
    /// free.
    ///
    /// # Errors
    /// [`ModelsError::Load`] if whisper.cpp does not take the file, or does not know the language.
    pub fn load(path: &Path, language: Option<&str>, threads: usize) -> Result<Self, ModelsError> {
        native::route_logs();
        let failed = |cause: String| ModelsError::Load {
            model: MODEL,
            path: path.to_owned(),
            cause,
        };
        let known = |code: &str| whisper_rs::get_lang_id(code).and_then(whisper_rs::get_lang_str);
        let language = match language {
            Some(code) => Some(known(code).ok_or_else(|| failed(format!("it knows no language {code:?}")))?),
            None => None,
        };
        let mut settings = WhisperContextParameters::new();
        settings.use_gpu(false).flash_attn(false);
        let context = WhisperContext::new_with_params(path, settings).map_err(|e| failed(e.to_string()))?;
        let mut params = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        // Each call leaks the code, so that it is set once and cloned ever after.
        params.set_language(language);
        params.set_no_context(true);
        // Timestamps cost two tokens or so, and show the decoder where the speech ends: without them it starts again.
        params.set_no_timestamps(false);
        params.set_single_segment(true);
        params.set_suppress_nst(true);
        params.set_temperature_inc(0.0);
        params.set_print_progress(false);
        params.set_print_realtime(false);
        params.set_print_special(false);
        params.set_print_timestamps(false);
        Ok(Self {
            context,
            params,
            threads,
        })
    }

    /// A recognizer with a state of its own, for one thread.
    ///
    /// # Errors
    /// An [`InferenceError`] if there is no memory for it.
    pub fn recognizer(&self, window: Window) -> Result<WhisperRecognizer, InferenceError> {
        let state = self.context.create_state().map_err(inference(MODEL))?;
        Ok(WhisperRecognizer {
            state,
            params: self.params.clone(),
            threads: self.threads,
            end: self.context.token_eot(),
            window,
        })
    }
}

/// Decodes for one thread.
pub struct WhisperRecognizer {
    state: WhisperState,
    params: FullParams<'static, 'static>,
    threads: usize,
    /// The token from which on tokens are no text.
    end: i32,
    window: Window,
}

/// What one decode gave.
struct Decoded {
    words: Vec<Spoken>,
    confidence: f32,
    trust: Trust,
    /// Whether it was cut off, having more tokens than people say in that time.
    hit_bound: bool,
}

impl Decoded {
    fn repetition(&self) -> Option<Repetition> {
        repetition(&self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>())
    }

    /// Whether a decode with the whole window could say something better.
    fn is_doubtful(&self) -> bool {
        self.hit_bound || self.repetition().is_some()
    }
}

impl WhisperRecognizer {
    fn decode(&mut self, pcm: &[f32], window: Window, cancelled: &dyn Fn() -> bool) -> Result<Decoded, InferenceError> {
        let mut params = self.params.clone();
        let threads = spare::threads(self.threads);
        params.set_n_threads(i32::try_from(threads).map_err(inference(MODEL))?);
        let seconds = pcm.len().div_ceil(HEARING_RATE_HZ as usize);
        params.set_audio_ctx(i32::try_from(window.steps(pcm.len())).map_err(inference(MODEL))?);
        let bound = seconds * TOKENS_PER_SECOND + TOKENS_BESIDES;
        params.set_max_tokens(i32::try_from(bound).map_err(inference(MODEL))?);
        native::full(&mut self.state, params, pcm, cancelled).map_err(|error| {
            let cause = if cancelled() {
                "cancelled".to_owned()
            } else {
                error.to_string()
            };
            InferenceError { model: MODEL, cause }
        })?;
        self.collect(bound)
    }

    /// Joins the tokens to words.
    fn collect(&self, bound: usize) -> Result<Decoded, InferenceError> {
        let mut words: Vec<(Vec<u8>, Vec<f32>)> = Vec::new();
        let mut no_speech = 0.0_f32;
        for segment in self.state.as_iter() {
            no_speech = no_speech.max(segment.no_speech_probability());
            for token in (0..segment.n_tokens()).filter_map(|n| segment.get_token(n)) {
                if token.token_id() >= self.end {
                    continue;
                }
                let bytes = token.to_bytes().map_err(inference(MODEL))?;
                let probability = token.token_probability();
                match words.last_mut() {
                    Some((word, probabilities)) if !bytes.starts_with(b" ") => {
                        word.extend_from_slice(bytes);
                        probabilities.push(probability);
                    }
                    _ => words.push((bytes.to_vec(), vec![probability])),
                }
            }
        }
        let all: Vec<f32> = words
            .iter()
            .flat_map(|(_, probabilities)| probabilities.iter().copied())
            .collect();
        let logprob = mean(all.iter().map(|p| p.max(f32::MIN_POSITIVE).ln()));
        let mut inside = false;
        let words = words.into_iter().map(|(bytes, probabilities)| Spoken {
            text: String::from_utf8_lossy(&bytes).trim().to_owned(),
            probability: mean(probabilities.into_iter()),
        });
        let words = words
            .filter(|word| !word.text.is_empty() && !is_annotation(&word.text, &mut inside) && !is_wail(&word.text))
            .collect();
        Ok(Decoded {
            words,
            hit_bound: all.len() + 2 >= bound,
            confidence: mean(all.into_iter()),
            trust: Trust { no_speech, logprob },
        })
    }
}

fn mean(values: impl ExactSizeIterator<Item = f32>) -> f32 {
    let count = values.len().max(1) as f32;
    values.sum::<f32>() / count
}

impl SpeechToText for WhisperRecognizer {
    fn transcribe(&mut self, pcm: &[f32], cancelled: &dyn Fn() -> bool) -> Result<Transcript, InferenceError> {
        if pcm.len() > MAX_SAMPLES {
            return Err(inference(MODEL)(format!("{} samples are more than 30 s", pcm.len())));
        }
        if pcm.len() < MIN_SAMPLES {
            return Ok(Transcript::default());
        }
        let mut heard = pcm.to_vec();
        heard.resize(pcm.len().max(FILLED_SAMPLES), 0.0);
        let mut decoded = self.decode(&heard, self.window, cancelled)?;
        if decoded.is_doubtful() && self.window != Window::Full {
            decoded = self.decode(&heard, Window::Full, cancelled)?;
        }
        let is_loop = |found: &Repetition| found.is_certain || decoded.hit_bound;
        if let Some(found) = decoded.repetition().filter(is_loop) {
            decoded.words.truncate(found.first_round_ends);
        }
        let text = decoded
            .words
            .iter()
            .map(|word| word.text.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        if is_phantom(&text, decoded.trust, pcm) {
            return Ok(Transcript::default());
        }
        let words = laid_over(decoded.words, pcm);
        Ok(Transcript {
            text: text.into(),
            words,
            confidence: decoded.confidence,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_fits_the_audio_with_silence_after_it_and_never_exceeds_the_models() {
        let seconds = |s: usize| s * HEARING_RATE_HZ as usize;
        assert_eq!(Window::Fitted.steps(seconds(1) / 2), 192);
        assert_eq!(Window::Fitted.steps(seconds(5)), 384);
        assert_eq!(Window::Fitted.steps(seconds(30)), 1500);
        assert_eq!(Window::Full.steps(seconds(1)), 1500);
        for ms in (0..30_000).step_by(70) {
            let steps = Window::Fitted.steps(seconds(ms) / 1000);
            assert!(
                steps * 20 >= (ms + 2_000).min(30_000),
                "{ms} ms of audio have {steps} steps"
            );
        }
    }

    #[test]
    fn a_file_that_is_no_model_is_an_error_with_the_mending_command() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mine.bin");
        std::fs::write(&path, "not a model").unwrap();
        let error = Whisper::load(&path, Some("en"), 1).err().unwrap().to_string();
        assert!(
            error.contains("mine.bin") && error.contains("colloquy models fetch"),
            "{error}"
        );
    }
}

//! All models at once, loaded and warm.

use std::ops::ControlFlow;
use std::path::PathBuf;

use colloquy_core::ports::{
    EndOfTurn as _, InferenceError, SpeechToText as _, TextToSpeech as _, VOICE_FRAME, VoiceActivity as _,
};
use colloquy_core::time::HEARING_RATE_HZ;
use serde::{Deserialize, Serialize};

use crate::end_of_turn::{SmartTurn, SmartTurnModel};
use crate::error::ModelsError;
use crate::minilm::MiniLm;
use crate::onnx::Onnx;
use crate::piper::{Piper, Voice};
use crate::vad::{SileroVad, VadModel};
use crate::weights::paths::{WeightPaths, WhisperSize, default_weights_dir, find};
use crate::whisper::{Whisper, WhisperRecognizer, Window};

/// Which models, from where, with how many threads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelsConfig {
    /// The weights directory.
    pub dir: PathBuf,
    /// Weights that were placed by hand.
    pub paths: WeightPaths,
    /// Which Whisper.
    pub whisper: WhisperSize,
    /// The language that is spoken, such as `en`; `auto` has a multilingual Whisper detect it each time.
    pub language: String,
    /// Threads of one transcription, where so many cores are free when it begins.
    pub whisper_threads: usize,
    /// Threads of one run of Smart Turn or Piper.
    pub onnx_threads: usize,
    /// The espeak-ng program, by name or path.
    pub espeak: PathBuf,
}

impl Default for ModelsConfig {
    fn default() -> Self {
        Self {
            dir: default_weights_dir(),
            paths: WeightPaths::default(),
            whisper: WhisperSize::default(),
            language: "en".into(),
            whisper_threads: 2,
            onnx_threads: 2,
            espeak: "espeak-ng".into(),
        }
    }
}

/// Every model that a conversation needs, loaded once and shared by what it hands out. Each port belongs to one thread; ports of the same model share
/// its weights, and (except for the recognizers) take turns.
pub struct Models {
    whisper: Whisper,
    vad: VadModel,
    end_of_turn: SmartTurnModel,
    voice: Voice,
}

impl Models {
    /// Finds, loads and warms everything: two seconds or so, 330 MB, and 110 MB more once all have worked.
    ///
    /// # Errors
    /// [`ModelsError::MissingWeight`] or [`ModelsError::CorruptWeight`], which name the command that mends them;
    /// [`ModelsError::Load`] if a library refuses a file; [`ModelsError::Warm`] if a first run fails, as it does without
    /// espeak-ng.
    pub fn load(config: &ModelsConfig) -> Result<Self, ModelsError> {
        let found = find(&config.dir, &config.paths, config.whisper)?;
        let onnx = Onnx::open(&found.onnxruntime)?;
        let threads = config.onnx_threads;
        let language = Some(config.language.as_str()).filter(|language| *language != "auto");
        let models = Self {
            whisper: Whisper::load(&found.whisper, language, config.whisper_threads)?,
            vad: VadModel::load(&onnx, &found.vad)?,
            end_of_turn: SmartTurnModel::load(&onnx, &found.end_of_turn, threads)?,
            voice: Voice::load(&onnx, &found.voice, &found.voice_config, &config.espeak, threads)?,
        };
        models.warm()?;
        Ok(models)
    }

    /// Runs each model once, so that nobody's first turn pays for it, and a broken one is known at start.
    fn warm(&self) -> Result<(), InferenceError> {
        self.vad().probability(&[0.0; VOICE_FRAME])?;
        self.end_of_turn().score(&[])?;
        self.recognizer()?
            .transcribe(&vec![0.0; HEARING_RATE_HZ as usize], &|| false)?;
        self.synthesizer()?
            .synthesize("Hello.", &mut |_| ControlFlow::Continue(()))?;
        Ok(())
    }

    /// Speech to text with a state of its own, for one thread.
    ///
    /// # Errors
    /// If there is no memory for the state.
    pub fn recognizer(&self) -> Result<WhisperRecognizer, InferenceError> {
        self.whisper.recognizer(Window::Fitted)
    }

    /// Speech to text that computes the encoder's whole window, for comparison.
    ///
    /// # Errors
    /// As [`Models::recognizer`].
    pub fn full_window_recognizer(&self) -> Result<WhisperRecognizer, InferenceError> {
        self.whisper.recognizer(Window::Full)
    }

    /// Voice activity, one for each conversation.
    #[must_use]
    pub fn vad(&self) -> SileroVad {
        self.vad.stream()
    }

    /// The loaded voice activity model, which hands out streams by itself.
    #[must_use]
    pub fn vad_model(&self) -> VadModel {
        self.vad.clone()
    }

    /// End of turn.
    #[must_use]
    pub fn end_of_turn(&self) -> SmartTurn {
        self.end_of_turn.judge()
    }

    /// Text to speech.
    ///
    /// # Errors
    /// If the voice's sampling rate cannot be brought to ours.
    pub fn synthesizer(&self) -> Result<Piper, InferenceError> {
        self.voice.speaker()
    }

    /// Embeddings of texts, in half a second and 90 MB; clones share the weights.
    ///
    /// # Errors
    /// As [`Models::load`].
    pub fn embedder(config: &ModelsConfig) -> Result<MiniLm, ModelsError> {
        let found = find(&config.dir, &config.paths, config.whisper)?;
        MiniLm::load(&found.embedder, &found.embedder_tokenizer)
    }
}

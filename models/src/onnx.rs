//! ONNX Runtime, loaded from a shared library at run time.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use colloquy_core::ports::InferenceError;
use ort::environment::Environment;
use ort::session::Session;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};

use crate::error::ModelsError;

/// The one environment that a process may have, and where its library came from.
static ENVIRONMENT: Mutex<Option<(PathBuf, Environment)>> = Mutex::new(None);

/// Opens sessions on one loaded library.
pub(crate) struct Onnx {
    environment: Environment,
}

impl Onnx {
    /// Loads the library, or uses the one that is loaded: a process keeps its first.
    pub(crate) fn open(library: &Path) -> Result<Self, ModelsError> {
        let failed = |cause: String| ModelsError::Load {
            model: "ONNX Runtime",
            path: library.to_owned(),
            cause,
        };
        let mut current = ENVIRONMENT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((loaded, environment)) = &*current {
            if loaded != library {
                tracing::warn!(loaded = %loaded.display(), asked = %library.display(), "a process keeps its first ONNX Runtime");
            }
            return Ok(Self {
                environment: environment.clone(),
            });
        }
        let builder = ort::init_from(library).map_err(|e| failed(e.to_string()))?;
        let builder = builder.with_name("colloquy").with_telemetry(false);
        let environment = builder.build().map_err(|e| failed(e.to_string()))?;
        *current = Some((library.to_owned(), environment.clone()));
        Ok(Self { environment })
    }

    /// Opens `path` with `threads` threads that sleep while there is nothing to do: spinning ones starve Whisper on two cores.
    pub(crate) fn session(&self, model: &'static str, path: &Path, threads: usize) -> Result<Session, ModelsError> {
        let failed = |cause: String| ModelsError::Load {
            model,
            path: path.to_owned(),
            cause,
        };
        let builder = Session::builder(&self.environment).map_err(|e| failed(e.to_string()))?;
        let mut builder = configured(builder, threads).map_err(failed)?;
        builder.commit_from_file(path).map_err(|e| failed(e.to_string()))
    }
}

fn configured(builder: SessionBuilder, threads: usize) -> Result<SessionBuilder, String> {
    let builder = builder
        .with_optimization_level(GraphOptimizationLevel::All)
        .map_err(|e| e.to_string())?;
    let builder = builder.with_intra_threads(threads).map_err(|e| e.to_string())?;
    let builder = builder.with_inter_threads(1).map_err(|e| e.to_string())?;
    // Lengths differ from call to call, so that a plan of the memory for each would only pile up.
    let builder = builder.with_memory_pattern(false).map_err(|e| e.to_string())?;
    builder
        .with_config_entry("session.intra_op.allow_spinning", "0")
        .map_err(|e| e.to_string())
}

/// For `map_err` on whatever a model does. The text of `E` must not hold what was said; that of the runtime holds shapes.
pub(crate) fn inference<E: std::fmt::Display>(model: &'static str) -> impl Fn(E) -> InferenceError {
    move |error| InferenceError {
        model,
        cause: error.to_string(),
    }
}

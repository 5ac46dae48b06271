//! One server with all its models at a time: two would take each other's cores, and every time that is measured would be
//! wrong.

use std::fs::File;
use std::path::PathBuf;

/// The machine is ours while this lives; other tests, in other processes too, wait.
#[derive(Debug)]
pub struct Machine {
    _lock: File,
}

impl Machine {
    /// Blocks until no other test has it.
    #[must_use]
    pub fn take() -> Self {
        let path = cache_dir().join("tests.lock");
        let lock = File::create(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        lock.lock()
            .unwrap_or_else(|e| panic!("locking {}: {e}", path.display()));
        Self { _lock: lock }
    }
}

/// `~/.cache/colloquy`, made if it is not there.
pub(crate) fn cache_dir() -> PathBuf {
    let home = std::env::var_os("HOME").map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = home.join(".cache/colloquy");
    std::fs::create_dir_all(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    folder
}

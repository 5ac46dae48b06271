//! Who may use this machine's two cores meanwhile. A spoken interview passes in real time and leaves most of a core alone:
//! two are held at once. A test that measures has the machine to itself.

use std::fs::File;
use std::path::{Path, PathBuf};

/// So many servers with all their models run at once: as many as there are cores on the machines that this is meant for.
const PLACES: usize = 2;

/// A place on the machine, or all of it, while this lives; other tests, in other processes too, wait.
#[derive(Debug)]
pub struct Machine {
    _locks: Vec<File>,
}

impl Machine {
    /// A place beside other tests. Blocks until there is one.
    #[must_use]
    pub fn share() -> Self {
        // nextest tells those that it runs at once apart; whoever runs a test alone has the first place.
        let slot = std::env::var("NEXTEST_TEST_GROUP_SLOT").ok();
        let place = slot.and_then(|slot| slot.parse::<usize>().ok()).unwrap_or(0) % PLACES;
        Self {
            _locks: vec![lock(&cache_dir(), place)],
        }
    }

    /// The whole machine, for who measures. Blocks until nobody else has a place.
    #[must_use]
    pub fn take() -> Self {
        let folder = cache_dir();
        Self {
            _locks: (0..PLACES).map(|place| lock(&folder, place)).collect(),
        }
    }
}

fn lock(folder: &Path, place: usize) -> File {
    let path = folder.join(format!("tests.{place}.lock"));
    let lock = File::create(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    lock.lock()
        .unwrap_or_else(|e| panic!("locking {}: {e}", path.display()));
    lock
}

/// `~/.cache/colloquy`, made if it is not there.
pub(crate) fn cache_dir() -> PathBuf {
    let home = std::env::var_os("HOME").map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = home.join(".cache/colloquy");
    std::fs::create_dir_all(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    folder
}

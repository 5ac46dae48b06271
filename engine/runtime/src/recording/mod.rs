//! Sound that is kept, where session and person agree: Ogg Opus, a file for each side of each stretch that a connection
//! lasted, in a folder of this node.
//!
//! - [`tape`]: a conversation's end of it, which knows when what was heard
//! - [`scribe`]: the thread that encodes and writes; no conversation ever waits for a disk
//! - [`listen`]: the sound of one turn
//! - [`shelf`]: what is kept, and what must go

mod listen;
mod scribe;
mod shelf;
mod tape;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use std::{collections::HashSet, fs, io};

use colloquy_core::id::{ConversationId, RecordingId};
use tokio::sync::{Semaphore, mpsc};

pub use listen::TurnSound;
use scribe::Job;
pub(crate) use tape::Tape;

/// Jobs that wait for the scribe, most of them 20 ms of sound of 1 to 2 kB: three seconds of twelve conversations. Who finds
/// no place is not recorded any more.
const JOBS: usize = 4_096;
/// Turns that are read at once, each of up to 60 MB.
const LISTENERS: usize = 4;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What this node keeps.
#[derive(Debug)]
pub struct Recordings {
    folder: PathBuf,
    keep_ms: i64,
    scribe: mpsc::Sender<Job>,
    /// When files without a row were last looked for.
    swept: Mutex<Option<Instant>>,
    /// Who listens; others wait.
    listeners: Semaphore,
    /// Those that are being made: their files are left alone until they are whole.
    open: Arc<Mutex<HashSet<RecordingId>>>,
}

/// A side of a conversation, as its file is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Participant,
    Interviewer,
}

/// The files of one recording.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    folder: PathBuf,
    id: RecordingId,
}

impl Files {
    pub(crate) fn sound(&self, side: Side) -> PathBuf {
        let side = match side {
            Side::Participant => "participant",
            Side::Interviewer => "interviewer",
        };
        self.folder.join(format!("{}.{side}.opus", self.id))
    }

    /// Where each of our utterances begins: its number and the milliseconds from the beginning of the file, a line each.
    pub(crate) fn marks(&self) -> PathBuf {
        self.folder.join(format!("{}.marks", self.id))
    }

    /// Deletes them, those that are there; and the conversation's folder with its last one.
    fn erase(&self) -> io::Result<()> {
        for path in [
            self.sound(Side::Participant),
            self.sound(Side::Interviewer),
            self.marks(),
        ] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        // It may hold others still.
        let _stays = fs::remove_dir(&self.folder);
        Ok(())
    }
}

impl Recordings {
    /// Keeps sound in `folder`, for so many days.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn start(folder: PathBuf, keep_days: u32) -> io::Result<Arc<Self>> {
        let (scribe, jobs) = mpsc::channel(JOBS);
        std::thread::Builder::new()
            .name("recording".to_owned())
            .spawn(move || scribe::write(jobs))?;
        Ok(Arc::new(Self {
            folder,
            keep_ms: i64::from(keep_days) * DAY_MS,
            scribe,
            swept: Mutex::default(),
            listeners: Semaphore::new(LISTENERS),
            open: Arc::default(),
        }))
    }

    fn files(&self, conversation: ConversationId, id: RecordingId) -> Files {
        Files {
            folder: self.folder.join(conversation.to_string()),
            id,
        }
    }

    fn is_open(&self, id: RecordingId) -> bool {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }
}

/// A recording is being made for as long as this is there.
#[derive(Debug)]
struct Open {
    id: RecordingId,
    all: Arc<Mutex<HashSet<RecordingId>>>,
}

impl Open {
    fn new(all: &Arc<Mutex<HashSet<RecordingId>>>, id: RecordingId) -> Self {
        all.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        Self {
            id,
            all: Arc::clone(all),
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

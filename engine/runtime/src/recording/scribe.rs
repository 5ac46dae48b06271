//! The thread that encodes and writes what is kept, of all conversations.

use std::collections::HashMap;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use colloquy_audio::tape::{TapeError, TapeWriter};
use colloquy_core::id::RecordingId;
use colloquy_core::time::{HEARING_RATE_HZ, SPEAKING_RATE_HZ};
use tokio::sync::{mpsc, oneshot};
use tracing::error;

use super::{Files, Side};

/// What a tape wants done.
#[derive(Debug)]
pub(super) enum Job {
    /// Makes the files.
    Begin {
        id: RecordingId,
        files: Files,
        /// Set once something fails; nothing is written then any more.
        failed: Arc<AtomicBool>,
        /// Answered when the files are there, or have failed.
        done: oneshot::Sender<()>,
    },
    /// 20 ms of sound.
    Sound {
        id: RecordingId,
        side: Side,
        /// Milliseconds from the beginning of the recording. There is silence up to here.
        at_ms: u64,
        samples: Vec<f32>,
    },
    /// One of our utterances begins there.
    Mark {
        id: RecordingId,
        utterance: u32,
        at_ms: u64,
    },
    /// Nothing follows.
    End {
        id: RecordingId,
        /// Answered when the files are whole.
        done: Option<oneshot::Sender<()>>,
    },
}

struct Desk {
    participant: TapeWriter<File>,
    interviewer: TapeWriter<File>,
    marks: File,
    failed: Arc<AtomicBool>,
}

/// Works until nobody can send jobs any more.
pub(super) fn write(mut jobs: mpsc::Receiver<Job>) {
    let mut desks: HashMap<RecordingId, Desk> = HashMap::new();
    while let Some(job) = jobs.blocking_recv() {
        match job {
            Job::Begin {
                id,
                files,
                failed,
                done,
            } => {
                match Desk::new(&files, &failed) {
                    Ok(desk) => drop(desks.insert(id, desk)),
                    Err(problem) => give_up(id, &failed, &problem),
                }
                // Who gave up waiting has ended.
                let _gone = done.send(());
            }
            Job::Sound {
                id,
                side,
                at_ms,
                samples,
            } => with(&mut desks, id, |desk| desk.sound(side, at_ms, &samples)),
            Job::Mark { id, utterance, at_ms } => with(&mut desks, id, |desk| {
                Ok(desk.marks.write_all(format!("{utterance} {at_ms}\n").as_bytes())?)
            }),
            Job::End { id, done } => {
                if let Some(desk) = desks.remove(&id) {
                    let failed = Arc::clone(&desk.failed);
                    if let Err(problem) = desk.finish() {
                        give_up(id, &failed, &problem);
                    }
                }
                if let Some(done) = done {
                    let _gone = done.send(());
                }
            }
        }
    }
}

/// Does it for a recording that has not failed; one that fails now is closed as far as it came.
fn with(
    desks: &mut HashMap<RecordingId, Desk>,
    id: RecordingId,
    work: impl FnOnce(&mut Desk) -> Result<(), TapeError>,
) {
    let Some(desk) = desks.get_mut(&id) else { return };
    if let Err(problem) = work(desk)
        && let Some(desk) = desks.remove(&id)
    {
        give_up(id, &desk.failed, &problem);
        // The disk that failed may fail again; what was written before stays.
        let _failing = desk.finish();
    }
}

fn give_up(id: RecordingId, failed: &AtomicBool, problem: &TapeError) {
    error!(%id, %problem, "a recording ends: it cannot be written. The conversation goes on");
    metrics::counter!("colloquy_recordings_failed_total").increment(1);
    failed.store(true, Ordering::Release);
}

impl Desk {
    fn new(files: &Files, failed: &Arc<AtomicBool>) -> Result<Self, TapeError> {
        DirBuilder::new().recursive(true).mode(0o700).create(&files.folder)?;
        Ok(Self {
            participant: TapeWriter::new(make(&files.sound(Side::Participant))?, HEARING_RATE_HZ)?,
            interviewer: TapeWriter::new(make(&files.sound(Side::Interviewer))?, SPEAKING_RATE_HZ)?,
            marks: make(&files.marks())?,
            failed: Arc::clone(failed),
        })
    }

    fn sound(&mut self, side: Side, at_ms: u64, samples: &[f32]) -> Result<(), TapeError> {
        let tape = match side {
            Side::Participant => &mut self.participant,
            Side::Interviewer => &mut self.interviewer,
        };
        tape.silence_until(at_ms)?;
        tape.sound(samples)
    }

    fn finish(self) -> Result<(), TapeError> {
        self.participant.finish()?;
        self.interviewer.finish()?;
        Ok(())
    }
}

/// A new file that its owner alone can read.
fn make(path: &Path) -> io::Result<File> {
    fs::File::options().create_new(true).write(true).mode(0o600).open(path)
}

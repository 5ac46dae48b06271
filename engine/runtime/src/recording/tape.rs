//! A conversation's end of its recording: what was heard, what was said, and when in conversation time.
//!
//! While the conversation rests nothing is kept, of either side: time stands still then.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use colloquy_audio::frame::FRAME_MS;
use colloquy_core::id::{ConversationId, RecordingId};
use colloquy_core::time::Ms;
use colloquy_store::{Store, StoreError};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tracing::{error, info, warn};

use super::scribe::Job;
use super::{Open, Recordings, Side};

/// The disk has so long to take the beginning or the end; a conversation waits no longer.
const DISK_WITHIN: Duration = Duration::from_secs(2);

/// A recording that is being made.
#[derive(Debug)]
pub(crate) struct Tape {
    id: RecordingId,
    /// Conversation time at which it begins.
    from: Ms,
    scribe: mpsc::Sender<Job>,
    failed: Arc<AtomicBool>,
    /// What the client has of us and was not heard yet: it may still be dropped.
    ahead: VecDeque<Ahead>,
    /// Up to where we are heard with what it has, in milliseconds of the tape.
    said_until: u64,
    /// The utterance that was marked last.
    marked: Option<u32>,
    _open: Open,
}

#[derive(Debug)]
struct Ahead {
    utterance: u32,
    at_ms: u64,
    samples: Vec<f32>,
}

impl Recordings {
    /// Begins a recording at conversation time `from`. `None` where nobody agrees to one, or the disk fails: then the tape's
    /// failure is in the log, and [`Tape::has_failed`] says so.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn begin(
        &self,
        store: &Store,
        node: &str,
        conversation: ConversationId,
        from: Ms,
        now: i64,
    ) -> Result<Option<Tape>, StoreError> {
        let id = RecordingId(uuid::Uuid::now_v7());
        let open = Open::new(&self.open, id);
        if !store.recordings().begin(id, conversation, node, from, now).await? {
            return Ok(None);
        }
        let (done, begun) = oneshot::channel();
        let tape = Tape {
            id,
            from,
            scribe: self.scribe.clone(),
            failed: Arc::default(),
            ahead: VecDeque::new(),
            said_until: 0,
            marked: None,
            _open: open,
        };
        tape.ask(Job::Begin {
            id,
            files: self.files(conversation, id),
            failed: Arc::clone(&tape.failed),
            done,
        });
        if timeout(DISK_WITHIN, begun).await.is_err() {
            warn!(%id, "the disk does not take a recording");
            tape.failed.store(true, Ordering::Release);
        }
        info!(%id, %from, "the sound is kept from here on");
        Ok(Some(tape))
    }
}

impl Tape {
    /// Whether it cannot be written any more.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// 20 ms of the person's voice, which began at `at`: mono f32 at 16 kHz.
    pub(crate) fn heard(&mut self, at: Ms, frame: &[f32]) {
        self.sound(Side::Participant, at.since(self.from), frame.to_vec());
    }

    /// 20 ms of an utterance of ours, which the client gets now: mono f32 at 24 kHz.
    pub(crate) fn said(&mut self, now: Ms, utterance: u32, frame: &[f32]) {
        let at_ms = self.said_until.max(now.since(self.from));
        self.said_until = at_ms + u64::from(FRAME_MS);
        self.ahead.push_back(Ahead {
            utterance,
            at_ms,
            samples: frame.to_vec(),
        });
    }

    /// It is `now`: what was heard of us by now is kept.
    pub(crate) fn passed(&mut self, now: Ms) {
        let now = now.since(self.from);
        while let Some(heard) = self
            .ahead
            .pop_front_if(|ahead| ahead.at_ms + u64::from(FRAME_MS) <= now)
        {
            if self.marked != Some(heard.utterance) {
                self.marked = Some(heard.utterance);
                self.ask(Job::Mark {
                    id: self.id,
                    utterance: heard.utterance,
                    at_ms: heard.at_ms,
                });
            }
            self.sound(Side::Interviewer, heard.at_ms, heard.samples);
        }
    }

    /// What the client has of an utterance and was not heard will not be.
    pub(crate) fn unsaid(&mut self, utterance: u32) {
        self.ahead.retain(|ahead| ahead.utterance != utterance);
        let last = self.ahead.back().map(|ahead| ahead.at_ms + u64::from(FRAME_MS));
        self.said_until = last.unwrap_or_default();
    }

    /// Time stands still from here on: what the client has is heard meanwhile, and counts as heard now.
    pub(crate) fn rests(&mut self) {
        self.passed(Ms(u64::MAX));
    }

    /// Writes what is left, and waits until the files are whole.
    pub(crate) async fn close(mut self) {
        self.rests();
        let (done, whole) = oneshot::channel();
        let end = Job::End {
            id: self.id,
            done: Some(done),
        };
        let ended = async {
            self.scribe.send(end).await.ok()?;
            whole.await.ok()
        };
        if timeout(DISK_WITHIN, ended).await.is_err() {
            warn!(id = %self.id, "the disk does not take the end of a recording");
        }
    }

    fn sound(&self, side: Side, at_ms: u64, samples: Vec<f32>) {
        self.ask(Job::Sound {
            id: self.id,
            side,
            at_ms,
            samples,
        });
    }

    fn ask(&self, job: Job) {
        if !self.has_failed() && self.scribe.try_send(job).is_err() {
            error!(id = %self.id, "a recording ends: the disk does not keep up. The conversation goes on");
            self.failed.store(true, Ordering::Release);
        }
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        // After [`Tape::close`] this does nothing; else the scribe ends the files when it gets to it.
        let end = Job::End {
            id: self.id,
            done: None,
        };
        let _full = self.scribe.try_send(end);
    }
}

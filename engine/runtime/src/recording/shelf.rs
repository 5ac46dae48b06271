//! What is kept, and what must go: its time is over, or nobody agrees to it any more.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use colloquy_core::id::{ConversationId, RecordingId};
use colloquy_store::{Store, StoreError};
use tracing::{error, info};

use uuid::Uuid;

use super::{Files, Recordings};

/// Between two times that files without a row are looked for; the first is at the start.
const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);

impl Recordings {
    /// Deletes what must go from this node at `now` (unix milliseconds). What cannot be deleted is tried again the next time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn clear(&self, store: &Store, node: &str, now: i64) -> Result<(), StoreError> {
        let recordings = store.recordings();
        let expired = recordings.expire(now - self.keep_ms, now).await?;
        if expired > 0 {
            info!(expired, "recordings have reached the end of their time");
        }
        if self.sweeps_now() {
            self.sweep(store).await?;
        }
        for recording in recordings.doomed(node).await? {
            // It goes once it is whole: its conversation is being told to stop.
            if self.is_open(recording.id) {
                continue;
            }
            let files = self.files(recording.conversation, recording.id);
            match erase(files).await {
                Ok(()) => recordings.forget(recording.id).await?,
                Err(why) => error!(id = %recording.id, why, "a recording cannot be deleted; it is tried again"),
            }
        }
        Ok(())
    }

    fn sweeps_now(&self) -> bool {
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        let due = swept.is_none_or(|swept| swept.elapsed() >= SWEEP_EVERY);
        if due {
            *swept = Some(Instant::now());
        }
        due
    }

    /// Deletes files that nobody knows of. A recording is noted before its files are made, so that one without a note was to
    /// go: while the folder could not be reached, or under another one's eyes.
    async fn sweep(&self, store: &Store) -> Result<(), StoreError> {
        let folder = self.folder.clone();
        let here = tokio::task::spawn_blocking(move || on_shelf(&folder))
            .await
            .unwrap_or_default();
        for (conversation, ids) in here {
            let known = store.recordings().known(conversation).await?;
            for id in ids.into_iter().filter(|id| !known.contains(id) && !self.is_open(*id)) {
                match erase(self.files(conversation, id)).await {
                    Ok(()) => info!(%id, "a recording that nobody knows of is deleted"),
                    Err(why) => error!(%id, why, "a recording that nobody knows of cannot be deleted"),
                }
            }
        }
        Ok(())
    }
}

/// The recordings in a folder, by conversation. Whatever else is there is left alone.
fn on_shelf(folder: &Path) -> BTreeMap<ConversationId, BTreeSet<RecordingId>> {
    let entries = |path: &Path| fs::read_dir(path).into_iter().flatten().flatten();
    let mut found: BTreeMap<ConversationId, BTreeSet<RecordingId>> = BTreeMap::new();
    for conversation in entries(folder) {
        let name = conversation.file_name();
        let Some(id) = name.to_str().and_then(|name| Uuid::parse_str(name).ok()) else {
            continue;
        };
        for file in entries(&conversation.path()) {
            let name = file.file_name();
            let recording = name
                .to_str()
                .and_then(|name| Uuid::parse_str(name.split('.').next()?).ok());
            found
                .entry(ConversationId(id))
                .or_default()
                .extend(recording.map(RecordingId));
        }
    }
    found
}

async fn erase(files: Files) -> Result<(), String> {
    let erased = tokio::task::spawn_blocking(move || files.erase()).await;
    match erased {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

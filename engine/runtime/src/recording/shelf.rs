//! What is kept, and what must go: its time is over, or nobody agrees to it any more.

use colloquy_store::{Store, StoreError};
use tracing::{error, info};

use super::{Files, Recordings};

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
}

async fn erase(files: Files) -> Result<(), String> {
    let erased = tokio::task::spawn_blocking(move || files.erase()).await;
    match erased {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

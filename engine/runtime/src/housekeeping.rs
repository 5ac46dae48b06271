//! What a server does now and then, beside its conversations: nothing that was taken back stays for long.

use std::sync::Arc;
use std::time::Duration;

use tracing::{debug, error};

use crate::actor::unix_ms;
use crate::lifecycle::Lifecycle;
use crate::services::Services;

/// How often. What was withdrawn elsewhere is gone from here by then.
const EVERY: Duration = Duration::from_secs(30);

/// Keeps house until everything should end.
pub async fn keep_house(services: Arc<Services>, lifecycle: Lifecycle) {
    loop {
        tidy(&services, unix_ms()).await;
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = lifecycle.stopped() => return,
        }
    }
}

/// Deletes the sound that must go at `now` (unix milliseconds), and has deleted words vanish from the database's files. What
/// fails is logged, and tried again the next time.
pub async fn tidy(services: &Services, now: i64) {
    match services.store.forget_deleted().await {
        Ok(true) => {}
        Ok(false) => debug!("a reader keeps deleted words in the write-ahead log; it is tried again"),
        Err(error) => error!(%error, "deleted words may be in the write-ahead log; it is tried again"),
    }
    if let Some(recordings) = &services.recordings
        && let Err(error) = recordings.clear(&services.store, &services.node, now).await
    {
        error!(%error, "recordings that must go are here still; it is tried again");
    }
}

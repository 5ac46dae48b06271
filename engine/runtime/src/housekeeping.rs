//! What a server does now and then, beside its conversations: nothing that was taken back stays for long.

use std::sync::Arc;
use std::time::{Duration, Instant};

use colloquy_store::Retention;
use tracing::{debug, error, info};

use crate::actor::unix_ms;
use crate::lifecycle::Lifecycle;
use crate::services::Services;

/// How often. What was withdrawn elsewhere is gone from here by then.
const EVERY: Duration = Duration::from_secs(30);

/// How often what workspaces keep no longer is looked for, which is told in days.
const LET_GO_EVERY: Duration = Duration::from_secs(10 * 60);

/// Keeps house until everything should end.
pub async fn keep_house(services: Arc<Services>, lifecycle: Lifecycle) {
    let mut let_go: Option<Instant> = None;
    loop {
        if let_go.is_none_or(|last| last.elapsed() >= LET_GO_EVERY) {
            let_go = Some(Instant::now());
            retain(&services, unix_ms()).await;
        }
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

/// Lets go of what workspaces keep no longer at `now` (unix milliseconds). What fails is logged, and tried again the next time.
async fn retain(services: &Services, now: i64) {
    match services.store.let_go(now).await {
        Ok(gone) => {
            for (id, error) in &gone.failed {
                error!(%id, %error, "something that is kept no longer is here still; it is tried again");
            }
            let Retention {
                conversations,
                recordings,
                mails,
                trials,
                ..
            } = gone;
            if conversations + recordings + mails + trials > 0 {
                info!(
                    conversations,
                    recordings, mails, trials, "what workspaces keep no longer is gone"
                );
            }
        }
        Err(error) => error!(%error, "what workspaces keep no longer is here still; it is tried again"),
    }
}

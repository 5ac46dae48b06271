//! Stopping in two steps: first no new work, then none at all.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The server's life: running, draining, stopped.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    draining: CancellationToken,
    stopped: CancellationToken,
    tasks: TaskTracker,
}

impl Lifecycle {
    /// Whether new work is refused.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    /// Takes no new work from now on.
    pub fn drain(&self) {
        self.draining.cancel();
        self.tasks.close();
    }

    /// Comes when new work is refused.
    pub async fn draining(&self) {
        self.draining.cancelled().await;
    }

    /// Comes when everything should end.
    pub async fn stopped(&self) {
        self.stopped.cancelled().await;
    }

    /// The tasks that a drain waits for.
    #[must_use]
    pub fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// Waits until the work is done, but no longer than `grace`; then everything should end. Whether the work was done.
    pub async fn finish(&self, grace: Duration) -> bool {
        self.drain();
        let done = tokio::time::timeout(grace, self.tasks.wait()).await.is_ok();
        self.stopped.cancel();
        done
    }
}

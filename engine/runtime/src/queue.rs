//! Work for a thread, most urgent first.
//!
//! Inference runs on OS threads of its own; conversations compete for them by deadline, not by the
//! order of asking: the tail of somebody's answer goes before a stretch that nobody waits for.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Why a job was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// As many jobs wait as may.
    #[error("too many jobs are waiting")]
    Full,
    /// The threads are gone.
    #[error("the queue is closed")]
    Closed,
}

struct Entry<J> {
    deadline: Instant,
    order: u64,
    job: J,
}

impl<J> Ord for Entry<J> {
    fn cmp(&self, other: &Self) -> Ordering {
        // The heap gives the greatest first: the earliest deadline, then the first that came.
        (other.deadline, other.order).cmp(&(self.deadline, self.order))
    }
}

impl<J> PartialOrd for Entry<J> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<J> PartialEq for Entry<J> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<J> Eq for Entry<J> {}

struct State<J> {
    heap: BinaryHeap<Entry<J>>,
    order: u64,
    closed: bool,
}

/// A bounded queue by deadline.
pub struct DeadlineQueue<J> {
    state: Mutex<State<J>>,
    waiting: Condvar,
    capacity: usize,
}

impl<J> DeadlineQueue<J> {
    /// A queue in which at most `capacity` jobs wait.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let state = State {
            heap: BinaryHeap::new(),
            order: 0,
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            waiting: Condvar::new(),
            capacity,
        }
    }

    /// Adds a job.
    ///
    /// # Errors
    /// [`QueueError::Full`], [`QueueError::Closed`]; the job is dropped then.
    pub fn push(&self, deadline: Instant, job: J) -> Result<(), QueueError> {
        let mut state = self.lock();
        if state.closed {
            return Err(QueueError::Closed);
        }
        if state.heap.len() >= self.capacity {
            return Err(QueueError::Full);
        }
        state.order += 1;
        let order = state.order;
        state.heap.push(Entry { deadline, order, job });
        drop(state);
        self.waiting.notify_one();
        Ok(())
    }

    /// Takes the most urgent job, waiting for one; `None` once the queue is closed.
    pub fn pop(&self) -> Option<J> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(entry) = state.heap.pop() {
                return Some(entry.job);
            }
            state = self.waiting.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.lock().heap.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Wakes everybody and gives out nothing more.
    pub fn close(&self) {
        self.lock().closed = true;
        self.waiting.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<J>> {
        // A thread that panicked left whole entries behind: the queue is as good as before.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_most_urgent_comes_first_and_equals_in_order() {
        let queue = DeadlineQueue::new(8);
        let now = Instant::now();
        for (after, name) in [(2, "later"), (1, "first"), (1, "second"), (0, "now")] {
            queue.push(now + Duration::from_secs(after), name).unwrap();
        }
        let got: Vec<&str> = (0..4).filter_map(|_| queue.pop()).collect();
        assert_eq!(got, ["now", "first", "second", "later"]);
    }

    #[test]
    fn it_is_bounded_and_closes() {
        let queue = DeadlineQueue::new(1);
        queue.push(Instant::now(), 1).unwrap();
        assert_eq!(queue.push(Instant::now(), 2), Err(QueueError::Full));
        queue.close();
        assert_eq!(queue.pop(), None);
        assert_eq!(queue.push(Instant::now(), 3), Err(QueueError::Closed));
    }
}

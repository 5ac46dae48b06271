//! The thread on which insights are made.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Builder;

use colloquy_core::insights::{Coded, Coder, Interview};
use rustix::process::setpriority_process;
use rustix::thread::gettid;
use tokio::sync::oneshot;
use tracing::debug;

use super::{Failure, LoadCoder};

/// One task is at work, and none waits: whoever brings one waits for its answer.
const TASKS: usize = 1;
/// The lowest priority that there is: a thread that works for somebody who is talking gets the core at once.
const LOWEST: i32 = 19;

type Task = Box<dyn FnOnce(&mut Hands) + Send>;

/// What stays on the thread from one task to the next.
struct Hands {
    load: Arc<LoadCoder>,
    coder: Option<Box<dyn Coder + Send>>,
}

impl Hands {
    fn coder(&mut self) -> Result<&mut Box<dyn Coder + Send>, Failure> {
        let coder = match self.coder.take() {
            Some(coder) => coder,
            None => (self.load)().map_err(Failure::Loading)?,
        };
        Ok(self.coder.insert(coder))
    }
}

/// A thread of the lowest priority, and the coder on it once it is needed. Both end when this is dropped.
pub(super) struct Bench {
    tasks: SyncSender<Task>,
}

impl Bench {
    pub(super) fn begin(load: Arc<LoadCoder>) -> std::io::Result<Self> {
        let (tasks, coming) = sync_channel(TASKS);
        Builder::new()
            .name("insights".to_owned())
            .spawn(move || work(&coming, Hands { load, coder: None }))?;
        Ok(Self { tasks })
    }

    /// Codes an interview.
    pub(super) async fn code(&self, interview: Interview) -> Result<Coded, Failure> {
        self.ask(move |hands| Ok(hands.coder()?.code(&interview)?)).await?
    }

    /// Places what another engine has found in an interview.
    pub(super) async fn place(&self, interview: Interview, mut coded: Coded) -> Result<Coded, Failure> {
        self.ask(move |hands| {
            hands.coder()?.place(&interview, &mut coded)?;
            Ok(coded)
        })
        .await?
    }

    /// Does something that takes a while.
    pub(super) async fn run<T: Send + 'static>(&self, task: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
        self.ask(move |_| task()).await
    }

    async fn ask<T: Send + 'static>(&self, task: impl FnOnce(&mut Hands) -> T + Send + 'static) -> Result<T, Failure> {
        let (answer, coming) = oneshot::channel();
        let task: Task = Box::new(move |hands| {
            // Who does not wait for it any more needs no answer.
            let _ = answer.send(task(hands));
        });
        // A place is free: there is one task at a time, unless somebody gave up waiting for theirs.
        self.tasks.try_send(task).map_err(|_| Failure::Panicked)?;
        coming.await.map_err(|_| Failure::Panicked)
    }
}

fn work(coming: &Receiver<Task>, mut hands: Hands) {
    // A thread counts as a process here, as everywhere in Linux.
    if let Err(error) = setpriority_process(Some(gettid()), LOWEST) {
        debug!(%error, "insights are made at the usual priority");
    }
    while let Ok(task) = coming.recv() {
        task(&mut hands);
    }
}

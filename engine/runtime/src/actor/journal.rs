//! The conversation and its log: what the machine records is stored before anything that follows from it is done, and
//! what others stored meanwhile is read.

use std::time::{Duration, Instant};

use colloquy_core::conversation::{Input, Output};
use colloquy_core::event::{Event, Outcome};
use colloquy_core::time::Ms;
use colloquy_store::StoreError;
use tokio::time::timeout;
use tracing::info;

use super::{Conversation, Farewell, ToClient, unix_ms};
use crate::error::RuntimeError;

/// A database that has not taken an event by then will not: it takes a few milliseconds, and a hung network for ever.
const STORE_WITHIN: Duration = Duration::from_secs(20);

impl Conversation {
    pub(super) async fn input(&mut self, input: Input) -> Result<(), RuntimeError> {
        let now = self.now();
        self.input_at(now, input).await
    }

    pub(super) async fn input_at(&mut self, now: Ms, input: Input) -> Result<(), RuntimeError> {
        self.session.handle(now, input);
        self.follow().await
    }

    /// Does what the machine says until it says nothing more.
    async fn follow(&mut self) -> Result<(), RuntimeError> {
        loop {
            let outputs: Vec<Output> = std::iter::from_fn(|| self.session.poll_output()).collect();
            if outputs.is_empty() {
                return Ok(());
            }
            let mut seq = self.store(&outputs).await?;
            for output in outputs {
                if let Output::Record(event) = output {
                    seq += 1;
                    self.recorded(seq, event);
                } else {
                    self.carry_out(output);
                }
            }
        }
    }

    /// Writes the events among `outputs`; returns the position that they stand behind.
    pub(super) async fn store(&mut self, outputs: &[Output]) -> Result<u64, RuntimeError> {
        let events: Vec<Event> = outputs
            .iter()
            .filter_map(|output| match output {
                Output::Record(event) => Some(event.clone()),
                _ => None,
            })
            .collect();
        if events.is_empty() {
            return Ok(self.seq);
        }
        let (at, wall_ms) = (self.session.now(), unix_ms());
        let begun = Instant::now();
        loop {
            let log = self.services.store.events();
            let appended = timeout(STORE_WITHIN, log.append(self.id, self.seq, at, wall_ms, &events)).await;
            let appended = appended.unwrap_or_else(|_| {
                let seconds = STORE_WITHIN.as_secs();
                Err(StoreError::Database(format!("it has not answered for {seconds} s")))
            });
            match appended {
                Ok(last) => {
                    metrics::histogram!("colloquy_store_seconds").record(begun.elapsed().as_secs_f64());
                    return Ok(std::mem::replace(&mut self.seq, last));
                }
                // What the others wrote stands before ours.
                Err(StoreError::Conflict) if self.read_others().await? => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Reads what others wrote to the log, and does what follows from it.
    pub(super) async fn read_on(&mut self) -> Result<(), RuntimeError> {
        self.read_others().await?;
        self.follow().await
    }

    /// Takes what others wrote to the log: a person's consent may change while they talk. Whether there was anything.
    ///
    /// # Errors
    /// [`RuntimeError::LaidDown`] where the person declined or took everything back, or another node is at work.
    async fn read_others(&mut self) -> Result<bool, RuntimeError> {
        let others = self.services.store.events().read(self.id, self.seq).await?;
        let any = !others.is_empty();
        for recorded in others {
            match &recorded.event {
                Event::Consented { mode, recording, .. } => {
                    info!(?mode, recording, "the consent has changed");
                    (self.mode, self.recording) = (*mode, *recording);
                    self.session.changed_outside(&recorded);
                    self.mind_tape().await?;
                }
                Event::QuotingChanged { .. } => self.session.changed_outside(&recorded),
                Event::Declined => return Err(RuntimeError::LaidDown(Farewell::Declined)),
                Event::Ended {
                    outcome: outcome @ Outcome::Withdrawn,
                } => {
                    let farewell = Farewell::Ended(*outcome);
                    self.tell(ToClient::Recorded(recorded));
                    return Err(RuntimeError::LaidDown(farewell));
                }
                _ => return Err(RuntimeError::LaidDown(Farewell::TakenOver)),
            }
            self.seq = recorded.seq;
            self.tell(ToClient::Recorded(recorded));
        }
        Ok(any)
    }
}

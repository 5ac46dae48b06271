//! What the built-in engine has coded, read by the language model where there is one.

use colloquy_core::id::SessionId;
use colloquy_core::insights::{Coded, Interview};
use colloquy_store::{Counted, InsightJob};
use futures::future::join_all;
use tracing::{info, warn};

use super::bench::Bench;
use super::reader::{NotRead, Reader};
use super::{Analyst, CLAIM_MS, Failure};
use crate::actor::unix_ms;

/// Conversations that are read at once: a local model answers one after the other, and a second one in its queue keeps it busy.
const AT_ONCE: usize = 2;

impl Analyst {
    /// Reads what is to be read. What cannot be stays as the built-in engine has coded it; where that is because there is no model
    /// now, the failure is handed on, so that it is tried again later.
    pub(super) async fn reread(&self, job: InsightJob, bench: &mut Option<Bench>) -> Result<Option<Failure>, Failure> {
        let Some(reader) = &self.engine.reader else {
            return Ok(None);
        };
        let mut to_read = self.to_read(job.session, reader).await?.into_iter().peekable();
        while to_read.peek().is_some() {
            // A model may take longer than the claim lasts.
            if !self
                .store
                .insights()
                .hold(job, &self.node, unix_ms() + CLAIM_MS)
                .await?
            {
                return Ok(None);
            }
            let mut together: Vec<(Interview, Coded)> = Vec::with_capacity(AT_ONCE);
            for (one, coded) in to_read.by_ref().take(AT_ONCE) {
                together.push((self.interview(one).await?, coded));
            }
            let mut readings = Vec::with_capacity(AT_ONCE);
            for (interview, coded) in &together {
                readings.push(reader.read(interview, coded));
            }
            let readings = join_all(readings).await;
            let mut away = None;
            for ((interview, coded), read) in together.into_iter().zip(readings) {
                let conversation = coded.conversation;
                match read {
                    Ok(read) => {
                        let read = self.at(bench)?.place(interview, read).await?;
                        // One that was taken back meanwhile is not kept.
                        self.store.insights().keep_coding(&read, unix_ms()).await?;
                        info!(%conversation, statements = read.statements.len(), "a conversation was read by the language model");
                    }
                    Err(not_read) => {
                        warn!(%conversation, %not_read, "the built-in engine stands in for the language model");
                        reader.note(conversation, not_read);
                        away = away.or(matches!(not_read, NotRead::Away(_)).then_some(not_read));
                    }
                }
            }
            if let Some(not_read) = away {
                // The next ones would wait in vain, too.
                return Ok(Some(Failure::Reading(not_read)));
            }
        }
        Ok(None)
    }

    async fn to_read(&self, session: SessionId, reader: &Reader) -> Result<Vec<(Counted, Coded)>, Failure> {
        let mut to_read = Vec::new();
        for mut one in self.store.insights().counted_by(session, &self.engine.coders()).await? {
            let Some(coded) = one.coded.take() else { continue };
            let Some(turn) = reader.turn_of(&coded) else { continue };
            let found = self.store.conversations().find(coded.conversation).await?;
            let consent = found.and_then(|conversation| conversation.consent);
            if consent.is_some_and(|consent| reader.may_read(&consent)) {
                to_read.push((turn, (one, coded)));
            }
        }
        to_read.sort_by_key(|(turn, _)| *turn);
        Ok(to_read.into_iter().map(|(_, one)| one).collect())
    }
}

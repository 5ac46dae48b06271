//! Makes insights of what was said, once a conversation is completed: that conversation alone is coded, and the session's report
//! is made anew.
//!
//! One session after the other, one conversation at a time, on a thread of the lowest priority: conversations that are being
//! held lose at most the time of a context switch to it, so that it need not wait for a moment in which nobody talks, which on
//! a busy server never comes. The coder is made when there is work and dropped when there is none: a server that has nothing to analyse needs
//! no memory for what it keeps.
//!
//! Where a language model is configured, it reads what the built-in engine has coded ([`reread`]); what it cannot read, or not read
//! rightly, stays as it was coded, and the report says so.

mod bench;
mod reader;
mod reread;

use std::sync::Arc;
use std::time::Duration;

use colloquy_core::id::{ConversationId, SessionId};
use colloquy_core::insights::publish::Published;
use colloquy_core::insights::{Coded, Coder, CoderVersion, CodingError, Interview, Theme};
use colloquy_store::{Counted, InsightJob, Store, StoreError};
use thiserror::Error;
use tokio::time::sleep;
use tracing::{error, info, warn};

use crate::actor::unix_ms;
use crate::lifecycle::Lifecycle;
use bench::Bench;
use reader::NotRead;
pub use reader::{Patience, Reader};

/// Between two looks for sessions in which something has changed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After the database failed.
const AFTER_A_FAILURE: Duration = Duration::from_secs(5);
/// Whoever claims a session has so long to make its insights before another node tries: ten times what a thousand conversations
/// shall take.
const CLAIM_MS: i64 = 60 * 60 * 1000;
/// What failed is tried again after so long, then after twice as long, and so on.
const RETRY_MS: i64 = 10_000;
/// But never after longer.
const RETRY_MAX_MS: i64 = 15 * 60 * 1000;
/// How often, until somebody else completes or the server starts again.
const ATTEMPTS: u32 = 6;
/// A report that was overtaken by somebody who took their conversation back is made again at once, so often.
const OVERTAKEN: u32 = 5;

/// Loads what codes conversations.
pub type LoadCoder = Box<dyn Fn() -> Result<Box<dyn Coder + Send>, String> + Send + Sync>;
/// Finds what several people say, under the keys that the same themes had before.
pub type FindThemes = fn(&[(&Interview, &Coded)], &[Theme]) -> Vec<Theme>;

/// An engine that codes conversations and finds themes.
pub struct Engine {
    /// Which coder it loads.
    pub coder: CoderVersion,
    /// Loads it. The text of an error names what is missing.
    pub load: Arc<LoadCoder>,
    /// Finds themes.
    pub themes: FindThemes,
    /// The language model that reads as well; the coder stands in where it cannot.
    pub reader: Option<Reader>,
}

impl Engine {
    /// As what conversations are to be kept.
    fn wanted(&self) -> &CoderVersion {
        self.reader.as_ref().map_or(&self.coder, Reader::coder)
    }

    /// As what they may be kept.
    fn coders(&self) -> Vec<CoderVersion> {
        let reader = self.reader.as_ref().map(|reader| reader.coder().clone());
        reader.into_iter().chain([self.coder.clone()]).collect()
    }
}

/// What the worker needs.
pub struct Analyst {
    /// Where conversations and insights are kept.
    pub store: Store,
    /// This server's name among several; the same one after a restart.
    pub node: String,
    /// What it works with.
    pub engine: Engine,
}

/// What a report is made without.
#[derive(Clone, Copy)]
struct Without {
    /// Conversations that could not be coded.
    some: bool,
    /// The language model, which was away.
    model: bool,
}

/// Why insights were not made. No text says what was said.
#[derive(Debug, Error)]
enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Coding(#[from] CodingError),
    #[error("the engine cannot be loaded: {0}")]
    Loading(String),
    #[error("the engine has panicked")]
    Panicked,
    #[error(transparent)]
    Reading(#[from] NotRead),
    #[error("people have taken their conversations back faster than a report was made")]
    Overtaken,
}

impl Analyst {
    /// Makes insights until no new work is to be begun.
    pub async fn run(self, lifecycle: Lifecycle) {
        let begun = self
            .store
            .insights()
            .look_around(&self.node, self.engine.wanted(), unix_ms())
            .await;
        if let Err(error) = begun {
            error!(%error, "insights that were not made when this server ended last are made with the next completion");
        }
        let mut bench = None;
        while !lifecycle.is_draining() {
            let rest = match self.make_next(&mut bench, &lifecycle).await {
                Ok(true) => continue,
                Ok(false) => {
                    // Nothing to do: the models go.
                    bench = None;
                    LOOK_EVERY
                }
                Err(error) => {
                    error!(%error, "what insights are to be made cannot be read or written; it is tried again");
                    AFTER_A_FAILURE
                }
            };
            tokio::select! {
                () = sleep(rest) => {}
                () = lifecycle.draining() => {}
            }
        }
    }

    /// Makes all that is due now. True where there was nothing that failed.
    ///
    /// # Errors
    /// [`StoreError`] where what is to be made cannot be read or written.
    pub async fn catch_up(&self) -> Result<bool, StoreError> {
        let mut bench = None;
        while self.make_next(&mut bench, &Lifecycle::default()).await? {}
        Ok(self.store.insights().due(unix_ms() + RETRY_MAX_MS).await? == 0)
    }

    /// Makes the insights of the session that is due for longest, if one is.
    async fn make_next(&self, bench: &mut Option<Bench>, lifecycle: &Lifecycle) -> Result<bool, StoreError> {
        let (insights, now) = (self.store.insights(), unix_ms());
        let Some(job) = insights.claim(&self.node, now, now + CLAIM_MS, ATTEMPTS).await? else {
            return Ok(false);
        };
        let made = tokio::select! {
            made = self.make(job, bench) => made,
            // What is coded is kept; the rest is made after the restart.
            () = lifecycle.draining() => {
                insights.put_off(job, &self.node, "the server was stopped", unix_ms()).await?;
                return Ok(false);
            }
        };
        match made {
            // A session that was deleted meanwhile has no insights.
            Ok(()) | Err(Failure::Store(StoreError::Missing(_))) => insights.done(job, unix_ms()).await?,
            Err(failure) => {
                warn!(session = %job.session, %failure, attempt = job.attempt, "a session's insights could not be made");
                // Whatever it was, the next attempt begins with a fresh engine.
                *bench = None;
                let due = unix_ms() + retry_after_ms(job);
                insights.put_off(job, &self.node, &failure.to_string(), due).await?;
            }
        }
        Ok(true)
    }

    async fn make(&self, job: InsightJob, bench: &mut Option<Bench>) -> Result<(), Failure> {
        let session = job.session;
        for _ in 0..OVERTAKEN {
            let failed = self.code(session, bench).await?;
            let unread = self.reread(job, bench).await?;
            let without = Without {
                some: failed.is_some(),
                model: unread.is_some(),
            };
            if self.report(session, bench, without).await? {
                return failed.or(unread).map_or(Ok(()), Err);
            }
        }
        Err(Failure::Overtaken)
    }

    /// Codes what is not coded. One that cannot be coded keeps no other from being: the last failure is handed on, so that it is
    /// tried again later.
    async fn code(&self, session: SessionId, bench: &mut Option<Bench>) -> Result<Option<Failure>, Failure> {
        let insights = self.store.insights();
        let counted = insights.counted_by(session, &self.engine.coders()).await?;
        let mut failed = None;
        for one in counted.into_iter().filter(|one| one.coded.is_none()) {
            let conversation = one.participant.conversation;
            let interview = self.interview(one).await?;
            let coded = self.at(bench)?.code(interview).await;
            match coded {
                Ok(coded) => {
                    // One that was taken back meanwhile is not kept, and not counted the next time.
                    insights.keep_coding(&coded, unix_ms()).await?;
                    info!(%conversation, statements = coded.statements.len(), "a conversation was coded");
                }
                // Without what codes them, none can be.
                Err(failure @ Failure::Loading(_)) => return Err(failure),
                Err(failure) => {
                    warn!(%conversation, %failure, "a conversation could not be coded; the session's report is made without it");
                    *bench = None;
                    failed = Some(failure);
                }
            }
        }
        Ok(failed)
    }

    /// Makes and keeps the report. False where somebody took their conversation back meanwhile.
    async fn report(&self, session: SessionId, bench: &mut Option<Bench>, without: Without) -> Result<bool, Failure> {
        let insights = self.store.insights();
        let found = self.store.sessions().find(session).await?;
        let terms = found.ok_or(StoreError::Missing("session"))?.confidentiality;
        let before = insights.report(session).await?;
        let mut heard = Vec::new();
        for mut one in insights.counted_by(session, &self.engine.coders()).await? {
            match one.coded.take() {
                Some(coded) => heard.push((self.interview(one).await?, coded)),
                None if without.some => {}
                None => return Ok(false),
            }
        }
        if heard.is_empty() {
            insights.drop_report(session).await?;
            return Ok(true);
        }
        let version = before.as_ref().map_or(0, |kept| kept.version);
        let same_engine = before.as_ref().is_some_and(|kept| kept.coder == *self.engine.wanted());
        let published = before.and_then(|kept| kept.published);
        let earlier = published.clone();
        let themes = self.engine.themes;
        let people: Vec<ConversationId> = heard.iter().map(|(_, coded)| coded.conversation).collect();
        let make = move || (Published::next(terms, published.as_ref(), &heard, themes), heard);
        let (Some(mut published), heard) = self.at(bench)?.run(make).await? else {
            return Ok(true);
        };
        if let (Some(reader), Published::Identified { basis }) = (&self.engine.reader, &mut published) {
            let known = match &earlier {
                Some(Published::Identified { basis }) => basis.themes.as_slice(),
                _ => &[],
            };
            reader.name(&heard, &mut basis.themes, known, !without.model).await;
        }
        if same_engine && earlier.as_ref() == Some(&published) {
            // It was tried again, and nothing new has come of it.
            return Ok(true);
        }
        let made = (self.engine.wanted(), &published);
        let kept = insights.keep_report(session, version, made, &people, unix_ms()).await?;
        if kept {
            info!(%session, version = version + 1, "a session's insights were made");
        }
        Ok(kept)
    }

    async fn interview(&self, one: Counted) -> Result<Interview, StoreError> {
        let events = self.store.events().read(one.participant.conversation, 0).await?;
        Ok(Interview::of(&events, &one.guide, one.participant))
    }

    /// The thread, begun where it is not.
    fn at<'b>(&self, bench: &'b mut Option<Bench>) -> Result<&'b Bench, Failure> {
        let begun = match bench.take() {
            Some(bench) => bench,
            None => Bench::begin(Arc::clone(&self.engine.load)).map_err(|error| Failure::Loading(error.to_string()))?,
        };
        Ok(bench.insert(begun))
    }
}

fn retry_after_ms(job: InsightJob) -> i64 {
    let doublings = job.attempt.saturating_sub(1).min(16);
    (RETRY_MS << doublings).min(RETRY_MAX_MS)
}

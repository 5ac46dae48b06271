//! A language model that reads what was said. What it answers is judged in the core ([`Reading`]); here it is asked, again where it
//! fails, and not for ever.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use colloquy_core::id::ConversationId;
use colloquy_core::insights::reading::{self, Naming, Reading, Request, Unfit};
use colloquy_core::insights::{Coded, CoderVersion, Interview, Theme};
use colloquy_store::Consent;
use thiserror::Error;
use tokio::time::sleep;
use tracing::{debug, warn};

use crate::llm::{Failed, Form, LanguageModel};

/// How long a model is waited for, and how often.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For one answer. Nobody waits for it, and a model on a processor takes its time for four thousand tokens.
    pub answer: Duration,
    /// Failures in one conversation, whatever they are, after which it is left to the built-in engine for now.
    pub failures: u32,
    /// Before it is asked again; four times as long before the next time.
    pub pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(120),
            failures: 3,
            pause: Duration::from_secs(2),
        }
    }
}

/// Reads interviews.
pub struct Reader {
    model: LanguageModel,
    coder: CoderVersion,
    patience: Patience,
    /// How often a conversation could not be read since the start; [`GIVEN_UP`] where it is not tried again before the next one.
    failed: Mutex<HashMap<ConversationId, u32>>,
}

/// So often did it fail that it is not tried again.
const GIVEN_UP: u32 = u32::MAX;

/// Why a conversation was not read. No text says what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum NotRead {
    /// There is no model now: the next conversation would not fare better, and later this one may.
    #[error("the language model {}", .0.cause())]
    Away(Failed),
    /// It answers, and what it answers cannot be used.
    #[error("the language model's reading cannot be used: {0}")]
    Unfit(#[from] Unfit),
    /// It answers this conversation alone with an error, or without end.
    #[error("the language model {} when it was to read this conversation", .0.cause())]
    Refused(Failed),
}

impl Reader {
    /// One that reads by `model`, and is held against what `built_in` finds.
    #[must_use]
    pub fn new(model: LanguageModel, built_in: &CoderVersion, patience: Patience) -> Self {
        Self {
            coder: reading::version(model.name(), built_in),
            model,
            patience,
            failed: Mutex::default(),
        }
    }

    /// As what its readings are kept.
    #[must_use]
    pub fn coder(&self) -> &CoderVersion {
        &self.coder
    }

    /// In which order `coded` is to be read: what has failed comes after what has not, so that it cannot keep others from being
    /// read. `None`: it is not.
    pub(super) fn turn_of(&self, coded: &Coded) -> Option<u32> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let often = failed.get(&coded.conversation).copied().unwrap_or_default();
        (coded.coder != self.coder && often != GIVEN_UP).then_some(often)
    }

    /// Whether it may be told what somebody has said who agreed to this.
    pub(super) fn may_read(&self, consent: &Consent) -> bool {
        self.model.may_hear(consent)
    }

    /// Notes that a conversation could not be read.
    pub(super) fn note(&self, conversation: ConversationId, not_read: NotRead) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let often = failed.entry(conversation).or_default();
        *often = match not_read {
            NotRead::Away(_) => often.saturating_add(1),
            NotRead::Unfit(_) | NotRead::Refused(_) => GIVEN_UP,
        };
    }

    /// Reads an interview. `built_in`: what the built-in engine finds in it.
    pub(super) async fn read(&self, interview: &Interview, built_in: &Coded) -> Result<Coded, NotRead> {
        let mut reading = Reading::of(interview, built_in)?;
        let (mut failures, mut pause) = (0, self.patience.pause);
        while let Some(request) = reading.request() {
            let heard = match self.ask(&request).await {
                Ok(answer) => reading.hear(&answer).map_err(NotRead::from),
                Err(failed) => Err(failed),
            };
            let Err(not_read) = heard else { continue };
            failures += 1;
            debug!(%not_read, failures, "a reading failed");
            metrics::counter!("colloquy_insights_llm_failures_total").increment(1);
            if failures >= self.patience.failures || not_read.for_good() {
                return Err(not_read);
            }
            sleep(pause).await;
            pause *= 4;
        }
        Ok(reading.coded(self.coder.clone()))
    }

    /// Gives headings to what several people say; what cannot be named keeps its own. `known`: the themes of the report before, which
    /// hand theirs on. `asks`: whether the model is asked for new ones.
    pub(super) async fn name(&self, heard: &[(Interview, Coded)], themes: &mut [Theme], known: &[Theme], asks: bool) {
        let mut naming = Naming::of(heard, themes, known);
        while let Some(request) = naming.request().filter(|_| asks) {
            let named = match self.ask(&request).await {
                Ok(answer) => naming.hear(&answer).map_err(NotRead::from),
                Err(failed) => Err(failed),
            };
            if let Err(not_read) = named {
                warn!(%not_read, "themes keep the headings that were counted");
                return;
            }
        }
        for (index, label) in naming.labels() {
            if let Some(theme) = themes.get_mut(index) {
                theme.label = label;
            }
        }
    }

    async fn ask(&self, request: &Request) -> Result<String, NotRead> {
        let form = Form {
            system: request.system,
            user: request.user.expose(),
            name: request.name,
            schema: &request.schema,
            max_tokens: Some(request.max_tokens),
        };
        let answer = self.model.fill_in(form, self.patience.answer).await;
        answer.map_err(|failed| match failed {
            // Too long for it, or more than it will read.
            Failed::Refused(400 | 413 | 422) | Failed::Endless => NotRead::Refused(failed),
            Failed::Unreadable => NotRead::Unfit(Unfit::NotAsAsked),
            Failed::Away | Failed::TimedOut | Failed::Refused(_) => NotRead::Away(failed),
        })
    }
}

impl NotRead {
    /// Whether asking again at once would be no use.
    fn for_good(self) -> bool {
        matches!(
            self,
            Self::Refused(Failed::Refused(_))
                | Self::Away(Failed::TimedOut | Failed::Refused(401 | 403 | 404))
                | Self::Unfit(Unfit::TooLong)
        )
    }
}

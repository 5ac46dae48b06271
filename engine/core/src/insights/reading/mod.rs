//! The engine that lets a language model read what somebody said, and believes nothing of what it answers.
//!
//! A [`Reading`] has no IO: it says what is to be asked ([`Reading::request`]), and is told what was answered
//! ([`Reading::hear`]). An interview is read in windows of whole answers; each is asked for twice. The first call says what is
//! said where: the model copies words, because small models cannot count, and the place that is kept is found here
//! ([`locate`]), widened to what the built-in engine takes for a statement or to whole sentences, so that nothing can be cut
//! out of a "not". The second call sees nothing but claims and those words, and says which words support which claim
//! ([`check`]). What the transcript tells the model to answer is therefore held against the words a second time by a call that
//! has not read it, and both times by rules that no model has a part in ([`ground`]): words that are not there, unknown topics
//! and signals, and what the built-in engine reads the other way are dropped; an answer of which much is dropped, or that
//! passes over what is plainly said, is not used at all.

mod check;
mod ground;
mod locate;
mod naming;
mod prompt;
#[cfg(test)]
mod tests;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Coded, CoderVersion, Interview, Statement};
use crate::pii::Pii;

use check::Draft;
pub use naming::Naming;

/// Counted up with every change of instructions or rules after which an interview may give other statements.
const VERSION: u32 = 1;
/// Characters of answers in one request: some eight minutes of speech, 1,500 tokens, so that with the answer a context of 8,000
/// tokens holds it.
const WINDOW_CHARS: usize = 6_000;
/// A conversation of more windows is left to the built-in engine: two hours of speech.
const WINDOWS_MAX: usize = 16;

/// Something to ask a language model for.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What it is to do: always the same words, so that a server that keeps them need not read them again.
    pub system: &'static str,
    /// What to do it with.
    pub user: Pii,
    /// The name of the schema: `statements`, `claims` or `labels`.
    pub name: &'static str,
    /// The schema of the answer.
    pub schema: Value,
    /// Tokens that the answer may have.
    pub max_tokens: u32,
}

/// Why an answer, or a whole conversation, cannot be used. No text says what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is no JSON, or not by the schema.
    #[error("the answer is not what was asked for")]
    NotAsAsked,
    /// It names more than it may.
    #[error("the answer names more than it may")]
    TooMany,
    /// Much of it is not in the words that it names, or speaks against them.
    #[error("{wrong} of {of} statements are not what was said")]
    Unfounded {
        /// So many.
        wrong: usize,
        /// Of so many.
        of: usize,
    },
    /// It leaves out what is plainly said.
    #[error("the answer passes over what is plainly said")]
    PassesOver,
    /// Much of it is not supported by its words.
    #[error("{wrong} of {of} claims are not supported by the words that they rest on")]
    Unsupported {
        /// So many.
        wrong: usize,
        /// Of so many.
        of: usize,
    },
    /// There is too much to read.
    #[error("the conversation is too long to be read")]
    TooLong,
}

/// An interview that is being read.
pub struct Reading<'a> {
    interview: &'a Interview,
    /// What the built-in engine finds in it, to hold against.
    built_in: &'a Coded,
    /// Answers by their index, window by window.
    windows: Vec<Vec<usize>>,
    /// The window that is being read.
    at: usize,
    /// What was found in it, where that is to be checked.
    draft: Option<Draft>,
    statements: Vec<Statement>,
}

/// The version of a coder that is this engine with that model, held against that built-in engine: what either of them changes
/// codes anew.
#[must_use]
pub fn version(model: &str, built_in: &CoderVersion) -> CoderVersion {
    CoderVersion {
        name: format!("language model {model}"),
        version: VERSION + built_in.version,
    }
}

impl<'a> Reading<'a> {
    /// Begins to read. `built_in`: what the built-in engine finds. Answers that were met with care are not read: nothing is
    /// ever made of them.
    ///
    /// # Errors
    /// [`Unfit::TooLong`].
    pub fn of(interview: &'a Interview, built_in: &'a Coded) -> Result<Self, Unfit> {
        let mut windows: Vec<Vec<usize>> = Vec::new();
        let mut room = 0;
        for (index, answer) in interview.answers.iter().enumerate() {
            if answer.concern.is_some() {
                continue;
            }
            let chars = answer.text.expose().chars().count();
            match windows.last_mut().filter(|_| chars <= room) {
                Some(window) => {
                    window.push(index);
                    room -= chars;
                }
                None => {
                    windows.push(vec![index]);
                    room = WINDOW_CHARS.saturating_sub(chars);
                }
            }
        }
        let too_long = |index: &usize| interview.answers[*index].text.expose().chars().count() > 2 * WINDOW_CHARS;
        if windows.len() > WINDOWS_MAX || windows.iter().flatten().any(too_long) {
            return Err(Unfit::TooLong);
        }
        Ok(Self {
            interview,
            built_in,
            windows,
            at: 0,
            draft: None,
            statements: Vec::new(),
        })
    }

    /// What is to be asked next; `None` once all is read.
    #[must_use]
    pub fn request(&self) -> Option<Request> {
        let window = self.windows.get(self.at)?;
        Some(match &self.draft {
            None => prompt::read(self.interview, window),
            Some(draft) => prompt::check(&draft.lines(self.interview)),
        })
    }

    /// Takes the answer to [`Self::request`].
    ///
    /// # Errors
    /// [`Unfit`] where it cannot be used: then nothing of this window is kept, and it is to be asked for again from its beginning.
    pub fn hear(&mut self, answer: &str) -> Result<(), Unfit> {
        let Some(window) = self.windows.get(self.at) else {
            return Ok(());
        };
        let found = match self.draft.take() {
            None => {
                let found = ground::ground(self.interview, self.built_in, window, answer)?;
                let draft = Draft::of(found);
                if draft.claims_something() {
                    self.draft = Some(draft);
                    return Ok(());
                }
                draft.unclaimed()
            }
            Some(draft) => draft.settle(answer)?,
        };
        self.statements.extend(found);
        self.at += 1;
        Ok(())
    }

    /// What the interview says, as `coder` found. Statements have no meaning yet: see [`Coder::place`](super::Coder::place).
    #[must_use]
    pub fn coded(mut self, coder: CoderVersion) -> Coded {
        self.statements.sort_by_key(|statement| statement.span);
        Coded {
            conversation: self.interview.participant.conversation,
            coder,
            statements: self.statements,
        }
    }
}

/// The JSON object in an answer. What stands around it, such as the marks of a block of code, is left out.
fn object<T: DeserializeOwned>(answer: &str) -> Result<T, Unfit> {
    let ends = answer.find('{').zip(answer.rfind('}'));
    let object = ends.and_then(|(from, to)| answer.get(from..=to));
    serde_json::from_str(object.unwrap_or_default()).map_err(|_| Unfit::NotAsAsked)
}

//! Cuts quotes from what was said.

use std::collections::{BTreeMap, BTreeSet};

use colloquy_core::conversation::transcript::{Log, Speaker};
use colloquy_core::id::{ConversationId, WorkspaceId};
use colloquy_core::insights::gate::Gate;
use colloquy_core::insights::mask::Mask;
use colloquy_core::insights::report::{Line, Quote, Report};
use colloquy_store::{ConversationState, Store, StoreError};

/// Cuts the words of every quote in `report`, and takes out those that cannot be shown: of who took their conversation back
/// meanwhile or does not allow it, and what is no slice of a turn. In confidential sessions nobody learns where they stand.
pub(super) async fn cut(
    store: &Store,
    workspace: WorkspaceId,
    gate: Gate,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut quoted = Quoted::of(store, workspace, gate, lines(report)).await?;
    for quotes in all_quotes(report) {
        quoted.cut(quotes);
    }
    // Labels are made of words that people used, and stand in our sentences, too.
    let patterns = report
        .patterns
        .iter_mut()
        .flat_map(|p| [&mut p.label, &mut p.made_label]);
    let topics = report.topics.iter_mut().map(|topic| &mut topic.agreement);
    let actions = report.summary.actions.iter_mut().map(|action| &mut action.because);
    let summary = [&mut report.summary.words, &mut report.summary.made];
    for text in patterns.chain(topics).chain(actions).chain(summary) {
        *text = quoted.masked(text);
    }
    Ok(())
}

fn all_quotes(report: &mut Report) -> impl Iterator<Item = &mut Vec<Quote>> {
    let patterns = report
        .patterns
        .iter_mut()
        .flat_map(|p| [&mut p.quotes, &mut p.counter_quotes]);
    let topics = report.topics.iter_mut().flat_map(|t| [&mut t.quotes, &mut t.dissent]);
    std::iter::once(&mut report.summary.quotes)
        .chain(patterns)
        .chain(topics)
}

fn lines(report: &mut Report) -> BTreeSet<ConversationId> {
    all_quotes(report)
        .flat_map(|quotes| quotes.iter())
        .filter_map(|quote| Some(quote.line.as_ref()?.conversation))
        .collect()
}

/// Conversations that are quoted from.
pub(super) struct Quoted {
    gate: Gate,
    mask: Mask,
    logs: BTreeMap<ConversationId, Log>,
}

impl Quoted {
    /// Reads `conversations`, and whose names are not told. In a session whose people are known, their names are not masked
    /// in their own words' transcript, but in quotes they are.
    pub(super) async fn of(
        store: &Store,
        workspace: WorkspaceId,
        gate: Gate,
        conversations: BTreeSet<ConversationId>,
    ) -> Result<Self, StoreError> {
        let mut logs = BTreeMap::new();
        for id in conversations {
            let there = store.conversations().find(id).await?;
            if there.is_none_or(|talk| talk.state != ConversationState::Completed) {
                continue;
            }
            let mut log = Log::default();
            for recorded in store.events().read(id, 0).await? {
                log.apply(recorded.at, &recorded.event);
            }
            logs.insert(id, log);
        }
        let names = store.people().names(workspace).await?;
        Ok(Self {
            gate,
            mask: Mask::new(names.iter().map(|name| name.expose())),
            logs,
        })
    }

    /// Cuts the words of `quotes`, and takes out those that cannot be shown.
    pub(super) fn cut(&mut self, quotes: &mut Vec<Quote>) {
        quotes.retain_mut(|quote| {
            let Some((words, line)) = quote.line.as_ref().and_then(|line| self.words(line)) else {
                return false;
            };
            quote.words = words;
            quote.line = (self.gate == Gate::Identified).then_some(line);
            true
        });
    }

    /// The words of a place, masked, and the place in characters.
    fn words(&self, line: &Line) -> Option<(String, Line)> {
        let turn = self.logs.get(&line.conversation)?.turn(line.turn)?;
        if turn.speaker != Speaker::Participant || !turn.quotable {
            return None;
        }
        let text = turn.text.expose();
        let words = line.span().slice(text)?;
        let characters = |bytes: u32| {
            text.get(..bytes as usize)
                .map_or(0, |before| before.chars().count() as u32)
        };
        let shown = Line {
            from: characters(line.from),
            to: characters(line.to),
            ..line.clone()
        };
        Some((self.mask.apply(words.trim()), shown))
    }

    /// A text without the names of people.
    pub(super) fn masked(&self, text: &str) -> String {
        self.mask.apply(text)
    }
}

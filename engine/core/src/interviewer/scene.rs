//! What an utterance is judged against: what may be known, what must not be heard, and what was asked before.

use std::collections::BTreeSet;

use crate::event::Move;
use crate::guide::Guide;
use crate::planner::words::{self, same_key, stem};
use crate::planner::{Ledger, english};

/// Words in a row that make a passage of the background recognizable.
const LEAK_WORDS: usize = 5;

/// What an utterance is judged against.
#[derive(Clone, Debug)]
pub struct Scene {
    pub(super) mv: Move,
    /// Stems of all words that may be claimed: the person's, the guide's open parts.
    pub(super) known: BTreeSet<String>,
    /// The person's words, for quotations; with a space at both ends.
    pub(super) said: String,
    /// Passages of the background that must not be heard.
    pub(super) secret: BTreeSet<String>,
    /// Stems of the background's words that nobody has said openly.
    pub(super) secret_words: BTreeSet<String>,
    /// Those that are names or numbers: one is enough to give it away.
    pub(super) secret_names: BTreeSet<String>,
    pub(super) asked: BTreeSet<String>,
}

impl Scene {
    /// What is known when `mv` is phrased. `ledger`: with the answer that it follows heard.
    #[must_use]
    pub fn new(guide: &Guide, ledger: &Ledger, mv: &Move) -> Self {
        let said: Vec<String> = ledger.said().collect();
        let spoken = said.iter().map(|s| same_key(s)).collect::<Vec<_>>().join(" ");
        let mut open = vec![
            spoken.clone(),
            guide.title.clone(),
            guide.organisation.clone(),
            guide.length_min.to_string(),
        ];
        open.extend(guide.help.iter().flat_map(|h| [h.name.clone(), h.reach.clone()]));
        let mut secret = BTreeSet::new();
        for topic in &guide.topics {
            open.extend([topic.label.clone(), topic.description.clone()]);
            open.extend(
                topic
                    .openings
                    .iter()
                    .chain(topic.probes.iter().map(|p| &p.ask))
                    .cloned(),
            );
            secret.extend(passages(&topic.context));
            secret.extend(passages(&topic.guidance));
        }
        let known: BTreeSet<String> = open
            .iter()
            .flat_map(|text| words::plain(text))
            .map(|w| stem(&w))
            .collect();
        let function = &english().function_words;
        let background = guide
            .topics
            .iter()
            .map(|t| words::content(&words::tokens(&t.context), function));
        let names = guide.topics.iter().flat_map(|t| names_in(&t.context));
        let secret_names = names.filter(|name| !known.contains(name)).collect();
        let secret_words = background.flatten().filter(|w| !known.contains(w)).collect();
        // What the person or the guide says openly is no secret.
        for text in &open {
            for passage in passages(text) {
                secret.remove(&passage);
            }
        }
        Self {
            mv: mv.clone(),
            known,
            said: format!(" {spoken} "),
            secret,
            secret_words,
            secret_names,
            asked: ledger.asked.clone(),
        }
    }

    pub(super) fn must_ask(&self) -> bool {
        !matches!(self.mv, Move::Hold | Move::Nudge | Move::OfferPause | Move::Close)
    }

    /// Whether a question of yes or no is in place.
    pub(super) fn may_be_closed(&self) -> bool {
        matches!(
            self.mv,
            Move::Care { .. } | Move::Recap | Move::AcceptCorrection | Move::OfferPause | Move::Nudge
        ) || self.says_again()
    }

    /// Whether a question is said again on purpose.
    pub(super) fn says_again(&self) -> bool {
        matches!(self.mv, Move::Repeat | Move::Inform { .. } | Move::Reconvene { .. })
    }

    /// Whether it is our own fixed words that the move consists of, which name contacts and rights.
    pub(super) fn formal(&self) -> bool {
        matches!(
            self.mv,
            Move::Welcome { .. } | Move::Care { .. } | Move::Close | Move::OfferPause | Move::Inform { .. }
        )
    }
}

/// Stems of the words in `text` that are names or numbers.
fn names_in(text: &str) -> Vec<String> {
    let tokens = words::tokens(text);
    let inside = |i: usize| i > 0 && !tokens[i - 1].is_end();
    let capital = |t: &words::Token| text[t.from..t.to].starts_with(char::is_uppercase);
    let names = tokens.iter().enumerate().filter(|(i, t)| {
        !t.is_end() && (t.text.starts_with(|c: char| c.is_ascii_digit()) || (inside(*i) && capital(t)))
    });
    let function = &english().function_words;
    names
        .filter(|(_, t)| !function.contains(&t.text))
        .map(|(_, t)| stem(&t.text))
        .collect()
}

/// Runs of words by which a passage of `text` would be recognized.
pub(super) fn passages(text: &str) -> Vec<String> {
    let words = words::plain(text);
    words.windows(LEAK_WORDS).map(|w| w.join(" ")).collect()
}

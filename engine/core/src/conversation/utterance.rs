//! Something the interviewer says: its pieces, how long each sounds, and how much of it was heard.

use crate::id::UtteranceId;

/// A piece of speech.
#[derive(Clone, Debug)]
struct Piece {
    text: String,
    duration_ms: Option<u32>,
}

/// An utterance, from its first piece to the last one that was heard.
#[derive(Clone, Debug)]
pub struct Utterance {
    /// Which one.
    pub id: UtteranceId,
    pieces: Vec<Piece>,
    complete: bool,
    heard_chunk: u32,
    heard_ms: u32,
    /// How many pieces have begun.
    begun: u32,
}

impl Utterance {
    /// An utterance without words yet.
    #[must_use]
    pub fn new(id: UtteranceId) -> Self {
        Self {
            id,
            pieces: Vec::new(),
            complete: false,
            heard_chunk: 0,
            heard_ms: 0,
            begun: 0,
        }
    }

    /// Adds a piece; its number.
    pub fn push(&mut self, text: String) -> u32 {
        self.pieces.push(Piece {
            text,
            duration_ms: None,
        });
        self.pieces.len() as u32 - 1
    }

    /// Nothing more will be added.
    pub fn close(&mut self) {
        self.complete = true;
    }

    /// Whether nothing more will be added.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.complete
    }

    /// How many pieces there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.pieces.len() as u32
    }

    /// Whether there is no piece yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The whole text so far, heard or not.
    #[must_use]
    pub fn text(&self) -> String {
        self.pieces
            .iter()
            .map(|p| p.text.as_str())
            .collect::<String>()
            .trim()
            .to_owned()
    }

    /// The words of a piece.
    #[must_use]
    pub fn piece(&self, chunk: u32) -> Option<&str> {
        self.pieces.get(chunk as usize).map(|p| p.text.as_str())
    }

    /// A piece is synthesized and lasts so long.
    pub fn sounded(&mut self, chunk: u32, duration_ms: u32) {
        if let Some(piece) = self.pieces.get_mut(chunk as usize) {
            piece.duration_ms = Some(duration_ms);
        }
    }

    /// Playback has come so far. Whether a new piece began.
    pub fn played(&mut self, chunk: u32, ms: u32) -> bool {
        let began = chunk >= self.begun;
        self.begun = self.begun.max(chunk + 1);
        if (chunk, ms) > (self.heard_chunk, self.heard_ms) {
            (self.heard_chunk, self.heard_ms) = (chunk, ms);
        }
        began
    }

    /// Whether all of it was heard.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.complete && self.whole_ms().is_some_and(|whole| self.heard_ms() >= whole)
    }

    /// Its length, once every piece is synthesized.
    fn whole_ms(&self) -> Option<u32> {
        self.pieces.iter().map(|p| p.duration_ms).sum()
    }

    /// How much was heard, in milliseconds from its start.
    #[must_use]
    pub fn heard_ms(&self) -> u32 {
        let before: u32 = self
            .pieces
            .iter()
            .take(self.heard_chunk as usize)
            .map(|p| p.duration_ms.unwrap_or_default())
            .sum();
        before + self.heard_ms
    }

    /// The words that were heard, and no word that was not. Within a piece time is shared out by letters; a word that
    /// was cut is left out.
    #[must_use]
    pub fn heard_text(&self) -> String {
        let mut heard: String = self
            .pieces
            .iter()
            .take(self.heard_chunk as usize)
            .map(|p| p.text.as_str())
            .collect();
        if let Some(piece) = self.pieces.get(self.heard_chunk as usize) {
            match piece.duration_ms {
                Some(whole) if self.heard_ms >= whole => heard.push_str(&piece.text),
                Some(whole) => {
                    let letters =
                        piece.text.chars().count() as u64 * u64::from(self.heard_ms) / u64::from(whole.max(1));
                    heard.push_str(whole_words(&piece.text, letters as usize));
                }
                // It is still being synthesized: nothing says where its words are.
                None => {}
            }
        }
        heard.trim().to_owned()
    }
}

/// The words of `text` that end within its first `letters` characters.
fn whole_words(text: &str, letters: usize) -> &str {
    let reached = text.char_indices().nth(letters).map_or(text.len(), |(at, _)| at);
    if reached == text.len() || text[reached..].starts_with(char::is_whitespace) {
        return &text[..reached];
    }
    text[..reached]
        .rfind(char::is_whitespace)
        .map_or("", |space| &text[..space])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(pieces: &[(&str, u32)]) -> Utterance {
        let mut utterance = Utterance::new(UtteranceId(1));
        for (text, ms) in pieces {
            let chunk = utterance.push((*text).to_owned());
            utterance.sounded(chunk, *ms);
        }
        utterance.close();
        utterance
    }

    #[test]
    fn only_whole_words_that_were_played_are_heard() {
        let mut utterance = said(&[("Thank you. ", 1_000), ("What happened then?", 1_900)]);
        utterance.played(0, 1_000);
        assert_eq!(utterance.heard_text(), "Thank you.");
        utterance.played(1, 700);
        assert_eq!(utterance.heard_text(), "Thank you. What");
        assert!(!utterance.is_over());
        utterance.played(1, 1_900);
        assert_eq!(utterance.heard_text(), "Thank you. What happened then?");
        assert!(utterance.is_over());
        assert_eq!(utterance.heard_ms(), 2_900);
    }

    #[test]
    fn it_is_not_over_while_more_may_come() {
        let mut utterance = Utterance::new(UtteranceId(1));
        let chunk = utterance.push("Thanks.".to_owned());
        utterance.sounded(chunk, 400);
        utterance.played(chunk, 400);
        assert!(!utterance.is_over());
        utterance.close();
        assert!(utterance.is_over());
    }

    #[test]
    fn each_piece_begins_once() {
        let mut utterance = said(&[("One. ", 100), ("Two.", 100)]);
        assert_eq!(
            [(0, 20), (0, 40), (1, 0), (1, 20)].map(|(c, ms)| utterance.played(c, ms)),
            [true, false, true, false]
        );
    }

    proptest! {
        #[test]
        fn what_was_heard_is_a_prefix_and_never_longer_than_was_played(
            pieces in prop::collection::vec(("[a-z]{1,8}( [a-z]{1,8}){0,5}[.] ", 100u32..3_000), 1..4),
            at in 0usize..4,
            share in 0.0f64..1.0,
        ) {
            let parts: Vec<(&str, u32)> = pieces.iter().map(|(t, ms)| (t.as_str(), *ms)).collect();
            let mut utterance = said(&parts);
            let at = at.min(parts.len() - 1);
            let ms = (f64::from(parts[at].1) * share) as u32;
            utterance.played(at as u32, ms);
            let heard = utterance.heard_text();
            prop_assert!(utterance.text().starts_with(&heard));
            let before: usize = parts[..at].iter().map(|(t, _)| t.chars().count()).sum();
            let allowed = before as f64 + parts[at].0.chars().count() as f64 * share;
            prop_assert!(heard.chars().count() as f64 <= allowed + 1.0);
        }
    }
}

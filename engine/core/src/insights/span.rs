//! A place in what somebody said.

use serde::{Deserialize, Serialize};

use crate::id::TurnId;

/// A slice of one turn: bytes of its text, `from` included, `to` not. A quote is never anything else than such a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The participant's turn.
    pub turn: TurnId,
    /// Byte of the turn's text where it starts.
    pub from: u32,
    /// Byte where it ends.
    pub to: u32,
}

impl Span {
    /// The words, where `text` is the text of its turn; `None` where it does not slice: out of range, empty, or not between
    /// characters. What does not slice is no evidence.
    #[must_use]
    pub fn slice<'a>(&self, text: &'a str) -> Option<&'a str> {
        let (from, to) = (self.from as usize, self.to as usize);
        if from >= to {
            return None;
        }
        text.get(from..to).filter(|words| !words.trim().is_empty())
    }

    /// Whether two have a word's place in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.turn == other.turn && self.from < other.to && other.from < self.to
    }
}

#[cfg(test)]
mod tests {
    use super::Span;
    use crate::id::TurnId;

    fn span(from: u32, to: u32) -> Span {
        Span {
            turn: TurnId(2),
            from,
            to,
        }
    }

    #[test]
    fn what_does_not_slice_is_no_quote() {
        let said = "Café, and the pay. ";
        assert_eq!(span(0, 5).slice(said), Some("Café"));
        assert_eq!(span(7, 18).slice(said), Some("and the pay"));
        // Inside a character, the wrong way round, empty, beyond the end, and nothing but space.
        for (from, to) in [(0, 4), (9, 3), (4, 4), (7, 99), (19, 20)] {
            assert_eq!(span(from, to).slice(said), None, "{from}..{to}");
        }
    }

    #[test]
    fn neighbours_do_not_overlap() {
        assert!(span(0, 5).overlaps(&span(4, 6)));
        assert!(!span(0, 5).overlaps(&span(5, 6)));
        let elsewhere = Span {
            turn: TurnId(4),
            ..span(0, 5)
        };
        assert!(!span(0, 5).overlaps(&elsewhere));
    }
}

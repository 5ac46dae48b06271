//! Cuts a stream of text into pieces that can be spoken: the first one early, so that the voice can
//! begin, the others at the ends of sentences, so that they sound right.

/// Words after which the first piece may end at a comma: enough to sound like the start of a sentence.
const FIRST_CLAUSE_WORDS: usize = 3;
/// Words after which any piece may end at a comma: longer ones cost the synthesizer noticeable time.
const LATER_CLAUSE_WORDS: usize = 12;
/// Words after which a piece ends at a space, whatever follows: nobody speaks on without a breath.
const BREATH_WORDS: usize = 28;

/// Abbreviations whose full stop ends nothing.
const ABBREVIATIONS: &[&str] = &[
    "mr.", "mrs.", "ms.", "dr.", "prof.", "e.g.", "i.e.", "vs.", "st.", "no.", "approx.",
];

/// A stream of text, cut into speakable pieces. Concatenated, the pieces are the text.
#[derive(Clone, Debug, Default)]
pub struct Chunker {
    pending: String,
    cut: usize,
    sentences: bool,
}

impl Chunker {
    /// Cuts at the ends of sentences only, however long they are.
    #[must_use]
    pub fn of_sentences() -> Self {
        Self {
            sentences: true,
            ..Self::default()
        }
    }

    /// Adds text.
    pub fn push(&mut self, text: &str) {
        self.pending.push_str(text);
    }

    /// How much has come in of a piece that has not ended, in bytes.
    #[must_use]
    pub fn pending_bytes(&self) -> usize {
        self.pending.len()
    }

    /// The next whole piece, if there is one. A piece is only known to end once something follows it.
    pub fn pop(&mut self) -> Option<String> {
        let end = self.boundary()?;
        self.cut += 1;
        let rest = self.pending.split_off(end);
        Some(std::mem::replace(&mut self.pending, rest))
    }

    /// What is left when the text is over.
    pub fn finish(&mut self) -> Option<String> {
        self.cut += 1;
        let rest = std::mem::take(&mut self.pending);
        (!rest.trim().is_empty()).then_some(rest)
    }

    /// Byte offset after the first boundary, spaces included.
    fn boundary(&self) -> Option<usize> {
        let mut words = 0;
        let mut word_start = 0;
        let mut chars = self.pending.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if !c.is_whitespace() {
                continue;
            }
            let word = &self.pending[word_start..at];
            // Spaces belong to the piece before them; the piece ends where the next word starts.
            let mut end = at + c.len_utf8();
            while let Some(&(next, space)) = chars.peek().filter(|(_, c)| c.is_whitespace()) {
                end = next + space.len_utf8();
                chars.next();
            }
            if !word.is_empty() {
                words += 1;
                if self.ends_piece(word, words) {
                    // Wait for the next word: closing quotes and trailing spaces may still come.
                    return (end < self.pending.len()).then_some(end);
                }
            }
            word_start = end;
        }
        None
    }

    fn ends_piece(&self, word: &str, words: usize) -> bool {
        let bare = word.trim_end_matches(['"', '\'', ')', '”', '’']);
        if bare.ends_with(['.', '!', '?', '…']) {
            return !ABBREVIATIONS.contains(&bare.to_lowercase().as_str());
        }
        if self.sentences {
            return false;
        }
        let clause = if self.cut == 0 {
            FIRST_CLAUSE_WORDS
        } else {
            LATER_CLAUSE_WORDS
        };
        if bare.ends_with([',', ';', ':', '–', '—']) {
            return words >= clause;
        }
        words >= BREATH_WORDS
    }
}

/// Cuts a whole text.
#[must_use]
pub fn chunks(text: &str) -> Vec<String> {
    let mut chunker = Chunker::default();
    chunker.push(text);
    let mut pieces: Vec<String> = std::iter::from_fn(|| chunker.pop()).collect();
    pieces.extend(chunker.finish());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_piece_may_be_a_clause_later_ones_are_sentences() {
        assert_eq!(
            chunks("Thank you for that, it helps. When did it start, and with whom? Take your time."),
            [
                "Thank you for that, ",
                "it helps. ",
                "When did it start, and with whom? ",
                "Take your time."
            ]
        );
    }

    #[test]
    fn an_abbreviation_does_not_end_a_sentence() {
        assert_eq!(
            chunks("You named Dr. Jones twice. Why?"),
            ["You named Dr. Jones twice. ", "Why?"]
        );
    }

    #[test]
    fn nothing_is_cut_before_the_next_word_shows_that_a_sentence_is_over() {
        let mut chunker = Chunker::default();
        chunker.push("Thanks. ");
        assert_eq!(chunker.pop(), None);
        chunker.push("And");
        assert_eq!(chunker.pop().as_deref(), Some("Thanks. "));
    }

    #[test]
    fn a_sentence_without_end_is_cut_at_a_breath() {
        let text = "word ".repeat(100);
        assert!(
            chunks(&text)
                .iter()
                .all(|piece| piece.split_whitespace().count() <= BREATH_WORDS)
        );
    }

    proptest! {
        #[test]
        fn pieces_concatenate_to_the_text_however_it_arrives(
            words in prop::collection::vec("[a-zé]{1,6}[,.?! ]{0,2}", 0..60),
            step in 1usize..9,
        ) {
            let text = words.join(" ");
            let mut chunker = Chunker::default();
            let mut pieces = Vec::new();
            let letters: Vec<char> = text.chars().collect();
            for part in letters.chunks(step) {
                chunker.push(&part.iter().collect::<String>());
                pieces.extend(std::iter::from_fn(|| chunker.pop()));
            }
            pieces.extend(chunker.finish());
            let joined = pieces.concat();
            prop_assert_eq!(joined.trim_end(), text.trim_end());
        }

        #[test]
        fn however_it_arrives_the_pieces_are_the_same(
            words in prop::collection::vec("[a-z]{1,6}[,.?]{0,1}", 0..60),
            step in 1usize..9,
        ) {
            let text = words.join(" ");
            let mut chunker = Chunker::default();
            let mut pieces = Vec::new();
            let letters: Vec<char> = text.chars().collect();
            for part in letters.chunks(step) {
                chunker.push(&part.iter().collect::<String>());
                pieces.extend(std::iter::from_fn(|| chunker.pop()));
            }
            pieces.extend(chunker.finish());
            prop_assert_eq!(pieces, chunks(&text));
        }
    }
}

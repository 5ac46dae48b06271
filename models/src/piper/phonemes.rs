//! Phonemes of clauses, with a memory of the last ones: an interviewer repeats itself.

use std::collections::HashMap;
use std::path::Path;

use colloquy_core::ports::InferenceError;

use super::clauses::Clause;
use super::espeak::Espeak;

/// Bytes of clauses and phonemes that are remembered: some thousand clauses.
const REMEMBERED_BYTES: usize = 256 * 1024;

/// Turns clauses into phonemes.
pub(super) struct Phonemizer {
    espeak: Espeak,
    memory: Memory,
}

impl Phonemizer {
    pub(super) fn new(espeak: &Path, voice: &str) -> Self {
        Self {
            espeak: Espeak::new(espeak, voice),
            memory: Memory::new(REMEMBERED_BYTES),
        }
    }

    /// Phonemes (IPA) of each clause, in order; empty for one that has none.
    pub(super) fn phonemes(&mut self, clauses: &[&Clause]) -> Result<Vec<String>, InferenceError> {
        let mut known: Vec<Option<String>> = clauses.iter().map(|clause| self.memory.get(&clause.words)).collect();
        let unknown: Vec<usize> = (0..clauses.len()).filter(|n| known[*n].is_none()).collect();
        if !unknown.is_empty() {
            let texts: Vec<&str> = unknown.iter().map(|n| clauses[*n].words.as_str()).collect();
            for (n, phonemes) in unknown.into_iter().zip(self.ask(&texts)?) {
                self.memory.put(&clauses[n].words, &phonemes);
                known[n] = Some(phonemes);
            }
        }
        Ok(known.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// All at once, a paragraph each; one by one where espeak-ng drew other borders.
    fn ask(&mut self, texts: &[&str]) -> Result<Vec<String>, InferenceError> {
        let lines = self.espeak.lines(&texts.join("\n\n"))?;
        if lines.len() == texts.len() {
            return Ok(lines);
        }
        texts
            .iter()
            .map(|text| Ok(self.espeak.lines(text)?.join(" ")))
            .collect()
    }
}

/// Phonemes by clause; the least recently used make room.
struct Memory {
    entries: HashMap<String, (String, u64)>,
    bytes: usize,
    limit: usize,
    clock: u64,
}

impl Memory {
    fn new(limit: usize) -> Self {
        Self {
            entries: HashMap::new(),
            bytes: 0,
            limit,
            clock: 0,
        }
    }

    fn get(&mut self, words: &str) -> Option<String> {
        self.clock += 1;
        let (phonemes, used) = self.entries.get_mut(words)?;
        *used = self.clock;
        Some(phonemes.clone())
    }

    fn put(&mut self, words: &str, phonemes: &str) {
        let bytes = words.len() + phonemes.len();
        if bytes > self.limit || self.entries.contains_key(words) {
            return;
        }
        while self.bytes + bytes > self.limit {
            let oldest = self
                .entries
                .iter()
                .min_by_key(|(_, (_, used))| *used)
                .map(|(words, _)| words.clone());
            let Some((words, (phonemes, _))) = oldest.and_then(|words| self.entries.remove_entry(&words)) else {
                break;
            };
            self.bytes -= words.len() + phonemes.len();
        }
        self.clock += 1;
        self.bytes += bytes;
        self.entries.insert(words.to_owned(), (phonemes.to_owned(), self.clock));
    }
}

#[cfg(test)]
mod tests {
    use super::super::clauses::breaths;
    use super::*;

    #[test]
    fn each_clause_gets_its_own_phonemes_known_or_not() {
        let mut phonemizer = Phonemizer::new(Path::new("espeak-ng"), "en-us");
        let first = breaths("My friend.").concat();
        let expected = phonemizer.phonemes(&first.iter().collect::<Vec<_>>()).unwrap();
        assert_eq!(expected, ["maɪ fɹˈɛnd"]);
        let second = breaths("Hello there, my friend, you. --- %").concat();
        let words: Vec<_> = second.iter().collect();
        // "My friend" and "my friend" are different clauses to the memory.
        let phonemes = phonemizer.phonemes(&words).unwrap();
        assert_eq!(phonemes.len(), words.len());
        assert_eq!(phonemes[1], "maɪ fɹˈɛnd");
        assert_eq!(phonemizer.phonemes(&words).unwrap(), phonemes);
    }

    #[test]
    fn the_memory_stays_within_its_bytes_and_forgets_the_oldest() {
        let mut memory = Memory::new(20);
        memory.put("aaaa", "1234");
        memory.put("bbbb", "1234");
        assert!(memory.get("aaaa").is_some());
        memory.put("cccc", "1234");
        assert!(memory.get("bbbb").is_none() && memory.get("aaaa").is_some() && memory.get("cccc").is_some());
        assert!(memory.bytes <= 20);
        memory.put("too long for it", "too long for it");
        assert!(memory.get("too long for it").is_none());
    }
}

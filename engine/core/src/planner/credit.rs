//! Which other topics an answer speaks to, so that they are not asked for again.

use std::collections::BTreeSet;

use super::lexicon::english;
use super::words::{self, Token, stem};
use crate::guide::{Guide, Topic};

/// Different words of a topic that a sentence holds before it counts for it: one alone ("team") says too little.
const SIGNS_MIN: usize = 2;

/// What shows that a sentence speaks to a topic: its cues, and the words of its label.
struct Signs {
    /// Stems, in order, of each.
    phrases: Vec<Vec<String>>,
}

impl Signs {
    fn of(topic: &Topic) -> Self {
        let function = &english().function_words;
        let cues = topic
            .cues
            .iter()
            .map(|cue| words::plain(cue).iter().map(|w| stem(w)).collect::<Vec<_>>());
        let label = words::content(&words::tokens(&topic.label), function);
        let mut phrases: Vec<Vec<String>> = cues.filter(|p| !p.is_empty()).collect();
        for word in label {
            if !phrases.iter().any(|p| p.len() == 1 && p[0] == word) {
                phrases.push(vec![word]);
            }
        }
        phrases.sort();
        phrases.dedup();
        Self { phrases }
    }

    /// How many of them are in a sentence.
    fn in_sentence(&self, stems: &[String]) -> usize {
        let found = |phrase: &&Vec<String>| stems.windows(phrase.len()).any(|window| window == phrase.as_slice());
        self.phrases.iter().filter(found).count()
    }
}

/// The topics beside `current` that `tokens` speak to, each with the sentences that do. A sentence without any sign goes on
/// with what the one before it spoke to.
pub(super) fn touched(guide: &Guide, current: usize, tokens: &[Token]) -> Vec<(usize, Vec<Token>)> {
    let signs: Vec<Signs> = guide.topics.iter().map(Signs::of).collect();
    let mut parts: Vec<Vec<Token>> = vec![Vec::new(); guide.topics.len()];
    let mut speaking_to = current;
    for sentence in tokens.split_inclusive(Token::is_end) {
        let stems: Vec<String> = sentence.iter().filter(|t| !t.is_end()).map(|t| stem(&t.text)).collect();
        let counts: Vec<usize> = signs.iter().map(|s| s.in_sentence(&stems)).collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        if most >= SIGNS_MIN && counts[current] < most {
            // Of equals none is meant for sure, unless the sentence before was about one of them.
            let best: BTreeSet<usize> = (0..counts.len()).filter(|i| counts[*i] == most).collect();
            if !best.contains(&speaking_to) {
                speaking_to = if best.len() == 1 {
                    best.first().copied().unwrap_or(current)
                } else {
                    current
                };
            }
        } else if counts[current] > 0 && counts[current] == most && counts[speaking_to] < most {
            speaking_to = current;
        }
        parts[speaking_to].extend_from_slice(sentence);
    }
    parts
        .into_iter()
        .enumerate()
        .filter(|(i, part)| *i != current && !part.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::touched;
    use crate::guide::{Guide, library};
    use crate::id::GuideId;
    use crate::planner::words::tokens;

    fn stay() -> Guide {
        library::template("stay")
            .unwrap()
            .guide(GuideId(uuid::Uuid::nil()), "Acme", None)
    }

    fn names(text: &str) -> Vec<String> {
        let guide = stay();
        touched(&guide, 0, &tokens(text))
            .into_iter()
            .map(|(i, _)| guide.topics[i].id.0.clone())
            .collect()
    }

    #[test]
    fn a_sentence_with_two_signs_of_another_topic_counts_for_it() {
        assert_eq!(
            names(
                "I love the work. My manager gives me feedback in our one to one. It was my boss who got me the raise."
            ),
            ["manager-support"]
        );
        assert_eq!(
            names("The salary is unfair and the bonus went elsewhere, because nobody noticed."),
            ["recognition-pay"]
        );
    }

    #[test]
    fn one_sign_is_not_enough() {
        assert!(names("I enjoy the people and my team. My manager is there too.").is_empty());
        assert!(names("It is fine.").is_empty());
    }
}

//! Checks every utterance before it is spoken: sentence by sentence while a language model streams, or as a whole.

use std::collections::BTreeSet;

use super::rules::{self, QUESTION_MAX_WORDS, asks, word_count};
use super::signs::{CLAIM_WORDS, claims, is_foreign, is_marked_up, quotations};
use crate::event::Move;
use crate::guide::Guide;
use crate::planner::words::{self, same_key, stem};
use crate::planner::{Ledger, english};

/// Words of a whole utterance at most: a reflection, a bridge and a question.
const UTTERANCE_MAX_WORDS: usize = 60;
/// Sentences of an utterance at most; a recap has one for each thing that it says back.
const UTTERANCE_MAX_SENTENCES: usize = 5;
const RECAP_MAX_SENTENCES: usize = 8;
/// Words in a row that make a passage of the background recognizable.
const LEAK_WORDS: usize = 5;
/// Words of the background alone, in one sentence, that make it recognizable.
const LEAK_SIGNS: usize = 2;

/// A rule that an utterance broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("refused by the rule {rule}")]
pub struct Refusal {
    /// The rule's name, as [`crate::event::FallbackCause::Guard`] keeps it.
    pub rule: &'static str,
}

/// What an utterance is judged against.
#[derive(Clone, Debug)]
pub struct Scene {
    mv: Move,
    /// Stems of all words that may be claimed: the person's, the guide's open parts.
    known: BTreeSet<String>,
    /// The person's words, for quotations; with a space at both ends.
    said: String,
    /// Passages of the background that must not be heard.
    secret: BTreeSet<String>,
    /// Stems of the background's words that nobody has said openly.
    secret_words: BTreeSet<String>,
    /// Those that are names or numbers: one is enough to give it away.
    secret_names: BTreeSet<String>,
    asked: BTreeSet<String>,
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

    fn must_ask(&self) -> bool {
        !matches!(self.mv, Move::Hold | Move::Nudge | Move::OfferPause | Move::Close)
    }

    /// Whether a question of yes or no is in place.
    fn may_be_closed(&self) -> bool {
        matches!(
            self.mv,
            Move::Care { .. } | Move::Recap | Move::AcceptCorrection | Move::OfferPause | Move::Nudge
        ) || self.says_again()
    }

    /// Whether a question is said again on purpose.
    fn says_again(&self) -> bool {
        matches!(self.mv, Move::Repeat | Move::Inform { .. } | Move::Reconvene { .. })
    }

    /// Whether it is our own fixed words that the move consists of, which name contacts and rights.
    fn formal(&self) -> bool {
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

fn passages(text: &str) -> Vec<String> {
    let words = words::plain(text);
    words.windows(LEAK_WORDS).map(|w| w.join(" ")).collect()
}

/// The guard without a memory.
#[derive(Clone, Copy, Debug, Default)]
pub struct Guard;

impl Guard {
    /// Judges a whole utterance.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(&self, utterance: &str, scene: &Scene) -> Result<(), Refusal> {
        let mut watch = Watch::new(scene.clone());
        if utterance.contains('\n') {
            return refuse("no_markdown");
        }
        for sentence in rules::sentences(utterance) {
            watch.sentence(sentence)?;
        }
        watch.finish()
    }
}

/// The guard over one utterance as it comes, with a memory of what was let pass.
#[derive(Clone, Debug)]
pub struct Watch {
    scene: Scene,
    sentences: usize,
    words: usize,
    marks: usize,
    asks: usize,
}

impl Watch {
    /// A watch over an utterance that has not begun.
    #[must_use]
    pub fn new(scene: Scene) -> Self {
        Self {
            scene,
            sentences: 0,
            words: 0,
            marks: 0,
            asks: 0,
        }
    }

    /// A watch that knows the move alone: the rules of wording hold, and nothing may be claimed of the person.
    #[must_use]
    pub fn for_question(mv: Move) -> Self {
        let (known, secret, secret_words, secret_names, asked) = Default::default();
        Self::new(Scene {
            mv,
            known,
            said: " ".to_owned(),
            secret,
            secret_words,
            secret_names,
            asked,
        })
    }

    /// Judges the next sentence, given whole.
    ///
    /// # Errors
    /// The first rule that it breaks; the sentence must then not be spoken.
    pub fn sentence(&mut self, sentence: &str) -> Result<(), Refusal> {
        let before = (self.sentences, self.words, self.marks, self.asks);
        let verdict = self.judge(sentence);
        if verdict.is_err() {
            // It is not spoken: nothing of it counts.
            (self.sentences, self.words, self.marks, self.asks) = before;
        }
        verdict
    }

    fn judge(&mut self, sentence: &str) -> Result<(), Refusal> {
        // As it streams in, a sentence has the space behind it that was before the next one.
        let sentence = sentence.trim();
        // A caller may hand over more than one at once.
        let parts = rules::sentences(sentence);
        if parts.len() > 1 {
            return parts.into_iter().try_for_each(|part| self.judge(part));
        }
        let tokens = words::tokens(sentence);
        if tokens.iter().all(words::Token::is_end) {
            return refuse("empty");
        }
        if is_marked_up(sentence) {
            return refuse("no_markdown");
        }
        if is_foreign(sentence, &tokens) {
            return refuse("language");
        }
        let asking = asks(sentence);
        let count = word_count(sentence);
        if count > QUESTION_MAX_WORDS {
            return refuse("at_most_30_words");
        }
        self.sentences += 1;
        self.words += count;
        self.marks += usize::from(sentence.contains('?'));
        self.asks += usize::from(asking);
        if self.marks > 1
            || sentence.matches('?').count() > 1
            || self.asks > 2
            || (asking && !self.scene.must_ask() && !self.scene.may_be_closed())
        {
            return refuse("one_question");
        }
        let sentences = if self.scene.mv == Move::Recap {
            RECAP_MAX_SENTENCES
        } else {
            UTTERANCE_MAX_SENTENCES
        };
        if !self.scene.formal() && (self.words > UTTERANCE_MAX_WORDS || self.sentences > sentences) {
            return refuse("short");
        }
        self.wording(sentence, &tokens, asking)?;
        if asking
            && !self.scene.says_again()
            && !self.scene.may_be_closed()
            && self.scene.asked.contains(&same_key(sentence))
        {
            return refuse("not_asked_before");
        }
        self.facts(sentence, &tokens)?;
        if self.leaks(sentence, &tokens) {
            return refuse("no_ai_context_leak");
        }
        Ok(())
    }

    /// Whether a passage of the background is in the sentence, or several words that only the background has.
    fn leaks(&self, sentence: &str, tokens: &[words::Token]) -> bool {
        let told = words::content(tokens, &english().function_words);
        passages(sentence).iter().any(|p| self.scene.secret.contains(p))
            || told.intersection(&self.scene.secret_words).count() >= LEAK_SIGNS
            || !told.is_disjoint(&self.scene.secret_names)
    }

    /// Whether the question that is due was put.
    #[must_use]
    pub fn asked(&self) -> bool {
        self.asks > 0
    }

    /// Judges the whole, once all of it is there.
    ///
    /// # Errors
    /// `empty` where nothing was said, `is_question` where a question was due.
    pub fn finish(&self) -> Result<(), Refusal> {
        if self.sentences == 0 && self.scene.mv != Move::Hold {
            return refuse("empty");
        }
        if self.scene.must_ask() && self.asks == 0 {
            return refuse("is_question");
        }
        Ok(())
    }

    fn wording(&self, sentence: &str, tokens: &[words::Token], asking: bool) -> Result<(), Refusal> {
        for rule in rules::english() {
            let spared = (rule.name == "open_question" && self.scene.may_be_closed())
                || (self.scene.formal()
                    && matches!(rule.name, "no_advice" | "no_promise" | "no_judgement" | "in_role"));
            if !spared && rule.broken_by(sentence, tokens, asking) {
                return refuse(rule.name);
            }
        }
        Ok(())
    }

    /// Quotations, numbers, names, and what is claimed of the person must come from the person or the guide.
    fn facts(&self, sentence: &str, tokens: &[words::Token]) -> Result<(), Refusal> {
        let known = |word: &str| self.scene.known.contains(&stem(word));
        for quoted in quotations(sentence) {
            if !self.scene.said.contains(&format!(" {} ", same_key(quoted))) {
                return refuse("no_invented_fact");
            }
        }
        let function = &english().function_words;
        for (i, token) in tokens.iter().enumerate() {
            let written = &sentence[token.from..token.to];
            let number = token.text.chars().any(|c| c.is_ascii_digit());
            let name = i > 0
                && !tokens[i - 1].is_end()
                && written.chars().next().is_some_and(char::is_uppercase)
                && !function.contains(&token.text)
                && token.text != "ai";
            let left = matches!(self.scene.mv, Move::Inform { .. });
            if ((number && !left) || name) && !known(&token.text) {
                return refuse("no_invented_fact");
            }
        }
        if !self.scene.formal() && claims(tokens) {
            let invented = words::content_words(tokens, function).any(|w| !known(w) && !CLAIM_WORDS.contains(&w));
            if invented {
                return refuse("no_invented_fact");
            }
        }
        Ok(())
    }
}

fn refuse(rule: &'static str) -> Result<(), Refusal> {
    Err(Refusal { rule })
}

#[cfg(test)]
mod tests {
    use super::{Guard, Scene, Watch};
    use crate::event::{Aim, Move};
    use crate::guide::Priority::{High, Low};
    use crate::id::TurnId;
    use crate::planner::{Ledger, testing};

    fn scene() -> Scene {
        let guide = testing::guide(15, &[High, Low]);
        let mut ledger = Ledger::new(&guide);
        ledger.hear(
            TurnId(1),
            "My manager Tom cancelled our weekly meeting 3 times. I was annoyed by the weekly report.",
        );
        ledger.asked.insert("what was behind that".to_owned());
        Scene::new(
            &guide,
            &ledger,
            &Move::Probe {
                topic: guide.topics[0].id.clone(),
                aim: Aim::Reason,
            },
        )
    }

    #[test]
    fn what_a_good_interviewer_says_passes() {
        for text in [
            "You mentioned the weekly report. What made that so hard for you?",
            "Thank you. Could you tell me about the last time that happened?",
            "I see. Tell me about one meeting with Tom.",
            "You spoke of \"my manager Tom\". How did you respond?",
            "That helps me understand. What would have to change for you?",
        ] {
            assert_eq!(Guard.check(text, &scene()), Ok(()), "{text}");
        }
    }

    #[test]
    fn every_rule_refuses_what_it_should() {
        for (text, rule) in [
            ("", "empty"),
            ("...", "empty"),
            ("Thank you for telling me.", "is_question"),
            ("What happened? Who was there?", "one_question"),
            ("**What happened?**", "no_markdown"),
            ("1. What happened?", "no_markdown"),
            ("What happened?\nAnd then", "no_markdown"),
            ("Was ist damals genau passiert und warum?", "language"),
            ("Что случилось?", "language"),
            ("What happened 😀?", "language"),
            ("Don't you think that he is unfair?", "not_leading"),
            ("What happened and how did you feel?", "not_double_barrelled"),
            ("Why is your manager so toxic?", "not_leading"),
            ("What makes him incompetent?", "not_loaded"),
            ("Do you like your manager?", "open_question"),
            ("You should talk to Tom. What would help?", "no_advice"),
            ("I promise that it gets better. What would help?", "no_promise"),
            ("That sounds terrible. What happened?", "no_judgement"),
            ("As an AI language model I ask: what happened?", "in_role"),
            ("Others have told me the same. What happened?", "in_role"),
            ("What was behind that?", "not_asked_before"),
            ("You said \"I hate Tom\". What happened?", "no_invented_fact"),
            ("You mentioned your divorce. What happened?", "no_invented_fact"),
            ("So you feel lonely. What happened?", "no_invented_fact"),
            ("What did Sandra say?", "no_invented_fact"),
            ("What happened in those 12 weeks?", "no_invented_fact"),
            (
                "What does it mean to you that the office in Leeds will be closed in spring?",
                "no_invented_fact",
            ),
            (
                "what does it mean that the office in leeds will be closed in spring?",
                "no_ai_context_leak",
            ),
        ] {
            assert_eq!(Guard.check(text, &scene()).map_err(|r| r.rule), Err(rule), "{text}");
        }
        let long = format!("What {}happened?", "in the end and after all ".repeat(6));
        assert_eq!(
            Guard.check(&long, &scene()).map_err(|r| r.rule),
            Err("at_most_30_words")
        );
        let wordy = format!(
            "{}What happened?",
            "I see what it is that you mean by all of it, and I am here. ".repeat(5)
        );
        assert_eq!(Guard.check(&wordy, &scene()).map_err(|r| r.rule), Err("short"));
    }

    #[test]
    fn every_check_passes_and_fails_its_examples() {
        for check in &crate::interviewer::rules::checks() {
            assert!(!check.passes.is_empty() && !check.fails.is_empty() && !check.why.is_empty());
            for text in &check.passes {
                assert_eq!(Guard.check(text, &scene()), Ok(()), "{}: {text}", check.name);
            }
            for text in &check.fails {
                let verdict = Guard.check(text, &scene()).map_err(|refusal| refusal.rule);
                assert_eq!(verdict, Err(check.name.as_str()), "{text}");
            }
        }
    }

    #[test]
    fn a_stream_is_stopped_at_the_sentence_that_breaks_a_rule() {
        let mut watch = Watch::new(scene());
        assert!(watch.sentence("Thank you. ").is_ok() && !watch.asked());
        assert!(watch.sentence("What happened next? ").is_ok() && watch.asked());
        assert_eq!(
            watch.sentence("Who was there?").map_err(|r| r.rule),
            Err("one_question")
        );
    }
}

//! Reads a question as its author should: is it leading, double-barrelled, loaded, closed, too long?

use crate::interviewer::rules;
use crate::planner::words;

/// What is wrong with a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name: `not_leading`, `not_double_barrelled`, `not_loaded`, `open_question`, `one_question`,
    /// `at_most_30_words`, `no_advice`, `no_promise`, `no_judgement`, `in_role`, or `not_a_question`.
    pub rule: &'static str,
    /// Why, and what to do instead, in a sentence for the author.
    pub why: String,
    /// The sentence that it is about.
    pub sentence: String,
}

/// Reads `text`, a question of a guide, and returns what is wrong with it; empty where nothing is.
#[must_use]
pub fn lint(text: &str) -> Vec<Finding> {
    let sentences = rules::sentences(text);
    let mut findings = Vec::new();
    let mut find = |rule: &'static str, why: &str, sentence: &str| {
        findings.push(Finding {
            rule,
            why: why.to_owned(),
            sentence: sentence.to_owned(),
        });
    };
    for sentence in &sentences {
        let (tokens, asks) = (words::tokens(sentence), rules::asks(sentence));
        for rule in rules::english().iter().filter(|r| r.broken_by(sentence, &tokens, asks)) {
            find(rule.name, &rule.why, sentence);
        }
        if rules::word_count(sentence) > rules::QUESTION_MAX_WORDS {
            find(
                "at_most_30_words",
                "It is too long to be held in mind. Use at most 30 words.",
                sentence,
            );
        }
    }
    if sentences.iter().filter(|s| s.ends_with('?')).count() > 1 {
        find(
            "one_question",
            "It asks more than once. Ask one question, and the other in a probe.",
            text,
        );
    }
    if !sentences.iter().any(|s| rules::asks(s)) {
        find(
            "not_a_question",
            "It asks nothing. End with a question, or begin with \"tell me\" or \"describe\".",
            text,
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::lint;

    #[test]
    fn bad_questions_are_found_and_good_ones_pass() {
        for (text, rule) in [
            ("Don't you think the pay is too low?", "not_leading"),
            ("What happened and how did it feel?", "not_double_barrelled"),
            ("Why is the office so toxic?", "not_loaded"),
            ("Do you like your job?", "open_question"),
            ("What happened? Who was there?", "one_question"),
            ("Your work.", "not_a_question"),
        ] {
            assert!(lint(text).iter().any(|f| f.rule == rule), "{text}: {:?}", lint(text));
        }
        let long = format!("What {} happened?", "really ".repeat(30));
        assert!(lint(&long).iter().any(|f| f.rule == "at_most_30_words"));
        for text in [
            "What keeps you here?",
            "Tell me about the last time that happened.",
            "Think of a recent day. What were you doing?",
        ] {
            assert!(lint(text).is_empty(), "{text}: {:?}", lint(text));
        }
    }

    #[test]
    fn the_library_passes() {
        let mut wrong = Vec::new();
        for template in crate::guide::library::templates() {
            for topic in &template.topics {
                for ask in topic.openings.iter().chain(topic.probes.iter().map(|p| &p.ask)) {
                    wrong.extend(
                        lint(ask)
                            .into_iter()
                            .map(|f| format!("{} {}: {} {ask}", template.id, topic.id, f.rule)),
                    );
                }
            }
        }
        assert!(wrong.is_empty(), "{} findings\n{}", wrong.len(), wrong.join("\n"));
    }
}

//! What a language model is asked.

use serde_json::{Value, json};

use super::super::{Interview, Signal};
use super::Request;
use super::check::Line;

const READ: &str = include_str!("instructions-en.txt");
const CHECK: &str = include_str!("checking-en.txt");
const NAME: &str = include_str!("naming-en.txt");
/// Forty statements of some eighty tokens, with room to spare.
const READ_TOKENS: u32 = 4_096;
/// What is checked is answered in some twenty tokens a claim.
const CHECK_TOKENS: u32 = 2_048;
/// A dozen headings.
const NAME_TOKENS: u32 = 512;
/// What a statement on none of the topics names.
pub(super) const NO_TOPIC: &str = "none";

/// The number by which a model is told of an answer: its place in the interview, from 1.
pub(super) fn number(index: usize) -> usize {
    index + 1
}

/// Asks for what is said in a window.
pub(super) fn read(interview: &Interview, window: &[usize]) -> Request {
    let topic =
        |topic: &super::super::Asked| json!({"id": topic.id.0, "label": topic.label, "about": topic.description});
    let said = |index: &usize| {
        let answer = &interview.answers[*index];
        let asked = answer.topic.as_ref().map_or(NO_TOPIC, |id| id.0.as_str());
        json!({"turn": number(*index), "asked": asked, "said": answer.text.expose()})
    };
    let user = format!(
        "Topics:\n{}\n\nAnswers:\n{}",
        lines(interview.topics.iter().map(topic)),
        lines(window.iter().map(said))
    );
    let mut topics: Vec<&str> = interview.topics.iter().map(|topic| topic.id.0.as_str()).collect();
    topics.push(NO_TOPIC);
    let choice = |words: &[&str]| json!({"type": "string", "enum": words});
    let signal =
        object(json!({"signal": {"type": "string", "enum": Signal::ALL}, "stance": choice(&["strain", "strength"])}));
    let statement = object(json!({
        "turn": {"type": "integer"}, "words": {"type": "string"}, "topic": choice(&topics),
        "signals": {"type": "array", "items": signal},
        "polarity": choice(&["positive", "negative", "mixed", "neutral"]),
        "concreteness": choice(&["concrete", "general"]), "claim": choice(&["fact", "reason", "wish"]),
    }));
    Request {
        system: READ,
        user: user.into(),
        name: "statements",
        schema: object(json!({"statements": {"type": "array", "items": statement}})),
        max_tokens: READ_TOKENS,
    }
}

/// Asks which claims their words support.
pub(super) fn check(claims: &[Line<'_>]) -> Request {
    let line = |(n, claim): (usize, &Line<'_>)| {
        let passage = |(number, words): &(usize, &str)| json!({"number": number, "words": words});
        let passages: Vec<Value> = claim.passages.iter().map(passage).collect();
        json!({"claim": n + 1, "says": claim.says, "passages": passages})
    };
    let claim = object(json!({
        "claim": {"type": "integer"}, "supported": {"type": "boolean"},
        "spans": {"type": "array", "items": {"type": "integer"}},
    }));
    Request {
        system: CHECK,
        user: lines(claims.iter().enumerate().map(line)).into(),
        name: "claims",
        schema: object(json!({"claims": {"type": "array", "items": claim}})),
        max_tokens: CHECK_TOKENS,
    }
}

/// Asks for headings over groups of words, each of another person.
pub(super) fn name(groups: &[Vec<&str>]) -> Request {
    let line = |(n, group): (usize, &Vec<&str>)| {
        let passage = |(person, words): (usize, &&str)| json!({"person": person + 1, "words": words});
        let passages: Vec<Value> = group.iter().enumerate().map(passage).collect();
        json!({"theme": n + 1, "passages": passages})
    };
    let label = object(json!({"theme": {"type": "integer"}, "label": {"type": "string"}}));
    Request {
        system: NAME,
        user: lines(groups.iter().enumerate().map(line)).into(),
        name: "labels",
        schema: object(json!({"labels": {"type": "array", "items": label}})),
        max_tokens: NAME_TOKENS,
    }
}

/// One JSON value a line: no text can end its own line, or begin another one.
fn lines(values: impl Iterator<Item = Value>) -> String {
    values.map(|value| value.to_string()).collect::<Vec<_>>().join("\n")
}

/// A schema in which everything is asked for and nothing else is allowed.
fn object(properties: Value) -> Value {
    let names: Vec<&String> = properties
        .as_object()
        .map(|fields| fields.keys().collect())
        .unwrap_or_default();
    json!({"type": "object", "additionalProperties": false, "required": names, "properties": properties})
}

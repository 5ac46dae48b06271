//! Figures that a report must keep: beyond them the bench fails, so that scripts can rely on it.

use std::str::FromStr;

use anyhow::{Context, bail, ensure};
use serde::Serialize;
use serde_json::Value;

/// A figure of the JSON report and its limit, written `PATH=NUMBER`: names and list positions joined by dots, such as
/// `voice_to_voice.p50=800`.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    path: String,
    bound: f64,
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (path, bound) = text.split_once('=').ok_or("write it PATH=NUMBER")?;
        let bound = bound.parse().map_err(|_| format!("{bound:?} is no number"))?;
        let path = path.to_owned();
        Ok(Self { path, bound })
    }
}

impl Limit {
    fn figure(&self, report: &Value) -> anyhow::Result<f64> {
        let at = format!("/{}", self.path.replace('.', "/"));
        let found = report.pointer(&at).and_then(Value::as_f64);
        found.with_context(|| format!("the report has no figure {}; --json shows what it has", self.path))
    }
}

/// Whether the report keeps its limits.
///
/// # Errors
/// Names every figure that is beyond its limit, and one that the report does not have.
pub(super) fn check(report: &impl Serialize, at_most: &[Limit], at_least: &[Limit]) -> anyhow::Result<()> {
    let report = serde_json::to_value(report).context("the report cannot be read again")?;
    let mut beyond = Vec::new();
    let bounds = at_most
        .iter()
        .map(|limit| (limit, true))
        .chain(at_least.iter().map(|limit| (limit, false)));
    for (limit, is_most) in bounds {
        let figure = limit.figure(&report)?;
        ensure!(figure.is_finite(), "{} is {figure}", limit.path);
        if (is_most && figure > limit.bound) || (!is_most && figure < limit.bound) {
            let wanted = if is_most { "at most" } else { "at least" };
            beyond.push(format!(
                "{} is {figure}, {wanted} {} was wanted",
                limit.path, limit.bound
            ));
        }
    }
    if beyond.is_empty() {
        Ok(())
    } else {
        bail!(beyond.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_beyond_its_limit_or_missing_fails_by_name() {
        let report = json!({ "rules": [{ "p50": 900.0 }], "share": 0.1 });
        let limit = |text: &str| [text.parse::<Limit>().unwrap()];
        let told = |at_most: &str, at_least: &str| {
            let checked = check(&report, &limit(at_most), &limit(at_least));
            checked.err().map(|error| error.to_string())
        };
        assert_eq!(told("rules.0.p50=900", "share=0.1"), None);
        assert_eq!(
            told("rules.0.p50=800", "share=0.2").unwrap(),
            "rules.0.p50 is 900, at most 800 was wanted; share is 0.1, at least 0.2 was wanted"
        );
        assert!(told("rules.1.p50=1", "share=0").unwrap().contains("rules.1.p50"));
        assert!("share".parse::<Limit>().is_err() && "share=x".parse::<Limit>().is_err());
    }
}

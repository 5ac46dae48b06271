//! The participants' links: from arguments, a file, or standard input.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::client::Link;

/// Reads links, one participant each. `file` is a JSON array of links, or one link a line; `-` is standard input. Where
/// `server` is given, it stands for the links' own.
pub(super) fn read(given: &[String], file: Option<&Path>, server: Option<&str>) -> anyhow::Result<Vec<Link>> {
    let mut texts = given.to_vec();
    if let Some(file) = file {
        texts.extend(listed(&contents(file)?).with_context(|| format!("{} holds no links", file.display()))?);
    }
    ensure!(
        !texts.is_empty(),
        "no links: give --link URL or --links FILE; `colloquy demo --invitations 6 --json` makes some"
    );
    let links = texts.iter().map(|text| {
        let link = Link::parse(text)?;
        Ok(match server {
            Some(server) => link.on_server(server)?,
            None => link,
        })
    });
    links.collect()
}

fn contents(file: &Path) -> anyhow::Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .context("standard input cannot be read")?;
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

fn listed(text: &str) -> anyhow::Result<Vec<String>> {
    let text = text.trim();
    if !text.starts_with('[') {
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        return Ok(lines.map(str::to_owned).collect());
    }
    let entries: Vec<Value> = serde_json::from_str(text).context("it begins like a JSON array and is none")?;
    let link = |entry: Value| match entry {
        Value::String(link) => Some(link),
        Value::Object(fields) => fields.get("link").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    entries
        .into_iter()
        .map(|entry| link(entry).context("an entry is neither a link nor has one"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_come_as_lines_or_as_json() {
        let lines = listed("# two\nhttp://a/i/1\n\n  http://a/i/2\n").unwrap();
        assert_eq!(lines, ["http://a/i/1", "http://a/i/2"]);
        assert_eq!(listed(r#"["http://a/i/1", {"link": "http://a/i/2"}]"#).unwrap(), lines);
        assert!(listed("[1]").is_err() && listed("[\"x\"").is_err());
    }

    #[test]
    fn no_link_says_how_to_make_some() {
        let error = read(&[], None, None).unwrap_err().to_string();
        assert!(error.contains("colloquy demo --invitations"), "{error}");
    }
}

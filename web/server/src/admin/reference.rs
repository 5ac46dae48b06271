//! `GET /api/v1`: the API's description for people, made from the one for programs. It is one page without a script.

use std::collections::BTreeMap;
use std::fmt::Write;

use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use serde_json::Value;

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// The page, with its style; nothing else is loaded by it.
pub(super) fn answer(page: &str) -> Response {
    let policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page.to_owned())).into_response()
}

/// How the page looks.
pub(super) async fn style() -> impl IntoResponse {
    let kind = (header::CONTENT_TYPE, "text/css; charset=utf-8");
    ([kind], include_str!("reference.css"))
}

/// The page of what `document` describes (OpenAPI 3.1).
pub(super) fn page(document: &Value) -> String {
    let mut tags: BTreeMap<&str, Vec<(&str, &str, &Value)>> = BTreeMap::new();
    for (path, operations) in fields(&document["paths"]) {
        for method in METHODS {
            if let Some(operation) = operations.get(method) {
                let tag = operation["tags"][0].as_str().unwrap_or("other");
                tags.entry(tag).or_default().push((path, method, operation));
            }
        }
    }
    let info = &document["info"];
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} API</title>\n<link rel=\"stylesheet\" href=\"/api/v1/reference.css\">\n<main>\n<h1>{title} API</h1>\n<p>{about}</p>\n\
         <p>For programs: <a href=\"/api/v1/openapi.json\">openapi.json</a> (OpenAPI {version}).</p>\n<nav aria-label=\"Contents\"><ul>\n",
        title = escaped(text(info, "title")),
        about = prose(text(info, "description")),
        version = escaped(text(document, "openapi")),
    );
    for tag in tags.keys() {
        let _ = writeln!(out, "<li><a href=\"#{tag}\">{tag}</a></li>");
    }
    out += "<li><a href=\"#schemas\">schemas</a></li>\n</ul></nav>\n";
    for (tag, operations) in &tags {
        let _ = writeln!(out, "<h2 id=\"{tag}\">{tag}</h2>");
        for (path, method, operation) in operations {
            one(&mut out, path, method, operation);
        }
    }
    out += "<h2 id=\"schemas\">schemas</h2>\n";
    for (name, schema) in fields(&document["components"]["schemas"]) {
        let _ = writeln!(out, "<section><h3 id=\"{0}\">{0}</h3>", escaped(name));
        described(&mut out, schema);
        members(&mut out, schema);
        out += "</section>\n";
    }
    out + "</main>\n</html>\n"
}

/// One operation: what it does, what it is sent, what it answers.
fn one(out: &mut String, path: &str, method: &str, operation: &Value) {
    let id = anchor(method, path);
    let _ = writeln!(
        out,
        "<section><h3 id=\"{id}\"><code><b>{}</b> {}</code></h3>",
        method.to_uppercase(),
        escaped(path)
    );
    for part in ["summary", "description"] {
        let said = text(operation, part);
        if !said.is_empty() {
            let _ = writeln!(out, "<p>{}</p>", prose(said));
        }
    }
    let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    let mut rows = Vec::new();
    for parameter in parameters {
        let needed = if parameter["required"] == true {
            ""
        } else {
            ", optional"
        };
        rows.push([
            format!("<code>{}</code>", escaped(text(parameter, "name"))),
            format!("{}{needed}", escaped(text(parameter, "in"))),
            kind(&parameter["schema"]),
            prose(text(parameter, "description")),
        ]);
    }
    for (media, content) in fields(&operation["requestBody"]["content"]) {
        rows.push([
            "body".to_owned(),
            escaped(media),
            kind(&content["schema"]),
            String::new(),
        ]);
    }
    table(out, "Sent", ["what", "where", "type", "meaning"], &rows);
    let rows: Vec<_> = fields(&operation["responses"])
        .map(|(status, response)| {
            let bodies: Vec<String> = fields(&response["content"])
                .map(|(media, content)| format!("{} ({})", kind(&content["schema"]), escaped(media)))
                .collect();
            [
                format!("<code>{}</code>", escaped(status)),
                prose(text(response, "description")),
                bodies.join(", "),
            ]
        })
        .collect();
    table(out, "Answered", ["status", "meaning", "body"], &rows);
    *out += "</section>\n";
}

fn members(out: &mut String, schema: &Value) {
    let needed = |name: &str| {
        let required = schema["required"].as_array();
        required.is_some_and(|required| required.iter().any(|field| field == name))
    };
    let rows: Vec<_> = fields(&schema["properties"])
        .map(|(name, member)| {
            let optional = if needed(name) { "" } else { ", optional" };
            [
                format!("<code>{}</code>", escaped(name)),
                format!("{}{optional}", kind(member)),
                prose(text(member, "description")),
            ]
        })
        .collect();
    if rows.is_empty() {
        let _ = writeln!(out, "<p>{}</p>", kind(schema));
    }
    table(out, "Fields", ["field", "type", "meaning"], &rows);
}

fn described(out: &mut String, schema: &Value) {
    let said = text(schema, "description");
    if !said.is_empty() {
        let _ = writeln!(out, "<p>{}</p>", prose(said));
    }
}

fn table<const N: usize>(out: &mut String, caption: &str, heads: [&str; N], rows: &[[String; N]]) {
    if rows.is_empty() {
        return;
    }
    let _ = write!(
        out,
        "<div class=\"wide\" tabindex=\"0\"><table><caption>{caption}</caption><tr>"
    );
    for head in heads {
        let _ = write!(out, "<th scope=\"col\">{head}</th>");
    }
    *out += "</tr>\n";
    for row in rows {
        *out += "<tr>";
        for cell in row {
            let _ = write!(out, "<td>{cell}</td>");
        }
        *out += "</tr>\n";
    }
    *out += "</table></div>\n";
}

/// A schema in words; one that has a name is a link to it.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        let name = escaped(name);
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(some) = schema[several].as_array() {
            let some: Vec<String> = some.iter().map(kind).collect();
            return some.join(" or ");
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> = words
            .iter()
            .filter_map(Value::as_str)
            .map(|word| format!("<code>{}</code>", escaped(word)))
            .collect();
        return words.join(" ");
    }
    let named = |word: &str| match word {
        "array" => format!("list of {}", kind(&schema["items"])),
        other => escaped(other),
    };
    let mut said = match &schema["type"] {
        Value::String(one) => named(one),
        Value::Array(some) => {
            let some: Vec<String> = some.iter().filter_map(Value::as_str).map(named).collect();
            some.join(" or ")
        }
        _ => "anything".to_owned(),
    };
    for (key, before) in [
        ("format", ", "),
        ("minimum", ", from "),
        ("maximum", ", to "),
        ("minLength", ", characters from "),
        ("maxLength", ", characters to "),
        ("maxItems", ", entries to "),
    ] {
        match &schema[key] {
            Value::Null => {}
            Value::String(limit) => said += &format!("{before}{}", escaped(limit)),
            limit => said += &format!("{before}{limit}"),
        }
    }
    said
}

fn fields(of: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let map = of.as_object().into_iter().flatten();
    map.map(|(name, value)| (name.as_str(), value))
}

fn text<'v>(of: &'v Value, field: &str) -> &'v str {
    of[field].as_str().unwrap_or_default()
}

fn anchor(method: &str, path: &str) -> String {
    let letters = path.trim_start_matches("/api/v1/").chars();
    let path: String = letters
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    format!("{method}-{path}")
}

/// What stands in backticks is code.
fn prose(said: &str) -> String {
    let mut out = String::new();
    for (at, part) in escaped(said).split('`').enumerate() {
        if at % 2 == 1 {
            let _ = write!(out, "<code>{part}</code>");
        } else {
            out += part;
        }
    }
    out
}

fn escaped(said: &str) -> String {
    said.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_and_every_schema_that_is_named_is_on_the_page() {
        let document = serde_json::to_value(crate::admin::description()).unwrap();
        let page = page(&document);
        let mut seen = 0;
        for (path, operations) in fields(&document["paths"]) {
            for (method, operation) in fields(operations) {
                assert!(
                    page.contains(&format!("<h3 id=\"{}\">", anchor(method, path))),
                    "{method} {path}"
                );
                assert!(page.contains(&prose(text(operation, "summary"))), "{method} {path}");
                seen += 1;
            }
        }
        assert!(seen > 50, "{seen}");
        for link in page.split("href=\"#").skip(1) {
            let name = link.split('"').next().unwrap();
            assert_eq!(page.matches(&format!(" id=\"{name}\"")).count(), 1, "#{name}");
        }
        assert!(page.contains("<code>outdated</code>"), "what stands in backticks");
        assert!(!page.contains("<script"));
    }

    #[test]
    fn what_is_described_is_text_and_no_page() {
        assert_eq!(prose("`a<b` & \"c\""), "<code>a&lt;b</code> &amp; &quot;c&quot;");
        let schema = serde_json::json!({"type": ["string", "null"], "maxLength": 80});
        assert_eq!(kind(&schema), "string or null, characters to 80");
        let list = serde_json::json!({"type": "array", "items": {"$ref": "#/components/schemas/Live"}});
        assert_eq!(kind(&list), "list of <a href=\"#Live\">Live</a>");
    }
}
